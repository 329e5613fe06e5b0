"""Tests on numbers computed from events, compiled."""

from collections.abc import Callable
from math import ceil, floor
from typing import Any, TypeAlias

from segrules.evaluation.accumulator import compile_aggregate
from segrules.evaluation.facts import Event, History
from segrules.evaluation.filters import Filter, compile_filter_of
from segrules.evaluation.pick import finders
from segrules.evaluation.predicates import compile_number_test, compile_path
from segrules.evaluation.slice import Slice, compile_slice
from segrules.meaning.calendar import NEVER, Calendar
from segrules.meaning.conditions import AggregateTest, InRange

Cut: TypeAlias = Callable[[History, int], Slice]
Look: TypeAlias = Callable[[History, int], tuple[bool, int]]


def compile_aggregate_test(condition: AggregateTest, calendar: Calendar) -> tuple[Look, bool]:
    """Compile a test on an aggregate; with false, what is compiled is its opposite."""
    cut = compile_slice(condition.event_type, condition.window, calendar, finders(calendar))
    filter_ = compile_filter_of(condition, calendar)
    if filter_ is not None and filter_.turns is not None:
        return _compile_moving(condition, cut, filter_, filter_.turns), True
    threshold = _threshold(condition)
    if threshold is None:
        return _compile_walk(condition, cut, filter_), True
    number, at_least = threshold
    return _compile_at_least(number, cut, filter_), at_least


def _threshold(condition: AggregateTest) -> tuple[int, bool] | None:
    """Return n, and true where the test is `count >= n` or false where it is `count < n`."""
    if condition.function != "count" or condition.distinct:
        return None
    match condition.test:
        case InRange(low, None, is_open, _) if low is not None and not isinstance(low, str):
            return (floor(low) + 1 if is_open else ceil(low)), True
        case InRange(None, high, _, is_open) if high is not None and not isinstance(high, str):
            return (ceil(high) if is_open else floor(high) + 1), False
        case _:
            return None


def _compile_at_least(number: int, cut: Cut, filter_: Filter | None) -> Look:
    """Compile `count >= number`: the number-th newest decides, and nothing older matters."""

    def look(history: History, at: int) -> tuple[bool, int]:
        if number <= 0:
            return True, NEVER
        piece = cut(history, at)
        place = piece.high - number if filter_ is None else _nth_newest(number, piece, filter_, at)
        if place >= piece.low:
            return True, min(piece.turns, piece.exit_of(place))
        return False, min(piece.turns, piece.next_entry())

    return look


def _nth_newest(number: int, piece: Slice, filter_: Filter, at: int) -> int:
    for place in range(piece.high - 1, piece.low - 1, -1):
        if filter_.keep(piece.events[place], at):
            number -= 1
            if not number:
                return place
    return piece.low - 1


def _compile_walk(condition: AggregateTest, cut: Cut, filter_: Filter | None) -> Look:
    """Compile an aggregate whose events only come and go.

    The turn is found by letting them, in the order of time, until the answer changes.
    """
    make = compile_aggregate(condition.function, distinct=condition.distinct)
    passes = compile_number_test(condition.test)
    value_of = _compile_value(condition)

    def look(history: History, at: int) -> tuple[bool, int]:
        piece = cut(history, at)

        def pass_on(event: Event, take: Callable[[Any], None]) -> None:
            if filter_ is None or filter_.keep(event, at):
                take(value_of(event))

        total = make()
        for event in piece.events[piece.low : piece.high]:
            pass_on(event, total.add)
        holds = passes(total.result())
        while (turn := min(piece.next_entry(), piece.next_exit())) < piece.turns:
            while piece.next_entry() <= turn:
                pass_on(piece.events[piece.high], total.add)
                piece.high += 1
            while piece.next_exit() <= turn:
                pass_on(piece.events[piece.low], total.drop)
                piece.low += 1
            if passes(total.result()) is not holds:
                return holds, turn
        return holds, piece.turns

    return look


def _compile_moving(
    condition: AggregateTest, cut: Cut, filter_: Filter, turns: Callable[[Event, int], int]
) -> Look:
    """Compile an aggregate whose filter moves with the clock, so that any event may turn."""
    make = compile_aggregate(condition.function, distinct=condition.distinct)
    passes = compile_number_test(condition.test)
    value_of = _compile_value(condition)

    def look(history: History, at: int) -> tuple[bool, int]:
        piece = cut(history, at)
        until = min(piece.turns, piece.next_entry(), piece.next_exit())
        total = make()
        for event in piece.events[piece.low : piece.high]:
            until = min(until, turns(event, at))
            if filter_.keep(event, at):
                total.add(value_of(event))
        return passes(total.result()), until

    return look


def _compile_value(condition: AggregateTest) -> Callable[[Event], Any]:
    if condition.property is None:
        return lambda _: None
    get = compile_path(condition.property)
    return lambda event: get(event.properties)
