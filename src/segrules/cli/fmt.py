"""`segrules fmt`: rules in canonical form."""

import sys
from argparse import ArgumentParser, Namespace
from collections.abc import Sequence
from difflib import unified_diff

from attrs import evolve

from segrules import RuleError
from segrules.audience.catalogue.files import place_findings
from segrules.audience.catalogue.segment_text import refuse_misfits
from segrules.cli.errors import FINDINGS, FINE
from segrules.cli.files import replace_text
from segrules.cli.inputs import BOM, Input, add_inputs, read_inputs
from segrules.cli.literals import rewrite_rules
from segrules.cli.screen import Screen
from segrules.cli.shown import Style
from segrules.cli.terminal import open_screen
from segrules.language.formatter import format_rule
from segrules.language.parser import parse
from segrules.results import Diagnostic, Source


def add_arguments(parser: ArgumentParser) -> None:
    """Declare the arguments of the command."""
    add_inputs(parser)
    parser.add_argument(
        "--check", action="store_true", help="write nothing; name what would change, and exit 1"
    )
    parser.add_argument(
        "--diff", action="store_true", help="write nothing; print what would change, and exit 1"
    )


def fmt(options: Namespace) -> int:
    """Format every input and return the exit code.

    INVARIANT: no file is written before every input is formatted.
    """
    screen = open_screen(sys.stdout, options.color)
    formatted = [(source, _format(source)) for source in read_inputs(options)]
    changed = [(source, text) for source, text in formatted if text != source.text]
    if options.check or options.diff:
        for source, text in changed:
            if options.diff:
                _show_diff(screen, source, text)
            if options.check:
                screen.say(f"would reformat {source.name}")
        return FINDINGS if changed else FINE
    for source, text in formatted:
        if not source.is_file:
            sys.stdout.write(text)
        elif text != source.text:
            replace_text(source.name, text)
            screen.say(f"reformatted {source.name}")
    return FINE


def _format(source: Input) -> str:
    findings: list[Diagnostic] = []
    for key, segment in source.file.segments.items():
        try:
            parse(Source(segment.rule, key))
        except RuleError as error:
            findings += error.findings
    if findings:
        raise RuleError(_place(findings, source))
    refuse_misfits(source.file)
    text = source.file.source.text
    mark = BOM if source.text.startswith(BOM) else ""
    if source.holds_segments:
        return mark + rewrite_rules(text, source.name, _canonical)
    return mark + _canonical(text) + "\n"


def _place(findings: list[Diagnostic], source: Input) -> Sequence[Diagnostic]:
    text = source.file.source
    if source.holds_segments:
        return place_findings(RuleError(findings), text)
    return [evolve(found, source=text) for found in findings]


def _canonical(rule: str) -> str:
    return format_rule(parse(Source(rule)))


def _show_diff(screen: Screen, source: Input, text: str) -> None:
    lines = unified_diff(
        source.text.splitlines(), text.splitlines(), source.name, source.name, lineterm=""
    )
    looks: dict[str, Style] = {"+": "good", "-": "bad", "@": "note"}
    for line in lines:
        style = looks.get(line[:1])
        screen.say((line, style) if style else line)
