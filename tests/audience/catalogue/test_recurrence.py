"""Schedules as text."""

from contextlib import suppress
from datetime import UTC, datetime, timedelta
from itertools import islice
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from dateutil.rrule import DAILY, HOURLY, MINUTELY, MONTHLY, WEEKLY, YEARLY, rrule
from dateutil.tz import gettz
from hypothesis import given, settings
from hypothesis import strategies as st

from segrules import Refresh
from segrules.audience.catalogue.recurrence import skip
from segrules.audience.catalogue.refresh import find_times
from segrules.errors import ArgumentError
from segrules.meaning.calendar import Calendar, to_datetime, to_micros

LONDON = Calendar(ZoneInfo("Europe/London"))


def wall(month: int) -> datetime:
    return datetime(2026, month, 1)  # noqa: DTZ001  # a wall time


def times(refresh: Refresh, after: datetime, number: int) -> list[str]:
    found = islice(find_times(refresh, LONDON, to_micros(after)), number)
    return [f"{to_datetime(each):%a %d %H:%M}" for each in found]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("FREQ=DAILY;BYHOUR=6", ["Sun 01 06:00", "Mon 02 06:00"]),
        ("RRULE:FREQ=DAILY;BYHOUR=6,18", ["Sun 01 06:00", "Sun 01 18:00"]),
        ("freq=weekly", ["Mon 02 00:00", "Mon 09 00:00"]),
        ("FREQ=HOURLY", ["Sun 01 01:00", "Sun 01 02:00"]),
        ("FREQ=MINUTELY;INTERVAL=15", ["Sun 01 00:15", "Sun 01 00:30"]),
        ("FREQ=MONTHLY;BYDAY=-1FR", ["Fri 27 00:00", "Thu 23 23:00"]),
        ("DTSTART:20260301T090000Z\nRRULE:FREQ=DAILY;COUNT=1", ["Sun 01 09:00"]),
        ("DTSTART;TZID=Asia/Tokyo:20260301T180000\nRRULE:FREQ=DAILY;COUNT=1", ["Sun 01 09:00"]),
    ],
)
def test_text(text: str, expected: list[str]) -> None:
    """A text is read as RFC 5545 has it; without a start its times are wall time."""
    assert times(Refresh.custom(text), datetime(2026, 3, 1, tzinfo=UTC), 2) == expected


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "empty string"),
        ("DAILY", "its parts are like `FREQ=DAILY`, joined by `;`"),
        ("FREQ=DALY", "invalid 'FREQ': DALY"),
        ("INTERVAL=2", "FREQ is missing"),
        ("FREQ=DAILY;BYHOUR=25", "hour must be in 0..23"),
        ("FREQ=DAILY;FOO=1", "unknown parameter 'FOO'"),
        ("FREQ=DAILY;INTERVAL=0", "INTERVAL is a number from 1 on"),
        ("FREQ=DAILY;COUNT=3", "COUNT needs a DTSTART"),
        ("FREQ=DAILY;UNTIL=20260101T000000Z", "UNTIL ends in Z if DTSTART has a zone"),
        ("DTSTART:20260101", "it has no RRULE"),
        ("DTSTART:20260101T000000EST\nRRULE:FREQ=DAILY", "a date is written as `20260302T090000`"),
        ("FREQ=DAILY;UNTIL=tomorrow", "a date is written as `20260302T090000`"),
        ("DTSTART;TZID=Foo/Bar:20260101T000000\nRRULE:FREQ=DAILY", "unknown time zone 'Foo/Bar'"),
        ("DTSTART;TZID=../x:20260101T000000\nRRULE:FREQ=DAILY", "unknown time zone"),
        ("FREQ=HOURLY;INTERVAL=24;BYHOUR=5", "Invalid rrule byxxx generates an empty set"),
    ],
)
def test_bad_text(text: str, said: str) -> None:
    """A text that is no rrule is refused, with what is wrong and one that is right."""
    with pytest.raises(ArgumentError) as refused:
        Refresh.custom(text)
    assert said in str(refused.value)
    assert "give one such as `FREQ=DAILY;BYHOUR=6`" in str(refused.value)
    assert refused.value.code == "rrule"


@given(st.text() | st.text(alphabet="FREQDAILYRULTZ=;:,-+0123456789\n "))
def test_any_text(text: str) -> None:
    """Any text is read or refused; no other error comes out."""
    with suppress(ArgumentError):
        Refresh.custom(text)


def test_a_zone_without_a_name() -> None:
    """A zone that cannot be written is refused when it must be, and equal to itself meanwhile."""
    zone = gettz("Europe/London")
    rule: Any = rrule(DAILY, dtstart=datetime(2026, 3, 1, tzinfo=zone))
    assert Refresh.custom(rule) == Refresh.custom(rule)
    assert "custom" in repr(Refresh.custom(rule))
    with pytest.raises(ArgumentError, match="make the rule with a `ZoneInfo`") as refused:
        Refresh.custom(rule).to_data()
    assert refused.value.code == "unnamed-zone"


@settings(max_examples=50)
@given(
    freq=st.sampled_from([YEARLY, MONTHLY, WEEKLY, DAILY, HOURLY, MINUTELY]),
    interval=st.integers(1, 50),
    start=st.datetimes(wall(1), wall(2)),
    passed=st.timedeltas(timedelta(0), timedelta(days=9)),
    byhour=st.none() | st.lists(st.integers(0, 23), min_size=1, max_size=3),
    byminute=st.none() | st.lists(st.integers(0, 59), min_size=1, max_size=2),
    byweekday=st.none() | st.lists(st.integers(0, 6), min_size=1, max_size=4),
    bysetpos=st.none() | st.sampled_from([1, -1]),
    zone=st.sampled_from([None, UTC, ZoneInfo("Europe/London")]),
)
def test_skipping_loses_nothing(
    freq: Any, interval: int, start: datetime, passed: timedelta, zone: Any, **chosen: Any
) -> None:
    """A rule that starts later has the same times from then on as the one that it stands for."""
    if not any(chosen[key] for key in ("byhour", "byminute", "byweekday")):
        chosen["bysetpos"] = None
    try:
        rule = rrule(freq, dtstart=start.replace(tzinfo=zone), interval=interval, **chosen)
    except ValueError:
        return
    after = (start + passed).replace(tzinfo=UTC)
    end = start + passed + timedelta(days=2)
    floor = start + passed
    slow = [w for w in _until(rule, end) if w.replace(tzinfo=None) > floor]
    quick = [w for w in _until(skip(rule, after), end) if w.replace(tzinfo=None) > floor]
    assert slow == quick


def _until(rule: Any, end: datetime) -> list[datetime]:
    found = []
    for wall in rule:
        if wall.replace(tzinfo=None) > end:
            break
        found.append(wall)
    return found
