"""Changes: a customer joins or leaves an audience, and what caused it."""

from datetime import datetime
from typing import ClassVar, Final, Literal, NamedTuple, TypeAlias

from attrs import frozen

from segrules.data import Data, read_object, to_text

CauseKind: TypeAlias = Literal[
    "event",
    "amendment",
    "retraction",
    "attributes",
    "clock",
    "edit",
    "refresh",
    "backfill",
    "merge",
    "erasure",
]


@frozen
class Cause:
    """What made a customer join or leave.

    kind: `event`, with its type and its id if it has one; `amendment` or `retraction`, with the
    type and id of the event that was replaced or taken back; `attributes`, with the names that
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
            case "event" | "amendment" | "retraction":
                return {"kind": self.kind, "type": self.event_type, "id": self.event_id}
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


_APPLIED: Final = {"changes": tuple[Change, ...], "taken": bool, "repeated": bool, "late": bool}
"""The keys of an outcome's data, and what is under each."""


class Applied(tuple[Change, ...]):
    """The changes that a fact has caused, a tuple, and what became of the fact.

    taken: it is new, or a newer version, and counts. repeated: it was seen before, or was taken
    back, and changes nothing. late: it is taken, and its own instant lies before the engine's clock
    of before the call, so that earlier answers did not know it; of a correction also if the version
    that it replaces or takes back does, as far as the engine keeps it.
    """

    __slots__ = ()

    taken: ClassVar[bool] = True
    repeated: ClassVar[bool] = False
    late: ClassVar[bool] = False

    @classmethod
    def from_data(cls, data: object) -> "Applied":
        """Return the outcome that `to_data` has written; raises DataError."""
        given = read_object(data, _APPLIED)
        kind = Repeated if given["repeated"] else Late if given["late"] else Applied
        return kind(given["changes"])

    def to_data(self) -> Data:
        """Return the outcome as JSON types; `from_data` reads it back."""
        changes = [change.to_data() for change in self]
        told = {"taken": self.taken, "repeated": self.repeated, "late": self.late}
        return {"changes": changes, **told}

    def __repr__(self) -> str:
        number = "1 change" if len(self) == 1 else f"{len(self)} changes"
        words = [word for word in ("taken", "repeated", "late") if getattr(self, word)]
        return f"<Applied ({', '.join([number, *words])})>"


# An outcome is a type, since each event makes a tuple: one with a value beside it costs more.


class Late(Applied):
    """The changes of a fact that was late."""

    __slots__ = ()
    late = True


class Repeated(Applied):
    """The changes of deadlines that fell due before a fact that was repeated."""

    __slots__ = ()
    taken, repeated = False, True


TAKEN: Final = Applied()
"""What an event that changes no membership comes to."""
LATE: Final = Late()
REPEATED: Final = Repeated()
