"""What the tests of plans share: conditions of the small store, and plans of them."""

from collections.abc import Iterator

from segrules import Limits, Rule
from segrules.facts.history import History
from segrules.meaning.conditions import And, Condition, Not, Or, Whole
from segrules.plan.plan import Plan, revise_plan
from segrules.rule import condition_of
from tests.strategies.store import SCHEMA

CALENDAR = SCHEMA._vocabulary.calendar
LIMITS = Limits(levels=16)


def condition(text: str) -> Condition:
    """Return what a rule of the small store means."""
    rule = Rule(text, SCHEMA, lists=["picked"], cohorts=["march"], limits=LIMITS)
    return condition_of(rule)


def plan_of(*texts: str) -> Plan:
    """Return the plan of segments `s0`, `s1` and so on."""
    conditions = {f"s{number}": condition(text) for number, text in enumerate(texts)}
    return revise_plan(Plan(CALENDAR), add=conditions)


def leaves_of(canonical: Condition) -> Iterator[Condition]:
    """Yield the leaves of a canonical condition."""
    match canonical:
        case And(terms) | Or(terms):
            for term in terms:
                yield from leaves_of(term)
        case Not(term) | Whole(term):
            yield from leaves_of(term)
        case _:
            yield canonical


def kept(plan: Plan, history: History) -> History:
    """Return a history with the tracks that an engine keeps beside it."""
    for subscription in plan.subscriptions:
        track = subscription.reader.gather(history)
        if track.times:
            history.tracks[subscription.reader.name] = track
    return history
