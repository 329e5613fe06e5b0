"""The report: a table for people, in plain text or Markdown, and everything measured as JSON."""

import os
import platform
from collections.abc import Iterable
from importlib.metadata import PackageNotFoundError, version
from typing import Any, Final

from attrs import asdict, frozen

from benchmarks.results import Row, say
from benchmarks.scale import Scale
from benchmarks.workload import SEED

HEADINGS: Final = ("gate", "measured", "must reach", "reached", "met")
WIDEST: Final = 78
PEERS: Final = (
    "cel-python",
    "duckdb",
    "json-logic-qubit",
    "numpy",
    "polars",
    "rule-engine",
    "zen-engine",
)


@frozen
class Report:
    """What was measured, where and how large. date: as the caller says it."""

    scale: Scale
    date: str
    rows: tuple[Row, ...]

    @property
    def is_met(self) -> bool:
        """Whether no gate that was measured is missed."""
        return all(row.is_met is not False for row in self.rows)


def to_text(report: Report) -> str:
    """Return the table as plain text, with what stands behind each figure below it."""
    lines = [HEADINGS, *(_cells(row) for row in report.rows)]
    widths = [min(WIDEST, max(map(len, column))) for column in zip(*lines, strict=True)]
    table = [
        "  ".join(cell.ljust(width) for cell, width in zip(line, widths, strict=True)).rstrip()
        for line in lines
    ]
    notes = [f"{row.what}: {row.note}" for row in report.rows if row.note]
    return "\n".join([heading(report), "", *table, "", *notes, "", summary(report.rows)])


def to_markdown(report: Report) -> str:
    """Return the table as Markdown."""
    lines = [HEADINGS, ("---",) * len(HEADINGS), *(_cells(row) for row in report.rows)]
    table = ["| " + " | ".join(line) + " |" for line in lines]
    return "\n".join([heading(report), "", *table, "", summary(report.rows)])


def to_data(report: Report) -> dict[str, Any]:
    """Return everything as JSON's types."""
    return {
        "date": report.date,
        "machine": {
            "python": platform.python_version(),
            "implementation": platform.python_implementation(),
            "cpus": os.cpu_count(),
            "machine": platform.machine(),
            "system": platform.system(),
        },
        "peers": {name: _version(name) for name in PEERS},
        "seed": SEED,
        "scale": asdict(report.scale, value_serializer=_plain),
        "rows": [_row(row) for row in report.rows],
    }


def heading(report: Report) -> str:
    """Return what was measured, where and when."""
    where = f"{platform.python_implementation()} {platform.python_version()}"
    return f"{report.scale.name} sizes, {where}, {os.cpu_count()} CPUs, {report.date}"


def summary(rows: Iterable[Row]) -> str:
    """Return how many gates are met."""
    asked = [row for row in rows if row.limit is not None or row.reached is None]
    met = sum(row.is_met is True for row in asked)
    missed = sum(row.is_met is False for row in asked)
    return f"{met} met, {missed} missed, {len(asked) - met - missed} not measured"


def brief(row: Row) -> str:
    """Return a row in one line, for those who wait."""
    _, what, limit, reached, met = _cells(row)
    return f"  {what}: {reached}" + (f" ({limit}: {met})" if limit else "")


def _cells(row: Row) -> tuple[str, ...]:
    reached = "not available" if row.reached is None else say(row.reached, row.unit)
    met = {True: "yes", False: "NO", None: ""}[row.is_met]
    return row.gate, row.what, "" if row.limit is None else str(row.limit), reached, met


def _row(row: Row) -> dict[str, Any]:
    limit = None if row.limit is None else asdict(row.limit)
    return asdict(row) | {"limit": limit, "figures": dict(row.figures), "met": row.is_met}


def _version(name: str) -> str | None:
    try:
        return version(name)
    except PackageNotFoundError:
        return None


def _plain(_owner: object, _field: object, value: Any) -> Any:
    return str(value) if type(value).__module__ == "datetime" else value
