"""Bounds: compiled windows, with `that` resolved in one customer's history."""

from collections.abc import Callable
from typing import Final, TypeAlias

from attrs import frozen

from segrules.facts.event import Event
from segrules.facts.history import History
from segrules.meaning.calendar import DAWN, HOUR, NEVER, Calendar
from segrules.meaning.conditions import Cut, Exactly, Fixed, Now, That, Window
from segrules.meaning.windows import find_passing, locate_cut, refers_to_event

FindEvent: TypeAlias = Callable[[History, int], tuple[Event | None, int]]
"""Finds the event that `that` means, and the instant up to which it stays that event at least."""

Span: TypeAlias = tuple[int, int, int]

REMEMBERED: Final = 10_000
"""How many hours of a calendar are remembered at most."""


@frozen
class Bounds:
    """A compiled window.

    span: its start and end at an instant, and up to when `that` stays the event it is. enters,
    leaves: the `at` from which on, and up to which, an instant is inside, by the cuts that do not
    refer to an event.
    """

    span: Callable[[History, int], Span]
    enters: Callable[[int], int]
    leaves: Callable[[int], int]

    def next_edge(self, instant: int, at: int) -> int:
        """Return the first time after `at` at which the window passes an instant."""
        edges = (self.enters(instant), self.leaves(instant))
        return min((edge for edge in edges if edge > at), default=NEVER)


def compile_window(
    window: Window | None, calendar: Calendar, find: Callable[[That], FindEvent]
) -> Bounds:
    """Compile a window. find: compiles the search for the event that a cut refers to."""
    window = window or Window()
    return Bounds(
        span=_compile_span(window, calendar, find),
        enters=_compile_passes(window.end, calendar, DAWN),
        leaves=_compile_passes(window.start, calendar, NEVER),
    )


def refuse(_: That) -> FindEvent:
    """Raise TypeError: the window being compiled must not refer to an event."""
    raise TypeError("this window cannot refer to another event")


def _compile_span(
    window: Window, calendar: Calendar, find: Callable[[That], FindEvent]
) -> Callable[[History, int], Span]:
    if refers_to_event(window):
        start = _compile_that(window.start, DAWN, calendar, find)
        end = _compile_that(window.end, NEVER, calendar, find)

        def span(history: History, at: int) -> Span:
            starts, start_turns = start(history, at)
            ends, end_turns = end(history, at)
            turns = min(start_turns, end_turns)
            if starts is None or ends is None:
                return NEVER, NEVER, turns
            return starts, ends, turns

        return span
    starts_at = _compile_place(window.start, DAWN, calendar)
    ends_at = _compile_place(window.end, NEVER, calendar)
    return lambda _, at: (starts_at(at), ends_at(at), NEVER)


def _compile_that(
    cut: Cut | None, open_end: int, calendar: Calendar, find: Callable[[That], FindEvent]
) -> Callable[[History, int], tuple[int | None, int]]:
    if not isinstance(cut, That):
        lies = _compile_place(cut, open_end, calendar)
        return lambda _, at: (lies(at), NEVER)
    finder = find(cut)
    step = 1 if cut.side == "after" else 0

    def locate(history: History, at: int) -> tuple[int | None, int]:
        event, turns = finder(history, at)
        return (None if event is None else event._micros + step), turns

    return locate


def _compile_place(cut: Cut | None, open_end: int, calendar: Calendar) -> Callable[[int], int]:
    match cut:
        case None | That():
            return lambda _: open_end
        case Fixed(instant):
            return lambda _: instant
        case Now():
            return lambda at: at + 1
        case Exactly(micros):
            moved = micros + 1
            return lambda at: at + moved
        case _:
            return _remember(lambda at: locate_cut(cut, at, calendar))


def _compile_passes(cut: Cut | None, calendar: Calendar, always: int) -> Callable[[int], int]:
    match cut:
        case None:
            return lambda _: always
        case That():
            # What lies beyond it comes in only once `that` is another event.
            return lambda _: NEVER
        case Now():
            return lambda instant: instant
        case Exactly(micros):
            return lambda instant: instant - micros
        case Fixed():
            return lambda instant: find_passing(cut, instant, calendar)
        case _:
            return _remember(lambda instant: find_passing(cut, instant, calendar))


def _remember(where: Callable[[int], int]) -> Callable[[int], int]:
    """Return a function of the calendar that is called only twice for most hours.

    Within an hour such a function nearly always stays the same or moves along with the instant: it
    never runs back, so its values at both ends of the hour tell which. In any other hour it is
    called each time.
    """
    known: dict[int, tuple[int, int] | None] = {}

    def remembered(instant: int) -> int:
        hour, minutes = divmod(instant, HOUR)
        if hour in known:
            kept = known[hour]
        else:
            if len(known) >= REMEMBERED:
                known.clear()
            kept = known[hour] = _describe(where, hour * HOUR)
        return where(instant) if kept is None else kept[0] + kept[1] * minutes

    return remembered


def _describe(where: Callable[[int], int], start: int) -> tuple[int, int] | None:
    """Return a function's value at an hour's start, and 1 if it moves along or 0 if it stays."""
    first, last = where(start), where(start + HOUR - 1)
    moved = last - first
    return (first, moved // (HOUR - 1)) if moved in (0, HOUR - 1) else None
