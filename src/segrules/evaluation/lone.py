"""Lone leaves: conditions that share their source with no other, answered from the events.

A lone leaf has a filter that moves with the clock, or a window that speaks of another event. Its
answer is found by looking at the events in its window; until when it holds, by walking on in time
and letting events come, go and turn, until the answer does.

INVARIANT: both ends of a window only move forward, so events come into it at `high` and leave it at
`low`. `until` is never late; it is early only where the event that `that` means may change.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Callable
from decimal import Decimal
from fractions import Fraction
from heapq import heappop, heappush
from typing import Any, TypeAlias

from attrs import define, field

from segrules.evaluation.atoms import Answers, Lone, Moment
from segrules.evaluation.bounds import Bounds, FindEvent, compile_window
from segrules.evaluation.filters import Filter, compile_filter, compile_filter_of
from segrules.evaluation.instants import compile_finder
from segrules.evaluation.numbers import Number, compile_reduction
from segrules.evaluation.predicates import compile_number_test
from segrules.evaluation.streams import compile_value
from segrules.facts.event import Event
from segrules.facts.exact import exact_difference, exact_sum
from segrules.facts.history import History, Log
from segrules.meaning.calendar import NEVER, Calendar
from segrules.meaning.conditions import (
    AggregateTest,
    Condition,
    EventTest,
    HasElement,
    Lies,
    TermTest,
    That,
    Window,
)

Judge: TypeAlias = Callable[[History, int], tuple[bool, int]]


def compile_lone(source: Lone, bit: int, calendar: Calendar) -> Answers:
    """Compile a lone leaf, whose answer is its bit or 0."""
    judge = _compile_leaf(source.condition, calendar)

    def look(history: History, at: int) -> tuple[int, int]:
        holds, until = judge(history, at)
        return (bit if holds else 0), until

    return look


def _compile_leaf(leaf: Condition, calendar: Calendar) -> Judge:
    match leaf:
        case TermTest(term, Lies(window)):
            return _compile_lies(Moment(term.path), window, calendar)
        case TermTest(_, HasElement()):
            return _compile_elements(leaf, calendar)
        case EventTest():
            find_event = _compile_pick(leaf, calendar)

            def judge(history: History, at: int) -> tuple[bool, int]:
                event, turns = find_event(history, at)
                return event is not None, turns

            return judge
        case AggregateTest():
            return _compile_aggregate(leaf, calendar)
        case _:
            raise TypeError("a test on a value is not alone")


def _compile_lies(source: Moment, window: Window, calendar: Calendar) -> Judge:
    """Compile a test on where an attribute's instant lies, which may be ahead."""
    find = compile_finder(source, calendar)
    bounds = _compile_bounds(window, calendar)

    def judge(history: History, at: int) -> tuple[bool, int]:
        instant, _ = find(history, at)
        if instant is None:
            return False, NEVER
        start, end, turns = bounds.span(history, at)
        return start <= instant < end, min(turns, bounds.next_edge(instant, at))

    return judge


def _compile_elements(leaf: TermTest, calendar: Calendar) -> Judge:
    """Compile whether an attribute's list has an object that passes a filter, which moves."""
    filter_ = compile_filter(leaf, calendar)
    keep, turns = filter_.keep, filter_.turns

    def judge(history: History, at: int) -> tuple[bool, int]:
        facts = history.attributes
        holds, until = keep(facts, at), turns(facts, at) if turns else NEVER
        while turns and until < NEVER and keep(facts, until) is holds:
            until = turns(facts, until)
        return holds, until

    return judge


def _compile_bounds(window: Window | None, calendar: Calendar) -> Bounds:
    def find_that(that: That) -> FindEvent:
        if isinstance(that.anchor, EventTest):
            return _compile_pick(that.anchor, calendar)
        return _compile_newest(that.anchor, calendar)

    return compile_window(window, calendar, find_that)


def _compile_filter(leaf: EventTest | AggregateTest, calendar: Calendar) -> Filter:
    return compile_filter_of(leaf, calendar) or Filter(lambda _, __: True)


def _compile_pick(leaf: EventTest, calendar: Calendar) -> FindEvent:
    """Compile the search for the first or last event, if it is in the window and passes."""
    event_type, is_first = leaf.event_type, leaf.which == "first"
    bounds, filter_ = _compile_bounds(leaf.window, calendar), _compile_filter(leaf, calendar)

    def find(history: History, at: int) -> tuple[Event | None, int]:
        log = history.log(event_type)
        past = bisect_right(log.times, at)
        following = log.times[past] if past < len(log.times) else NEVER
        if not past:
            return None, following
        event = log.events[0 if is_first else past - 1]
        start, end, turns = bounds.span(history, at)
        turns = min(turns, bounds.next_edge(event._micros, at), NEVER if is_first else following)
        if filter_.turns is not None:
            turns = min(turns, filter_.turns(event.properties, at))
        counts = start <= event._micros < end and filter_.keep(event.properties, at)
        return (event if counts else None), turns

    return find


