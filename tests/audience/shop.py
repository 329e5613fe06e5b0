"""What the tests of an engine's parts share: a shop, its events, and changes told in short."""

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from typing import Literal

from segrules import Change, Engine, Event, Schema

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
SCHEMA = Schema.commerce()


def shop(retain: Literal["all", "rules"] = "all", **segments: str) -> Engine:
    """Return an engine whose clock stands at noon."""
    engine = Engine(SCHEMA, retain=retain)
    engine.add_segments(segments)
    engine.advance_to(NOON)
    return engine


def purchase(day: float = 0, total: float = 10, event_id: str | None = None) -> Event:
    """Return a purchase so many days after noon."""
    return Event("purchase", NOON + day * DAY, {"total": total}, event_id)


def view(day: float = 0) -> Event:
    """Return a look at a page so many days after noon."""
    return Event("page_view", NOON + day * DAY)


def told(changes: Iterable[Change]) -> list[tuple[str, str, bool, str]]:
    """Return changes in short."""
    return [(c.customer, c.segment, c.joined, c.cause.kind) for c in changes]
