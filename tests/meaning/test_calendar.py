"""Days, periods and steps of months in one time zone."""

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from segrules.meaning.calendar import (
    DAWN,
    NEVER,
    Calendar,
    PeriodUnit,
    cut_months_away,
    end_of_day,
    start_from,
    start_of_day,
    start_of_period,
    to_datetime,
    to_micros,
)
from tests.meaning.zones import HOUR, UNITS, at, calendar, pairs, show

FIRST = at("0001-01-01T00:00Z")
LAST = at("9999-12-31T23:59:59.999999Z")


def test_micros() -> None:
    """An instant is a whole number of microseconds, whatever the offset it was written with."""
    moment = datetime(2026, 3, 14, 9, 30, 0, 1, tzinfo=UTC)
    assert to_micros(moment) == 1_773_480_600_000_001
    assert to_datetime(to_micros(moment)) == moment
    assert at("2026-03-14T10:30:00.000001+01:00") == to_micros(moment)
    assert to_datetime(NEVER) is to_datetime(DAWN) is None


@pytest.mark.parametrize(
    ("zone", "day", "hours"),
    [
        ("Europe/London", "2026-03-28", 24),
        ("Europe/London", "2026-03-29", 23),
        ("Europe/London", "2026-10-25", 25),
        ("Australia/Lord_Howe", "2026-10-04", 23.5),
        ("Australia/Lord_Howe", "2026-04-05", 24.5),
        ("America/Havana", "2026-03-08", 23),
        ("America/Sao_Paulo", "2018-11-04", 23),
        ("America/Sao_Paulo", "2018-02-17", 25),
        ("America/St_Johns", "2006-10-28", 24),
        ("America/St_Johns", "2006-10-29", 25),
        ("Pacific/Apia", "2011-12-30", 0),
        ("Africa/Cairo", "2026-04-24", 23),
        ("Asia/Kathmandu", "2026-03-14", 24),
    ],
)
def test_length_of_days(zone: str, day: str, hours: float) -> None:
    """A day lasts as long as clocks say: 23 hours, 25, a half less, or none at all."""
    place, each = calendar(zone), date.fromisoformat(day)
    assert end_of_day(each, place) - start_of_day(each, place) == round(hours * HOUR)


@pytest.mark.parametrize(
    ("zone", "day", "begins"),
    [
        ("Europe/London", "2026-03-29", "2026-03-29T00:00:00+00:00"),
        ("America/Havana", "2026-03-08", "2026-03-08T01:00:00-04:00"),
        ("America/Sao_Paulo", "2018-11-04", "2018-11-04T01:00:00-02:00"),
        ("Africa/Cairo", "2026-04-24", "2026-04-24T01:00:00+03:00"),
        ("Pacific/Apia", "2011-12-30", "2011-12-31T00:00:00+14:00"),
        ("America/St_Johns", "2006-10-29", "2006-10-29T00:00:00-02:30"),
    ],
)
def test_start_of_day(zone: str, day: str, begins: str) -> None:
    """A day begins at midnight; where that does not exist, after; where twice, at the first."""
    assert show(start_of_day(date.fromisoformat(day), calendar(zone)), zone) == begins


@pytest.mark.parametrize(
    ("moment", "unit", "steps", "begins"),
    [
        ("2026-03-14T09:30Z", "day", 0, "2026-03-14"),
        ("2026-03-14T09:30Z", "day", -1, "2026-03-13"),
        ("2026-03-14T09:30Z", "week", 0, "2026-03-09"),
        ("2026-03-14T09:30Z", "week", 1, "2026-03-16"),
        ("2026-03-14T09:30Z", "month", 0, "2026-03-01"),
        ("2026-01-31T09:30Z", "month", 1, "2026-02-01"),
        ("2026-03-14T09:30Z", "month", -3, "2025-12-01"),
        ("2026-03-14T09:30Z", "quarter", 0, "2026-01-01"),
        ("2026-12-14T09:30Z", "quarter", 1, "2027-01-01"),
        ("2026-03-14T09:30Z", "quarter", -1, "2025-10-01"),
        ("2028-02-29T09:30Z", "year", 0, "2028-01-01"),
        ("2028-02-29T09:30Z", "year", 1, "2029-01-01"),
    ],
)
def test_start_of_period(moment: str, unit: PeriodUnit, steps: int, begins: str) -> None:
    """Periods are those of the calendar; weeks start on a Monday by default."""
    place = calendar("Asia/Kathmandu")
    found = start_of_period(at(moment), unit, steps, place)
    assert show(found, "Asia/Kathmandu") == f"{begins}T00:00:00+05:45"


