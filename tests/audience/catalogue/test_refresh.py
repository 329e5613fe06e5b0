"""When refreshes are due."""

from datetime import UTC, date, datetime, time, timedelta, timezone
from itertools import islice, pairwise
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from dateutil.rrule import DAILY, HOURLY, MONTHLY, WEEKLY, rrule, rruleset
from hypothesis import given
from hypothesis import strategies as st

from segrules import Refresh, SegrulesError
from segrules.audience.catalogue.refresh import find_times
from segrules.errors import ArgumentError
from segrules.meaning.calendar import Calendar, to_datetime, to_micros

LONDON = Calendar(ZoneInfo("Europe/London"))
LAST = datetime.max.replace(tzinfo=UTC)


def times(refresh: Refresh, after: datetime, number: int, calendar: Calendar = LONDON) -> list[str]:
    found = islice(find_times(refresh, calendar, to_micros(after)), number)
    return [f"{to_datetime(each):%d %H:%M}" for each in found]


def at(*parts: int) -> datetime:
    return datetime(2026, *parts, tzinfo=UTC)  # type: ignore[arg-type, misc]  # month, day, hour


def wall(*parts: int) -> datetime:
    return datetime(2026, *parts)  # type: ignore[arg-type]  # noqa: DTZ001  # a wall time


def test_daily() -> None:
    """A daily refresh is due at its time of day in the zone, and never at the instant itself."""
    assert times(Refresh.daily(), at(3, 1, 2, 59), 2) == ["01 03:00", "02 03:00"]
    assert times(Refresh.daily(), at(3, 1, 3), 1) == ["02 03:00"]
    assert times(Refresh.daily(time(23, 30)), at(7, 1), 2) == ["01 22:30", "02 22:30"]


def test_day_of_23_hours() -> None:
    """A time of day that a day does not have comes right after the gap."""
    assert times(Refresh.daily(time(1, 30)), at(3, 28), 3) == ["28 01:30", "29 01:00", "30 00:30"]


def test_day_of_25_hours() -> None:
    """A time of day that a day has twice counts once, the first time."""
    assert times(Refresh.daily(time(1, 30)), at(10, 24), 3) == ["24 00:30", "25 00:30", "26 01:30"]
    assert times(Refresh.daily(time(1, 30)), at(10, 25, 1), 1) == ["26 01:30"]


def test_day_that_is_missing() -> None:
    """Where a whole day is missing its refresh comes at the first instant of the next."""
    samoa = Calendar(ZoneInfo("Pacific/Apia"))
    after = datetime(2011, 12, 29, 12, tzinfo=UTC)
    assert times(Refresh.daily(), after, 4, samoa) == [
        "29 13:00",
        "30 10:00",
        "30 13:00",
        "31 13:00",
    ]


def test_custom() -> None:
    """Naive times are the zone's wall time; aware ones stand in their own."""
    mondays = rrule(WEEKLY, dtstart=wall(3, 2, 9))
    assert times(Refresh.custom(mondays), at(3, 20), 2) == ["23 09:00", "30 08:00"]
    tokyo = rrule(WEEKLY, dtstart=datetime(2026, 3, 2, 9, tzinfo=timezone(timedelta(hours=9))))
    assert times(Refresh.custom(tokyo), at(3, 20), 2) == ["23 00:00", "30 00:00"]


def test_custom_days_of_other_lengths() -> None:
    """Times in a gap fall together at its end, and times that come twice count once."""
    hourly = rrule(HOURLY, dtstart=wall(1, 1))
    for rule in (hourly, hourly.replace(dtstart=datetime(2026, 1, 1, tzinfo=LONDON.zone))):
        refresh = Refresh.custom(rule)
        assert times(refresh, at(3, 28, 23), 4) == ["29 00:00", "29 01:00", "29 02:00", "29 03:00"]
        assert times(refresh, at(10, 24, 23), 3) == ["25 00:00", "25 02:00", "25 03:00"]
    pair = rruleset()
    pair.rrule(rrule(DAILY, dtstart=datetime(2026, 3, 28, 1, 30, tzinfo=LONDON.zone)))
    pair.rrule(rrule(DAILY, dtstart=datetime(2026, 3, 28, 2, 10, tzinfo=LONDON.zone)))
    assert times(Refresh.custom(pair), at(3, 28, 12), 2) == ["29 01:00", "29 01:10"]


