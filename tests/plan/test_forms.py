"""The canonical forms of rules, in the words of `Plan.explain()`: two lines a case."""

from pathlib import Path

import pytest

from segrules import Rule
from segrules.evaluation.atoms import find_atom
from segrules.evaluation.canonical import TRUE, canonize
from segrules.meaning.conditions import And, Condition, Not, Or, Whole
from segrules.plan.describe import describe_atom, describe_source
from tests.strategies.store import SCHEMA

LINES = (Path(__file__).parent / "forms.rules").read_text(encoding="utf-8").splitlines()
CASES = list(zip(LINES[::2], LINES[1::2], strict=True))
SEGMENTS = {"regulars": Rule("count of orders within 7 days >= 2 AND optIn = true", SCHEMA)}


def say(condition: Condition) -> str:
    """Return a canonical condition in words."""
    match condition:
        case And(()) | Or(()):
            return "always" if condition == TRUE else "never"
        case And(terms) | Or(terms):
            word = " AND " if isinstance(condition, And) else " OR "
            return word.join(map(say_term, terms))
        case Not(term):
            return f"NOT ({say(term)})"
        case Whole(inner):
            return say(inner)
        case _:
            atom = find_atom(condition)
            return f"{describe_source(atom.source)}: {describe_atom(atom)}"


def say_term(term: Condition) -> str:
    """Return a term of AND or OR in words, in brackets if it is several."""
    inner = term.condition if isinstance(term, Whole) else term
    is_group = isinstance(inner, And | Or) and len(inner.terms) > 1
    return f"({say(inner)})" if is_group else say(inner)


@pytest.mark.parametrize(("rule", "form"), CASES)
def test_form(rule: str, form: str) -> None:
    """A rule's canonical form is the one beside it."""
    made = Rule(rule, SCHEMA, segments=SEGMENTS, lists=["picked"], cohorts=["march"])
    assert say(canonize(made._checked.condition)) == form.removeprefix("→ ")
