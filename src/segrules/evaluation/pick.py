"""What `first event`, `last event` and `that` find, and where an attribute's instant lies.

Every function compiled here answers with what it finds at an instant, and the first instant after
it at which, without a new fact, it may find something else.
"""

from bisect import bisect_right
from collections.abc import Callable
from datetime import datetime
from typing import assert_never

from segrules.evaluation.bounds import Finder, compile_window
from segrules.evaluation.filters import Filter, compile_filter_of
from segrules.evaluation.predicates import compile_path
from segrules.evaluation.slice import Slice, compile_slice
from segrules.facts.event import Event
from segrules.facts.history import History
from segrules.meaning.calendar import NEVER, Calendar, to_micros
from segrules.meaning.conditions import AggregateTest, EventTest, That, Window


def compile_event_test(
    condition: EventTest, calendar: Calendar
) -> Callable[[History, int], tuple[bool, int]]:
    """Compile a test on the first or last event."""
    find = _compile_pick(condition, calendar)

    def look(history: History, at: int) -> tuple[bool, int]:
        event, turns = find(history, at)
        return event is not None, turns

    return look


def compile_lies(
    path: tuple[str, ...], window: Window, calendar: Calendar
) -> Callable[[History, int], tuple[bool, int]]:
    """Compile a test on where an attribute's instant lies; it may lie in the future."""
    get = compile_path(path)
    frame = compile_window(window, calendar, finders(calendar))

    def look(history: History, at: int) -> tuple[bool, int]:
        value = get(history.attributes)
        if type(value) is not datetime:
            return False, NEVER
        instant = to_micros(value)
        start, end, turns = frame.span(history, at)
        return start <= instant < end, min(turns, frame.next_edge(instant, at))

    return look


def finders(calendar: Calendar) -> Callable[[That], Finder]:
    """Return the function that compiles what a cut at another event refers to."""

    def find(that: That) -> Finder:
        match that.anchor:
            case EventTest():
                return _compile_pick(that.anchor, calendar)
            case AggregateTest():
                return _compile_latest(that.anchor, calendar)
            case _:
                assert_never(that.anchor)

    return find


def _compile_pick(condition: EventTest, calendar: Calendar) -> Finder:
    event_type, is_first = condition.event_type, condition.which == "first"
    frame = compile_window(condition.window, calendar, finders(calendar))
    filter_ = compile_filter_of(condition, calendar)

    def pick(history: History, at: int) -> tuple[Event | None, int]:
        stream = history.log(event_type)
        past = bisect_right(stream.times, at)
        following = stream.times[past] if past < len(stream.times) else NEVER
        if not past:
            return None, following
        event = stream.events[0 if is_first else past - 1]
        start, end, turns = frame.span(history, at)
        turns = min(turns, frame.next_edge(event.micros, at))
        if not is_first:
            turns = min(turns, following)
        if filter_ is not None and filter_.turns is not None:
            turns = min(turns, filter_.turns(event, at))
        passes = start <= event.micros < end and (filter_ is None or filter_.keep(event, at))
        return (event if passes else None), turns

    return pick


def _compile_latest(condition: AggregateTest, calendar: Calendar) -> Finder:
    cut = compile_slice(condition.event_type, condition.window, calendar, finders(calendar))
    filter_ = compile_filter_of(condition, calendar)

    def latest(history: History, at: int) -> tuple[Event | None, int]:
        piece = cut(history, at)
        turns = min(piece.turns, _next_kept(piece, filter_, at))
        for place in range(piece.high - 1, piece.low - 1, -1):
            event = piece.events[place]
            if filter_ is not None and filter_.turns is not None:
                turns = min(turns, filter_.turns(event, at))
            if filter_ is None or filter_.keep(event, at):
                return event, min(turns, piece.exit_of(place))
        return None, turns

    return latest


def _next_kept(piece: Slice, filter_: Filter | None, at: int) -> int:
    """Return when an event next comes in that passes the filter, or with a moving one may."""
    if filter_ is None or filter_.turns is not None:
        return piece.next_entry()
    for place in range(piece.high, len(piece.events)):
        if filter_.keep(piece.events[place], at):
            return piece.entry_of(place)
    return NEVER
