"""Facts in bulk."""

import pytest

from segrules import Event, FactError, SegmentError
from segrules.errors import ArgumentError
from segrules.results import Cause
from tests.audience.shop import DAY, HOUR, NOON, purchase, shop, told, view


def test_one_diff_at_the_end() -> None:
    """Of the past nothing is reported; at the end there is one change for each that differs."""
    engine = shop(fresh="any event within 2 days", buyers="count of orders >= 2")
    engine.apply(view(), customer="ann", at=NOON)
    token = engine.changes().token
    with engine.backfill("import", at=NOON + DAY, by="job") as bulk:
        for day in range(-40, 0, 4):
            bulk.apply(purchase(day), customer="ann")
        bulk.apply(view(-9), customer="bob")
        bulk.set_attributes("bob", {"country": "GB"})
        assert engine.changes().token == token
        assert engine.members("buyers") == frozenset()
        assert engine.members("fresh") == {"ann"}
        assert not bulk.changes
    assert told(bulk.changes) == [("ann", "buyers", True, "backfill")]
    assert bulk.changes[0].cause == Cause("backfill", backfill="import")
    assert bulk.changes[0].at == NOON + DAY
    assert bulk.changes[0].to_data()["cause"] == {"kind": "backfill", "name": "import"}
    assert engine.changes(after=token).changes == bulk.changes
    assert engine.customer("bob").attributes == {"country": "GB"}


def test_what_falls_due_before() -> None:
    """What falls due by the opening of a backfill is told by it, apart from what it changes."""
    engine = shop(fresh="any event within 2 days")
    engine.apply(view(), customer="ann", at=NOON)
    with engine.backfill("import", at=NOON + 3 * DAY) as bulk:
        assert told(bulk.before) == [("ann", "fresh", False, "clock")]
    assert bulk.changes == ()


def test_everybody_blank() -> None:
    """A customer who comes in by a backfill joins what holds without any facts."""
    engine = shop(silent="no event", british="country = 'GB'")
    with engine.backfill("import", at=NOON) as bulk:
        bulk.set_attributes("ann", {})
        bulk.set_attributes("bob", {"country": "GB"})
    assert sorted(told(bulk.changes)) == [
        ("ann", "silent", True, "backfill"),
        ("bob", "british", True, "backfill"),
        ("bob", "silent", True, "backfill"),
    ]


def test_what_falls_due_first() -> None:
    """Deadlines up to the opening come before it, and are in the feed."""
    engine = shop(fresh="any event within 2 days")
    engine.apply(view(), customer="ann", at=NOON)
    token = engine.changes().token
    with engine.backfill("import", at=NOON + 3 * DAY):
        assert told(engine.changes(after=token)) == [("ann", "fresh", False, "clock")]


def test_slices() -> None:
    """A backfill settles in slices; the customers settled are up to date, the others wait."""
    engine = shop(fresh="any event within 2 days")
    bulk = engine.backfill("import", at=NOON)
    for name in ("ann", "bob", "cid"):
        bulk.apply(view(), customer=name)
    assert bulk.settle(budget=1)
    assert engine.members("fresh") == {"ann"}
    with pytest.raises(SegmentError, match="takes no more facts"):
        bulk.apply(view(), customer="dan")
    with pytest.raises(SegmentError, match="takes no more facts"):
        bulk.set_attributes("ann", {})
    assert told(engine.advance_to(NOON + 2 * DAY)) == [("ann", "fresh", False, "clock")]
    assert engine.apply(view(2), customer="bob", at=NOON + 2 * DAY) == ()
    assert not bulk.settle()
    assert engine.members("fresh") == {"bob"}
    with bulk:
        pass
    assert told(bulk.changes) == [
        ("ann", "fresh", True, "backfill"),
        ("bob", "fresh", True, "backfill"),
    ]
    assert engine.audit[-1].customers == 3
    assert not bulk.settle()


def test_over() -> None:
    """What is over does nothing to a backfill that is open now."""
    engine = shop(active="any event")
    with engine.backfill("one", at=NOON) as one:
        one.apply(view(), customer="ann")
    with engine.backfill("two", at=NOON) as two:
        two.apply(view(), customer="bob")
        assert not one.settle()
        with one:
            pass
        with pytest.raises(SegmentError, match="`one` takes no more facts"):
            one.apply(view(), customer="ann")
        assert engine.consistent("active").reasons == ("the backfill `two` is open",)
        assert engine.members("active") == {"ann"}
    assert engine.members("active") == {"ann", "bob"}
    assert [entry.action for entry in engine.audit].count("backfill") == 2


