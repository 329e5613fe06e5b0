"""The index of who is in what."""

from hypothesis import given
from hypothesis import strategies as st

from segrules.audience.catalogue.membership import Bitmap, Membership
from segrules.audience.upkeep.people import Population
from segrules.facts.history import History


def index_of(*names: str) -> Membership:
    population = Population()
    for name in names:
        population.add(name, History(), 0)
    return Membership(population)


def test_both_directions() -> None:
    """A customer in a segment is found from either side."""
    index = index_of("ann", "bob")
    index.add_segment("vips", 0)
    index.add_segment("press", 5)
    index.lists["picked"] = {"bob"}
    ann = index.population.by_id["ann"]
    index.put(ann, 0, member=True)
    index.put(ann, 5, member=True)
    assert index.members("vips") == index.members("press") == {"ann"}
    assert index.segments_of("ann") == {"vips", "press"}
    assert index.segments_of("bob") == index.segments_of("bob") == {"picked"}
    assert index.segments_of("nobody") == frozenset()
    index.put(ann, 0, member=False)
    assert (index.count("vips"), index.count("press"), index.count("picked")) == (0, 1, 1)


def test_remove_segment() -> None:
    """A segment that is removed leaves no trace in its members."""
    index = index_of("ann")
    index.add_segment("vips", 3)
    ann = index.population.by_id["ann"]
    index.put(ann, 3, member=True)
    index.remove_segment("vips")
    assert ann.held == 0
    assert index.segments_of("ann") == frozenset()


@given(st.lists(st.integers(0, 100)))
def test_bitmap(numbers: list[int]) -> None:
    """A bitmap is a set of numbers: here each is let in, or out where it was in."""
    bitmap, twin = Bitmap(), set[int]()
    for number in numbers:
        bitmap.put(number, inside=number not in twin)
        twin ^= {number}
    assert (list(bitmap), bitmap.count) == (sorted(twin), len(twin))
