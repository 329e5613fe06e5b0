"""Schemas: a merchant's vocabulary, declared in a file or in Python."""

import json
import tomllib
from collections.abc import Mapping
from functools import cached_property
from hashlib import sha256
from importlib import resources
from pathlib import Path
from typing import Any

from attrs import define, field

from segrules.language.quantities import count
from segrules.language.source import Source
from segrules.meaning.vocabulary import Vocabulary
from segrules.schema.definitions import (
    Attribute,
    EventType,
    SchemaError,
    freeze,
)
from segrules.schema.files import (
    KEYS,
    parse_toml,
    place_findings,
    read_file,
    structure,
    unstructure,
)
from segrules.schema.resolution import UTC_ZONE, resolve


@define(frozen=True, slots=False, eq=False, kw_only=True, repr=False)
class Schema:
    """The words that rules may use, and what moves each of them.

    attributes, events: definitions by name. collections: names for the events of a type, such as
    {'orders': 'purchase'}. timezone: an IANA name; where days begin. week_starts: a weekday's
    English name. is_open: accept any other name too, and take its type from its use; for exploring.
    name: what errors call the schema, such as its file. Raises SchemaError with everything that is
    wrong. Schemas are equal if their definitions are, under any name.
    """

    attributes: Mapping[str, Attribute] = field(factory=dict, converter=freeze)
    events: Mapping[str, EventType] = field(factory=dict, converter=freeze)
    collections: Mapping[str, str] = field(factory=dict, converter=freeze)
    timezone: str = UTC_ZONE
    week_starts: str = "monday"
    is_open: bool = False
    name: str = "schema"
    _vocabulary: Vocabulary = field(init=False)

    def __attrs_post_init__(self) -> None:
        given = {key: getattr(self, key) for key in KEYS}
        for key, value in structure(given, self.name).items():
            object.__setattr__(self, key, freeze(value))
        vocabulary, findings = resolve(
            self.attributes,
            self.events,
            self.collections,
            self.timezone,
            self.week_starts,
            is_open=self.is_open,
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

    def to_data(self) -> dict[str, Any]:
        """Return the definitions as JSON's types; `from_data` reads them back."""
        return unstructure(self)

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
        return _restore, (self.to_data(), self.name)

    def __repr__(self) -> str:
        return (
            f"<Schema {self.name!r} ({count(len(self.attributes), 'attribute')}, "
            f"{count(len(self.events), 'event type')}, {self.timezone})>"
        )


def _restore(data: dict[str, Any], name: str) -> Schema:
    return Schema.from_data(data, name=name)
