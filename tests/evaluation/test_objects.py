"""Lists of objects, and numbers among tags: the laws of `has` and `contains`."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from segrules import Customer, Engine, Event, Limits, Rule, Schema
from segrules.evaluation.atoms import Lone, Value
from segrules.evaluation.families import compile_family
from segrules.evaluation.filters import compile_filter
from segrules.facts.history import History
from segrules.meaning.calendar import to_micros
from segrules.meaning.conditions import Contains, TermTest
from segrules.results import Triggers
from segrules.rule import condition_of
from tests.evaluation.planned import CALENDAR, plan_of
from tests.strategies.json import JSON
from tests.strategies.store import (
    FITTING_ATTRIBUTES,
    HOMES,
    SCHEMA,
    element_filters,
    instants,
)

NOON = datetime(2026, 3, 14, 12, tzinfo=UTC)
DAY = timedelta(days=1)
OPEN = Schema.open()
LIMITS = Limits(levels=8)
WEEK = "homes has (city = 'London' AND movedAt within 7 days)"


def homes(*each: dict[str, Any]) -> dict[str, Any]:
    return {"homes": list(each)}


def london(*moments: datetime) -> dict[str, Any]:
    return homes(*({"city": "London", "movedAt": moment} for moment in moments))


@given(HOMES, element_filters("homes"), instants())
def test_one_object_at_a_time(each: list[dict[str, Any]], text: str, at: datetime) -> None:
    """Some object passes if and only if one does alone, and every object if each does."""
    some = Rule(f"homes has {text}", SCHEMA, limits=LIMITS)
    every = Rule(f"NOT (homes has NOT ({text}))", SCHEMA, limits=LIMITS)
    alone = [some.matches(Customer("c1", homes(one)), at=at) for one in each]
    assert some.matches(Customer("c1", homes(*each)), at=at) is any(alone)
    assert every.matches(Customer("c1", homes(*each)), at=at) is all(alone)


@given(FITTING_ATTRIBUTES, element_filters("homes"), element_filters("homes"), instants())
def test_or_divides(facts: dict[str, Any], one: str, other: str, at: datetime) -> None:
    """An object passes one of two conditions if and only if one passes one, or one the other."""
    customer = Customer("c1", facts)
    whole = Rule(f"homes has ({one} OR {other})", SCHEMA, limits=LIMITS)
    parts = Rule(f"homes has {one} OR homes has {other}", SCHEMA, limits=LIMITS)
    assert whole.matches(customer, at=at) is parts.matches(customer, at=at)


@pytest.mark.parametrize(
    "value", [None, [], [None], "GB", 5, True, {"a": 1}, ["a", 1], [[{"a": 1}]]]
)
def test_without_objects(value: Any) -> None:
    """What is missing, empty, no list, or a list without objects has no object that passes."""
    customer = Customer("c1", {"x": value}, [Event("e", NOON, {"x": value})])
    for kept in ("a = 1", "a is not set", "(NOT a = 1)", "y not has z = 1"):
        assert not Rule(f"x has {kept}", OPEN).matches(customer, at=NOON)
        assert Rule(f"x not has {kept}", OPEN).matches(customer, at=NOON)
        assert Rule(f"no event has x has {kept}", OPEN).matches(customer, at=NOON)


def test_nearest_list() -> None:
    """Inside a list in a list, a name is the inner object's, even if the outer has it too."""
    customer = Customer("c1", {"a": 0, "x": [{"a": 1, "x": [{"a": 2}]}]})
    for text, holds in (("a = 2", True), ("a = 1", False), ("a = 0", False)):
        assert Rule(f"x has x has {text}", OPEN).matches(customer, at=NOON) is holds


# The clock


@pytest.mark.parametrize(
    ("moments", "holds", "until"),
    [
        ([NOON - DAY], True, NOON + 6 * DAY),
        ([NOON - DAY, NOON - 3 * DAY], True, NOON + 6 * DAY),
        ([NOON - 7 * DAY], False, None),
        ([NOON + DAY], False, NOON + DAY),
        ([NOON - DAY, NOON + 6 * DAY], True, NOON + 13 * DAY),
        ([NOON - DAY, NOON + 7 * DAY], True, NOON + 6 * DAY),
        ([], False, None),
    ],
)
def test_deadlines(moments: list[datetime], holds: bool, until: datetime | None) -> None:  # noqa: FBT001  # a table
    """An answer that moves with the clock turns at the exact instant, in a rule and an engine."""
    customer = Customer("c1", london(*moments))
    verdict = Rule(WEEK, SCHEMA).verdict(customer, at=NOON)
    assert (verdict.holds, verdict.until) == (holds, until)
    engine = Engine(SCHEMA)
    engine.add_segment("near", WEEK)
    engine.set_attributes("c1", london(*moments), at=NOON)
    assert engine.next_deadline == until
    if until is not None:
        assert [change.at for change in engine.advance_to(until)] == [until]


def test_alone_in_its_family() -> None:
    """A moving test on objects answers alone, and its `until` is the instant of change."""
    leaf = condition_of(Rule(WEEK, SCHEMA))
    assert isinstance(leaf, TermTest)
    look = compile_family(Lone(leaf), [(1, None)], CALENDAR)
    history = Customer("c1", london(NOON - DAY, NOON + 6 * DAY))._history
    assert look(history, to_micros(NOON)) == (1, to_micros(NOON + 13 * DAY))


