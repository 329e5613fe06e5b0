"""The audit log: what was done to an engine besides the facts of every day."""

from datetime import datetime
from typing import Any, Literal, TypeAlias

from attrs import frozen

from segrules.meaning.calendar import to_text

Action: TypeAlias = Literal[
    "add",
    "edit",
    "remove",
    "refresh",
    "upload",
    "freeze",
    "snapshot",
    "backfill",
    "replay",
    "merge",
    "forget",
]


@frozen
class AuditEntry:
    """What was done, by whom, when, and to how many.

    action: segments or cohorts added, edited or removed; a segment refreshed on demand; a list
    uploaded, a segment frozen into one; a cohort taken; a backfill or a replay; two customers
    merged; one forgotten. names: the segments, the cohort or the backfill; never a customer. at:
    the engine's clock in UTC; None before it stands. by: who, as the host says it. customers,
    facts: how many took part. changes: how many joined or left through it.
    """

    action: Action
    names: tuple[str, ...]
    at: datetime | None
    by: str | None
    customers: int = 0
    facts: int = 0
    changes: int = 0

    def to_data(self) -> dict[str, Any]:
        """Return the entry as JSON's types."""
        return {
            "action": self.action,
            "names": list(self.names),
            "at": None if self.at is None else to_text(self.at),
            "by": self.by,
            "customers": self.customers,
            "facts": self.facts,
            "changes": self.changes,
        }
