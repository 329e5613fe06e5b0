"""Reports on what cohorts did after they started. A leaf: the core never imports it.

`retention` follows groups of customers through time: who came back, and what they spent. The result
is a value; `as_table` and `as_csv` print it, `draw_heatmap` draws it with the extra `plot`.
"""

from segrules.insight.activity import Activity
from segrules.insight.picture import draw_heatmap
from segrules.insight.report import as_csv, as_table
from segrules.insight.result import Cell, InsightError, Question, Retention, Row
from segrules.insight.retention import retention

__all__ = [
    "Activity",
    "Cell",
    "InsightError",
    "Question",
    "Retention",
    "Row",
    "as_csv",
    "as_table",
    "draw_heatmap",
    "retention",
]
