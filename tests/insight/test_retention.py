"""Retention, held against plain loops and against tables made by hand."""

import sys
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from types import FrameType
from typing import Any, get_args

import pytest
from attrs import evolve
from hypothesis import given
from hypothesis import strategies as st

from segrules import Cohort, Customer, Event, FactError, RuleError, Schema
from segrules.errors import ArgumentError
from segrules.insight import Activity, InsightError, Retention, Row, retention
from segrules.insight.elapsed import PERIODS, PeriodName, name_period
from segrules.insight.result import Returned, Starts
from segrules.meaning.calendar import PeriodUnit
from tests.insight.obvious import Asked, Kind, cells_of, count_periods, starts_of
from tests.strategies.crowd import CROWDS, REGULARS
from tests.strategies.store import CENTRE, instants
from tests.strategies.store import SCHEMA as SMALL

SHOP = Schema.commerce(timezone="Europe/London")
BUYS = Activity("purchase", SHOP)
NOW = datetime(2026, 4, 15, tzinfo=UTC)


def bought(*when: str, total: Any = 10) -> list[Event]:
    return [
        Event("purchase", datetime.fromisoformat(each).replace(tzinfo=UTC), {"total": total})
        for each in when
    ]


CUSTOMERS = [
    Customer("ann", events=bought("2026-01-05", "2026-01-20", "2026-03-01")),
    Customer("bob", events=bought("2026-01-31T23:59:59", "2026-02-01")),
    Customer("eve", events=bought("2026-02-10", "2026-04-02", total=2.5)),
    Customer("kim", events=[Event("signup", datetime(2026, 1, 1, tzinfo=UTC))]),
    Customer("joe", events=bought("2026-05-01")),
]


def returned(report: Retention) -> dict[str, list[int]]:
    return {row.name: [cell.returned for cell in row.cells] for row in report.rows}


def finished(row: Row) -> list[bool]:
    return [cell.is_finished for cell in row.cells]


# By hand


def test_a_report() -> None:
    """Counts the customers who bought again in each month after that of their first order."""
    report = retention(CUSTOMERS, BUYS, "month", at=NOW)
    assert [(row.name, row.size) for row in report.rows] == [("2026-01", 2), ("2026-02", 1)]
    assert returned(report) == {"2026-01": [1, 1, 1, 0], "2026-02": [0, 0, 1]}
    assert [cell.share for cell in report.rows[0].cells] == [0.5, 0.5, 0.5, 0.0]
    assert report.width == 4


def test_what_is_not_over_is_marked() -> None:
    """April is not over on the fifteenth, and is at the very end of its last day."""
    report = retention(CUSTOMERS, BUYS, "month", at=NOW)
    assert [finished(row) for row in report.rows] == [[True] * 3 + [False], [True] * 2 + [False]]
    ends = datetime(2026, 4, 30, 23, tzinfo=UTC)  # London's midnight
    report = retention(CUSTOMERS[:3], BUYS, "month", at=ends)
    assert [finished(row)[-2:] for row in report.rows] == [[True, False]] * 2
    before = retention(CUSTOMERS[:3], BUYS, "month", at=ends - timedelta(microseconds=1))
    assert [finished(row)[-1] for row in before.rows] == [False] * 2


def test_by_the_end_of_each_period() -> None:
    """Cumulative: a customer who has come back once stays counted, and revenue adds up."""
    report = retention(CUSTOMERS, BUYS, "month", at=NOW, returned="by", revenue="total")
    assert returned(report) == {"2026-01": [1, 2, 2, 2], "2026-02": [0, 0, 1]}
    assert [cell.revenue for cell in report.rows[0].cells] == [30, 40, 50, 50]


def test_recurring_starts() -> None:
    """Recurring: a customer who buys in a month starts there, with the first order in it."""
    report = retention(CUSTOMERS, BUYS, "month", at=NOW, starts="recurring")
    assert [(row.name, row.size) for row in report.rows] == [
        ("2026-01", 2),
        ("2026-02", 2),
        ("2026-03", 1),
        ("2026-04", 1),
    ]
    assert returned(report) == {
        "2026-01": [1, 1, 1, 0],
        "2026-02": [0, 0, 1],
        "2026-03": [0, 0],
        "2026-04": [0],
    }


def test_rolling() -> None:
    """Months counted from each customer's own first order, and over when they are over for all."""
    report = retention(CUSTOMERS, BUYS, "month", at=NOW, is_rolling=True)
    assert returned(report) == {"2026-01": [2, 1, 0, 0], "2026-02": [0, 1, 0]}
    assert [cell.finished for cell in report.rows[0].cells] == [2, 2, 1, 0]
    assert finished(report.rows[0]) == [True, True, False, False]


