"""Pictures, with and without matplotlib."""

import subprocess
import sys
from datetime import UTC, datetime
from io import BytesIO

import pytest

from segrules import Customer, Event, Schema
from segrules.insight import Activity, InsightError, draw_heatmap, retention

BUYS = Activity("purchase", Schema.commerce())
DAYS = [datetime(2026, 1, 5, tzinfo=UTC), datetime(2026, 1, 20, tzinfo=UTC)]
CUSTOMERS = [Customer("ann", events=[Event("purchase", day) for day in DAYS])]


def test_without_the_extra(monkeypatch: pytest.MonkeyPatch) -> None:
    """Without matplotlib, the error names what to install."""
    monkeypatch.setattr("segrules.insight.picture.find_spec", lambda _: None)
    with pytest.raises(InsightError) as caught:
        draw_heatmap(retention(CUSTOMERS, BUYS, "week", at=DAYS[1]))
    assert str(caught.value) == 'a picture needs matplotlib: pip install "segrules[plot]"'


def test_what_cannot_be_drawn() -> None:
    """An empty report, a large one, and a measure that the report lacks are refused."""
    with pytest.raises(InsightError, match="no customer has started: there is nothing to draw"):
        draw_heatmap(retention([], BUYS, "week", at=DAYS[1]))
    with pytest.raises(InsightError, match="at most 100 rows and columns: follow fewer `periods`"):
        draw_heatmap(retention(CUSTOMERS, BUYS, "hour", at=DAYS[1]))
    with pytest.raises(InsightError, match="there is no revenue"):
        draw_heatmap(retention(CUSTOMERS, BUYS, "week", at=DAYS[1]), measure="revenue")


def test_import_is_light() -> None:
    """Importing reports does not load matplotlib."""
    code = "import sys, segrules.insight; assert 'matplotlib' not in sys.modules"
    subprocess.run([sys.executable, "-c", code], check=True)  # noqa: S603  # our own words


def test_titles() -> None:
    """A picture has the title of its table, or the one given."""
    report = retention(CUSTOMERS, BUYS, "week", at=DAYS[1])
    for title in (None, "Our £$5 & $10 club"):
        figure = draw_heatmap(report, title=title)
        figure.savefig(BytesIO(), format="png")
        said = title or "Share of customers who came back in each week"
        assert said in [text.get_text() for text in figure.texts]
