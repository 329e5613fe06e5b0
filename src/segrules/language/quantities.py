"""Numbers and lengths of time in words, as messages and reports say them."""

from datetime import timedelta
from typing import Final

LENGTHS: Final = (
    ("day", timedelta(days=1)),
    ("hour", timedelta(hours=1)),
    ("minute", timedelta(minutes=1)),
    ("second", timedelta(seconds=1)),
    ("microsecond", timedelta(microseconds=1)),
)
"""The units of exact length, the largest first."""


def count(number: int, noun: str, plural: str | None = None) -> str:
    """Return a number with its noun: `1 segment`, `2,000 segments`, `3 families`.

    plural: the noun for any number other than 1. Default: the noun with an s.
    """
    return f"{number:,} {noun if number == 1 else plural or noun + 's'}"


def describe_length(length: timedelta) -> str:
    """Return a length of time, exactly, in the largest unit that divides it: `90 minutes`."""
    unit, size = next((u, s) for u, s in LENGTHS if not length % s)
    return count(length // size, unit)


def describe_roughly(length: timedelta) -> str:
    """Return a length of time in its two largest units, rounded down to seconds.

    Such as `2 days 3 hours`; `0 seconds` for less than a second.
    """
    words: list[str] = []
    for unit, size in LENGTHS[:-1]:
        number, length = divmod(length, size)
        if number:
            words.append(count(number, unit))
    return " ".join(words[:2]) or count(0, "second")
