"""When time alone may change an answer: one deadline for each customer and family of a plan.

Most deadlines move on before they fall due, since the next event answers for longer. So one that
moves later leaves its place in the heap as it is, and takes a new one when the old comes up: the
heap holds about one entry for each deadline, however many events there are. An entry is one int:
the instant, the customer's number and the family's.
"""

import heapq
from typing import Final

from attrs import define, field

from segrules.audience.population import Person

FAMILY_BITS: Final = 20
PERSON_BITS: Final = 32
INSTANT: Final = FAMILY_BITS + PERSON_BITS
"""How far to shift an entry to be left with its instant."""


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
            if self._is_due(entry, people):
                return entry >> INSTANT
            heapq.heappop(self.heap)
        return None

    def take(
        self, instant: int, people: list[Person | None]
    ) -> tuple[int, Person, list[int]] | None:
        """Take out what falls due next, by an instant: of one customer all that fall due at once.

        None where there is no more.
        """
        heap = self.heap
        while heap and heap[0] >> INSTANT <= instant:
            entry = heapq.heappop(heap)
            if not self._is_due(entry, people):
                continue
            person = people[(entry >> FAMILY_BITS) & ((1 << PERSON_BITS) - 1)]
            assert person is not None  # noqa: S101  # else nothing were due
            families = [self._fire(entry, person)]
            while heap and heap[0] >> FAMILY_BITS == entry >> FAMILY_BITS:
                other = heapq.heappop(heap)
                if self._is_due(other, people):
                    families.append(self._fire(other, person))
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

    def _is_due(self, entry: int, people: list[Person | None]) -> bool:
        """Tell whether an entry is a deadline; one that has moved later is put there."""
        person = people[(entry >> FAMILY_BITS) & ((1 << PERSON_BITS) - 1)]
        if person is None:
            return False
        family, instant = entry & ((1 << FAMILY_BITS) - 1), entry >> INSTANT
        due = person.due.get(family)
        if person.armed.get(family, due) != instant:
            return False
        if due == instant:
            return True
        del person.armed[family]
        if due is not None:
            self._push(due, person.number, family)
        return False

    def _fire(self, entry: int, person: Person) -> int:
        family = entry & ((1 << FAMILY_BITS) - 1)
        del person.due[family]
        return family

    def _push(self, instant: int, number: int, family: int) -> None:
        heapq.heappush(self.heap, instant << INSTANT | number << FAMILY_BITS | family)

    def __len__(self) -> int:
        return len(self.heap)
