"""One customer's facts, arranged for evaluation: logs of events, and tracks of their instants.

INVARIANT: logs and tracks are in the order of time, whatever the order in which events arrive.
"""

from array import array
from bisect import bisect_left, bisect_right, insort
from collections.abc import Iterable, Iterator, MutableSequence, Sequence
from collections.abc import Set as AbstractSet
from itertools import pairwise
from typing import Any, Final, TypeAlias

from attrs import define, field

from segrules.facts.event import Event
from segrules.facts.exact import exact_difference, exact_sum
from segrules.meaning.calendar import DAWN, NEVER

Key: TypeAlias = tuple[str, str]
"""An event's type and its id: events with the same key are versions of one event."""


@define(eq=False)
class Log:
    """Events in order, with their instants beside them for bisection.

    forgotten_to: the latest instant of an event that was forgotten; every later one is kept.
    """

    times: list[int] = field(factory=list)
    events: list[Event] = field(factory=list)
    forgotten_to: int = DAWN

    def add(self, event: Event) -> None:
        """Add an event, at its place in the order."""
        if not self.times or event._micros > self.times[-1]:
            self.times.append(event._micros)
            self.events.append(event)
            return
        insort(self.times, event._micros)
        insort(self.events, event, key=lambda e: e._order)

    def remove(self, event: Event) -> None:
        """Remove an event that is in the log."""
        place = self.events.index(event, bisect_left(self.times, event._micros))
        del self.times[place], self.events[place]

    def forget(self, first: int, number: int) -> None:
        """Forget the events from a place up to another."""
        if first < number:
            self.forgotten_to = max(self.forgotten_to, self.times[number - 1])
            del self.times[first:number], self.events[first:number]


EMPTY: Final = Log()
NO_VALUES: Final[AbstractSet[Any]] = frozenset()


@define(eq=False)
class Track:
    """The instants of those of a customer's events that belong to a stream, in order.

    values: the value of the stream's property at each instant; None if only their sums are needed.
    sums: for numbers, the sum of those before each place, and at the end the sum of all. refunds:
    whether any number, also one that was removed, was negative.

    The oldest may be forgotten. forgotten: how many were. folded: those of their values that still
    matter; the first of `sums` is the sum of them all. first: the earliest instant forgotten, if
    that is needed. forgotten_to: the latest instant forgotten; every later one is kept.
    """

    times: MutableSequence[int] = field(factory=lambda: array("q"))
    values: list[Any] | None = None
    sums: list[Any] | None = None
    first: int = NEVER
    refunds: bool = False
    forgotten: int = 0
    folded: AbstractSet[Any] = NO_VALUES
    forgotten_to: int = DAWN

    def add(self, instant: int, value: Any = None) -> None:
        """Add an instant and its value."""
        times = self.times
        if not times or instant >= times[-1]:
            times.append(instant)
            place = len(times) - 1
        else:
            place = bisect_right(times, instant)
            times.insert(place, instant)
        if self.values is not None:
            self.values.insert(place, value)
        if self.sums is not None:
            self.refunds = self.refunds or value < 0
            self.sums.insert(place + 1, exact_sum(self.sums[place], value))
            for later in range(place + 2, len(self.sums)):
                self.sums[later] = exact_sum(self.sums[later], value)

    def list_values(self) -> list[Any]:
        """Return the value at each instant, computed from the sums if only these are kept."""
        if self.values is not None:
            return self.values
        if self.sums is None:
            return [None] * len(self.times)
        return [exact_difference(after, before) for before, after in pairwise(self.sums)]

    def find(self, instant: int, value: Any = None) -> int | None:
        """Return a place with an instant and its value; None if it is not kept."""
        low, high = bisect_left(self.times, instant), bisect_right(self.times, instant)
        if self.values is None and self.sums is None:
            return low if low < high else None
        for place in range(low, high):
            if self.value_at(place) == value:
                return place
        return None

    def value_at(self, place: int) -> Any:
        """Return the value at a place, computed from the sums if only these are kept."""
        if self.values is not None:
            return self.values[place]
        if self.sums is None:
            return None
        return exact_difference(self.sums[place + 1], self.sums[place])

    def remove(self, place: int | None, value: Any = None) -> None:
        """Remove the instant at a place with its value; None for one that was forgotten."""
        if place is None:
            self.forgotten -= 1
        else:
            del self.times[place]
            if self.values is not None:
                del self.values[place]
        if self.sums is not None:
            first = 0 if place is None else place + 1
            if place is not None:
                del self.sums[first]
            for later in range(first, len(self.sums)):
                self.sums[later] = exact_difference(self.sums[later], value)

    def forget(self, number: int, *, fold: AbstractSet[Any] = NO_VALUES) -> None:
        """Forget the oldest instants. fold: of all values forgotten so far, those that matter."""
        if number:
            self.forgotten_to = max(self.forgotten_to, self.times[number - 1])
        del self.times[:number]
        self.forgotten += number
        self.folded = fold
        if self.values is not None:
            del self.values[:number]
        if self.sums is not None:
            del self.sums[:number]


