"""Recurrence: rrules of `dateutil` as text and back, and as what makes two of them equal.

A text is what RFC 5545 has: `DTSTART`, with its zone, and `RRULE`. `dateutil` writes neither the
zone nor that of `UNTIL`. A zone that is a fixed offset is written as `TZID=+0900`.
"""

import re
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta, timezone, tzinfo
from typing import Any, Final, TypeAlias
from zoneinfo import ZoneInfo

from dateutil.rrule import DAILY, HOURLY, MINUTELY, SECONDLY, WEEKLY, rrule, rruleset, rrulestr
from dateutil.tz import tzutc

from segrules.data import Data, read_object
from segrules.facts.arguments import ArgumentError

Recurrence: TypeAlias = rrule | rruleset

START: Final = datetime(2001, 1, 1)  # noqa: DTZ001  # a wall time
"""Where a text without `DTSTART` starts: the first midnight of a year that begins on a Monday."""

_STEPS: Final[Mapping[int, timedelta]] = {
    SECONDLY: timedelta(seconds=1),
    MINUTELY: timedelta(minutes=1),
    HOURLY: timedelta(hours=1),
    DAILY: timedelta(days=1),
    WEEKLY: timedelta(weeks=1),
}
_PARTS: Final = {
    "rules": "_rrule",
    "dates": "_rdate",
    "excluded_rules": "_exrule",
    "excluded_dates": "_exdate",
}
"""The parts of an rruleset, by their names in its data."""

_DATES: Final = re.compile(r"(?:(?:DTSTART|DATE)[^:\s]*:|UNTIL=)([^;\s]*)", re.IGNORECASE)
_DATE: Final = re.compile(r"\d{8}(?:T\d{6}Z?)?", re.IGNORECASE)
_MOMENT: Final = re.compile(r"(?:TZID=([^:]+):)?(\d{8}T\d{6})(Z?)")
_OFFSET: Final = re.compile(r"([+-])(\d\d)(\d\d)")


def read_text(text: str) -> Recurrence:
    """Return the rrule that a text means, or the rruleset; raises ArgumentError.

    Without `DTSTART` its times count from `START`, and are wall time.
    """
    for dates in _DATES.findall(text):
        if not all(map(_DATE.fullmatch, dates.split(","))):
            raise _refuse("a date is written as `20260302T090000`, with a `Z` in UTC")
    try:
        # Without `tzinfos` a `Z` may mean the zone of the machine.
        rule: Any = rrulestr(text, dtstart=START, tzids=_find_zone, tzinfos={"UTC": UTC})
    except (ValueError, TypeError, IndexError, OverflowError) as error:
        raise _refuse(_say(error)) from None
    has_start = "DTSTART" in text.upper()
    rules: list[Any] = [rule] if isinstance(rule, rrule) else [*rule._rrule, *rule._exrule]
    for each in rules:
        if each._interval < 1:
            raise _refuse("INTERVAL is a number from 1 on")
        if each._count is not None and not has_start:
            raise _refuse("COUNT needs a DTSTART to count from")
    return rule  # type: ignore[no-any-return]  # it has no other type


def write(rule: Any) -> str | Data:
    """Return an rrule as text, and an rruleset as JSON types; `read` reads both back.

    Raises ArgumentError for a time zone without a name.
    """
    if isinstance(rule, rrule):
        return write_text(rule)
    return {
        name: [
            write_text(each) if isinstance(each, rrule) else _write_moment(each)
            for each in getattr(rule, part)
        ]
        for name, part in _PARTS.items()
    }


def read(data: object) -> Recurrence:
    """Return the rrule or the rruleset that `write` has written; raises DataError."""
    if isinstance(data, str):
        return read_text(data)
    given = read_object(data, dict.fromkeys(_PARTS, tuple[str, ...]))
    made = rruleset()
    for text in given["rules"]:
        made.rrule(_read_one(text))
    for text in given["excluded_rules"]:
        made.exrule(_read_one(text))
    for text in given["dates"]:
        made.rdate(_read_moment(text))
    for text in given["excluded_dates"]:
        made.exdate(_read_moment(text))
    return made


