"""Schemas: a merchant's vocabulary, declared in a file or in Python."""

import json
import tomllib
from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import datetime
from functools import cached_property
from hashlib import sha256
from importlib import resources
from pathlib import Path
from typing import Any

from attrs import define, field

from segrules.facts.arguments import ArgumentError, is_count
from segrules.facts.customer import Customer, make_customer
from segrules.facts.door import Door, make_event, open_door, read_attributes
from segrules.facts.event import Event
from segrules.facts.values import NO_FACTS
from segrules.language.names import Names
from segrules.language.quantities import count
from segrules.language.source import Source
from segrules.meaning.examples import list_names
from segrules.meaning.vocabulary import Undeclared, Vocabulary
from segrules.schema.definitions import (
    Attribute,
    EventType,
    SchemaError,
    SchemaFinding,
    freeze,
)
from segrules.schema.drafting import draft
from segrules.schema.files import (
    KEYS,
    parse_toml,
    place_findings,
    read_file,
    structure,
    unstructure,
)
from segrules.schema.names import SchemaName, describe_names
from segrules.schema.observation import observe
from segrules.schema.resolution import UTC_ZONE, resolve
from segrules.schema.toml import write_toml


class DeclaredAttributes(Mapping[str, Attribute]):
    """The attributes that a schema declares, by name. Called, it reads values by their types."""

    def __init__(
        self,
        definitions: Mapping[str, Attribute],
        read: Callable[[Mapping[str, object]], Mapping[str, Any]] = dict,
    ) -> None:
        self._definitions = dict(definitions)
        self._read = read

    def __call__(self, values: Mapping[str, object]) -> Mapping[str, Any]:
        """Return attributes out of what JSON has, read by the types that the schema declares.

        A name with dots sets a leaf of a mapping. Raises FactError with everything that does not
        fit.
        """
        return self._read(values)

    def __getitem__(self, name: str) -> Attribute:
        return self._definitions[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._definitions)

    def __len__(self) -> int:
        return len(self._definitions)

    def __repr__(self) -> str:
        return repr(self._definitions)


def _declare(attributes: Mapping[str, Attribute]) -> DeclaredAttributes:
    """Return definitions as declared; anything else as it is, for the schema to refuse."""
    given: Any = attributes
    return DeclaredAttributes(given) if isinstance(given, Mapping) else given


