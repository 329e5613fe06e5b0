"""Cohorts and retention of the CDNOW sample, against figures that others have published.

The sample: 2,357 customers who first bought in the first quarter of 1997, and what they bought
until the end of June 1998 (Fader and Hardie, "Notes on the CDNOW Master Data Set"). Its use is for
research, so it does not come with this project: the tests run if it is found.
"""

import gzip
import json
import os
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path

import pytest

from segrules import Cohort, Customer, Event, Rule, Schema
from segrules.insight import Activity, Retention, retention

FOLDER = Path(os.environ.get("SEGRULES_DATA") or Path(__file__).parents[3] / "shared" / "data")
FILE = FOLDER / "cdnow.events.jsonl.gz"
pytestmark = pytest.mark.skipif(
    not FILE.exists(),
    reason=f"no {FILE.name}: name its folder with the environment variable SEGRULES_DATA",
)

SHOP = Schema.commerce()
BUYS = Activity("purchase", SHOP)
WEEK_39 = datetime(1997, 9, 30, tzinfo=UTC)
"""The last day of the calibration period that the literature uses."""
LAST_DAY = datetime(1998, 6, 30, tzinfo=UTC)


@pytest.fixture(scope="module")
def customers() -> list[Customer]:
    events: dict[str, list[Event]] = {}
    for line in gzip.decompress(FILE.read_bytes()).splitlines():
        said = json.loads(line, parse_float=Decimal)
        event = Event("purchase", datetime.fromisoformat(said["at"]), said["properties"])
        events.setdefault(said["customer_id"], []).append(event)
    return [Customer(key, events=each) for key, each in events.items()]


def test_repeat_purchases_in_39_weeks(customers: list[Customer]) -> None:
    """Customers by repeat purchases: Fader, Hardie, Lee, "Counting Your Customers" (2005)."""
    published = {0: 1411, 1: 439, 2: 214, 3: 100, 4: 62, 5: 38, 6: 29}
    more = 64

    def size(text: str) -> int:
        return len(Cohort.capture("x", Rule(text, SHOP), customers, at=WEEK_39))

    assert {n: size(f"count of orders = {n + 1}") for n in published} == published
    assert size("count of orders > 7") == more
    assert size("count of orders >= 1") == 2357


def test_returned_in_39_weeks(customers: list[Customer]) -> None:
    """By the end of the third quarter, all but the 1,411 who never bought again had come back."""
    report = retention(customers, BUYS, "quarter", at=WEEK_39, returned="by")
    [row] = report.rows
    assert (row.name, row.size) == ("1997-Q1", 2357)
    assert row.cells[2].returned == 2357 - 1411


def returned(report: Retention) -> dict[str, list[int]]:
    return {row.name: [cell.returned for cell in row.cells] for row in report.rows}


def test_months(customers: list[Customer]) -> None:
    """The first months of each month's cohort equal a count by hand."""
    report = retention(customers, BUYS, "month", at=LAST_DAY, revenue="total")
    assert [(row.name, row.size, len(row.cells)) for row in report.rows] == [
        ("1997-01", 781, 18),
        ("1997-02", 857, 17),
        ("1997-03", 719, 16),
    ]
    assert {name: counts[:6] for name, counts in returned(report).items()} == {
        "1997-01": [74, 124, 95, 70, 65, 77],
        "1997-02": [94, 134, 110, 75, 77, 75],
        "1997-03": [83, 87, 84, 78, 63, 64],
    }
    spent = sum(cell.revenue or 0 for row in report.rows for cell in row.cells)
    assert (spent, sum(cell.events for row in report.rows for cell in row.cells)) == (
        Decimal("244091.94"),
        6696,
    )
    assert [cell.is_finished for cell in report.rows[2].cells] == [True] * 15 + [False]


def test_families(customers: list[Customer]) -> None:
    """The months of the first order part the sample, and give the same rows."""
    family = Cohort.family("first order", "purchase", customers, SHOP, at=LAST_DAY)
    assert [(cohort.name, len(cohort)) for cohort in family] == [
        ("first order 1997-01", 781),
        ("first order 1997-02", 857),
        ("first order 1997-03", 719),
    ]
    given = retention(customers, BUYS, "month", at=LAST_DAY, cohorts=family)
    derived = retention(customers, BUYS, "month", at=LAST_DAY)
    assert [row.cells for row in given.rows] == [row.cells for row in derived.rows]
