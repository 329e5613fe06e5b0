"""Rules inside a TOML text, replaced without touching the rest."""

import tomllib
from collections.abc import Callable, Iterator
from typing import Any

from segrules.cli.errors import MisuseError
from segrules.language.toml_places import TomlString, find_strings
from segrules.language.toml_values import write_rule


def rewrite_rules(text: str, name: str, rewrite: Callable[[str], str]) -> str:
    """Return a TOML text of segments with each rule rewritten, and nothing else changed.

    Raises MisuseError if the result, read as TOML, differs in anything but its rules.
    """
    newline = "\r\n" if "\r\n" in text else "\n"
    pieces, end = [], 0
    for string in _find_rules(text):
        new = rewrite(string.text)
        if new != string.text.strip("\n"):
            pieces += [text[end : string.span.start], write_rule(new).replace("\n", newline)]
            end = string.span.end
    written = "".join([*pieces, text[end:]])
    if _rules_stripped(written) != _rules_stripped(text, rewrite):
        raise MisuseError(f"{name}: cannot be formatted without changing more than its rules")
    return written


def _find_rules(text: str) -> Iterator[TomlString]:
    """Yield the strings that are segments' rules, in the order of the text."""
    for path, string in find_strings(text).items():
        match path:
            case ("segments", _, "rule"):
                yield string


def _rules_stripped(text: str, rewrite: Callable[[str], str] = str) -> dict[str, Any]:
    """Return the data of a TOML text, its rules rewritten and without newlines at their ends."""
    data = tomllib.loads(text)
    for segment in data["segments"].values():
        segment["rule"] = rewrite(segment["rule"]).strip("\n")
    return data
