"""The code, message, place and help of every mistake."""

import pytest

from segrules.language.mistakes.hint import Hint, Misfit, answer
from segrules.language.mistakes.mistake import CODES, Mistake
from segrules.language.mistakes.objects import OBJECTS
from segrules.language.mistakes.phrases import PHRASES
from segrules.language.mistakes.symbols import SYMBOLS
from tests.language.corpus import INVALID, Refusal
from tests.language.reading import refusal

HINTS = (*OBJECTS, *PHRASES, *SYMBOLS)


@pytest.mark.parametrize("expected", INVALID, ids=lambda refused: refused.rule)
def test_a_mistake_is_named_where_it_is(expected: Refusal) -> None:
    """Each line of the corpus gets its code, message, place and help."""
    assert Refusal.of(expected.rule, refusal(expected.rule)) == expected


@pytest.mark.parametrize("hint", HINTS, ids=lambda hint: hint.example)
def test_a_hint_answers_its_own_example(hint: Hint, monkeypatch: pytest.MonkeyPatch) -> None:
    """Every hint can be reached: when the parser refuses its example, no earlier hint answers."""
    answers: list[Hint] = []

    def listen(asked: Hint, misfit: Misfit) -> Mistake | None:
        mistake = answer(asked, misfit)
        answers.extend([asked] if mistake else [])
        return mistake

    monkeypatch.setattr("segrules.language.mistakes.hint.answer", listen)
    refusal(hint.example)
    assert answers, f"no hint answers `{hint.example}`"
    assert answers == [hint], f"the hint of `{answers[0].example}` answers `{hint.example}`"


def test_every_hint_has_an_example_of_its_own() -> None:
    """The example is the name of a hint."""
    assert len({hint.example for hint in HINTS}) == len(HINTS)


def test_every_code_of_a_mistake_is_documented_and_shown() -> None:
    """The corpora show every code of the list, which is in order."""
    elsewhere = {"too-long", "too-nested", "character", "split-name"}
    assert {refused.code for refused in INVALID} | elsewhere == set(CODES)
    assert list(CODES) == sorted(CODES)
