"""Numbers: computing one from events, and which of many tests it passes until when."""

from bisect import bisect_left, bisect_right
from collections.abc import Callable, Collection, Sequence
from decimal import Decimal
from fractions import Fraction
from functools import partial
from itertools import accumulate
from operator import or_
from typing import Any, TypeAlias, assert_never

from segrules.evaluation.atoms import Answers, Tests, Total
from segrules.evaluation.bounds import Bounds, compile_window, refuse
from segrules.evaluation.predicates import compile_number_test
from segrules.evaluation.streams import compile_stream
from segrules.facts.exact import add_up, exact_difference
from segrules.facts.history import History, Track
from segrules.language.syntax import Function
from segrules.meaning.calendar import NEVER, Calendar
from segrules.meaning.conditions import InRange, IsPresent

Number: TypeAlias = int | Decimal | Fraction
Measure: TypeAlias = Callable[[Track, int, int], Number | None]
"""Computes the number of the values between two places of a track."""


def compile_total(source: Total, tests: Tests, calendar: Calendar, patience: int) -> Answers:
    """Compile tests on a number.

    patience: how many events may come and go before the search for `until` gives up, and returns
    the instant it has reached; with 0 there is no search.
    """
    reader = compile_stream(source.stream)
    bounds = compile_window(source.window, calendar, refuse)
    is_whole = source.window is None or source.window.start is None
    is_unbound, span, name = source.window is None, bounds.span, reader.name
    measure, grade = _compile_measure(source, is_whole=is_whole), _compile_grade(source, tests)
    compute = compile_reduction(source.function, distinct=source.distinct)
    foresee = _compile_foresight(source, tests, bounds)

    def look(history: History, at: int) -> tuple[int, int]:
        start, end, _ = span(history, at)
        if name not in history.tracks:
            is_quiet = is_unbound and not reader.is_ahead(history, at)
            if is_quiet or not patience:
                values = reader.list_values(history, start, min(end, at + 1))
                return grade(compute(values)), NEVER if is_quiet else at + 1
        track = reader.read(history, start)
        times = track.times
        if is_unbound and (not times or times[-1] <= at):
            return grade(measure(track, 0, len(times))), NEVER
        low = 0 if is_whole else bisect_left(times, start)
        high = max(low, bisect_left(times, min(end, at + 1)))
        mask = grade(measure(track, low, high))
        if not patience:
            return mask, at + 1
        if high == len(times):
            if low == high or is_whole:
                return mask, NEVER
            if foresee is not None and not track.refunds:
                return mask, foresee(track, low, high)
        walk = _Walk(bounds, track.times, low, high)
        while (turn := walk.next_turn()) < NEVER:
            walk.go_to(turn)
            if walk.steps >= patience or grade(measure(track, walk.low, walk.high)) != mask:
                return mask, turn
        return mask, NEVER

    return look


class _Walk:
    """A window moving through time, over the instants of a track."""

    __slots__ = ("bounds", "high", "low", "steps", "times")

    def __init__(self, bounds: Bounds, times: Sequence[int], low: int, high: int) -> None:
        self.bounds, self.times, self.low, self.high, self.steps = bounds, times, low, high, 0

    def next_turn(self) -> int:
        """Return when an event next comes into the window or leaves it."""
        turn = self._entry() if self.high < len(self.times) else NEVER
        return min(turn, self._exit()) if self.low < self.high else turn

    def go_to(self, turn: int) -> None:
        """Move the window to an instant."""
        self.steps += 1
        while self.high < len(self.times) and self._entry() <= turn:
            self.high += 1
        while self.low < self.high and self._exit() <= turn:
            self.low += 1

    def _entry(self) -> int:
        instant = self.times[self.high]
        return max(instant, self.bounds.enters(instant))

    def _exit(self) -> int:
        return self.bounds.leaves(self.times[self.low])


