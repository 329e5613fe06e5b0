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
            due = self.due.get(key)
            if due == instant:
                return instant
            heapq.heappop(self._heap)
            if self._armed.get(key) == instant:
                del self._armed[key]
                if due is not None:
                    self._arm(key, due)
        return None

    def take(self, instant: int) -> tuple[int, Key] | None:
        """Take out the next deadline that falls due at an instant or before; None for no more."""
        following = self.next()
        if following is None or following > instant:
            return None
        entry = heapq.heappop(self._heap)
        del self.due[entry[1]]
        self._armed.pop(entry[1], None)
        return entry

    def _arm(self, key: Key, instant: int) -> None:
        self._armed[key] = instant
        heapq.heappush(self._heap, (instant, key))

    def __len__(self) -> int:
        return len(self._heap)
