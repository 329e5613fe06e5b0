"""Who uses an audience."""

from typing import Any

import pytest

from segrules import SegmentError, Use
from segrules.audience.catalogue.usage import Usage

SALE = Use("campaign", "Spring sale")


def test_uses() -> None:
    """Uses are found in order, each once, behind the segments that refer to the audience."""
    usage = Usage()
    for use in (SALE, Use("journey", "Win back"), SALE):
        usage.record("vip", use)
    assert usage.find("vip", ["a"]) == (Use("segment", "a"), SALE, Use("journey", "Win back"))
    assert usage.find("other", []) == ()
    usage.end("vip", SALE)
    assert usage.find("vip", []) == (Use("journey", "Win back"),)
    usage.drop("vip")
    usage.drop("vip")
    assert usage.find("vip", []) == ()


def test_words() -> None:
    """A use prints as people would name it."""
    assert str(SALE) == "the campaign `Spring sale`"
    assert str(Use("segment", "a")) == "`a`"


@pytest.mark.parametrize(("kind", "name"), [("", "x"), ("x", ""), ("x\n", "x"), (None, "x")])
def test_refusals(kind: Any, name: Any) -> None:
    """A use is two texts."""
    with pytest.raises(SegmentError, match="a use has a kind and a name"):
        Use(kind, name)


def test_what_cannot_be_recorded() -> None:
    """Segments are uses by their rules alone, and only what is recorded can end."""
    usage = Usage()
    with pytest.raises(SegmentError, match="rules say"):
        usage.record("vip", Use("segment", "a"))
    with pytest.raises(
        SegmentError, match="no use by the campaign `Spring sale` can end: it has not"
    ):
        usage.end("vip", SALE)
    with pytest.raises(SegmentError, match="its rule refers to it"):
        usage.end("vip", Use("segment", "a"))
