"""The tree as written: what the author said, word for word, with the place of each word.

Nodes are frozen data. Spans lie outside equality, so that two texts that differ only in spacing,
case of keywords or kind of quotes have equal trees.
"""

from datetime import date, datetime
from decimal import Decimal
from typing import Literal, TypeAlias

from attrs import field, frozen

from segrules.language.source import Span


def _span() -> Span:
    return field(eq=False, repr=False, kw_only=True, default=Span(0, 0))


@frozen
class Name:
    """A name as written; more than one part when dotted: `address.country`."""

    parts: tuple[str, ...]
    span: Span = _span()


@frozen
class Text:
    """Text in quotes, or a bare word, which is text too."""

    value: str
    span: Span = _span()


@frozen
class Number:
    """An exact decimal."""

    value: Decimal
    span: Span = _span()


@frozen
class Boolean:
    """`true` or `false`."""

    value: bool
    span: Span = _span()


@frozen
class Day:
    """A bare date, such as 2026-03-14; the schema's time zone says when it begins."""

    value: date
    span: Span = _span()


@frozen
class Instant:
    """A date and time with its offset from UTC, such as 2026-03-14T09:30:00Z; always aware."""

    value: datetime
    span: Span = _span()


Value: TypeAlias = Text | Number | Boolean | Day | Instant

Unit: TypeAlias = Literal["second", "minute", "hour", "day", "week", "month", "quarter", "year"]
PeriodUnit: TypeAlias = Literal["day", "week", "month", "quarter", "year"]


@frozen
class Duration:
    """A length of time; `amount` is as written, so it may be zero until it is checked."""

    amount: int
    unit: Unit
    span: Span = _span()


@frozen
class Ago:
    """`30 days ago`."""

    duration: Duration
    span: Span = _span()


@frozen
class That:
    """`that purchase`: the event an earlier condition found."""

    event_type: str
    span: Span = _span()


Point: TypeAlias = Day | Instant | Ago | That
Bound: TypeAlias = Value | Ago | That
"""What may be on either side of the AND of a BETWEEN, before types are known."""


@frozen
class CalendarPeriod:
    """A named day, month, quarter or year: 2026-03-14, 2026-03, 2026-Q1, 2026."""

    unit: Literal["day", "month", "quarter", "year"]
    first_day: date
    span: Span = _span()


@frozen
class MovingPeriod:
    """`today` (this day), `yesterday` (last day), `this week`, `last month` and so on."""

    which: Literal["this", "last"]
    unit: PeriodUnit
    span: Span = _span()


@frozen
class Within:
    """`within 30 days`, or with `ahead` `within next 30 days`."""

    duration: Duration
    ahead: bool = False
    span: Span = _span()


@frozen
class Since:
    """`since` a point, up to now."""

    point: Point
    span: Span = _span()


@frozen
class After:
    """`after` a point."""

    point: Point
    span: Span = _span()


@frozen
class Before:
    """`before` a point."""

    point: Point
    span: Span = _span()


@frozen
class BetweenPoints:
    """`between` two points."""

    low: Bound
    high: Bound
    span: Span = _span()


@frozen
class InPeriod:
    """`in` or `on` a period."""

    period: CalendarPeriod | MovingPeriod
    span: Span = _span()


When: TypeAlias = Within | Since | After | Before | BetweenPoints | InPeriod

# Conditions on an attribute, or inside `has` on an event's property

Operator: TypeAlias = Literal["=", "!=", ">", ">=", "<", "<="]


@frozen
class Comparison:
    """`totalSpent > 500`."""

    name: Name
    operator: Operator
    value: Value
    span: Span = _span()


@frozen
class Between:
    """`age between 18 and 25`, `lastOrderAt not between 60 days ago and 30 days ago`."""

    name: Name
    low: Bound
    high: Bound
    negated: bool = False
    span: Span = _span()


