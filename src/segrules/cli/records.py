"""Records: customers and events as JSON lines.

A customer is `{"id", "attributes"}`, an event `{"customer_id", "type", "at", "properties"}` and
maybe an `"id"`. Values are read by the schema's types, as `Schema.event` reads them.

INVARIANT: a reason may name keys and types, never a customer's value.
"""

import json
from collections.abc import Callable, Collection, Iterator, Mapping
from decimal import Decimal
from pathlib import Path
from typing import Any, Final, NoReturn, TypeVar

from attrs import frozen

from segrules import Customer, Event, FactError, Schema
from segrules.cli.files import read_lines
from segrules.facts.arguments import to_id
from segrules.language.suggestions import suggest
from segrules.schema.observation import make_reader

T = TypeVar("T")

LONGEST_REASON: Final = 400


@frozen
class CustomerRecord:
    """A customer of a line."""

    id: str
    attributes: Mapping[str, Any]


@frozen
class EventRecord:
    """An event of a line, and its customer."""

    customer: str
    event: Event


@frozen
class BadLine:
    """A line that is not a record, and why."""

    file: str
    number: int
    reason: str

    def __str__(self) -> str:
        return f"{self.file}:{self.number}: {self.reason}"


def read_customers(path: Path, schema: Schema) -> Iterator[CustomerRecord | BadLine]:
    """Yield each line of a file as a customer that fits the schema, or as a bad line."""
    seen: dict[str, int] = {}

    def make(line: dict[str, Any], number: int) -> CustomerRecord:
        _check_keys(line, {"id"}, {"attributes"})
        key = to_id(line["id"], "`id`")
        first = seen.setdefault(key, number)
        if first != number:
            raise FactError(f"repeats the customer of line {first}", code="customer-twice")
        return CustomerRecord(key, schema.attributes(line.get("attributes", {})))

    return _read(path, make)


def read_events(path: Path, schema: Schema) -> Iterator[EventRecord | BadLine]:
    """Yield each line of a file as an event that fits the schema, or as a bad line."""

    def make(line: dict[str, Any], _: int) -> EventRecord:
        _check_keys(line, {"customer_id", "type", "at"}, {"properties", "id"})
        properties = line.get("properties", {})
        event = schema.event(line["type"], line["at"], properties, line.get("id"))
        return EventRecord(to_id(line["customer_id"], "`customer_id`"), event)

    return _read(path, make)


def read_facts(path: Path) -> Iterator[Customer | Event | BadLine]:
    """Yield each line of a file as a customer or an event of no known types, or as a bad line."""
    read = make_reader()
    return _read(path, lambda line, _: read(line))


def _read(path: Path, make: Callable[[dict[str, Any], int], T]) -> Iterator[T | BadLine]:
    for number, line in read_lines(path):
        try:
            yield make(_parse(line), number)
        except FactError as error:
            reasons = map(str, error.findings or (error,))
            yield BadLine(str(path), number, _presentable("; ".join(reasons)))


def _presentable(reason: str) -> str:
    """Return a reason fit for a terminal: the keys and types in it may be any text."""
    shown = "".join(c if c.isprintable() else "\ufffd" for c in reason[:LONGEST_REASON])
    return shown + "…" * (len(reason) > LONGEST_REASON)


def _parse(line: bytes) -> dict[str, Any]:
    try:
        data = json.loads(
            line.decode("utf-8"),
            parse_float=Decimal,
            parse_constant=_refuse_constant,
            object_pairs_hook=_mapping_once,
        )
    except UnicodeDecodeError:
        raise FactError("is not UTF-8 text") from None
    except json.JSONDecodeError as error:
        raise FactError(f"is not JSON: {error.msg.lower()} at column {error.colno}") from None
    except FactError:
        raise
    except (ValueError, ArithmeticError):
        raise FactError("has a number with too many digits") from None
    except RecursionError:
        raise FactError("is nested too deep") from None
    if not isinstance(data, dict):
        raise FactError('is not a JSON object, such as `{"id": "c1"}`')
    return data


def _refuse_constant(_: str) -> NoReturn:
    raise FactError("has NaN or an infinity: numbers are finite")


def _mapping_once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    made = dict(pairs)
    if len(made) < len(pairs):
        raise FactError("has a key twice in one object")
    return made


def _check_keys(line: Mapping[str, Any], needed: Collection[str], others: Collection[str]) -> None:
    known = {*needed, *others}
    for key in line:
        if key not in known:
            raise FactError(f"unknown key `{key}`: {suggest(key, known, 'keys')}")
    for key in sorted(needed):
        if key not in line:
            raise FactError(f"the key `{key}` is missing")
