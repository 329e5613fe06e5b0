"""Lone leaves: conditions that share their source with no other, answered from the events.

A lone leaf has a filter that moves with the clock, or a window that speaks of another event.

INVARIANT: `until` may be early and is never late. A rule asks on to the very instant of change; an
engine asks again when it comes.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterator
from typing import TypeAlias

from segrules.evaluation.atoms import Answers, Lone, Moment
from segrules.evaluation.bounds import Bounds, FindEvent, compile_window
from segrules.evaluation.filters import Filter, compile_filter_of
from segrules.evaluation.instants import compile_finder
from segrules.evaluation.numbers import compile_reduction
from segrules.evaluation.predicates import Predicate, compile_number_test, compile_test
from segrules.evaluation.streams import compile_value
from segrules.facts.event import Event
from segrules.facts.history import History, Log
from segrules.meaning.calendar import NEVER, Calendar
from segrules.meaning.conditions import (
    AggregateTest,
    Condition,
    EventTest,
    Lies,
    TermTest,
    That,
    Window,
)

Judge: TypeAlias = Callable[[History, int], tuple[bool, int]]
FindEvents: TypeAlias = Callable[[History, int], tuple[Iterator[Event], int]]
"""Finds the events that count, the newest first, and up to when it is these at least."""


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
        case EventTest():
            find_event = _compile_newest(leaf, calendar)

            def judge(history: History, at: int) -> tuple[bool, int]:
                event, turns = find_event(history, at)
                return event is not None, turns

            return judge
        case AggregateTest(function="count", distinct=False):
            return _compile_count(leaf, calendar)
        case AggregateTest():
            return _compile_number(leaf, calendar)
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


def _compile_bounds(window: Window | None, calendar: Calendar) -> Bounds:
    def find_that(that: That) -> FindEvent:
        return _compile_newest(that.anchor, calendar)

    return compile_window(window, calendar, find_that)


def _compile_newest(leaf: EventTest | AggregateTest, calendar: Calendar) -> FindEvent:
    """Compile the search for the newest event that counts: what `that` means."""
    find = _compile_events(leaf, calendar)

    def find_newest(history: History, at: int) -> tuple[Event | None, int]:
        events, turns = find(history, at)
        return next(events, None), turns

    return find_newest


def _compile_events(leaf: EventTest | AggregateTest, calendar: Calendar) -> FindEvents:
    """Compile the search for the events that count."""
    event_type, which = leaf.event_type, leaf.which if isinstance(leaf, EventTest) else None
    bounds, filter_ = _compile_bounds(leaf.window, calendar), _compile_filter(leaf, calendar)
    keep, next_turn = filter_.keep, filter_.turns

    def find(history: History, at: int) -> tuple[Iterator[Event], int]:
        log = history.log(event_type)
        times, past = log.times, bisect_right(log.times, at)
        low, high, turns = _cut(log, bounds, history, at)
        looked = range(low, high)
        if past < len(times) and not (which == "first" and past):
            turns = min(turns, times[past])  # the next to happen
        if which is not None:
            place = 0 if which == "first" else past - 1
            looked = range(place, place + 1) if past else range(0)
            turns = min([turns, *(bounds.next_edge(times[n], at) for n in looked)])
        elif high < past:
            turns = min(turns, bounds.enters(times[high]))  # the next to come into the window
        if which is None and low < high:
            turns = min(turns, bounds.leaves(times[low]))  # the next to leave it
        if next_turn is not None:
            turns = min([turns, *(next_turn(log.events[n], at) for n in looked)])
        inside = (log.events[n] for n in reversed(looked) if low <= n < high)
        return (event for event in inside if keep(event, at)), turns

    return find


def _cut(log: Log, bounds: Bounds, history: History, at: int) -> tuple[int, int, int]:
    """Return the places between which a log lies in a window, and up to when `that` stays so."""
    start, end, turns = bounds.span(history, at)
    low = bisect_left(log.times, start)
    return low, max(low, bisect_left(log.times, min(end, at + 1))), turns


def _compile_filter(leaf: EventTest | AggregateTest, calendar: Calendar) -> Filter:
    return compile_filter_of(leaf, calendar) or Filter(lambda _, __: True)


def _compile_number(leaf: AggregateTest, calendar: Calendar) -> Judge:
    """Compile a test on a number computed from the values of a property."""
    find, passes = _compile_events(leaf, calendar), compile_number_test(leaf.test)
    compute = compile_reduction(leaf.function, distinct=leaf.distinct)
    value_of = compile_value(
        leaf.property or (), "scalars" if leaf.function == "count" else "numbers"
    )

    def judge(history: History, at: int) -> tuple[bool, int]:
        events, turns = find(history, at)
        values = [value for event in events if (value := value_of(event)) is not None]
        return passes(compute(values)), turns

    return judge


def _compile_count(leaf: AggregateTest, calendar: Calendar) -> Judge:
    """Compile a test on how many events count, which cannot turn before enough events have."""
    event_type, passes = leaf.event_type, compile_test(leaf.test)
    bounds, filter_ = _compile_bounds(leaf.window, calendar), _compile_filter(leaf, calendar)
    keep, next_turn = filter_.keep, filter_.turns

    def judge(history: History, at: int) -> tuple[bool, int]:
        log = history.log(event_type)
        times, events = log.times, log.events
        low, high, turns = _cut(log, bounds, history, at)
        leaving, coming = [], []
        for n in range(low, high):
            turn = NEVER if next_turn is None else next_turn(events[n], at)
            if keep(events[n], at):
                leaving.append(min(turn, bounds.leaves(times[n])))
            else:
                coming.append(turn)
        ahead = [n for n in range(high, len(times)) if next_turn is not None or keep(events[n], at)]
        coming += [max(times[n], bounds.enters(times[n])) for n in ahead]
        return passes(len(leaving)), min(turns, _find_turn(passes, leaving, coming))

    return judge


def _find_turn(passes: Predicate, leaving: list[int], coming: list[int]) -> int:
    """Return when a test on a number of events may turn.

    leaving, coming: when each event that counts may stop to, and each that does not may begin to.
    """
    number, turns = len(leaving), NEVER
    holds = passes(number)
    fewer = next((n for n in range(1, number + 1) if passes(number - n) is not holds), None)
    more = next((n for n in range(1, len(coming) + 1) if passes(number + n) is not holds), None)
    if fewer is not None:
        turns = sorted(leaving)[fewer - 1]
    if more is not None:
        turns = min(turns, sorted(coming)[more - 1])
    return turns
