"""Records: customers and events as JSON lines.

A customer is `{"id", "attributes"}`, an event `{"customer_id", "type", "at", "properties"}` and
maybe an `"id"`. JSON has no instants: `at`, and every value that the schema declares an instant, is
text in ISO 8601.

INVARIANT: a reason may name keys and types, never a customer's value.
"""

import json
from collections.abc import Callable, Collection, Iterator, Mapping
from datetime import datetime
from decimal import Decimal
from pathlib import Path
from typing import Any, Final, NoReturn, TypeVar

from attrs import frozen

from segrules import Event, FactError, Schema
from segrules.cli.epoch import find_unit
from segrules.cli.files import read_lines
from segrules.facts.admission import admit_attributes, admit_event
from segrules.facts.event import look_up, to_facts
from segrules.meaning.checking.findings import suggest
from segrules.meaning.vocabulary import Entry

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
    vocabulary = schema._vocabulary
    instants = _instant_paths(vocabulary.attributes)
    seen: dict[str, int] = {}

    def make(line: dict[str, Any], number: int) -> CustomerRecord:
        _check_keys(line, {"id"}, {"attributes"})
        key, attributes = _text(line, "id"), _mapping(line, "attributes")
        first = seen.setdefault(key, number)
        if first != number:
            raise FactError(f"repeats the customer of line {first}")
        _read_instants(attributes, instants)
        admit_attributes(to_facts(attributes, "`attributes`"), vocabulary)
        return CustomerRecord(key, attributes)

    return _read(path, make)


def read_events(path: Path, schema: Schema) -> Iterator[EventRecord | BadLine]:
    """Yield each line of a file as an event that fits the schema, or as a bad line."""
    vocabulary = schema._vocabulary
    instants = {name: _instant_paths(entries) for name, entries in vocabulary.events.items()}

    def make(line: dict[str, Any], _: int) -> EventRecord:
        _check_keys(line, {"customer_id", "type", "at"}, {"properties", "id"})
        event_type, properties = _text(line, "type"), _mapping(line, "properties")
        _read_instants(properties, instants.get(event_type, ()))
        at = read_instant(_digits_or_text(line, "at"), "`at`")
        event = Event(event_type, at, properties, line.get("id"))
        admit_event(event, vocabulary)
        return EventRecord(_text(line, "customer_id"), event)

    return _read(path, make)


def read_instant(text: str, where: str) -> datetime:
    """Return an instant in ISO 8601 with an offset; raises FactError, which names the place."""
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        moment = None
    if moment is None or moment.tzinfo is None:
        unit = find_unit(text)
        found = "" if unit is None else f": this looks like {unit} since 1970"
        raise FactError(
            f"{where} must be an instant with its offset from UTC, such as "
            f"`2026-03-14T09:30:00Z`{found}"
        )
    return moment


def _read(path: Path, make: Callable[[dict[str, Any], int], T]) -> Iterator[T | BadLine]:
    for number, line in read_lines(path):
        try:
            yield make(_parse(line), number)
        except FactError as error:
            yield BadLine(str(path), number, _presentable(str(error)))


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


def _text(line: Mapping[str, Any], key: str) -> str:
    value = line[key]
    if not isinstance(value, str) or not value:
        raise FactError(f"`{key}` must be text that is not empty")
    return value


def _digits_or_text(line: Mapping[str, Any], key: str) -> str:
    """Return a text, or a number's digits, on which there is advice."""
    value = line[key]
    is_number = isinstance(value, int | Decimal) and not isinstance(value, bool)
    return str(value) if is_number and find_unit(str(value)) else _text(line, key)


def _mapping(line: Mapping[str, Any], key: str) -> dict[str, Any]:
    value = line.get(key, {})
    if not isinstance(value, dict):
        raise FactError(f"`{key}` must be an object")
    return value


def _instant_paths(entries: Mapping[tuple[str, ...], Entry]) -> tuple[tuple[str, ...], ...]:
    return tuple(path for path, entry in entries.items() if entry.type == "instant")


def _read_instants(facts: dict[str, Any], paths: Collection[tuple[str, ...]]) -> None:
    """Replace the texts at some paths by their instants."""
    for path in paths:
        holder = look_up(facts, path[:-1])
        text = holder.get(path[-1]) if isinstance(holder, dict) else None
        if isinstance(text, str):
            holder[path[-1]] = read_instant(text, f"`{'.'.join(path)}`")
