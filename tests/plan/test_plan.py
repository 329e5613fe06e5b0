"""The compiled evaluator against the reference."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from hypothesis import given

from segrules import Customer, Event, Limits, Rule
from segrules.evaluation.reference import judge
from segrules.meaning.calendar import to_micros
from segrules.rule import condition_of
from tests.strategies.store import (
    CENTRE,
    CONDITIONS,
    CUSTOMERS,
    RULES,
    SCHEMA,
    instants,
    that_groups,
)

LIMITS = Limits(levels=12)


def make(text: str) -> Rule:
    return Rule(text, SCHEMA, lists=["picked"], cohorts=["march"], limits=LIMITS)


def check(text: str, customer: Customer, at: datetime) -> None:
    rule = make(text)
    instant = to_micros(at)
    expected = judge(condition_of(rule), customer, instant, SCHEMA._vocabulary.calendar)
    assert rule._evaluator.judge(customer._history, instant) == expected
    assert rule.matches(customer, at=at) is expected[0]


@given(RULES, CUSTOMERS, instants())
def test_rules(text: str, customer: Customer, at: datetime) -> None:
    """The compiled evaluator gives the reference's answer, `until` included."""
    check(text, customer, at)


@given(CONDITIONS, CUSTOMERS, instants())
def test_conditions(text: str, customer: Customer, at: datetime) -> None:
    """The same for single conditions."""
    check(text, customer, at)


@given(that_groups(), CUSTOMERS, instants())
def test_that(text: str, customer: Customer, at: datetime) -> None:
    """The same for conditions on the event that another finds."""
    check(text, customer, at)


DAY = timedelta(days=1)


def on(day: int, event_type: str, **properties: Any) -> Event:
    return Event(event_type, CENTRE + day * DAY, properties)


@pytest.mark.parametrize(
    ("text", "events", "at", "until"),
    [
        # `that` becomes another event on day 5, and the answer stays until day 10.
        (
            "any event of type 'view' AND any event of type 'purchase' since that view",
            [on(0, "view"), on(5, "view"), on(10, "purchase")],
            1,
            10,
        ),
        # `that` is found only as it ages: two days after it happened.
        (
            (
                "any event of type 'view' has device = 'mobile' before 2 days ago "
                "AND count of orders since that view < 1"
            ),
            [on(0, "view", device="mobile"), on(3, "view", device="mobile"), on(4, "purchase")],
            1,
            2,
        ),
        (
            (
                "any event of type 'view' has device = 'mobile' before 2 days ago "
                "AND no event of type 'purchase' since that view"
            ),
            [on(0, "view", device="mobile"), on(3, "view", device="mobile"), on(1, "purchase")],
            3,
            5,
        ),
        # Either of two stages would do; the second comes first.
        (
            "tier in ('loyal', 'lapsed')",
            [on(0, "purchase"), on(2, "purchase")],
            1,
            2,
        ),
        ("tier in ('loyal', 'lapsed')", [on(0, "purchase")], 1, 7),
        ("tier in ('lapsed', 'loyal')", [on(0, "purchase"), on(40, "view")], 41, 47),
    ],
)
def test_turns(text: str, events: list[Event], at: int, until: int) -> None:
    """An answer stands until the very day on which it changes."""
    customer = Customer("ann", events=events)
    check(text, customer, CENTRE + at * DAY)
    assert make(text).verdict(customer, at=CENTRE + at * DAY).until == CENTRE + until * DAY
