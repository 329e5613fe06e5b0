"""Elapsed periods: how many lie between two instants."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from segrules import Customer, Event, EventType, Rule, Schema
from segrules.facts.arguments import FIRST_INSTANT, LAST_INSTANT
from segrules.insight.elapsed import (
    MONTHS,
    PERIODS,
    Elapsed,
    Numbers,
    PeriodName,
    by_calendar,
    in_brackets,
    name_period,
    number_periods,
    rolling,
)
from segrules.meaning.calendar import cut_months_away, start_of_period, to_datetime
from tests.meaning.zones import HOUR, ZONES, at, calendar, instants_in, pairs

FAR = 1 << 40
"""More hours than there are."""

SCHEMAS = {zone: Schema(events={"signup": EventType()}, timezone=zone) for zone in ZONES}


def count(elapsed: Elapsed, begins: int, then: int) -> int:
    return elapsed([then])(begins)[0]


@pytest.mark.parametrize(
    ("period", "begins", "then", "by_the_calendar", "by_its_own"),
    [
        ("hour", "2026-03-01T10:59Z", "2026-03-01T11:00Z", 1, 0),
        ("day", "2026-03-28T12:00Z", "2026-03-29T12:00Z", 1, 1),
        ("day", "2026-03-29T12:00Z", "2026-03-29T23:00Z", 1, 0),  # London's midnight
        ("week", "2026-03-02T00:00Z", "2026-03-08T23:59Z", 0, 0),
        ("week", "2026-03-08T00:00Z", "2026-03-09T00:00Z", 1, 0),
        ("month", "2026-01-31T10:00Z", "2026-02-28T23:59Z", 1, 0),
        ("month", "2026-01-31T10:00Z", "2026-03-01T00:00Z", 2, 1),  # February has no 31st
        ("month", "2026-01-31T10:00Z", "2026-03-31T08:59Z", 2, 1),
        ("month", "2026-01-31T10:00Z", "2026-03-31T09:00Z", 2, 2),  # ten o'clock in summer
        ("quarter", "2025-12-31T00:00Z", "2026-03-30T22:59Z", 1, 0),
        ("year", "2024-02-29T00:00Z", "2025-02-28T23:59Z", 1, 0),
        ("year", "2024-02-29T00:00Z", "2025-03-01T00:00Z", 1, 1),
    ],
)
def test_both_ways_to_count(
    period: PeriodName, begins: str, then: str, by_the_calendar: int, by_its_own: int
) -> None:
    """Calendar periods begin for every customer at once, rolling ones with each start."""
    london = calendar("Europe/London")
    numbers = number_periods(period, london, FAR)
    assert count(by_calendar(numbers), at(begins), at(then)) == by_the_calendar
    assert count(rolling(period, london), at(begins), at(then)) == by_its_own


@pytest.mark.parametrize(
    "elapsed",
    [
        by_calendar(Numbers(lambda instant: instant, lambda one, other: other - one)),
        in_brackets(rolling("day", calendar("UTC")), (0, 1)),
        rolling("day", calendar("UTC")),
        rolling("month", calendar("UTC")),
    ],
)
def test_what_came_before_is_left_out(elapsed: Elapsed) -> None:
    """Only instants from the start on are counted."""
    assert [len(elapsed([1, 2, 2, 3])(begins)) for begins in (0, 1, 2, 3, 4)] == [4, 4, 3, 1, 0]


def test_names() -> None:
    """Periods have the names that rules have for them; an hour has that of its first instant."""
    instant = at("2026-10-25T01:30Z")
    named = {period: name_period(instant, period, calendar("Europe/London")) for period in PERIODS}
    assert named == {
        "hour": "2026-10-25T01:00+00:00",
        "day": "2026-10-25",
        "week": "week of 2026-10-19",
        "month": "2026-10",
        "quarter": "2026-Q4",
        "year": "2026",
    }


def test_the_calendars_first_day() -> None:
    """Numbers reach back to the first instant there is."""
    first, east = at("0001-01-01T00:00Z"), calendar("Asia/Kathmandu")
    for period in PERIODS:
        later = first + 3 * HOUR
        numbers = number_periods(period, east, FAR)
        assert numbers.between(numbers.find(first), numbers.find(later)) == (
            3 if period == "hour" else 0
        )
        assert name_period(first, period, east)


@pytest.mark.parametrize("zone", ["Asia/Kathmandu", "America/New_York", "UTC"])
def test_the_calendars_ends(zone: str) -> None:
    """Hours grow with time from the calendar's first instant to its last, in every zone."""
    own = calendar(zone)
    numbers = number_periods("hour", own, FAR)
    for edge in (FIRST_INSTANT, LAST_INSTANT - 30 * HOUR):
        found = [numbers.find(edge + k * HOUR) for k in range(31)]
        assert found == sorted(found)
        assert numbers.between(found[0], found[-1]) >= 24


@given(pairs())
def test_hours_beyond_reach(pair: tuple[Any, list[int]]) -> None:
    """A count of more hours than are within reach is above it, and never above the exact one."""
    own, (begins, then) = pair
    numbers = number_periods("hour", own, 100)
    exact = count(by_calendar(number_periods("hour", own, FAR)), begins, then)
    found = count(by_calendar(numbers), begins, then)
    assert found == exact if exact <= 100 else 100 < found <= exact


@given(pairs(), st.sampled_from(PERIODS))
def test_by_calendar(pair: tuple[Any, list[int]], period: PeriodName) -> None:
    """The count is that of steps between periods; hours are sixty minutes from the day's start."""
    own, (begins, then) = pair
    found = count(by_calendar(number_periods(period, own, FAR)), begins, then)
    if period == "hour":
        first = start_of_period(begins, "day", 0, own)
        last = start_of_period(then, "day", 0, own)
        days, day = 0, first
        while day != last:
            following = start_of_period(day, "day", 1, own)
            days += -(-(following - day) // HOUR)
            day = following
        assert found == days + (then - last) // HOUR - (begins - first) // HOUR
    else:
        begun = start_of_period(begins, period, found, own)
        assert begun <= then < start_of_period(begins, period, found + 1, own)


BESIDE = st.one_of(st.integers(-3, 3), st.integers(-60, 60).map(lambda halves: halves * HOUR // 2))


@given(st.data(), st.sampled_from(ZONES), st.sampled_from([*MONTHS]))
def test_rolling_months(data: st.DataObject, zone: str, period: PeriodName) -> None:
    """A customer's first month is the time in which `within 1 month` holds of the start."""
    schema = SCHEMAS[zone]
    own = schema._vocabulary.calendar
    begins = data.draw(instants_in(zone))
    away = cut_months_away(begins, data.draw(st.integers(0, 14)) * MONTHS[period], own)
    then = max(begins, away + data.draw(BESIDE))
    moment, now = to_datetime(begins), to_datetime(then)
    assert moment is not None
    assert now is not None
    customer = Customer("x", events=[Event("signup", moment)])
    found = count(rolling(period, own), begins, then)
    for lengths in (found, found + 1):
        rule = f"first event of type 'signup' within {lengths} {period}s"
        assert lengths == 0 or Rule(rule, schema).matches(customer, at=now) is (lengths > found)
