"""Findings as text to read: excerpts that fit the screen, in its colours."""

import re
from typing import Final

from segrules.cli.screen import Screen
from segrules.cli.shown import Part, Style, presentable
from segrules.cli.wrapping import fit_excerpts

LOOKS: Final[tuple[tuple[re.Pattern[str], Style], ...]] = (
    (re.compile(r"error\["), "bad"),
    (re.compile(r" +\| [ \t]*\^"), "bad"),
    (re.compile(r"  (help|note): "), "note"),
    (re.compile(r"  (at|more):? "), "quiet"),
)
"""The styles of a finding's lines, by how a line begins."""


def show_text(screen: Screen, text: str) -> None:
    """Print a text with findings in it."""
    for line in fit_excerpts(presentable(text).split("\n"), screen.width):
        screen.say(_dress(line))


def _dress(line: str) -> Part:
    for beginning, style in LOOKS:
        if beginning.match(line):
            return line, style
    return line
