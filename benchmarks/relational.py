"""Conditions as a database sees them: aggregates by customer, and a boolean expression over these.

All of a workload's rules share one set of aggregates, each computed once: whether anything happened
within a window is a question about its latest instant, so that windows of one stream share it. SQL,
numpy and polars are written from the same expressions, each in its own module.
"""

from datetime import datetime
from typing import Literal, TypeAlias, assert_never

from attrs import frozen

from benchmarks.conditions import (
    MOMENTS,
    STAGES,
    All,
    Compared,
    Condition,
    Counted,
    Derived,
    Either,
    Happened,
    Length,
    Moment,
    Not,
    NotSince,
    Operator,
    Picked,
    Reckoned,
    Soon,
    Stage,
    Stream,
    expand,
)
from segrules.meaning.calendar import to_micros

CENTS = 100
"""Money is kept in whole cents, so that every contestant adds it up exactly."""


@frozen
class Aggregate:
    """A number by customer, from a stream's events later than an instant; may be missing.

    A count or a sum over nothing is 0; a smallest or largest is missing.
    """

    function: Literal["count", "distinct", "sum", "min", "max"]
    column: str
    stream: Stream
    since: int | None = None


@frozen
class Against:
    """An aggregate compared with a number; False where it is missing."""

    aggregate: Aggregate
    operator: Operator
    number: int


@frozen
class Same:
    """Two aggregates that are there and equal."""

    left: Aggregate
    right: Aggregate


@frozen
class NotBefore:
    """An aggregate at least as large as another, or there while the other is missing."""

    left: Aggregate
    right: Aggregate


@frozen
class Average:
    """A total over a count compared with a number; False where nothing was counted."""

    total: Aggregate
    count: Aggregate
    operator: Operator
    number: int


@frozen
class Known:
    """A test on a customer's attribute."""

    test: Compared


@frozen
class Between:
    """A customer's instant later than one, and not later than another."""

    name: str
    low: int
    high: int


@frozen
class Every:
    """Each part holds."""

    parts: tuple["Expression", ...]


@frozen
class Some:
    """At least one part holds."""

    parts: tuple["Expression", ...]


@frozen
class Opposite:
    """The part does not hold."""

    part: "Expression"


Expression: TypeAlias = (
    Against | Same | NotBefore | Average | Known | Between | Every | Some | Opposite
)

ALWAYS = -(1 << 62)
"""Earlier than any instant: what is later than it is there."""


def to_expression(condition: Condition, at: datetime) -> Expression:
    """Return what a condition asks at an instant."""
    match condition:
        case Compared():
            return Known(condition)
        case Happened(stream, within, negated):
            found = _later(Aggregate("max", "instant", stream), within, at)
            return Opposite(found) if negated else found
        case Counted(stream, within, operator, number, distinct):
            function: Literal["count", "distinct"] = "distinct" if distinct else "count"
            counted = Aggregate(function, distinct or "instant", stream, _since(within, at))
            return Against(counted, operator, number)
        case Reckoned():
            return _reckoned(condition, at)
        case Picked(which, stream, within):
            function_ = _end(which)
            one = Aggregate(function_, "instant", stream)
            same = Same(one, Aggregate(function_, "instant", Stream(stream.event_type)))
            return same if within is None else Every((same, _later(one, within, at)))
        case NotSince(anchor, within, event_type):
            latest = Aggregate("max", "instant", anchor)
            other = Aggregate("max", "instant", Stream(event_type))
            return Every((_later(latest, within, at), NotBefore(latest, other)))
        case Moment(name, lies, length):
            which, stream = MOMENTS[name]
            moment = Aggregate(_end(which), "instant", stream)
            recent = _later(moment, length, at)
            if lies == "before":
                return Every((_later(moment, None, at), Opposite(recent)))
            return Opposite(recent) if lies == "not within" else recent
        case Derived():
            return to_expression(expand(condition), at)
        case Soon(name, length):
            return Between(name, to_micros(at), to_micros(at) + length.micros)
        case Stage(values):
            return _stage(values, at)
        case All(terms):
            return Every(tuple(to_expression(term, at) for term in terms))
        case Either(terms):
            return Some(tuple(to_expression(term, at) for term in terms))
        case Not(term):
            return Opposite(to_expression(term, at))
        case _:
            assert_never(condition)


def find_aggregates(expression: Expression) -> set[Aggregate]:
    """Return the aggregates that an expression needs."""
    match expression:
        case Against(aggregate):
            return {aggregate}
        case Same(left, right) | NotBefore(left, right) | Average(left, right):
            return {left, right}
        case Known() | Between():
            return set()
        case Every(parts) | Some(parts):
            return set[Aggregate]().union(*map(find_aggregates, parts))
        case Opposite(part):
            return find_aggregates(part)
        case _:
            assert_never(expression)


def _end(which: Literal["first", "last"]) -> Literal["min", "max"]:
    return "min" if which == "first" else "max"


def _since(within: Length | None, at: datetime) -> int | None:
    return None if within is None else to_micros(at) - within.micros


def _later(moment: Aggregate, within: Length | None, at: datetime) -> Against:
    since = _since(within, at)
    return Against(moment, ">", ALWAYS if since is None else since)


def _reckoned(condition: Reckoned, at: datetime) -> Expression:
    name, stream, since = condition.name, condition.stream, _since(condition.within, at)
    number = condition.number * CENTS
    if condition.function == "avg":
        total = Aggregate("sum", name, stream, since)
        return Average(total, Aggregate("count", name, stream, since), condition.operator, number)
    return Against(Aggregate(condition.function, name, stream, since), condition.operator, number)


def _stage(values: tuple[str, ...], at: datetime) -> Expression:
    parts: list[Expression] = []
    earlier: list[Expression] = []
    for value, condition in STAGES:
        stage = to_expression(condition, at)
        if value in values:
            parts.append(Every((stage, *map(Opposite, earlier))))
        earlier.append(stage)
    return Some(tuple(parts))
