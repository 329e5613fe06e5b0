"""Aggregates that take values in and let them go again, exactly.

An accumulator has `add`, `drop` and `result`. What is dropped has been added before.
"""

from bisect import bisect_left, insort
from collections import Counter
from collections.abc import Callable, Collection
from decimal import Decimal
from fractions import Fraction
from functools import partial
from typing import Any, Protocol, assert_never

from segrules.evaluation.predicates import NUMBERS, SCALARS, key
from segrules.facts.exact import add_up, exact_sum
from segrules.language.syntax import Function


class Accumulator(Protocol):
    """A number computed from values that come and go."""

    def add(self, value: Any) -> None:
        """Take a value in."""

    def drop(self, value: Any) -> None:
        """Let a value go."""

    def result(self) -> int | Decimal | Fraction | None:
        """Return the number, exactly; None where there is none."""


class Count:
    """How many values there are, missing ones included."""

    def __init__(self) -> None:
        self.number = 0

    def add(self, value: Any) -> None:  # noqa: ARG002  # every value counts the same
        self.number += 1

    def drop(self, value: Any) -> None:  # noqa: ARG002  # every value counts the same
        self.number -= 1

    def result(self) -> int:
        return self.number


class Sum:
    """The sum of the numbers among the values, or with `average` their mean."""

    def __init__(self, *, average: bool = False) -> None:
        self.average = average
        self.total: int | Decimal = 0
        self.number = 0

    def add(self, value: Any) -> None:
        if type(value) in NUMBERS:
            self.total = exact_sum(self.total, value)
            self.number += 1

    def drop(self, value: Any) -> None:
        if type(value) in NUMBERS:
            self.total = exact_sum(
                self.total, -value if type(value) is int else value.copy_negate()
            )
            self.number -= 1

    def result(self) -> int | Decimal | Fraction | None:
        if not self.average:
            return self.total
        return Fraction(self.total) / self.number if self.number else None


class Extreme:
    """The smallest of the numbers among the values, or with `largest` the largest."""

    def __init__(self, *, largest: bool) -> None:
        self.place = -1 if largest else 0
        self.numbers: list[int | Decimal] = []

    def add(self, value: Any) -> None:
        if type(value) in NUMBERS:
            insort(self.numbers, value)

    def drop(self, value: Any) -> None:
        if type(value) in NUMBERS:
            del self.numbers[bisect_left(self.numbers, value)]

    def result(self) -> int | Decimal | None:
        return self.numbers[self.place] if self.numbers else None


class Distinct:
    """Another accumulator over the distinct values; a missing one is no value."""

    def __init__(self, inner: Accumulator) -> None:
        self.inner = inner
        self.seen: Counter[tuple[bool, Any]] = Counter()

    def add(self, value: Any) -> None:
        if type(value) in SCALARS:
            self.seen[key(value)] += 1
            if self.seen[key(value)] == 1:
                self.inner.add(value)

    def drop(self, value: Any) -> None:
        if type(value) in SCALARS:
            self.seen[key(value)] -= 1
            if self.seen[key(value)] == 0:
                self.inner.drop(value)

    def result(self) -> int | Decimal | Fraction | None:
        return self.inner.result()


def compile_aggregate(function: Function, *, distinct: bool) -> Callable[[], Accumulator]:
    """Return the function that makes a fresh accumulator."""
    makers: dict[Function, Callable[[], Accumulator]] = {
        "count": Count,
        "sum": Sum,
        "avg": lambda: Sum(average=True),
        "min": lambda: Extreme(largest=False),
        "max": lambda: Extreme(largest=True),
    }
    make = makers[function]
    return (lambda: Distinct(make())) if distinct else make


def compile_reduction(
    function: Function, *, distinct: bool
) -> Callable[[list[Any]], int | Decimal | Fraction | None]:
    """Return the function that computes from all the numbers at once."""
    compute: Callable[[Collection[Any]], int | Decimal | Fraction | None]
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
    return Fraction(add_up(values)) / len(values) if values else None
