"""Faults of a file of segments or of a schema, at their places in it."""

import re
from typing import Final

from segrules import SchemaError, SegmentError
from segrules.language.toml_places import find_places
from segrules.results import Diagnostic, SchemaFinding, Source, Span

_PLACE: Final = re.compile(r" \(at line (\d+), column (\d+)\)")


def place_faults(error: SegmentError | SchemaError, file: Source) -> list[Diagnostic]:
    """Return what is wrong with a file as findings in its text: of a key, those at its line."""
    if not error.findings:
        return [Diagnostic(error.code, str(error), file, Span(0, 0))]
    return [_place(found, error.code, file) for found in error.findings]


def _place(found: SchemaFinding | Diagnostic, code: str, file: Source) -> Diagnostic:
    if isinstance(found, Diagnostic):
        return found
    if found.cause is not None and found.cause.source.is_file:
        return found.cause
    if not found.key:
        message = _PLACE.sub("", found.message)
        return Diagnostic(code, message, file, _find_place(found, file), found.help)
    span = _find_line(found.key, file)
    return Diagnostic(code, f"{found.key}: {found.message}", file, span, found.help)


def _find_line(key: str, file: Source) -> Span:
    """Return the line of a key, or of the innermost table around it."""
    plain = re.sub("['\"]", "", key)
    named = [(".".join(map(str, line.path)), line.span) for line in find_places(file.text).lines]
    above = [(name, span) for name, span in named if f"{plain}.".startswith(f"{name}.")]
    start = max(above, key=lambda each: len(each[0]), default=("", Span(0, 0)))[1].start
    end = file.text.find("\n", start)
    return Span(start, len(file.text) if end < 0 else end)


def _find_place(found: SchemaFinding, file: Source) -> Span:
    """Return the place that a message of the standard library names; the beginning if none."""
    place = _PLACE.search(found.message)
    if place is None:
        return Span(0, 0)
    before = file.text.split("\n")[: int(place[1]) - 1]
    start = min(sum(len(line) + 1 for line in before) + int(place[2]) - 1, len(file.text))
    return Span(start, start)
