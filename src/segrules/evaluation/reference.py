"""The reference evaluator: plain code over a customer's whole history, slow on purpose.

It judges every other evaluator, so it shares nothing with them but the data they look at. It finds
an answer by looking at everything, and the instant until which it holds by asking again at every
instant at which anything that a condition looks at comes or goes.
"""

from collections.abc import Iterator, Mapping
from datetime import datetime
from decimal import Decimal
from fractions import Fraction
from typing import Any, TypeAlias, assert_never

from segrules.facts.customer import Customer
from segrules.facts.event import Event
from segrules.facts.forms import as_instant, as_number
from segrules.facts.values import look_up
from segrules.meaning.calendar import DAWN, NEVER, Calendar, to_micros
from segrules.meaning.conditions import (
    AggregateTest,
    And,
    Attribute,
    Condition,
    Contains,
    Equals,
    EventTest,
    HasAffix,
    HasElement,
    Inlined,
    InRange,
    IsOneOf,
    IsPresent,
    Lies,
    ListTest,
    Not,
    Or,
    StageTest,
    Term,
    TermTest,
    That,
    ValueTest,
    Whole,
    Window,
)
from segrules.meaning.windows import find_passing, locate_cut

Facts: TypeAlias = Mapping[str, Any]
"""The facts at hand in a filter: an event's properties, or the fields of an object in a list."""

Judgement: TypeAlias = tuple[bool, int]
"""Whether a condition holds, and up to which instant that stays so; NEVER for ever."""


def judge(condition: Condition, customer: Customer, at: int, calendar: Calendar) -> Judgement:
    """Return whether a condition holds at an instant, and until when."""
    match condition:
        case Not(term):
            holds, until = judge(term, customer, at, calendar)
            return not holds, until
        case And(terms):
            return join([judge(t, customer, at, calendar) for t in terms], every=True)
        case Or(terms):
            return join([judge(t, customer, at, calendar) for t in terms], every=False)
        case _:
            answer = holds_at(condition, customer, at, calendar)
            for instant in sorted(set(turning_points(condition, customer, calendar))):
                if not at < instant < NEVER:
                    continue
                if holds_at(condition, customer, instant, calendar) != answer:
                    return answer, instant
            return answer, NEVER


def join(parts: list[Judgement], *, every: bool) -> Judgement:
    """Return the judgement of AND, with `every`, or of OR from those of its parts.

    AND holds until its first part changes; it fails until the last of its failing parts changes. OR
    is the mirror image.
    """
    contrary = [until for holds, until in parts if holds != every]
    if contrary:
        return not every, max(contrary)
    return every, min((until for _, until in parts), default=NEVER)


def holds_at(
    condition: Condition,
    customer: Customer,
    at: int,
    calendar: Calendar,
    facts: Facts | None = None,
) -> bool:
    """Tell whether a condition holds at an instant. facts: those that a filter looks at."""
    match condition:
        case Not(term):
            return not holds_at(term, customer, at, calendar, facts)
        case And(terms):
            return all(holds_at(t, customer, at, calendar, facts) for t in terms)
        case Or(terms):
            return any(holds_at(t, customer, at, calendar, facts) for t in terms)
        case Inlined(condition=inner) | Whole(inner):
            return holds_at(inner, customer, at, calendar, facts)
        case TermTest(term, Lies(window)):
            value = as_instant(find_value(term, customer, facts))
            start, end = _bounds(window, customer, at, calendar)
            return isinstance(value, datetime) and start <= to_micros(value) < end
        case TermTest(term, HasElement(inner)):
            objects = list_objects(find_value(term, customer, facts))
            return any(holds_at(inner, customer, at, calendar, each) for each in objects)
        case TermTest(term, test):
            return _passes(find_value(term, customer, facts), test)
        case EventTest():
            return find_event(condition, customer, at, calendar) is not None
        case AggregateTest(test=test):
            return _passes(aggregate(condition, customer, at, calendar), test)
        case StageTest(_, stages, test):
            return _passes(find_stage(stages, customer, at, calendar), test)
        case ListTest(kind, name):
            return name in (customer.lists if kind == "list" else customer.cohorts)
        case _:
            assert_never(condition)


