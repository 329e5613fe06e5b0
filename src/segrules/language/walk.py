"""Walking a tree as written: the parts of a node, and all that is under it."""

from collections.abc import Iterator
from typing import Any, Final, TypeAlias, get_args

from attrs import fields

from segrules.language.formatter import Printable, format_node, format_rule
from segrules.language.syntax import RuleText

Part: TypeAlias = Printable
"""A node of a tree."""

_KINDS: Final[tuple[type, ...]] = get_args(Printable)


def parts_of(node: Part | RuleText) -> tuple[Part, ...]:
    """Return the nodes that are directly under a node, in text order."""
    found: list[Any] = []
    for each in fields(type(node)):
        value = getattr(node, each.name)
        found += value if isinstance(value, tuple) else [value]
    parts: list[Any] = [value for value in found if isinstance(value, _KINDS)]
    return tuple(sorted(parts, key=lambda part: part.span.start))


def walk(node: Part | RuleText) -> Iterator[Part]:
    """Yield a node and everything under it, in text order, each before its own parts.

    Of a whole rule, its root comes first.
    """
    if not isinstance(node, RuleText):
        yield node
    for part in parts_of(node):
        yield from walk(part)


def to_text(node: Part | RuleText) -> str:
    """Return the canonical text of a node, on one line, or of a whole rule with its comments."""
    return format_rule(node) if isinstance(node, RuleText) else format_node(node)
