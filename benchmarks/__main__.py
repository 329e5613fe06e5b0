"""Measure: `python -m benchmarks [--quick] [--only NAME ...] [--json FILE]`."""

import argparse
import json
import sys
from collections.abc import Sequence
from datetime import UTC, datetime
from importlib import import_module
from pathlib import Path
from time import perf_counter
from typing import Final, TextIO

from benchmarks.measuring import collector_off
from benchmarks.report import Report, brief, to_data, to_markdown, to_text
from benchmarks.results import NotAvailableError, Row
from benchmarks.scale import FULL, QUICK, Scale

GATES: Final = (
    "untriggered",
    "live",
    "operations",
    "storm",
    "backfill",
    "recompute",
    "one_rule",
    "door",
    "memory",
    "startup",
)


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure what is asked for, and report; 1 where a gate is missed."""
    asked = _parser().parse_args(arguments)
    scale = QUICK if asked.quick else FULL
    rows = tuple(row for gate in asked.only or GATES for row in _measure(gate, scale))
    report = Report(scale, asked.date or f"{datetime.now(UTC):%F}", rows)
    _tell(sys.stdout, to_markdown(report) if asked.markdown else to_text(report))
    if asked.json:
        text = json.dumps(to_data(report), indent=2, ensure_ascii=False)
        asked.json.write_text(text + "\n", encoding="utf-8")
    if asked.chart:
        import_module("benchmarks.chart").draw(to_data(report)["rows"], asked.chart)
    return 0 if report.is_met else 1


def _measure(gate: str, scale: Scale) -> tuple[Row, ...]:
    began = perf_counter()
    try:
        module = import_module(f"benchmarks.gates.{gate}")
        with collector_off():
            rows: tuple[Row, ...] = module.measure(scale)
    except NotAvailableError as error:
        rows = (Row(gate, gate, None, None, "", f"not available: {error}"),)
    _tell(sys.stderr, f"{gate}, after {perf_counter() - began:.0f} s:", *map(brief, rows))
    return rows


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("--quick", action="store_true", help="small sizes, some minutes in all")
    parser.add_argument("--only", nargs="+", choices=GATES, metavar="NAME", help=", ".join(GATES))
    parser.add_argument("--json", type=Path, metavar="FILE", help="write every figure there")
    parser.add_argument("--markdown", action="store_true", help="print the table as Markdown")
    parser.add_argument("--chart", type=Path, metavar="FILE", help="draw cost by segments as SVG")
    parser.add_argument("--date", help="the day that the report names; today where left out")
    return parser


def _tell(stream: TextIO, *lines: str) -> None:
    stream.write("\n".join(lines) + "\n")
    stream.flush()


if __name__ == "__main__":
    sys.exit(main())