def test_revenue() -> None:
    """Sums are exact and include the first order; averages are of events with an amount."""
    customers = [
        Customer(
            "ann", events=[*bought("2026-01-05", total=0.1), *bought("2026-01-06", total=0.2)]
        ),
        Customer("bob", events=[*bought("2026-01-07"), *bought("2026-02-07", total=None)]),
    ]
    report = retention(customers, BUYS, "month", at=NOW, revenue="total")
    first, second, *_ = report.rows[0].cells
    assert (first.events, first.revenue) == (3, Decimal("10.3"))
    assert first.average == Decimal("3.433333333333333333333333333")
    assert (second.events, second.revenue, second.average) == (1, Decimal(0), None)
    plain = retention(customers, BUYS, "month", at=NOW).rows[0].cells[0]
    assert (plain.events, plain.revenue, plain.average) == (3, None, None)


def test_money_as_text() -> None:
    """Where no schema declares the amount, text that is a number counts as one."""
    customers = [Customer("ann", events=bought("2026-01-05", total="19.99"))]
    report = retention(
        customers, Activity("purchase", Schema.open()), "month", at=NOW, revenue="total"
    )
    assert report.rows[0].cells[0].revenue == Decimal("19.99")


def test_filters_on_both_events() -> None:
    """Starting events and those that count each have a type and conditions of their own."""
    small = Activity("purchase", SHOP, has="total < 5")
    report = retention(CUSTOMERS, small, "month", at=NOW)
    assert returned(report) == {"2026-02": [0, 0, 1]}
    large = Activity("purchase", SHOP, has="total >= 10")
    report = retention(CUSTOMERS, large, "month", at=NOW, start=Activity("signup", SHOP))
    assert returned(report) == {"2026-01": [0, 0, 0, 0]}


def test_an_event_at_the_very_start_is_no_return() -> None:
    """A return is strictly later than the start, as in `since that`; revenue includes the start."""
    both = [Event("signup", NOW), Event("purchase", NOW, {"total": 5})]
    report = retention(
        [Customer("ann", events=both)],
        BUYS,
        "day",
        at=NOW,
        start=Activity("signup", SHOP),
        revenue="total",
    )
    [cell] = report.rows[0].cells
    assert (cell.returned, cell.events, cell.revenue) == (0, 1, Decimal(5))


def test_given_cohorts() -> None:
    """There is a row for each cohort; a member who never started is absent and not counted."""
    family = Cohort.family("first order", "purchase", CUSTOMERS, SHOP, at=NOW)
    report = retention(CUSTOMERS, BUYS, "month", at=NOW, cohorts=family)
    assert returned(report) == {
        "first order 2026-01": [1, 1, 1, 0],
        "first order 2026-02": [0, 0, 1],
    }
    every = (family[0] | {"kim", "eve", "zoe"}).named("all")
    report = retention(iter(CUSTOMERS), BUYS, "month", at=NOW, cohorts=[every, family[1]])
    assert [(row.name, row.size, row.absent) for row in report.rows] == [
        ("all", 3, 2),
        ("first order 2026-02", 1, 0),
    ]
    assert [cell.finished for cell in report.rows[0].cells] == [3, 3, 2, 0]


def test_no_customers() -> None:
    """Without customers there are no rows; an empty cohort has a row without cells."""
    assert retention([], BUYS, "month", at=NOW).rows == ()
    empty = Cohort.family("f", "purchase", CUSTOMERS, SHOP, at=NOW)[0] & set()
    [row] = retention(CUSTOMERS, BUYS, "month", at=NOW, cohorts=[empty]).rows
    assert (row.size, row.absent, row.cells) == (0, 0, ())


def test_periods_to_follow() -> None:
    """`periods` cuts rows short; the starting period counts as one."""
    report = retention(CUSTOMERS, BUYS, "month", at=NOW, periods=2)
    assert returned(report) == {"2026-01": [1, 1], "2026-02": [0, 0]}
    assert returned(retention(CUSTOMERS, BUYS, "month", at=NOW, periods=99))["2026-02"] == [0, 0, 1]


