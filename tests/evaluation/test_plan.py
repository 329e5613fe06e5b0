"""The compiled evaluator against the reference."""

from datetime import datetime

from hypothesis import given

from segrules.evaluation.facts import Customer
from segrules.evaluation.reference import judge
from segrules.language.limits import Limits
from segrules.meaning.calendar import to_micros
from segrules.rule import Rule
from tests.strategies.store import CONDITIONS, CUSTOMERS, RULES, SCHEMA, instants, that_groups

LIMITS = Limits(levels=12)


def make(text: str) -> Rule:
    return Rule(text, SCHEMA, lists=["picked"], cohorts=["march"], limits=LIMITS)


def check(text: str, customer: Customer, at: datetime) -> None:
    rule = make(text)
    instant = to_micros(at)
    expected = judge(rule.checked.condition, customer, instant, SCHEMA.vocabulary.calendar)
    assert rule.evaluator.judge(customer.history, instant) == expected
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
