"""The heat map of a retention report. The only module that imports matplotlib."""

from collections.abc import Callable, Mapping
from typing import Final, TypeAlias

from attrs import frozen
from matplotlib.axes import Axes
from matplotlib.cm import ScalarMappable
from matplotlib.colors import LinearSegmentedColormap, Normalize
from matplotlib.figure import Figure
from matplotlib.layout_engine import ConstrainedLayoutEngine
from matplotlib.patches import Patch, Rectangle
from matplotlib.patheffects import withStroke

from segrules.insight.report import Measure, has_unfinished, subtitle_of
from segrules.insight.result import Cell, Retention

Colour: TypeAlias = tuple[float, float, float]

INK: Final = "#1f2933"
QUIET: Final = "#616e7c"
HATCH: Final = "#b8c4cf"
COLOURS: Final = LinearSegmentedColormap.from_list(
    "retention", ["#f4f8fc", "#cfe1f2", "#93c4df", "#4a97c9", "#1b69ae", "#08417d"]
)
CELL: Final = (0.62, 0.36)
"""A cell's width and height. Lengths are in inches."""
BESIDE: Final = 3.6
"""The width of names, sizes and the scale, beside the cells."""
LEAST_WIDTH: Final = 8.0
LEAST_ROWS: Final = 3
WORDS: Final = 0.95
"""The height of the strip above, for the title and what was asked."""
NUMBERS: Final = 0.65
"""The height of the column numbers, right above the cells."""
LEGEND: Final = 0.42
"""The height of the strip below."""
EDGE: Final = 0.18
LONGEST_NAME: Final = 44
SIZES_END: Final = -0.8
"""The right edge of the column of sizes, in cells; the first cell's middle is at 0."""
FADED: Final = 0.45
"""The part of its colour that a cell keeps while its period is not over."""
DARK: Final = 0.3
"""Luminance below which white text reads better than dark."""


@frozen
class _Scale:
    """Colours for numbers from 0 up to the most; larger numbers have the colour of the most."""

    most: float
    overflows: bool

    def colour(self, cell: Cell, measure: Measure) -> Colour:
        part = min(max((_VALUES[measure](cell) or 0.0) / self.most, 0.0), 1.0)
        red, green, blue, _ = COLOURS(part)
        kept = 1.0 if cell.is_finished else FADED
        return 1 - kept * (1 - red), 1 - kept * (1 - green), 1 - kept * (1 - blue)


_VALUES: Final[Mapping[Measure, Callable[[Cell], float | None]]] = {
    "share": lambda cell: cell.share,
    "returned": lambda cell: cell.returned,
    "events": lambda cell: cell.events,
    "revenue": lambda cell: None if cell.revenue is None else float(cell.revenue),
    "average": lambda cell: None if cell.average is None else float(cell.average),
}


_SCALE_LABELS: Final[Mapping[Measure, str]] = {
    "share": "share of the cohort",
    "returned": "customers",
    "events": "events",
    "revenue": "revenue",
    "average": "revenue of an event",
}


def draw(report: Retention, measure: Measure, title: str) -> Figure:
    """Return the picture of a report that has cells."""
    width = max(BESIDE + CELL[0] * report.width, LEAST_WIDTH)
    height = WORDS + NUMBERS + CELL[1] * max(len(report.rows), LEAST_ROWS) + LEGEND
    strips = (0, LEGEND / height, 1, 1 - (WORDS + LEGEND) / height)
    layout = ConstrainedLayoutEngine(w_pad=EDGE, h_pad=0.02, rect=strips)
    figure = Figure(figsize=(width, height), dpi=150, layout=layout, facecolor="white")
    axes = figure.add_subplot()
    scale = _fit(report, measure)
    for y, row in enumerate(report.rows):
        for x, cell in enumerate(row.cells):
            _draw_cell(axes, x, y, cell, scale, measure)
    _draw_names(axes, report)
    _draw_words(figure, report, title)
    _draw_scale(figure, axes, scale, measure)
    return figure


def _fit(report: Retention, measure: Measure) -> _Scale:
    """Return a scale for the periods after the first, since first orders may dwarf all others."""
    every, later = (
        max((_VALUES[measure](c) or 0.0 for row in report.rows for c in row.cells[k:]), default=0.0)
        for k in (0, 1)
    )
    most = later if later > 0 else every
    return _Scale(most if most > 0 else 1.0, overflows=every > most > 0)


