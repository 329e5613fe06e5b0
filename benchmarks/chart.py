"""The chart: what an event costs against the number of segments, beside re-evaluation."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Final

import matplotlib as mpl
from matplotlib.figure import Figure

OURS, THEIRS, INK, QUIET = "#0b6e4f", "#b4532a", "#1f2328", "#8a9199"
LABELS: Final = {"segrules_us": ("segrules", OURS), "reevaluation_us": ("re-evaluation", THEIRS)}


def draw(rows: Sequence[Mapping[str, Any]], path: Path) -> None:
    """Draw the rows of a report that tell both costs, as SVG."""
    points = sorted(
        (
            row["figures"]
            for row in rows
            if row["gate"] == "live" and row["what"].startswith("live event")
        ),
        key=lambda figures: figures["segments"],
    )
    style: Any = {"svg.hashsalt": "segrules", "font.family": "sans-serif", "font.size": 11}
    with mpl.rc_context(style):
        figure = Figure(figsize=(7.2, 4.4), layout="constrained")
        axes = figure.add_subplot()
        for key, (label, colour) in LABELS.items():
            others = [max(each[other] for other in LABELS if other != key) for each in points]
            costs = [(each["segments"], each[key]) for each in points]
            _line(axes, costs, others, label, colour)
        _dress(axes, [int(each["segments"]) for each in points])
        figure.savefig(path, format="svg", metadata={"Date": None})


def _line(
    axes: Any, points: list[tuple[float, float]], others: list[float], label: str, colour: str
) -> None:
    """Draw a line whose figures stand above their points where it is the higher one."""
    across, up = zip(*points, strict=True)
    axes.plot(across, up, "-o", color=colour, linewidth=2, markersize=6)
    axes.annotate(
        label,
        points[-1],
        xytext=(10, 0),
        textcoords="offset points",
        color=colour,
        va="center",
        fontweight="bold",
    )
    for (x, y), other in zip(points, others, strict=True):
        axes.annotate(
            _say(y),
            (x, y),
            xytext=(0, 8 if y > other else -16),
            textcoords="offset points",
            color=colour,
            ha="center",
            fontsize=9,
        )


def _dress(axes: Any, ticks: list[int]) -> None:
    axes.set(xscale="log", yscale="log")
    axes.set_xticks(ticks, [f"{tick:,}" for tick in ticks], minor=False)
    axes.set_xticks([], minor=True)
    axes.set_xlabel("segments", color=INK)
    axes.set_title(
        "Microseconds of CPU an event, exact expiry included", loc="left", color=INK, fontsize=12
    )
    axes.yaxis.set_major_formatter(lambda value, _: f"{value:,.0f}")
    axes.set_xlim(ticks[0] * 0.7, ticks[-1] * 5)
    low, high = axes.get_ylim()
    axes.set_ylim(low * 0.6, high * 1.5)
    axes.grid(axis="y", color=QUIET, alpha=0.25, linewidth=0.8)
    for side in ("top", "right"):
        axes.spines[side].set_visible(False)
    for side in ("left", "bottom"):
        axes.spines[side].set_color(QUIET)
    axes.tick_params(colors=INK, which="both", length=0)


def _say(micros: float) -> str:
    return f"{micros:,.0f}" if micros >= 10 else f"{micros:.1f}"
