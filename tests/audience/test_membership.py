"""The index of who is in what."""

from segrules.audience.membership import Membership


def test_both_directions() -> None:
    """A customer in a segment is found from either side."""
    index = Membership()
    index.add_segment("vips")
    index.add_segment("press")
    assert index.put("ann", "vips", member=True)
    assert index.put("ann", "press", member=True)
    assert index.all_members("vips") == {"ann"}
    assert index.segments_of("ann") == {"vips", "press"}
    assert index.segments_of("bob") == frozenset()


def test_only_changes_count() -> None:
    """Putting somebody where they are changes nothing, and says so."""
    index = Membership()
    index.add_segment("vips")
    assert not index.put("ann", "vips", member=False)
    assert index.put("ann", "vips", member=True)
    assert not index.put("ann", "vips", member=True)
    assert index.put("ann", "vips", member=False)
    assert index.all_members("vips") == index.segments_of("ann") == frozenset()


def test_removed_segment() -> None:
    """A segment that is removed is nobody's any more."""
    index = Membership()
    index.add_segment("vips")
    index.put("ann", "vips", member=True)
    index.remove_segment("vips")
    assert index.segments_of("ann") == frozenset()
    index.add_segment("vips")
    assert index.all_members("vips") == frozenset()


def test_answers_are_copies() -> None:
    """What has been asked for stays as it was."""
    index = Membership()
    index.add_segment("vips")
    before = index.all_members("vips")
    index.put("ann", "vips", member=True)
    assert before == frozenset()
