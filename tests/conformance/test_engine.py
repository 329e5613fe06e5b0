"""The cases that ship, put to an engine that gets the facts one by one."""

from datetime import datetime, timedelta

from segrules import Engine
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


def test_facts_just_learnt() -> None:
    """Facts given at the instant asked about lead to every answer and refusal as expected."""
    report = run_cases(lambda case: ask(case, case.at), without_cohorts())
    assert report, str(report)


def test_time_passes() -> None:
    """Facts given long before lead to the same answers, by the passing of time alone."""
    report = run_cases(lambda case: ask(case, case.at - timedelta(days=3650)), without_cohorts())
    assert report, str(report)


def without_cohorts() -> list[Case]:
    return [case for case in load_cases() if not case.cohorts]
