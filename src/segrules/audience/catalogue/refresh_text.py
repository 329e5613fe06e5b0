"""Refreshes as words: `live`, `on demand`, `daily at 06:00`, or the text of an rrule."""

import re
from datetime import UTC, datetime, time
from typing import Final
from zoneinfo import ZoneInfo

from dateutil.rrule import rrule, rrulestr

from segrules.audience.catalogue.refresh import Refresh
from segrules.facts.arguments import ArgumentError

WAYS: Final = (
    "`live`, `on demand`, `daily at 06:00`, or an rrule such as "
    "`DTSTART:20260105T073000 RRULE:FREQ=WEEKLY;BYDAY=MO,FR`"
)
DAILY: Final = re.compile(r"daily(?:\s+(?:at\s+)?(?P<at>\d\d:\d\d(?::\d\d(?:\.\d{1,6})?)?))?")


def read_refresh(words: str) -> Refresh:
    """Return the refresh that words name; raises ArgumentError if they name none."""
    words = " ".join(words.split())
    if words == "live":
        return Refresh.live()
    if words in ("on demand", "on_demand"):
        return Refresh.on_demand()
    try:
        if daily := DAILY.fullmatch(words):
            return (
                Refresh.daily(time.fromisoformat(daily["at"])) if daily["at"] else Refresh.daily()
            )
        if re.search(r"\b(RRULE|DTSTART|RDATE)\b", words):
            return _read_rrule(words)
    except ArgumentError:
        raise
    except (ValueError, TypeError, KeyError, AttributeError, OverflowError):
        pass  # as `dateutil` and `time` refuse texts, in words of their own
    raise ArgumentError(f"a refresh is {WAYS}")


def _read_rrule(words: str) -> Refresh:
    # Without it, `dateutil` would begin at the present instant, which differs each time.
    if "DTSTART" not in words:
        raise ArgumentError(f"an rrule needs its first time: DTSTART. A refresh is {WAYS}")
    return Refresh.custom(rrulestr(words, tzids=ZoneInfo))


def write_refresh(refresh: Refresh) -> str:
    """Return a refresh as words that `read_refresh` reads; raises ArgumentError if none do."""
    if refresh.kind != "custom":
        return str(refresh)
    text = _write_rrule(refresh.rule) if isinstance(refresh.rule, rrule) else None
    if text is None:
        raise ArgumentError(
            "this refresh cannot be written as text: only an rrule can, with times that are naive, "
            "in UTC, or in a `ZoneInfo` of a name"
        )
    return text


def _write_rrule(rule: rrule) -> str | None:
    """Return an rrule on one line, its zone included, which `str` leaves out."""
    start: datetime = rule._dtstart  # type: ignore[attr-defined]  # it has no public name
    until: datetime | None = rule._until  # type: ignore[attr-defined]
    text = " ".join(str(rule).split())
    match start.tzinfo:
        case None:
            return text
        case ZoneInfo(key=str(key)):
            text = text.replace("DTSTART:", f"DTSTART;TZID={key}:")
        case _ if start.tzinfo == UTC or start.tzname() == "UTC":
            text = text.replace(f"{start:%Y%m%dT%H%M%S}", f"{start:%Y%m%dT%H%M%SZ}", 1)
        case _:
            return None
    if until is not None:
        told = until.astimezone(UTC)
        text = text.replace(f"UNTIL={until:%Y%m%dT%H%M%S}", f"UNTIL={told:%Y%m%dT%H%M%SZ}")
    return text
