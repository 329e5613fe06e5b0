"""Retention: how many customers of each cohort came back, period by period."""

from bisect import bisect_left, bisect_right
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime
from decimal import Context, Decimal
from itertools import accumulate, pairwise
from typing import Any, Final, get_args

from attrs import define, field, frozen

from segrules import Cohort, Customer, Event
from segrules.cohorts.cohort import each_customer
from segrules.errors import ArgumentError
from segrules.facts.arguments import expect, is_count, kind_of, to_instant, to_utc
from segrules.facts.exact import EXACT
from segrules.facts.forms import as_number
from segrules.facts.values import look_up
from segrules.insight.activity import Activity
from segrules.insight.elapsed import (
    PERIODS,
    Elapsed,
    PeriodName,
    by_calendar,
    in_brackets,
    name_period,
    number_periods,
    rolling,
)
from segrules.insight.result import (
    Cell,
    InsightError,
    Question,
    Retention,
    Returned,
    Row,
    Starts,
)
from segrules.language.suggestions import suggest

MOST_CELLS: Final = 250_000
"""More than a reader can use; hours over years would come to millions."""

NUMBERS: Final = (int, Decimal)
QUOTIENT: Final = Context(prec=28)


def retention(  # noqa: PLR0913  # each answers a question of its own, and most have a default
    customers: Iterable[Customer],
    activity: Activity,
    period: PeriodName,
    *,
    at: datetime,
    start: Activity | None = None,
    cohorts: Iterable[Cohort] | None = None,
    starts: Starts = "first",
    returned: Returned = "in",
    is_rolling: bool = False,
    revenue: str | None = None,
    periods: int | Sequence[int] | None = None,
) -> Retention:
    """Return how many customers came back in each period after they started.

    customers: all customers, with their facts. activity: the events that count as coming back, if
    they are later than the start. period: 'hour', 'day', 'week', 'month', 'quarter' or 'year'. at:
    an aware datetime; later events have not happened yet. start: the events that start a customer.
    Default: the activity. cohorts: the cohorts to follow, a row each. Default: a row for each
    period of the calendar in which customers started. starts: 'first' starts each customer once;
    'recurring' starts a customer again in every period with a starting event. returned: 'in' each
    period, or 'by' its end. is_rolling: periods begin with each customer's start, not with the
    calendar's. revenue: a property of the activity's events, summed from the start on, the start
    included. periods: how many to follow at most, the starting one included; or the last period of
    each bracket, such as `[0, 1, 7, 14, 30]` for 0, 1, 2 to 7, 8 to 14 and 15 to 30.

    A period is finished if its end is no later than `at`, a bracket if its last period is. Raises
    RuleError for unknown words, FactError for a naive datetime and for a customer given twice,
    ArgumentError for an argument of the wrong type, and InsightError.
    """
    activity = expect(activity, Activity, "`activity`")
    start = activity if start is None else expect(start, Activity, "`start`")
    revenue = revenue if revenue is None else expect(revenue, str, "`revenue`")
    most, brackets = _read_periods(periods)
    question = Question(
        start,
        activity,
        _one_of(period, PERIODS, "period"),
        to_utc(at, "`at`"),
        _one_of(starts, get_args(Starts), "starts"),
        _one_of(returned, get_args(Returned), "returned"),
        is_rolling,
        revenue,
        brackets,
    )
    if start.schema != activity.schema:
        raise InsightError(
            "`start` and `activity` need one schema", code="another-schema", subject="start"
        )
    if cohorts is not None and starts == "recurring":
        raise InsightError(
            "customers who start again in every period make their own cohorts: leave `cohorts` "
            "out, or follow these from their first start",
            code="cohorts-and-recurring",
            subject="cohorts",
        )
    tallies = _follow(customers, question, None if cohorts is None else _to_cohorts(cohorts), most)
    widths = [tally.width if most is None else min(tally.width, most) for tally in tallies]
    if sum(widths) > MOST_CELLS:
        raise InsightError(
            f"this comes to {sum(widths):,} cells, and {MOST_CELLS:,} are the most: follow fewer "
            "`periods`, or longer ones",
            code="too-many-cells",
            subject="periods",
        )
    rows = (_row(tally, width, question) for tally, width in zip(tallies, widths, strict=True))
    return Retention(question, tuple(rows))


