"""Files of segments: TOML in, bound segments out."""

from collections.abc import Collection, Mapping
from pathlib import Path

from attrs import evolve

from segrules.audience.catalogue.binding import build_rules
from segrules.audience.catalogue.segment import Segment, SegmentError
from segrules.audience.catalogue.segment_text import (
    SegmentFile,
    read_segments,
    refuse_misfits,
    show_key,
)
from segrules.facts.arguments import ArgumentError, expect, kind_of, to_names
from segrules.language.diagnostics import Diagnostic, RuleError
from segrules.language.source import Source
from segrules.language.toml_places import find_strings, place_finding
from segrules.rule import Rule
from segrules.schema.definitions import SchemaError
from segrules.schema.files import read_file
from segrules.schema.schema import Schema


def load_segments(
    path: str | Path, schema: Schema, *, lists: Collection[str] = (), cohorts: Collection[str] = ()
) -> tuple[Segment, ...]:
    """Read a TOML file of segments; they may refer to each other in any order.

    lists, cohorts: names of others that the rules may refer to, beside those that the file names.
    Raises RuleError with every finding in its rules, at the file's lines and columns, and
    SegmentError if the file has anything else wrong: then with all that is wrong, rules included.
    """
    if not isinstance(path, str | Path):
        raise ArgumentError(f"a file is named by its path, not {kind_of(path)}")
    expect(schema, Schema, "the schema of segments")
    lists, cohorts = to_names(lists, "`lists`"), to_names(cohorts, "`cohorts`")
    name = str(path)
    try:
        text = read_file(path)
    except SchemaError as error:
        raise SegmentError(str(error), code="unreadable-file", subject=name) from None
    return build_segments(read_segments(Source(text, name, is_file=True)), schema, lists, cohorts)


def build_segments(
    file: SegmentFile, schema: Schema, lists: Collection[str] = (), cohorts: Collection[str] = ()
) -> tuple[Segment, ...]:
    """Return the segments of a file; raises SegmentError and RuleError as `load_segments` does."""
    try:
        rules = _build_rules(file, schema, lists, cohorts)
    except RuleError as error:
        findings = place_findings(error, file.source)
        refuse_misfits(file, f"\n\n{RuleError(findings)}", findings)
        raise RuleError(findings) from None
    refuse_misfits(file)
    return tuple(
        Segment(key, rules[key], text.name, text.description, text.origin, text.refresh)
        for key, text in file.segments.items()
    )


def _build_rules(
    file: SegmentFile, schema: Schema, lists: Collection[str], cohorts: Collection[str]
) -> Mapping[str, Rule]:
    return build_rules(
        {key: text.rule for key, text in file.segments.items()},
        schema,
        lists={*lists, *file.lists, *file.unread} - file.segments.keys(),
        cohorts={*cohorts, *file.cohorts},
        names={key: key for key in file.segments},
    )


def place_findings(error: RuleError, file: Source) -> tuple[Diagnostic, ...]:
    """Return what was found in rules, each named by its segment, at its place in their file."""
    strings = find_strings(file.text)
    return tuple(
        place_finding(
            found,
            strings["segments", found.source.name, "rule"],
            evolve(file, key=show_key(found.source.name)),
        )
        for found in error.findings
    )
