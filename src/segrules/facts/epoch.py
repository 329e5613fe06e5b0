"""Numbers that are instants elsewhere: seconds, or parts of them, since 1970. Advice on them."""

import re
from datetime import datetime, timedelta
from typing import Final

from segrules.meaning.calendar import EPOCH

DIGITS: Final = re.compile(r"\d{9,19}(\.\d*)?")
UNITS: Final = (("seconds", 11, 0), ("milliseconds", 14, 3), ("microseconds", 17, 6))
"""Each unit with how many digits are too many for it, and how many are parts of a second."""
LAST: Final = ("nanoseconds", 20, 9)


def find_unit(text: str) -> str | None:
    """Return the unit that a number since 1970 is probably in; None if it is probably none."""
    return _unit(text)[0] if DIGITS.fullmatch(text) else None


def guess_instant(text: str) -> datetime:
    """Return the instant that a number since 1970 probably means, to the second."""
    _, _, parts = _unit(text)
    return EPOCH + timedelta(seconds=int(text.partition(".")[0]) // 10**parts)


def _unit(text: str) -> tuple[str, int, int]:
    digits = len(text.partition(".")[0])
    return next((unit for unit in UNITS if digits < unit[1]), LAST)
