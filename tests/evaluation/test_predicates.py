"""Tests on values, compiled."""

from datetime import UTC, datetime
from decimal import Decimal
from fractions import Fraction
from typing import Any

import pytest

from segrules.evaluation.predicates import (
    compile_fact_test,
    compile_number_test,
    compile_path,
    compile_test,
    key,
)
from segrules.meaning.conditions import (
    Contains,
    Equals,
    HasAffix,
    InRange,
    IsOneOf,
    IsPresent,
    Lies,
    Now,
    NumberTest,
    ValueTest,
    Window,
)

NOON = datetime(2026, 3, 14, 12, tzinfo=UTC)
VALUES: list[Any] = [None, "", "GB", "5", 5, Decimal("5.0"), 6, True, NOON, frozenset({"GB"}), {}]
FIVE, SIX = Decimal(5), Decimal(6)


@pytest.mark.parametrize(
    ("test", "passing"),
    [
        (IsPresent(), VALUES[1:]),
        (Equals("GB"), ["GB"]),
        (Equals(FIVE), ["5", 5, Decimal("5.0")]),
        (Equals(value=True), [True]),
        (IsOneOf(("GB", FIVE)), ["GB", "5", 5, Decimal("5.0")]),
        (IsOneOf((Decimal(1),)), []),
        (IsOneOf(("GB", "5")), ["GB", "5"]),
        (Equals(Decimal("5.5")), []),
        (InRange(low=Decimal("5.5")), [6]),
        (InRange(low=FIVE), ["5", 5, Decimal("5.0"), 6]),
        (InRange(low=FIVE, open_low=True), [6]),
        (InRange(high=FIVE), ["5", 5, Decimal("5.0")]),
        (InRange(high=SIX, open_high=True), ["5", 5, Decimal("5.0")]),
        (InRange(FIVE, SIX), ["5", 5, Decimal("5.0"), 6]),
        (InRange(FIVE, SIX, open_low=True, open_high=True), []),
        (InRange("", "A"), ["", "5"]),
        (Contains(("G",)), ["GB"]),
        (Contains(("GB",)), ["GB", frozenset({"GB"})]),
        (Contains(("GB",), kind="tags"), [frozenset({"GB"})]),
        (Contains(("GB",), kind="text"), ["GB"]),
        (Contains(("G", "5")), ["GB", "5"]),
        (Contains(("G", "B"), every=True), ["GB"]),
        (HasAffix("starts", "G"), ["GB"]),
        (HasAffix("ends", "B"), ["GB"]),
        (HasAffix("ends", "5"), ["5"]),
    ],
)
def test_values(test: ValueTest, passing: list[Any]) -> None:
    """A test passes values of its own type, text that is such a number, and never a missing one."""
    predicate = compile_test(test)
    found = [value for value in VALUES if predicate(value)]
    assert list(map(repr, found)) == list(map(repr, passing))
    of_facts, nested = compile_fact_test(("v",), test), compile_fact_test(("a", "v"), test)
    assert [of_facts({"v": value}) for value in VALUES] == list(map(predicate, VALUES))
    assert [nested({"a": {"v": value}}) for value in VALUES] == list(map(predicate, VALUES))
    assert not of_facts({})


THIRD = Fraction(1, 3)


@pytest.mark.parametrize(
    ("test", "passing"),
    [
        (IsPresent(), [0, 5, FIVE, Fraction(5), THIRD]),
        (Equals(FIVE), [5, FIVE, Fraction(5)]),
        (IsOneOf((FIVE, Decimal(0))), [0, 5, FIVE, Fraction(5)]),
        (InRange(low=Decimal("0.3333")), [5, FIVE, Fraction(5), THIRD]),
        (InRange(high=Decimal("0.3334"), open_high=True), [0, THIRD]),
        (InRange(Decimal("0.3333333333333333333333333"), FIVE), [5, FIVE, Fraction(5), THIRD]),
        (InRange(low=FIVE, open_low=True), []),
    ],
)
def test_numbers(test: NumberTest, passing: list[Any]) -> None:
    """A number from events is tested exactly, as a fraction too; a missing one never passes."""
    predicate = compile_number_test(test)
    found = [value for value in (None, 0, 5, FIVE, Fraction(5), THIRD) if predicate(value)]
    assert list(map(repr, found)) == list(map(repr, passing))


def test_windows_are_not_asked_of_values() -> None:
    """Where an instant lies depends on more than its value if the window moves."""
    with pytest.raises(TypeError):
        compile_test(Lies(Window(Now())))


def test_paths() -> None:
    """A path walks into nested mappings."""
    assert compile_path(("a",))({"a": 1}) == 1
    assert compile_path(("a",))({}) is None
    assert compile_path(("a", "b"))({"a": {"b": 2}}) == 2
    assert compile_path(("a", "b"))({"a": "text"}) is None


def test_keys() -> None:
    """True is not 1, and 1 is 1.0."""
    assert key(value=True) != key(1)
    assert key(1) == key(Decimal("1.0"))
