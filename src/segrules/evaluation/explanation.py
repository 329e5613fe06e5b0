"""Explanations: why a rule holds or not, in words a merchant reads.

The reference evaluator finds the facts. The answers, and until when they hold, are the compiled
evaluator's, which are the same: the reference takes very long over very many events.
"""

from collections.abc import Mapping
from datetime import datetime, timedelta, tzinfo
from decimal import Decimal, Inexact
from fractions import Fraction
from typing import Any, Final, assert_never

from attrs import evolve, frozen

from segrules.data import Data, read_fields, write_fields
from segrules.evaluation.evaluator import compile_condition
from segrules.evaluation.reference import (
    aggregate,
    find_events,
    find_stage,
    find_value,
    holds_at,
    join,
)
from segrules.facts.customer import Customer
from segrules.facts.event import Event
from segrules.facts.exact import EXACT
from segrules.language import syntax as written
from segrules.language.formatter import format_node
from segrules.language.quantities import describe_roughly
from segrules.meaning import conditions as meant
from segrules.meaning.calendar import Calendar, to_datetime, to_local
from segrules.meaning.checking.checker import Checked

REDACTED = "a value"
_WRITTEN: Final = "%Y-%m-%d %H:%M:%S %Z"


@frozen
class Explanation:
    """What one condition asked, what was found, whether it holds and until when.

    until: as in a verdict, in the schema's time zone; None if values are redacted, since it would
    reveal when things happened. parts: the terms of AND, OR and NOT, or the rule of a segment that
    the condition refers to.

    `str()` is an indented list.
    """

    asked: str
    found: str
    holds: bool
    until: datetime | None
    parts: "tuple[Explanation, ...]" = ()

    def __str__(self) -> str:
        return "\n".join(_lines(self, 0))

    @classmethod
    def from_data(cls, data: object) -> "Explanation":
        """Return the explanation that `to_data` has written, instants in UTC; raises DataError."""
        return read_fields(cls, data)

    def to_data(self) -> Data:
        """Return the explanation as JSON types; `from_data` reads it back."""
        return write_fields(self)


@frozen
class Question:
    """A rule as its author wrote it, what it means, and the segments it refers to."""

    root: written.Node
    checked: Checked
    segments: "Mapping[str, Question]"


@frozen
class _Asker:
    """A question about a customer at an instant. redact: whether values are left out."""

    question: Question
    customer: Customer
    at: int
    calendar: Calendar
    redact: bool


def explain_rule(
    question: Question, customer: Customer, at: int, calendar: Calendar, *, redact: bool
) -> Explanation:
    """Explain a rule's answer about a customer at an instant."""
    return _explain(question.root, _Asker(question, customer, at, calendar, redact))[0]


def _explain(node: written.Node, asker: _Asker) -> tuple[Explanation, tuple[bool, int]]:
    match node:
        case written.And(terms) | written.Or(terms):
            every = isinstance(node, written.And)
            explained = [_explain(term, asker) for term in terms]
            judgement = join([each for _, each in explained], every=every)
            asked = "all of these" if every else "any of these"
            found = f"{sum(e.holds for e, _ in explained)} of {len(terms)} hold"
        case written.Not(term):
            explained = [_explain(term, asker)]
            holds, until = explained[0][1]
            judgement = not holds, until
            asked, found = "not this", "it holds" if holds else "it does not hold"
        case _:
            condition = asker.question.checked.parts[node.span]
            judgement = _judge(condition, asker)
            explained = [
                _explain(segment.root, evolve(asker, question=segment))
                for name, segment in asker.question.segments.items()
                if node == written.Membership("segment", written.Text(name))
            ]
            asked, found = format_node(node), _observe(condition, asker)
    holds, until = judgement
    moment = None if asker.redact else to_datetime(until)
    when = None if moment is None else to_local(moment, asker.calendar.zone)
    return Explanation(asked, found, holds, when, tuple(e for e, _ in explained)), judgement


def _judge(condition: meant.Condition, asker: _Asker) -> tuple[bool, int]:
    return compile_condition(condition, asker.calendar).judge(asker.customer._history, asker.at)


