"""Words of time as windows."""

import pytest

from segrules.meaning.calendar import DAY, SECOND
from segrules.meaning.conditions import (
    Exactly,
    Fixed,
    Lies,
    Months,
    Now,
    PeriodStart,
    TermTest,
    Window,
)
from tests.meaning.shop import mean
from tests.meaning.zones import at


def window(when: str) -> Window:
    """Return the window that words of time mean in London."""
    meant = mean(f"renewsAt {when}")
    assert isinstance(meant, TermTest)
    assert isinstance(meant.test, Lies)
    return meant.test.window


def fixed(start: str | None, end: str | None) -> Window:
    return Window(*(None if each is None else Fixed(at(each)) for each in (start, end)))


@pytest.mark.parametrize(
    ("when", "meant"),
    [
        ("within 90 seconds", Window(Exactly(-90 * SECOND), Now())),
        ("within 5 min", Window(Exactly(-300 * SECOND), Now())),
        ("within 24h", Window(Exactly(-DAY), Now())),
        ("within 2 weeks", Window(Exactly(-14 * DAY), Now())),
        ("within 1 month", Window(Months(-1), Now())),
        ("within 2 quarters", Window(Months(-6), Now())),
        ("within 3 years", Window(Months(-36), Now())),
        ("within next 1 year", Window(Now(), Months(12))),
        ("since 1 day ago", Window(Exactly(-DAY), Now())),
        ("after 1 day ago", Window(Exactly(-DAY), None)),
        ("before 1 day ago", Window(None, Exactly(-DAY))),
        ("between 2 days ago and 1 day ago", Window(Exactly(-2 * DAY), Exactly(-DAY))),
        ("today", Window(PeriodStart("day", 0), PeriodStart("day", 1))),
        ("yesterday", Window(PeriodStart("day", -1), PeriodStart("day", 0))),
        ("this week", Window(PeriodStart("week", 0), PeriodStart("week", 1))),
        ("last quarter", Window(PeriodStart("quarter", -1), PeriodStart("quarter", 0))),
    ],
)
def test_moving(when: str, meant: Window) -> None:
    """What is measured from now moves with it: exact lengths up to weeks, calendar steps beyond."""
    moving = when.startswith(("today", "yesterday", "this", "last"))
    assert window(f"in {when}" if moving else when) == meant


@pytest.mark.parametrize(
    ("when", "start", "end"),
    [
        ("after 2026-03-29", "2026-03-30T00:00+01:00", None),
        ("before 2026-03-29", None, "2026-03-29T00:00Z"),
        ("between 2026-03-29 and 2026-03-29", "2026-03-29T00:00Z", "2026-03-30T00:00+01:00"),
        ("after 2026-03-29T12:00:00Z", "2026-03-29T12:00:00.000001Z", None),
        ("before 2026-03-29T12:00:00Z", None, "2026-03-29T12:00Z"),
        (
            "between 2026-03-29T12:00:00Z and 2026-03-29T13:00:00+01:00",
            "2026-03-29T12:00Z",
            "2026-03-29T12:00:00.000001Z",
        ),
        ("between '2026-03-29' and '2026-03-30T12:00:00Z'", "2026-03-29T00:00Z",
         "2026-03-30T12:00:00.000001Z"),
        ("in 2026", "2026-01-01T00:00Z", "2027-01-01T00:00Z"),
        ("in 2026-Q1", "2026-01-01T00:00Z", "2026-04-01T00:00+01:00"),
        ("in 2026-Q4", "2026-10-01T00:00+01:00", "2027-01-01T00:00Z"),
        ("in 2026-03", "2026-03-01T00:00Z", "2026-04-01T00:00+01:00"),
        ("in 2028-02", "2028-02-01T00:00Z", "2028-03-01T00:00Z"),
        ("on 2026-03-29", "2026-03-29T00:00Z", "2026-03-30T00:00+01:00"),
    ],
)  # fmt: skip
def test_fixed(when: str, start: str | None, end: str | None) -> None:
    """Dates and periods are those of the schema's time zone; a day counts as a whole."""
    assert window(when) == fixed(start, end)


def test_since() -> None:
    """`since` a point reaches up to now."""
    assert window("since 2026-03-29") == Window(Fixed(at("2026-03-29T00:00Z")), Now())
    assert window("since 2026-03-29T12:00:00Z") == Window(Fixed(at("2026-03-29T12:00Z")), Now())
