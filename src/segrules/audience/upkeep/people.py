"""The customers of an engine: who they are, what is known of them, and where they stand."""

from attrs import define, field

from segrules.facts.history import History


@define(eq=False)
class Person:
    """A customer of an engine.

    truth: which atoms of the plan hold, a bit for each. held: the dynamic segments the customer is
    in, a bit for each by its number. due: by the number of a family, up to when its answer stands.
    armed: where that has moved since it was put into the heap of deadlines, what stands there.
    is_deferred: whether nothing is reported of this customer until a backfill ends. aliases: the
    ids of customers who have been merged into this one, each with the token up to which the changes
    of that id are this one's.
    """

    number: int
    id: str
    history: History = field(factory=History)
    truth: int = 0
    held: int = 0
    due: dict[int, int] = field(factory=dict)
    armed: dict[int, int] = field(factory=dict)
    is_deferred: bool = False
    aliases: dict[str, int] = field(factory=dict)


@define(eq=False)
class Population:
    """Customers by id and by number. The number of one who is gone is not given again."""

    by_id: dict[str, Person] = field(factory=dict)
    by_number: list[Person | None] = field(factory=list)

    def add(self, customer: str, history: History, truth: int) -> Person:
        """Take in a customer nobody has heard of."""
        person = Person(len(self.by_number), customer, history, truth)
        self.by_id[customer] = person
        self.by_number.append(person)
        return person

    def remove(self, person: Person) -> None:
        """Let a customer go."""
        del self.by_id[person.id]
        self.by_number[person.number] = None

    def ids_of(self, person: Person) -> set[str]:
        """Return a customer's id, and those of customers who have been merged into this one."""
        # Whoever bears a merged id again is somebody else.
        return {person.id, *(alias for alias in person.aliases if alias not in self.by_id)}

    def __len__(self) -> int:
        return len(self.by_id)
