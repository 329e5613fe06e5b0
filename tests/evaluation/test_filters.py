"""Filters on an event's own properties, compiled."""

import pytest

from segrules.evaluation.filters import compile_filter
from segrules.meaning.calendar import DAY, NEVER
from segrules.meaning.conditions import (
    And,
    Condition,
    Equals,
    Exactly,
    Fixed,
    Lies,
    ListTest,
    Not,
    Now,
    Or,
    Property,
    TermTest,
    Window,
)
from tests.evaluation.facing import CALENDAR, WEEK, day, event, micros

GIFT: Condition = TermTest(Property(("gift",)), Equals(value=True))
CARD: Condition = TermTest(Property(("card",)), Equals(value=True))
SOON: Condition = TermTest(Property(("due",)), Lies(Window(Now(), Exactly(2 * DAY))))
RECENT: Condition = TermTest(Property(("made",)), Lies(WEEK))
BOTH, GIFT_ALONE, NEITHER = (
    event("purchase", 1, gift=True, card=True).properties,
    event("purchase", 1, gift=True).properties,
    event("purchase", 1).properties,
)


@pytest.mark.parametrize(
    ("condition", "kept"),
    [
        (GIFT, [True, True, False]),
        (Not(GIFT), [False, False, True]),
        (And((GIFT, CARD)), [True, False, False]),
        (Or((GIFT, CARD)), [True, True, False]),
        (And(()), [True, True, True]),
        (Or(()), [False, False, False]),
    ],
)
def test_still(condition: Condition, kept: list[bool]) -> None:
    """A filter without a moving window keeps an event or not, whenever it is asked."""
    filter_ = compile_filter(condition, CALENDAR)
    assert filter_.turns is None
    assert [filter_.keep(each, micros(5)) for each in (BOTH, GIFT_ALONE, NEITHER)] == kept


def test_fixed_window() -> None:
    """A window between two dates does not move."""
    march = Lies(Window(Fixed(micros(0)), Fixed(micros(31))))
    filter_ = compile_filter(TermTest(Property(("due",)), march), CALENDAR)
    assert filter_.turns is None
    assert filter_.keep(event("cart", 1, due=day(30)).properties, micros(5))
    assert not filter_.keep(event("cart", 1, due=day(31)).properties, micros(5))
    assert not filter_.keep(event("cart", 1, due="2026-03-10").properties, micros(5))


def test_moving_window() -> None:
    """A window that moves with the clock tells when its answer may change."""
    filter_ = compile_filter(SOON, CALENDAR)
    cart = event("cart", 1, due=day(9)).properties
    assert filter_.turns
    assert [filter_.keep(cart, micros(n)) for n in (6, 7, 8, 9)] == [False, True, True, False]
    assert [filter_.turns(cart, micros(n)) for n in (6, 7, 9)] == [micros(7), micros(9), NEVER]
    assert filter_.turns(event("cart", 1).properties, micros(6)) == NEVER
    assert not filter_.keep(event("cart", 1).properties, micros(6))


def test_groups_turn_with_the_soonest() -> None:
    """A group may change as soon as the first of its parts may, and so may its opposite."""
    cart = event("cart", 1, due=day(9), made=day(1)).properties
    for condition in (And((GIFT, SOON, RECENT)), Or((SOON, RECENT)), Not(Or((SOON, RECENT)))):
        filter_ = compile_filter(condition, CALENDAR)
        assert filter_.turns
        assert filter_.turns(cart, micros(5)) == micros(7)
        assert filter_.turns(cart, micros(7)) == micros(8)


def test_own_properties_alone() -> None:
    """A filter asks about nothing but the event's own properties."""
    with pytest.raises(TypeError):
        compile_filter(ListTest("list", "vip"), CALENDAR)
