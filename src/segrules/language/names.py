"""The names that a rule may use, as a schema has them."""

from collections.abc import Callable, Mapping
from typing import Final, TypeAlias

from attrs import field, frozen


@frozen
class Names:
    """The names that a schema has, as rules write them.

    attributes: each with a condition that asks about it. properties: the same, by event type.
    collections: the event type of each. is_open: any other name will do too.
    """

    attributes: Mapping[str, str] = field(factory=dict)
    properties: Mapping[str, Mapping[str, str]] = field(factory=dict)
    collections: Mapping[str, str] = field(factory=dict)
    is_open: bool = True

    def properties_of(self, event_type: str | None) -> Mapping[str, str]:
        """Return the properties of an event type; None for those of all types."""
        if event_type is not None:
            return self.properties.get(event_type, {})
        return {name: said for each in self.properties.values() for name, said in each.items()}

    def has(self, word: str) -> bool:
        """Tell whether a word is a name of any kind."""
        named = (self.attributes, self.collections, *self.properties.values())
        return any(word in each for each in named)


AskNames: TypeAlias = Callable[[], Names]

NO_NAMES: Final = Names()
"""What is known where no schema is."""


def ask_nothing() -> Names:
    """Return that no name is known."""
    return NO_NAMES
