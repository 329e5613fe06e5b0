"""Builders of the tree: one function per production, named as the grammar names it.

Each takes the words and nodes of its production in order, without the words in `SILENT` and with
None for what the author left out, and returns the node.
"""

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any, Literal, TypeVar, cast

from attrs import evolve, frozen

from segrules.language.mistakes.mistake import Mistake
from segrules.language.source import Span
from segrules.language.suggestions import shorten
from segrules.language.syntax import (
    Affix,
    After,
    AggregateCondition,
    Aggregation,
    Ago,
    And,
    Before,
    Between,
    BetweenPoints,
    Boolean,
    Bound,
    CalendarPeriod,
    Comparison,
    Contains,
    EventCondition,
    EventSource,
    Function,
    Has,
    InPeriod,
    IsSet,
    Membership,
    MovingPeriod,
    Name,
    Node,
    Not,
    Number,
    NumberBetween,
    NumberComparison,
    OneOf,
    Operator,
    Or,
    PeriodUnit,
    Point,
    Since,
    Text,
    That,
    TimeOf,
    Timing,
    Value,
    When,
    Within,
)
from segrules.language.words import (
    Word,
    read_bare_word,
    read_day,
    read_duration,
    read_instant,
    read_name,
    read_number,
    read_period,
    read_text,
    unquoted,
)

SILENT = frozenset(
    {
        "AGO", "AND", "BETWEEN", "COMMA", "CONTAINS", "EVENT", "EVENTS", "HAS", "IN", "IS", "LPAR",
        "OF", "ON", "OR", "RPAR", "SET", "THAT", "TYPE", "WITH", "WITHIN",
    }
)  # fmt: skip
"""The kinds of words that add nothing to their production."""

T = TypeVar("T", bound=Node)


@frozen
class _Items:
    values: tuple[Value, ...]
    span: Span


@frozen
class _Timed:
    negated: bool
    when: When
    span: Span


@frozen
class _Subject:
    distinct: bool
    property: Name
    span: Span


# Connectives


def _either(*terms: Node, span: Span) -> Or:
    return Or(terms, span=span)


def _both(*terms: Node, span: Span) -> And:
    return And(terms, span=span)


def _inverse(_not: Word, term: Node, *, span: Span) -> Not:
    return Not(term, span=span)


def _group(node: T, *, span: Span) -> T:
    return evolve(node, span=span)


# Conditions on an attribute or a property


def _comparison(name: Name, sign: Word, value: Value, *, span: Span) -> Comparison:
    return Comparison(name, cast("Operator", sign.text), value, span=span)


def _between(name: Name, no: Word | None, low: Bound, high: Bound, *, span: Span) -> Between:
    return Between(name, low, high, negated=no is not None, span=span)


def _one_of(name: Name, no: Word | None, *values: Value, span: Span) -> OneOf:
    return OneOf(name, values, negated=no is not None, span=span)


def _contains(
    name: Name, no: Word | None, quantifier: Word | None, items: _Items, *, span: Span
) -> Contains:
    every = quantifier is not None and quantifier.kind == "ALL" and len(items.values) > 1
    return Contains(
        name, items.values, "all" if every else "any", negated=no is not None, span=span
    )


def _items(*values: Value, span: Span) -> _Items:
    return _Items(values, span)


def _affix(name: Name, no: Word | None, where: Word, text: Word, *, span: Span) -> Affix:
    end: Literal["starts", "ends"] = "starts" if where.kind == "STARTS" else "ends"
    return Affix(name, end, read_text(text), negated=no is not None, span=span)


def _is_set(name: Name, no: Word | None, *, span: Span) -> IsSet:
    return IsSet(name, negated=no is not None, span=span)


def _element(name: Name, no: Word | None, filter_: Node, *, span: Span) -> Has:
    return Has(name, filter_, negated=no is not None, span=span)


def _timing(name: Name, no: Word | None, when: When, *, span: Span) -> Timing:
    return Timing(name, when, negated=no is not None, span=span)


# Conditions on events, segments and cohorts


def _occurrence(
    which: Word, event_type: Text | None, filter_: Node | None, timed: _Timed | None, *, span: Span
) -> EventCondition:
    return EventCondition(
        cast('Literal["any", "no", "first", "last"]', which.kind.lower()),
        event_type,
        filter_,
        timed.when if timed else None,
        negated=timed is not None and timed.negated,
        span=span,
    )


def _timed(no: Word | None, when: When, *, span: Span) -> _Timed:
    return _Timed(no is not None, when, span)


def _membership(kind: Word, text: Word, *, span: Span) -> Membership:
    which: Literal["segment", "cohort"] = "segment" if kind.kind == "SEGMENT" else "cohort"
    return Membership(which, read_text(text), span=span)


def _aggregate(
    measured: Aggregation,
    when: When | None,
    test: NumberComparison | NumberBetween,
    *,
    span: Span,
) -> AggregateCondition:
    aggregation = measured
    if when is not None:
        aggregation = _derived_number(measured, when, span=Span(measured.span.start, when.span.end))
    return AggregateCondition(aggregation, test, span=span)


def _measure(
    function: Word,
    subject: _Subject | None,
    source: Name | EventSource,
    filter_: Node | None,
    *,
    span: Span,
) -> Aggregation:
    return Aggregation(
        cast("Function", function.kind.lower()),
        subject.property if subject else None,
        subject is not None and subject.distinct,
        source,
        filter_,
        span=span,
    )


