"""Observation: what customers and events hold under each name, counted, to draft a schema from.

Of the values themselves only short texts are kept, and only as long as a name has few of them.
"""

import re
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from datetime import datetime
from decimal import Decimal
from typing import Any, Final, Literal, TypeAlias
from zoneinfo import ZoneInfo

from attrs import define, evolve, field

from segrules.facts.arguments import ArgumentError, FactError, describe_kind, kind_of, to_id
from segrules.facts.customer import Customer, make_customer
from segrules.facts.door import Door, make_event, open_door
from segrules.facts.event import Event
from segrules.facts.forms import as_instant, as_number, read_day
from segrules.facts.misfits import Misfit, name_path, refuse, try_fact
from segrules.facts.values import split_name
from segrules.language.suggestions import suggest
from segrules.meaning.calendar import Calendar
from segrules.meaning.vocabulary import Vocabulary

Shape: TypeAlias = Literal[
    "words", "whole", "decimal", "instant", "day",  # texts
    "number", "epoch_s", "epoch_ms",
    "moment", "boolean", "tags", "objects", "empty", "list", "mapping", "dotted",
]  # fmt: skip
"""What a value looks like; of texts and of numbers, what else they may stand for."""

_PLAIN: Final = re.compile(r"-?(?:0|[1-9][0-9]*)(?P<point>\.[0-9]+)?")
_NUMERIC: Final = frozenset("-0123456789")
_CENTURY: Final = range(946_684_800, 4_102_444_800)
"""The seconds of the years 2000 to 2099."""
_EPOCHS: Final[tuple[tuple[Shape, int], ...]] = (("epoch_s", 1), ("epoch_ms", 1_000))
_LONGEST_LISTED: Final = 40
_EVENT_KEYS: Final = ("type", "at", "properties", "id", "customer_id")
_CUSTOMER_KEYS: Final = ("id", "attributes", "events")


@define
class Seen:
    """What was seen under one name.

    shapes: how many values have each. texts: how often each text was seen; None once they are more
    than may be listed. lengths: of the texts that are whole numbers. names: what mappings have.
    elements, fields: how many objects lists have, and what these have.
    """

    shapes: Counter[Shape] = field(factory=Counter)
    texts: Counter[str] | None = field(factory=Counter)
    lengths: set[int] = field(factory=set)
    names: "dict[str, Seen]" = field(factory=dict)
    elements: int = 0
    fields: "dict[str, Seen]" = field(factory=dict)


@define
class Observation:
    """Everything that was seen.

    most_values: how many texts of one name may be listed. attributes: by name. events: by type, how
    many there are and what their properties have.
    """

    calendar: Calendar
    most_values: int
    customers: int = 0
    attributes: dict[str, Seen] = field(factory=dict)
    events: dict[str, tuple[int, dict[str, Seen]]] = field(factory=dict)

    def add(self, fact: Customer | Event) -> None:
        """Count what a customer, with the events that come along, or an event holds."""
        if isinstance(fact, Event):
            number, properties = self.events.get(fact.type, (0, {}))
            self.events[fact.type] = number + 1, properties
            self._see(properties, fact.properties)
        else:
            self.customers += 1
            self._see(self.attributes, fact.attributes)
            for event in fact.events:
                self.add(event)

    def _see(self, names: dict[str, Seen], facts: Mapping[str, Any]) -> None:
        for name, value in facts.items():
            if value is not None:
                self._see_value(_enter(names, split_name(name)), value)

    def _see_value(self, seen: Seen, value: Any) -> None:
        shape = _shape_of(value, self.calendar)
        seen.shapes[shape] += 1
        if isinstance(value, str):
            self._see_text(seen, value)
            if shape == "whole":
                seen.lengths.add(len(value.lstrip("-")))
        elif isinstance(value, Mapping):
            for name, inner in value.items():
                if inner is not None:
                    path = split_name(name)
                    found = _enter(seen.names, path)
                    self._see_value(found, inner)
                    if len(path) > 1:
                        found.shapes["dotted"] += 1
        elif shape == "objects":
            for element in (each for each in value if each is not None):
                seen.elements += 1
                self._see(seen.fields, element)

    def _see_text(self, seen: Seen, text: str) -> None:
        if seen.texts is None:
            return
        seen.texts[text] += 1
        if (
            len(seen.texts) > self.most_values
            or len(text) > _LONGEST_LISTED
            or "@" in text
            or not text.isprintable()
        ):
            seen.texts = None


