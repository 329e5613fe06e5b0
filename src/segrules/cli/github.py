"""Findings as annotations, which a workflow of GitHub shows beside the lines of a pull request."""

from collections.abc import Iterable
from typing import Final

from segrules.language.source import locate
from segrules.results import Diagnostic

IN_MESSAGES: Final = {ord("%"): "%25", ord("\r"): "%0D", ord("\n"): "%0A"}
IN_PROPERTIES: Final = IN_MESSAGES | {ord(":"): "%3A", ord(","): "%2C"}


def as_github(findings: Iterable[Diagnostic]) -> str:
    """Return findings as workflow commands, one per line."""
    return "\n".join(map(_command, findings))


def _command(found: Diagnostic) -> str:
    source = found.source
    line, column = locate(source, found.span.start)
    last, end = locate(source, found.span.end)
    properties = {"file": source.name} if source.is_file else {}
    properties |= {"line": str(line)}
    # GitHub takes columns only of a stretch of one line.
    if last == line:
        properties |= {"col": str(column), "endColumn": str(end)}
    else:
        properties |= {"endLine": str(last)}
    properties |= {"title": f"{found.code} in {source.key}" if source.key else found.code}
    written = ",".join(f"{k}={v.translate(IN_PROPERTIES)}" for k, v in properties.items())
    message = f"{found.message} ({found.help})" if found.help else found.message
    return f"::{found.severity} {written}::{message.translate(IN_MESSAGES)}"
