"""A place to gather findings while a rule is checked, and suggestions for names."""

from collections.abc import Iterable
from difflib import get_close_matches
from typing import Final

from attrs import define, field

from segrules.language.diagnostics import Diagnostic
from segrules.language.source import Source, Span

LISTED: Final = 8


@define
class Findings:
    """What has been found in one text so far."""

    source: Source
    found: list[Diagnostic] = field(factory=list)

    def error(
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

    def in_order(self) -> list[Diagnostic]:
        """Return the findings in text order."""
        return sorted(self.found, key=lambda d: (d.span.start, d.span.end))


def suggest(word: str, known: Iterable[str], kind: str) -> str:
    """Return advice on an unknown word: the one name close to it, or the names there are."""
    names = sorted(known)
    folded = {name.casefold(): name for name in names}
    close = get_close_matches(word.casefold(), folded, n=1, cutoff=0.75)
    if close:
        return f"did you mean `{folded[close[0]]}`?"
    if not names:
        return f"the schema has no {kind}"
    listed = ", ".join(f"`{name}`" for name in names[:LISTED])
    return f"one of: {listed}{', …' if len(names) > LISTED else ''}"
