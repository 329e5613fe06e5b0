"""A retention report as a picture, if matplotlib is installed."""

from importlib.util import find_spec
from typing import TYPE_CHECKING, Final

from segrules.insight.report import Measure, check_measure, title_of
from segrules.insight.result import InsightError, Retention

if TYPE_CHECKING:
    from matplotlib.figure import Figure

LONGEST_SIDE: Final = 100
"""The most rows or columns that a reader can tell apart on a page."""


def draw_heatmap(
    report: Retention, *, measure: Measure = "share", title: str | None = None
) -> "Figure":
    """Return a report as a heat map, a matplotlib `Figure`: `figure.savefig("retention.png")`.

    measure: what its cells show, as in `as_table`. title: the line above it. Default: that of the
    table. Raises InsightError if matplotlib, the extra `plot`, is not installed, and if there is
    nothing to draw or too much.
    """
    check_measure(report, measure)
    if not report.width:
        raise InsightError("no customer has started: there is nothing to draw", code="empty-report")
    if max(len(report.rows), report.width) > LONGEST_SIDE:
        raise InsightError(
            f"a picture has at most {LONGEST_SIDE} rows and columns: follow fewer `periods`, or "
            "longer ones",
            code="too-many-cells",
        )
    if not find_spec("matplotlib"):
        raise InsightError(
            'a picture needs matplotlib: pip install "segrules[plot]"', code="no-matplotlib"
        )
    from segrules.insight.heatmap import draw  # noqa: PLC0415  # an extra, loaded if used

    return draw(report, measure, title or title_of(report.question, measure))
