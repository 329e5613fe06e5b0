"""Conformance cases: JSON files with a case per line, and the schemas they share.

An instant among a customer's values is written `{"instant": "2026-03-14T12:00:00Z"}`, unlike
text. Numbers are read as exact decimals.
"""

import json
from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal
from functools import cached_property
from importlib import resources
from typing import Any, TypeAlias

import cattrs
from attrs import define, field, frozen

from segrules import Customer, Event, Rule, Schema, SegrulesError, Verdict
from segrules.language.version import LANGUAGE_VERSION

Answer: TypeAlias = Verdict | bool
"""A verdict, or only whether a rule holds."""


@frozen
class Refusal:
    """An answer that is refused, since a fact does not fit the schema. code: of the FactError."""

    code: str


@frozen
class Facts:
    """The facts about a case's customer. Events are in their order of arrival."""

    attributes: dict[str, Any] = field(factory=dict)
    events: tuple[Event, ...] = ()
    lists: frozenset[str] = frozenset()
    cohorts: frozenset[str] = frozenset()


@define(frozen=True, slots=False)
class Case:
    """One rule, asked about one customer at one instant, and the answer.

    id: stable, such as 'that/last-cart'. sentence: what the case shows. facts: those about the
    customer. segments: the rules of the dynamic segments that the rule may refer to. lists,
    cohorts: the lists and cohorts that it may refer to. expected: a verdict, or a bool if the case
    does not pin until when, or a refusal of facts that do not fit the schema.
    """

    id: str
    sentence: str
    schema: Schema
    rule: str
    at: datetime
    expected: Answer | Refusal
    facts: Facts = field(factory=Facts)
    segments: dict[str, str] = field(factory=dict)
    lists: frozenset[str] = frozenset()
    cohorts: frozenset[str] = frozenset()

    @cached_property
    def customer(self) -> Customer:
        """The facts as a customer."""
        facts = self.facts
        return Customer(
            "customer",
            facts.attributes,
            facts.events,
            lists=facts.lists,
            cohorts=facts.cohorts,
        )

    def make_rule(self) -> Rule:
        """Return the rule, with the segments it refers to."""
        return Rule(
            self.rule,
            self.schema,
            segments={name: Rule(text, self.schema) for name, text in self.segments.items()},
            lists=self.lists,
            cohorts=self.cohorts,
            name=self.id,
        )

    def accepts(self, answer: Answer | Exception) -> bool:
        """Tell whether an answer is the expected one; a bool is compared as a bool.

        A refusal is an error with the code that is expected.
        """
        if isinstance(self.expected, Refusal) or isinstance(answer, Exception):
            code = getattr(answer, "code", None)
            return isinstance(self.expected, Refusal) and self.expected.code == code
        if isinstance(answer, Verdict) and isinstance(self.expected, Verdict):
            return answer == self.expected
        return bool(answer) is bool(self.expected)


def load_cases() -> tuple[Case, ...]:
    """Return the cases that ship with the library; raises SegrulesError if versions differ."""
    folder = resources.files("segrules.conformance") / "cases"
    schemas = {
        name: Schema.from_data(data, name=name)
        for name, data in _read((folder / "schemas.json").read_text("utf-8"))["schemas"].items()
    }
    converter = _converter(schemas)
    files = sorted(file.name for file in folder.iterdir() if file.name != "schemas.json")
    return tuple(
        converter.structure(case, Case)
        for file in files
        for case in _read((folder / file).read_text("utf-8"))["cases"]
    )


def _read(text: str) -> Any:
    data = json.loads(text, parse_float=Decimal)
    if data["language_version"] != LANGUAGE_VERSION:
        raise SegrulesError(
            f"these cases are of language version {data['language_version']}, "
            f"and this is {LANGUAGE_VERSION}",
            code="another-language",
        )
    return data


def _converter(schemas: Mapping[str, Schema]) -> cattrs.Converter:
    converter = cattrs.Converter(forbid_extra_keys=True)

    def event(data: dict[str, Any], _: type) -> Event:
        properties = _value(data.get("properties", {}))
        return Event(data["type"], _moment(data["at"]), properties, data.get("id"))

    converter.register_structure_hook(Any, lambda value, _: _value(value))
    converter.register_structure_hook(datetime, lambda text, _: _moment(text))
    converter.register_structure_hook(Schema, lambda name, _: schemas[name])
    converter.register_structure_hook(Event, event)
    converter.register_structure_hook(Answer | Refusal, lambda data, _: _answer(**data))
    return converter


def _value(value: Any) -> Any:
    match value:
        case {"instant": str(text)}:
            return _moment(text)
        case dict():
            return {name: _value(each) for name, each in value.items()}
        case list():
            return [_value(each) for each in value]
        case _:
            return value


def _answer(
    *, holds: bool = False, until: str | None = "untold", refused: str | None = None
) -> Answer | Refusal:
    if refused is not None:
        return Refusal(refused)
    match until:
        case "untold":
            return holds
        case None:
            return Verdict(holds)
        case _:
            return Verdict(holds, _moment(until))


def _moment(text: str) -> datetime:
    return datetime.fromisoformat(text)
