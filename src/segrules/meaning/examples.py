"""A condition on each name of a vocabulary, as an example of what may be asked of it."""

from collections.abc import Mapping
from typing import Final

from segrules.language.formatter import format_node
from segrules.language.names import Names
from segrules.language.syntax import Name, Text
from segrules.meaning.vocabulary import Entry, Vocabulary

_TEXTS: Final = {
    "country": "GB",
    "city": "London",
    "language": "en",
    "currency": "GBP",
    "email": "ann@example.com",
}
"""What the text under a common name may be; an example with a real value reads better."""


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
            value = entry.values[0] if entry.values else "vip"
            return f"{name} contains {format_node(Text(value))}"
        case "objects":
            field, of_type = next(iter(entry.of.items()))
            return f"{name} has {write_example(field, of_type)}"
        case _:
            return f"{name} is set"


def list_names(vocabulary: Vocabulary) -> Names:
    """Return the names of a vocabulary as rules write them, each with an example."""
    return Names(
        _write_examples(vocabulary.attributes),
        {event: _write_examples(entries) for event, entries in vocabulary.events.items()},
        {write_name(name): event for name, event in vocabulary.collections.items()},
        vocabulary.is_open,
    )


def write_name(dotted: str) -> str:
    """Return a name as rules write it."""
    return format_node(Name(tuple(dotted.split("."))))


def _write_examples(entries: Mapping[tuple[str, ...], Entry]) -> dict[str, str]:
    return {format_node(Name(path)): write_example(path, each) for path, each in entries.items()}
