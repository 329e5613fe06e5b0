"""Periods of the calendar by name."""

from datetime import date
from typing import get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from segrules import Customer, Event, EventType, Rule, Schema
from segrules.meaning.calendar import (
    PeriodUnit,
    start_of_day,
    start_of_period,
    to_datetime,
)
from segrules.meaning.periods import Period, find_period
from tests.meaning.zones import ZONES, at, calendar, instants_in

WEEKDAYS = ["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"]
UNITS = st.sampled_from(get_args(PeriodUnit))


@pytest.mark.parametrize(
    ("unit", "name", "clause"),
    [
        ("day", "2026-03-04", "on 2026-03-04"),
        ("week", "week of 2026-03-01", "between 2026-03-01 and 2026-03-07"),
        ("month", "2026-03", "in 2026-03"),
        ("quarter", "2026-Q1", "in 2026-Q1"),
        ("year", "2026", "in 2026"),
    ],
)
def test_names(unit: PeriodUnit, name: str, clause: str) -> None:
    """A period is called as rules call it; a week goes by its first day."""
    period = find_period(at("2026-03-04T12:00Z"), unit, calendar("Europe/London", 6))
    assert (str(period), period.clause) == (name, clause)


def test_the_day_is_the_merchants() -> None:
    """An instant lies in the period that clocks in the schema's zone show."""
    instant = at("2026-03-31T23:30Z")
    assert str(find_period(instant, "month", calendar("Europe/London"))) == "2026-04"
    assert str(find_period(instant, "month", calendar("America/New_York"))) == "2026-03"


def test_both_ends_of_the_calendar() -> None:
    """The first and the last day that there are have periods too."""
    first, last = at("0001-01-01T00:00Z"), at("9999-12-31T23:00Z")
    assert find_period(first, "day", calendar("Asia/Kathmandu")).first == date.min
    assert find_period(first, "week", calendar("UTC", 3)).first == date.min
    assert find_period(last, "week", calendar("UTC")).clause == "between 9999-12-27 and 9999-12-31"


@given(st.data(), st.sampled_from(ZONES), st.sampled_from(WEEKDAYS), UNITS)
def test_the_clause_means_the_period(
    data: st.DataObject, zone: str, week_starts: str, unit: PeriodUnit
) -> None:
    """A rule with the clause holds for exactly the instants of the period."""
    here, there = data.draw(instants_in(zone)), data.draw(instants_in(zone))
    schema = Schema(events={"signup": EventType()}, timezone=zone, week_starts=week_starts)
    own = schema._vocabulary.calendar
    period = find_period(here, unit, own)
    rule = Rule(f"first event of type 'signup' {period.clause}", schema)
    assert str(rule) == f"first event of type 'signup' {period.clause}"
    begins, ends = (start_of_period(here, unit, steps, own) for steps in (0, 1))
    assert begins == start_of_day(period.first, own)
    for instant in (here, there, begins, begins - 1, ends, ends - 1):
        moment = to_datetime(instant)
        assert moment is not None
        inside = rule.matches(Customer("c1", events=[Event("signup", moment)]), at=moment)
        assert inside is (find_period(instant, unit, own) == period) is (begins <= instant < ends)


def test_order() -> None:
    """Periods are values."""
    assert Period("month", date(2026, 3, 1)) == Period("month", date(2026, 3, 1))
    assert Period("month", date(2026, 3, 1)) != Period("quarter", date(2026, 3, 1))
