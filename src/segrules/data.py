"""Values as JSON types, and back: what every `to_data` and `from_data` shares.

A value is written field by field. An instant is ISO 8601 text in UTC, a length of time is ISO 8601
text in seconds, and a set is a sorted list. Reading accepts that form and nothing else; errors name
the key, never what is under it.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime, time, timedelta
from functools import cache
from types import NoneType, UnionType
from typing import (
    Any,
    Final,
    Literal,
    TypeAlias,
    TypeVar,
    Union,
    get_args,
    get_origin,
    get_type_hints,
)

from attrs import NOTHING, fields, has

from segrules.language.diagnostics import SegrulesError

T = TypeVar("T")

Data: TypeAlias = dict[str, Any]
"""An object of JSON, as `json.loads` gives it."""

_SECOND: Final = 1_000_000
_BEYOND_NUMBERS: Final = 10**18
"""Numbers of things stay below it; one with thousands of digits could not be written again."""
_LENGTH: Final = re.compile(r"(-?)PT(\d{1,15})(?:\.(\d{6}))?S")

_SAID: Final[Mapping[type, str]] = {
    NoneType: "null",
    bool: "true or false",
    str: "text",
    int: "a number",
    float: "a number",
    list: "a list",
    dict: "an object",
}
"""What the types of JSON are called."""

_TIMES: Final[Mapping[type, str]] = {
    datetime: "an instant with its time zone",
    time: "a time of day",
    timedelta: "a length of time",
}


class DataError(SegrulesError, ValueError):
    """Data that is not what `to_data` writes. `subject` is the path of the key."""

    code = "data"


def misfit(path: str, message: str) -> DataError:
    """Return the error of what is under a path; an empty path is the data itself."""
    return DataError(f"{path}: {message}" if path else message, subject=path or None)


def to_text(moment: datetime) -> str:
    """Return an aware datetime as ISO 8601 text in UTC, ending in Z, as JSON carries it."""
    return moment.astimezone(UTC).isoformat().replace("+00:00", "Z")


def to_length(length: timedelta) -> str:
    """Return a length of time as ISO 8601 text in seconds, exactly: `PT1.500000S`."""
    micros = length // timedelta(microseconds=1)
    seconds, rest = divmod(abs(micros), _SECOND)
    return f"{'-' * (micros < 0)}PT{seconds}{f'.{rest:06}' if rest else ''}S"


# Writing


def write(value: Any) -> Any:
    """Return a value as JSON types: by its `to_data` if it has one, or else field by field."""
    match value:
        case None | bool() | str() | int():
            return value
        case datetime():
            return to_text(value)
        case time():
            return value.isoformat()
        case timedelta():
            return to_length(value)
        case frozenset():
            return sorted(value)
        case Mapping():
            return {key: write(each) for key, each in value.items()}
        case _ if hasattr(value, "to_data"):
            return value.to_data()
        case _ if has(type(value)):
            return write_fields(value)
        case _:
            return [write(each) for each in value]


def write_fields(value: Any) -> Data:
    """Return the fields of an attrs value as JSON types."""
    kind: Any = type(value)
    return {name: write(getattr(value, name)) for name in _hints_of(kind)}


# Reading


def read_fields(kind: Callable[..., T], data: object) -> T:
    """Return an attrs value from its fields; raises DataError naming the key."""
    given = read_object(data, _hints_of(kind), optional=_optional_of(kind))
    return kind(**given)


def read_object(
    data: object, kinds: Mapping[str, Any], *, optional: Sequence[str] = ()
) -> dict[str, Any]:
    """Return what an object has under some keys, each read as its type.

    optional: the keys that may be left out. Raises DataError naming the key, also for other keys.
    """
    if not isinstance(data, Mapping):
        raise misfit("", f"expected an object, found {say(data)}")
    for key in data:
        if key not in kinds:
            known = ", ".join(f"`{each}`" for each in kinds)
            raise misfit("", f"unknown key: the keys are {known}")
    for key in kinds:
        if key not in data and key not in optional:
            raise misfit("", f"the key `{key}` is missing")
    return {key: read(kind, data[key], key) for key, kind in kinds.items() if key in data}


def read(kind: Any, data: object, path: str) -> Any:
    """Return what is under a path, read as a type; raises DataError naming the path."""
    origin, inner = get_origin(kind), get_args(kind)
    if kind is Any:
        return data
    if kind is int and type(data) is int and abs(data) >= _BEYOND_NUMBERS:
        raise misfit(path, "the number is out of range")
    if kind in (str, bool, int):
        return _expect(data, kind, path)
    if kind in (datetime, time, timedelta):
        return _read_time(kind, _expect(data, str, path), path)
    if origin is Literal:
        if _expect(data, str, path) not in inner:
            known = ", ".join(f"`{each}`" for each in inner)
            raise misfit(path, f"expected one of {known}")
        return data
    if origin in (Union, UnionType):
        if data is None and NoneType in inner:
            return None
        kinds = [each for each in inner if each is not NoneType]
        return read(next((each for each in kinds if each is type(data)), kinds[0]), data, path)
    if origin in (tuple, frozenset):
        items = _expect(data, list, path)
        return origin(read(inner[0], each, f"{path}[{n}]") for n, each in enumerate(items))
    if origin is not None and issubclass(origin, Mapping):
        found = _expect(data, dict, path)
        # The keys may be customers' ids.
        return {_expect(key, str, path): read(inner[1], each, path) for key, each in found.items()}
    return _read_value(kind, data, path)


def _read_value(kind: Any, data: object, path: str) -> Any:
    """Return a value from what is under a path, the path told in errors."""
    try:
        return kind.from_data(data) if hasattr(kind, "from_data") else read_fields(kind, data)
    except DataError as error:
        below, message = error.subject or "", str(error)
        whole = path + ("." if below and not below.startswith("[") else "") + below
        raise misfit(whole, message.removeprefix(f"{below}: ") if below else message) from None


def _read_time(kind: type, text: str, path: str) -> datetime | time | timedelta:
    try:
        if kind is time:
            return time.fromisoformat(text)
        if kind is datetime and (moment := datetime.fromisoformat(text)).tzinfo is not None:
            return moment.astimezone(UTC)
        if kind is timedelta and (found := _LENGTH.fullmatch(text)) is not None:
            length = timedelta(seconds=int(found[2]), microseconds=int(found[3] or 0))
            return -length if found[1] else length
    except (ValueError, OverflowError):
        pass
    raise misfit(path, f"expected {_TIMES[kind]}, in ISO 8601")


def _expect(data: object, kind: type[T], path: str) -> T:
    if type(data) is not kind:
        raise misfit(path, f"expected {_SAID[kind]}, found {say(data)}")
    return data


def say(data: object) -> str:
    """Return what kind of JSON something is."""
    return _SAID.get(type(data), f"`{type(data).__name__}`")


@cache
def _hints_of(kind: Any) -> dict[str, Any]:
    """Return the types of the public fields of an attrs class."""
    hints = get_type_hints(kind)
    return {each.name: hints[each.name] for each in fields(kind) if each.name[0] != "_"}


@cache
def _optional_of(kind: Any) -> tuple[str, ...]:
    return tuple(each.name for each in fields(kind) if each.default is not NOTHING)
