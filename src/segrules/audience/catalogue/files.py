"""Files of segments: TOML in, bound segments out."""

from collections.abc import Collection, Mapping
from pathlib import Path

from attrs import frozen

from segrules.audience.catalogue.binding import build_rules
from segrules.audience.catalogue.segment import Segment, SegmentError, check_name
from segrules.facts.arguments import ArgumentError, expect, kind_of, to_names
from segrules.schema.definitions import SchemaError
from segrules.schema.files import parse_toml, read_file, structure_as
from segrules.schema.schema import Schema


@frozen
class SegmentText:
    """A segment as a file has it."""

    rule: str
    name: str = ""
    description: str = ""


@frozen
class SegmentFile:
    """`[segments.<name>]` tables by their names."""

    segments: Mapping[str, SegmentText]


def load_segments(
    path: str | Path, schema: Schema, *, lists: Collection[str] = (), cohorts: Collection[str] = ()
) -> tuple[Segment, ...]:
    """Read a TOML file of segments; they may refer to each other in any order.

    lists, cohorts: names of others that the rules may refer to. Raises SegmentError if the file is
    not one of segments, and RuleError with every finding in its rules.
    """
    if not isinstance(path, str | Path):
        raise ArgumentError(f"a file is named by its path, not {kind_of(path)}", subject="path")
    expect(schema, Schema, "the schema of segments", "schema")
    lists, cohorts = to_names(lists, "`lists`"), to_names(cohorts, "`cohorts`")
    name = str(path)
    try:
        text = read_file(path)
    except SchemaError as error:
        raise SegmentError(str(error), code="unreadable-file", subject=name) from None
    return build_segments(read_segments(text, name), schema, name, lists, cohorts)


def read_segments(text: str, name: str) -> Mapping[str, SegmentText]:
    """Return the segments in a TOML text; raises SegmentError naming text and key."""
    try:
        segments = structure_as(SegmentFile, parse_toml(text, name), name).segments
    except SchemaError as error:
        raise SegmentError(
            str(error), code="segment-file", subject=name, findings=error.findings
        ) from None
    for key in segments:
        check_name(key, f"{name}: segments.{key!r}")
    return segments


def build_segments(
    texts: Mapping[str, SegmentText],
    schema: Schema,
    name: str,
    lists: Collection[str] = (),
    cohorts: Collection[str] = (),
) -> tuple[Segment, ...]:
    """Return the segments of texts; raises RuleError with every finding."""
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
