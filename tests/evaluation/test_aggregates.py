"""Tests on numbers computed from events, compiled."""

from decimal import Decimal

import pytest

from segrules.evaluation.aggregates import compile_aggregate_test
from segrules.language.syntax import Function
from segrules.meaning.calendar import DAY, NEVER
from segrules.meaning.conditions import (
    AggregateTest,
    Condition,
    Equals,
    Exactly,
    InRange,
    Lies,
    Now,
    NumberTest,
    Property,
    TermTest,
    Window,
)
from tests.evaluation.facing import CALENDAR, WEEK, day, event, history, micros

KNOWN = history(
    event("purchase", 1, total=10, gift=True, due=day(12)),
    event("purchase", 3, total=30),
    event("purchase", 5, total=50, gift=True),
    event("purchase", 20, total=10),
)
GIFT: Condition = TermTest(Property(("gift",)), Equals(value=True))
SOON: Condition = TermTest(Property(("due",)), Lies(Window(Now(), Exactly(2 * DAY))))
TWO, THREE = Decimal(2), Decimal(3)


def look(condition: AggregateTest, at: int) -> tuple[bool, int]:
    """Return the answer of the condition itself, and the first day on which it may change."""
    compiled, is_itself = compile_aggregate_test(condition, CALENDAR)
    holds, turns = compiled(KNOWN, micros(at))
    return holds is is_itself, NEVER if turns == NEVER else (turns - micros(0)) // DAY


def count(
    test: NumberTest, window: Window | None = WEEK, kept: Condition | None = None
) -> AggregateTest:
    return AggregateTest("count", None, False, "purchase", kept, window, test)  # noqa: FBT003


@pytest.mark.parametrize(
    ("test", "at", "answer"),
    [
        (InRange(low=TWO), 6, (True, 10)),
        (InRange(low=THREE), 6, (True, 8)),
        (InRange(low=THREE), 8, (False, NEVER)),
        (InRange(low=TWO, open_low=True), 6, (True, 8)),
        (InRange(low=Decimal("2.5")), 6, (True, 8)),
        (InRange(high=TWO), 6, (False, 8)),
        (InRange(high=THREE, open_high=True), 6, (False, 8)),
        (InRange(high=Decimal("2.5"), open_high=True), 8, (True, NEVER)),
        (InRange(low=Decimal(0)), 6, (True, NEVER)),
        (InRange(high=Decimal(-1)), 6, (False, NEVER)),
        (Equals(THREE), 6, (True, 8)),
        (Equals(Decimal(1)), 6, (False, 10)),
        (InRange(TWO, THREE), 6, (True, 10)),
    ],
)
def test_count(test: NumberTest, at: int, answer: tuple[bool, int]) -> None:
    """A count tells when it may be entered or left, by ageing too."""
    assert look(count(test), at) == answer


@pytest.mark.parametrize(
    ("window", "at", "answer"),
    [
        (None, 6, (True, NEVER)),
        (None, 0, (False, 1)),
        (Window(None, Exactly(-7 * DAY)), 6, (False, 8)),
    ],
)
def test_windows(window: Window | None, at: int, answer: tuple[bool, int]) -> None:
    """A count may be of all there is, or of what is older."""
    assert look(count(InRange(low=Decimal(1)), window), at) == answer


def test_filter() -> None:
    """A filter that does not move is looked through for the event that decides."""
    assert look(count(InRange(low=TWO), WEEK, GIFT), 6) == (True, 8)
    assert look(count(InRange(low=TWO), WEEK, GIFT), 8) == (False, NEVER)
    assert look(count(Equals(TWO), WEEK, GIFT), 6) == (True, 8)


def test_moving_filter() -> None:
    """An event turns when its filter does, and counts while the window holds it."""
    assert look(count(InRange(low=Decimal(1)), None, SOON), 6) == (False, 10)
    assert look(count(InRange(low=Decimal(1)), None, SOON), 10) == (True, 12)
    assert look(count(Equals(Decimal(0)), WEEK, SOON), 7) == (True, NEVER)
    assert look(count(Equals(Decimal(0)), None, SOON), 7) == (True, 10)


@pytest.mark.parametrize(
    ("function", "distinct", "test", "at", "answer"),
    [
        ("sum", False, InRange(low=Decimal(80)), 6, (True, 10)),
        ("sum", False, InRange(low=Decimal(81)), 6, (True, 8)),
        ("avg", False, Equals(Decimal(30)), 6, (True, 8)),
        ("avg", False, InRange(low=Decimal(40)), 6, (False, 8)),
        ("min", False, InRange(low=Decimal(30)), 6, (False, 8)),
        ("max", False, InRange(low=Decimal(50)), 6, (True, 12)),
        ("max", False, InRange(low=Decimal(5)), 6, (True, 12)),
        ("count", True, Equals(THREE), 6, (True, 8)),
        ("count", False, Equals(Decimal(1)), 20, (True, 27)),
    ],
)
def test_properties(
    function: Function,
    distinct: bool,  # noqa: FBT001  # a table
    test: NumberTest,
    at: int,
    answer: tuple[bool, int],
) -> None:
    """Aggregates of a property change as events come and go, and not otherwise."""
    condition = AggregateTest(function, ("total",), distinct, "purchase", None, WEEK, test)
    assert look(condition, at) == answer
