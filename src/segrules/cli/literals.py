"""Rules inside a TOML text, replaced without touching the rest."""

import re
import tomllib
from collections.abc import Callable
from typing import Any, Final

from segrules.cli.errors import MisuseError

STRING: Final = (
    r'"""(?:[^\\]|\\.)*?"{3,5}|' + r"'''.*?'{3,5}|" + r'"(?:[^"\\\n]|\\.)*"|' + r"'[^'\n]*'"
)
TOKEN: Final = re.compile(rf"(?P<comment>#[^\n]*)|(?P<string>{STRING})|[\w-]+|[^\s]", re.DOTALL)
KEYS: Final = ("rule", '"rule"', "'rule'")


def rewrite_rules(text: str, name: str, rewrite: Callable[[str], str]) -> str:
    """Return a TOML text of segments with each rule rewritten, and nothing else changed.

    Raises MisuseError if the result, read as TOML, differs in anything but its rules.
    """
    newline = "\r\n" if "\r\n" in text else "\n"
    pieces, end = [], 0
    for start, stop in _rule_literals(text):
        literal = text[start:stop]
        old: str = tomllib.loads(f"rule = {literal}")["rule"]
        new = rewrite(old)
        if new != old.strip("\n"):
            pieces += [text[end:start], _literal(new).replace("\n", newline)]
            end = stop
    written = "".join([*pieces, text[end:]])
    if _rules_stripped(written) != _rules_stripped(text, rewrite):
        raise MisuseError(f"{name}: cannot be formatted without changing more than its rules")
    return written


def _rule_literals(text: str) -> list[tuple[int, int]]:
    """Return the start and end of each string that follows `rule =`."""
    found = []
    before: list[str] = ["", ""]
    for token in TOKEN.finditer(text):
        if token["comment"]:
            continue
        if token["string"] and before[0] in KEYS and before[1] == "=":
            found.append(token.span())
        before = [before[1], token[0]]
    return found


def _literal(text: str) -> str:
    """Return a rule as a TOML string; the quotes of a long one are on lines of their own."""
    if "\n" not in text and text.isprintable() and not set(text) & set('"\\'):
        return f'"{text}"'
    if "'''" not in text and all(c.isprintable() or c in "\n\t" for c in text):
        return f"'''\n{text}\n'''"
    return f'"""\n{"".join(map(_escaped, text))}\n"""'


def _escaped(character: str) -> str:
    if character in '"\\':
        return "\\" + character
    if character.isprintable() or character == "\n":
        return character
    return f"\\U{ord(character):08x}"


def _rules_stripped(text: str, rewrite: Callable[[str], str] = str) -> dict[str, Any]:
    """Return the data of a TOML text, its rules rewritten and without newlines at their ends."""
    data = tomllib.loads(text)
    for segment in data["segments"].values():
        segment["rule"] = rewrite(segment["rule"]).strip("\n")
    return data
