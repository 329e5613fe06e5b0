"""What a measurement says: a row of the table, with its gate and the figures behind it."""

from collections.abc import Mapping
from typing import Final, Literal

from attrs import field, frozen

TIMES: Final = "\u00d7"
"""The unit of a ratio."""


class NotAvailableError(Exception):
    """Something that a measurement needs is not here: a peer, or a part of segrules."""


class UnequalError(Exception):
    """Contestants gave different answers, so that their times mean nothing."""


@frozen
class Limit:
    """What a figure has to reach."""

    direction: Literal["at least", "at most"]
    value: float
    unit: str

    def is_met(self, reached: float) -> bool:
        """Tell whether a figure reaches it."""
        return reached >= self.value if self.direction == "at least" else reached <= self.value

    def __str__(self) -> str:
        sign = "≥" if self.direction == "at least" else "≤"
        return f"{sign} {say(self.value, self.unit)}"


@frozen
class Row:
    """One line of the report.

    limit: None where the figure is told, and nothing is asked of it. reached: None where it could
    not be measured; `note` then says why. figures: what it was made of, in the units that their
    names tell.
    """

    gate: str
    what: str
    limit: Limit | None
    reached: float | None
    unit: str
    note: str = ""
    figures: Mapping[str, float] = field(factory=dict)

    @property
    def is_met(self) -> bool | None:
        """Whether the limit was reached; None where there is none, or no figure."""
        if self.limit is None or self.reached is None:
            return None
        return self.limit.is_met(self.reached)


def at_least(value: float, unit: str = TIMES) -> Limit:
    """Return a limit that large figures meet."""
    return Limit("at least", value, unit)


def at_most(value: float, unit: str = TIMES) -> Limit:
    """Return a limit that small figures meet."""
    return Limit("at most", value, unit)


def say(value: float, unit: str) -> str:
    """Return a figure with its unit, to three digits."""
    digits = f"{value:,.0f}" if abs(value) >= 100 or value == round(value) else f"{value:.3g}"
    return digits + ("" if unit in {TIMES, "%"} else " ") + unit if unit else digits


def require_equal(what: str, expected: object, found: object) -> None:
    """Raise UnequalError where two contestants differ."""
    if expected != found:
        raise UnequalError(f"{what}: the contestants differ")
