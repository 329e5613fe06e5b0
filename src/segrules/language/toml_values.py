"""Keys and strings as TOML writes them."""

import re
from typing import Final

BARE: Final = re.compile(r"[A-Za-z0-9_-]+")


def write_key(key: str) -> str:
    """Return a key, in quotes if it needs any."""
    return key if BARE.fullmatch(key) else write_string(key)


def write_string(text: str) -> str:
    """Return a text as a string on one line."""
    return f'"{"".join(_escaped(c, "") for c in text)}"'


def write_text(text: str) -> str:
    """Return a text as a string, of several lines if it has several."""
    if "\n" not in text.strip("\n"):
        return write_string(text)
    return f'"""\n{"".join(_escaped(c, chr(10)) for c in text)}"""'


def write_rule(text: str) -> str:
    """Return a rule as a string; the quotes of a long one are on lines of their own.

    Line ends at the start and end of a rule mean nothing, and are not kept.
    """
    text = text.strip("\n")
    if "\n" not in text and text.isprintable() and not set(text) & set('"\\'):
        return f'"{text}"'
    if "'''" not in text and all(c.isprintable() or c in "\n\t" for c in text):
        return f"'''\n{text}\n'''"
    return f'"""\n{"".join(_escaped(c, chr(10)) for c in text)}\n"""'


def _escaped(character: str, kept: str) -> str:
    if character in '"\\':
        return "\\" + character
    if character.isprintable() or character in kept:
        return character
    return "\\n" if character == "\n" else f"\\U{ord(character):08x}"