def test_brackets() -> None:
    """Periods of unlike length: day 0, day 1, days 2 to 7, 8 to 14 and 15 to 30."""
    events = bought("2026-03-01", "2026-03-03", "2026-03-06", "2026-03-15", "2026-03-16", total=2)
    customers = [Customer("ann", events=events)]
    lasts = [0, 1, 7, 14, 30]
    at = datetime(2026, 5, 15, tzinfo=UTC)
    report = retention(customers, BUYS, "day", at=at, periods=lasts, revenue="total")
    assert returned(report) == {"2026-03-01": [0, 0, 1, 1, 1]}
    assert [cell.revenue for cell in report.rows[0].cells] == [2, 0, 4, 2, 2]
    assert report.question.brackets == (0, 1, 7, 14, 30)
    assert report.columns == ("0", "1", "2\u20137", "8\u201314", "15\u201330")
    by = retention(customers, BUYS, "day", at=at, periods=lasts, returned="by", revenue="total")
    assert returned(by) == {"2026-03-01": [0, 0, 1, 1, 1]}
    assert [cell.revenue for cell in by.rows[0].cells] == [2, 2, 6, 8, 10]


def test_a_bracket_is_over_with_its_last_period() -> None:
    """A bracket has a cell from its first period on, and is finished when its last is over."""
    customers = [Customer("ann", events=bought("2026-03-01"))]
    for day, cells in ((2, [True, False]), (3, [True, True, False]), (8, [True] * 2 + [False])):
        at = datetime(2026, 3, day, 12, tzinfo=UTC)
        report = retention(customers, BUYS, "day", at=at, periods=[0, 1, 7, 14, 30])
        assert finished(report.rows[0]) == cells
        assert report.columns == ("0", "1", "2\u20137", "8\u201314")[: len(cells)]


def test_any_event_and_several_types() -> None:
    """Coming back may be any event at all, or one of several types; so may the start."""
    kim = Customer(
        "kim",
        events=[
            Event("signup", datetime(2026, 3, 1, tzinfo=UTC)),
            Event("page_view", datetime(2026, 3, 2, tzinfo=UTC)),
            *bought("2026-03-04"),
        ],
    )
    signs, every = Activity("signup", SHOP), Activity.any(SHOP)
    at = datetime(2026, 3, 5, 12, tzinfo=UTC)
    report = retention([kim], every, "day", at=at, start=signs)
    assert returned(report) == {"2026-03-01": [0, 1, 0, 1, 0]}
    several = Activity(["purchase", "product_view"], SHOP)
    report = retention([kim], several, "day", at=at, start=signs)
    assert returned(report) == {"2026-03-01": [0, 0, 0, 1, 0]}
    from_any = retention([kim], BUYS, "day", at=at, start=every, returned="by", revenue="total")
    assert returned(from_any) == {"2026-03-01": [0, 0, 0, 1, 1]}
    assert [cell.revenue for cell in from_any.rows[0].cells] == [0, 0, 0, 10, 10]
    assert returned(retention([kim], every, "day", at=at)) == {"2026-03-01": [0, 1, 0, 1, 0]}


def test_hours_on_the_day_that_has_23() -> None:
    """An hour is sixty minutes: the hour that the clocks skip does not count."""
    events = bought("2026-03-29T00:30", "2026-03-29T01:10", "2026-03-29T02:50")
    report = retention([Customer("ann", events=events)], BUYS, "hour", at=events[-1].at)
    assert returned(report) == {"2026-03-29T00:00+00:00": [0, 1, 1]}
    autumn = bought("2026-10-25T00:30", "2026-10-25T01:30")
    report = retention([Customer("ann", events=autumn)], BUYS, "hour", at=autumn[-1].at)
    assert returned(report) == {"2026-10-25T01:00+01:00": [0, 1]}


def test_weeks_start_on_the_schemas_day() -> None:
    """Saturday and Sunday may lie in one week or in two."""
    events = bought("2026-03-07T12:00", "2026-03-08T12:00")
    for day, name, counts in (("monday", "03-02", [1]), ("sunday", "03-01", [0, 1])):
        buys = Activity("purchase", Schema.commerce(week_starts=day))
        report = retention([Customer("ann", events=events)], buys, "week", at=events[-1].at)
        assert returned(report) == {f"week of 2026-{name}": counts}