def _observe(condition: meant.Condition, asker: _Asker) -> str:
    """Return what a condition found where it looked."""
    customer, at, calendar = asker.customer, asker.at, asker.calendar
    match condition:
        case meant.Not(inner) | meant.Whole(inner):
            return _observe(inner, asker)
        case meant.And(terms) | meant.Or(terms):
            return _observe(terms[0], asker) if terms else "nothing"
        case meant.TermTest(term, test):
            value = find_value(term, customer, None)
            if isinstance(test, meant.HasElement) and value is not None and not asker.redact:
                return _elements(value, test.filter, asker)
            return _value(value, asker)
        case meant.StageTest(_, stages):
            return _value(find_stage(stages, customer, at, calendar), asker)
        case meant.Inlined(name, inner):
            holds, _ = _judge(inner, asker)
            return f"in `{name}`" if holds else f"not in `{name}`"
        case meant.ListTest(kind, name):
            names = customer.lists if kind == "list" else customer.cohorts
            place = f"on the list `{name}`" if kind == "list" else f"in the cohort `{name}`"
            return place if name in names else f"not {place}"
        case meant.EventTest(which, event_type):
            return _picked(which, _past(event_type, customer, at), asker)
        case meant.AggregateTest():
            return _aggregated(condition, asker)
        case _:
            assert_never(condition)


def _elements(value: Any, kept: meant.Condition, asker: _Asker) -> str:
    """Return which object in a list is the first to pass a filter, or how many there are."""
    if not isinstance(value, tuple | frozenset):
        return _value(value, asker)
    for place, each in enumerate(value, 1):
        if isinstance(each, Mapping) and holds_at(
            kept, asker.customer, asker.at, asker.calendar, each
        ):
            return f"number {place} of {len(value)} does"
    return f"none of {len(value)} does" if value else "an empty list"


def _picked(which: str, past: list[Event], asker: _Asker) -> str:
    if not past:
        return "there is none"
    event = past[0] if which == "first" else past[-1]
    return f"the {which} was {_moment(event.at, asker)}"


def _aggregated(condition: meant.AggregateTest, asker: _Asker) -> str:
    number = aggregate(condition, asker.customer, asker.at, asker.calendar)
    if condition.function != "count" or asker.redact:
        return _value(number, asker)
    events = find_events(condition, asker.customer, asker.at, asker.calendar)
    if not events:
        return "none"
    return f"{_value(number, asker)}, the last {_moment(events[-1].at, asker)}"


def _past(event_type: str | None, customer: Customer, at: int) -> list[Event]:
    return [e for e in customer.events if event_type in (None, e.type) and e._micros <= at]


def _value(value: Any, asker: _Asker) -> str:
    if value is None:
        return "not set"
    if isinstance(value, datetime):
        return _moment(value, asker)
    if asker.redact:
        return REDACTED
    match value:
        case bool():
            return "true" if value else "false"
        case str():
            return f"'{value}'"
        case Fraction():
            return _number(value)
        case int() | Decimal():
            return _number(Fraction(value))
        case frozenset():
            return ", ".join(sorted(_value(tag, asker) for tag in value)) or "no tags"
        case tuple():
            return f"a list of {len(value)}"
        case _:
            return "nested values"


def _number(value: Fraction) -> str:
    """Return a number as a decimal; one without an end is rounded to cents, and says so."""
    try:
        exact = EXACT.divide(Decimal(value.numerator), Decimal(value.denominator))
    except Inexact:
        return f"about {Decimal(round(value * 100)).scaleb(-2, EXACT):f}"
    return f"{exact.normalize(EXACT):f}"


def _moment(moment: datetime, asker: _Asker) -> str:
    if asker.redact:
        return "at some time"
    now = to_datetime(asker.at)
    ago = "" if now is None else f" ({_distance(now - moment)})"
    return f"{write_moment(moment, asker.calendar.zone)}{ago}"


def write_moment(moment: datetime, zone: tzinfo) -> str:
    """Return an instant in a time zone, as explanations write it."""
    return f"{to_local(moment, zone):{_WRITTEN}}"


def _distance(passed: timedelta) -> str:
    """Return how long ago something was, or how far ahead it is, in its largest two units."""
    if abs(passed) < timedelta(seconds=1):
        return "now"
    length = describe_roughly(abs(passed))
    return f"{length} ago" if passed > timedelta(0) else f"in {length}"


def _lines(explanation: Explanation, depth: int) -> list[str]:
    until = "" if explanation.until is None else f", until {explanation.until:{_WRITTEN}}"
    mark = "yes" if explanation.holds else "no "
    line = f"{'  ' * depth}{mark} {explanation.asked}: {explanation.found}{until}"
    return [line, *(line for part in explanation.parts for line in _lines(part, depth + 1))]
