"""What an author is told about a mistake."""

import pytest

from segrules.language.mistakes import CODES
from tests.language.corpus import INVALID, Refusal
from tests.language.reading import refusal


@pytest.mark.parametrize("expected", INVALID, ids=lambda refused: refused.rule)
def test_a_mistake_is_named_where_it_is(expected: Refusal) -> None:
    """Each line of the corpus gets its code, message, place and help."""
    assert Refusal.of(expected.rule, refusal(expected.rule)) == expected


def test_every_code_of_a_mistake_is_documented_and_shown() -> None:
    """The codes that the corpus shows are those that the module lists, in order."""
    elsewhere = {"too-long", "too-nested", "character"}
    assert {refused.code for refused in INVALID} | elsewhere == set(CODES)
    assert list(CODES) == sorted(CODES)
