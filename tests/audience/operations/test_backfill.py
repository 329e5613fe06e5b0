"""Facts in bulk."""

from contextlib import suppress
from typing import Literal

import pytest

from segrules import Event, FactError, Refresh, SegmentError
from segrules.errors import ArgumentError
from segrules.results import AuditEntry, Cause
from tests.audience.shop import DAY, HOUR, NOON, purchase, shop, told, view

BOTH: list[Literal["all", "rules"]] = ["all", "rules"]


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
    assert (*engine.customers,) == ("ann",)
    assert told(engine.apply(view(2), customer="bob", at=NOON + 2 * DAY)) == [
        ("bob", "fresh", True, "event")
    ]
    assert not bulk.settle()
    assert engine.members("fresh") == {"bob"}
    with bulk:
        pass
    assert told(bulk.changes) == [("ann", "fresh", True, "backfill")]
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
    """Live facts are reported as if those of the backfill had not been given yet."""
    engine = shop(active="any event of type 'page_view'", british="country = 'GB'")
    engine.lists.add("press")
    engine.add_segment("guests", "in segment 'press'")
    with engine.backfill("import", at=NOON) as bulk:
        bulk.apply(purchase(), customer="ann")
        assert (*engine.customers,) == ()
        assert told(engine.apply(view(), customer="ann", at=NOON + HOUR)) == [
            ("ann", "active", True, "event")
        ]
        assert told(engine.set_attributes("ann", {"country": "GB"}, at=NOON + HOUR)) == [
            ("ann", "british", True, "attributes")
        ]
        assert told(engine.lists.edit("press", add=["ann"])) == [
            ("ann", "press", True, "edit"),
            ("ann", "guests", True, "edit"),
        ]
        assert told(engine.apply(view(), customer="bob", at=NOON + HOUR)) == [
            ("bob", "active", True, "event")
        ]
    assert bulk.changes == ()


def test_time_meanwhile() -> None:
    """Deadlines fall due while it is open, also of the customers it touches."""
    engine = shop(fresh="any event within 2 days", warm="any event within 5 days")
    engine.apply(view(), customer="ann", at=NOON)
    with engine.backfill("import", at=NOON) as bulk:
        bulk.set_attributes("ann", {})
        bulk.apply(view(2), customer="ann")
        assert told(engine.advance_to(NOON + 3 * DAY)) == [("ann", "fresh", False, "clock")]
    assert told(bulk.changes) == [("ann", "fresh", True, "backfill")]
    assert told(engine.advance_to(NOON + 4 * DAY)) == [("ann", "fresh", False, "clock")]
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


@pytest.mark.parametrize("retain", BOTH)
@pytest.mark.parametrize("error", [KeyError, KeyboardInterrupt])
def test_failed_block(retain: Literal["all", "rules"], error: type[BaseException]) -> None:
    """A block that raises is undone: all that is left of it is an entry in the audit log."""
    engine = shop(retain, active="any event", rich="sum of total of orders > 5")
    engine.apply(purchase(0, 2, "o1"), customer="ann", at=NOON)
    before = (engine.customers, engine.changes(), engine.stats, engine.members("active"))
    entries = engine.audit

    def fill() -> None:
        with engine.backfill("import", at=NOON + DAY, by="job") as bulk:
            bulk.apply(view(), customer="ann")
            bulk.amend(purchase(0, 9, "o1"), customer="ann", missing_ok=True)
            bulk.retract("purchase", "o7", customer="eve", missing_ok=True)
            bulk.set_attributes("bob", {"country": "GB"})
            raise error

    if retain == "all":
        with pytest.raises(error):
            fill()
    else:
        with pytest.raises(FactError, match="forgotten"):
            fill()
    assert (engine.customers, engine.changes(), engine.stats, engine.members("active")) == before
    assert engine.consistent("active")
    counts = (3, 4) if retain == "all" else (1, 1)
    failed = AuditEntry("backfill failed", ("import",), NOON + DAY, "job", *counts)
    assert engine.audit == (*entries, failed)
    assert told(engine.apply(purchase(0, 9, "o7"), customer="eve", at=NOON + DAY))


def test_failed_fact() -> None:
    """A bad fact is refused where it is given, and so undoes the block that does not catch it."""
    engine = shop(active="any event")

    def fill() -> None:
        with engine.backfill("import", at=NOON) as bulk:
            bulk.apply(view(), customer="ann")
            bulk.apply(Event("sneeze", NOON), customer="ann")

    with pytest.raises(FactError, match="unknown event type"):
        fill()
    assert engine.members("active") == frozenset()
    assert engine.audit[-1].action == "backfill failed"


def test_failed_after_settling() -> None:
    """From the first `settle` on a backfill is completed, even if its block raises."""
    engine = shop(active="any event")

    def fill() -> None:
        with engine.backfill("import", at=NOON) as bulk:
            for name in ("ann", "bob"):
                bulk.apply(view(), customer=name)
            bulk.settle(budget=1)
            raise KeyError

    with pytest.raises(KeyError):
        fill()
    assert engine.members("active") == {"ann", "bob"}
    assert (engine.audit[-1].action, engine.audit[-1].customers) == ("backfill", 2)


