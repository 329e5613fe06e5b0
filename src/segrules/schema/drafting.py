"""Drafting: from what customers and events hold to definitions that read all of it.

INVARIANT: a draft reads every fact it was made from. A name whose values have no type in common is
left out, which a note says.
"""

import re
from collections import Counter
from collections.abc import Mapping
from typing import Final, Literal

from attrs import asdict, define, evolve, field, frozen

from segrules.facts.misfits import name_path
from segrules.language.quantities import count
from segrules.meaning.vocabulary import Form, ValueType
from segrules.schema.definitions import Attribute, EventType, Property, SchemaFinding
from segrules.schema.observation import Observation, Seen, Shape

_TEXTS: Final[frozenset[Shape]] = frozenset({"words", "whole", "decimal", "instant", "day"})
_AMOUNTS: Final[frozenset[Shape]] = frozenset({"whole", "decimal"})
_NUMBERS: Final[frozenset[Shape]] = frozenset({"number", "epoch_s", "epoch_ms"})
_INSTANTS: Final[frozenset[Shape]] = frozenset({"moment", "instant"})
_LISTS: Final[tuple[Literal["tags", "objects"], ...]] = ("tags", "objects")
_EPOCHS: Final[tuple[Literal["epoch_s", "epoch_ms"], ...]] = ("epoch_s", "epoch_ms")

_SAID: Final[Mapping[Shape, str]] = {
    **dict.fromkeys(_TEXTS, "text"),
    **dict.fromkeys(_NUMBERS, "a number"),
    "moment": "an instant",
    "boolean": "true or false",
    "tags": "a list of text and numbers",
    "objects": "a list of objects",
    "empty": "an empty list",
    "list": "a list of other values",
    "mapping": "a mapping",
    "dotted": "a name with a dot inside a mapping",
}

_WORD: Final = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+")
_ID_WORDS: Final = frozenset({
    "id", "ids", "code", "codes", "no", "nr", "num", "number", "key", "ref", "reference", "sku",
    "ean", "upc", "gtin", "isbn", "barcode", "zip", "zipcode", "postcode", "postal", "plz",
    "phone", "telephone", "tel", "mobile", "fax", "pin", "iban", "card", "version", "token",
    "hash", "uuid", "guid",
})  # fmt: skip
"""The last words of names whose texts are not amounts, even if they are digits."""
_TIME_ENDINGS: Final = ("time", "date", "timestamp")
_TIME_WORDS: Final = frozenset({"at", "ts"})

_LONGEST_NAME: Final = 80
_MOST_NAMES: Final = 100
"""A mapping with more names in it has data for names, such as ids."""
_LONGEST_AMOUNT: Final = 6
_SHORTEST_CODE: Final = 4
_SUPPORT: Final = 5
"""How often each text must be seen for a name's texts to be listed."""


@frozen
class Draft:
    """The parts of a schema. notes: what they were drafted from, and what they leave out."""

    attributes: dict[str, Attribute]
    events: dict[str, EventType]
    collections: dict[str, str]
    notes: tuple[SchemaFinding, ...]


@frozen
class _Place:
    """Where names are: the key of their definitions, how many facts there are, the path inside."""

    key: str
    total: int
    path: tuple[str, ...] = ()


def draft(seen: Observation) -> Draft:
    """Return the definitions that read everything that was seen."""
    number = sum(found for found, _ in seen.events.values())
    drafter = _Drafter()
    drafter.notes[
        "", f"drafted from {count(seen.customers, 'customer')} and {count(number, 'event')}"
    ] += 1
    properties = drafter.draft(seen.attributes, _Place("attributes", seen.customers))
    attributes = {
        name: Attribute(**asdict(each, recurse=False)) for name, each in properties.items()
    }
    events = {}
    for event_type, (found, names) in seen.events.items():
        if not _is_name(event_type):
            place = _Place("events", found, (event_type,))
            drafter.leave_out(place, "is no name that a type of events should have")
            continue
        place = _Place(f"events.{event_type}.properties", found)
        events[event_type] = EventType(count(found, "event"), drafter.draft(names, place))
    collections = {event_type: event_type for event_type in events if "." not in event_type}
    notes = tuple(
        SchemaFinding(key, message if times == 1 else f"{message} ({count(times, 'time')})")
        for (key, message), times in drafter.notes.items()
    )
    return Draft(attributes, events, collections, notes)


