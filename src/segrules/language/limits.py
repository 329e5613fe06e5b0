"""Limits on the size of a rule, and on the range of a number."""

from decimal import Decimal
from typing import Final

from attrs import frozen

LARGEST_EXPONENT: Final = 308
SMALLEST_EXPONENT: Final = -400
"""The range of numbers: that of a double, with room for all its digits."""


def is_in_reach(number: Decimal) -> bool:
    """Tell whether a finite number is in the range that rules compute with."""
    exponent = number.as_tuple().exponent
    return not number or (
        number.adjusted() <= LARGEST_EXPONENT
        and isinstance(exponent, int)
        and exponent >= SMALLEST_EXPONENT
    )


@frozen
class Limits:
    """What a host allows in one rule.

    levels: the longest chain of AND, OR and NOT from the root down to a condition, counted on the
    tree as meant: a connective directly inside the same connective adds nothing.
    characters: the length of the text.
    """

    levels: int = 4
    characters: int = 50_000
