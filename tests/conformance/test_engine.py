"""The cases that ship, put to an engine that gets the facts one by one."""

from datetime import datetime, timedelta

import pytest

from segrules import Engine, FactError
from segrules.conformance import Case, load_cases, run_cases

WHO = "customer"


def ask(case: Case, given: datetime) -> bool:
    """Give an engine all facts at one instant, let time pass, and tell whether it has a member."""
    engine = Engine(case.schema)
    for name in case.lists:
        engine.add_list(name, [WHO] if name in case.facts.segments else (), at=given)
    for name, text in case.segments.items():
        engine.add_segment(name, text)
    engine.add_segment("asked", case.rule)
    engine.set_attributes(WHO, case.facts.attributes, at=given)
    for event in case.facts.events:
        engine.apply(event, customer=WHO, at=given)
    engine.advance_to(case.at)
    return WHO in engine.members("asked")


def is_admitted(case: Case) -> bool:
    """Tell whether an engine takes the facts: it refuses those that do not fit the schema."""
    engine = Engine(case.schema)
    try:
        engine.set_attributes(WHO, case.facts.attributes, at=case.at)
        for event in case.facts.events:
            engine.apply(event, customer=WHO, at=case.at)
    except FactError:
        return False
    return True


@pytest.fixture(scope="module")
def cases() -> list[Case]:
    """Return the cases that an engine can be asked."""
    return [case for case in load_cases() if not case.cohorts and is_admitted(case)]


def test_facts_at_once(cases: list[Case]) -> None:
    """Facts given at the instant asked about lead to every answer as expected."""
    assert len(cases) > 3000
    report = run_cases(lambda case: ask(case, case.at), cases)
    assert report, str(report)


def test_time_passes(cases: list[Case]) -> None:
    """Facts given long before lead to the same answers, by the passing of time alone."""
    report = run_cases(lambda case: ask(case, case.at - timedelta(days=3650)), cases)
    assert report, str(report)
