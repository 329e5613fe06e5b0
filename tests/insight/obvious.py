"""Retention by plain loops over events: slow, and obviously right."""

from datetime import datetime, timedelta
from decimal import Decimal
from typing import TypeAlias

from attrs import frozen

from segrules import Customer, Event, Rule, Schema
from segrules.insight.elapsed import PeriodName
from segrules.insight.result import Returned, Starts
from segrules.meaning.calendar import Calendar, start_of_period, to_micros

Kind: TypeAlias = tuple[str | tuple[str, ...] | None, bool]
"""A type of event, several or any, and whether only those of a total over 1 count."""

EXACT = {"hour": timedelta(hours=1), "day": timedelta(days=1), "week": timedelta(weeks=1)}


@frozen
class Asked:
    """A question, with every option of `retention` given."""

    period: PeriodName
    at: datetime
    start: Kind
    activity: Kind
    starts: Starts
    returned: Returned
    is_rolling: bool
    brackets: tuple[int, ...] | None = None


def count_periods(asked: Asked, begins: datetime, then: datetime, schema: Schema) -> int:
    """Return how many periods after a start an instant lies."""
    calendar = schema._vocabulary.calendar
    if not asked.is_rolling:
        return _count(asked.period, begins, then, calendar)
    if asked.period in EXACT:
        return (then - begins) // EXACT[asked.period]
    newcomer = Customer("x", events=[Event("signup", begins)])
    whole = 0
    while not Rule(
        f"first event of type 'signup' within {whole + 1} {asked.period}s", schema
    ).matches(newcomer, at=then):
        whole += 1
    return whole


def _count(period: PeriodName, begins: datetime, then: datetime, calendar: Calendar) -> int:
    if period == "hour":
        return _hour_of(then, calendar) - _hour_of(begins, calendar)
    steps = 0
    while start_of_period(to_micros(begins), period, steps + 1, calendar) <= to_micros(then):
        steps += 1
    return steps


def _hour_of(moment: datetime, calendar: Calendar) -> int:
    """Return the number of the hour, in a zone whose clocks change by whole hours."""
    assert calendar.zone.key == "Europe/London"
    return to_micros(moment) // to_micros(datetime.fromisoformat("1970-01-01T01:00Z"))


def happened(customer: Customer, kind: Kind, asked: Asked) -> list[Event]:
    wanted, only_large = kind
    return [
        event
        for event in customer.events
        if (wanted is None or event.type in ((wanted,) if isinstance(wanted, str) else wanted))
        and event.at <= asked.at
        and (not only_large or (total_of(event) is not None and total_of(event) > 1))
    ]


def total_of(event: Event) -> Decimal:
    value = event.properties.get("total")
    is_number = isinstance(value, int | Decimal) and not isinstance(value, bool)
    return Decimal(value) if is_number else None  # type: ignore[arg-type,return-value]


def starts_of(customer: Customer, asked: Asked, schema: Schema) -> list[datetime]:
    """Return the instants at which a customer starts."""
    instants = [event.at for event in happened(customer, asked.start, asked)]
    if asked.starts == "first":
        return instants[:1]
    calendar = schema._vocabulary.calendar
    return [
        instant
        for place, instant in enumerate(instants)
        if not any(_count(asked.period, i, instant, calendar) == 0 for i in instants[:place])
    ]


def columns_of(asked: Asked, width: int) -> list[range]:
    """Return the periods of each column that has begun, if so many periods have."""
    if asked.brackets is None:
        return [range(k, k + 1) for k in range(width)]
    firsts = (0, *(last + 1 for last in asked.brackets[:-1]))
    columns = [range(f, last + 1) for f, last in zip(firsts, asked.brackets, strict=True)]
    return [column for column in columns if column.start < width]


def cells_of(
    group: list[tuple[Customer, datetime]], asked: Asked, schema: Schema
) -> list[tuple[object, ...]]:
    """Return the cells of a row, given each customer in it with the start."""

    def place(begins: datetime, then: datetime) -> int:
        return count_periods(asked, begins, then, schema)

    def counts(period: int, column: range) -> bool:
        return period in column if asked.returned == "in" else period < column.stop

    cells: list[tuple[object, ...]] = []
    width = max((place(begins, asked.at) + 1 for _, begins in group), default=0)
    for column in columns_of(asked, width):
        returned, done = 0, []
        for customer, begins in group:
            since = [e for e in happened(customer, asked.activity, asked) if e.at >= begins]
            own = [event for event in since if counts(place(begins, event.at), column)]
            returned += any(event.at > begins for event in own)
            done += own
        totals = [total_of(event) for event in done if total_of(event) is not None]
        finished = sum(place(begins, asked.at) >= column.stop for _, begins in group)
        average = None if not totals else sum(totals) / len(totals)
        cells.append((returned, returned / len(group), len(done), sum(totals), average, finished))
    return cells