def test_one_at_a_time() -> None:
    """While a backfill is open no other can be opened, and nothing changes by trying."""
    engine = shop()
    with engine.backfill("one", at=NOON):
        with pytest.raises(SegmentError, match="`one` is open"):
            engine.backfill("two", at=NOON + DAY)
        assert engine.now == NOON


def test_live_meanwhile() -> None:
    """Live facts of those it touches are taken and kept back; of others they are reported."""
    engine = shop(active="any event of type 'page_view'", british="country = 'GB'")
    engine.lists.add("press")
    engine.add_segment("guests", "in segment 'press'")
    with engine.backfill("import", at=NOON) as bulk:
        bulk.apply(purchase(), customer="ann")
        assert engine.apply(view(), customer="ann", at=NOON + HOUR) == ()
        assert engine.set_attributes("ann", {"country": "GB"}, at=NOON + HOUR) == ()
        assert told(engine.lists.edit("press", add=["ann"])) == [("ann", "press", True, "edit")]
        assert told(engine.apply(view(), customer="bob", at=NOON + HOUR)) == [
            ("bob", "active", True, "event")
        ]
    assert {(c.segment, c.joined) for c in bulk.changes} == {
        ("active", True),
        ("british", True),
        ("guests", True),
    }


def test_time_meanwhile() -> None:
    """Of those it touches nothing falls due before the end; then they are as they should be."""
    engine = shop(fresh="any event within 2 days", warm="any event within 5 days")
    engine.apply(view(), customer="ann", at=NOON)
    with engine.backfill("import", at=NOON) as bulk:
        bulk.set_attributes("ann", {})
        assert engine.advance_to(NOON + 3 * DAY) == ()
        assert engine.segments_of("ann") == {"fresh", "warm"}
    assert told(bulk.changes) == [("ann", "fresh", False, "backfill")]
    assert told(engine.advance_to(NOON + 9 * DAY)) == [("ann", "warm", False, "clock")]


def test_edits_meanwhile() -> None:
    """Segments may come, change and go while it is open; the customers it touches come last."""
    engine = shop(active="any event of type 'page_view'", gone="any event")
    engine.apply(purchase(), customer="bob", at=NOON)
    with engine.backfill("import", at=NOON) as bulk:
        bulk.apply(purchase(), customer="ann")
        assert told(engine.add_segment("buyers", "count of orders >= 1")) == [
            ("bob", "buyers", True, "edit")
        ]
        engine.remove_segment("gone")
        engine.edit_segment("active", "any event within 2 days")
        engine.advance_to(NOON + HOUR)
    assert sorted(told(bulk.changes)) == [
        ("ann", "active", True, "backfill"),
        ("ann", "buyers", True, "backfill"),
    ]
    assert engine.next_deadline == NOON + 2 * DAY
    assert engine.verify()


def test_duplicates() -> None:
    """An event that has been had is no new fact."""
    engine = shop(twice="count of orders >= 2")
    engine.apply(purchase(event_id="o1"), customer="ann", at=NOON)
    with engine.backfill("import", at=NOON) as bulk:
        for _ in range(3):
            bulk.apply(purchase(event_id="o1"), customer="ann")
        bulk.apply(purchase(event_id="o2"), customer="ann")
    assert engine.audit[-1].facts == 1
    assert engine.members("twice") == {"ann"}


def test_failed_block() -> None:
    """A block that fails has taken what came before, and is closed."""
    engine = shop(active="any event")

    def fill() -> None:
        with engine.backfill("import", at=NOON) as bulk:
            bulk.apply(view(), customer="ann")
            bulk.apply(Event("sneeze", NOON), customer="ann")

    with pytest.raises(FactError, match="unknown event type"):
        fill()
    assert engine.members("active") == {"ann"}
    assert engine.consistent("active")


def test_bad_facts() -> None:
    """Bad input is refused as by the engine, and touches nobody."""
    engine = shop(active="any event")
    with engine.backfill("import", at=NOON) as bulk:
        with pytest.raises(ArgumentError, match="must be an `Event`"):
            bulk.apply("view", customer="ann")  # type: ignore[arg-type]  # what must fail
        with pytest.raises(FactError, match="customer's id"):
            bulk.apply(view(), customer="")
        with pytest.raises(FactError, match="unknown attribute"):
            bulk.set_attributes("ann", {"hat": 1})
        for budget in (0, -1, True, 1.5):
            with pytest.raises(ArgumentError, match="budget"):
                bulk.settle(budget=budget)  # type: ignore[arg-type]  # what must fail
        assert tuple(engine.customers) == ()
        bulk.apply(view(), customer="ann")
    assert engine.audit[-1].customers == 1
