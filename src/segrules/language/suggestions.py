"""Suggestions: what a word was probably meant to be, and how messages quote and list names."""

import re
from collections.abc import Callable, Iterable
from difflib import get_close_matches
from typing import Final

LISTED: Final = 8
"""How many known names advice lists at most."""
_WIDTH: Final = 80
_BETWEEN_WORDS = re.compile(r"[\W_]+")
_CUTOFF: Final = 0.75
_SHORTEST: Final = 2
"""How many letters of a name have to be there before it is completed."""
_SHORTEST_SLIP: Final = 3
"""How many letters a word has of which one may be another."""


def suggest(word: str, known: Iterable[str], kind: str, show: Callable[[str], str] = str) -> str:
    """Return advice on an unknown word: the one name close to it, or the names there are.

    show: how a name is written.
    """
    names = sorted(known)
    close = find_closest(word, names)
    if close is not None:
        return f"did you mean {quote(show(close))}?"
    if not names:
        return f"there are no {kind}"
    return f"one of: {list_some(map(show, names))}"


def list_some(names: Iterable[str]) -> str:
    """Return the first of some names in backticks, with a sign if there are more."""
    known = [*names]
    return ", ".join(map(quote, known[:LISTED])) + (", …" if len(known) > LISTED else "")


def find_closest(word: str, known: Iterable[str]) -> str | None:
    """Return the name that a word was probably meant to be."""
    return next(iter(find_close(word, known, 1)), None)


def quote(words: str) -> str:
    """Return an author's words in backticks, on one short line."""
    short = shorten(words, _WIDTH)
    return f"`` {short} ``" if "`" in short else f"`{short}`"


def shorten(words: str, width: int = 40) -> str:
    """Return an author's words as one short line, to be quoted in a message."""
    line = " ".join(words.split())
    return line if len(line) <= width else f"{line[: width - 1]}…"


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
