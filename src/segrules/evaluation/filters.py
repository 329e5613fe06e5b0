"""Filters on an event's own properties, or on the fields of an object in a list, compiled.

Most filters give the same answer at every instant. One with a window on an instant, such as
`has expiresAt within 7 days`, moves with the clock: it also returns until when its answer holds.
"""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any, TypeAlias

from attrs import frozen

from segrules.evaluation.predicates import compile_facts_test, compile_path, list_objects
from segrules.facts.event import Event
from segrules.facts.forms import as_instant
from segrules.meaning.calendar import NEVER, Calendar, to_micros
from segrules.meaning.conditions import (
    AggregateTest,
    And,
    Condition,
    EventTest,
    HasElement,
    Lies,
    Not,
    Or,
    TermTest,
    Whole,
    Window,
)
from segrules.meaning.triggers import moves_with_clock
from segrules.meaning.windows import find_stay, locate_window

Facts: TypeAlias = Mapping[str, Any]
"""An event's properties, or an object's fields."""


@frozen
class Filter:
    """A compiled filter.

    keep: whether facts pass at an instant. turns: the first instant after it at which that may
    change; None if it never does for any facts.
    """

    keep: Callable[[Facts, int], bool]
    turns: Callable[[Facts, int], int] | None = None


def compile_filter(condition: Condition, calendar: Calendar) -> Filter:
    """Compile a condition on an event's properties or an object's fields."""
    if not moves_with_clock(condition):
        passes = compile_facts_test(condition)
        return Filter(lambda facts, _: passes(facts))
    match condition:
        case Not(term):
            inner = compile_filter(term, calendar)
            keep = inner.keep
            return Filter(lambda facts, at: not keep(facts, at), inner.turns)
        case And(terms) | Or(terms):
            parts = [compile_filter(term, calendar) for term in terms]
            keeps = [part.keep for part in parts]
            turns = _soonest([part.turns for part in parts if part.turns is not None])
            if isinstance(condition, And):
                return Filter(lambda facts, at: all(k(facts, at) for k in keeps), turns)
            return Filter(lambda facts, at: any(k(facts, at) for k in keeps), turns)
        case Whole(term):
            return compile_filter(term, calendar)
        case TermTest(term, Lies(window)):
            return _compile_lies(compile_path(term.path), window, calendar)
        case TermTest(term, HasElement(term_filter)):
            get, inner = compile_path(term.path), compile_filter(term_filter, calendar)
            return _compile_elements(get, inner)
        case _:
            raise TypeError("no other condition moves with the clock")


def compile_standing(condition: Condition) -> Callable[[Event], bool]:
    """Compile a filter that does not move with the clock, as a function of the event alone."""
    passes = compile_facts_test(condition)
    return lambda event: passes(event.properties)


def compile_filter_of(condition: EventTest | AggregateTest, calendar: Calendar) -> Filter | None:
    """Compile the filter of a test on events; None if it has none."""
    return None if condition.filter is None else compile_filter(condition.filter, calendar)


def _compile_lies(get: Callable[[Any], Any], window: Window, calendar: Calendar) -> Filter:
    def keep(facts: Facts, at: int) -> bool:
        value = as_instant(get(facts))
        if type(value) is not datetime:
            return False
        start, end = locate_window(window, at, calendar)
        return start <= to_micros(value) < end

    def turns(facts: Facts, at: int) -> int:
        value = as_instant(get(facts))
        if type(value) is not datetime:
            return NEVER
        return min(
            (t for t in find_stay(window, to_micros(value), calendar) if t > at), default=NEVER
        )

    return Filter(keep, turns)


def _compile_elements(get: Callable[[Any], Any], inner: Filter) -> Filter:
    """Compile whether some object in a list passes a filter that moves with the clock."""
    keep, turn = inner.keep, inner.turns
    assert turn is not None  # noqa: S101  # it moves

    def turns(facts: Facts, at: int) -> int:
        return min((turn(each, at) for each in list_objects(get(facts))), default=NEVER)

    return Filter(lambda facts, at: any(keep(e, at) for e in list_objects(get(facts))), turns)


def _soonest(
    turns: list[Callable[[Facts, int], int]],
) -> Callable[[Facts, int], int] | None:
    if not turns:
        return None
    return lambda facts, at: min(turn(facts, at) for turn in turns)
