"""Who is in what now: an index in both directions.

What a customer is in, the customer knows; here are the members of each segment: for dynamic ones a
bit for each customer by number, for static ones the ids that were picked.
"""

from collections.abc import Iterator

from attrs import define, field

from segrules.audience.upkeep.people import Person, Population
from segrules.plan.columns import find_bits


@define(eq=False)
class Bitmap:
    """Numbers, a bit for each, and how many they are."""

    bits: bytearray = field(factory=bytearray)
    count: int = 0

    def put(self, number: int, *, inside: bool) -> None:
        """Let a number in or out that is not so yet."""
        byte = number >> 3
        if byte >= len(self.bits):
            self.bits.extend(bytes(max(byte + 1, len(self.bits) * 9 // 8) - len(self.bits)))
        self.bits[byte] ^= 1 << (number & 7)
        self.count += 1 if inside else -1

    def __iter__(self) -> Iterator[int]:
        return find_bits(self.bits)


@define(eq=False)
class Membership:
    """Segments and their members.

    numbers: dynamic segments, by name, with their numbers in the plan. lists, cohorts: the members
    of static segments and of cohorts, by name; whoever is only in a cohort need not be known.
    """

    population: Population
    numbers: dict[str, int] = field(factory=dict)
    bitmaps: dict[int, Bitmap] = field(factory=dict)
    lists: dict[str, set[str]] = field(factory=dict)
    cohorts: dict[str, frozenset[str]] = field(factory=dict)

    def add_segment(self, segment: str, number: int) -> None:
        """Make room for a dynamic segment without members."""
        self.numbers[segment] = number
        self.bitmaps[number] = Bitmap()

    def remove_segment(self, segment: str) -> None:
        """Forget a dynamic segment and who was in it."""
        number = self.numbers.pop(segment)
        people = (self.population.by_number[each] for each in self.bitmaps.pop(number))
        for person in filter(None, people):
            person.held &= ~(1 << number)

    def put(self, person: Person, number: int, *, member: bool) -> None:
        """Let a customer in or out of a dynamic segment."""
        person.held ^= 1 << number
        self.bitmaps[number].put(person.number, inside=member)

    def find_cohorts(self, customer: str) -> frozenset[tuple[str, str]]:
        """Return the cohorts that an id is in, as rules look them up."""
        return frozenset(("cohort", name) for name, ids in self.cohorts.items() if customer in ids)

    def members(self, segment: str) -> frozenset[str]:
        """Return who is in a segment."""
        if segment in self.lists:
            return frozenset(self.lists[segment])
        people = self.population.by_number
        found = (people[each] for each in self.bitmaps[self.numbers[segment]])
        return frozenset(person.id for person in found if person is not None)

    def count(self, segment: str) -> int:
        """Return how many are in a segment."""
        if segment in self.lists:
            return len(self.lists[segment])
        return self.bitmaps[self.numbers[segment]].count

    def segments_of(self, customer: str) -> frozenset[str]:
        """Return the segments that a customer is in."""
        person = self.population.by_id.get(customer)
        held = 0 if person is None else person.held
        dynamic = {name for name, number in self.numbers.items() if held >> number & 1}
        return frozenset(dynamic | {name for name, ids in self.lists.items() if customer in ids})
