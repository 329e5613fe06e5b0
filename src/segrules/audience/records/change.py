"""Changes: a customer joins or leaves an audience, and what caused it."""

from datetime import datetime
from typing import Any, ClassVar, Final, Literal, NamedTuple, TypeAlias

from attrs import frozen

from segrules.meaning.calendar import to_text

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

    def to_data(self) -> dict[str, Any]:
        """Return the cause as JSON's types."""
        match self.kind:
            case "event" | "amendment" | "retraction":
                return {"kind": self.kind, "type": self.event_type, "id": self.event_id}
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


class Applied(tuple[Change, ...]):
    """The changes that a fact has caused, a tuple, and what became of the fact.

    taken: it is new, or a newer version, and counts. repeated: it was had before, or was taken
    back, and changes nothing. late: it is taken, and its own instant lies before the engine's clock
    of before the call, so that earlier answers did not know it; of a correction also if the version
    that it replaces or takes back does, as far as the engine keeps it.
    """

    __slots__ = ()

    taken: ClassVar[bool] = True
    repeated: ClassVar[bool] = False
    late: ClassVar[bool] = False

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