def find_value(term: Term, customer: Customer, facts: Facts | None) -> Any:
    """Return the value of an attribute, or of a property or a field among the facts at hand."""
    if isinstance(term, Attribute):
        return look_up(customer.attributes, term.path)
    return None if facts is None else look_up(facts, term.path)


def list_objects(value: Any) -> list[Facts]:
    """Return the objects in a list; none if the value is no list."""
    if not isinstance(value, tuple):
        return []
    return [each for each in value if isinstance(each, Mapping)]


def find_stage(
    stages: tuple[tuple[str, Condition], ...], customer: Customer, at: int, calendar: Calendar
) -> str | None:
    """Return the value of the first stage that holds."""
    for value, condition in stages:
        if holds_at(condition, customer, at, calendar):
            return value
    return None


def find_event(
    condition: EventTest | AggregateTest, customer: Customer, at: int, calendar: Calendar
) -> Event | None:
    """Return the event that a condition finds: what `that` means."""
    if isinstance(condition, AggregateTest):
        found = find_events(condition, customer, at, calendar)
        return found[-1] if found else None
    past = [e for e in _events(customer, condition.event_type) if e._micros <= at]
    if not past:
        return None
    event = past[0] if condition.which == "first" else past[-1]
    start, end = _bounds(condition.window, customer, at, calendar)
    inside = start <= event._micros < end
    return event if inside and _is_kept(event, condition, customer, at, calendar) else None


def find_events(
    condition: AggregateTest, customer: Customer, at: int, calendar: Calendar
) -> list[Event]:
    """Return the events that count for a condition, in order."""
    start, end = _bounds(condition.window, customer, at, calendar)
    return [
        event
        for event in _events(customer, condition.event_type)
        if event._micros <= at
        and start <= event._micros < end
        and _is_kept(event, condition, customer, at, calendar)
    ]


def aggregate(
    condition: AggregateTest, customer: Customer, at: int, calendar: Calendar
) -> Fraction | None:
    """Return the number that a condition computes from events; None if there is none."""
    events = find_events(condition, customer, at, calendar)
    if condition.property is None or (condition.function == "count" and not condition.distinct):
        return Fraction(len(events))
    values = [look_up(event.properties, condition.property) for event in events]
    if condition.function == "count":
        scalars = (str, bool, int, Decimal, datetime)
        return Fraction(len({(isinstance(v, bool), v) for v in values if isinstance(v, scalars)}))
    read: list[Any] = [as_number(value) for value in values]
    numbers = [Fraction(value) for value in read if is_number(value)]
    if condition.distinct:
        numbers = list(set(numbers))
    match condition.function:
        case "sum":
            return sum(numbers, Fraction(0))
        case "avg":
            return sum(numbers, Fraction(0)) / len(numbers) if numbers else None
        case "min":
            return min(numbers, default=None)
        case "max":
            return max(numbers, default=None)
        case _:
            assert_never(condition.function)


def is_number(value: object) -> bool:
    """Tell whether a fact is a number; true and false are not."""
    return isinstance(value, int | Decimal | Fraction) and not isinstance(value, bool)


