"""When time alone may change an answer: one deadline for each customer and family of a plan.

Most deadlines move on before they fall due, since the next event answers for longer. So one that
moves later leaves its place in the heap as it is, and takes a new one when the old comes up: the
heap holds about one entry for each deadline, however many events there are. An entry is one int:
the instant, the customer's number and the family's.
"""

import heapq
from typing import Final

from attrs import define, field

from segrules.audience.upkeep.people import Person

FAMILY_BITS: Final = 20
PERSON_BITS: Final = 32
INSTANT: Final = FAMILY_BITS + PERSON_BITS
"""How far to shift an entry to be left with its instant."""
FAMILY: Final = (1 << FAMILY_BITS) - 1
PERSON: Final = (1 << PERSON_BITS) - 1


@define(eq=False)
class Deadlines:
    """Which deadlines fall due next. What each customer's are, the customer knows."""

    heap: list[int] = field(factory=list)

    def put(self, person: Person, family: int, instant: int) -> None:
        """Set a deadline, or move it."""
        due, armed = person.due, person.armed
        before = due.get(family)
        if before == instant:
            return
        due[family] = instant
        entry = armed.get(family, before)
        if entry is None or instant < entry:
            armed.pop(family, None)
            self._push(instant, person.number, family)
        elif instant == entry:
            armed.pop(family, None)
        elif before is not None:
            armed.setdefault(family, before)

    def drop(self, person: Person, family: int) -> None:
        """Have no deadline."""
        before = person.due.pop(family, None)
        if before is not None:
            person.armed.setdefault(family, before)

    def next(self, people: list[Person | None]) -> int | None:
        """Return the instant at which the next deadline falls due."""
        while self.heap:
            entry = self.heap[0]
            person = people[(entry >> FAMILY_BITS) & PERSON]
            if person is not None and person.due.get(entry & FAMILY) == entry >> INSTANT:
                return entry >> INSTANT
            heapq.heappop(self.heap)
            self._claim(entry, people)
        return None

    def take(
        self, instant: int, people: list[Person | None]
    ) -> tuple[int, Person, list[int]] | None:
        """Take out what falls due next, by an instant: of one customer all that fall due at once.

        None where there is no more.
        """
        heap, limit = self.heap, (instant + 1) << INSTANT
        while heap and heap[0] < limit:
            entry = heapq.heappop(heap)
            person = self._claim(entry, people)
            if person is None:
                continue
            families = [entry & FAMILY]
            following = ((entry >> FAMILY_BITS) + 1) << FAMILY_BITS
            while heap and heap[0] < following:
                other = heapq.heappop(heap)
                if self._claim(other, people) is not None:
                    families.append(other & FAMILY)
            return entry >> INSTANT, person, families
        return None

    def take_of(self, person: Person, instant: int) -> tuple[int, list[int]] | None:
        """Take out what falls due next of one customer; None where that is later or never."""
        due = min(person.due.values(), default=None)
        if due is None or due > instant:
            return None
        families = [family for family, when in person.due.items() if when == due]
        for family in families:
            self.drop(person, family)
        return due, families

    def _claim(self, entry: int, people: list[Person | None]) -> Person | None:
        """Take the deadline that an entry is, and return whose it is; None where it is none.

        One that has moved later is put there.
        """
        person = people[(entry >> FAMILY_BITS) & PERSON]
        if person is None:
            return None
        family, instant, due = entry & FAMILY, entry >> INSTANT, person.due
        stands = due.get(family)
        if person.armed and person.armed.get(family, stands) == instant != stands:
            del person.armed[family]
            if stands is not None:
                self._push(stands, person.number, family)
            return None
        if stands != instant or family in person.armed:
            return None
        del due[family]
        return person

    def _push(self, instant: int, number: int, family: int) -> None:
        heapq.heappush(self.heap, instant << INSTANT | number << FAMILY_BITS | family)

    def __len__(self) -> int:
        return len(self.heap)
