"""The names that a rule may use, and which of them a word was probably meant to be."""

import re
from collections.abc import Callable, Iterable, Mapping
from difflib import get_close_matches
from typing import Final, TypeAlias

from attrs import field, frozen

_BETWEEN_WORDS = re.compile(r"[\W_]+")
_CUTOFF: Final = 0.75
_SHORTEST: Final = 2
"""How many letters of a name have to be there before it is completed."""
_SHORTEST_SLIP: Final = 3
"""How many letters a word has of which one may be another."""


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


def squash(name: str) -> str:
    """Return a name without what joins its words, in lower case: `total_spent`, `Total Spent`."""
    return _BETWEEN_WORDS.sub("", name).casefold()


def find_same(words: str, known: Iterable[str]) -> str | None:
    """Return the name that some words make when they are joined; None if they make none."""
    said = squash(words)
    return min((name for name in known if said and squash(name) == said), default=None)


def find_close(word: str, known: Iterable[str], limit: int) -> list[str]:
    """Return the names that a word was probably meant to be, the likeliest first.

    A name of the same words is the only answer. Else those come first that differ by one slip, or
    if there are none that are spelt much like it, and then those that it begins.
    """
    said = squash(word)
    squashed = {squash(name): name for name in sorted(known, reverse=True)}
    if said in squashed:
        return [squashed[said]]
    found = [each for each in squashed if len(said) > _SHORTEST and is_slip(said, each)]
    found = found or get_close_matches(said, squashed, limit, _CUTOFF)
    if len(said) >= _SHORTEST:
        begun = [each for each in squashed if each.startswith(said)]
        found += sorted(begun, key=lambda each: (len(each), each))
    return [squashed[each] for each in dict.fromkeys(found)][:limit]


def is_slip(said: str, meant: str) -> bool:
    """Tell whether one letter of a word is missing, wrong, one too many, or swapped with the next.

    In words of one letter, and with another letter in words of two, nothing is a slip.
    """
    shorter = min(len(said), len(meant))
    if said == meant or abs(len(said) - len(meant)) > 1:
        return False
    pairs = zip(said, meant, strict=False)
    same = next((n for n, (a, b) in enumerate(pairs) if a != b), shorter)
    left, right = said[same:], meant[same:]
    if left[:2] == right[1::-1] and left[2:] == right[2:]:
        return True
    if len(said) == len(meant):
        return left[1:] == right[1:] and shorter >= _SHORTEST_SLIP
    return shorter >= _SHORTEST and (left[1:] == right or left == right[1:])
