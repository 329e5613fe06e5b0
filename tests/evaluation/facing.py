"""What the tests of the compiled parts look at: instants in whole days, and small histories."""

from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from segrules import Customer, Event
from segrules.facts.history import History
from segrules.meaning.calendar import DAY, Calendar, to_micros
from segrules.meaning.conditions import Exactly, Now, Window

START = datetime(2026, 3, 1, tzinfo=UTC)
CALENDAR = Calendar(ZoneInfo("UTC"))
WEEK = Window(Exactly(-7 * DAY), Now())
"""The last seven days."""


def day(number: int) -> datetime:
    """Return the start of a day, counted from the first of March 2026."""
    return START + timedelta(days=number)


def micros(number: int) -> int:
    """Return the same as an instant of the core."""
    return to_micros(day(number))


def event(kind: str, number: int, **properties: Any) -> Event:
    """Return an event on a day."""
    return Event(kind, day(number), properties)


def history(*events: Event, **attributes: Any) -> History:
    """Return what is known of a customer."""
    return Customer("c1", attributes, events)._history
