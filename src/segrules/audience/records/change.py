"""Changes: a customer joins or leaves an audience, and what caused it."""

from datetime import datetime
from typing import Final, Literal, NamedTuple, TypeAlias

from attrs import frozen

from segrules.data import Data, read_object, to_text

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

    @classmethod
    def from_data(cls, data: object) -> "Cause":
        """Return the cause that `to_data` has written; raises DataError."""
        given = read_object(data, _CAUSE, optional=("type", "id", "names", "name"))
        return cls(
            given["kind"],
            given.get("type"),
            given.get("id"),
            given.get("names", ()),
            given.get("name"),
        )

    def to_data(self) -> Data:
        """Return the cause as JSON types; `from_data` reads it back."""
        match self.kind:
            case "event":
                return {"kind": "event", "type": self.event_type, "id": self.event_id}
            case "attributes":
                return {"kind": "attributes", "names": list(self.attributes)}
            case "backfill":
                return {"kind": "backfill", "name": self.backfill}
            case _:
                return {"kind": self.kind}


# The keys of a cause and of a change as data, and what is under each.
_CAUSE: Final = {
    "kind": CauseKind,
    "type": str | None,
    "id": str | None,
    "names": tuple[str, ...],
    "name": str | None,
}
_CHANGE: Final = {
    "customer": str,
    "segment": str,
    "change": Literal["joined", "left"],
    "at": datetime,
    "cause": Cause,
    "token": str | None,
}

CLOCK: Final = Cause("clock")
EDIT: Final = Cause("edit")
REFRESH: Final = Cause("refresh")
MERGE: Final = Cause("merge")
ERASURE: Final = Cause("erasure")


class Change(NamedTuple):
    """A customer joined a segment or list, or left it, at an instant in UTC.

    token: the change's place in the feed, to read on after it by `changes`; None for a change that
    is in no feed, as that of an erasure. Changes are equal whatever their tokens.
    """

    customer: str
    segment: str
    joined: bool
    at: datetime
    cause: Cause
    token: str | None = None

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Change):
            return NotImplemented
        return self[:5] == other[:5]

    def __ne__(self, other: object) -> bool:
        # A tuple has one of its own.
        return not self == other

    def __hash__(self) -> int:
        return hash(self[:5])

    def __repr__(self) -> str:
        moved = "joined" if self.joined else "left"
        return f"<Change {self.customer!r} {moved} {self.segment!r} at {to_text(self.at)}>"

    @classmethod
    def from_data(cls, data: object) -> "Change":
        """Return the change that `to_data` has written; raises DataError."""
        given = read_object(data, _CHANGE, optional=("token",))
        given["joined"] = given.pop("change") == "joined"
        return cls(**given)

    def to_data(self) -> Data:
        """Return the change as JSON types; `from_data` reads it back."""
        token = {} if self.token is None else {"token": self.token}
        return {
            "customer": self.customer,
            "segment": self.segment,
            "change": "joined" if self.joined else "left",
            "at": to_text(self.at),
            "cause": self.cause.to_data(),
            **token,
        }
