"""Decimal arithmetic without rounding: sums never drift, however often numbers come and go."""

import math
from collections.abc import Iterable
from decimal import Context, Decimal, Inexact
from functools import reduce
from typing import Final

from segrules.facts.arguments import FactError
from segrules.language.limits import LARGEST_EXPONENT, SMALLEST_EXPONENT, is_in_reach

EXACT: Final = Context(prec=LARGEST_EXPONENT - SMALLEST_EXPONENT + 100, traps=[Inexact])
"""Wide enough for every sum of facts: 10^100 of the largest and the smallest number together."""


def to_number(value: float | Decimal) -> int | Decimal:
    """Return a number made exact, a float as its shortest form reads it.

    Raises FactError, whose message lacks its subject, if it is not finite or out of range.
    """
    if isinstance(value, int):
        if abs(value) < 10 ** (LARGEST_EXPONENT + 1):
            return int(value)
        raise FactError(
            f"is too large a number: at most 1e{LARGEST_EXPONENT}", code="number-out-of-range"
        )
    if not (value.is_finite() if isinstance(value, Decimal) else math.isfinite(value)):
        raise FactError("is not a finite number", code="number-not-finite")
    exact = Decimal(value) if isinstance(value, Decimal) else Decimal(repr(float(value)))
    if not is_in_reach(exact):
        raise FactError(
            f"is out of range: numbers lie between 1e{SMALLEST_EXPONENT} and 1e{LARGEST_EXPONENT}",
            code="number-out-of-range",
        )
    return exact or Decimal(0)


def add_up(values: Iterable[int | Decimal]) -> Decimal:
    """Return the sum of numbers, without rounding."""
    return reduce(EXACT.add, values, Decimal(0))


def exact_sum(left: int | Decimal, right: int | Decimal) -> int | Decimal:
    """Return the sum of two numbers, without rounding."""
    if type(left) is int and type(right) is int:
        return left + right
    return EXACT.add(left, right)


def exact_difference(left: int | Decimal, right: int | Decimal) -> int | Decimal:
    """Return the difference of two numbers, without rounding."""
    if type(left) is int and type(right) is int:
        return left - right
    return EXACT.subtract(left, right)
