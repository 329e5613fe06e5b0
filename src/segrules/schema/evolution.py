"""From one vocabulary to the next: what a living engine cannot take over.

A vocabulary may add, widen or describe. All else would refuse facts that were let in before, or
change what rules mean, and gives a finding.
"""

from collections.abc import Iterator, Mapping
from typing import Final, assert_never

from attrs import fields

from segrules.language.quantities import count
from segrules.language.suggestions import quote
from segrules.meaning.conditions import AggregateTest, Attribute, EventTest
from segrules.meaning.vocabulary import (
    AttributeEntry,
    Entry,
    Meaning,
    StagedAttribute,
    Undeclared,
    Vocabulary,
    describe_type,
)
from segrules.schema.definitions import SchemaFinding

KEEP: Final = "leave it as it was, and declare what is new under another name"
_DAYS: Final = "days, weeks and months would begin at other instants"


def compare(old: Vocabulary, new: Vocabulary) -> tuple[SchemaFinding, ...]:
    """Return what keeps an engine of one vocabulary from going on with another."""
    return tuple(_compare(old, new))


def _compare(old: Vocabulary, new: Vocabulary) -> Iterator[SchemaFinding]:
    if old.calendar.zone.key != new.calendar.zone.key:
        yield SchemaFinding("timezone", f"it differs, and {_DAYS}", "leave it as it was")
    if old.calendar.week_starts != new.calendar.week_starts:
        yield SchemaFinding("week_starts", f"it differs, and {_DAYS}", "leave it as it was")
    if old.is_open != new.is_open:
        message = "a schema cannot become open: facts are read by their types only in a closed one"
        if old.is_open:
            message = "an open schema cannot be closed: names are no longer those of any type"
        yield SchemaFinding("is_open", message, "make another engine, and backfill its facts")
    for each in fields(Undeclared):
        if getattr(old.undeclared, each.name) == "keep" != getattr(new.undeclared, each.name):
            message = "what was kept would be refused"
            yield SchemaFinding(f"undeclared.{each.name}", message, "leave it at `keep`")
    yield from _compare_entries("attributes", old.attributes, new.attributes)
    for event_type, entries in old.events.items():
        key = f"events.{event_type}"
        if event_type not in new.events:
            yield SchemaFinding(key, "the event type is gone", "declare it as before")
        else:
            known = new.events[event_type]
            yield from _compare_entries(f"{key}.properties", entries, known)
    for name, event_type in old.collections.items():
        key, found = f"collections.{name}", new.collections.get(name)
        if found is None:
            yield SchemaFinding(key, "the collection is gone", "declare it as before")
        elif found != event_type:
            message = f"it held events of type {quote(event_type)}, and now {quote(found)}"
            yield SchemaFinding(key, message, KEEP)


def _compare_entries(
    key: str, old: Mapping[tuple[str, ...], Entry], new: Mapping[tuple[str, ...], Entry]
) -> Iterator[SchemaFinding]:
    for path, entry in old.items():
        name = f"{key}.{'.'.join(path)}"
        if path not in new:
            yield SchemaFinding(name, "the name is gone", "declare it as before")
        else:
            yield from _compare_entry(name, entry, new[path])


def _compare_entry(key: str, old: Entry, new: Entry) -> Iterator[SchemaFinding]:
    if isinstance(old, AttributeEntry) and isinstance(new, AttributeEntry):
        were, are = _name_mover(old.meaning), _name_mover(new.meaning)
        if were != are:
            yield SchemaFinding(key, f"it was {were}, and now is {are}", KEEP)
            return
        if old.meaning != new.meaning:
            yield SchemaFinding(key, f"it is {are} in another way", KEEP)
        lost = [event_type for event_type in old.updated_by if event_type not in new.updated_by]
        if lost:
            message = f"rules would no longer wake on {', '.join(map(quote, lost))}"
            yield SchemaFinding(f"{key}.updated_by", message, "you may add types")
    if old.type != new.type:
        message = f"it was {describe_type(old.type)}, and now is {describe_type(new.type)}"
        yield SchemaFinding(f"{key}.type", message, KEEP)
        return
    if old.form is not None and old.form != new.form:
        message = f"values in the form {quote(old.form)} would be refused or read otherwise"
        yield SchemaFinding(f"{key}.from", message, "leave it as it was")
    if new.values and new.closed:
        yield from _compare_values(key, old, new)
    yield from _compare_entries(f"{key}.of", old.of, new.of)


def _compare_values(key: str, old: Entry, new: Entry) -> Iterator[SchemaFinding]:
    if not old.values or not old.closed:
        message = "other values than these were allowed, and would be refused"
        yield SchemaFinding(f"{key}.values", message, "add `closed = false`")
        return
    lost = [value for value in old.values if value not in new.values]
    if lost:
        names = ", ".join(map(quote, lost))
        message = f"{count(len(lost), 'value')} would be refused that {_verb(lost)} listed: {names}"
        yield SchemaFinding(f"{key}.values", message, "you may add values")


def _verb(things: list[str]) -> str:
    return "was" if len(things) == 1 else "were"


def _name_mover(meaning: Meaning) -> str:
    """Return what moves an attribute, in words."""
    match meaning:
        case Attribute():
            return "set by you"
        case AggregateTest() | EventTest():
            return "derived from events"
        case StagedAttribute():
            return "made of stages"
        case _:
            assert_never(meaning)
