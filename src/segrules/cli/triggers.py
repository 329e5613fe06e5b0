"""`segrules triggers`: what wakes each rule, and how far back it looks."""

import json
import sys
from argparse import ArgumentParser, Namespace
from collections.abc import Iterator
from typing import Any

from segrules import Segment
from segrules.cli.errors import FINE
from segrules.cli.inputs import (
    add_inputs,
    add_references,
    build_input,
    read_inputs,
    report_no_schemas,
)
from segrules.cli.shown import Column, Table
from segrules.cli.terminal import open_screen
from segrules.language.quantities import describe_length
from segrules.meaning.triggers import EVERY_TYPE


def add_arguments(parser: ArgumentParser) -> None:
    """Declare the arguments of the command."""
    add_inputs(parser)
    add_references(parser)
    parser.add_argument(
        "--format", choices=("text", "json"), default="text", help="text to read, or json"
    )


def triggers(options: Namespace) -> int:
    """Print the triggers and the lookback of every rule, and return the exit code."""
    report_no_schemas(options, open_screen(sys.stderr, options.color))
    segments = [s for source in read_inputs(options) for s in build_input(source, options)]
    if options.format == "json":
        print(json.dumps([_data(segment) for segment in segments], indent=2))
    else:
        open_screen(sys.stdout, options.color).show(_table(segments))
    return FINE


def _table(segments: list[Segment]) -> Table:
    return Table(
        (Column("Segment", style="strong"), Column("Woken by"), Column("Looks back")),
        [
            (segment.name, ", ".join(_wakers(segment)) or "nothing", ", ".join(_reaches(segment)))
            for segment in segments
        ],
    )


def _wakers(segment: Segment) -> Iterator[str]:
    woken_by = segment.rule.triggers
    if woken_by.clock:
        yield "the clock"
    yield from ("every event" if t == EVERY_TYPE else t for t in sorted(woken_by.events))
    yield from (f"attribute {name}" for name in sorted(woken_by.attributes))
    yield from (f"list {name}" for name in sorted(woken_by.lists))
    yield from (f"cohort {name}" for name in sorted(woken_by.cohorts))


def _reaches(segment: Segment) -> Iterator[str]:
    for event_type, reach in sorted(segment.rule.lookback.items()):
        name = "every event" if event_type == EVERY_TYPE else event_type
        yield f"{name}: {'all' if reach is None else describe_length(reach)}"


def _data(segment: Segment) -> dict[str, Any]:
    """Return a segment's triggers as JSON types; a lookback of null is the whole history."""
    woken_by = segment.rule.triggers
    return {
        "segment": segment.name,
        "events": sorted(woken_by.events),
        "attributes": sorted(woken_by.attributes),
        "lists": sorted(woken_by.lists),
        "cohorts": sorted(woken_by.cohorts),
        "clock": woken_by.clock,
        "lookback_seconds": {
            event_type: None if reach is None else reach.total_seconds()
            for event_type, reach in sorted(segment.rule.lookback.items())
        },
    }
