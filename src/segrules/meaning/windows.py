"""Windows of time, each between two cuts.

A cut lies between two microseconds and is written as the instant right after it: whatever is at
that instant or later lies right of the cut. Windows that share a cut share no instant and leave no
gap. As time goes on cuts only move forward, so every instant is inside a window during one stretch
of time: from when the window's end passes it until the window's start does.
"""

from bisect import bisect_left
from typing import assert_never

from segrules.meaning.calendar import (
    DAWN,
    DAY,
    NEVER,
    Calendar,
    cut_months_away,
    start_of_period,
)
from segrules.meaning.conditions import (
    Cut,
    Exactly,
    Fixed,
    Months,
    MovingCut,
    Now,
    PeriodStart,
    That,
    Window,
)


def locate_cut(cut: Fixed | MovingCut, at: int, calendar: Calendar) -> int:
    """Return where a cut lies at an instant."""
    match cut:
        case Fixed(instant):
            return instant
        case Now():
            return at + 1
        case Exactly(micros):
            return at + micros + 1
        case Months(months):
            return cut_months_away(at, months, calendar)
        case PeriodStart(unit, steps):
            return start_of_period(at, unit, steps, calendar)
        case _:
            assert_never(cut)


def find_passing(cut: Fixed | MovingCut, instant: int, calendar: Calendar) -> int:
    """Return the first `at` at which a cut lies after an instant; NEVER where it stays before."""
    match cut:
        case Fixed(fixed):
            return DAWN if fixed > instant else NEVER
        case Now():
            return instant
        case Exactly(micros):
            return instant - micros
        case Months(months):
            return _find_passing_of_months(months, instant, calendar)
        case PeriodStart(unit, steps):
            return start_of_period(instant, unit, 1 - steps, calendar)
        case _:
            assert_never(cut)


def _find_passing_of_months(months: int, instant: int, calendar: Calendar) -> int:
    guess = cut_months_away(instant, -months, calendar) - 1
    if guess <= DAWN or guess >= NEVER - 1:
        return DAWN if guess <= DAWN else NEVER
    # The way there and back may differ by days at the end of a month; the cut itself decides.
    low, high = guess - 1, guess
    if cut_months_away(low, months, calendar) <= instant < cut_months_away(high, months, calendar):
        return high
    reach = range(guess - 5 * DAY, guess + 5 * DAY)
    return reach[
        bisect_left(reach, instant + 1, key=lambda t: cut_months_away(t, months, calendar))
    ]


def find_stay(window: Window, instant: int, calendar: Calendar) -> tuple[int, int]:
    """Return when an instant comes into a window and when it leaves: inside while in <= at < out.

    The window's cuts must not refer to another event.
    """
    enters = DAWN if window.end is None else find_passing(_plain(window.end), instant, calendar)
    leaves = (
        NEVER if window.start is None else find_passing(_plain(window.start), instant, calendar)
    )
    return enters, leaves


def locate_window(window: Window, at: int, calendar: Calendar) -> tuple[int, int]:
    """Return a window at an instant as `[start, end)`. Its cuts must not refer to an event."""
    start = DAWN if window.start is None else locate_cut(_plain(window.start), at, calendar)
    end = NEVER if window.end is None else locate_cut(_plain(window.end), at, calendar)
    return start, end


def is_moving(window: Window) -> bool:
    """Tell whether a window moves with the clock."""
    return any(isinstance(cut, MovingCut) for cut in (window.start, window.end))


def refers_to_event(window: Window) -> bool:
    """Tell whether a window begins or ends at the event that another condition finds."""
    return isinstance(window.start, That) or isinstance(window.end, That)


def _plain(cut: Cut) -> Fixed | MovingCut:
    if isinstance(cut, That):
        raise TypeError("a cut at another event has to be resolved first")
    return cut
