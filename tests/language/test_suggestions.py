"""Which name a word was meant to be."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from segrules.language.suggestions import find_close, find_same, is_slip

WORDS = st.text("abc", min_size=0, max_size=6)


def slips_of(word: str) -> set[str]:
    """Return every word of these letters that is one slip away, the obvious way."""
    cuts = [(word[:n], word[n:]) for n in range(len(word) + 1)]
    longer = {left + letter + right for left, right in cuts for letter in "abc"}
    shorter = {left + right[1:] for left, right in cuts if right}
    wrong = {left + letter + right[1:] for left, right in cuts if right for letter in "abc"}
    swapped = {left + right[1] + right[0] + right[2:] for left, right in cuts if len(right) > 1}
    changed = {other for other in longer | shorter if min(len(other), len(word)) >= 2}
    changed |= {other for other in wrong if len(word) >= 3}
    return (changed | swapped) - {word}


@given(WORDS, WORDS)
def test_slips(said: str, meant: str) -> None:
    """A slip is a letter missing, wrong, one too many or swapped, whichever word comes first."""
    assert is_slip(said, meant) is (said in slips_of(meant))
    assert is_slip(said, meant) is is_slip(meant, said)


@pytest.mark.parametrize(
    ("word", "names"),
    [
        ("total spent", ["totalSpent"]),
        ("Total-Spent", ["totalSpent"]),
        ("total_spent", ["totalSpent"]),
        ("TOTAL.SPENT", ["totalSpent"]),
        ("totlSpent", ["totalSpent"]),
        ("to", ["total", "totalSpent"]),
        ("toal", ["total"]),
        ("t", []),
        ("order2", ["`order-2`"]),
        ("lastOrderedAt", ["lastOrderAt"]),
        ("", []),
        ("zzz", []),
    ],
)
def test_closest(word: str, names: list[str]) -> None:
    """The same words come alone, then slips, else what is spelt much like it; then completions."""
    known = ["total", "totalSpent", "lastOrderAt", "`order-2`"]
    assert find_close(word, known, 3) == names


def test_the_same_words() -> None:
    """Words that are joined in another way make the same name, and signs alone make none."""
    known = ["total", "totalSpent", "`order-2`"]
    assert find_same("Order 2", known) == "`order-2`"
    assert find_same("total spend", known) is None
    assert find_same("-", ["_"]) is None
