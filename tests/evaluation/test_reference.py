"""The obvious evaluator, by example. The conformance cases ask it everything else."""

from decimal import Decimal
from fractions import Fraction

import pytest
from attrs import evolve

from segrules import Customer
from segrules.evaluation.reference import (
    aggregate,
    find_event,
    find_events,
    find_stage,
    find_value,
    holds_at,
    is_number,
    join,
    judge,
    turning_points,
)
from segrules.language.syntax import Function
from segrules.meaning.calendar import NEVER
from segrules.meaning.conditions import (
    AggregateTest,
    And,
    Attribute,
    Condition,
    Equals,
    EventTest,
    InRange,
    Lies,
    ListTest,
    Not,
    Or,
    Property,
    StageTest,
    TermTest,
    Window,
)
from tests.evaluation.facing import CALENDAR, WEEK, event, micros

CUSTOMER = Customer(
    "c1",
    {"points": 5},
    [event("purchase", 1, total=10), event("purchase", 3, total=10), event("purchase", 12)],
    lists=["vip"],
)
RECENT = AggregateTest(
    "count", None, False, "purchase", None, WEEK, InRange(low=Decimal(1))  # noqa: FBT003
)  # fmt: skip
YES, NO = And(()), Or(())


def test_join() -> None:
    """What needs all its parts stands until the first changes; what fails, until the last does."""
    parts = [(True, 5), (True, 7), (False, 3), (False, 9)]
    assert join(parts[:2], every=True) == (True, 5)
    assert join(parts, every=True) == (False, 9)
    assert join(parts[2:], every=False) == (False, 3)
    assert join(parts, every=False) == (True, 7)


def test_join_of_nothing() -> None:
    """Every one of no parts holds, and none of them."""
    assert join([], every=True) == (True, NEVER)
    assert join([], every=False) == (False, NEVER)


def test_judge() -> None:
    """An answer stands until the first instant at which it is another."""
    assert judge(RECENT, CUSTOMER, micros(4), CALENDAR) == (True, micros(10))
    assert judge(Not(RECENT), CUSTOMER, micros(10), CALENDAR) == (True, micros(12))
    assert judge(And((RECENT, YES)), CUSTOMER, micros(4), CALENDAR) == (True, micros(10))
    assert judge(Or((RECENT, NO)), CUSTOMER, micros(4), CALENDAR) == (True, micros(10))
    assert judge(ListTest("list", "vip"), CUSTOMER, micros(4), CALENDAR) == (True, NEVER)


def test_turning_points() -> None:
    """What may change an answer is found in every part of it, and in the past too."""
    stages = StageTest("stage", (("recent", Or((Not(RECENT), NO))),), Equals("recent"))
    points = set(turning_points(stages, CUSTOMER, CALENDAR))
    assert {micros(n) for n in (1, 3, 8, 10, 12, 19)} <= points


def test_found() -> None:
    """What a condition finds is what `that` means."""
    assert [e._micros for e in find_events(RECENT, CUSTOMER, micros(4), CALENDAR)] == [
        micros(1),
        micros(3),
    ]
    latest = find_event(RECENT, CUSTOMER, micros(4), CALENDAR)
    first = find_event(EventTest("first", "purchase"), CUSTOMER, micros(4), CALENDAR)
    assert latest
    assert first
    assert (latest._micros, first._micros) == (micros(3), micros(1))
    assert find_event(RECENT, CUSTOMER, micros(10), CALENDAR) is None
    assert find_event(EventTest("last", "view"), CUSTOMER, micros(10), CALENDAR) is None


@pytest.mark.parametrize(
    ("function", "distinct", "result"),
    [
        ("count", False, Fraction(3)),
        ("count", True, Fraction(1)),
        ("sum", False, Fraction(20)),
        ("sum", True, Fraction(10)),
        ("avg", False, Fraction(10)),
        ("min", False, Fraction(10)),
        ("max", False, Fraction(10)),
    ],
)
def test_aggregates(function: Function, distinct: bool, result: Fraction) -> None:  # noqa: FBT001  # a table
    """Count takes events without the property too; the others pass them over."""
    condition = evolve(
        RECENT, function=function, property=("total",), distinct=distinct, window=None
    )
    assert aggregate(condition, CUSTOMER, micros(12), CALENDAR) == result
    nobody = Customer("c2")
    nothing = None if function in ("avg", "min", "max") else 0
    assert aggregate(condition, nobody, micros(12), CALENDAR) == nothing


def test_values() -> None:
    """A property is asked of an event; without one there is none."""
    assert find_value(Attribute(("points",)), CUSTOMER, None) == 5
    assert find_value(Property(("total",)), CUSTOMER, CUSTOMER.events[0].properties) == 10
    assert find_value(Property(("total",)), CUSTOMER, None) is None


def test_stages() -> None:
    """The first stage that holds gives the value; where none does it is missing."""
    never: tuple[str, Condition] = ("never", NO)
    assert find_stage((never, ("a", YES), ("b", YES)), CUSTOMER, 0, CALENDAR) == "a"
    assert find_stage((never,), CUSTOMER, 0, CALENDAR) is None


def test_numbers() -> None:
    """True and false are no numbers."""
    assert is_number(Decimal(1))
    assert not is_number(value=True)


def test_windows_are_not_asked_of_stages() -> None:
    """Where an instant lies is asked of attributes and events alone."""
    with pytest.raises(TypeError):
        holds_at(StageTest("stage", (), Lies(Window())), CUSTOMER, 0, CALENDAR)


def test_text_is_no_number() -> None:
    """A range of text takes no number, and the other way round."""
    in_text = TermTest(Attribute(("points",)), InRange("1", "9"))
    assert not holds_at(in_text, CUSTOMER, 0, CALENDAR)
