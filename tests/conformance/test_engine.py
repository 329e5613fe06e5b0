"""The cases that ship, held against an engine that learns the facts one by one."""

from datetime import datetime, timedelta

from segrules import Engine, FactError
from segrules.conformance import Case, load_cases, run_cases

WHO = "customer"


def ask(case: Case, told: datetime) -> bool:
    """Tell an engine everything at one instant, let time pass, and look who is in."""
    engine = Engine(case.schema)
    for name in case.lists:
        engine.add_list(name, [WHO] if name in case.facts.lists else (), at=told)
    for name, text in case.segments.items():
        engine.add_segment(name, text)
    engine.add_segment("asked", case.rule)
    engine.set_attributes(WHO, case.facts.attributes, at=told)
    for event in case.facts.events:
        engine.apply(event, customer=WHO, at=told)
    engine.advance_to(case.at)
    return WHO in engine.members("asked")


def is_admitted(case: Case) -> bool:
    """Tell whether an engine, which refuses facts that do not fit the schema, takes these."""
    try:
        ask(case, case.at)
    except FactError:
        return False
    return True


CASES = [case for case in load_cases() if not case.cohorts and is_admitted(case)]


def test_facts_just_learnt() -> None:
    """Facts that are all learnt at the instant asked about give every answer as expected."""
    assert len(CASES) > 3000
    report = run_cases(lambda case: ask(case, case.at), CASES)
    assert report, str(report)


def test_time_passes() -> None:
    """Facts learnt long before give the same answers, by the passing of time alone."""
    report = run_cases(lambda case: ask(case, case.at - timedelta(days=3650)), CASES)
    assert report, str(report)
