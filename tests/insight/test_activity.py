"""Activities: the events that a report counts."""

import pickle
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from segrules import Customer, FactError, Rule, RuleError, Schema
from segrules.errors import ArgumentError
from segrules.insight import Activity
from segrules.meaning.calendar import to_micros
from tests.strategies.crowd import CROWDS
from tests.strategies.store import SCHEMA as SMALL
from tests.strategies.store import filters, instants

SHOP = Schema.commerce()
NOW = datetime(2026, 3, 1, tzinfo=UTC)


def test_how_it_reads() -> None:
    """An activity prints as canonical text of a rule."""
    activity = Activity("purchase", SHOP, has="total>50 or coupon is SET # ours")
    assert str(activity) == "event of type 'purchase' has (total > 50 OR coupon is set)"
    assert str(Activity("purchase", SHOP, has="total>50")) == (
        "event of type 'purchase' has total > 50"
    )
    assert repr(Activity("purchase", SHOP)) == "<Activity: event of type 'purchase'>"
    assert str(Activity.any(SHOP)) == "event"
    assert str(Activity.any(SHOP, has="total>50")) == "event has total > 50"
    several = Activity(("purchase", "cart_abandoned"), SHOP, has="total>50")
    assert str(several) == "event of type 'cart_abandoned' or 'purchase' has total > 50"


def test_equal_activities() -> None:
    """Activities are values, equal where they mean the same."""
    one = Activity("purchase", SHOP, has="total > 50")
    assert one == Activity("purchase", SHOP, has="total>50")
    assert hash(one) == hash(Activity("purchase", SHOP, has="total>50"))
    assert one != Activity("purchase", SHOP)
    every = Activity.any(SHOP)
    several = Activity(["signup", "purchase", "signup"], SHOP)
    assert several == Activity(("purchase", "signup"), SHOP)
    assert several.event_type == ("purchase", "signup")
    assert Activity({"purchase"}, SHOP) == Activity("purchase", SHOP)
    assert every == Activity(None, SHOP)
    for each in (one, every, several):
        assert pickle.loads(pickle.dumps(each)) == each
        assert hash(pickle.loads(pickle.dumps(each))) == hash(each)


@pytest.mark.parametrize(
    ("event_type", "has", "said"),
    [
        (("purchase", "signpu"), None, "did you mean `signup`?"),
        (("purchase", "signup"), "total > 50", "unknown property `total` of `signup` events"),
        (None, "totl > 50", "did you mean `total`?"),
        ("purchse", None, "unknown event type `purchse`"),
        ("purchase", "totl > 50", "did you mean `total`?"),
        ("purchase", "total > 50) OR any event", "activity:1:11"),
        ("purchase", "total > 50 AND", "activity:1:15"),
        ("purchase", "total > 'x'", "2 | total > 'x'"),
        ("purchase", "", "activity"),
    ],
)
def test_unknown_words(
    event_type: str | tuple[str, ...] | None, has: str | None, said: str
) -> None:
    """A finding points at its place in the author's own text, as in any rule."""
    with pytest.raises(RuleError) as caught:
        Activity(event_type, SHOP, has=has)
    assert said in str(caught.value)
    assert "^" in str(caught.value)


def test_no_type() -> None:
    """A type of event is text."""
    with pytest.raises(FactError, match="an event type must be text that is not empty"):
        Activity("", SHOP)
    with pytest.raises(ArgumentError, match=r"at least one event type: `Activity\.any`") as caught:
        Activity((), SHOP)
    assert caught.value.code == "no-event-type"
    with pytest.raises(FactError, match="each of an activity's event types must be text"):
        Activity(("purchase", None), SHOP)  # type: ignore[arg-type]  # what must fail


@pytest.mark.parametrize("name", ["totl", "coupon", "total of orders has total", "> 0 OR total"])
def test_unknown_amounts(name: str) -> None:
    """An amount is a property of these events that holds a number."""
    assert Activity("purchase", SHOP).find_amount("total") == ("total",)
    with pytest.raises(RuleError):
        Activity("purchase", SHOP).find_amount(name)


def test_amounts_of_several_types() -> None:
    """Of several types one at least has the amount; of any type, any."""
    assert Activity(("signup", "purchase"), SHOP).find_amount("total") == ("total",)
    assert Activity.any(SHOP).find_amount("total") == ("total",)
    for none in (Activity(("signup", "page_view"), SHOP), Activity.any(SHOP)):
        with pytest.raises(RuleError):
            none.find_amount("totl")


@given(CROWDS, st.sampled_from([None, ("purchase", "view"), ("cart", "view")]), instants())
def test_events_of_several_types(
    crowd: list[Customer], types: tuple[str, ...] | None, at: datetime
) -> None:
    """An activity of several types, or of any, has the events of each of them, in order."""
    both = Activity(types, SMALL, has="total > 1")
    alone = [Activity(each, SMALL, has="total > 1") for each in types or [None]]
    for customer in crowd:
        found = [event for each in alone for event in each.events(customer, to_micros(at))]
        kept = [event for event in customer.events if any(event is each for each in found)]
        assert both.events(customer, to_micros(at)) == kept
        if types is None:
            large = [
                e
                for e in kept
                if Rule("any event has total > 1", SMALL).matches(Customer("x", events=[e]), at=at)
            ]
            assert large == kept


@given(CROWDS, st.sampled_from(["purchase", "view", "cart"]), st.data(), instants())
def test_events_that_count(
    crowd: list[Customer], event_type: str, data: st.DataObject, at: datetime
) -> None:
    """Up to an instant, an activity has each event that alone makes the rule hold, in order."""
    has = data.draw(filters(event_type)).removeprefix(" has ") or None
    activity = Activity(event_type, SMALL, has=has)
    rule = Rule(f"any {activity}", SMALL)
    for customer in crowd:
        alone = [Customer("x", events=[event]) for event in customer.events]
        kept = [c.events[0] for c in alone if rule.matches(c, at=at)]
        assert activity.events(customer, to_micros(at)) == kept