@define
class _Drafter:
    """Definitions while they are drafted. notes: how often each is to be said."""

    notes: Counter[tuple[str, str]] = field(factory=Counter)

    def draft(self, names: Mapping[str, Seen], place: _Place) -> dict[str, Property]:
        """Return the definition of each name; notes say which names have none."""
        drafted: dict[str, Property] = {}
        for name, seen in names.items():
            here = evolve(place, path=(*place.path, name))
            if not _is_name(name) or "." in name:
                self.leave_out(here, "is no name that a schema should have")
            elif set(seen.shapes) != {"mapping"}:
                definition = self._define(name, seen, here)
                if definition is not None:
                    drafted[".".join(here.path)] = definition
            elif not seen.names:
                self.leave_out(here, "has nothing in it")
            elif len(seen.names) > _MOST_NAMES:
                self.leave_out(here, f"has more than {_MOST_NAMES} names in it, so they are data")
            else:
                drafted |= self.draft(seen.names, here)
        return drafted

    def leave_out(self, place: _Place, why: str) -> None:
        """Add a note that there is no definition, and why."""
        self.notes[f"{place.key}.{name_path(place.path)}", f"left out: {why}"] += 1

    def _define(self, name: str, seen: Seen, place: _Place) -> Property | None:
        kind, form = infer(seen, name)
        if kind is None:
            self.leave_out(place, _describe_shapes(seen.shapes))
            return None
        fields = {}
        if kind == "objects":
            inside = _Place(f"{place.key}.{'.'.join(place.path)}.of", seen.elements)
            fields = self.draft(seen.fields, inside)
            if not fields:
                self.leave_out(place, "a list of objects without a field to declare")
                return None
        values = _list_values(seen, name) if kind == "text" else ()
        present = _describe_share(seen, place)
        return Property(kind, present, values, closed=not values, from_=form, of=fields)


def infer(seen: Seen, name: str) -> tuple[ValueType | None, Form | None]:  # a type each
    """Return the type that reads every value seen under a name, and their form.

    None if no type does, or if nothing tells which.
    """
    shapes = frozenset(seen.shapes)
    if shapes <= _INSTANTS:
        return "instant", None
    if shapes <= {*_INSTANTS, "day"}:
        return "instant", "date"
    for form in _EPOCHS:
        if shapes <= {*_INSTANTS, form} and _speaks_of_time(name):
            return "instant", form
    if shapes <= _NUMBERS or (shapes <= _NUMBERS | _AMOUNTS and _has_amounts(seen, name)):
        return "number", None
    if shapes <= _TEXTS:
        return "text", None
    if shapes <= {"boolean"}:
        return "boolean", None
    for kind in _LISTS:
        if kind in shapes and shapes <= {kind, "empty"}:
            return kind, None
    return None, None


def _has_amounts(seen: Seen, name: str) -> bool:
    """Tell whether texts that are numbers are amounts, rather than ids, codes or telephones."""
    if _looks_like_id(name):
        return False
    if not seen.shapes.keys() <= {"whole"}:
        return True
    is_one_length = len(seen.lengths) == 1 and min(seen.lengths) >= _SHORTEST_CODE
    return max(seen.lengths) <= _LONGEST_AMOUNT and not is_one_length


def _looks_like_id(name: str) -> bool:
    return _last_word(name) in _ID_WORDS


def _speaks_of_time(name: str) -> bool:
    return name.lower().endswith(_TIME_ENDINGS) or _last_word(name) in _TIME_WORDS


def _last_word(name: str) -> str:
    """Return the last word of a name such as `createdAt` or `created_at`; empty if it has none."""
    words = _WORD.findall(name)
    return words[-1].lower() if words else ""


def _list_values(seen: Seen, name: str) -> tuple[str, ...]:
    """Return the texts of a name that has few of them, each seen several times; else nothing."""
    if not seen.texts or _looks_like_id(name) or min(seen.texts.values()) < _SUPPORT:
        return ()
    return tuple(sorted(seen.texts))


def _is_name(text: str) -> bool:
    """Tell whether a text can be a name, and is not likely to be a customer's value."""
    return (
        len(text) <= _LONGEST_NAME
        and text.isprintable()
        and not set("`@") & set(text)
        and any(map(str.isalpha, text))
    )


def _describe_shapes(shapes: Mapping[Shape, int]) -> str:
    said: Counter[str] = Counter()
    for shape, number in shapes.items():
        said[_SAID[shape]] += number
    return ", ".join(f"{what} in {number:,}" for what, number in said.items())


def _describe_share(seen: Seen, place: _Place) -> str:
    percent = 100 * min(seen.shapes.total(), place.total) // place.total
    share = f"{percent} %" if percent else "under 1 %"
    return f"present in {share} of {place.total:,}"
