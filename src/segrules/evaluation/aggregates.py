"""Tests on numbers computed from events, compiled."""

import heapq
from collections.abc import Callable
from math import ceil, floor
from typing import Any, TypeAlias

from attrs import define, field

from segrules.evaluation.accumulator import Accumulator, compile_aggregate
from segrules.evaluation.filters import Filter, compile_filter_of
from segrules.evaluation.pick import finders
from segrules.evaluation.predicates import compile_number_test, compile_path
from segrules.evaluation.slice import Slice, compile_slice
from segrules.facts.event import Event
from segrules.facts.history import History
from segrules.meaning.calendar import NEVER, Calendar
from segrules.meaning.conditions import AggregateTest, InRange

Cut: TypeAlias = Callable[[History, int], Slice]
Look: TypeAlias = Callable[[History, int], tuple[bool, int]]


def compile_aggregate_test(condition: AggregateTest, calendar: Calendar) -> tuple[Look, bool]:
    """Compile a test on an aggregate; with false, what is compiled is its opposite."""
    cut = compile_slice(condition.event_type, condition.window, calendar, finders(calendar))
    filter_ = compile_filter_of(condition, calendar)
    walk = _compile_walk(condition, cut, filter_)
    threshold = _threshold(condition)
    if threshold is None or (filter_ is not None and filter_.turns is not None):
        return walk, True
    number, at_least = threshold
    return _compile_at_least(number, cut, filter_, walk, at_least=at_least), at_least


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


def _compile_at_least(
    number: int, cut: Cut, filter_: Filter | None, walk: Look, *, at_least: bool
) -> Look:
    """Compile `count >= number`: the number-th newest decides, and nothing older matters.

    Where events are still to come in, by the clock, the walk tells when the answer turns.
    """

    def look(history: History, at: int) -> tuple[bool, int]:
        if number <= 0:
            return True, NEVER
        piece = cut(history, at)
        if piece.high < len(piece.times):
            holds, until = walk(history, at)
            return holds is at_least, until
        place = piece.high - number if filter_ is None else _nth_newest(number, piece, filter_, at)
        if place >= piece.low:
            return True, min(piece.turns, piece.exit_of(place))
        return False, piece.turns

    return look


def _nth_newest(number: int, piece: Slice, filter_: Filter, at: int) -> int:
    for place in range(piece.high - 1, piece.low - 1, -1):
        if filter_.keep(piece.events[place], at):
            number -= 1
            if not number:
                return place
    return piece.low - 1


def _compile_walk(condition: AggregateTest, cut: Cut, filter_: Filter | None) -> Look:
    """Compile any aggregate: let events come and go in the order of time until the answer turns."""
    make = compile_aggregate(condition.function, distinct=condition.distinct)
    passes = compile_number_test(condition.test)
    value_of = _compile_value(condition)

    def look(history: History, at: int) -> tuple[bool, int]:
        walk = _Walk(cut(history, at), make(), value_of, filter_)
        for place in range(walk.piece.low, walk.piece.high):
            walk.take_in(place, at)
        holds = passes(walk.total.result())
        while (turn := walk.next_turn()) < walk.piece.turns:
            walk.go_to(turn)
            if passes(walk.total.result()) is not holds:
                return holds, turn
        return holds, walk.piece.turns

    return look


@define(eq=False)
class _Walk:
    """A window on its way through time: what is in it, and the aggregate of what passes.

    kept: the places of the events that pass the filter now. waiting: for a filter that moves with
    the clock, when each event inside may pass or fail it next.
    """

    piece: Slice
    total: Accumulator
    value_of: Callable[[Event], Any]
    filter_: Filter | None
    kept: set[int] = field(factory=set)
    waiting: list[tuple[int, int]] = field(factory=list)

    def next_turn(self) -> int:
        """Return when an event next comes, goes or turns."""
        turn = min(self.piece.next_entry(), self.piece.next_exit())
        return min(turn, self.waiting[0][0]) if self.waiting else turn

    def go_to(self, turn: int) -> None:
        """Let come, go and turn what does at an instant."""
        piece = self.piece
        while piece.next_entry() <= turn:
            self.take_in(piece.high, turn)
            piece.high += 1
        while piece.next_exit() <= turn:
            self._let_go(piece.low)
            piece.low += 1
        while self.waiting and self.waiting[0][0] <= turn:
            _, place = heapq.heappop(self.waiting)
            if piece.low <= place:
                self._let_go(place)
                self.take_in(place, turn)

    def take_in(self, place: int, at: int) -> None:
        """Reckon with an event, if it passes the filter."""
        event = self.piece.events[place]
        if self.filter_ is None or self.filter_.keep(event, at):
            self.kept.add(place)
            self.total.add(self.value_of(event))
        if self.filter_ is not None and self.filter_.turns is not None:
            turn = self.filter_.turns(event, at)
            if turn < NEVER:
                heapq.heappush(self.waiting, (turn, place))

    def _let_go(self, place: int) -> None:
        if place in self.kept:
            self.kept.remove(place)
            self.total.drop(self.value_of(self.piece.events[place]))


def _compile_value(condition: AggregateTest) -> Callable[[Event], Any]:
    if condition.property is None:
        return lambda _: None
    get = compile_path(condition.property)
    return lambda event: get(event.properties)
