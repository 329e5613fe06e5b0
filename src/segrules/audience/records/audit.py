"""The audit log: what was done to an engine other than giving it facts."""

from datetime import datetime
from typing import Literal, TypeAlias

from attrs import frozen

from segrules.data import Data, read_fields, write_fields
from segrules.facts.arguments import ArgumentError, kind_of

Action: TypeAlias = Literal[
    "add",
    "edit",
    "remove",
    "refresh",
    "upload",
    "freeze",
    "snapshot",
    "use",
    "end use",
    "backfill",
    "backfill failed",
    "set",
    "amend",
    "retract",
    "merge",
    "forget",
    "evolve",
]


@frozen
class AuditEntry:
    """What was done, who did it, when, and to how many customers.

    action: a segment, list or cohort added, edited or removed; a segment refreshed on demand; a
    list uploaded, or frozen from a segment; a cohort taken as a snapshot; a use recorded or ended;
    a backfill, or one that failed and was undone; attributes set by a person; an event amended or
    retracted; two customers merged; one forgotten; a schema evolved. names: the audiences, the
    backfill or the schema; never a customer. at: the engine's clock in UTC; None before it has one.
    by: who, as the host says it. customers, facts: how many took part. changes: how many changes of
    membership it made.
    """

    action: Action
    names: tuple[str, ...]
    at: datetime | None
    by: str | None
    customers: int = 0
    facts: int = 0
    changes: int = 0

    @classmethod
    def from_data(cls, data: object) -> "AuditEntry":
        """Return the entry that `to_data` has written; raises DataError."""
        return read_fields(cls, data)

    def to_data(self) -> Data:
        """Return the entry as JSON types; `from_data` reads it back."""
        return write_fields(self)


def check_by(by: object) -> None:
    """Raise ArgumentError if a value does not say who did something."""
    if not isinstance(by, str | None):
        raise ArgumentError(f"`by` must be text or None, not {kind_of(by)}", subject="by")
