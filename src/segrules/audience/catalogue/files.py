"""Segments as a file of them says it, and rules that refer to each other by name."""

from collections.abc import Collection, Mapping
from pathlib import Path

from attrs import frozen

from segrules.audience.catalogue.binding import build_rules
from segrules.language.diagnostics import SegrulesError
from segrules.meaning.schema.definitions import SchemaError
from segrules.meaning.schema.files import parse_toml, read_file, structure_as
from segrules.meaning.schema.schema import Schema
from segrules.rule import Rule


class SegmentError(SegrulesError, ValueError):
    """A segment, or a file of segments, that cannot be used as asked."""


@frozen
class SegmentText:
    """A segment as a file says it."""

    rule: str
    name: str = ""
    description: str = ""


@frozen
class SegmentFile:
    """`[segments.<id>]` tables by their ids."""

    segments: Mapping[str, SegmentText]


@frozen
class Segment:
    """A dynamic segment: an id, words for people, and its rule."""

    id: str
    rule: Rule
    name: str = ""
    description: str = ""


def load_segments(
    path: str | Path, schema: Schema, *, lists: Collection[str] = (), cohorts: Collection[str] = ()
) -> tuple[Segment, ...]:
    """Read a TOML file of segments; they may refer to each other in any order.

    Raises SegmentError where the file is not one, and RuleError with every finding in its rules.
    """
    name = str(path)
    try:
        text = read_file(path)
    except SchemaError as error:
        raise SegmentError(str(error)) from None
    return build_segments(read_segments(text, name), schema, name, lists, cohorts)


def read_segments(text: str, name: str) -> Mapping[str, SegmentText]:
    """Return the segments that a TOML text holds; raises SegmentError naming text and key."""
    try:
        segments = structure_as(SegmentFile, parse_toml(text, name), name).segments
    except SchemaError as error:
        raise SegmentError(str(error)) from None
    for key in segments:
        check_name(key, f"{name}: segments.{key!r}")
    return segments


def check_name(segment: object, where: str = "segment") -> None:
    """Raise SegmentError for what cannot be a segment's name: it is text that can be printed."""
    if not isinstance(segment, str) or not segment or not segment.isprintable():
        raise SegmentError(f"{where}: a name is text that is not empty and can be printed")


def build_segments(
    texts: Mapping[str, SegmentText],
    schema: Schema,
    name: str,
    lists: Collection[str] = (),
    cohorts: Collection[str] = (),
) -> tuple[Segment, ...]:
    """Make segments out of their texts; raises RuleError with every finding."""
    rules = build_rules(
        {key: text.rule for key, text in texts.items()},
        schema,
        lists=lists,
        cohorts=cohorts,
        names={key: f"{name} [segments.{key}]" for key in texts},
    )
    return tuple(
        Segment(key, rules[key], text.name, text.description) for key, text in texts.items()
    )