@pytest.mark.parametrize("retain", BOTH)
def test_corrections(retain: Literal["all", "rules"]) -> None:
    """A correction in bulk is about events of before and of the backfill itself."""
    engine = shop(
        retain,
        last="last event of type 'purchase' has total > 5",
        rich="sum of total of orders > 20",
    )
    engine.apply(purchase(-9, 9, "o1"), customer="ann", at=NOON)
    with engine.backfill("import", at=NOON) as bulk:
        bulk.apply(purchase(-8, 9, "o2"), customer="ann")
        bulk.amend(purchase(-8, 1, "o2"), customer="ann")
        bulk.amend(purchase(-9, 30, "o1"), customer="ann")
        bulk.apply(purchase(-7, 9, "o3"), customer="ann")
        bulk.retract("purchase", "o3", customer="ann")
        bulk.retract("purchase", "o3", customer="ann")
        bulk.apply(purchase(-7, 9, "o3"), customer="ann")
        bulk.retract("purchase", "o4", customer="ann", missing_ok=True)
        with pytest.raises(FactError) as refused:
            bulk.retract("purchase", "o5", customer="ann")
        assert refused.value.code == "unknown-event"
        with pytest.raises(FactError) as refused:
            bulk.amend(purchase(0), customer="ann", missing_ok=True)
        assert refused.value.code == "no-event-id"
        assert engine.segments_of("ann") == {"last"}
    assert engine.segments_of("ann") == {"rich"}
    assert engine.audit[-1].facts == 4
    stats = engine.stats
    assert (stats.events, stats.amended, stats.retracted) == (2, 2, 2)
    assert (stats.repeated, stats.late) == (2, 1)
    for name in ("o2", "o3", "o4"):
        assert engine.apply(purchase(0, 9, name), customer="ann", at=NOON).repeated
    assert engine.verify()


def test_a_correction_that_comes_too_late() -> None:
    """What the engine has forgotten by the end undoes the backfill, which says so."""
    engine = shop("rules", last="last event of type 'purchase' has total > 5")
    engine.apply(purchase(-9, 9, "o1"), customer="ann", at=NOON)

    def fill() -> None:
        with engine.backfill("import", at=NOON) as bulk:
            bulk.amend(purchase(-9, 1, "o1"), customer="ann")
            bulk.apply(view(), customer="bob")
            for day in range(8):
                engine.apply(purchase(day - 8, 9), customer="ann", at=NOON)

    with pytest.raises(FactError) as refused:
        fill()
    assert refused.value.code == "forgotten"
    assert (*engine.customers,) == ("ann",)
    assert engine.audit[-1].action == "backfill failed"


def test_what_came_meanwhile() -> None:
    """What a host sets, adds or corrects while a backfill is open is newer than what it holds."""
    engine = shop(british="country = 'GB'", rich="sum of total of orders > 20")
    engine.apply(purchase(0, 1, "o1"), customer="ann", at=NOON)
    with engine.backfill("import", at=NOON) as bulk:
        bulk.set_attributes("ann", {"country": "US", "smsOptIn": True})
        bulk.amend(purchase(0, 30, "o1"), customer="ann")
        bulk.apply(purchase(0, 30, "o2"), customer="ann")
        bulk.apply(purchase(0, 30, "o3"), customer="ann")
        engine.set_attributes("ann", {"country": "GB"}, at=NOON)
        engine.amend(purchase(0, 2, "o1"), customer="ann", at=NOON)
        engine.apply(purchase(0, 3, "o2"), customer="ann", at=NOON)
        with pytest.raises(FactError):
            engine.retract("purchase", "o3", customer="ann", at=NOON)
        engine.retract("purchase", "o3", customer="ann", at=NOON, missing_ok=True)
    assert engine.customer("ann").attributes == {"country": "GB", "smsOptIn": True}
    assert [event.properties["total"] for event in engine.customer("ann").events] == [2, 3]
    assert engine.segments_of("ann") == {"british"}


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


@pytest.mark.parametrize("fails", [True, False])
def test_refreshed_meanwhile(fails: bool) -> None:  # noqa: FBT001  # a parameter of the test
    """A refresh goes by the facts that are in; those set aside at it follow at the end."""
    engine = shop()
    engine.add_segment("held", "any event", refresh=Refresh.on_demand())
    engine.apply(view(), customer="ann", at=NOON)
    bulk = engine.backfill("import", at=NOON)
    bulk.apply(view(), customer="bob")
    assert told(engine.refresh("held")) == [("ann", "held", True, "refresh")]
    bulk.apply(view(), customer="cid")
    with suppress(KeyError), bulk:
        if fails:
            raise KeyError
    assert told(bulk.changes) == ([] if fails else [("bob", "held", True, "backfill")])
    assert engine.verify()