@define(eq=False)
class Keys:
    """A set of events' keys: ids, by type."""

    by_type: dict[str, set[str]] = field(factory=dict)

    def __contains__(self, key: Key) -> bool:
        return key[1] in self.by_type.get(key[0], ())

    def add(self, event_type: str, event_id: str) -> bool:
        """Add a key; return False if it has been added before."""
        known = self.by_type.get(event_type)
        if known is None:
            known = self.by_type[event_type] = set()
        elif event_id in known:
            return False
        known.add(event_id)
        return True

    def __iter__(self) -> Iterator[Key]:
        for event_type, known in self.by_type.items():
            yield from ((event_type, event_id) for event_id in known)


@define(eq=False)
class Fingerprints:
    """A set of events' keys that keeps 64 bits of each, however long they are.

    The chance that two of a customer's 5,000 keys are confused is below 10^-12.
    """

    seen: "array[int]" = field(factory=lambda: array("q"))

    def __contains__(self, key: Key) -> bool:
        return self.has(hash(key))

    def has(self, fingerprint: int) -> bool:
        """Tell whether a key with this fingerprint has been added."""
        place = bisect_left(self.seen, fingerprint)
        return place < len(self.seen) and self.seen[place] == fingerprint

    def add(self, event_type: str, event_id: str) -> bool:
        """Add a key; return False if it has been added before."""
        fingerprint = hash((event_type, event_id))
        place = bisect_left(self.seen, fingerprint)
        if place < len(self.seen) and self.seen[place] == fingerprint:
            return False
        self.seen.insert(place, fingerprint)
        return True


NO_KEYS: Final[frozenset[Key]] = frozenset()


@define(eq=False)
class History:
    """The facts about one customer, indexed for evaluation. It grows as facts arrive.

    by_type: the events that are kept. ids: the keys of the events seen so far, kept or not.
    retracted: those of them that were taken back. tracks: what an engine keeps of each stream, by
    the stream's name; a stream without a track is read from the logs.
    """

    attributes: dict[str, Any] = field(factory=dict)
    lists: AbstractSet[tuple[str, str]] = frozenset()
    by_type: dict[str, Log] = field(factory=dict)
    ids: Keys | Fingerprints = field(factory=Keys)
    retracted: set[Key] | frozenset[Key] = NO_KEYS
    tracks: dict[str, Track] = field(factory=dict)
    _all: Log | None = None

    def add(self, event: Event) -> bool:
        """Add an event; return False if its type and id have been seen before."""
        if not self.remember(event):
            return False
        self.keep(event)
        return True

    def remember(self, event: Event) -> bool:
        """Remember an event's type and id; return False if they have been seen before."""
        if event.id is not None:
            return self.ids.add(event.type, event.id)
        return True

    def retract(self, keys: Iterable[Key]) -> None:
        """Remember that events were taken back."""
        self.retracted = self.retracted or set()
        if isinstance(self.retracted, set):
            self.retracted.update(keys)

    def reinstate(self, key: Key) -> None:
        """Forget that an event was taken back."""
        if isinstance(self.retracted, set):
            self.retracted.discard(key)

    def find(self, key: Key) -> Event | None:
        """Return the event of a type and id; None if it is not kept."""
        events: Sequence[Event] = self.log(key[0]).events
        return next((event for event in reversed(events) if event.id == key[1]), None)

    def remove(self, event: Event) -> None:
        """Remove an event that is kept from the logs; its type and id stay remembered."""
        self.by_type[event.type].remove(event)
        if self._all is not None:
            self._all.remove(event)

    def keep(self, event: Event) -> None:
        """Add an event to the log of its type."""
        log = self.by_type.get(event.type)
        if log is None:
            log = self.by_type[event.type] = Log()
        log.add(event)
        if self._all is not None:
            self._all.add(event)

    def forget_all(self) -> None:
        """Drop the log of all types, after events have been forgotten."""
        self._all = None

    def log(self, event_type: str | None) -> Log:
        """Return the log of a type; for None that of all types, which is kept from then on."""
        if event_type is not None:
            return self.by_type.get(event_type, EMPTY)
        if self._all is None:
            events = self.list_events(None)
            self._all = Log([event._micros for event in events], events)
        return self._all

    def list_events(
        self, event_type: str | None, start: int = DAWN, end: int = NEVER
    ) -> list[Event]:
        """Return the events of a type (None: of any type) in `[start, end)`, in order.

        A log of all types is used if there is one, and never made.
        """
        log = self._all if event_type is None else self.by_type.get(event_type, EMPTY)
        if log is None:
            logs = self.by_type.values()
            events = [e for log in logs for e in log.events if start <= e._micros < end]
            return sorted(events, key=lambda e: e._order)
        return log.events[bisect_left(log.times, start) : bisect_left(log.times, end)]


BLANK: Final = History()
"""The history of a customer without any facts. Nothing is ever added to it."""