def _read_periods(periods: object) -> tuple[int | None, tuple[int, ...] | None]:
    """Return how many columns there are at most, and the last period of each bracket."""
    if periods is None:
        return None, None
    if isinstance(periods, Sequence) and not isinstance(periods, str | bytes):
        lasts = tuple(periods)
        if not lasts or not all(is_count(last, least=0) for last in lasts):
            raise InsightError(
                "each number in `periods` is the last period of a bracket, and 0 is the starting "
                "one: give whole numbers from 0, such as `[0, 1, 7, 14, 30]`",
                code="bad-periods",
                subject="periods",
            )
        if any(one >= other for one, other in pairwise(lasts)):
            raise InsightError(
                "brackets follow each other: each number in `periods` is larger than the one "
                "before it",
                code="bad-periods",
                subject="periods",
            )
        return len(lasts), lasts
    if not isinstance(periods, int):
        raise ArgumentError(
            f"`periods` must be a whole number, or a list of them, not {kind_of(periods)}",
            subject="periods",
        )
    if not is_count(periods):
        raise InsightError(
            "`periods` is 1 or more: the starting one counts",
            code="bad-periods",
            subject="periods",
        )
    return periods, None


def _to_cohorts(cohorts: Iterable[Cohort]) -> tuple[Cohort, ...]:
    given = tuple(cohorts) if isinstance(cohorts, Iterable) else (None,)
    if not all(isinstance(each, Cohort) for each in given):
        raise ArgumentError("`cohorts` must be a collection of `Cohort`s", subject="cohorts")
    return given


@frozen
class _Sequel:
    """What followed one start. Periods, or brackets of them, are counted from it.

    last: the period that holds the question's instant. returns: the periods in which the customer
    came back. events: the period of each event from the start on. spent: amounts with their
    periods.
    """

    last: int
    returns: frozenset[int]
    events: list[int]
    spent: list[tuple[int, int | Decimal]]


@define
class _Tally:
    """A row while customers are counted, its counters by period.

    last: for how many customers each period is the last that has begun. priced: how many events had
    an amount.
    """

    name: str
    members: int | None = None
    size: int = 0
    last: Counter[int] = field(factory=Counter)
    returned: Counter[int] = field(factory=Counter)
    events: Counter[int] = field(factory=Counter)
    priced: Counter[int] = field(factory=Counter)
    spent: dict[int, Decimal] = field(factory=dict)

    @property
    def width(self) -> int:
        """How many periods have begun for any customer."""
        return max(self.last, default=-1) + 1

    def add(self, sequel: _Sequel) -> None:
        self.size += 1
        self.last[sequel.last] += 1
        self.returned.update(sequel.returns)
        self.events.update(sequel.events)
        for period, amount in sequel.spent:
            self.priced[period] += 1
            self.spent[period] = EXACT.add(self.spent.get(period, Decimal(0)), amount)