def test_start_of_week() -> None:
    """A week starts on the weekday that the calendar names."""
    day = date(2026, 3, 14)
    starts = [start_from(day, "week", 0, calendar("UTC", each)) for each in range(7)]
    days = [show(start, "UTC")[8:10] for start in starts]
    assert days == ["09", "10", "11", "12", "13", "14", "08"]


def test_repeated_midnight() -> None:
    """Where clocks go back across midnight yesterday's date returns, but the day does not."""
    place = calendar("America/St_Johns")
    before, after = at("2006-10-29T00:00:30-02:30"), at("2006-10-28T23:30:00-03:30")
    assert before < after
    assert start_of_period(before, "day", 0, place) == start_of_period(after, "day", 0, place)


@pytest.mark.parametrize(
    ("moment", "months", "cut"),
    [
        # everything from a microsecond after the same time of day on
        ("2026-03-14T09:30", 1, "2026-04-14T09:30:00.000001"),
        ("2026-03-14T09:30", -12, "2025-03-14T09:30:00.000001"),
        # no such day: the next month's first instant
        ("2026-01-31T12:00", 1, "2026-03-01T00:00:00"),
        ("2026-01-29T12:00", 1, "2026-03-01T00:00:00"),
        ("2028-01-29T12:00", 1, "2028-02-29T12:00:00.000001"),
        ("2026-03-31T12:00", -1, "2026-03-01T00:00:00"),
        ("2028-02-29T12:00", 12, "2029-03-01T00:00:00"),
        ("2028-02-29T12:00", -12, "2027-03-01T00:00:00"),
        ("2028-02-29T12:00", 48, "2032-02-29T12:00:00.000001"),
        ("2026-08-31T12:00", 6, "2027-03-01T00:00:00"),
    ],
)
def test_months_away(moment: str, months: int, cut: str) -> None:
    """A step of months keeps day and time; where the month is too short it goes to its end."""
    found = cut_months_away(at(f"{moment}Z"), months, calendar("UTC"))
    assert show(found, "UTC") == f"{cut}+00:00"


@pytest.mark.parametrize(
    ("moment", "months", "cut"),
    [
        # 29 March has no 01:30
        ("2026-02-28T01:30:00+00:00", 1, "2026-03-28T01:30:00.000001+00:00"),
        ("2026-04-29T01:30:00+01:00", -1, "2026-03-29T02:00:00+01:00"),
        ("2026-04-29T02:00:00+01:00", -1, "2026-03-29T02:00:00.000001+01:00"),
        # 25 October has 01:30 twice: the first of them is meant
        ("2026-09-25T01:30:00+01:00", 1, "2026-10-25T01:30:00.000001+01:00"),
        # and time that is repeated takes the step no further than it was
        ("2026-10-25T01:30:00+01:00", 1, "2026-11-25T01:30:00.000001+00:00"),
        ("2026-10-25T01:30:00+00:00", 1, "2026-11-25T02:00:00+00:00"),
    ],
)
def test_months_across_changes_of_clocks(moment: str, months: int, cut: str) -> None:
    """Time that does not exist is taken for what comes next, and repeated time stands still."""
    found = cut_months_away(at(moment), months, calendar("Europe/London"))
    assert show(found, "Europe/London") == cut


