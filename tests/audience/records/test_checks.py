"""Checks on membership: whether it is complete, and what a recompute finds."""

import pytest

from segrules import SegmentError
from segrules.audience.upkeep.upkeep import Upkeep
from segrules.results import Consistency, Difference
from tests.audience.shop import DAY, NOON, purchase, shop, view


def test_no_differences() -> None:
    """An engine finds none, in whatever it retains."""
    for retain in ("all", "rules"):
        engine = shop(
            retain,
            fresh="any event within 2 days",
            silent="no event of type 'purchase'",
            british="country = 'GB'",
        )
        engine.lists.add("press", ["ann"])
        engine.apply(view(), customer="ann", at=NOON)
        engine.apply(purchase(), customer="bob", at=NOON)
        engine.set_attributes("cid", {"country": "GB"}, at=NOON)
        found = engine.verify()
        assert found
        assert (found.customers, found.segments, found.left_out) == (3, 3, 0)
    assert shop().verify().customers == 0


def test_differences(monkeypatch: pytest.MonkeyPatch) -> None:
    """What is wrong in the index is found, in both directions, and left as it is."""
    engine = shop(buyers="count of orders >= 1", viewers="any event of type 'page_view'")
    engine.apply(view(), customer="bob", at=NOON)
    with monkeypatch.context() as patched:
        patched.setattr(Upkeep, "evaluate", lambda *_: 0)
        engine.apply(purchase(), customer="ann", at=NOON)
        engine.forget("bob")
        engine.apply(view(), customer="cid", at=NOON)
    engine.apply(view(), customer="bob", at=NOON)
    found = engine.verify()
    assert not found
    assert set(found.differences) == {
        Difference("ann", "buyers", is_member=False, should_be=True),
        Difference("cid", "viewers", is_member=False, should_be=True),
    }
    assert engine.members("buyers") == frozenset()
    assert engine.verify() == found


def test_left_out() -> None:
    """Customers of whom work is outstanding are left out, and counted."""
    engine = shop(fresh="any event within 2 days")
    for name in ("ann", "bob", "cid"):
        engine.apply(view(), customer=name, at=NOON)
    engine.advance_to(NOON + 9 * DAY, budget=1)
    assert (engine.verify().customers, engine.verify().left_out) == (1, 2)
    engine.advance_to(NOON + 9 * DAY)
    bulk = engine.backfill("import", at=NOON + 9 * DAY)
    bulk.apply(view(9), customer="ann")
    assert (engine.verify().customers, engine.verify().left_out) == (2, 1)
    with bulk:
        pass
    assert engine.verify().customers == 3


def test_words() -> None:
    """It is true without reasons, and reads as a sentence."""
    assert Consistency()
    assert str(Consistency()) == "consistent"
    waiting = Consistency(("one thing", "another"))
    assert not waiting
    assert str(waiting) == "one thing; another"


def test_engine() -> None:
    """A segment is exact unless a backfill is open or deadlines are overdue; lists have none."""
    engine = shop(fresh="any event within 2 days")
    engine.lists.add("press")
    for name in ("ann", "bob"):
        engine.apply(view(), customer=name, at=NOON)
    assert engine.consistent("fresh")
    engine.advance_to(NOON + 9 * DAY, budget=1)
    assert engine.behind
    assert "overdue" in str(engine.consistent("fresh"))
    assert engine.consistent("press")
    engine.advance_to(NOON + 9 * DAY)
    assert engine.consistent("fresh")
    with engine.backfill("import", at=NOON + 9 * DAY) as bulk:
        assert str(engine.consistent("fresh")) == "the backfill `import` is open"
        bulk.settle()
        assert not engine.consistent("fresh")
    assert engine.consistent("fresh")
    with pytest.raises(SegmentError, match="unknown segment"):
        engine.consistent("nowhere")