def _compile_newest(leaf: AggregateTest, calendar: Calendar) -> FindEvent:
    """Compile the search for the newest event that counts: what `that` means."""
    event_type = leaf.event_type
    bounds, filter_ = _compile_bounds(leaf.window, calendar), _compile_filter(leaf, calendar)
    keep, next_turn = filter_.keep, filter_.turns

    def find(history: History, at: int) -> tuple[Event | None, int]:
        log = history.log(event_type)
        low, high, turns = _cut(log, bounds, history, at)
        coming = (
            n
            for n in range(high, len(log.times))
            if next_turn or keep(log.events[n].properties, at)
        )
        if (first := next(coming, None)) is not None:
            turns = min(turns, _find_entry(log, bounds, first))
        for n in reversed(range(low, high)):
            properties = log.events[n].properties
            if next_turn is not None:
                turns = min(turns, next_turn(properties, at))
            if keep(properties, at):
                return log.events[n], min(turns, bounds.leaves(log.times[n]))
        return None, turns

    return find


def _cut(log: Log, bounds: Bounds, history: History, at: int) -> tuple[int, int, int]:
    """Return the places between which a log lies in a window, and up to when `that` stays so."""
    start, end, turns = bounds.span(history, at)
    low = bisect_left(log.times, start)
    return low, max(low, bisect_left(log.times, min(end, at + 1))), turns


def _find_entry(log: Log, bounds: Bounds, place: int) -> int:
    """Return when an event comes into a window: not before it happens."""
    return max(log.times[place], bounds.enters(log.times[place]))


def _compile_aggregate(leaf: AggregateTest, calendar: Calendar) -> Judge:
    """Compile a test on a number computed from events."""
    event_type, passes = leaf.event_type, compile_number_test(leaf.test)
    bounds, filter_ = _compile_bounds(leaf.window, calendar), _compile_filter(leaf, calendar)
    measure, value_of = _compile_measure(leaf), _compile_value(leaf)
    adds_up = leaf.function in ("sum", "avg") and not leaf.distinct

    def judge(history: History, at: int) -> tuple[bool, int]:
        log = history.log(event_type)
        low, high, limit = _cut(log, bounds, history, at)
        walk = _Walk(log, bounds, filter_, value_of, low, high, adds_up)
        for place in range(low, high):
            walk.enter(place, at)
        holds = passes(measure(walk))
        while (turn := walk.next_turn()) < limit:
            if walk.go_to(turn) and passes(measure(walk)) is not holds:
                return holds, turn
        return holds, limit

    return judge


def _compile_measure(leaf: AggregateTest) -> "Callable[[_Walk], Number | None]":
    """Return the function from a walk to the number it has come to."""
    compute = compile_reduction(leaf.function, distinct=leaf.distinct)
    match leaf.function, leaf.distinct:
        case "sum", False:
            return lambda walk: walk.total
        case "avg", False:
            return lambda walk: Fraction(walk.total) / len(walk.values) if walk.values else None
        case _:
            return lambda walk: compute(walk.values.values())


def _compile_value(leaf: AggregateTest) -> Callable[[Event], Any]:
    """Return the function that gives an event's value; None if the event does not count."""
    if leaf.function == "count" and not leaf.distinct:
        return lambda _: True
    return compile_value(leaf.property or (), "scalars" if leaf.function == "count" else "numbers")


@define(eq=False)
class _Walk:
    """A window moving through time, over a log.

    values: those of the events that count now, by their places. total: what they add up to, if
    `adds_up`: a sum must not be computed again at every step. turning: for a filter that moves with
    the clock, a heap of when each event inside may next pass or fail it.
    """

    log: Log
    bounds: Bounds
    filter: Filter
    value_of: Callable[[Event], Any]
    low: int
    high: int
    adds_up: bool
    values: dict[int, Any] = field(factory=dict)
    total: int | Decimal = 0
    turning: list[tuple[int, int]] = field(factory=list)

    def next_turn(self) -> int:
        """Return when an event next comes, goes or may turn; NEVER if none does."""
        turn = self.turning[0][0] if self.turning else NEVER
        if self.high < len(self.log.times):
            turn = min(turn, _find_entry(self.log, self.bounds, self.high))
        if self.low < self.high:
            turn = min(turn, self.bounds.leaves(self.log.times[self.low]))
        return turn

    def go_to(self, turn: int) -> bool:
        """Move the window to an instant; return whether other values count than before."""
        log, bounds, moved = self.log, self.bounds, False
        while self.high < len(log.times) and _find_entry(log, bounds, self.high) <= turn:
            moved |= self.enter(self.high, turn)
            self.high += 1
        while self.low < self.high and bounds.leaves(log.times[self.low]) <= turn:
            moved |= self._drop(self.low)
            self.low += 1
        while self.turning and self.turning[0][0] <= turn:
            _, place = heappop(self.turning)
            if place >= self.low:
                counted = self._drop(place)
                moved |= self.enter(place, turn) is not counted
        return moved

    def enter(self, place: int, at: int) -> bool:
        """Add an event if it passes the filter; return whether it counts."""
        event, turns = self.log.events[place], self.filter.turns
        if turns is not None and (turn := turns(event.properties, at)) < NEVER:
            heappush(self.turning, (turn, place))
        value = self.value_of(event) if self.filter.keep(event.properties, at) else None
        if value is None:
            return False
        self.values[place] = value
        if self.adds_up:
            self.total = exact_sum(self.total, value)
        return True

    def _drop(self, place: int) -> bool:
        """Remove an event; return whether it has counted."""
        value = self.values.pop(place, None)
        if value is None:
            return False
        if self.adds_up:
            self.total = exact_difference(self.total, value)
        return True