def _draw_cell(axes: Axes, x: int, y: int, cell: Cell, scale: _Scale, measure: Measure) -> None:
    colour = scale.colour(cell, measure)
    corner = (x - 0.5, y - 0.5)
    axes.add_patch(Rectangle(corner, 1, 1, facecolor=colour, edgecolor="white", linewidth=1.5))
    if not cell.is_finished:
        axes.add_patch(_hatched(corner))
    text = axes.text(x, y, _short(cell, measure), ha="center", va="center", fontsize=8)
    text.set_color("white" if _luminance(colour) < DARK else INK)
    if not cell.is_finished:
        text.set_path_effects([withStroke(linewidth=3, foreground=colour)])


def _hatched(corner: tuple[float, float]) -> Rectangle:
    return Rectangle(corner, 1, 1, fill=False, edgecolor=HATCH, hatch="////", linewidth=0)


def _draw_names(axes: Axes, report: Retention) -> None:
    """Put names and sizes beside the rows, numbers above the columns."""
    rows, columns = len(report.rows), report.width
    names_end = SIZES_END - 1.4
    axes.set(xlim=(names_end, columns - 0.5), ylim=(rows - 0.5, -0.5))
    axes.set_xticks(range(columns), labels=report.columns)
    axes.set_yticks(range(rows), labels=[_cut(row.name, LONGEST_NAME) for row in report.rows])
    axes.xaxis.tick_top()
    axes.xaxis.set_label_position("top")
    axes.set_xlabel(f"{report.question.period}s since the start", color=QUIET, fontsize=9)
    axes.tick_params(length=0, labelsize=9, labelcolor=INK)
    axes.spines[:].set_visible(False)
    for label in axes.get_yticklabels():
        label.set_parse_math(False)
    for y, row in enumerate(report.rows):
        axes.text(SIZES_END, y, f"{row.size:,}", ha="right", va="center", fontsize=9, color=QUIET)
    for x, aside, header in ((names_end, -3.5, "cohort"), (SIZES_END, 0, "customers")):
        axes.annotate(
            header,
            (x, -0.5),
            xytext=(aside, 5),
            textcoords="offset points",
            ha="right",
            va="bottom",
            fontsize=9,
            color=QUIET,
        )


def _draw_words(figure: Figure, report: Retention, title: str) -> None:
    """Fill the strips above and below."""
    width, height = figure.get_size_inches()
    asked = [_cut(line, int(width * 14)) for line in subtitle_of(report.question)]
    for text, size, down, weight, colour in (
        (_cut(title, int(width * 8)), 14, EDGE, "bold", INK),
        ("\n".join(asked), 9, EDGE + 0.3, "normal", QUIET),
    ):
        place = (EDGE / width, 1 - down / height)
        words = figure.text(*place, text, va="top", size=size, weight=weight, color=colour)
        words.set_parse_math(False)
    if has_unfinished(report):
        patch = Patch(facecolor="#e9f0f7", edgecolor=HATCH, hatch="////", linewidth=0)
        figure.legend(
            [patch],
            ["not over yet for every customer: may still grow"],
            loc="lower left",
            bbox_to_anchor=(0, 0),
            borderaxespad=0.6,
            frameon=False,
            fontsize=9,
            labelcolor=QUIET,
        )


def _draw_scale(figure: Figure, axes: Axes, scale: _Scale, measure: Measure) -> None:
    colours = ScalarMappable(Normalize(0, scale.most), COLOURS)
    bar = figure.colorbar(
        colours,
        ax=axes,
        extend="max" if scale.overflows else "neither",
        format=lambda value, _: _say(value, measure),
        pad=0.02,
        aspect=24,
        shrink=0.9,
    )
    bar.set_label(_SCALE_LABELS[measure], color=QUIET, fontsize=9)
    bar.outline.set_visible(False)
    bar.ax.tick_params(length=0, labelsize=8.5, labelcolor=QUIET)
    bar.ax.locator_params(nbins=5)


def _short(cell: Cell, measure: Measure) -> str:
    value = _VALUES[measure](cell)
    return "" if value is None else _say(value, measure, digits=1)


def _say(value: float, measure: Measure, digits: int = 0) -> str:
    """Return a number in the few characters that a cell has room for."""
    if measure == "share":
        return f"{value:.{digits}%}"
    for size, sign in ((1e9, "bn"), (1e6, "m"), (1e4, "k")):
        if abs(value) >= size:
            return f"{value / (1e3 if sign == 'k' else size):.1f}{sign}"
    return f"{value:,.2f}" if measure == "average" else f"{value:,.0f}"


def _cut(text: str, room: int) -> str:
    """Return a text cut to fit. Its end is kept, since the names of a family differ there."""
    end = room // 2
    return text if len(text) <= room else f"{text[: room - end - 1]}…{text[-end:]}"


def _luminance(colour: Colour) -> float:
    """Return how light a colour looks, from 0 to 1."""
    red, green, blue = (part**2.2 for part in colour)
    return float(0.2126 * red + 0.7152 * green + 0.0722 * blue)
