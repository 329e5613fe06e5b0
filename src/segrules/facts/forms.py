"""Forms: how text and numbers hold the values that JSON has no type for."""

import re
from datetime import date, datetime
from decimal import Decimal
from math import floor
from typing import Final

from segrules.facts.arguments import FactError, to_utc
from segrules.facts.exact import EXACT, to_number
from segrules.meaning.calendar import (
    DAWN,
    SECOND,
    Calendar,
    start_of_day,
    to_datetime,
)

NUMBER: Final = re.compile(r"[+-]?(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)(?:[eE][+-]?[0-9]{1,4})?")
DAY: Final = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
INSTANT: Final = re.compile(
    r"[0-9]{4}(?:-[0-9]{2}-[0-9]{2}|[0-9]{4})[T ]"
    r"(?:[01][0-9]|2[0-3])(?::?[0-9]{2}(?::?[0-9]{2}(?:[.,][0-9]{1,20})?)?)?"
    r"(?:Z|[+-][0-9]{2}(?::?[0-9]{2}(?::?[0-9]{2})?)?)?",
    re.IGNORECASE,
)
"""ISO 8601 as every supported Python reads it: Pythons differ in what else they take."""

_LONGEST: Final = 1_000
"""More digits than a number in range can have."""
_WIDEST: Final = 10**15
"""More seconds than the calendar has, in either direction."""


def read_number(text: str) -> int | Decimal | None:
    """Return the number that a text in decimal digits is, exactly; None if it is none.

    Raises FactError, whose message lacks its subject, for a number out of range.
    """
    if len(text) > _LONGEST or NUMBER.fullmatch(text) is None:
        return None
    return to_number(int(text) if text.lstrip("+-").isdigit() else Decimal(text))


def read_instant(text: str) -> datetime | None:
    """Return the instant that a text in ISO 8601 names, in UTC; None if it is none.

    Raises FactError, whose message lacks its subject, if the text has no offset from UTC.
    """
    if INSTANT.fullmatch(text) is None:
        return None
    try:
        moment = datetime.fromisoformat(text.upper())
    except ValueError:
        return None
    if moment.tzinfo is None:
        raise FactError(
            "has no offset from UTC: write one, as in `2026-03-14T09:30:00Z`", code="no-time-zone"
        )
    return to_utc(moment, "")


def read_epoch(number: int | Decimal, per_second: int) -> datetime | None:
    """Return the instant a number of seconds, or parts of one, after 1970-01-01T00:00Z.

    per_second: how many of the number's units a second has. None beyond the calendar.
    """
    if not -_WIDEST * per_second < number < _WIDEST * per_second:
        return None
    return to_datetime(floor(EXACT.multiply(Decimal(number), SECOND // per_second)))


def read_day(text: str, calendar: Calendar) -> datetime | None:
    """Return the first instant of a day such as `2026-03-14`; None if the text is no day."""
    if DAY.fullmatch(text) is None:
        return None
    try:
        start = start_of_day(date.fromisoformat(text), calendar)
    except ValueError:
        return None
    return None if start == DAWN else to_datetime(start)


def read_tags(text: str) -> frozenset[str]:
    """Return the tags in a text with commas between them."""
    return frozenset(filter(None, map(str.strip, text.split(","))))


def as_number(value: object) -> object:
    """Return a value, and for a text that is a number this number: what a text counts as."""
    if type(value) is not str:
        return value
    try:
        number = read_number(value)
    except FactError:
        return value
    return value if number is None else number


def as_instant(value: object) -> object:
    """Return a value, and for a text in ISO 8601 with an offset its instant."""
    if type(value) is not str:
        return value
    try:
        moment = read_instant(value)
    except FactError:
        return value
    return value if moment is None else moment
