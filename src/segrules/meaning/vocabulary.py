"""The words a merchant's rules may use, and what each of them stands for."""

from collections.abc import Mapping
from collections.abc import Set as AbstractSet
from typing import Literal, TypeAlias

from attrs import field, frozen

from segrules.meaning.calendar import Calendar
from segrules.meaning.conditions import AggregateTest, Attribute, Condition, EventTest

ValueType: TypeAlias = Literal["text", "number", "boolean", "instant", "tags"]

_TYPES: Mapping[ValueType | None, str] = {
    None: "of no known type",
    "text": "text",
    "number": "a number",
    "boolean": "true or false",
    "instant": "a time",
    "tags": "a set of tags",
}


def describe_type(kind: ValueType | None) -> str:
    """Return what a message calls a value of a type."""
    return _TYPES[kind]


@frozen
class StagedAttribute:
    """An attribute whose value is that of the first stage that holds."""

    name: str
    stages: tuple[tuple[str, Condition], ...]


Meaning: TypeAlias = Attribute | AggregateTest | EventTest | StagedAttribute
"""What an attribute stands for: a value that hosts set, or what is derived from events.

A derived one is a template: its own test or window gives way to the one that a rule asks.
"""


@frozen
class Entry:
    """An attribute or a property as rules see it.

    type: None where anything goes. values: the only ones allowed, if there are any.
    """

    type: ValueType | None
    values: tuple[str, ...] = ()


@frozen(kw_only=True)
class AttributeEntry(Entry):
    """An attribute, what it stands for, and the event types with which hosts update it."""

    meaning: Meaning
    updated_by: tuple[str, ...] = ()


@frozen
class Vocabulary:
    """Every word of a schema, resolved.

    attributes and properties are found by their path; event types map to their properties;
    collections map to an event type. is_open: any other name is taken as it comes.
    """

    calendar: Calendar
    attributes: Mapping[tuple[str, ...], AttributeEntry]
    events: Mapping[str, Mapping[tuple[str, ...], Entry]]
    collections: Mapping[str, str]
    is_open: bool = False


@frozen
class References:
    """The audiences that a rule may refer to.

    segments: dynamic segments and what they mean. lists, cohorts: names.
    """

    segments: Mapping[str, Condition] = field(factory=dict)
    lists: AbstractSet[str] = frozenset()
    cohorts: AbstractSet[str] = frozenset()