def turning_points(
    condition: Condition, customer: Customer, calendar: Calendar, facts: Facts | None = None
) -> Iterator[int]:
    """Yield at least every instant at which the answer may change without a new fact."""
    match condition:
        case And(terms) | Or(terms):
            for term in terms:
                yield from turning_points(term, customer, calendar, facts)
        case Not(inner) | Inlined(condition=inner) | Whole(inner):
            yield from turning_points(inner, customer, calendar, facts)
        case TermTest(term, Lies(window)):
            value = as_instant(find_value(term, customer, facts))
            if isinstance(value, datetime):
                yield from _edges(window, to_micros(value), customer, calendar)
        case TermTest(term, HasElement(inner)):
            for each in list_objects(find_value(term, customer, facts)):
                yield from turning_points(inner, customer, calendar, each)
        case EventTest() | AggregateTest():
            for event in _events(customer, condition.event_type):
                yield event._micros
                if condition.window is not None:
                    yield from _edges(condition.window, event._micros, customer, calendar)
                if condition.filter is not None:
                    yield from turning_points(
                        condition.filter, customer, calendar, event.properties
                    )
        case StageTest(_, stages):
            for _, inner in stages:
                yield from turning_points(inner, customer, calendar, facts)
        case TermTest() | ListTest():
            pass
        case _:
            assert_never(condition)


def _edges(window: Window, instant: int, customer: Customer, calendar: Calendar) -> Iterator[int]:
    for cut in (window.start, window.end):
        if isinstance(cut, That):
            yield from turning_points(cut.anchor, customer, calendar)
        elif cut is not None:
            yield find_passing(cut, instant, calendar)


def _events(customer: Customer, event_type: str | None) -> list[Event]:
    return [e for e in customer.events if event_type is None or e.type == event_type]


def _is_kept(
    event: Event,
    condition: EventTest | AggregateTest,
    customer: Customer,
    at: int,
    calendar: Calendar,
) -> bool:
    kept = condition.filter
    return kept is None or holds_at(kept, customer, at, calendar, event.properties)


def _bounds(
    window: Window | None, customer: Customer, at: int, calendar: Calendar
) -> tuple[int, int]:
    """Return a window as `[start, end)`; nothing is inside it if `that` finds no event."""
    ends = [DAWN, NEVER]
    for side, cut in enumerate((window.start, window.end) if window else ()):
        if isinstance(cut, That):
            found = find_event(cut.anchor, customer, at, calendar)
            if found is None:
                return NEVER, NEVER
            ends[side] = found._micros + (1 if cut.side == "after" else 0)
        elif cut is not None:
            ends[side] = locate_cut(cut, at, calendar)
    return ends[0], ends[1]


def _passes(value: Any, test: ValueTest) -> bool:
    match test:
        case IsPresent():
            return value is not None
        case Equals(wanted):
            return _same(value, wanted)
        case IsOneOf(values):
            return any(_same(value, wanted) for wanted in values)
        case InRange(low, high, open_low, open_high):
            if is_number(low) or is_number(high):
                value = as_number(value)
            return (low is None or _above(value, low, strictly=open_low)) and (
                high is None or _above(high, value, strictly=open_high)
            )
        case Contains(values, every, kind):
            found = [_contains(value, wanted, kind) for wanted in values]
            return all(found) if every else any(found)
        case HasAffix(where, text):
            if not isinstance(value, str):
                return False
            return value.startswith(text) if where == "starts" else value.endswith(text)
        case Lies() | HasElement():
            raise TypeError("this is not asked of a value alone")
        case _:
            assert_never(test)


def _contains(value: Any, wanted: str | Decimal, kind: str | None) -> bool:
    if isinstance(value, str):
        return kind != "tags" and isinstance(wanted, str) and wanted in value
    if isinstance(value, frozenset) or (isinstance(value, tuple) and kind is None):
        return kind != "text" and any(_is(each, wanted) for each in value)
    return False


def _above(value: Any, low: Any, *, strictly: bool) -> bool:
    if is_number(value) and is_number(low):
        value, low = Fraction(value), Fraction(low)
    elif not (isinstance(value, str) and isinstance(low, str)):
        return False
    return bool(value > low or (value == low and not strictly))


def _same(value: Any, wanted: Any) -> bool:
    return _is(as_number(value) if is_number(wanted) else value, wanted)


def _is(value: Any, wanted: Any) -> bool:
    if is_number(value) and is_number(wanted):
        return Fraction(value) == Fraction(wanted)
    return type(value) is type(wanted) and bool(value == wanted)
