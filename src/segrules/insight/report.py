"""A retention report as text: a table for a terminal, CSV for spreadsheets."""

import csv
from collections.abc import Callable, Mapping
from io import StringIO
from typing import Any, Final, Literal, TypeAlias, get_args

from segrules.insight.result import Cell, InsightError, Question, Retention
from segrules.language.quantities import count
from segrules.language.suggestions import suggest
from segrules.meaning.calendar import to_local

Measure: TypeAlias = Literal["share", "returned", "events", "revenue", "average"]

UNFINISHED: Final = "*"
GAP: Final = "  "

_SHOWN: Final[Mapping[Measure, Callable[[Cell], str]]] = {
    "share": lambda cell: f"{cell.share:.1%}",
    "returned": lambda cell: f"{cell.returned:,}",
    "events": lambda cell: f"{cell.events:,}",
    "revenue": lambda cell: f"{cell.revenue:,.2f}",
    "average": lambda cell: "-" if cell.average is None else f"{cell.average:,.2f}",
}
_TITLES: Final[Mapping[Measure, str]] = {
    "share": "Share of customers who came back",
    "returned": "Customers who came back",
    "events": "Events",
    "revenue": "Revenue",
    "average": "Average revenue of an event",
}
_NOTE: Final = f"{UNFINISHED} not over yet for every customer: the number may still grow"


def as_table(report: Retention, *, measure: Measure = "share") -> str:
    """Return a report as a table for a terminal: a row for each cohort, a column for each period.

    Brackets of periods have a column each. What is not over for every customer is marked. measure:
    what the cells show: 'share', 'returned', 'events', 'revenue' or 'average'. Raises InsightError
    for 'revenue' and 'average' if the report was made without revenue.
    """
    check_measure(report, measure)
    marked = has_unfinished(report)
    lines = [["Cohort", "Customers", *(f"{k}{' ' * marked}" for k in report.columns)]]
    for row in report.rows:
        cells = [f"{show_cell(c, measure)}{_mark(c, marked=marked)}" for c in row.cells]
        empty = [""] * (report.width - len(cells))
        lines.append([row.name, f"{row.size:,}", *cells, *empty])
    widths = [max(map(len, column)) for column in zip(*lines, strict=True)]
    notes = [_NOTE] if marked else []
    absent = sum(row.absent for row in report.rows)
    if absent:
        members, verb = count(absent, "member"), "is" if absent == 1 else "are"
        notes.append(f"{members} of these cohorts never started and {verb} left out")
    table = [_align(line, widths) for line in lines] if report.rows else ["no customer has started"]
    above = [title_of(report.question, measure), *subtitle_of(report.question), ""]
    return "\n".join([*above, *table, *([""] if notes else []), *notes])


def as_csv(report: Retention) -> str:
    """Return a report as CSV with a header: a line for each cell, with everything in it.

    Lines end as in RFC 4180; shares are parts of 1, and money has all its digits.
    """
    keys = ("returned", "share", "events", "revenue", "average", "finished", "is_finished")
    out = StringIO(newline="")
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow(("cohort", "customers", "absent", "period", *keys))
    for row in report.rows:
        for period, cell in zip(report.columns, row.cells, strict=False):
            data = cell.to_data()
            values = (_plain(data[key]) for key in keys)
            writer.writerow((row.name, row.size, row.absent, period, *values))
    return out.getvalue()


def check_measure(report: Retention, measure: Measure) -> None:
    """Raise InsightError if a report's cells do not hold a measure."""
    known = get_args(Measure)
    if measure not in known:
        advice = suggest(str(measure), known, "measures")
        raise InsightError(
            f"unknown measure `{measure}`: {advice}", code="bad-argument", subject="measure"
        )
    if measure in ("revenue", "average") and report.question.revenue is None:
        raise InsightError(
            f"there is no {measure}: ask `retention` for `revenue=` with a property",
            code="no-revenue",
            subject="measure",
        )


def show_cell(cell: Cell, measure: Measure) -> str:
    """Return what a cell shows."""
    return _SHOWN[measure](cell)


def has_unfinished(report: Retention) -> bool:
    """Tell whether any period is not over for every customer."""
    return any(not cell.is_finished for row in report.rows for cell in row.cells)


def title_of(question: Question, measure: Measure) -> str:
    """Return the title of a table or a picture."""
    when = "in" if question.returned == "in" else "by the end of"
    period = question.period if question.brackets is None else f"bracket of {question.period}s"
    return f"{_TITLES[measure]} {when} each {period}"


def subtitle_of(question: Question) -> tuple[str, str]:
    """Return the question in two lines: who and what, how and when."""
    who = "From" if question.starts == "first" else f"Again in each {question.period}, from"
    how = "counted from each customer's start" if question.is_rolling else "of the calendar"
    local = to_local(question.at, question.activity.schema._vocabulary.calendar.zone)
    return (
        f"{who} the first {question.start}; coming back is a later {question.activity}",
        f"{question.period.capitalize()}s {how}, as of {local:%Y-%m-%d %H:%M:%S %Z}",
    )


def _mark(cell: Cell, *, marked: bool) -> str:
    """Return the mark of a cell, or a space as wide in a report that has marks."""
    return (" " if cell.is_finished else UNFINISHED) if marked else ""


def _align(line: list[str], widths: list[int]) -> str:
    others = (cell.rjust(width) for cell, width in zip(line[1:], widths[1:], strict=True))
    return GAP.join([line[0].ljust(widths[0]), *others]).rstrip()


def _plain(value: Any) -> Any:
    return str(value).lower() if isinstance(value, bool) else value
