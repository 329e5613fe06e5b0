"""The heat map itself."""

from datetime import UTC, datetime
from io import BytesIO
from typing import Any, get_args

import pytest
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle

from segrules import Cohort, Customer, Event, Schema
from segrules.insight import Activity, Retention, retention
from segrules.insight.heatmap import LONGEST_NAME, draw
from segrules.insight.report import Measure

SHOP = Schema.commerce(timezone="Europe/London")
BUYS = Activity("purchase", SHOP)
NOW = datetime(2026, 4, 15, tzinfo=UTC)


def bought(*days: str, total: int) -> list[Event]:
    return [
        Event("purchase", datetime.fromisoformat(f"{d}T12:00Z"), {"total": total}) for d in days
    ]


CUSTOMERS = [
    Customer("ann", events=bought("2026-01-05", "2026-01-20", "2026-03-01", total=5_000_000)),
    Customer("bob", events=bought("2026-01-31", "2026-02-01", total=20_000)),
    Customer("eve", events=bought("2026-02-10", "2026-04-02", total=300)),
]


def ask(**how: Any) -> Retention:
    return retention(CUSTOMERS, BUYS, "month", at=NOW, revenue="total", **how)


def words(axes: Axes) -> list[str]:
    return [text.get_text() for text in axes.texts]


def save(figure: Figure, kind: str) -> bytes:
    out = BytesIO()
    figure.savefig(out, format=kind)
    return out.getvalue()


@pytest.mark.parametrize("measure", get_args(Measure))
def test_every_measure_is_drawn(measure: Measure) -> None:
    """Every measure can be saved as PNG and as SVG."""
    figure = draw(ask(), measure, "Retention")
    assert save(figure, "png").startswith(b"\x89PNG\r\n\x1a\n")
    assert b"<svg" in save(figure, "svg")


def test_what_is_on_it() -> None:
    """A heat map has names, sizes, columns, numbers, a scale, and a legend of what is open."""
    figure = draw(ask(), "share", "Retention")
    axes, scale = figure.axes
    assert [label.get_text() for label in axes.get_yticklabels()] == ["2026-01", "2026-02"]
    assert [label.get_text() for label in axes.get_xticklabels()] == ["0", "1", "2", "3"]
    assert axes.get_xlabel() == "months since the start"
    cells = ["50.0%", "50.0%", "50.0%", "0.0%", "0.0%", "0.0%", "100.0%"]
    assert words(axes) == [*cells, "2", "1", "cohort", "customers"]
    assert scale.get_ylabel() == "share of the cohort"
    [legend] = figure.legends
    assert [text.get_text() for text in legend.get_texts()] == [
        "not over yet for every customer: may still grow"
    ]
    hatched = [p for p in axes.patches if isinstance(p, Rectangle) and p.get_hatch()]
    assert [patch.get_xy() for patch in hatched] == [(2.5, -0.5), (1.5, 0.5)]


def test_brackets_are_drawn() -> None:
    """Brackets of periods are columns, called by their first and last period."""
    figure = draw(ask(periods=[0, 2, 12]), "share", "Retention")
    axes = figure.axes[0]
    assert [label.get_text() for label in axes.get_xticklabels()] == [
        "0",
        "1\u20132",
        "3\u201312",
    ]
    assert words(axes)[:5] == ["50.0%", "100.0%", "0.0%", "0.0%", "100.0%"]
    assert save(figure, "svg")


def test_numbers_are_short() -> None:
    """A cell has room for a few characters."""
    axes = draw(ask(), "revenue", "Revenue").axes[0]
    assert words(axes)[:7] == ["10.0m", "20.0k", "5.0m", "0", "300", "0", "300"]
    axes = draw(ask(), "average", "Average").axes[0]
    assert words(axes)[:4] == ["3.3m", "20.0k", "5.0m", ""]


def test_text_can_be_read() -> None:
    """White on dark colours, dark on light ones."""
    axes = draw(ask(), "share", "Retention").axes[0]
    colours = {text.get_text(): text.get_color() for text in axes.texts}
    assert colours["50.0%"] == "#1f2933"
    axes = draw(ask(periods=2), "share", "Retention").axes[0]
    colours = {text.get_text(): text.get_color() for text in axes.texts}
    assert (colours["50.0%"], colours["0.0%"]) == ("white", "#1f2933")


def test_all_over() -> None:
    """Without unfinished periods there is no legend."""
    assert not draw(ask(periods=2), "share", "Retention").legends


def test_nothing_but_noughts() -> None:
    """A report in which no customer came back still has a scale."""
    report = retention(CUSTOMERS[2:], BUYS, "month", at=datetime(2026, 3, 5, tzinfo=UTC))
    figure = draw(report, "share", "Retention")
    assert save(figure, "png")
    assert words(figure.axes[0])[:2] == ["0.0%", "0.0%"]


def test_long_names() -> None:
    """Of a long name the beginning and the end are kept; dollars are dollars."""
    [family, _] = Cohort.family("first", "purchase", CUSTOMERS, SHOP, at=NOW)
    cohort = family.named("$5 & $10 club, " + "very " * 20 + "2026-01")
    figure = draw(ask(cohorts=[cohort]), "share", "x" * 500)
    assert save(figure, "png")
    [label] = figure.axes[0].get_yticklabels()
    assert len(label.get_text()) == LONGEST_NAME
    assert label.get_text().startswith("$5 & $10 club")
    assert label.get_text().endswith("very 2026-01")
    assert "…" in figure.texts[0].get_text()
