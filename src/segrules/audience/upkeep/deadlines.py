"""Deadlines: when time alone may change an answer, one per customer and family of a plan.

INVARIANT: for each deadline the heap holds an entry at its instant or earlier; `Person.armed` says
which. Any other entry is stale, and is skipped when it comes up. An entry is an int of the instant,
the customer's number and the family's. A deadline that moves later keeps its entry until that comes
up, since most deadlines move on before they fall due.
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
    """The heap of deadlines. Each customer's own are in `Person.due`."""

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
        """Remove a deadline, if there is one."""
        before = person.due.pop(family, None)
        if before is not None:
            person.armed.setdefault(family, before)

    def none_before(self, instant: int) -> bool:
        """Tell whether no entry lies at or before an instant."""
        return not self.heap or self.heap[0] >> INSTANT > instant

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

    def pop_due(
        self, instant: int, people: list[Person | None]
    ) -> tuple[int, Person, list[int]] | None:
        """Remove and return what falls due next, up to an instant; None if nothing does.

        It is all that falls due of one customer at one instant: the instant, the customer, the
        families.
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

    def pop_due_of(self, person: Person, instant: int) -> tuple[int, list[int]] | None:
        """Remove and return what falls due next of one customer; None if nothing does by then."""
        due = min(person.due.values(), default=None)
        if due is None or due > instant:
            return None
        families = [family for family, when in person.due.items() if when == due]
        for family in families:
            self.drop(person, family)
        return due, families

    def _claim(self, entry: int, people: list[Person | None]) -> Person | None:
        """Remove the deadline of an entry and return its customer; None if the entry is stale.

        A deadline that has moved later gets its new entry.
        """
        person = people[(entry >> FAMILY_BITS) & PERSON]
        if person is None:
            return None
        family, instant, due = entry & FAMILY, entry >> INSTANT, person.due
        current = due.get(family)
        if person.armed and person.armed.get(family, current) == instant != current:
            del person.armed[family]
            if current is not None:
                self._push(current, person.number, family)
            return None
        if current != instant or family in person.armed:
            return None
        del due[family]
        return person

    def _push(self, instant: int, number: int, family: int) -> None:
        heapq.heappush(self.heap, instant << INSTANT | number << FAMILY_BITS | family)

    def __len__(self) -> int:
        return len(self.heap)
