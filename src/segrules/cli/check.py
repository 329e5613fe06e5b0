"""`segrules check`: every finding in rules."""

import sys
from argparse import ArgumentParser, Namespace

from segrules import RuleError, SegmentError
from segrules.cli.errors import FINDINGS, FINE, MISUSE
from segrules.cli.faults import place_faults
from segrules.cli.files import read_text
from segrules.cli.findings import show_text
from segrules.cli.github import as_github
from segrules.cli.inputs import (
    add_inputs,
    add_references,
    build_input,
    read_inputs,
    report_no_schemas,
)
from segrules.cli.shown import Part, presentable
from segrules.cli.terminal import open_screen
from segrules.language.diagnostics import as_json, as_plain, as_text
from segrules.language.quantities import count
from segrules.results import Diagnostic, Source


def add_arguments(parser: ArgumentParser) -> None:
    """Declare the arguments of the command."""
    add_inputs(parser)
    add_references(parser)
    parser.add_argument(
        "--format",
        choices=("text", "plain", "json", "github"),
        default="text",
        help="text to read, plain for a line per finding, json, or github for annotations in a "
        "workflow of GitHub. Default: text",
    )


def check(options: Namespace) -> int:
    """Print every finding and return the exit code."""
    report_no_schemas(options, open_screen(sys.stderr, options.color))
    findings: list[Diagnostic] = []
    faults: list[Diagnostic] = []
    try:
        inputs = read_inputs(options)
    except SegmentError as error:
        if error.subject is None:
            raise
        faults += place_faults(error, Source(read_text(error.subject), error.subject, is_file=True))
        inputs = []
    for source in inputs:
        try:
            build_input(source, options)
        except RuleError as error:
            findings += error.findings
        except SegmentError as error:
            faults += place_faults(error, source.file.source)
    findings += faults
    match options.format:
        case "json":
            print(as_json(findings))
        case "plain" | "github":
            text = as_plain(findings) if options.format == "plain" else as_github(findings)
            print(presentable(text), end="\n" if findings else "")
        case _:
            screen = open_screen(sys.stdout, options.color)
            if findings:
                show_text(screen, as_text(findings) + "\n")
            screen.say(_sum_up(findings, sum(len(source.file.segments) for source in inputs)))
    if faults:
        return MISUSE
    return FINDINGS if findings else FINE


def _sum_up(findings: list[Diagnostic], rules: int) -> Part:
    if not findings:
        return f"{count(rules, 'rule')} checked, no findings", "good"
    return f"{count(rules, 'rule')} checked, {count(len(findings), 'finding')}", "bad"
