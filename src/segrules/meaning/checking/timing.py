"""When an event happened or an attribute's instant lies: the words of time as windows."""

from collections.abc import Callable
from typing import Literal, TypeAlias, assert_never

from segrules.language.formatter import format_node
from segrules.language.syntax import (
    After,
    Ago,
    Before,
    BetweenPoints,
    Bound,
    CalendarPeriod,
    Duration,
    InPeriod,
    MovingPeriod,
    Since,
    That,
    When,
    Within,
)
from segrules.meaning.calendar import DAY, SECOND, Calendar, start_from
from segrules.meaning.checking.findings import Findings, quote
from segrules.meaning.checking.literals import check_instant
from segrules.meaning.checking.place import Anchor
from segrules.meaning.conditions import Cut, Exactly, Fixed, Months, Now, PeriodStart, Window
from segrules.meaning.conditions import That as ThatCut

FindThat: TypeAlias = Callable[[That], Anchor | None]
"""Finds the condition that `that T` names; None where it names none, having said why."""

_EXACT = {
    "second": SECOND,
    "minute": 60 * SECOND,
    "hour": 3600 * SECOND,
    "day": DAY,
    "week": 7 * DAY,
}
_MONTHS = {"month": 1, "quarter": 3, "year": 12}
_THAT_SIDE: dict[str, Literal["before", "after"]] = {"start": "after", "end": "before"}


def check_when(
    when: When, calendar: Calendar, find_that: FindThat, findings: Findings, *, of_event: bool
) -> Window | None:
    """Return the window that words of time mean; None where they mean none, having said why."""
    match when:
        case Within(duration, ahead):
            if ahead and of_event:
                findings.error(
                    "future-event",
                    when.span,
                    "`within next` looks ahead, and events lie in the past",
                    "ask it of an attribute that holds a time, or drop `next`",
                )
                return None
            cut = _moved(duration, 1 if ahead else -1, findings)
            if cut is None:
                return None
            return Window(Now(), cut) if ahead else Window(cut, Now())
        case Since(point):
            start = _cut(point, "start", "before", calendar, find_that, findings)
            return None if start is None else Window(start, Now())
        case After(point):
            start = _cut(point, "start", "after", calendar, find_that, findings)
            return None if start is None else Window(start, None)
        case Before(point):
            end = _cut(point, "end", "before", calendar, find_that, findings)
            return None if end is None else Window(None, end)
        case BetweenPoints(low, high):
            start = _cut(low, "start", "before", calendar, find_that, findings)
            end = _cut(high, "end", "after", calendar, find_that, findings)
            return None if start is None or end is None else Window(start, end)
        case InPeriod(period):
            return _period(period, calendar)
        case _:
            assert_never(when)


def _cut(
    point: Bound,
    role: Literal["start", "end"],
    edge: Literal["before", "after"],
    calendar: Calendar,
    find_that: FindThat,
    findings: Findings,
) -> Cut | None:
    """Return the cut at a point.

    role: which end of a window it is; `that` lies outside either way. edge: whether a date or a
    datetime is cut before or after it.
    """
    match point:
        case Ago(duration):
            return _moved(duration, -1, findings)
        case That():
            anchor = find_that(point)
            return None if anchor is None else ThatCut(anchor, _THAT_SIDE[role])
        case _:
            before = len(findings.found)
            cuts = check_instant(point, calendar, findings)
            if cuts is not None:
                return Fixed(cuts[0] if edge == "before" else cuts[1])
            if len(findings.found) == before:
                findings.error(
                    "unlike-types",
                    point.span,
                    f"{quote(format_node(point))} is not a point in time",
                    "give a date such as `2026-03-14`, or a length of time such as `30 days ago`",
                )
            return None


def _period(period: CalendarPeriod | MovingPeriod, calendar: Calendar) -> Window:
    match period:
        case CalendarPeriod(unit, first):
            start, end = (start_from(first, unit, steps, calendar) for steps in (0, 1))
            return Window(Fixed(start), Fixed(end))
        case MovingPeriod(which, unit):
            step = 0 if which == "this" else -1
            return Window(PeriodStart(unit, step), PeriodStart(unit, step + 1))
        case _:
            assert_never(period)


def _moved(duration: Duration, sign: int, findings: Findings) -> Cut | None:
    if duration.amount <= 0:
        findings.error(
            "window-of-zero",
            duration.span,
            f"{quote(format_node(duration))} is no time at all",
            "a length of time is at least 1",
        )
        return None
    if duration.unit in _MONTHS:
        return Months(sign * duration.amount * _MONTHS[duration.unit])
    return Exactly(sign * duration.amount * _EXACT[duration.unit])
