"""What a host says of a segment."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from segrules import Origin, SegmentError, Use
from segrules.audience.catalogue.segment import Bitmap
from segrules.errors import SegrulesError, UnknownAudienceError


def test_origin() -> None:
    """An origin is of a kind and says what it was."""
    origin = Origin("prompt", "loyal customers who went quiet")
    assert (origin.kind, origin.text) == ("prompt", "loyal customers who went quiet")


@pytest.mark.parametrize(
    ("kind", "text", "said"),
    [
        ("promt", "x", "did you mean `prompt`"),
        (5, "x", "one of: `author`, `prompt`, `template`"),
        ("author", " ", "says in a text"),
        ("author", None, "not `NoneType`"),
    ],
)
def test_refused_origins(kind: Any, text: Any, said: str) -> None:
    """An unknown kind, or a text that says nothing, is refused."""
    with pytest.raises(SegmentError, match=said):
        Origin(kind, text)


def test_words_of_a_use() -> None:
    """A use prints as people would name it."""
    assert str(Use("campaign", "Spring sale")) == "the campaign `Spring sale`"
    assert str(Use("segment", "a")) == "`a`"


@pytest.mark.parametrize(("kind", "name"), [("", "x"), ("x", ""), ("x\n", "x"), (None, "x")])
def test_refused_uses(kind: Any, name: Any) -> None:
    """A use is two texts."""
    with pytest.raises(SegmentError, match="a use has a kind and a name"):
        Use(kind, name)


def test_unknown_audience() -> None:
    """The error of an unknown name is a KeyError that prints plainly."""
    error = UnknownAudienceError("unknown segment `x`: there are no segments")
    assert str(error) == "unknown segment `x`: there are no segments"
    assert isinstance(error, KeyError | LookupError)
    assert isinstance(error, SegmentError)
    assert isinstance(error, SegrulesError)


@given(st.lists(st.integers(0, 100)))
def test_bitmap(numbers: list[int]) -> None:
    """A bitmap is a set of numbers: here each goes in, or out if it was in."""
    bitmap, twin = Bitmap(), set[int]()
    for number in numbers:
        bitmap.put(number, inside=number not in twin)
        twin ^= {number}
    assert (list(bitmap), bitmap.count) == (sorted(twin), len(twin))
