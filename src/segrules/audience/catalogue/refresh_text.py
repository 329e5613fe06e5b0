"""Refreshes as words: `live`, `on demand`, `daily at 06:00`, or the text of an rrule."""

import re
from datetime import time
from typing import Final

from dateutil.rrule import rrule

from segrules.audience.catalogue.recurrence import write_text
from segrules.audience.catalogue.refresh import Refresh
from segrules.facts.arguments import ArgumentError

WAYS: Final = (
    "`live`, `on demand`, `daily at 06:00`, or an rrule such as "
    "`FREQ=WEEKLY;BYDAY=MO,FR;BYHOUR=7;BYMINUTE=30`"
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
        if re.search(r"\b(FREQ|RRULE|DTSTART|RDATE)\b", words):
            return Refresh.custom(words)
    except ArgumentError:
        raise
    except ValueError:
        pass  # no time of day has such hours or minutes
    raise ArgumentError(f"a refresh is {WAYS}", subject="refresh")


def write_refresh(refresh: Refresh) -> str:
    """Return a refresh as words that `read_refresh` reads; raises ArgumentError if none do."""
    if refresh.kind != "custom":
        return str(refresh)
    if not isinstance(refresh.rule, rrule):
        raise ArgumentError(
            "this refresh cannot be written as text: only an rrule can", subject="refresh"
        )
    # A rule in a zone without a name is refused here, as it has no text.
    return " ".join(write_text(refresh.rule).split())
