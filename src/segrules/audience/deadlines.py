"""When time alone may change an answer: one deadline for each customer and segment.

Most deadlines move on before they fall due, since the next event answers for longer. So one that
moves later leaves its place in the heap as it is, and takes a new one when the old comes up: the
heap holds about one entry for each deadline, however many events there are.
"""

import heapq
from typing import TypeAlias

from attrs import define, field

Key: TypeAlias = tuple[int, str]
"""A customer's number and a segment."""


@define(eq=False)
class Deadlines:
    """Deadlines by key, and which falls due next."""

    due: dict[Key, int] = field(factory=dict)
    _armed: dict[Key, int] = field(factory=dict)
    _heap: list[tuple[int, Key]] = field(factory=list)
    _entries: set[tuple[int, Key]] = field(factory=set)

    def put(self, key: Key, instant: int) -> None:
        """Set a deadline, or move it."""
        self.due[key] = instant
        armed = self._armed.get(key)
        if armed is None or instant < armed:
            self._arm(key, instant)

    def drop(self, key: Key) -> None:
        """Have no deadline."""
        self.due.pop(key, None)

    def drop_segment(self, segment: str) -> None:
        """Have no deadlines of a segment."""
        for key in [key for key in self.due if key[1] == segment]:
            del self.due[key]

    def next(self) -> int | None:
        """Return the instant at which the next deadline falls due."""
        while self._heap:
            instant, key = self._heap[0]
            if self.due.get(key) == instant:
                return instant
            self._pass_over()
        return None

    def take(self, instant: int) -> tuple[int, Key] | None:
        """Take out the next deadline that falls due at an instant or before; None for no more."""
        while self._heap and self._heap[0][0] <= instant:
            due, key = self._heap[0]
            if self.due.get(key) != due:
                self._pass_over()
                continue
            self._pop()
            del self.due[key]
            self._armed.pop(key, None)
            return due, key
        return None

    def _pass_over(self) -> None:
        """Drop the first entry, whose deadline has moved or gone; one moved later is re-armed."""
        instant, key = self._pop()
        if self._armed.get(key) == instant:
            del self._armed[key]
            if key in self.due:
                self._arm(key, self.due[key])

    def _arm(self, key: Key, instant: int) -> None:
        self._armed[key] = instant
        if (instant, key) not in self._entries:
            self._entries.add((instant, key))
            heapq.heappush(self._heap, (instant, key))

    def _pop(self) -> tuple[int, Key]:
        entry = heapq.heappop(self._heap)
        self._entries.remove(entry)
        return entry

    def __len__(self) -> int:
        return len(self._heap)
