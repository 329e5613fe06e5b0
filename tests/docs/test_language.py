"""The page on the language."""

import pytest

from segrules import Rule, Schema
from segrules.rule import condition_of
from tests.docs.pages import blocks, paragraphs

PAGE = "docs/language.md"
RULES = [rule for block in blocks(PAGE, "segrules") for rule in paragraphs(block)]
SCHEMA = Schema.commerce()


def understand(text: str) -> Rule:
    return Rule(text, SCHEMA, lists=["loyal"], cohorts=["holiday-2025"])


@pytest.mark.parametrize("text", RULES)
def test_rules(text: str) -> None:
    """Every rule on the page is understood, and its canonical text means the same."""
    rule = understand(text)
    again = understand(str(rule))
    assert again == rule
    assert str(again) == str(rule)
    assert condition_of(again) == condition_of(rule)


def test_there_are_rules() -> None:
    """The page shows every kind of condition."""
    kinds = {
        type(part).__name__ for rule in RULES for part in understand(rule)._checked.parts.values()
    }
    assert kinds >= {"TermTest", "EventTest", "AggregateTest", "StageTest", "ListTest", "Not"}
