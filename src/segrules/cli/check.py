"""`segrules check`: every finding in rules."""

import re
import sys
from argparse import ArgumentParser, Namespace
from typing import Final

from segrules import RuleError
from segrules.cli.errors import FINDINGS, FINE
from segrules.cli.github import as_github
from segrules.cli.inputs import add_inputs, add_references, build_input, read_inputs
from segrules.cli.screen import Screen
from segrules.cli.shown import Part, Style, presentable
from segrules.cli.terminal import open_screen
from segrules.language.diagnostics import as_json, as_plain, as_text
from segrules.language.quantities import count
from segrules.results import Diagnostic

LOOKS: Final[tuple[tuple[re.Pattern[str], Style], ...]] = (
    (re.compile(r"error\["), "bad"),
    (re.compile(r" +\| [ \t]*\^"), "bad"),
    (re.compile(r"  (help|note): "), "note"),
    (re.compile(r"  (at|more):? "), "quiet"),
)
"""The styles of a finding's lines, by how a line begins."""


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
    inputs = read_inputs(options)
    findings: list[Diagnostic] = []
    for source in inputs:
        try:
            build_input(source, options)
        except RuleError as error:
            findings += error.findings
    match options.format:
        case "json":
            print(as_json(findings))
        case "plain" | "github":
            text = as_plain(findings) if options.format == "plain" else as_github(findings)
            print(presentable(text), end="\n" if findings else "")
        case _:
            screen = open_screen(sys.stdout, options.color)
            show_findings(screen, findings)
            screen.say(_sum_up(findings, sum(len(source.file.segments) for source in inputs)))
    return FINDINGS if findings else FINE


def show_findings(screen: Screen, findings: list[Diagnostic]) -> None:
    """Print findings as text to read, in the colours of the screen."""
    for line in as_text(findings).split("\n") if findings else ():
        screen.say(_dress(line))
    if findings:
        screen.say()


def _dress(line: str) -> Part:
    for beginning, style in LOOKS:
        if beginning.match(line):
            return line, style
    return line


def _sum_up(findings: list[Diagnostic], rules: int) -> Part:
    if not findings:
        return f"{count(rules, 'rule')} checked, no findings", "good"
    return f"{count(rules, 'rule')} checked, {count(len(findings), 'finding')}", "bad"
