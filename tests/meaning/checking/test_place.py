"""Places in a tree."""

from segrules.meaning.checking.place import Group, Named, Place
from segrules.meaning.conditions import EventTest
from segrules.results import Span

VIEW = Named("view", Span(0, 1), EventTest("last", "view"))
LATER = Named("view", Span(2, 3), None)


def test_levels() -> None:
    """A connective right inside the same one adds no level; a filter counts on."""
    place = Place().under("and").under("and")
    assert place.level == 1
    assert place.under("not").under("and").level == 3
    assert place.within("view").level == 1
    assert place.within("view").under("and").level == 2


def test_groups() -> None:
    """`that` finds the nearest condition, here first and then in the groups around."""
    outer = Place().under("and")
    outer.name(VIEW)
    inner = outer.under("or").under("and")
    assert inner.group.find("view") is VIEW
    inner.name(LATER)
    assert inner.group.find("view") is LATER
    assert outer.group.find("view") is VIEW
    assert outer.under("and").group is outer.group
    assert outer.group.find("purchase") is None
    inner.name(Named(None, Span(4, 5), None))
    assert inner.group.event_types() == {"view"}


def test_names_outside_groups() -> None:
    """Only a condition joined by AND is named."""
    for place in (Place(), Place().under("or"), Place().under("not")):
        place.name(VIEW)
        assert place.group.find("view") is None
    assert Group().event_types() == set()
