"""Decimal arithmetic without rounding: sums never drift, however often numbers come and go."""

from collections.abc import Iterable
from decimal import Context, Decimal, Inexact
from functools import reduce
from typing import Final

from segrules.language.limits import LARGEST_EXPONENT, SMALLEST_EXPONENT

EXACT: Final = Context(prec=LARGEST_EXPONENT - SMALLEST_EXPONENT + 100, traps=[Inexact])
"""Wide enough for every sum of facts: 10^100 of the largest and the smallest number together."""


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
