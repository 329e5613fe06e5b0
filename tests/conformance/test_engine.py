"""The cases that ship, put to an engine that gets the facts one by one."""

from contextlib import suppress
from datetime import datetime, timedelta

import pytest

from segrules import Engine, FactError
from segrules.conformance import Case, load_cases, run_cases

WHO = "customer"


def ask(case: Case, given: datetime) -> bool:
    """Give an engine all facts at one instant, let time pass, and tell whether it has a member."""
    engine = Engine(case.schema, max_step=None)
    for name in case.lists:
        engine.lists.add(name, [WHO] if name in case.facts.lists else (), at=given)
    for name, text in case.segments.items():
        engine.add_segment(name, text)
    engine.add_segment("asked", case.rule)
    engine.set_attributes(WHO, case.facts.attributes, at=given)
    for event in case.facts.events:
        engine.apply(event, customer=WHO, at=given)
    engine.advance_to(case.at)
    return WHO in engine.members("asked")


@pytest.fixture(scope="module")
def answers() -> dict[str, bool]:
    """Return the answers to cases whose facts fit the schema: an engine refuses others.

    All facts are given at the instant asked about.
    """
    found = {}
    for case in load_cases():
        if not case.cohorts:
            with suppress(FactError):
                found[case.id] = ask(case, case.at)
    return found


def test_facts_just_learnt(answers: dict[str, bool]) -> None:
    """Facts given at the instant asked about lead to every answer as expected."""
    assert len(answers) > 3000
    report = run_cases(lambda case: answers[case.id], admitted(answers))
    assert report, str(report)


def test_time_passes(answers: dict[str, bool]) -> None:
    """Facts given long before lead to the same answers, by the passing of time alone."""
    report = run_cases(lambda case: ask(case, case.at - timedelta(days=3650)), admitted(answers))
    assert report, str(report)


def admitted(answers: dict[str, bool]) -> list[Case]:
    return [case for case in load_cases() if case.id in answers]