def _compile_measure(source: Total, *, is_whole: bool) -> Measure:
    """Return the function that computes the number.

    is_whole: whether the window has no start, so that what is forgotten counts as well.
    """
    values = _compile_values(is_whole=is_whole)
    match source.function, source.distinct:
        case "count", False:
            return lambda track, low, high: high - low + (track.forgotten if is_whole else 0)
        case "sum", False:
            return _compile_sum(is_whole=is_whole)
        case "avg", False:
            sum_up = _compile_sum(is_whole=is_whole)
            return lambda track, low, high: _divide(
                sum_up(track, low, high), high - low + (track.forgotten if is_whole else 0)
            )
        case function, distinct:
            compute = compile_reduction(function, distinct=distinct)
            return lambda track, low, high: compute(values(track, low, high))


def _compile_values(*, is_whole: bool) -> Callable[[Track, int, int], list[Any]]:
    def values(track: Track, low: int, high: int) -> list[Any]:
        inside = (track.values or [])[low:high]
        return [*track.folded, *inside] if is_whole and track.folded else inside

    return values


def _compile_sum(*, is_whole: bool) -> Callable[[Track, int, int], int | Decimal]:
    def sum_up(track: Track, low: int, high: int) -> int | Decimal:
        sums = track.sums
        if sums is None:
            return 0
        return sums[high] if is_whole else exact_difference(sums[high], sums[low])

    return sum_up


def compile_reduction(
    function: Function, *, distinct: bool
) -> Callable[[Collection[Any]], Number | None]:
    """Return the function that computes the number of some values; it is None if there is none."""
    compute: Callable[[Collection[Any]], Number | None]
    match function:
        case "count":
            compute = len
        case "sum":
            compute = add_up
        case "avg":
            compute = _average
        case "min":
            compute = partial(min, default=None)
        case "max":
            compute = partial(max, default=None)
        case _:
            assert_never(function)
    return (lambda values: compute(set(values))) if distinct else compute


def _average(values: Collection[Any]) -> Fraction | None:
    return _divide(add_up(values), len(values))


def _divide(total: int | Decimal, number: int) -> Fraction | None:
    return Fraction(total) / number if number else None


def _compile_grade(source: Total, tests: Tests) -> Callable[[Number | None], int]:
    """Return the function from a number to the tests it passes."""
    match tests:
        case [(bit, (InRange() | IsPresent()) as test)]:
            passes = compile_number_test(test)
            return lambda number: bit if passes(number) else 0
    exact = Fraction if source.function == "avg" else Decimal
    points = sorted({exact(low) for _, low, _ in _thresholds(tests)})
    present = sum(bit for bit, test in tests if isinstance(test, IsPresent))
    places = {point: place for place, point in enumerate(points)}
    # The place of a number: twice the points below it, and one more if it is on a point.
    reached = [present] + [0] * (2 * len(points))
    for bit, low, is_open in _thresholds(tests):
        reached[2 * places[exact(low)] + (2 if is_open else 1)] |= bit
    masks: list[int] = list(accumulate(reached, or_))

    def grade(number: Number | None) -> int:
        if number is None:
            return 0
        return masks[bisect_left(points, number) + bisect_right(points, number)]

    return grade


def _thresholds(tests: Tests) -> list[tuple[int, Decimal, bool]]:
    return [
        (bit, test.low, test.open_low)
        for bit, test in tests
        if isinstance(test, InRange) and isinstance(test.low, Decimal)
    ]


def _compile_foresight(
    source: Total, tests: Tests, bounds: Bounds
) -> Callable[[Track, int, int], int] | None:
    """Return the function that finds when a sum without refunds falls below a threshold.

    Such a sum only falls, so bisecting the sums finds the event that must leave for that.
    """
    if source.function != "sum" or source.distinct:
        return None
    falling = sorted(((low, is_open) for _, low, is_open in _thresholds(tests)), reverse=True)

    def foresee(track: Track, low: int, high: int) -> int:
        sums = track.sums or []
        total = exact_difference(sums[high], sums[low])
        for threshold, is_open in falling:
            if total > threshold or (total == threshold and not is_open):
                rest = exact_difference(sums[high], threshold)
                bisect = bisect_left if is_open else bisect_right
                place = bisect(sums, rest, low + 1, high + 1)
                return NEVER if place > high else bounds.leaves(track.times[place - 1])
        return NEVER

    return foresee
