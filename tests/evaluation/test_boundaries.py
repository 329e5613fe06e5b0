"""Rules against the reference, at the instants where answers turn and right beside them."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from segrules import Customer, Event, Limits, Rule, Schema
from segrules.evaluation.reference import judge
from segrules.meaning.calendar import to_micros
from segrules.rule import condition_of
from tests.strategies.store import CENTRE, CONDITIONS, CUSTOMERS, RULES, SCHEMA, that_groups

DAY = timedelta(days=1)
LIMITS = Limits(levels=12)


def make(text: str) -> Rule:
    return Rule(text, SCHEMA, lists=["picked"], cohorts=["march"], limits=LIMITS)


def check(rule: Rule, customer: Customer, at: datetime) -> None:
    instant = to_micros(at)
    expected = judge(condition_of(rule), customer, instant, SCHEMA._vocabulary.calendar)
    assert rule._evaluator.judge(customer._history, instant) == expected
    assert rule._evaluator.check(customer._history, instant) is expected[0]


@given(RULES | CONDITIONS | that_groups(), CUSTOMERS, st.integers(-1, 400), st.integers(-1, 1))
def test_after_everything(text: str, customer: Customer, hours: int, nudge: int) -> None:
    """Asked when a customer's last event has just happened and later, answers are right."""
    latest = max((event.at for event in customer.events), default=CENTRE)
    check(make(text), customer, latest + timedelta(hours=6 * hours, microseconds=nudge))


def on(day: int, event_type: str, **properties: Any) -> Event:
    return Event(event_type, CENTRE + day * DAY, properties)


NO_EVENT: list[Event] = []
ONE_OF_EACH = [on(0, "purchase", total=3), on(2, "view", device="mobile")]
SEVERAL = [
    on(0, "view", device="mobile"),
    on(1, "purchase", total=2.5, gift=True),
    on(1, "purchase", total=True),
    on(4, "view", device="mobile"),
    on(5, "purchase", total=-1),
    on(6, "view", device="desktop"),
    on(9, "purchase", total=2.5, gift=True),
    on(9, "purchase"),
]
TEXTS = [
    "count of orders >= 3",
    "any event within 3 days",
    "any event of type 'purchase' within 3 days",
    "last event of type 'purchase' before 2 days ago",
    "last event between 5 days ago and 2 days ago",
    "count of orders within 5 days >= 2",
    "count of orders has gift = true within 9 days >= 2",
    "any event of type 'view' has device = 'mobile'",
    "any event of type 'view' has device = 'mobile' within 4 days",
    "count of orders before 2026-04-03 >= 2",
    "sum of total of orders > 3",
    "sum of distinct total of orders > 1.5",
    "sum of total of orders within 5 days > 2",
    "sum of total of orders within 5 days >= 0",
    "sum of total of orders within 1 month > 2",
    "sum of total of orders between 5 days ago and 2 days ago >= 2.5",
    "sum of distinct total of orders within 5 days > 2",
    "sum of total of orders has gift = true since 2026-03-31 > 2",
    "avg of total of orders >= 1",
    "min of total of orders >= 1",
    "max of total of orders before 2 days ago > 2",
    "country = 'GB'",
    "in segment 'picked'",
    "last event of type 'purchase' in 2026-03",
    "first event of type 'purchase' within 3 days",
    "last event of type 'purchase' has gift = true within 3 days",
    "count of distinct sku of orders > 1",
    "renewsAt within next 3 days",
    # An instant that left the window before it could come into it.
    "first event of type 'purchase' between 2026-03-30 and 5 days ago",
    # A window that ends before it begins, from the second on.
    "last event of type 'view' between 2 days ago and 2026-03-27",
]
FOLLOWED = [
    f"{anchor} AND {later}"
    for anchor in (
        "last event of type 'view'",
        "last event of type 'view' before 1 day ago",
        "last event of type 'view' has device = 'desktop' within 4 days",
        "first event of type 'view' within 5 days",
        "any event of type 'view' has device = 'mobile' within 5 days",
    )
    for later in (
        "any event of type 'purchase' since that view",
        "no event of type 'purchase' since that view",
        "count of orders has gift = true since that view >= 1",
        "count of events since that view >= 2",
    )
]


@pytest.mark.parametrize("text", TEXTS + FOLLOWED)
@pytest.mark.parametrize("events", [NO_EVENT, ONE_OF_EACH, SEVERAL])
def test_boundaries(text: str, events: list[Event]) -> None:
    """At each boundary, and a microsecond to either side, the reference agrees."""
    rule, customer = make(text), Customer("ann", {"country": "GB"}, events, lists=["picked"])
    for days in range(-1, 16):
        for nudge in (-1, 0, 1):
            check(rule, customer, CENTRE + days * DAY + timedelta(microseconds=nudge))


def test_nested() -> None:
    """A number may lie inside nested properties."""
    schema = Schema.open()
    rule = Rule("sum of price.net of events of type 'purchase' within 3 days > 2", schema)
    events = [on(0, "purchase", price={"net": 1.5}), on(2, "purchase", price={"net": 1.5})]
    customer = Customer("ann", events=[*events, on(2, "purchase", price=9)])
    for days in range(6):
        instant = to_micros(CENTRE + days * DAY)
        expected = judge(condition_of(rule), customer, instant, schema._vocabulary.calendar)
        assert rule._evaluator.judge(customer._history, instant) == expected
        assert rule._evaluator.check(customer._history, instant) is expected[0] is (days == 2)
