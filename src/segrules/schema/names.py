"""The names of a schema as data: what each is, and how rules ask about it."""

from collections.abc import Iterator, Mapping
from typing import Literal

from attrs import frozen

from segrules.data import Data, read_fields, write_fields
from segrules.language.formatter import format_node
from segrules.language.syntax import Text
from segrules.meaning.examples import write_example, write_name
from segrules.meaning.operators import OPERATORS
from segrules.meaning.vocabulary import Entry, ValueType, Vocabulary
from segrules.schema.definitions import Attribute, EventType, Property


@frozen(kw_only=True)
class SchemaName:
    """A name that rules may use, with what a form or an editor needs to offer it.

    path: the name as declared, such as `address.city`. text: the same as rules write it: where
    needed in backticks, and an event type in quotes. event_type: whose property it is, or which
    events a collection names. lists: those that a field of an object is inside, the outermost
    first, as rules write them. type: of its values; None for a collection and an event type.
    values: those that the schema lists. derived: the words it is derived by. is_staged: whether
    stages give its value. operators: what rules may ask with; words take `not` too, as in `not in`
    and `is not set`. example: a rule about it.
    """

    path: str
    kind: Literal["attribute", "property", "field", "collection", "event type"]
    text: str
    type: ValueType | None = None
    event_type: str | None = None
    lists: tuple[str, ...] = ()
    description: str = ""
    values: tuple[str, ...] = ()
    derived: str | None = None
    is_staged: bool = False
    operators: tuple[str, ...] = ()
    example: str

    def to_data(self) -> Data:
        """Return the name as JSON's types."""
        return write_fields(self)

    @classmethod
    def from_data(cls, data: object) -> "SchemaName":
        """Return the name that `to_data` has written; raises DataError."""
        return read_fields(cls, data)


def describe_names(
    attributes: Mapping[str, Attribute],
    events: Mapping[str, EventType],
    collections: Mapping[str, str],
    vocabulary: Vocabulary,
) -> Iterator[SchemaName]:
    """Yield every name of a schema: attributes, event types with their properties, collections.

    After a list of objects come the fields of these.
    """
    for path, attribute in attributes.items():
        known = vocabulary.attributes[tuple(path.split("."))]
        yield _describe_attribute(path, attribute, known)
        yield from _describe_fields(attribute, known, (write_name(path),), None, "")
    for event_type, definition in events.items():
        asked = f"any event of type {format_node(Text(event_type))}"
        yield SchemaName(
            path=event_type,
            kind="event type",
            text=format_node(Text(event_type)),
            event_type=event_type,
            description=definition.description,
            example=asked,
        )
        entries = vocabulary.events[event_type]
        for path, each in definition.properties.items():
            entry = entries[tuple(path.split("."))]
            yield _describe_property(path, each, entry, event_type, f"{asked} has ")
            lists = (write_name(path),)
            yield from _describe_fields(each, entry, lists, event_type, f"{asked} has ")
    for path, event_type in collections.items():
        yield SchemaName(
            path=path,
            kind="collection",
            text=write_name(path),
            event_type=event_type,
            example=f"count of {write_name(path)} > 3",
        )


def _describe_attribute(path: str, attribute: Attribute, entry: Entry) -> SchemaName:
    return SchemaName(
        path=path,
        kind="attribute",
        text=write_name(path),
        type=entry.type,
        description=attribute.description,
        values=entry.values,
        derived=attribute.derived,
        is_staged=bool(attribute.stages),
        operators=_operators_of(entry),
        example=write_example(tuple(path.split(".")), entry),
    )


def _describe_property(
    path: str,
    definition: Property,
    entry: Entry,
    event_type: str | None,
    asked: str,
    lists: tuple[str, ...] = (),
) -> SchemaName:
    return SchemaName(
        path=path,
        kind="field" if lists else "property",
        text=write_name(path),
        type=entry.type,
        event_type=event_type,
        lists=lists,
        description=definition.description,
        values=entry.values,
        operators=_operators_of(entry),
        example=f"{asked}{write_example(tuple(path.split('.')), entry)}",
    )


def _describe_fields(
    definition: Attribute | Property,
    entry: Entry,
    lists: tuple[str, ...],
    event_type: str | None,
    asked: str,
) -> Iterator[SchemaName]:
    """Yield the fields of the objects in the last of some lists, and in the lists inside."""
    asked += f"{lists[-1]} has "
    for path, each in definition.of.items():
        inner = entry.of[tuple(path.split("."))]
        yield _describe_property(path, each, inner, event_type, asked, lists)
        yield from _describe_fields(each, inner, (*lists, write_name(path)), event_type, asked)


def _operators_of(entry: Entry) -> tuple[str, ...]:
    return () if entry.type is None else OPERATORS[entry.type]
