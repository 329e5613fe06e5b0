"""Reports as text."""

import csv
from datetime import UTC, datetime
from io import StringIO
from typing import Any

import pytest

from segrules import Cohort, Customer, Event, Schema
from segrules.insight import Activity, InsightError, Retention, as_csv, as_table, retention

SHOP = Schema.commerce(timezone="Europe/London")
BUYS = Activity("purchase", SHOP)
NOW = datetime(2026, 4, 15, tzinfo=UTC)


def bought(*days: str) -> list[Event]:
    return [
        Event("purchase", datetime.fromisoformat(f"{d}T12:00Z"), {"total": 999.5}) for d in days
    ]


CUSTOMERS = [
    Customer("ann", events=bought("2026-01-05", "2026-01-20", "2026-03-01")),
    Customer("bob", events=bought("2026-01-31", "2026-02-01")),
    Customer("eve", events=bought("2026-02-10", "2026-04-02")),
]


def ask(**how: Any) -> Retention:
    return retention(CUSTOMERS, BUYS, "month", at=NOW, **how)


def test_table() -> None:
    """Columns are aligned, and periods that are not over are marked and explained."""
    assert as_table(ask()) == (
        "Share of customers who came back in each month\n"
        "From the first event of type 'purchase'; coming back is a later event of type 'purchase'\n"
        "Months of the calendar, as of 2026-04-15 01:00:00 BST\n"
        "\n"
        "Cohort   Customers      0       1        2      3\n"
        "2026-01          2  50.0%   50.0%    50.0%   0.0%*\n"
        "2026-02          1   0.0%    0.0%   100.0%*\n"
        "\n"
        "* not over yet for every customer: the number may still grow"
    )


def test_other_questions() -> None:
    """The lines above the table say what was asked: cumulative, recurring, rolling, filtered."""
    large = Activity("purchase", SHOP, has="total > 50")
    report = retention(
        CUSTOMERS, large, "week", at=NOW, starts="recurring", returned="by", is_rolling=True
    )
    large_event = "event of type 'purchase' has total > 50"
    assert as_table(report, measure="returned").splitlines()[:3] == [
        "Customers who came back by the end of each week",
        f"Again in each week, from the first {large_event}; coming back is a later {large_event}",
        "Weeks counted from each customer's start, as of 2026-04-15 01:00:00 BST",
    ]


@pytest.mark.parametrize(
    ("measure", "row"),
    [
        ("returned", "2026-01          2         1         1         1  0*"),
        ("events", "2026-01          2         3         1         1  0*"),
        ("revenue", "2026-01          2  2,998.50    999.50    999.50  0.00*"),
        ("average", "2026-01          2    999.50    999.50    999.50  -*"),
    ],
)
def test_measures(measure: Any, row: str) -> None:
    """Counts, money with two digits, a dash where there is no average."""
    lines = as_table(ask(revenue="total"), measure=measure).splitlines()
    assert lines[5].split() == row.split()


def test_what_has_no_mark() -> None:
    """If every period is over, there are no marks, no room for them, and no note."""
    assert as_table(ask(periods=1)).splitlines()[4:] == [
        "Cohort   Customers      0",
        "2026-01          2  50.0%",
        "2026-02          1   0.0%",
    ]


def test_brackets() -> None:
    """Brackets of periods have a column each, called by their first and last period."""
    report = retention(CUSTOMERS, BUYS, "week", at=NOW, periods=[0, 2, 5, 15], returned="by")
    assert as_table(report, measure="returned").splitlines() == [
        "Customers who came back by the end of each bracket of weeks",
        "From the first event of type 'purchase'; coming back is a later event of type 'purchase'",
        "Weeks of the calendar, as of 2026-04-15 01:00:00 BST",
        "",
        "Cohort              Customers  0   1\u20132   3\u20135   6\u201315",
        "week of 2026-01-05          1  0     1     1      1*",
        "week of 2026-01-26          1  1     1     1      1*",
        "week of 2026-02-09          1  0     0     0      1*",
        "",
        "* not over yet for every customer: the number may still grow",
    ]
    rows = list(csv.DictReader(StringIO(as_csv(report), newline="")))
    assert [row["period"] for row in rows[:4]] == ["0", "1\u20132", "3\u20135", "6\u201315"]


def test_any_event_in_words() -> None:
    """The lines above a table name any event and several types."""
    several = Activity(("purchase", "signup"), SHOP)
    report = retention(CUSTOMERS, several, "month", at=NOW, start=Activity.any(SHOP))
    assert as_table(report).splitlines()[1] == (
        "From the first event; coming back is a later event of type 'purchase' or 'signup'"
    )


def test_absent_members() -> None:
    """A note below the table counts members without a start."""
    [family, _] = Cohort.family("first", "purchase", CUSTOMERS, SHOP, at=NOW)
    absent = as_table(ask(cohorts=[family | {"x", "y"}])).splitlines()
    assert absent[-1] == "2 members of these cohorts never started and are left out"
    one = as_table(ask(cohorts=[family | {"x"}])).splitlines()
    assert one[-1] == "1 member of these cohorts never started and is left out"


def test_no_customers() -> None:
    """A report without customers says so."""
    report = retention([], BUYS, "month", at=NOW)
    assert as_table(report).splitlines()[-1] == "no customer has started"


def test_csv() -> None:
    """CSV has a line for each cell, with everything in it."""
    report = ask(revenue="total")
    rows = list(csv.DictReader(StringIO(as_csv(report), newline="")))
    assert len(rows) == 7
    assert rows[3] == {
        "cohort": "2026-01",
        "customers": "2",
        "absent": "0",
        "period": "3",
        "returned": "0",
        "share": "0.0",
        "events": "0",
        "revenue": "0",
        "average": "",
        "finished": "0",
        "is_finished": "false",
    }
    assert [row["revenue"] for row in rows[:3]] == ["2998.5", "999.5", "999.5"]
    assert as_csv(report).startswith("cohort,customers,absent,period,returned,share,events,")


@pytest.mark.parametrize(
    ("measure", "said"),
    [
        ("shares", r"unknown measure `shares`: did you mean `share`\?"),
        ("revenue", "there is no revenue: ask `retention` for `revenue=` with a property"),
        ("average", "there is no average: ask"),
    ],
)
def test_what_a_report_does_not_hold(measure: Any, said: str) -> None:
    """The error says how to get it."""
    with pytest.raises(InsightError, match=said):
        as_table(ask(), measure=measure)
