"""Activities: the events that a report counts."""

import pickle
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from segrules import Customer, FactError, Rule, RuleError, Schema
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


def test_equal_activities() -> None:
    """Activities are values, equal where they mean the same."""
    one = Activity("purchase", SHOP, has="total > 50")
    assert one == Activity("purchase", SHOP, has="total>50")
    assert hash(one) == hash(Activity("purchase", SHOP, has="total>50"))
    assert one != Activity("purchase", SHOP)
    assert pickle.loads(pickle.dumps(one)) == one


@pytest.mark.parametrize(
    ("event_type", "has", "said"),
    [
        ("purchse", None, "unknown event type `purchse`"),
        ("purchase", "totl > 50", "did you mean `total`?"),
        ("purchase", "total > 50) OR any event", "activity:1:11"),
        ("purchase", "total > 50 AND", "activity:1:15"),
        ("purchase", "total > 'x'", "2 | total > 'x'"),
        ("purchase", "", "activity"),
    ],
)
def test_unknown_words(event_type: str, has: str | None, said: str) -> None:
    """A finding points at its place in the author's own text, as in any rule."""
    with pytest.raises(RuleError) as caught:
        Activity(event_type, SHOP, has=has)
    assert said in str(caught.value)
    assert "^" in str(caught.value)


def test_no_type() -> None:
    """A type of event is text."""
    with pytest.raises(FactError, match="an event type must be text that is not empty"):
        Activity("", SHOP)


@pytest.mark.parametrize("name", ["totl", "coupon", "total of orders has total", "> 0 OR total"])
def test_unknown_amounts(name: str) -> None:
    """An amount is a property of these events that holds a number."""
    assert Activity("purchase", SHOP).find_amount("total") == ("total",)
    with pytest.raises(RuleError):
        Activity("purchase", SHOP).find_amount(name)


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
