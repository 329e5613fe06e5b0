"""Who comes back: groups of customers, followed period by period."""

from bisect import bisect_left, bisect_right
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from datetime import datetime
from decimal import Context, Decimal, Inexact
from itertools import accumulate
from typing import Any, Final, get_args

from attrs import define, field, frozen

from segrules.cohorts.cohort import Cohort, each_customer
from segrules.facts.arguments import is_count, kind_of, to_instant, to_utc
from segrules.facts.customer import Customer
from segrules.facts.event import Event, look_up
from segrules.insight.activity import Activity
from segrules.insight.elapsed import (
    PERIODS,
    Number,
    PeriodName,
    Ruler,
    by_calendar,
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
from segrules.language.limits import LARGEST_EXPONENT, SMALLEST_EXPONENT
from segrules.meaning.checking.findings import suggest

MOST_CELLS: Final = 250_000
"""More than anybody looks at; hours over years would come to millions."""

EXACT: Final = Context(prec=LARGEST_EXPONENT - SMALLEST_EXPONENT + 100, traps=[Inexact])
"""Wide enough for every sum of facts."""
NUMBERS: Final = (int, Decimal)
QUOTIENT: Final = Context(prec=28)


def retention(  # noqa: PLR0913  # each answers a question of its own, and most are left out
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
    periods: int | None = None,
) -> Retention:
    """Return how many customers came back in each period after they started.

    customers: everybody's facts. activity: what counts as coming back, strictly later than the
    start. period: 'hour', 'day', 'week', 'month', 'quarter' or 'year'. at: an aware datetime; what
    is later has not happened yet. start: what starts a customer's time; the activity itself where
    left out. cohorts: whom to follow, a row each; without them there is a row for each period of
    the calendar in which customers started. starts: 'first' starts each customer once; 'recurring'
    starts them anew in every period in which they do what starts them. returned: 'in' each period,
    or 'by' its end. is_rolling: periods begin with each customer's start, not with the calendar's.
    revenue: a property of the activity's events, to be summed; what is spent from the start on
    counts, the start included. periods: how many to follow, the starting one included.

    A period is finished where its end is no later than `at`. Raises RuleError for unknown words,
    FactError for a naive datetime and for a customer given twice, and InsightError.
    """
    for name, value in (("activity", activity), ("start", start or activity)):
        if not isinstance(value, Activity):
            raise InsightError(f"`{name}` must be an `Activity`, not {kind_of(value)}")
    question = Question(
        start or activity,
        activity,
        _one_of(period, PERIODS, "period"),
        to_utc(at, "`at`"),
        _one_of(starts, get_args(Starts), "starts"),
        _one_of(returned, get_args(Returned), "returned"),
        is_rolling,
        revenue,
    )
    if question.start.schema != activity.schema:
        raise InsightError("what starts and what counts as coming back need one schema")
    if periods is not None and not is_count(periods):
        raise InsightError("`periods` is 1 or more: the starting one counts")
    if cohorts is not None and starts == "recurring":
        raise InsightError(
            "customers who start anew in every period make their own cohorts: leave `cohorts` out, "
            "or follow these from their first start"
        )
    tallies = _follow(customers, question, None if cohorts is None else _to_cohorts(cohorts))
    widths = [min(tally.width, periods or tally.width) for tally in tallies]
    if sum(widths) > MOST_CELLS:
        raise InsightError(
            f"this comes to {sum(widths):,} cells, and {MOST_CELLS:,} are the most: follow fewer "
            "`periods`, or longer ones"
        )
    rows = (_row(tally, width, question) for tally, width in zip(tallies, widths, strict=True))
    return Retention(question, tuple(rows))


def _to_cohorts(cohorts: Iterable[Cohort]) -> tuple[Cohort, ...]:
    given = tuple(cohorts) if isinstance(cohorts, Iterable) else (None,)
    if not all(isinstance(each, Cohort) for each in given):
        raise InsightError("`cohorts` must be a collection of `Cohort`s")
    return given


@frozen
class _Course:
    """What one start came to. Periods are counted from it.

    lived: the period that the question's instant lies in. returns: those in which the customer came
    back. events: the period of each event from the start on. spent: amounts with their periods.
    """

    lived: int
    returns: frozenset[int]
    events: list[int]
    spent: list[tuple[int, int | Decimal]]


@define
class _Tally:
    """A row while customers are counted; counters go by period."""

    name: str
    members: int | None = None
    size: int = 0
    lived: Counter[int] = field(factory=Counter)
    returned: Counter[int] = field(factory=Counter)
    events: Counter[int] = field(factory=Counter)
    priced: Counter[int] = field(factory=Counter)
    spent: dict[int, Decimal] = field(factory=dict)

    @property
    def width(self) -> int:
        """How many periods have begun for any customer."""
        return max(self.lived, default=-1) + 1

    def take(self, course: _Course) -> None:
        self.size += 1
        self.lived[course.lived] += 1
        self.returned.update(course.returns)
        self.events.update(course.events)
        for period, amount in course.spent:
            self.priced[period] += 1
            self.spent[period] = EXACT.add(self.spent.get(period, Decimal(0)), amount)


def _follow(
    customers: Iterable[Customer], question: Question, cohorts: tuple[Cohort, ...] | None
) -> list[_Tally]:
    """Follow every start, and return the rows they come to."""
    calendar = question.activity.schema.vocabulary.calendar
    instant = to_instant(question.at)
    number = number_periods(question.period, instant, calendar)
    ruler = rolling(question.period, calendar) if question.is_rolling else by_calendar(number)
    path = None if question.revenue is None else question.activity.find_amount(question.revenue)
    started: dict[int, _Tally] = {}
    given = [_Tally(cohort.name, len(cohort)) for cohort in cohorts or ()]
    rows_of = _rows_of(given, cohorts or ())
    for customer in each_customer(customers):
        if cohorts is not None and customer.id not in rows_of:
            continue
        starts = [event.micros for event in question.start.events(customer, instant)]
        walk = _prepare(question, ruler, question.activity.events(customer, instant), path)
        for begins in _choose(starts, question.starts, number):
            course = walk(begins)
            if cohorts is None:
                named = name_period(begins, question.period, calendar)
                started.setdefault(number(begins), _Tally(named)).take(course)
            for tally in rows_of.get(customer.id, ()):
                tally.take(course)
    return [*given, *(started[key] for key in sorted(started))]


def _rows_of(rows: list[_Tally], cohorts: tuple[Cohort, ...]) -> Mapping[str, list[_Tally]]:
    """Return the rows in which each member counts."""
    found: dict[str, list[_Tally]] = {}
    for row, cohort in zip(rows, cohorts, strict=True):
        for customer in cohort.members:
            found.setdefault(customer, []).append(row)
    return found


def _choose(instants: list[int], starts: Starts, number: Number) -> Iterable[int]:
    """Return the instants that start a customer: the first, or the first of each period."""
    if starts == "first":
        return instants[:1]
    firsts: dict[int, int] = {}
    for instant in instants:
        firsts.setdefault(number(instant), instant)
    return firsts.values()


def _prepare(
    question: Question, ruler: Ruler, events: list[Event], path: tuple[str, ...] | None
) -> Callable[[int], _Course]:
    """Return the function that tells, for each start of a customer, what it came to."""
    instants = [event.micros for event in events]
    amounts = () if path is None else tuple(look_up(event.properties, path) for event in events)
    since = ruler([*instants, to_instant(question.at)])

    def walk(begins: int) -> _Course:
        *periods, lived = since(begins)
        returns = periods[bisect_right(instants, begins) - bisect_left(instants, begins) :]
        spent = zip(periods, amounts[len(instants) - len(periods) :], strict=False)
        return _Course(
            lived,
            frozenset(returns[:1] if question.returned == "by" else returns),
            periods,
            [(period, amount) for period, amount in spent if type(amount) in NUMBERS],
        )

    return walk


def _row(tally: _Tally, width: int, question: Question) -> Row:
    """Return the row that a tally comes to, cut to a width."""
    periods = range(width)
    returned = [tally.returned[k] for k in periods]
    events = [tally.events[k] for k in periods]
    priced = [tally.priced[k] for k in periods]
    spent = [tally.spent.get(k, Decimal(0)) for k in periods]
    if question.returned == "by":
        returned, events, priced = (list(accumulate(n)) for n in (returned, events, priced))
        spent = list(accumulate(spent, EXACT.add))
    living = accumulate(tally.lived[k] for k in periods)
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
        for k, not_over in enumerate(living)
    )
    absent = 0 if tally.members is None else tally.members - tally.size
    return Row(tally.name, tally.size, absent, cells)


def _one_of(word: str, known: tuple[Any, ...], name: str) -> Any:
    if word not in known:
        raise InsightError(f"unknown {name} `{word}`: {suggest(str(word), known, 'words')}")
    return word
