"""Events: what customers did, each at an instant."""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any, Final

from attrs import frozen

from segrules.data import Data, read_object, to_text
from segrules.facts.arguments import FactError, to_id, to_name, to_utc
from segrules.facts.json import read_facts, write_facts
from segrules.facts.misfits import Misfit, refuse, try_fact
from segrules.facts.values import NO_FACTS, order_of, thaw, to_facts
from segrules.meaning.calendar import to_micros

_KINDS: Final = {"type": str, "at": datetime, "properties": Any, "id": str | None}
"""The keys of an event's data, and what is under each."""


@frozen(init=False, eq=False, repr=False)
class Event:
    """Something a customer did at an instant.

    type: such as 'purchase'. at: an aware datetime. properties: names and values, whatever JSON
    has. id: what makes it the same event when it arrives again; a whole number is read as text, and
    an event without an id is never a duplicate. Raises FactError with everything that is wrong. A
    history orders events by `(at, id)`, and those without an id by their content.
    """

    type: str
    at: datetime
    properties: Mapping[str, Any]
    id: str | None
    _micros: int

    def __init__(
        self,
        type: str,  # noqa: A002  # the field's standard name
        at: datetime,
        properties: Mapping[str, object] = NO_FACTS,
        id: str | int | None = None,  # noqa: A002  # the field's standard name
    ) -> None:
        try:
            moment = to_utc(at, "an event's `at`")
            self.__attrs_init__(
                type=to_name(type, "an event's type"),
                at=moment,
                properties=to_facts(properties, "an event's properties"),
                id=None if id is None else to_id(id, "an event's id"),
                micros=to_micros(moment),
            )
        except FactError:
            refuse(_find_misfits(type, at, properties, id))

    @classmethod
    def from_data(cls, data: object) -> "Event":
        """Return the event that `to_data` has written; raises DataError and FactError."""
        given = read_object(data, _KINDS, optional=("properties", "id"))
        properties = read_facts(given.get("properties", {}), "properties")
        return cls(given["type"], given["at"], properties, given.get("id"))

    def to_data(self) -> Data:
        """Return the event as JSON types, every value exact; `from_data` reads it back."""
        properties = write_facts(self.properties)
        return {
            "type": self.type,
            "at": to_text(self.at),
            "properties": properties,
            "id": self.id,
        }

    @property
    def _order(self) -> tuple[int, bool, str, str, str]:
        """The event's place among others, whatever the order in which they arrive."""
        content = "" if self.id else repr(order_of(self.properties))
        return self._micros, self.id is not None, self.id or "", self.type, content

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Event):
            return NotImplemented
        return self._order == other._order and order_of(self.properties) == order_of(
            other.properties
        )

    def __hash__(self) -> int:
        return hash((self.type, self._micros, self.id))

    def __reduce__(self) -> tuple[Any, ...]:
        return Event, (self.type, self.at, thaw(self.properties), self.id)

    def __repr__(self) -> str:
        name = "" if self.id is None else f" {self.id!r}"
        return f"<Event{name} {self.type!r} at {self.at.isoformat()}>"


def with_properties(event: Event, properties: Mapping[str, Any]) -> Event:
    """Return an event with other properties, which are exact and read-only."""
    made = Event.__new__(Event)
    made.__attrs_init__(
        type=event.type, at=event.at, properties=properties, id=event.id, micros=event._micros
    )
    return made


def _find_misfits(event_type: object, at: object, properties: Any, key: object) -> list[Misfit]:
    """Return everything that keeps values from being an event."""
    steps: list[tuple[str, object, Callable[[], object]]] = [
        ("type", event_type, lambda: to_name(event_type, "an event's type")),
        ("at", at, lambda: to_utc(at, "an event's `at`")),
        ("", properties, lambda: to_facts(properties, "an event's properties")),
        ("id", key, lambda: None if key is None else to_id(key, "an event's id")),
    ]
    return [misfit for path, given, make in steps for misfit in try_fact(make, path, given)]
