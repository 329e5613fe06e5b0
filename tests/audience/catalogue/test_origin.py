"""Where segments come from."""

from typing import Any

import pytest

from segrules import Origin, SegmentError


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
def test_refusals(kind: Any, text: Any, said: str) -> None:
    """What is none of the kinds, or says nothing, is refused."""
    with pytest.raises(SegmentError, match=said):
        Origin(kind, text)
