"""The rules under `rules/`, one per line."""

import re
from pathlib import Path

from attrs import frozen

from segrules.results import Diagnostic, Span

_RULES = Path(__file__).parent / "rules"
_INVALID = re.compile(
    r'(?P<rule>.*) ### "(?P<message>.*)" @(?P<start>\d+)-(?P<end>\d+) (?P<code>[a-z-]+)'
    r"(?: \((?P<help>.*)\))?"
)


@frozen
class Refusal:
    """A rule that is refused, and how."""

    rule: str
    code: str
    message: str
    span: Span
    help: str | None

    @classmethod
    def read(cls, line: str) -> "Refusal":
        """Read a line, in which ⏎ means a line break and ⇥ a tab."""
        match = _INVALID.fullmatch(line)
        assert match, line
        return cls(
            match["rule"].replace("⏎", "\n").replace("⇥", "\t"),
            match["code"],
            match["message"],
            Span(int(match["start"]), int(match["end"])),
            match["help"],
        )

    @classmethod
    def of(cls, rule: str, finding: Diagnostic) -> "Refusal":
        """Return how a rule has been refused."""
        return cls(rule, finding.code, finding.message, finding.span, finding.help)


VALID = (_RULES / "valid.rules").read_text(encoding="utf-8").splitlines()
INVALID = [
    Refusal.read(line)
    for line in (_RULES / "invalid.rules").read_text(encoding="utf-8").splitlines()
]
