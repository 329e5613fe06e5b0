"""The inputs of `check`, `fmt` and `triggers`: files of segments, and single rules."""

import tomllib
from argparse import ArgumentParser, Namespace
from pathlib import Path

from attrs import evolve, frozen

from segrules import Rule, RuleError, Segment
from segrules.audience.catalogue.files import build_segments
from segrules.audience.catalogue.segment_text import SegmentFile, SegmentText, read_segments
from segrules.cli.errors import MisuseError
from segrules.cli.files import STDIN, STDIN_NAME, read_text
from segrules.cli.screen import Screen
from segrules.cli.store import SEGMENTS_FILE, find_schema, report_no_schema
from segrules.results import Source

BOM = "\ufeff"


@frozen
class Input:
    """A text with rules in it: a TOML file of segments, or one rule with the name of its text.

    text: with the byte order mark that `file` is without.
    """

    name: str
    text: str
    file: SegmentFile
    holds_segments: bool
    is_file: bool


def add_inputs(parser: ArgumentParser) -> None:
    """Declare the inputs that a command takes."""
    parser.add_argument(
        "files",
        metavar="FILE",
        nargs="*",
        help="a file of segments (.toml), any other file with the text of one rule, a folder with "
        "a segments.toml, or - for standard input, which may hold either",
    )
    parser.add_argument(
        "--rule",
        metavar="TEXT",
        action="append",
        default=[],
        help="the text of a rule itself, such as \"country = 'GB'\"; may be given several times, "
        "and beside files",
    )


def add_references(parser: ArgumentParser) -> None:
    """Declare the names that rules may refer to beyond their own file."""
    parser.add_argument(
        "--schema",
        metavar="FILE",
        help="the vocabulary. Default: schema.toml beside the rules, else a ready-made store's",
    )
    for kind in ("list", "cohort"):
        parser.add_argument(
            f"--{kind}",
            metavar="ID",
            action="append",
            default=[],
            help=f"a {kind} that rules may refer to; may be given several times",
        )


def report_no_schemas(options: Namespace, errors: Screen) -> None:
    """Report that the ready-made schema is used, for each folder given that has none."""
    for name in options.files:
        if name != STDIN and Path(name).is_dir() and options.schema is None:
            report_no_schema(Path(name), errors)


def read_inputs(options: Namespace) -> list[Input]:
    """Return every input that the options name; raises MisuseError if one cannot be read."""
    inputs = [_single_rule("rule", text, is_file=False) for text in options.rule]
    inputs += [_read_input(name) for name in options.files]
    if not inputs:
        raise MisuseError("name a FILE, - for standard input, or a rule with --rule")
    return inputs


def build_input(source: Input, options: Namespace) -> tuple[Segment, ...]:
    """Return the segments of an input; raises RuleError with every finding."""
    schema = find_schema(options.schema, Path(source.name).parent if source.is_file else None)
    lists, cohorts = options.list, options.cohort
    if source.holds_segments:
        return build_segments(source.file, schema, lists, cohorts)
    try:
        rule = Rule(source.file.source.text, schema, lists=lists, cohorts=cohorts)
    except RuleError as error:
        raise RuleError([evolve(f, source=source.file.source) for f in error.findings]) from None
    return (Segment(source.name, rule),)


def _read_input(name: str) -> Input:
    is_file = name != STDIN
    if not name:
        raise MisuseError("the name of a FILE is empty")
    if is_file and Path(name).is_dir():
        name = _segments_in(Path(name))
    text, name = read_text(name), name if is_file else STDIN_NAME
    if name.endswith(".toml") if is_file else _looks_like_segments(text):
        file = read_segments(Source(text.removeprefix(BOM), name, is_file))
        return Input(name, text, file, holds_segments=True, is_file=is_file)
    return _single_rule(name, text, is_file=is_file)


def _segments_in(folder: Path) -> str:
    """Return the file of segments in a folder."""
    file = folder / SEGMENTS_FILE
    if not file.exists():
        raise MisuseError(f"{folder}: is a folder without {SEGMENTS_FILE}: name a file")
    return str(file)


def _single_rule(name: str, text: str, *, is_file: bool) -> Input:
    source = Source(text.removeprefix(BOM), name, is_file)
    file = SegmentFile(source, {name: SegmentText(source.text)})
    return Input(name, text, file, holds_segments=False, is_file=is_file)


def _looks_like_segments(text: str) -> bool:
    try:
        return "segments" in tomllib.loads(text.removeprefix(BOM))
    except (ValueError, RecursionError):
        return False
