from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from segrules import Schema
from segrules.cli.errors import MisuseError
from segrules.cli.moments import read_moment, show_moment
from segrules.meaning.calendar import to_local

LONDON, TOKYO = (Schema.commerce(timezone=name) for name in ("Europe/London", "Asia/Tokyo"))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2026-07-01", datetime(2026, 6, 30, 23, tzinfo=UTC)),
        ("2026-01-01", datetime(2026, 1, 1, tzinfo=UTC)),
        ("2026-07-01T00:00:00Z", datetime(2026, 7, 1, tzinfo=UTC)),
        ("2026-07-01T00:00:00.000001+02:00", datetime(2026, 6, 30, 22, 0, 0, 1, tzinfo=UTC)),
    ],
)
def test_an_option(text: str, expected: datetime) -> None:
    """A date is its first instant in the store's time zone."""
    assert read_moment(text, "--at", LONDON) == expected


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("noon", "--at must be an instant with its offset from UTC"),
        ("2026-07-01T00:00:00", "--at must be an instant with its offset from UTC"),
        ("2026-02-30", "or a date"),
        ("", "--at must be"),
        ("0001-01-01", "--at lies beyond the calendar"),
        ("0001-01-01T00:00:00+09:00", "--at lies beyond the calendar"),
    ],
)
def test_bad_options(text: str, said: str) -> None:
    """Any other text is refused, and the message names the option."""
    with pytest.raises(MisuseError, match=said):
        read_moment(text, "--at", TOKYO)


def test_printing() -> None:
    """Instants are in the store's time zone, except the last hours of the calendar."""
    zone, end = ZoneInfo("Asia/Tokyo"), datetime.max.replace(tzinfo=UTC)
    assert show_moment(datetime(2026, 1, 1, 20, tzinfo=UTC), zone) == "2026-01-02 05:00:00 JST"
    assert to_local(end, zone) == end


@pytest.mark.parametrize(
    ("text", "advice"),
    [
        ("1772362800", "seconds since 1970, write `2026-03-01T11:00:00Z`"),
        ("1772362800123", "milliseconds since 1970, write `2026-03-01T11:00:00Z`"),
        ("1772362800123456", "microseconds since 1970, write `2026-03-01T11:00:00Z`"),
        ("1772362800123456789", "nanoseconds since 1970, write `2026-03-01T11:00:00Z`"),
    ],
)
def test_a_number_since_1970(text: str, advice: str) -> None:
    """A number since 1970 is refused with the instant it means, as it is to be written."""
    with pytest.raises(MisuseError, match=f"this looks like {advice}"):
        read_moment(text, "--at", LONDON)


def test_a_day_without_hyphens() -> None:
    """Eight digits are a day, and no number since 1970."""
    assert read_moment("20260101", "--at", LONDON) == datetime(2026, 1, 1, tzinfo=UTC)
