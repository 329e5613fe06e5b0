"""The operators that each type of value takes, and a condition on a name of each type."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from segrules.language.formatter import format_node
from segrules.language.names import Names
from segrules.language.syntax import Name, Text
from segrules.meaning.vocabulary import Entry, ValueType, Vocabulary

_ANY: Final = ("is set",)
_EQUAL: Final = ("=", "!=", "in", *_ANY)
_ORDERED: Final = (">", ">=", "<", "<=", "between", *_EQUAL)

OPERATORS: Final[Mapping[ValueType, tuple[str, ...]]] = MappingProxyType(
    {
        "text": (*_ORDERED, "contains", "starts with", "ends with"),
        "number": _ORDERED,
        "boolean": _EQUAL,
        "instant": (*_ORDERED, "within", "within next", "since", "after", "before", "on"),
        "tags": ("contains", *_ANY),
    }
)
"""The operators that may be asked of a value of each type. Words take `not`: `not in`."""

_TEXTS: Final = {
    "country": "GB",
    "city": "London",
    "language": "en",
    "currency": "GBP",
    "email": "ann@example.com",
}
"""What the text under a common name may be; an example with a real value reads better."""


def takes(kind: ValueType | None, operator: str) -> bool:
    """Tell whether an operator may be asked of a value of a type; None for one not known."""
    return kind is None or operator in OPERATORS[kind]


def write_example(path: tuple[str, ...], entry: Entry) -> str:
    """Return a condition on an attribute or a property, such as `totalSpent > 100`."""
    name = format_node(Name(path))
    match entry.type:
        case "text":
            value = entry.values[0] if entry.values else _TEXTS.get(path[-1].lower(), "…")
            return f"{name} = {format_node(Text(value))}"
        case "number":
            return f"{name} > 100"
        case "boolean":
            return f"{name} = true"
        case "instant":
            return f"{name} within 30 days"
        case "tags":
            return (
                f"{name} contains {format_node(Text(entry.values[0] if entry.values else 'vip'))}"
            )
        case _:
            return f"{name} is set"


def list_names(vocabulary: Vocabulary) -> Names:
    """Return the names of a vocabulary as rules write them, each with an example."""
    return Names(
        _write_examples(vocabulary.attributes),
        {event: _write_examples(entries) for event, entries in vocabulary.events.items()},
        {format_node(Name(tuple(n.split(".")))): e for n, e in vocabulary.collections.items()},
        vocabulary.is_open,
    )


def _write_examples(entries: Mapping[tuple[str, ...], Entry]) -> dict[str, str]:
    return {format_node(Name(path)): write_example(path, each) for path, each in entries.items()}
