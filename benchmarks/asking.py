"""Whom one rule is asked about, and when: half hold, half do not.

A host asks when something has happened and for a while after: each question is put between a minute
and two months after some event of a customer, who has done nothing later. Half of the answers are
true, so that no contestant lives by refusing early.
"""

from collections.abc import Mapping
from datetime import datetime, timedelta
from functools import cache
from typing import Any, Final, TypeAlias

from attrs import frozen

from benchmarks.by_hand import HandWritten
from benchmarks.workload import Size, make_workload, seeded
from segrules import Customer, Event

Question: TypeAlias = tuple[Customer, datetime]

CUSTOMERS: Final = 800
DENSITY: Final = 40
FEWEST_SECONDS: Final = 60
DECADES: Final = 5
"""From a minute to 100,000 of them, each order of magnitude as often as another."""


@frozen
class _Store:
    """What customers did, in order, and what is set of them."""

    events: Mapping[str, list[Event]]
    attributes: Mapping[str, Mapping[str, Any]]


def draw_questions(rules: Mapping[str, HandWritten], number: int) -> dict[str, list[Question]]:
    """Return so many questions for each rule, by its name."""
    store = _make_store()
    return {name: _questions(name, rule, store, number // 2) for name, rule in rules.items()}


@cache
def _make_store() -> _Store:
    workload = make_workload(Size(CUSTOMERS, CUSTOMERS * DENSITY), {})
    done: dict[str, list[Event]] = {}
    for fact in (*workload.before, *workload.during):
        done.setdefault(fact.customer, []).append(fact.event)
    for events in done.values():
        events.sort(key=lambda event: event._micros)
    return _Store(done, workload.population.attributes)


def _questions(name: str, rule: HandWritten, store: _Store, half: int) -> list[Question]:
    rng = seeded(f"questions {name}")
    names = [*store.events]
    found: dict[bool, list[Question]] = {True: [], False: []}
    while min(map(len, found.values())) < half:
        customer = rng.choice(names)
        events = store.events[customer]
        latest = rng.randrange(len(events))
        wait = timedelta(seconds=FEWEST_SECONDS * 10 ** rng.uniform(0, DECADES))
        question = (
            Customer(customer, store.attributes[customer], events[: latest + 1]),
            events[latest].at + wait,
        )
        answers = found[rule.function(*question)]
        if len(answers) < half:
            answers.append(question)
    return [*found[True], *found[False]]