# What cannot be asked


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"period": "months"}, r"unknown period `months`: did you mean `month`\?"),
        ({"starts": "last"}, "unknown starts `last`: one of: `first`, `recurring`"),
        ({"returned": "on"}, r"unknown returned `on`"),
        ({"periods": 0}, "`periods` is 1 or more: the starting one counts"),
        ({"periods": True}, "`periods` is 1 or more: the starting one counts"),
        ({"periods": []}, r"the last period of a bracket, .* such as `\[0, 1, 7, 14, 30\]`"),
        ({"periods": [-1, 2]}, "give whole numbers from 0"),
        ({"periods": [0, 1.5]}, "give whole numbers from 0"),
        ({"periods": [0, True]}, "give whole numbers from 0"),
        ({"periods": ["a"]}, "give whole numbers from 0"),
        ({"periods": [0, 1, 1]}, "each number in `periods` is larger than the one before it"),
        ({"periods": (0, 7, 3)}, "each number in `periods` is larger than the one before it"),
        ({"start": Activity("purchase", SMALL)}, "`start` and `activity` need one schema"),
        ({"cohorts": [], "starts": "recurring"}, "make their own cohorts: leave `cohorts`"),
    ],
)
def test_bad_questions(changed: dict[str, Any], said: str) -> None:
    """The error says what to do."""
    asked: dict[str, Any] = {"period": "month", "at": NOW} | changed
    with pytest.raises(InsightError, match=said):
        retention(CUSTOMERS, BUYS, **asked)


def test_bad_facts_and_words() -> None:
    """Wrong facts and unknown words raise the errors of the rest of the library."""
    with pytest.raises(FactError, match="`at` has no time zone"):
        retention(CUSTOMERS, BUYS, "month", at=datetime(2026, 4, 15))  # noqa: DTZ001
    with pytest.raises(FactError, match="customers 1 and 2 have the same id"):
        retention([CUSTOMERS[0]] * 2, BUYS, "month", at=NOW)
    with pytest.raises(RuleError) as caught:
        retention(CUSTOMERS, BUYS, "month", at=NOW, revenue="totl")
    assert "did you mean `total`?" in str(caught.value)


CENTURIES = [Customer("ann", events=bought("0001-01-02", "0001-01-03", "2026-04-01"))]


def steps(call: Callable[[], object]) -> int:
    """Return how many lines are run: a measure that is the same on any machine."""
    taken = 0

    def count(_: FrameType, event: str, __: object) -> Callable[..., Any]:
        nonlocal taken
        taken += event == "line"
        return count

    before = sys.gettrace()
    sys.settrace(count)
    try:
        call()
    finally:
        sys.settrace(before)
    return taken


@pytest.mark.parametrize("period", ["hour", "day"])
@pytest.mark.parametrize("is_rolling", [False, True])
def test_centuries_are_refused_before_they_are_numbered(
    period: PeriodName, *, is_rolling: bool
) -> None:
    """A customer of the year 1 costs no more steps than one of last year, refused or not."""

    def ask_of(customers: list[Customer], **how: Any) -> Retention:
        return retention(customers, BUYS, period, at=NOW, is_rolling=is_rolling, **how)

    def refuse() -> None:
        with pytest.raises(InsightError, match="and 250,000 are the most"):
            ask_of(CENTURIES)

    assert steps(refuse) < 20_000
    assert steps(lambda: ask_of(CENTURIES, periods=24)) < 20_000
    assert returned(ask_of(CENTURIES, periods=[0, 23, 47])) == {
        name_period(CENTURIES[0].events[0]._micros, period, SHOP._vocabulary.calendar): (
            [0, 1, 0] if period == "day" else [0, 0, 1]
        )
    }


def test_too_many_cells() -> None:
    """A report that is too large to read is refused before it is made."""
    long_ago = [Customer("ann", events=bought("1970-01-01"))]
    with pytest.raises(InsightError, match="comes to 493,393 cells, and 250,000 are the most"):
        retention(long_ago, BUYS, "hour", at=NOW)
    assert retention(long_ago, BUYS, "hour", at=NOW, periods=24).width == 24


# Against plain loops

GROUPS = st.one_of(REGULARS, REGULARS, CROWDS)
LATE = st.integers(80, 240).map(lambda quarters: CENTRE + quarters * timedelta(hours=6))
TYPES = ["purchase", "purchase", "view", ("purchase", "view"), ("cart", "view"), None]
KINDS = st.tuples(st.sampled_from(TYPES), st.sampled_from([False, False, True]))
BRACKETS = st.lists(st.integers(0, 40), min_size=1, max_size=5, unique=True).map(
    lambda lasts: tuple(sorted(lasts))
)


@st.composite
def questions(draw: st.DrawFn) -> Asked:
    start = draw(KINDS)
    return Asked(
        period=draw(st.sampled_from(PERIODS)),
        at=draw(st.one_of(LATE, LATE, LATE, instants())),
        start=start,
        activity=draw(st.one_of(st.just(start), st.just(start), KINDS)),
        starts=draw(st.sampled_from(get_args(Starts))),
        returned=draw(st.sampled_from(get_args(Returned))),
        is_rolling=draw(st.booleans()),
        brackets=draw(st.one_of(st.none(), BRACKETS)),
    )