def test_custom_end() -> None:
    """A rule that ends is due no more, and one that never comes never is."""
    twice = rrule(MONTHLY, dtstart=wall(3, 31, 6), count=2)
    assert times(Refresh.custom(twice), at(3, 1), 9) == ["31 05:00", "31 05:00"]
    assert times(Refresh.custom(twice), at(6, 1), 9) == []
    assert times(Refresh.custom(rruleset()), at(3, 1), 9) == []
    assert times(Refresh.live(), at(3, 1), 9) == times(Refresh.on_demand(), at(3, 1), 9) == []


def test_end_of_the_calendar() -> None:
    """At the calendar's ends nothing is due that lies beyond."""
    honolulu = Calendar(ZoneInfo("Pacific/Honolulu"))
    assert times(Refresh.daily(time(23)), LAST - timedelta(days=2), 9, honolulu) == [
        "30 09:00",
        "31 09:00",
    ]
    assert times(Refresh.daily(time(23)), LAST, 9, honolulu) == []
    assert list(find_times(Refresh.daily(), LONDON, 1 << 62)) == []
    tokyo = Calendar(ZoneInfo("Asia/Tokyo"))
    assert times(Refresh.daily(time(3)), datetime.min.replace(tzinfo=UTC), 1, tokyo) == ["01 17:41"]


@given(
    of_day=st.times(),
    start=st.integers(631_152_000, 1_893_456_000),
    zone=st.sampled_from(["UTC", "Europe/London", "America/Sao_Paulo", "Australia/Lord_Howe"]),
)
def test_daily_is_once_a_day(of_day: time, start: int, zone: str) -> None:
    """Every day has its refresh, at the time of day or right after a gap, in any zone."""
    calendar = Calendar(ZoneInfo(zone))
    found = list(islice(find_times(Refresh.daily(of_day), calendar, start * 1_000_000), 200))
    assert found[0] > start * 1_000_000
    assert all(one < other for one, other in pairwise(found))
    days = set[date]()
    for instant in found:
        moment = to_datetime(instant)
        assert moment is not None
        local = moment.astimezone(calendar.zone)
        days.add(local.date())
        assert local.time() >= of_day or local.replace(tzinfo=None) - timedelta(
            hours=3
        ) < datetime.combine(local.date(), time.min)
    assert len(days) == len(found)


def test_words() -> None:
    """A refresh prints as words."""
    assert [str(each) for each in (Refresh.live(), Refresh.on_demand())] == ["live", "on demand"]
    assert str(Refresh.daily(time(3, 0))) == "daily at 03:00"
    assert repr(Refresh.daily(time(3, 0, 30))) == "<Refresh daily at 03:00:30>"
    rule = rrule(MONTHLY, dtstart=wall(3, 31, 6), count=2)
    assert str(Refresh.custom(rule)) == "DTSTART:20260331T060000 RRULE:FREQ=MONTHLY;COUNT=2"
    assert str(Refresh.custom(rruleset())) == "custom"
    assert Refresh.daily() == Refresh.daily(time(3)) != Refresh.daily(time(4))


def test_refusals() -> None:
    """What is no time, and no rule, is refused."""
    with pytest.raises(SegrulesError, match="without a zone"):
        Refresh.daily(time(3, tzinfo=UTC))
    with pytest.raises(SegrulesError, match="without a zone"):
        Refresh.daily("03:00")  # type: ignore[arg-type]
    with pytest.raises(SegrulesError, match="not `int`"):
        Refresh.custom(5)  # type: ignore[arg-type]
    mixed = rruleset()
    mixed.rdate(wall(3, 1))
    mixed.rdate(at(3, 2))
    with pytest.raises(SegrulesError, match="mixed"):
        Refresh.custom(mixed)


@pytest.mark.parametrize(
    ("kind", "at", "rule"),
    [
        ("bogus", None, None),
        ("daily", None, None),
        ("daily", "3:00", None),
        ("live", time(3), None),
        ("custom", None, None),
        ("custom", None, 5),
        ("on_demand", None, rrule(HOURLY, dtstart=datetime(2026, 3, 1), count=1)),  # noqa: DTZ001
    ],
)
def test_made_by_hand(kind: Any, at: Any, rule: Any) -> None:
    """A refresh that says nothing or contradicts itself is refused when it is made."""
    with pytest.raises(ArgumentError, match="a refresh is made by"):
        Refresh(kind, at, rule)
