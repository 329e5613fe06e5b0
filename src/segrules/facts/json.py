"""Facts as JSON types that lose nothing, and back.

Text, true and false, null, whole numbers and mappings are as they are. A list of texts and numbers
is tags, in sorted order; any other list is a list. What JSON lacks has a mark, an object with one
key that begins with `$`:

    {"$decimal": "80.50"}, {"$instant": "2026-03-01T12:00:00Z"}
    {"$list": ["a", "b"]}: a list that would be read as tags;  {"$tags": [...]}: the other way round
    {"$object": {"$ref": 5}}: a mapping with a key that begins with `$`
"""

from collections.abc import Callable, Iterable, Mapping
from datetime import UTC, datetime
from decimal import Decimal, InvalidOperation
from typing import Any, Final

from segrules.data import misfit, say, to_text

MARK: Final = "$"

_TAGS: Final = frozenset({str, int, Decimal, float})
"""The types of what may be in tags; a float is a number that another program has written."""


def write_facts(facts: Mapping[str, Any]) -> dict[str, Any]:
    """Return exact facts as JSON types, the names as they are."""
    return {name: write_fact(value) for name, value in facts.items()}


def write_fact(value: Any) -> Any:
    """Return an exact value as JSON types."""
    match value:
        case Decimal():
            return {"$decimal": str(value)}
        case datetime():
            return {"$instant": to_text(value)}
        case frozenset():
            items = [write_fact(each) for each in sorted(value, key=_rank)]
            return items if _is_tags(value) else {"$tags": items}
        case tuple():
            items = [write_fact(each) for each in value]
            return {"$list": items} if _is_tags(value) else items
        case Mapping():
            facts = write_facts(value)
            return {"$object": facts} if any(key[:1] == MARK for key in value) else facts
        case _:
            return value


def read_facts(data: object, path: str) -> dict[str, Any]:
    """Return facts from JSON types, for an event or a customer to make exact.

    Raises DataError naming the path, never the value.
    """
    try:
        return _read_object(data, path)
    except RecursionError:
        raise misfit(path, "the data is nested too deep") from None


def _read(data: object, path: str) -> Any:
    match data:
        case Mapping() if len(data) == 1 and (mark := next(iter(data))) in _READERS:
            return _READERS[mark](data[mark], f"{path}.{mark}")
        case Mapping():
            if any(isinstance(key, str) and key[:1] == MARK for key in data):
                raise misfit(path, f"unknown mark: the marks are {', '.join(map(str, _READERS))}")
            return _read_object(data, path)
        case list():
            items = _read_items(data, path)
            return frozenset(items) if _is_tags(items) else items
        case None | bool() | str() | int() | float():
            return data
        case _:
            raise misfit(path, f"expected JSON, found {say(data)}")


def _read_items(data: object, path: str) -> tuple[Any, ...]:
    if not isinstance(data, list):
        raise misfit(path, f"expected a list, found {say(data)}")
    return tuple(_read(each, f"{path}[{place}]") for place, each in enumerate(data))


def _read_tags(data: object, path: str) -> frozenset[Any]:
    try:
        return frozenset(_read_items(data, path))
    except TypeError:
        raise misfit(path, "tags hold no objects") from None


def _read_decimal(data: object, path: str) -> Decimal:
    try:
        number = Decimal(_to_text(data, path))
    except InvalidOperation:
        number = Decimal("NaN")
    if not number.is_finite():
        raise misfit(path, "expected a number as text")
    return number


def _read_instant(data: object, path: str) -> datetime:
    try:
        moment = datetime.fromisoformat(_to_text(data, path))
        if moment.tzinfo is not None:
            return moment.astimezone(UTC)
    except (ValueError, OverflowError):
        pass
    raise misfit(path, "expected an instant with its time zone, in ISO 8601")


def _read_object(data: object, path: str) -> dict[str, Any]:
    if not isinstance(data, Mapping):
        raise misfit(path, f"expected an object, found {say(data)}")
    return {_to_key(key, path): _read(value, f"{path}.{key}") for key, value in data.items()}


_READERS: Final[Mapping[object, Callable[[object, str], Any]]] = {
    "$decimal": _read_decimal,
    "$instant": _read_instant,
    "$list": _read_items,
    "$tags": _read_tags,
    "$object": _read_object,
}


def _to_key(key: object, path: str) -> str:
    if not isinstance(key, str):
        raise misfit(path, "a key is not text")
    return key


def _to_text(data: object, path: str) -> str:
    if not isinstance(data, str):
        raise misfit(path, f"expected text, found {say(data)}")
    return data


def _is_tags(values: Iterable[object]) -> bool:
    return all(type(value) in _TAGS for value in values)


def _rank(value: Any) -> tuple[str, Any]:
    """Return where a value is among tags: numbers by their size, then texts."""
    if isinstance(value, int | Decimal):
        return "", value
    return type(value).__name__, str(value)
