"""Findings about a text, the errors that carry them, and how both print."""

import json
from collections.abc import Iterable, Sequence
from typing import Any, Literal

from attrs import frozen

from segrules.language.source import Source, Span, excerpt, locate


@frozen
class Diagnostic:
    """One finding: what is wrong, where, and what to do.

    code: stable, in kebab case. message: one line, lower case, no full stop, the author's own
    words in backticks, never a customer's value. related: a second place that explains the first,
    with a note of its own.
    """

    code: str
    message: str
    source: Source
    span: Span
    help: str | None = None
    severity: Literal["error"] = "error"
    related: Span | None = None
    related_note: str | None = None

    @property
    def link(self) -> str:
        """The page that explains this code."""
        return f"docs/findings.md#{self.code}"

    def to_data(self) -> dict[str, Any]:
        """Return the finding as JSON types: offsets from 0, lines and columns from 1.

        They are those of the file, if the text is from one.
        """
        related = self.related and {"note": self.related_note, **_place(self.source, self.related)}
        return {
            "code": self.code,
            "severity": self.severity,
            "message": self.message,
            "source": self.source.name,
            "file": self.source.name if self.source.is_file else None,
            "key": self.source.key,
            "span": _place(self.source, self.span),
            "help": self.help,
            "related": related,
            "link": self.link,
        }

    def __str__(self) -> str:
        return as_plain([self])


class SegrulesError(Exception):
    """The root of every error that segrules raises on purpose.

    code: what is wrong, in kebab case: stable, with a section in docs/findings.md. subject: what it
    is about, such as an audience's name or the path of a value; None if it has no name. findings:
    everything that is wrong, if several things can be.
    """

    code: str = "error"
    subject: str | None = None
    findings: tuple[Any, ...] = ()

    def __init__(
        self,
        message: str = "",
        *,
        code: str | None = None,
        subject: str | None = None,
        findings: Sequence[Any] = (),
    ) -> None:
        super().__init__(message)
        self.code = type(self).code if code is None else code
        self.subject = subject
        self.findings = tuple(findings)


class RuleError(SegrulesError, ValueError):
    """A rule's text that cannot be used. `findings` holds everything wrong with it, in order."""

    findings: tuple[Diagnostic, ...]

    def __init__(self, findings: Sequence[Diagnostic]) -> None:
        first = findings[0]
        super().__init__(first.message, code=first.code, findings=findings)
        self.subject = first.source.key or first.source.name

    def __reduce__(self) -> tuple[Any, ...]:
        return RuleError, (self.findings,)

    def __str__(self) -> str:
        return as_text(self.findings)


def as_text(findings: Iterable[Diagnostic]) -> str:
    """Return findings as text for people: the message, the line with carets, help."""
    return "\n\n".join(map(_paragraph, findings))


def as_plain(findings: Iterable[Diagnostic]) -> str:
    """Return findings one per line: `name:line:column: severity: message [code] (help)`."""
    return "\n".join(map(_line, findings))


def as_json(findings: Iterable[Diagnostic]) -> str:
    """Return findings as a JSON array, with offsets, lines and columns as `locate` counts them."""
    return json.dumps([finding.to_data() for finding in findings], indent=2)


def _place(source: Source, span: Span) -> dict[str, Any]:
    line, column = locate(source, span.start)
    return {"start": span.start, "end": span.end, "line": line, "column": column}


def _paragraph(finding: Diagnostic) -> str:
    lines = [f"{finding.severity}[{finding.code}]: {finding.message}"]
    lines += _quotation(finding.source, finding.span)
    if finding.related is not None:
        lines.append(f"  note: {finding.related_note}")
        lines += _quotation(finding.source, finding.related)
    if finding.help is not None:
        lines.append(f"  help: {finding.help}")
    return "\n".join([*lines, f"  more: {finding.link}"])


def _quotation(source: Source, span: Span) -> list[str]:
    line, column = locate(source, span.start)
    text, carets = excerpt(source, span).split("\n")
    gutter = f"{line:>4} | "
    return [
        f"  at {source.name}:{line}:{column}" + (f" [{source.key}]" if source.key else ""),
        f"{gutter}{text}",
        f"{' ' * (len(gutter) - 2)}| {carets}",
    ]


def _line(finding: Diagnostic) -> str:
    line, column = locate(finding.source, finding.span.start)
    advice = f" ({finding.help})" if finding.help else ""
    return (
        f"{finding.source.name}:{line}:{column}: "
        f"{finding.severity}: {finding.message} [{finding.code}]{advice}"
    )
