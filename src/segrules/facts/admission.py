"""Admission: whether facts fit the schema. Errors name the place, never the customer's value."""

from collections.abc import Callable, Mapping
from datetime import datetime
from decimal import Decimal
from typing import Any, Final

from segrules.facts.arguments import FactError, expect
from segrules.facts.event import Event
from segrules.facts.values import look_up
from segrules.meaning.checking.findings import suggest
from segrules.meaning.conditions import Attribute
from segrules.meaning.vocabulary import Entry, ValueType, Vocabulary

KINDS: Final[Mapping[ValueType, tuple[frozenset[type], str]]] = {
    "text": (frozenset({str}), "text"),
    "number": (frozenset({int, Decimal}), "a number"),
    "boolean": (frozenset({bool}), "true or false"),
    "instant": (frozenset({datetime}), "an aware datetime"),
    "tags": (frozenset({frozenset}), "a collection of text"),
}


def admit_event(event: Event, vocabulary: Vocabulary) -> None:
    """Raise FactError if an event's type is unknown, or a property does not fit its declaration.

    A property that the schema does not declare may be anything: no rule can ask about it.
    """
    entries = vocabulary.events.get(event.type)
    if entries is None:
        if vocabulary.is_open:
            return
        raise FactError(
            f"unknown event type `{event.type}`: "
            + suggest(event.type, vocabulary.events, "event types")
        )
    for path, entry in entries.items():
        value = look_up(event.properties, path)
        if value is not None:
            _admit_value(value, entry, f"`{'.'.join(path)}` of a `{event.type}` event")


def compile_door(vocabulary: Vocabulary) -> Callable[[Event], None]:
    """Return `admit_event` for a vocabulary, compiled for speed.

    It raises ArgumentError if what it is given is not an event.
    """
    plain = {
        event_type: tuple(
            (path[0], KINDS[entry.type][0])
            for path, entry in entries.items()
            if entry.type is not None
        )
        for event_type, entries in vocabulary.events.items()
        if all(len(path) == 1 and not entry.values for path, entry in entries.items())
    }

    def admit(event: Event) -> None:
        if type(event) is not Event:
            expect(event, Event, "an event")
        known = plain.get(event.type)
        if known is not None:
            get = event.properties.get
            for name, kinds in known:
                value = get(name)
                if value is not None and type(value) not in kinds:
                    break
            else:
                return
        admit_event(event, vocabulary)

    return admit


def admit_attributes(attributes: Mapping[str, Any], vocabulary: Vocabulary) -> None:
    """Raise FactError if an attribute is unknown, derived from events, or of another type."""
    if vocabulary.is_open:
        return
    entries = {
        path: entry for path, entry in vocabulary.attributes.items() if path[0] in attributes
    }
    for name in attributes:
        if not any(path[0] == name for path in entries):
            known = {path[0] for path in vocabulary.attributes}
            raise FactError(f"unknown attribute `{name}`: {suggest(name, known, 'attributes')}")
    for path, entry in entries.items():
        if not isinstance(entry.meaning, Attribute):
            raise FactError(
                f"`{'.'.join(path)}` follows from events and cannot be set: send the events"
            )
        value = look_up(attributes, path)
        if value is not None:
            _admit_value(value, entry, f"`{'.'.join(path)}`")


def _admit_value(value: Any, entry: Entry, where: str) -> None:
    if entry.type is None:
        return
    kinds, said = KINDS[entry.type]
    if type(value) not in kinds:
        raise FactError(f"{where} must be {said}, not {_name(value)}")
    if entry.values:
        texts = value if isinstance(value, frozenset) else {value}
        if not texts <= frozenset(entry.values):
            raise FactError(f"{where} is none of the values that the schema lists")


def _name(value: object) -> str:
    for kinds, said in KINDS.values():
        if type(value) in kinds:
            return said
    return "a mapping"
