"""Words of time as windows: when an event happened, or where an attribute's instant lies."""

from collections.abc import Callable
from typing import Literal, TypeAlias, assert_never

from segrules.language import syntax as written
from segrules.language.formatter import format_node
from segrules.language.suggestions import quote
from segrules.meaning import conditions as meant
from segrules.meaning.calendar import DAY, HOUR, SECOND, Calendar, start_from
from segrules.meaning.checking.findings import Findings
from segrules.meaning.checking.literals import check_instant
from segrules.meaning.checking.ranges import is_empty, report_empty

FindThat: TypeAlias = Callable[[written.That], meant.Anchor | None]
"""Returns the condition that `that T` names; None, with a finding, if it names none."""

_EXACT = {
    "second": SECOND,
    "minute": 60 * SECOND,
    "hour": HOUR,
    "day": DAY,
    "week": 7 * DAY,
}
_MONTHS = {"month": 1, "quarter": 3, "year": 12}
_THAT_SIDE: dict[str, Literal["before", "after"]] = {"start": "after", "end": "before"}


def check_window(
    when: written.When,
    calendar: Calendar,
    find_that: FindThat,
    findings: Findings,
    *,
    of_event: bool,
) -> meant.Window | None:
    """Return the window that words of time mean; None, with a finding, if they mean none."""
    match when:
        case written.Within(duration, ahead):
            if ahead and of_event:
                findings.report(
                    "future-event",
                    when.span,
                    "`within next` looks ahead, and events lie in the past",
                    "ask it of an attribute that holds a time, or drop `next`",
                )
                return None
            cut = _check_length(duration, 1 if ahead else -1, findings)
            if cut is None:
                return None
            return meant.Window(meant.Now(), cut) if ahead else meant.Window(cut, meant.Now())
        case written.Since(point):
            start = _check_point(point, "start", "before", calendar, find_that, findings)
            return None if start is None else meant.Window(start, meant.Now())
        case written.After(point):
            start = _check_point(point, "start", "after", calendar, find_that, findings)
            return None if start is None else meant.Window(start, None)
        case written.Before(point):
            end = _check_point(point, "end", "before", calendar, find_that, findings)
            return None if end is None else meant.Window(None, end)
        case written.BetweenPoints(low, high):
            start = _check_point(low, "start", "before", calendar, find_that, findings)
            end = _check_point(high, "end", "after", calendar, find_that, findings)
            if start is None or end is None:
                return None
            window = meant.Window(start, end)
            if is_empty(window):
                # fixed cuts that meet are those of two days, which are apart
                swaps = isinstance(start, meant.Fixed) or not is_empty(meant.Window(end, start))
                report_empty(low, high, findings, swaps=swaps)
            return window
        case written.InPeriod(period):
            return _check_period(period, calendar)
        case _:
            assert_never(when)


def _check_point(
    point: written.Bound,
    role: Literal["start", "end"],
    edge: Literal["before", "after"],
    calendar: Calendar,
    find_that: FindThat,
    findings: Findings,
) -> meant.Cut | None:
    """Return the cut at a point.

    role: which end of a window it is; `that` lies outside either way. edge: whether a date or a
    datetime is cut before or after it.
    """
    match point:
        case written.Ago(duration):
            return _check_length(duration, -1, findings)
        case written.That():
            anchor = find_that(point)
            return None if anchor is None else meant.That(anchor, _THAT_SIDE[role])
        case _:
            before = len(findings.found)
            cuts = check_instant(point, calendar, findings)
            if cuts is not None:
                return meant.Fixed(cuts[0] if edge == "before" else cuts[1])
            if len(findings.found) == before:
                findings.report(
                    "unlike-types",
                    point.span,
                    f"{quote(format_node(point))} is not a point in time",
                    "give a date such as `2026-03-14`, or a length of time such as `30 days ago`",
                )
            return None


def _check_period(
    period: written.CalendarPeriod | written.MovingPeriod, calendar: Calendar
) -> meant.Window:
    match period:
        case written.CalendarPeriod(unit, first):
            start, end = (start_from(first, unit, steps, calendar) for steps in (0, 1))
            return meant.Window(meant.Fixed(start), meant.Fixed(end))
        case written.MovingPeriod(which, unit):
            step = 0 if which == "this" else -1
            return meant.Window(meant.PeriodStart(unit, step), meant.PeriodStart(unit, step + 1))
        case _:
            assert_never(period)


def _check_length(duration: written.Duration, sign: int, findings: Findings) -> meant.Cut | None:
    if duration.amount <= 0:
        findings.report(
            "window-of-zero",
            duration.span,
            f"{quote(format_node(duration))} is no time at all",
            "a length of time is at least 1",
        )
        return None
    if duration.unit in _MONTHS:
        return meant.Months(sign * duration.amount * _MONTHS[duration.unit])
    return meant.Exactly(sign * duration.amount * _EXACT[duration.unit])
