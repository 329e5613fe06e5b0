"""The customers of an engine: what is known of each, and which answers hold."""

from attrs import define, field

from segrules.facts.history import History


@define(eq=False)
class Person:
    """A customer of an engine.

    truth: which atoms of the plan hold, a bit each. held: the dynamic segments the customer is in,
    a bit each by the segment's number. due: by the number of a family, up to when its answer holds.
    armed: where that has moved since it was put into the heap of deadlines, the instant in the
    heap. aliases: the ids of customers merged into this one, each with the number in the feed up to
    which its changes are this customer's.
    """

    number: int
    id: str
    history: History = field(factory=History)
    truth: int = 0
    held: int = 0
    due: dict[int, int] = field(factory=dict)
    armed: dict[int, int] = field(factory=dict)
    aliases: dict[str, int] = field(factory=dict)


@define(eq=False)
class Population:
    """Customers by id and by number. The number of a customer who is gone is not given again."""

    by_id: dict[str, Person] = field(factory=dict)
    by_number: list[Person | None] = field(factory=list)

    def add(self, customer: str, history: History, truth: int) -> Person:
        """Add a new customer."""
        person = Person(len(self.by_number), customer, history, truth)
        self.by_id[customer] = person
        self.by_number.append(person)
        return person

    def remove(self, person: Person) -> None:
        """Remove a customer."""
        del self.by_id[person.id]
        self.by_number[person.number] = None

    def ids_of(self, person: Person) -> set[str]:
        """Return a customer's id, and the ids of customers merged into this one."""
        # A merged id that came back belongs to another customer.
        return {person.id, *(alias for alias in person.aliases if alias not in self.by_id)}

    def __len__(self) -> int:
        return len(self.by_id)