def observe(facts: Iterable[object], calendar: Calendar, most_values: int) -> Observation:
    """Return what customers and events hold.

    facts: `Customer`s, `Event`s, or mappings as JSON has them. Raises FactError for the first that
    is none of these, with its place, and ArgumentError if this is no collection.
    """
    what = "what a schema is drafted from"
    if isinstance(facts, str | bytes | Mapping) or not isinstance(facts, Iterable):
        raise ArgumentError(
            f"{what} must be a collection of customers or events, not {kind_of(facts)}",
            subject="facts",
        )
    observation = Observation(calendar, most_values)
    read = make_reader()
    for place, given in enumerate(facts):
        try:
            observation.add(read(given))
        except FactError as error:
            found = error.findings or (Misfit(error.code, "", str(error)),)
            refuse([_inside(misfit, place) for misfit in found])
    return observation


def make_reader() -> Callable[[object], Customer | Event]:
    """Return a function that reads what JSON has as a customer or an event, of no known types.

    A mapping with `type` or `at` is an event, and may have a `customer_id`; another is a customer.
    Raises FactError with everything that is wrong.
    """
    door = open_door(Vocabulary(Calendar(ZoneInfo("UTC")), {}, {}, {}, is_open=True), "")

    def read(given: object) -> Customer | Event:
        match given:
            case Customer() | Event():
                return given
            case Mapping() if "type" in given or "at" in given:
                return _read_event(door, given)
            case Mapping():
                return _read_customer(door, given)
            case _:
                found = describe_kind(given)
                raise FactError(f"must be a customer or an event, not {found}", code="wrong-type")

    return read


def _read_event(door: Door, given: Mapping[Any, object]) -> Event:
    _check_keys(given, _EVENT_KEYS, "an event")
    event_type, at, properties, key, customer = map(given.get, _EVENT_KEYS)
    if customer is not None:
        misfits = try_fact(lambda: to_id(customer, "`customer_id`"), "customer_id", customer)
        if misfits:
            refuse(misfits)
    return make_event(door, event_type, at, properties, key)


def _read_customer(door: Door, given: Mapping[Any, object]) -> Customer:
    _check_keys(given, _CUSTOMER_KEYS, "a customer")
    key: Any
    key, attributes, events = map(given.get, _CUSTOMER_KEYS)
    return make_customer(door, key, attributes, () if events is None else events, (), ())


def _check_keys(given: Mapping[Any, object], known: tuple[str, ...], what: str) -> None:
    unknown = [str(name) for name in given if name not in known]
    if unknown:
        refuse(
            [
                Misfit(
                    "unknown-key",
                    "",
                    f"unknown key `{name_path((name,))}` of {what}: {suggest(name, known, 'keys')}",
                )
                for name in unknown
            ]
        )


def _inside(misfit: Misfit, place: int) -> Misfit:
    """Return the misfit of a fact as one of the collection that holds it."""
    path = f"[{place}].{misfit.path}".removesuffix(".")
    return evolve(misfit, path=path, message=f"[{place}]: {misfit.message}")


def _enter(names: dict[str, Seen], path: tuple[str, ...]) -> Seen:
    """Return what was seen under a path, whose outer steps are mappings."""
    *outer, last = path
    for step in outer:
        seen = names.setdefault(step, Seen())
        seen.shapes["mapping"] += 1
        names = seen.names
    return names.setdefault(last, Seen())


def _shape_of(value: Any, calendar: Calendar) -> Shape:  # one line for each kind
    match value:
        case bool():
            return "boolean"
        case str():
            return _shape_of_text(value, calendar)
        case int() | Decimal():
            return _shape_of_number(value)
        case datetime():
            return "moment"
        case Mapping():
            return "mapping"
        case frozenset():
            return "tags" if value else "empty"
        case _:
            return _shape_of_list(value)


def _shape_of_text(text: str, calendar: Calendar) -> Shape:
    if text[:1] not in _NUMERIC:
        return "words"
    plain = _PLAIN.fullmatch(text)
    if plain is not None and as_number(text) is not text:
        return "whole" if plain["point"] is None else "decimal"
    if as_instant(text) is not text:
        return "instant"
    return "words" if read_day(text, calendar) is None else "day"


def _shape_of_number(number: int | Decimal) -> Shape:
    for shape, size in _EPOCHS:
        if _CENTURY.start * size <= number < _CENTURY.stop * size and number % 1 == 0:
            return shape
    return "number"


def _shape_of_list(elements: tuple[Any, ...]) -> Shape:
    kinds = {isinstance(each, Mapping) for each in elements if each is not None}
    if not kinds:
        return "empty"
    return "objects" if kinds == {True} else "list"