@pytest.mark.parametrize("unit", UNITS)
@pytest.mark.parametrize("zone", ["UTC", "America/New_York", "Asia/Kathmandu"])
def test_ends_of_the_calendar(zone: str, unit: PeriodUnit) -> None:
    """The first and the last period have neighbours that lie beyond every instant."""
    place = calendar(zone, 6)
    first = max(FIRST, start_of_day(date.min, place))
    assert start_of_period(LAST, unit, 0, place) <= LAST
    assert start_of_period(LAST, unit, 1, place) == NEVER
    assert start_of_period(first, unit, -1, place) == DAWN
    assert start_of_period(first, unit, 0, place) <= first
    assert first < start_of_period(first, unit, 1, place) < NEVER
    assert start_of_period(FIRST, unit, 0, place) <= first


@pytest.mark.parametrize("zone", ["UTC", "America/New_York", "Asia/Kathmandu"])
def test_steps_beyond_the_calendar(zone: str) -> None:
    """A step of months that leads beyond the calendar leads beyond every instant."""
    place = calendar(zone)
    assert end_of_day(date.max, place) == NEVER
    assert cut_months_away(LAST, 1, place) == cut_months_away(LAST, 12_000, place) == NEVER
    assert cut_months_away(FIRST, -1, place) == cut_months_away(FIRST, -12_000, place) == DAWN


def test_days_beyond_the_calendar() -> None:
    """East of Greenwich the calendar's first day begins before it; west the last ends after it."""
    assert start_of_day(date.min, calendar("Asia/Kathmandu")) == DAWN
    assert start_of_day(date.min, calendar("UTC")) == FIRST
    assert cut_months_away(FIRST, 1, calendar("America/New_York")) == DAWN
    assert cut_months_away(LAST, -1, calendar("Asia/Kathmandu")) == NEVER
    assert start_of_period(LAST, "day", 0, calendar("Asia/Kathmandu")) <= LAST


@given(pairs(), st.sampled_from(UNITS), st.integers(-5, 5))
def test_periods_are_monotone(
    drawn: tuple[Calendar, list[int]], unit: PeriodUnit, steps: int
) -> None:
    """A later instant never lies in an earlier period."""
    place, (early, late) = drawn
    assert start_of_period(early, unit, steps, place) <= start_of_period(late, unit, steps, place)


@given(pairs(1), st.sampled_from(UNITS), st.integers(-5, 5))
def test_periods_hold_their_instants(
    drawn: tuple[Calendar, list[int]], unit: PeriodUnit, steps: int
) -> None:
    """An instant lies in its period, and each period begins where the one before it ends."""
    place, (instant,) = drawn
    start, end = (start_of_period(instant, unit, n, place) for n in (0, 1))
    assert start <= instant < end
    assert start_of_period(start, unit, 1, place) == end
    assert start_of_period(instant, unit, steps, place) <= start_of_period(
        instant, unit, steps + 1, place
    )


@given(pairs(1))
def test_days_begin_when_their_date_first_shows(drawn: tuple[Calendar, list[int]]) -> None:
    """Right before a day begins, no clock has shown its date; from then on one has."""
    place, (instant,) = drawn
    day = local(instant, place)
    start = start_of_day(day, place)
    assert local(start, place) >= day > local(start - 1, place)


def local(instant: int, place: Calendar) -> date:
    moment = datetime(1970, 1, 1, tzinfo=UTC) + timedelta(microseconds=instant)
    return moment.astimezone(place.zone).date()


@given(pairs(), st.integers(-40, 40))
def test_months_are_monotone(drawn: tuple[Calendar, list[int]], months: int) -> None:
    """The later the instant, the later its cut: no customer flaps in and out."""
    place, (early, late) = drawn
    assert cut_months_away(early, months, place) <= cut_months_away(late, months, place)