def _follow(
    customers: Iterable[Customer],
    question: Question,
    cohorts: tuple[Cohort, ...] | None,
    most: int | None,
) -> list[_Tally]:
    """Return the rows, with every start followed. most: how many columns there are at most."""
    calendar = question.activity.schema._vocabulary.calendar
    instant = to_instant(question.at)
    reach = question.brackets[-1] if question.brackets else min(most or MOST_CELLS, MOST_CELLS)
    numbers = number_periods(question.period, calendar, reach)
    elapsed = rolling(question.period, calendar) if question.is_rolling else by_calendar(numbers)
    if question.brackets is not None:
        elapsed = in_brackets(elapsed, question.brackets)
    path = None if question.revenue is None else question.activity.find_amount(question.revenue)
    started: dict[int, _Tally] = {}
    given = [_Tally(cohort.name, len(cohort)) for cohort in cohorts or ()]
    rows_of = _rows_of(given, cohorts or ())
    for customer in each_customer(customers):
        if cohorts is not None and customer.id not in rows_of:
            continue
        starts = [event._micros for event in question.start.events(customer, instant)]
        follow = _prepare(question, elapsed, question.activity.events(customer, instant), path)
        for begins in _choose(starts, question.starts, numbers.find):
            sequel = follow(begins)
            if cohorts is None:
                named = name_period(begins, question.period, calendar)
                started.setdefault(numbers.find(begins), _Tally(named)).add(sequel)
            for tally in rows_of.get(customer.id, ()):
                tally.add(sequel)
    return [*given, *(started[key] for key in sorted(started))]


def _rows_of(rows: list[_Tally], cohorts: tuple[Cohort, ...]) -> Mapping[str, list[_Tally]]:
    """Return the rows in which each member counts."""
    found: dict[str, list[_Tally]] = {}
    for row, cohort in zip(rows, cohorts, strict=True):
        for customer in cohort.members:
            found.setdefault(customer, []).append(row)
    return found


def _choose(instants: list[int], starts: Starts, number: Callable[[int], int]) -> Iterable[int]:
    """Return the instants at which a customer starts: the first, or the first of each period."""
    if starts == "first":
        return instants[:1]
    firsts: dict[int, int] = {}
    for instant in instants:
        firsts.setdefault(number(instant), instant)
    return firsts.values()


def _prepare(
    question: Question, elapsed: Elapsed, events: list[Event], path: tuple[str, ...] | None
) -> Callable[[int], _Sequel]:
    """Return a function that finds what followed a start, for one customer."""
    instants = [event._micros for event in events]
    found = () if path is None else tuple(look_up(event.properties, path) for event in events)
    amounts: list[Any] = [as_number(value) for value in found]
    since = elapsed([*instants, to_instant(question.at)])

    def follow(begins: int) -> _Sequel:
        *periods, last = since(begins)
        returns = periods[bisect_right(instants, begins) - bisect_left(instants, begins) :]
        spent = zip(periods, amounts[len(instants) - len(periods) :], strict=False)
        return _Sequel(
            last,
            frozenset(returns[:1] if question.returned == "by" else returns),
            periods,
            [(period, amount) for period, amount in spent if type(amount) in NUMBERS],
        )

    return follow


def _row(tally: _Tally, width: int, question: Question) -> Row:
    """Return the row of a tally, cut to a width."""
    periods = range(width)
    returned = [tally.returned[k] for k in periods]
    events = [tally.events[k] for k in periods]
    priced = [tally.priced[k] for k in periods]
    spent = [tally.spent.get(k, Decimal(0)) for k in periods]
    if question.returned == "by":
        returned, events, priced = (list(accumulate(n)) for n in (returned, events, priced))
        spent = list(accumulate(spent, EXACT.add))
    unfinished = accumulate(tally.last[k] for k in periods)
    has_revenue = question.revenue is not None
    cells = tuple(
        Cell(
            returned=returned[k],
            share=returned[k] / tally.size,
            events=events[k],
            revenue=spent[k] if has_revenue else None,
            average=QUOTIENT.divide(spent[k], priced[k]) if priced[k] else None,
            finished=tally.size - not_over,
            is_finished=not not_over,
        )
        for k, not_over in enumerate(unfinished)
    )
    absent = 0 if tally.members is None else tally.members - tally.size
    return Row(tally.name, tally.size, absent, cells)


def _one_of(word: str, known: tuple[Any, ...], name: str) -> Any:
    if word not in known:
        raise InsightError(
            f"unknown {name} `{word}`: {suggest(str(word), known, 'words')}",
            code="bad-argument",
            subject=name,
        )
    return word