def understand(kind: Kind) -> Activity:
    event_type, only_large = kind
    return Activity(event_type, SMALL, has="total > 1" if only_large else None)


def ask(crowd: list[Customer], asked: Asked, **others: Any) -> Retention:
    return retention(
        crowd,
        understand(asked.activity),
        asked.period,
        at=asked.at,
        start=understand(asked.start),
        starts=asked.starts,
        returned=asked.returned,
        is_rolling=asked.is_rolling,
        revenue="total",
        **{"periods": asked.brackets} | others,
    )


def shown(row: Row) -> list[tuple[object, ...]]:
    for cell in row.cells:
        assert cell.is_finished is (cell.finished == row.size)
    return [(c.returned, c.share, c.events, c.revenue, c.average, c.finished) for c in row.cells]


@given(GROUPS, questions())
def test_as_plain_loops_find(crowd: list[Customer], asked: Asked) -> None:
    """For every calendar, start and way to count, each cell equals that of the plain loops."""
    report = ask(crowd, asked)
    starts = [
        (customer, begins) for customer in crowd for begins in starts_of(customer, asked, SMALL)
    ]
    assert sum(row.size for row in report.rows) == len(starts)
    rows = iter(report.rows)
    while starts:
        earliest = min(begins for _, begins in starts)
        calendar = evolve(asked, is_rolling=False)
        same = [
            (customer, begins)
            for customer, begins in starts
            if count_periods(calendar, earliest, begins, SMALL) == 0
        ]
        row = next(rows)
        assert row.size == len(same)
        assert shown(row) == cells_of(same, asked, SMALL)
        starts = [each for each in starts if each not in same]
    assert next(rows, None) is None


@given(GROUPS, questions(), st.sampled_from(get_args(PeriodUnit)))
def test_given_cohorts_as_plain_loops_find(
    crowd: list[Customer], asked: Asked, by: PeriodUnit
) -> None:
    """The same is true of given cohorts, for every period of the family."""
    asked = evolve(asked, starts="first")
    family = Cohort.family("first", "purchase", crowd, SMALL, by=by, at=asked.at)
    report = ask(crowd, asked, cohorts=family)
    for row, cohort in zip(report.rows, family, strict=True):
        group = [
            (customer, begins)
            for customer in crowd
            if customer.id in cohort
            for begins in starts_of(customer, asked, SMALL)
        ]
        assert (row.size, row.absent) == (len(group), len(cohort) - len(group))
        assert shown(row) == cells_of(group, asked, SMALL)


@given(GROUPS, questions(), st.integers(1, 50))
def test_brackets_of_one_period_each(crowd: list[Customer], asked: Asked, most: int) -> None:
    """Brackets that end with 0, 1, 2 and so on are the periods themselves."""
    every = ask(crowd, evolve(asked, brackets=tuple(range(most))))
    periods = ask(crowd, evolve(asked, brackets=None), periods=most)
    assert every.rows == periods.rows
    assert every.columns == periods.columns


@given(GROUPS, questions())
def test_order_means_nothing(crowd: list[Customer], asked: Asked) -> None:
    """The order of customers does not change a report."""
    assert ask(crowd, asked) == ask(crowd[::-1], asked)


def test_periods_have_names() -> None:
    """Every period can be asked for."""
    names: tuple[PeriodName, ...] = PERIODS
    for period in names:
        assert retention(CUSTOMERS[:1], BUYS, period, at=NOW).question.period == period


@pytest.mark.parametrize("option", ["activity", "start", "cohorts", "periods"])
@pytest.mark.parametrize("wrong", [1.5, "purchase", object(), {1}])
def test_wrong_types(option: str, wrong: Any) -> None:
    """An argument of the wrong type is a TypeError that names the argument."""
    given: dict[str, Any] = {"activity": BUYS, option: wrong}
    with pytest.raises(ArgumentError, match=f"^`{option}` must be"):
        retention(CUSTOMERS, period="month", at=NOW, **given)
    with pytest.raises(ArgumentError, match="`revenue` must be"):
        retention(CUSTOMERS, BUYS, "month", at=NOW, revenue=5)  # type: ignore[arg-type]  # too


def test_wrong_filter() -> None:
    """A filter is text."""
    with pytest.raises(ArgumentError, match=r"^`has` must be a `str`, not `int`$"):
        Activity("purchase", SHOP, has=5)  # type: ignore[arg-type]  # what must fail
