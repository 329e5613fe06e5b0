"""What means the same is written the same."""

from datetime import datetime
from decimal import Decimal

import pytest
from attrs import evolve
from hypothesis import given

from segrules import Customer, Event
from segrules.evaluation.canonical import FALSE, TRUE, canonize
from segrules.evaluation.reference import holds_at
from segrules.language.syntax import Function
from segrules.meaning.calendar import to_micros
from segrules.meaning.conditions import (
    AggregateTest,
    And,
    Equals,
    InRange,
    IsOneOf,
    IsPresent,
    Not,
    NumberTest,
    Or,
    Whole,
)
from segrules.plan.formula import find_atoms
from tests.evaluation.planned import CALENDAR, condition
from tests.strategies.store import CENTRE, CONDITIONS, CUSTOMERS, RULES, instants, that_groups

COUNT = AggregateTest("count", None, False, "purchase", None, None, InRange(low=Decimal(3)))  # noqa: FBT003


@given(RULES | CONDITIONS | that_groups(), CUSTOMERS, instants())
def test_means_the_same(text: str, customer: Customer, at: datetime) -> None:
    """The canonical form of a condition holds exactly when the condition does."""
    meant, instant = condition(text), to_micros(at)
    expected = holds_at(meant, customer, instant, CALENDAR)
    assert holds_at(canonize(meant), customer, instant, CALENDAR) is expected


@given(RULES | CONDITIONS | that_groups())
def test_is_canonical(text: str) -> None:
    """A canonical form is its own canonical form."""
    once = canonize(condition(text))
    assert canonize(once) == once


def test_fewer_than_three() -> None:
    """`count < 3` is NOT `count >= 3`: one atom, used in two ways."""
    few, many = (
        canonize(condition("count of orders < 3")),
        canonize(condition("count of orders >= 3")),
    )
    assert few != many
    assert few == Not(many)
    assert find_atoms(few).keys() == find_atoms(many).keys()
    for number, has_many in ((2, False), (3, True), (4, True)):
        ann = Customer("ann", events=[Event("purchase", CENTRE)] * number)
        for form, expected in ((many, has_many), (few, not has_many)):
            assert holds_at(form, ann, to_micros(CENTRE), CALENDAR) is expected


def test_in_other_words() -> None:
    """The same question in other words is the same atom."""
    for one, other in (
        ("count of orders > 2", "count of orders >= 3"),
        ("count of orders > 2.5", "count of orders >= 3"),
        ("any event of type 'purchase'", "count of events of type 'purchase' >= 1"),
        ("no event of type 'cart'", "NOT (any event of type 'cart')"),
        ("any event of type 'cart' has total > 1", "any event of type 'cart' has total > 1.00"),
        ("any event of type 'cart' has total = 0", "any event of type 'cart' has total = -0.0"),
    ):
        assert canonize(condition(one)) == canonize(condition(other))
        assert repr(canonize(condition(one))) == repr(canonize(condition(other)))


def ask(test: NumberTest, function: Function = "count") -> object:
    field = None if function == "count" else ("total",)
    return canonize(evolve(COUNT, function=function, property=field, test=test))


def at_least(number: str, function: Function = "count", *, is_open: bool = False) -> AggregateTest:
    field = None if function == "count" else ("total",)
    test = InRange(low=Decimal(number), open_low=is_open)
    return evolve(COUNT, function=function, property=field, test=test)


TWO, THREE = Decimal(2), Decimal(3)


@pytest.mark.parametrize(
    ("test", "form"),
    [
        (InRange(low=THREE), at_least("3")),
        (InRange(low=Decimal(0)), TRUE),
        (InRange(low=Decimal(-2), open_low=True), TRUE),
        (InRange(high=TWO), Not(at_least("3"))),
        (InRange(high=TWO, open_high=True), Not(at_least("2"))),
        (InRange(high=Decimal(-1)), Not(TRUE)),
        (InRange(low=TWO, high=THREE), Whole(And((at_least("2"), Not(at_least("4")))))),
        (Equals(TWO), Whole(And((at_least("2"), Not(at_least("3")))))),
        (Equals("two"), Whole(And((FALSE, Not(FALSE))))),
        (Equals(value=True), Whole(And((FALSE, Not(FALSE))))),
        (InRange(low="a"), FALSE),
        (InRange(high="a"), FALSE),
        (IsPresent(), TRUE),
        (
            IsOneOf((TWO,)),
            Whole(And((at_least("2"), Not(at_least("3"))))),
        ),
        (
            IsOneOf((TWO, THREE)),
            Whole(
                Or(
                    (
                        And((at_least("2"), Not(at_least("3")))),
                        And((at_least("3"), Not(at_least("4")))),
                    )
                )
            ),
        ),
    ],
)
def test_counts(test: NumberTest, form: object) -> None:
    """A count is only ever asked whether it is at least a whole number from 1 on."""
    assert ask(test) == form


def test_other_numbers() -> None:
    """Other numbers are asked whether they are at least, or more than; some may be missing."""
    assert ask(InRange(low=TWO, open_low=True), "sum") == at_least("2", "sum", is_open=True)
    assert ask(InRange(high=TWO), "sum") == Not(at_least("2", "sum", is_open=True))
    assert ask(IsPresent(), "sum") == TRUE
    is_there = evolve(at_least("2", "avg"), test=IsPresent())
    assert ask(IsPresent(), "avg") == is_there
    assert ask(InRange(high=TWO), "avg") == Whole(
        And((is_there, Not(at_least("2", "avg", is_open=True))))
    )


@pytest.mark.parametrize(
    ("text", "places"),
    [
        ("tier = 'lapsed'", [True, False, False]),
        ("tier = 'loyal'", [False, True, False]),
        ("tier is set", [True, True, True]),
        ("tier in ('lapsed', 'buyer')", [True, False, True]),
    ],
)
def test_stages(text: str, places: list[bool]) -> None:
    """A stage holds where its own rule does and no earlier stage's."""
    meant = condition(text)
    lapsed = Customer("ann", events=[Event("purchase", CENTRE.replace(day=1))])
    loyal = Customer("bob", events=[Event("purchase", CENTRE)] * 2)
    buyer = Customer("cid", events=[Event("purchase", CENTRE)])
    found = [
        holds_at(canonize(meant), person, to_micros(CENTRE), CALENDAR)
        for person in (lapsed, loyal, buyer)
    ]
    assert found == places
    assert not holds_at(canonize(meant), Customer("dan"), to_micros(CENTRE), CALENDAR)
