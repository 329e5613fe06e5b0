"""One customer's facts, arranged for evaluation: logs of events, and tracks of what is counted."""

from array import array
from bisect import bisect_left, bisect_right, insort
from collections.abc import MutableSequence
from collections.abc import Set as AbstractSet
from itertools import pairwise
from typing import Any, Final

from attrs import define, field

from segrules.facts.event import Event
from segrules.facts.exact import exact_difference, exact_sum
from segrules.meaning.calendar import DAWN, NEVER


@define(eq=False)
class Log:
    """Events in order, with their instants beside them for bisection."""

    times: list[int] = field(factory=list)
    events: list[Event] = field(factory=list)

    def add(self, event: Event) -> None:
        """Take an event, at its place in the order."""
        if not self.times or event.micros > self.times[-1]:
            self.times.append(event.micros)
            self.events.append(event)
            return
        insort(self.times, event.micros)
        insort(self.events, event, key=lambda e: e.order)


EMPTY: Final = Log()
NO_VALUES: Final[AbstractSet[Any]] = frozenset()


@define(eq=False)
class Track:
    """What is known of one customer's events that count for something: instants, in order.

    values: where a property is asked about, its values beside the instants, unless only what they
    add up to is asked. sums: where these are numbers, what those before each place add up to, and
    last what all do. What lies far back may be
    forgotten: then `forgotten` says how many there were, `folded` which values matter still, and
    the first of `sums` what they came to. first: where it is asked for, the first instant
    forgotten. refunds: whether any number was negative.
    """

    times: MutableSequence[int] = field(factory=lambda: array("q"))
    values: list[Any] | None = None
    sums: list[Any] | None = None
    first: int = NEVER
    refunds: bool = False
    forgotten: int = 0
    folded: AbstractSet[Any] = NO_VALUES

    def add(self, instant: int, value: Any = None) -> None:
        """Take an instant and its value."""
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
        """Return the value beside each instant, also where only sums are kept; None for none."""
        if self.values is not None:
            return self.values
        if self.sums is None:
            return [None] * len(self.times)
        return [exact_difference(after, before) for before, after in pairwise(self.sums)]

    def forget(self, number: int, *, fold: AbstractSet[Any] = NO_VALUES) -> None:
        """Forget so many of the oldest; `fold` names the values that stand for all forgotten."""
        del self.times[:number]
        self.forgotten += number
        self.folded = fold
        if self.values is not None:
            del self.values[:number]
        if self.sums is not None:
            del self.sums[:number]


@define(eq=False)
class Fingerprints:
    """Texts that have been seen, remembered by 64 bits each, however long they are.

    Two texts are taken for one with a chance below 10^-12 among 5,000 of a customer's.
    """

    seen: "array[int]" = field(factory=lambda: array("q"))

    def __contains__(self, text: str) -> bool:
        return self.has(hash(text))

    def has(self, fingerprint: int) -> bool:
        """Tell whether a text with this fingerprint has been seen."""
        place = bisect_left(self.seen, fingerprint)
        return place < len(self.seen) and self.seen[place] == fingerprint

    def add(self, text: str) -> None:
        """Remember a text."""
        insort(self.seen, hash(text))


@define(eq=False)
class History:
    """The facts about one customer, indexed for evaluation. It grows as facts arrive.

    by_type: every event, as far as events are kept. tracks: what an engine keeps of them besides,
    by the name of the stream; without it the logs are asked.
    """

    attributes: dict[str, Any] = field(factory=dict)
    lists: AbstractSet[tuple[str, str]] = frozenset()
    by_type: dict[str, Log] = field(factory=dict)
    ids: set[str] | Fingerprints = field(factory=set)
    tracks: dict[str, Track] = field(factory=dict)
    _all: Log | None = None

    def add(self, event: Event) -> bool:
        """Take an event; False where its id has been seen before."""
        if not self.remember(event):
            return False
        self.keep(event)
        return True

    def remember(self, event: Event) -> bool:
        """Remember an event's id; False where it has been seen before."""
        if event.id is not None:
            if event.id in self.ids:
                return False
            self.ids.add(event.id)
        return True

    def keep(self, event: Event) -> None:
        """Put an event into the log of its type."""
        log = self.by_type.get(event.type)
        if log is None:
            log = self.by_type[event.type] = Log()
        log.add(event)
        if self._all is not None:
            self._all.add(event)

    def forget_all(self) -> None:
        """Forget how the events of all types stand together, since some have been forgotten."""
        self._all = None

    def log(self, event_type: str | None) -> Log:
        """Return the events of a type, or all of them."""
        if event_type is not None:
            return self.by_type.get(event_type, EMPTY)
        if self._all is None:
            events = self.list_events(None)
            self._all = Log([event.micros for event in events], events)
        return self._all

    def list_events(
        self, event_type: str | None, start: int = DAWN, end: int = NEVER
    ) -> list[Event]:
        """Return the events of a type, or all of them, that lie in `[start, end)`, in order.

        The order of the events of all types is not kept for the next time.
        """
        log = self._all if event_type is None else self.by_type.get(event_type, EMPTY)
        if log is None:
            logs = self.by_type.values()
            events = [e for log in logs for e in log.events if start <= e.micros < end]
            return sorted(events, key=lambda e: e.order)
        return log.events[bisect_left(log.times, start) : bisect_left(log.times, end)]


BLANK: Final = History()
"""What is known of a customer without any facts; nobody adds to it."""