@frozen
class OneOf:
    """`country in ('US', 'CA')`."""

    name: Name
    values: tuple[Value, ...]
    negated: bool = False
    span: Span = _span()


@frozen
class Contains:
    """`tags contains 'vip'`, `tags contains any ('vip', 'b2b')`; a plain list means any."""

    name: Name
    values: tuple[Value, ...]
    quantifier: Literal["any", "all"] = "any"
    negated: bool = False
    span: Span = _span()


@frozen
class Affix:
    """`path starts with '/p/'`, `email ends with '.org'`."""

    name: Name
    where: Literal["starts", "ends"]
    text: Text
    negated: bool = False
    span: Span = _span()


@frozen
class IsSet:
    """`email is set`."""

    name: Name
    negated: bool = False
    span: Span = _span()


@frozen
class Timing:
    """`lastOrderAt within 30 days`; a BETWEEN is a `Between`, whatever its sides."""

    name: Name
    when: When
    negated: bool = False
    span: Span = _span()


@frozen
class Has:
    """`line_items has (sku = 'A-1' AND quantity >= 2)`: some object in a list passes a filter."""

    name: Name
    filter: "Node"
    negated: bool = False
    span: Span = _span()


AttributeCondition: TypeAlias = (
    Comparison | Between | OneOf | Contains | Affix | IsSet | Has | Timing
)

# Conditions on events, segments and cohorts


@frozen
class EventCondition:
    """`any event of type 'page_view' has device = 'mobile' within 24 hours`."""

    which: Literal["any", "no", "first", "last"]
    event_type: Text | None
    filter: "Node | None" = None
    when: When | None = None
    negated: bool = False
    span: Span = _span()


@frozen
class EventSource:
    """`events of type 'page_view'`, or `events` of any type."""

    event_type: Text | None
    span: Span = _span()


Function: TypeAlias = Literal["count", "sum", "avg", "min", "max"]


@frozen
class Aggregation:
    """`sum of total of orders within 90 days`: a number computed from events."""

    function: Function
    property: Name | None
    distinct: bool
    source: Name | EventSource
    filter: "Node | None" = None
    when: When | None = None
    span: Span = _span()


@frozen
class NumberComparison:
    """The test at the end of an aggregate: `> 3`."""

    operator: Operator
    value: Number
    span: Span = _span()


@frozen
class NumberBetween:
    """The test at the end of an aggregate: `between 2 and 5`, both included."""

    low: Number
    high: Number
    span: Span = _span()


@frozen
class AggregateCondition:
    """`count of orders > 3`."""

    aggregation: Aggregation
    test: NumberComparison | NumberBetween
    span: Span = _span()


@frozen
class Membership:
    """`in segment 'loyal'`, `in cohort 'holiday-2025'`."""

    kind: Literal["segment", "cohort"]
    name: Text
    span: Span = _span()


Condition: TypeAlias = AttributeCondition | EventCondition | AggregateCondition | Membership


@frozen
class And:
    """Two terms or more joined by AND."""

    terms: "tuple[Node, ...]"
    span: Span = _span()


@frozen
class Or:
    """Two terms or more joined by OR."""

    terms: "tuple[Node, ...]"
    span: Span = _span()


@frozen
class Not:
    """NOT and what it negates."""

    term: "Node"
    span: Span = _span()


Node: TypeAlias = Condition | And | Or | Not


@frozen
class Comment:
    """A comment with its sign, such as `# loyal only`, and its place.

    own_line: nothing but opening brackets and connectives is before it on its line.
    """

    text: str
    own_line: bool = True
    span: Span = _span()


@frozen
class RuleText:
    """A whole rule as written. Comments lie outside equality: they mean nothing."""

    root: Node
    comments: tuple[Comment, ...] = field(default=(), eq=False)


@frozen
class TimeOf:
    """`time of last event of type 'purchase'`."""

    which: Literal["first", "last"]
    event_type: Text | None
    span: Span = _span()


Derivation: TypeAlias = Aggregation | TimeOf
