"""Ranges that nothing can lie in: their lower bound is not below their upper one."""

from segrules.language import syntax as written
from segrules.language.formatter import format_node
from segrules.language.source import Span
from segrules.language.suggestions import quote
from segrules.meaning import conditions as meant
from segrules.meaning.calendar import DAY
from segrules.meaning.checking.findings import Findings

_MONTH = 30.436875 * DAY
_LEEWAY = 5 * DAY
"""More than a number of months ever differs from as many months of the length above."""


def report_empty(
    low: written.Bound, high: written.Bound, findings: Findings, *, swaps: bool = True
) -> None:
    """Report that nothing lies between two bounds. swaps: whether something does if they swap."""
    first, last = format_node(low), format_node(high)
    swapped = f"swap them: {quote(f'{last} and {first}')}"
    findings.report(
        "empty-range",
        Span(low.span.start, high.span.end),
        f"nothing lies between {quote(first)} and {quote(last)}",
        swapped if swaps else "give two points that are apart",
    )


def is_empty(window: meant.Window) -> bool:
    """Tell whether nothing can lie in a window, at any instant and with any events."""
    match window.start, window.end:
        case meant.Fixed(start), meant.Fixed(end):
            return start >= end
        case meant.Months(first), meant.Months(last):
            return first >= last
        case (meant.Exactly() | meant.Months() as first, meant.Exactly() | meant.Months() as last):
            return _reach(first)[0] >= _reach(last)[1]
        case _:
            return False


def _reach(cut: meant.Exactly | meant.Months) -> tuple[float, float]:
    """Return how far from now a cut lies at least and at most; later is more."""
    if isinstance(cut, meant.Exactly):
        return cut.micros, cut.micros
    return cut.months * _MONTH - _LEEWAY, cut.months * _MONTH + _LEEWAY