def _subject(distinct: Word | None, property_: Name, *, span: Span) -> _Subject:
    return _Subject(distinct is not None, property_, span)


def _event_source(event_type: Text | None, *, span: Span) -> EventSource:
    return EventSource(event_type, span=span)


def _number_comparison(sign: Word, number_: Word, *, span: Span) -> NumberComparison:
    return NumberComparison(cast("Operator", sign.text), read_number(number_), span=span)


def _number_between(low: Bound, high: Bound, *, span: Span) -> NumberBetween:
    match low, high:
        case Number(), Number():
            return NumberBetween(low, high, span=span)
        case Number(), _:
            culprit = high
        case _:
            culprit = low
    raise Mistake(
        "syntax",
        "expected a number, since an aggregate is a number",
        culprit.span,
        "a window is followed by its comparison: `count of orders between 2026-01-01 and "
        "2026-01-31 >= 1`",
    )


# Time


def _between_points(low: Bound, high: Bound, *, span: Span) -> BetweenPoints:
    return BetweenPoints(low, high, span=span)


def _within(ahead: Word | None, duration: Word, *, span: Span) -> Within:
    return Within(read_duration(duration), ahead=ahead is not None, span=span)


def _relative(side: Word, point: Point, *, span: Span) -> Since | After | Before:
    match side.kind:
        case "SINCE":
            return Since(point, span=span)
        case "AFTER":
            return After(point, span=span)
        case _:
            return Before(point, span=span)


def _in_period(period: CalendarPeriod | MovingPeriod, *, span: Span) -> InPeriod:
    return InPeriod(period, span=span)


def _ago(duration: Word, *, span: Span) -> Ago:
    return Ago(read_duration(duration), span=span)


def _that(event_type: Word, *, span: Span) -> That:
    return That(_event_type(event_type).value, span=span)


def _moving_day(word: Word, *, span: Span) -> MovingPeriod:
    return MovingPeriod("this" if word.kind == "TODAY" else "last", "day", span=span)


def _moving_period(which: Word, unit: Word, *, span: Span) -> MovingPeriod:
    return MovingPeriod(
        "this" if which.kind == "THIS" else "last",
        cast("PeriodUnit", unit.kind.lower()),
        span=span,
    )


# Values


def _boolean(word: Word, *, span: Span) -> Boolean:
    return Boolean(word.kind == "TRUE", span=span)


# What a schema derives


def _derived_number(measured: Aggregation, when: When | None, *, span: Span) -> Aggregation:
    return evolve(measured, when=when, span=span)


def _derived_time(
    time: Word, article: Word | None, which: Word, event_type: Text | None, *, span: Span
) -> TimeOf:
    _expect(time, "time")
    _expect(article, "the")
    return TimeOf("first" if which.kind == "FIRST" else "last", event_type, span=span)


def _derived_time_of(
    time: Word, article: Word | None, which: Word, event_type: Word, *, span: Span
) -> TimeOf:
    return _derived_time(time, article, which, _event_type(event_type), span=span)


def _event_type(word: Word) -> Text:
    """Read a type of event, which may be bare, in backticks or in quotes."""
    if word.kind == "TEXT":
        return read_text(word)
    parts = read_name(word).parts
    if len(parts) > 1:
        raise unquoted(word)
    return Text(parts[0], span=word.span)


def _expect(word: Word | None, expected: str) -> None:
    if word is not None and word.text.lower() != expected:
        raise Mistake(
            "syntax",
            f"expected `{expected}`, found `{shorten(word.text)}`",
            word.span,
            "such as `time of last event of type 'purchase'`",
        )


BUILDERS: Mapping[str, Callable[..., object]] = MappingProxyType(
    {
        "either": _either,
        "both": _both,
        "inverse": _inverse,
        "group": _group,
        "comparison": _comparison,
        "between": _between,
        "one_of": _one_of,
        "contains": _contains,
        "items": _items,
        "affix": _affix,
        "is_set": _is_set,
        "element": _element,
        "timing": _timing,
        "occurrence": _occurrence,
        "timed": _timed,
        "membership": _membership,
        "aggregate": _aggregate,
        "measure": _measure,
        "subject": _subject,
        "event_source": _event_source,
        "number_comparison": _number_comparison,
        "number_between": _number_between,
        "between_points": _between_points,
        "within": _within,
        "relative": _relative,
        "in_period": _in_period,
        "ago": _ago,
        "that": _that,
        "moving_day": _moving_day,
        "moving_period": _moving_period,
        "boolean": _boolean,
        "derived_number": _derived_number,
        "derived_time": _derived_time,
        "derived_time_of": _derived_time_of,
    }
)
"""The builder of each production of several words; it takes the parts and their span."""

READERS: Mapping[str, Callable[[Any], object]] = MappingProxyType(
    {
        "bare_word": read_bare_word,
        "calendar_period": read_period,
        "day": read_day,
        "has": lambda node: node,
        "instant": read_instant,
        "name": read_name,
        "number": read_number,
        "of_type": read_text,
        "text": read_text,
    }
)
"""The reader of each production in which only one word or node is not silent."""