def identify(rule: Any) -> object:
    """Return what is equal for equal rules: two with the same text, whatever object they are."""
    if rule is None:
        return None
    try:
        written = write(rule)
    except ArgumentError:
        return rule
    if isinstance(written, str):
        return written
    return tuple(tuple(sorted(each)) for each in written.values())


def write_text(rule: Any) -> str:
    """Return an rrule as text."""
    _, _, text = str(rule).partition("\n")
    until = rule._until
    if until is not None and until.tzinfo is not None:
        text = re.sub(r"UNTIL=\w+", f"UNTIL={_write_moment(until.astimezone(UTC))}", text)
    moment = _write_moment(rule._dtstart)
    return f"DTSTART{';' if moment[0] == 'T' else ':'}{moment}\n{text}"


def skip(rule: Any, after: datetime) -> Any:
    """Return a rule with the same times from an instant on, and few before it."""
    if not isinstance(rule, rrule):
        return rule
    known: Any = rule
    step = _STEPS.get(known._freq)
    if step is None or known._count is not None:
        return rule
    start, period = known._dtstart, known._interval * step
    # Days to spare for zones, and periods for a set of which only some are taken.
    wall = after.replace(tzinfo=None) - start.replace(tzinfo=None) - timedelta(days=3)
    passed = wall // period - 2
    return rule.replace(dtstart=start + passed * period) if passed > 0 else rule


def _read_one(text: str) -> rrule:
    rule = read_text(text)
    if not isinstance(rule, rrule):
        raise _refuse("a set holds single rules")
    return rule


def _write_moment(moment: datetime) -> str:
    wall = re.sub("[-:]", "", moment.replace(tzinfo=None).isoformat(timespec="seconds"))
    if moment.tzinfo is None:
        return wall
    zone = _name_zone(moment.tzinfo)
    return f"{wall}Z" if zone == "UTC" else f"TZID={zone}:{wall}"


def _read_moment(text: str) -> datetime:
    found = _MOMENT.fullmatch(text)
    try:
        if found is not None:
            wall = datetime.fromisoformat(found[2])
            zone = UTC if found[3] else _find_zone(found[1]) if found[1] else None
            return wall.replace(tzinfo=zone)
    except ValueError as error:
        raise _refuse(_say(error)) from None
    raise _refuse("a date is written as `20260302T090000`, with its zone")


def _name_zone(zone: tzinfo) -> str:
    if isinstance(zone, ZoneInfo) and zone.key:
        return zone.key
    if isinstance(zone, tzutc) or zone == UTC:
        return "UTC"
    if isinstance(zone, timezone):
        minutes, rest = divmod(zone.utcoffset(None), timedelta(minutes=1))
        if not rest:
            hours, part = divmod(abs(minutes), 60)
            return f"{'-' if minutes < 0 else '+'}{hours:02}{part:02}"
    raise ArgumentError(
        "a schedule's time zone has no name to write: make the rule with a `ZoneInfo`",
        code="unnamed-zone",
    )


def _find_zone(name: str) -> tzinfo:
    found = _OFFSET.fullmatch(name)
    if found is not None:
        length = timedelta(hours=int(found[2]), minutes=int(found[3]))
        return timezone(-length if found[1] == "-" else length)
    try:
        return ZoneInfo(name)
    except (KeyError, ValueError, OSError):
        raise ValueError(f"unknown time zone {name!r}") from None


def _say(error: Exception) -> str:
    """Return what is wrong with a text, by what `dateutil` says of it."""
    said = str(error)
    if isinstance(error, TypeError):
        return "FREQ is missing"
    if isinstance(error, IndexError):
        return "it has no RRULE"
    if "unpack" in said:
        return "its parts are like `FREQ=DAILY`, joined by `;`"
    if "UNTIL values" in said:
        return "UNTIL ends in Z if DTSTART has a zone, and does not if it has none"
    return said


def _refuse(reason: str) -> ArgumentError:
    return ArgumentError(
        f"this is no rrule: {reason}; give one such as `FREQ=DAILY;BYHOUR=6`", code="rrule"
    )
