"""Changes: a customer joins or leaves an audience, and what caused it."""

from datetime import datetime
from typing import Any, Final, Literal, NamedTuple, TypeAlias

from attrs import frozen

from segrules.meaning.calendar import to_text

CauseKind: TypeAlias = Literal[
    "event", "attributes", "clock", "edit", "refresh", "backfill", "merge", "erasure"
]


@frozen
class Cause:
    """What made a customer join or leave.

    kind: `event`, with its type and its id if it has one; `attributes`, with the names that
    changed; `clock`, when nothing happened but time; `edit`, when the audience itself was changed;
    `refresh`, when a segment that holds its members was refreshed; `backfill`, with its name;
    `merge`, when two customers became one; `erasure`, when the customer was forgotten.
    """

    kind: CauseKind
    event_type: str | None = None
    event_id: str | None = None
    attributes: tuple[str, ...] = ()
    backfill: str | None = None

    def to_data(self) -> dict[str, Any]:
        """Return the cause as JSON's types."""
        match self.kind:
            case "event":
                return {"kind": "event", "type": self.event_type, "id": self.event_id}
            case "attributes":
                return {"kind": "attributes", "names": list(self.attributes)}
            case "backfill":
                return {"kind": "backfill", "name": self.backfill}
            case _:
                return {"kind": self.kind}


CLOCK: Final = Cause("clock")
EDIT: Final = Cause("edit")
REFRESH: Final = Cause("refresh")
MERGE: Final = Cause("merge")
ERASURE: Final = Cause("erasure")


class Change(NamedTuple):
    """A customer joined a segment or list, or left it, at an instant in UTC."""

    customer: str
    segment: str
    joined: bool
    at: datetime
    cause: Cause

    def to_data(self) -> dict[str, Any]:
        """Return the change as JSON's types."""
        return {
            "customer": self.customer,
            "segment": self.segment,
            "change": "joined" if self.joined else "left",
            "at": to_text(self.at),
            "cause": self.cause.to_data(),
        }
