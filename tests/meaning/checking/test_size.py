"""The size of a rule as meant."""

import pytest

from segrules import RuleError
from segrules.meaning.checking.size import DEEPEST, LARGEST, measure
from segrules.meaning.conditions import Condition, parts
from segrules.meaning.vocabulary import References
from tests.meaning.shop import mean


@pytest.mark.parametrize(
    ("text", "size", "depth"),
    [
        ("points = 1", 1, 1),
        ("points = 1 AND NOT points = 2", 4, 3),
        ("tier = 'gold'", 3, 2),
        ("any event of type 'view' has (code = 1 OR code = 2)", 4, 3),
        ("any event of type 'view' AND renewsAt after that view", 4, 3),
        ("any event of type 'view' AND any event between that view and that view", 5, 3),
        ("in segment 'loyal'", 2, 2),
        ("in cohort 'march'", 1, 1),
    ],
)
def test_measure(text: str, size: int, depth: int) -> None:
    """Stages, segments and the events that `that` names count wherever they are referred to."""
    assert measure(mean(text)) == (size, depth)


def test_parts() -> None:
    """A condition without others in it has no parts."""
    assert list(parts(mean("renewsAt within 1 day"))) == []
    assert list(parts(mean("any event"))) == []


def nest(text: str, times: int) -> Condition:
    """Return what a segment means that names another, which names another, and so on."""
    meant: Condition = mean("points = 1")
    for _ in range(times):
        meant = mean(text, references=References({"inner": meant}))
    return meant


def test_segments_that_double() -> None:
    """Segments that refer to each other twice over are refused before they get out of hand."""
    twice = "in segment 'inner' OR in segment 'inner'"
    assert measure(nest(twice, 11))[0] <= LARGEST
    with pytest.raises(RuleError, match="more than 10,000 conditions"):
        nest(twice, 12)


def test_segments_in_a_long_row() -> None:
    """Segments that refer to each other in a row nest no deeper than can be walked."""
    assert measure(nest("in segment 'inner'", DEEPEST - 1)) == (DEEPEST, DEEPEST)
    with pytest.raises(RuleError, match="nest more than 100 deep"):
        nest("in segment 'inner'", DEEPEST)
