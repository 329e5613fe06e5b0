"""The events of a customer that lie in a window now, as a slice of a stream."""

from bisect import bisect_left
from collections.abc import Callable

from attrs import define

from segrules.evaluation.bounds import Finder, Frame, compile_window
from segrules.facts.event import Event
from segrules.facts.history import History
from segrules.meaning.calendar import NEVER, Calendar
from segrules.meaning.conditions import That, Window


@define(eq=False)
class Slice:
    """Those of `events` from `low` up to `high`, with what time will do to them.

    Both ends of a window only move forward, so events enter at `high` and leave at `low`. turns:
    the instant up to which `that`, if the window speaks of it, is the event it is now.
    """

    times: list[int]
    events: list[Event]
    frame: Frame
    low: int
    high: int
    turns: int

    def entry_of(self, place: int) -> int:
        """Return when an event comes in: not before it happens."""
        return max(self.times[place], self.frame.enters(self.times[place]))

    def exit_of(self, place: int) -> int:
        """Return when an event leaves."""
        return self.frame.leaves(self.times[place])

    def next_entry(self) -> int:
        """Return when the next event comes in."""
        return self.entry_of(self.high) if self.high < len(self.times) else NEVER

    def next_exit(self) -> int:
        """Return when the oldest event leaves."""
        return self.exit_of(self.low) if self.low < self.high else NEVER


def compile_slice(
    event_type: str | None,
    window: Window | None,
    calendar: Calendar,
    find: Callable[[That], Finder],
) -> Callable[[History, int], Slice]:
    """Return the function that cuts a window out of a customer's events of a type."""
    frame = compile_window(window, calendar, find)

    def cut(history: History, at: int) -> Slice:
        stream = history.log(event_type)
        start, end, turns = frame.span(history, at)
        low = bisect_left(stream.times, start)
        high = bisect_left(stream.times, min(end, at + 1))
        return Slice(stream.times, stream.events, frame, low, max(low, high), turns)

    return cut
