"""The cases that ship, put to segrules itself."""

import json
from importlib import resources

import pytest

from segrules import Rule
from segrules.conformance import Refusal, ask_compiled, ask_reference, load_cases, run_cases
from segrules.language.version import LANGUAGE_VERSION
from tests.conformance import grid

CASES = load_cases()
FOLDER = resources.files("segrules.conformance") / "cases"


ANSWERED = [case for case in CASES if not isinstance(case.expected, Refusal)]
"""The cases whose facts fit their schema."""


@pytest.fixture(scope="module")
def rules() -> dict[str, Rule]:
    """Return the rule of each case."""
    return {case.id: case.make_rule() for case in CASES}


def test_reference() -> None:
    """The reference evaluator answers every case as expected."""
    report = run_cases(ask_reference, CASES)
    assert report, str(report)


def test_compiled() -> None:
    """The compiled evaluator answers every case as expected."""
    report = run_cases(ask_compiled, CASES)
    assert report, str(report)


def test_matches(rules: dict[str, Rule]) -> None:
    """`matches` gives the answer of the verdict."""
    report = run_cases(lambda case: rules[case.id].matches(case.customer, at=case.at), CASES)
    assert report, str(report)


@pytest.mark.parametrize("redact", [False, True])
def test_explanations(rules: dict[str, Rule], redact: bool) -> None:  # noqa: FBT001  # a parameter of the test
    """An explanation has the answer of the verdict, redacted or not."""
    report = run_cases(
        lambda case: rules[case.id].explain(case.customer, at=case.at, redact=redact).holds,
        CASES,
    )
    assert report, str(report)


def test_canonical_text(rules: dict[str, Rule]) -> None:
    """The canonical text of a rule gives the same answers."""
    for case in ANSWERED:
        rule = rules[case.id]
        again = type(rule)(
            str(rule), rule.schema, segments=rule.segments, lists=rule.lists, cohorts=rule.cohorts
        )
        assert case.accepts(again.verdict(case.customer, at=case.at)), case.id


def test_arrival(rules: dict[str, Rule]) -> None:
    """Events that arrive in another order give the same answers."""
    for case in ANSWERED:
        facts = case.facts
        turned = type(case.customer)(
            "customer",
            facts.attributes,
            reversed(facts.events),
            lists=facts.lists,
            cohorts=facts.cohorts,
        )
        assert case.accepts(rules[case.id].verdict(turned, at=case.at)), case.id


def test_grid() -> None:
    """The grid that ships is the one that its script writes."""
    assert (FOLDER / "grid.json").read_text("utf-8") == grid.render()


def test_ids() -> None:
    """Every case has an id of its own, which begins with its file's name, and a sentence."""
    assert len({case.id for case in CASES}) == len(CASES)
    assert all(case.sentence for case in CASES)
    for file in FOLDER.iterdir():
        stem = file.name.removesuffix(".json")
        for case in json.loads(file.read_text("utf-8")).get("cases", ()):
            assert case["id"].startswith(f"{stem}/")


def test_a_case_a_line() -> None:
    """Every file states the language's version, and then has a case on each line."""
    for file in FOLDER.iterdir():
        if file.name != "schemas.json":
            first, *lines, last = file.read_text("utf-8").splitlines()
            assert json.loads(f"{first}]}}") == {
                "language_version": LANGUAGE_VERSION,
                "cases": [],
            }
            assert all(json.loads(line.removesuffix(","))["id"] for line in lines)
            assert last == "]}"