@define(frozen=True, slots=False, eq=False, kw_only=True, repr=False)
class Schema:
    """The words that rules may use, and what moves each of them.

    attributes, events: definitions by name. collections: names for the events of a type, such as
    {'orders': 'purchase'}. timezone: an IANA name; where days begin. week_starts: a weekday's
    English name. is_open: accept any other name too, and take its type from its use; for exploring.
    undeclared: whether facts under names that are not declared are refused or kept. name: what
    errors call the schema, such as its file. notes: of a draft, what it was made from, and what it
    leaves out. Raises SchemaError with everything that is wrong. Schemas are equal if their
    definitions are, under any name and with any notes.
    """

    attributes: DeclaredAttributes = field(
        factory=lambda: DeclaredAttributes({}), converter=_declare
    )
    events: Mapping[str, EventType] = field(factory=dict, converter=freeze)
    collections: Mapping[str, str] = field(factory=dict, converter=freeze)
    timezone: str = UTC_ZONE
    week_starts: str = "monday"
    is_open: bool = False
    undeclared: Undeclared = field(factory=Undeclared)
    name: str = "schema"
    notes: tuple[SchemaFinding, ...] = field(default=(), init=False)
    _vocabulary: Vocabulary = field(init=False)

    def __attrs_post_init__(self) -> None:
        given = {key: getattr(self, key) for key in KEYS}
        for key, value in structure(given, self.name).items():
            object.__setattr__(self, key, freeze(value))
        declared = DeclaredAttributes(self.attributes, self._read_attributes)
        object.__setattr__(self, "attributes", declared)
        vocabulary, findings = resolve(
            self.attributes,
            self.events,
            self.collections,
            self.timezone,
            self.week_starts,
            is_open=self.is_open,
            undeclared=self.undeclared,
        )
        if findings:
            raise SchemaError(self.name, findings)
        object.__setattr__(self, "_vocabulary", vocabulary)

    @classmethod
    def load(cls, path: str | Path) -> "Schema":
        """Read a schema from a TOML file; raises SchemaError naming the file, key and remedy.

        What is wrong inside a rule or a derivation has the file's line and column.
        """
        name, text = str(path), read_file(path)
        try:
            return cls.from_data(parse_toml(text, name), name=name)
        except SchemaError as error:
            raise place_findings(error, Source(text, name, is_file=True)) from None

    @classmethod
    def from_data(cls, data: Mapping[str, Any], *, name: str = "schema") -> "Schema":
        """Make a schema from parsed TOML or JSON; raises SchemaError."""
        return cls(**structure(data, name), name=name)

    @classmethod
    def commerce(cls, *, timezone: str = UTC_ZONE, week_starts: str = "monday") -> "Schema":
        """Return a ready-made schema of a store: profile, orders, carts, visits, messages."""
        text = resources.files("segrules.schema").joinpath("commerce.toml").read_text("utf-8")
        data = tomllib.loads(text) | {"timezone": timezone, "week_starts": week_starts}
        return cls.from_data(data, name="commerce")

    @classmethod
    def open(cls, *, timezone: str = UTC_ZONE, week_starts: str = "monday") -> "Schema":
        """Return a schema that accepts any name and takes its type from its use; for exploring.

        A collection is then the events of the type of that name.
        """
        return cls(timezone=timezone, week_starts=week_starts, is_open=True, name="open")

    @classmethod
    def observed(
        cls,
        facts: Iterable[Customer | Event | Mapping[str, object]],
        *,
        timezone: str = UTC_ZONE,
        week_starts: str = "monday",
        max_values: int = 20,
    ) -> "Schema":
        """Return the draft of a schema, which reads every one of these customers and events.

        facts: `Customer`s, `Event`s, or both as JSON has them: customers with `id`, `attributes`
        and maybe `events`; events with `type`, `at`, `properties` and maybe `id` and `customer_id`.
        max_values: texts are listed, as open enumerations, if a name has at most that number. A
        description says how many have the name, and `notes` what the draft leaves out. Raises
        FactError for the first that is not a fact.
        """
        if not is_count(max_values, least=0):
            raise ArgumentError(
                "`max_values` must be a whole number, at least 0", subject="max_values"
            )
        calendar = cls(timezone=timezone, week_starts=week_starts)._vocabulary.calendar
        drafted = draft(observe(facts, calendar, max_values))
        schema = cls(
            attributes=drafted.attributes,
            events=drafted.events,
            collections=drafted.collections,
            timezone=timezone,
            week_starts=week_starts,
            undeclared=Undeclared("keep", "keep", "keep"),
            name="observed",
        )
        return _annotate(schema, drafted.notes)

    def event(
        self,
        type: str,  # noqa: A002  # the field's standard name
        at: datetime | str,
        properties: Mapping[str, object] = NO_FACTS,
        id: str | int | None = None,  # noqa: A002  # the field's standard name
    ) -> Event:
        """Return an event out of what JSON has, read by the types that the schema declares.

        at: an aware datetime, or ISO 8601 text with an offset from UTC. Raises FactError with
        everything that does not fit.
        """
        return make_event(self._door, type, at, properties, id)

    def customer(
        self,
        id: str | int,  # noqa: A002  # the field's standard name
        attributes: Mapping[str, object] = NO_FACTS,
        events: Iterable[Event | Mapping[str, object]] = (),
        *,
        lists: Iterable[str] = (),
        cohorts: Iterable[str] = (),
    ) -> Customer:
        """Return a customer out of what JSON has, read by the types that the schema declares.

        events: `Event`s, or mappings with `type`, `at`, and maybe `properties` and `id`. Raises
        FactError with everything that does not fit.
        """
        return make_customer(self._door, id, attributes, events, lists, cohorts)

    def _read_attributes(self, values: Mapping[str, object]) -> Mapping[str, Any]:
        return read_attributes(self._door, values)

    @cached_property
    def _door(self) -> Door:
        return open_door(self._vocabulary, self.fingerprint)

    def names(self) -> tuple[SchemaName, ...]:
        """Return every name that is declared, with its type and the operators it takes.

        Attributes come first, derived and staged ones too, then each event type followed by its
        properties, then collections; each kind as declared.
        """
        return tuple(
            describe_names(self.attributes, self.events, self.collections, self._vocabulary)
        )

    def to_data(self) -> dict[str, Any]:
        """Return the definitions as JSON's types; `from_data` reads them back."""
        return unstructure(self)

    def to_toml(self) -> str:
        """Return the definitions as the text of a TOML file, which `load` reads back.

        Notes become comments.
        """
        return write_toml(self.to_data(), tuple(map(str, self.notes)))

    @cached_property
    def _names(self) -> Names:
        return list_names(self._vocabulary)

    @cached_property
    def fingerprint(self) -> str:
        """A hash of the definitions: equal for equal schemas, in every process."""
        text = json.dumps(self.to_data(), sort_keys=True, separators=(",", ":"))
        return sha256(text.encode()).hexdigest()

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Schema):
            return NotImplemented
        return self is other or self.fingerprint == other.fingerprint

    def __hash__(self) -> int:
        return hash(self.fingerprint)

    def __reduce__(self) -> tuple[Any, ...]:
        return _restore, (self.to_data(), self.name, self.notes)

    def __repr__(self) -> str:
        return (
            f"<Schema {self.name!r} ({count(len(self.attributes), 'attribute')}, "
            f"{count(len(self.events), 'event type')}, {self.timezone})>"
        )


def _annotate(schema: Schema, notes: tuple[SchemaFinding, ...]) -> Schema:
    object.__setattr__(schema, "notes", notes)
    return schema


def _restore(data: dict[str, Any], name: str, notes: tuple[SchemaFinding, ...]) -> Schema:
    return _annotate(Schema.from_data(data, name=name), notes)
