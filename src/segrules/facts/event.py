"""Events, and the values of properties and attributes.

Values are made exact once: floats become the decimals that their shortest form names, instants move
to UTC, and lists and sets of text become frozen sets. Anything that cannot be a fact is refused.

INVARIANT: what a fact holds is exact and read-only; nothing checks it again.
"""

from collections.abc import Iterable, Mapping
from datetime import date, datetime
from decimal import Decimal
from types import MappingProxyType
from typing import Any, Final

from attrs import frozen

from segrules.data import Data, read_object, to_text
from segrules.facts.arguments import FactError, kind_of, to_name, to_utc
from segrules.facts.exact import to_number
from segrules.facts.json import read_facts, write_facts
from segrules.meaning.calendar import to_micros

DEEPEST: Final = 16
NO_FACTS: Final[Mapping[str, Any]] = MappingProxyType({})

_KINDS: Final = {"type": str, "at": datetime, "properties": Any, "id": str | None}
"""The keys of an event's data, and what is under each."""


@frozen(init=False, eq=False, repr=False)
class Event:
    """Something a customer did at an instant.

    type: such as 'purchase'. at: an aware datetime. properties: names and values, nested mappings
    allowed. id: what makes it the same event when it arrives again; an event without one is never a
    duplicate. Raises FactError. A history orders events by `(at, id)`, and those without an id by
    their content.
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
        id: str | None = None,  # noqa: A002  # the field's standard name
    ) -> None:
        moment = to_utc(at, "an event's `at`")
        self.__attrs_init__(
            type=to_name(type, "an event's type"),
            at=moment,
            properties=to_facts(properties, "an event's properties"),
            id=None if id is None else to_name(id, "an event's id"),
            micros=to_micros(moment),
        )

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
        content = "" if self.id else repr(_sorted(self.properties))
        return self._micros, self.id is not None, self.id or "", self.type, content

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Event):
            return NotImplemented
        return self._order == other._order and _sorted(self.properties) == _sorted(other.properties)

    def __hash__(self) -> int:
        return hash((self.type, self._micros, self.id))

    def __reduce__(self) -> tuple[Any, ...]:
        return Event, (self.type, self.at, thaw(self.properties), self.id)

    def __repr__(self) -> str:
        name = "" if self.id is None else f" {self.id!r}"
        return f"<Event{name} {self.type!r} at {self.at.isoformat()}>"


def look_up(facts: Mapping[str, Any], path: tuple[str, ...]) -> Any:
    """Return the value at a path; None if there is none."""
    value: Any = facts
    for key in path:
        if not isinstance(value, Mapping):
            return None
        value = value.get(key)
    return value


def to_facts(values: Mapping[str, object], where: str) -> Mapping[str, Any]:
    """Return names and values made exact, read-only; raises FactError naming the place."""
    if not isinstance(values, Mapping):
        raise FactError(f"{where} must be a mapping, not {kind_of(values)}")
    if not values:
        return NO_FACTS
    return MappingProxyType(
        {to_name(k, f"a name in {where}"): to_fact(v, f"`{k}`") for k, v in values.items()}
    )


def to_fact(value: object, where: str, depth: int = 0) -> Any:
    """Return a value made exact; raises FactError naming the place, never the value.

    Errors name the outermost key only, since nested keys may be personal data.
    """
    kind = type(value)
    if kind is str:
        return value
    if value is None or kind is bool:
        return value
    if isinstance(value, int | float | Decimal):
        return to_number(value, where)
    if isinstance(value, datetime):
        return to_utc(value, where)
    if isinstance(value, Mapping):
        if depth >= DEEPEST:
            raise FactError(f"{where} is nested more than {DEEPEST} deep")
        inside = where if depth else f"a value inside {where}"
        return MappingProxyType(
            {
                to_name(k, f"a name inside {where}"): to_fact(v, inside, depth + 1)
                for k, v in value.items()
            }
        )
    if isinstance(value, list | tuple | set | frozenset):
        return _tags(value, where)
    if isinstance(value, str):
        return str.__str__(value)
    if isinstance(value, date):
        raise FactError(
            f"{where} is a bare date: give an aware datetime, since days begin at "
            "different instants in different zones"
        )
    raise FactError(
        f"{where} cannot be {kind_of(value)}: a fact is text, a number, a boolean, an "
        "aware datetime, tags (a collection of text) or a mapping of these"
    )


def _tags(values: Iterable[object], where: str) -> frozenset[str]:
    texts = [v for v in values if v is not None]
    for text in texts:
        if not isinstance(text, str):
            raise FactError(f"{where} must hold only text, not {kind_of(text)}")
    # An enumeration's member means its text; `str(member)` may be its name.
    return frozenset(map(str.__str__, texts))


def thaw(value: Any) -> Any:
    """Return nested mappings as dicts, which can be pickled."""
    return {k: thaw(v) for k, v in value.items()} if isinstance(value, Mapping) else value


def _sorted(value: Any) -> Any:
    if isinstance(value, Mapping):
        return sorted((k, _sorted(v)) for k, v in value.items())
    if isinstance(value, frozenset):
        return sorted(value)
    return (type(value).__name__, str(value)) if isinstance(value, int | Decimal) else value