def test_standing_and_moving() -> None:
    """Only a window that moves makes a filter move; objects share a family with other tests."""
    still = condition_of(Rule("homes has movedAt in 2026", SCHEMA))
    assert compile_filter(still, CALENDAR).turns is None
    assert compile_filter(condition_of(Rule(WEEK, SCHEMA)), CALENDAR).turns is not None
    plan = plan_of("homes has main = true", "homes has movedAt in 2026", "homes is set")
    assert list(plan.families) == [Value(("homes",))]
    assert [len(family.atoms) for family in plan.by_attribute["homes"]] == [3]
    assert plan_of(WEEK).by_attribute.keys() == {"homes"}


@pytest.mark.parametrize(
    ("text", "triggers"),
    [
        ("homes has main = true", Triggers(attributes=frozenset({"homes"}))),
        ("homes has keys has codes contains 1", Triggers(attributes=frozenset({"homes"}))),
        ("homes has movedAt in 2026", Triggers(attributes=frozenset({"homes"}))),
        (WEEK, Triggers(attributes=frozenset({"homes"}), clock=True)),
        (
            "any event of type 'purchase' has lines has sku = 'x'",
            Triggers(frozenset({"purchase"})),
        ),
        (
            "any event of type 'purchase' has lines has dueAt within 7 days",
            Triggers(frozenset({"purchase"}), clock=True),
        ),
    ],
)
def test_triggers(text: str, triggers: Triggers) -> None:
    """A rule about objects wakes on the attribute or the events that hold the list."""
    assert Rule(text, SCHEMA).triggers == triggers


def test_lookback() -> None:
    """A list of objects lengthens no lookback."""
    text = "any event of type 'purchase' has lines has dueAt within 90 days within 7 days"
    assert Rule(text, SCHEMA).lookback == {"purchase": 7 * DAY}
    assert Rule(WEEK, SCHEMA).lookback == {}


# Numbers among tags


def is_scalar(value: Any) -> bool:
    return isinstance(value, str | int | float | Decimal) and not isinstance(value, bool)


@given(
    JSON | st.lists(st.sampled_from([1, 1.0, 2, True, False, "1", "a", "ab", None, [1], {"a": 1}])),
    st.lists(st.sampled_from(["1", "2.0", "0", "'1'", "'a'"]), min_size=1, max_size=3, unique=True),
    st.sampled_from(["any", "all"]),
)
def test_contains(value: Any, wanted: list[str], which: str) -> None:
    """A list contains its own text and numbers; a text contains its parts, and no number."""
    rule = Rule(f"x contains {which} ({', '.join(wanted)})", OPEN)
    asked = [each[1:-1] if each.startswith("'") else float(each) for each in wanted]
    if isinstance(value, str):
        found = [isinstance(each, str) and each in value for each in asked]
    else:
        elements = [e for e in value if is_scalar(e)] if isinstance(value, list) else []
        found = [
            any(e == each and isinstance(e, str) is isinstance(each, str) for e in elements)
            for each in asked
        ]
    holds = any(found) if which == "any" else all(found)
    assert rule.matches(Customer("c1", {"x": value}), at=NOON) is holds


def test_answers_are_remembered_apart() -> None:
    """Lists that Python takes for equal, since it takes `True` for 1, have their own answers."""
    tests = [(1, Contains((Decimal(1),))), (2, Contains(("a",)))]
    look = compile_family(Value(("x",)), tests, CALENDAR)
    histories = [Customer("c1", {"x": value})._history for value in ([True, "a"], [1, "a", True])]
    numbers = [Customer("c1", {"x": (1, None, {"a": 1})})._history]
    assert (True, "a") == (1, "a")
    assert [look(history, 0)[0] for history in [*histories, *numbers, *histories]] == [
        2,
        3,
        1,
        2,
        3,
    ]
    one = History(attributes={"x": (True, False)})
    other = History(attributes={"x": (1, False)})
    assert [look(each, 0)[0] for each in (one, other, one)] == [0, 1, 0]


# Explanations


@pytest.mark.parametrize(
    ("value", "found"),
    [
        (homes({"main": False}, {"main": True}), "number 2 of 2 does"),
        (homes({"main": False}, {}), "none of 2 does"),
        (homes(), "an empty list"),
        ({}, "not set"),
    ],
)
def test_explained(value: dict[str, Any], found: str) -> None:
    """An explanation says which object passed first, or how many there are; redacted, neither."""
    rule, customer = Rule("homes has main = true", SCHEMA), Customer("c1", value)
    told = rule.explain(customer, at=NOON)
    assert (told.asked, told.found) == ("homes has main = true", found)
    redacted = rule.explain(customer, at=NOON, redact=True)
    assert redacted.found == ("a value" if value else "not set")
    negative = Rule("homes not has main = true", SCHEMA).explain(customer, at=NOON)
    assert (negative.found, negative.holds) == (found, not told.holds)


def test_tags_explained() -> None:
    """Numbers among tags are told without quotes, and a mixed list by its length."""
    rule = Rule("tags contains 1", SCHEMA)
    assert (
        rule.explain(Customer("c1", {"tags": ["b", 2.50, "a"]}), at=NOON).found == "'a', 'b', 2.5"
    )
    mixed = Rule("x contains 1", OPEN).explain(Customer("c1", {"x": [1, True]}), at=NOON)
    assert (mixed.found, mixed.holds) == ("a list of 2", True)


def test_plan_in_words() -> None:
    """A plan says in words what is asked of objects."""
    words = plan_of(
        "homes has (main = true AND keys has codes contains any (1, 'a'))",
        "any event of type 'purchase' has lines has quantity >= 2",
    ).explain()
    assert "has (main = true AND keys has codes contains any (1, 'a'))" in words
    assert "purchase has lines has quantity >= 2" in words
