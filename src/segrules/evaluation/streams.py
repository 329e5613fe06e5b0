"""Streams: events of a type that pass a filter, in any window that does not move.

INVARIANT: whether an event belongs to a stream never changes.
"""

from array import array
from collections.abc import Callable, Iterable
from itertools import accumulate
from typing import Any, Literal, TypeAlias

from attrs import frozen

from segrules.evaluation.filters import compile_standing
from segrules.evaluation.predicates import NUMBERS, SCALARS, compile_path, key
from segrules.facts.event import Event
from segrules.facts.exact import exact_sum
from segrules.facts.forms import as_number
from segrules.facts.history import History, Track
from segrules.meaning.calendar import DAWN, NEVER
from segrules.meaning.conditions import Condition

Kept: TypeAlias = Literal["instants", "numbers", "scalars"]


@frozen
class Stream:
    """The events of a type (None: of any) that pass a filter and lie in `[since, before)`.

    property: if there is one, only events with a value there belong: a number, or for `scalars`
    text, a number, a boolean or an instant.
    """

    event_type: str | None
    filter: Condition | None = None
    since: int = DAWN
    before: int = NEVER
    property: tuple[str, ...] | None = None
    kept: Kept = "instants"


@frozen(eq=False)
class Reader:
    """A compiled stream: it tells which events belong, and makes or finds a customer's track.

    name: the same for equal streams. keeps: whether an event belongs; None if every one of the type
    does. passes: the same, apart from the value it must have. value: what a track keeps of an event
    beside its instant; None if nothing.
    """

    name: str
    stream: Stream
    keeps: Callable[[Event], bool] | None
    passes: Callable[[Event], bool] | None
    value: Callable[[Event], Any] | None

    def open_track(self, *, keeps_values: bool = True) -> Track:
        """Return an empty track. keeps_values: whether it keeps values, or only their sums."""
        if self.value is None:
            return Track()
        values: list[Any] | None = [] if keeps_values else None
        return Track(values=values, sums=[0] if self.stream.kept == "numbers" else None)

    def gather(self, history: History, start: int = DAWN) -> Track:
        """Return the track of the events that a history's logs hold, from an instant on."""
        events: Iterable[Event] = history.list_events(self.stream.event_type, start)
        if self.passes is not None:
            events = filter(self.passes, events)
        if self.value is None:
            return Track(array("q", [event._micros for event in events]))
        value_of, times, values = self.value, array("q"), []
        for event in events:
            value = value_of(event)
            if value is not None:
                times.append(event._micros)
                values.append(value)
        track = Track(times, values)
        if self.stream.kept == "numbers":
            track.sums = list(accumulate([0, *values], exact_sum))
            track.refunds = min(values, default=0) < 0
        return track

    def read(self, history: History, start: int) -> Track:
        """Return the track that is kept, or else one of the logs' events from an instant on.

        The latter must not change: it may share a log's instants.
        """
        track = history.tracks.get(self.name)
        if track is not None:
            return track
        if self.keeps is None:
            return Track(history.log(self.stream.event_type).times)
        return self.gather(history, start)

    def is_ahead(self, history: History, at: int) -> bool:
        """Tell whether a history's logs hold an event of the stream's type after an instant."""
        times = history.log(self.stream.event_type).times
        return bool(times) and times[-1] > at

    def list_values(self, history: History, start: int, end: int) -> list[Any]:
        """Return the values, or without a property the events, that logs hold in `[start, end)`."""
        events: Iterable[Event] = history.list_events(self.stream.event_type, start, end)
        if self.passes is not None:
            events = filter(self.passes, events)
        values = events if self.value is None else map(self.value, events)
        return [value for value in values if value is not None]


def compile_stream(stream: Stream) -> Reader:
    """Compile a stream, whose filter must not move with the clock."""
    path = stream.property
    value = None if path is None else compile_value(path, stream.kept)
    tests: list[Callable[[Event], bool]] = []
    if stream.since > DAWN or stream.before < NEVER:
        since, before = stream.since, stream.before
        tests.append(lambda event: since <= event._micros < before)
    if stream.filter is not None:
        tests.append(compile_standing(stream.filter))
    passes = _every(tests)
    if value is not None:
        tests.append(lambda event: value(event) is not None)
    return Reader(repr(stream), stream, _every(tests), passes, value)


def compile_value(path: tuple[str, ...], kept: Kept) -> Callable[[Event], Any]:
    """Return the function from an event to what a track keeps of it; None if it has no value."""
    get, name = compile_path(path), path[0] if len(path) == 1 else None

    def number(event: Event) -> Any:
        value = event.properties.get(name) if name else get(event.properties)
        if type(value) is str:
            value = as_number(value)
        return value if type(value) in NUMBERS else None

    def scalar(event: Event) -> Any:
        value = get(event.properties)
        return key(value) if type(value) in SCALARS else None

    return number if kept == "numbers" else scalar


def _every(tests: list[Callable[[Event], bool]]) -> Callable[[Event], bool] | None:
    match tests:
        case []:
            return None
        case [test]:
            return test
        case _:
            return lambda event: all(test(event) for test in tests)
