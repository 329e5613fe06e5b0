"""Lone leaves against the reference."""

from datetime import datetime

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from segrules import Customer
from segrules.evaluation.atoms import Lone, find_atom
from segrules.evaluation.canonical import canonize
from segrules.evaluation.evaluator import compile_condition
from segrules.evaluation.families import compile_family
from segrules.evaluation.reference import judge
from segrules.facts.history import History
from segrules.meaning.calendar import NEVER, to_micros
from segrules.meaning.conditions import (
    AggregateTest,
    Attribute,
    Condition,
    IsPresent,
    TermTest,
    Window,
)
from segrules.meaning.windows import refers_to_event
from tests.evaluation.facing import day, event, micros
from tests.evaluation.planned import CALENDAR, condition, leaves_of
from tests.strategies.store import CUSTOMERS, instants, lone_conditions, that_groups

TEXTS = lone_conditions() | that_groups()


def find_lone(text: str) -> list[tuple[Condition, Lone]]:
    """Return the lone leaves of a rule, each with its source."""
    atoms = [(leaf, find_atom(leaf).source) for leaf in leaves_of(canonize(condition(text)))]
    return [(leaf, source) for leaf, source in atoms if isinstance(source, Lone)]


@given(TEXTS, CUSTOMERS, instants())
def test_reference(text: str, customer: Customer, at: datetime) -> None:
    """The answer is the reference's, and its `until` is never late."""
    lone, instant = find_lone(text), to_micros(at)
    assume(lone)
    for leaf, source in lone:
        holds, stands = judge(leaf, customer, instant, CALENDAR)
        mask, until = compile_family(source, [(4, None)], CALENDAR)(customer._history, instant)
        assert mask == (4 if holds else 0)
        assert instant < until <= stands


@given(TEXTS, CUSTOMERS, instants())
def test_until(text: str, customer: Customer, at: datetime) -> None:
    """From one `until` to the next the answer is constant, and at last it stays."""
    for leaf, source in find_lone(text):
        look, instant = compile_family(source, [(1, None)], CALENDAR), to_micros(at)
        while instant < NEVER:
            mask, until = look(customer._history, instant)
            for moment in (instant, min(until, instant + 10**15) - 1):
                assert judge(leaf, customer, moment, CALENDAR)[0] is bool(mask)
            assert until > instant
            instant = until


@given(TEXTS, CUSTOMERS, instants())
def test_rule(text: str, customer: Customer, at: datetime) -> None:
    """For a rule `until` is the very instant of change."""
    for leaf, _ in find_lone(text):
        evaluator, instant = compile_condition(leaf, CALENDAR), to_micros(at)
        expected = judge(leaf, customer, instant, CALENDAR)
        assert evaluator.judge(customer._history, instant) == expected
        assert evaluator.check(customer._history, instant) is expected[0]


@given(lone_conditions(), CUSTOMERS, instants())
def test_filters_that_move(text: str, customer: Customer, at: datetime) -> None:
    """For a filter that moves with the clock `until` is exact without asking again."""
    for leaf, source in find_lone(text):
        if isinstance(leaf, AggregateTest) and not refers_to_event(leaf.window or Window()):
            look = compile_family(source, [(1, None)], CALENDAR)
            expected = judge(leaf, customer, to_micros(at), CALENDAR)
            assert look(customer._history, to_micros(at)) == expected


@given(st.data())
def test_drawn(data: st.DataObject) -> None:
    """What is drawn with a filter that moves is a lone leaf."""
    assert find_lone(data.draw(lone_conditions()))


CARTS = [event("cart", number, total=number, expiresAt=day(number + 3)) for number in range(1, 6)]
CARTS.append(event("cart", 20, total=1, expiresAt=day(30)))


def ask(text: str, number: int) -> tuple[bool, int | None]:
    """Return the answer of a rule's only lone leaf, and the day up to which it is so at least."""
    [(_, source)] = find_lone(text)
    look = compile_family(source, [(1, None)], CALENDAR)
    mask, until = look(Customer("ann", events=CARTS)._history, micros(number))
    return bool(mask), None if until == NEVER else (until - micros(0)) // (micros(1) - micros(0))


OPEN = "has expiresAt within next 30 days"


@pytest.mark.parametrize(
    ("text", "number", "answer"),
    [
        # Three are left, which expire on the days 6 to 8, and one that comes on day 20.
        (f"count of events of type 'cart' {OPEN} >= 5", 5, (False, None)),
        (f"count of events of type 'cart' {OPEN} >= 4", 5, (False, None)),
        (f"count of events of type 'cart' {OPEN} >= 3", 5, (True, 6)),
        (f"count of events of type 'cart' {OPEN} >= 2", 5, (True, 7)),
        (f"count of events of type 'cart' {OPEN} >= 1", 5, (True, 8)),
        (f"count of events of type 'cart' {OPEN} = 3", 5, (True, 6)),
        (f"any event of type 'cart' {OPEN}", 9, (False, 20)),
        (f"sum of total of events of type 'cart' {OPEN} >= 2", 5, (True, 8)),
        (f"last event of type 'cart' {OPEN}", 5, (True, 8)),
        (f"first event of type 'cart' {OPEN}", 5, (False, None)),
    ],
)
def test_examples(text: str, number: int, answer: tuple[bool, int | None]) -> None:
    """An engine is woken by the event with which the answer turns, not by each."""
    assert ask(text, number) == answer


def test_value() -> None:
    """A test on a value is like others."""
    with pytest.raises(TypeError, match="not alone"):
        compile_family(Lone(TermTest(Attribute(("points",)), IsPresent())), [(1, None)], CALENDAR)


def test_blank() -> None:
    """Of no facts there is nothing to find."""
    [(_, source)] = find_lone("any event of type 'cart' has expiresAt within 2 days within 7 days")
    assert compile_family(source, [(4, None)], CALENDAR)(History(), micros(1)) == (0, NEVER)
