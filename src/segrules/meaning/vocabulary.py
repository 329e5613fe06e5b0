"""The words a merchant's rules may use, and what each of them stands for."""

from collections.abc import Mapping
from collections.abc import Set as AbstractSet
from typing import Literal, TypeAlias

from attrs import field, frozen

from segrules.meaning.calendar import Calendar
from segrules.meaning.conditions import AggregateTest, Attribute, Condition, EventTest

ValueType: TypeAlias = Literal["text", "number", "boolean", "instant", "tags", "objects"]
Form: TypeAlias = Literal["epoch_s", "epoch_ms", "date", "comma_separated"]
"""How JSON holds a value that it has no type for, other than in the usual way."""
Keeping: TypeAlias = Literal["refuse", "keep"]
"""What becomes of a fact under a name that the schema does not declare."""

_TYPES: Mapping[ValueType | None, str] = {
    None: "of no known type",
    "text": "text",
    "number": "a number",
    "boolean": "true or false",
    "instant": "a time",
    "tags": "a set of tags",
    "objects": "a list of objects",
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

What is derived is a template: a rule replaces its test or window by its own.
"""


@frozen
class Entry:
    """What a vocabulary says of an attribute, a property or a field of an object.

    type: None where any type will do. values: those that are listed. closed: whether these are the
    only ones allowed. form: how JSON holds it; None for the usual way. of: the fields of the
    objects in a list, by path.
    """

    type: ValueType | None
    values: tuple[str, ...] = ()
    closed: bool = True
    form: Form | None = None
    of: "Mapping[tuple[str, ...], Entry]" = field(factory=dict)


@frozen(kw_only=True)
class AttributeEntry(Entry):
    """What a vocabulary says of an attribute.

    meaning: what the attribute stands for. updated_by: the event types with which hosts update it.
    """

    meaning: Meaning
    updated_by: tuple[str, ...] = ()


@frozen
class Undeclared:
    """What becomes of facts under names that a schema does not declare: 'refuse' or 'keep'.

    attributes, events, properties: of customers' attributes, of types of events, and of events'
    properties. No rule can ask about what is kept, but an event counts where a rule asks about
    events of any type.
    """

    attributes: Keeping = "refuse"
    events: Keeping = "refuse"
    properties: Keeping = "keep"


@frozen
class Vocabulary:
    """The words of a schema, resolved.

    attributes: by path. events: the properties of each event type, by path. collections: the event
    type of each. is_open: any other name is accepted too, with values of any type. undeclared: what
    becomes of facts under names that are not declared.
    """

    calendar: Calendar
    attributes: Mapping[tuple[str, ...], AttributeEntry]
    events: Mapping[str, Mapping[tuple[str, ...], Entry]]
    collections: Mapping[str, str]
    is_open: bool = False
    undeclared: Undeclared = Undeclared()


@frozen
class References:
    """The audiences that a rule may refer to.

    segments: dynamic segments and what they mean. lists, cohorts: names.
    """

    segments: Mapping[str, Condition] = field(factory=dict)
    lists: AbstractSet[str] = frozenset()
    cohorts: AbstractSet[str] = frozenset()
