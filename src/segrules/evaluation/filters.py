"""Filters on an event's own properties, compiled.

Most filters give an event the same answer at every instant. One with a window on a property, such
as `has expiresAt within 7 days`, moves with the clock: it also returns until when its answer holds.
"""

from collections.abc import Callable
from datetime import datetime
from typing import Any, assert_never

from attrs import frozen

from segrules.evaluation.predicates import compile_fact_test, compile_path
from segrules.facts.event import Event
from segrules.facts.forms import as_instant
from segrules.meaning.calendar import NEVER, Calendar, to_micros
from segrules.meaning.conditions import (
    AggregateTest,
    And,
    Condition,
    EventTest,
    Inlined,
    Lies,
    ListTest,
    Not,
    Or,
    StageTest,
    TermTest,
    Whole,
    Window,
)
from segrules.meaning.windows import find_stay, is_moving, locate_window


@frozen
class Filter:
    """A compiled filter.

    keep: whether an event passes at an instant. turns: the first instant after it at which that may
    change; None if it never does for any event.
    """

    keep: Callable[[Event, int], bool]
    turns: Callable[[Event, int], int] | None = None


def compile_filter(condition: Condition, calendar: Calendar) -> Filter:
    """Compile a condition on an event's own properties."""
    match condition:
        case Not(term):
            inner = compile_filter(term, calendar)
            keep = inner.keep
            return Filter(lambda event, at: not keep(event, at), inner.turns)
        case And(terms) | Or(terms):
            parts = [compile_filter(term, calendar) for term in terms]
            keeps = [part.keep for part in parts]
            turns = _soonest([part.turns for part in parts if part.turns is not None])
            if isinstance(condition, And):
                return Filter(lambda event, at: all(k(event, at) for k in keeps), turns)
            return Filter(lambda event, at: any(k(event, at) for k in keeps), turns)
        case Whole(inner):
            return compile_filter(inner, calendar)
        case TermTest(term, Lies(window)):
            return _compile_lies(compile_path(term.path), window, calendar)
        case TermTest(term, test):
            passes = compile_fact_test(term.path, test)
            return Filter(lambda event, _: passes(event.properties))
        case EventTest() | AggregateTest() | ListTest() | StageTest() | Inlined():
            raise TypeError("a filter asks only about an event's own properties")
        case _:
            assert_never(condition)


def compile_standing(condition: Condition, calendar: Calendar) -> Callable[[Event], bool]:
    """Compile a filter that does not move with the clock, as a function of the event alone."""
    match condition:
        case TermTest(term, test) if not isinstance(test, Lies):
            passes = compile_fact_test(term.path, test)
            return lambda event: passes(event.properties)
        case And((one, other)):
            first, second = compile_standing(one, calendar), compile_standing(other, calendar)
            return lambda event: first(event) and second(event)
        case _:
            keep = compile_filter(condition, calendar).keep
            return lambda event: keep(event, 0)


def compile_filter_of(condition: EventTest | AggregateTest, calendar: Calendar) -> Filter | None:
    """Compile the filter of a test on events; None if it has none."""
    return None if condition.filter is None else compile_filter(condition.filter, calendar)


def _compile_lies(get: Callable[[Any], Any], window: Window, calendar: Calendar) -> Filter:
    def keep(event: Event, at: int) -> bool:
        value = as_instant(get(event.properties))
        if type(value) is not datetime:
            return False
        start, end = locate_window(window, at, calendar)
        return start <= to_micros(value) < end

    def turns(event: Event, at: int) -> int:
        value = as_instant(get(event.properties))
        if type(value) is not datetime:
            return NEVER
        return min(
            (t for t in find_stay(window, to_micros(value), calendar) if t > at), default=NEVER
        )

    return Filter(keep, turns if is_moving(window) else None)


def _soonest(
    turns: list[Callable[[Event, int], int]],
) -> Callable[[Event, int], int] | None:
    if not turns:
        return None
    return lambda event, at: min(turn(event, at) for turn in turns)
