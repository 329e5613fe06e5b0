"""Findings of a check, and suggestions for names."""

from collections.abc import Callable, Iterable, Mapping
from types import MappingProxyType
from typing import Final

from attrs import define, field

from segrules.language.diagnostics import Diagnostic
from segrules.language.mistakes.mistake import Mistake
from segrules.language.source import Source, Span
from segrules.language.suggestions import suggest

CODES: Mapping[str, str] = MappingProxyType(
    {
        "aggregate-of-nothing": "a sum, avg, min or max names no property",
        "dangling-that": "`that` names no condition before it",
        "empty-range": "nothing can lie between the bounds of a range",
        "future-event": "`within next` is asked of events",
        "negative-that": "`that` names a condition that finds no event when it holds",
        "that-in-filter": "`that` is inside `has`",
        "too-deep": "AND, OR and NOT nest deeper than the host allows",
        "too-large": "with all that it refers to, the rule means too many conditions",
        "unknown-attribute": "the schema has no such attribute",
        "unknown-cohort": "there is no such cohort",
        "unknown-collection": "the schema has no such collection",
        "unknown-event-type": "the schema has no such type of event",
        "unknown-field": "the objects in a list have no such field",
        "unknown-property": "the events asked about have no such property",
        "unknown-segment": "there is no such segment",
        "unlike-types": "a value is compared with one of another type",
        "unlisted-value": "a value is not among those that the schema allows",
        "unorderable-type": "values without an order are compared by greater or less",
        "window-of-zero": "a length of time is zero",
    }
)
"""The codes of checking, each with what is wrong."""

_ADVISED: Final = 50
"""How many findings of one text get a suggestion: beyond that, comparing names takes long."""


@define
class Findings:
    """What has been found in one text so far."""

    source: Source
    found: list[Diagnostic] = field(factory=list)

    def report(
        self,
        code: str,
        span: Span,
        message: str,
        help: str | None = None,  # noqa: A002  # the part's name in every diagnostic
        related: Span | None = None,
        note: str | None = None,
    ) -> None:
        """Add an error."""
        self.found.append(
            Diagnostic(code, message, self.source, span, help, "error", related, note)
        )

    def add(self, mistake: Mistake) -> None:
        """Add a mistake in a word."""
        self.found.append(mistake.finding(self.source))

    def suggest(
        self, word: str, known: Iterable[str], kind: str, show: Callable[[str], str] = str
    ) -> str | None:
        """Return advice on an unknown word; None once a text has too many findings."""
        return suggest(word, known, kind, show) if len(self.found) < _ADVISED else None

    def in_order(self) -> list[Diagnostic]:
        """Return the findings in text order."""
        return sorted(self.found, key=lambda d: (d.span.start, d.span.end))
