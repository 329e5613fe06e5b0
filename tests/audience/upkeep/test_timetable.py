"""Segments that hold their members between refreshes."""

from collections.abc import Callable
from datetime import UTC, datetime, time, timedelta
from typing import Any, Literal

import pytest
from dateutil.rrule import HOURLY, MINUTELY, rrule
from hypothesis import given
from hypothesis import strategies as st

from segrules import (
    Change,
    Engine,
    Event,
    Origin,
    Refresh,
    Schema,
    SegmentError,
    SegrulesError,
)
from segrules.results import AuditEntry
from tests.strategies.store import CENTRE, FITTING_ATTRIBUTES, FITTING_EVENTS, event_conditions
from tests.strategies.store import SCHEMA as SMALL

Retain = Literal["all", "rules"]
RETAINED = pytest.mark.parametrize("retain", ["all", "rules"])

SCHEMA = Schema.commerce()
NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
THREE = datetime(2026, 3, 2, 3, tzinfo=UTC)
MICRO, HOUR, DAY = timedelta(microseconds=1), timedelta(hours=1), timedelta(days=1)
FRESH = "any event of type 'purchase' within 1 day"


def shop(
    refresh: Refresh, *, retain: Retain = "all", schema: Schema = SCHEMA, **rules: str
) -> Engine:
    made = Engine(schema, retain=retain)
    made.add_segments(rules, refresh=refresh)
    return made


def buy(engine: Engine, customer: str, at: datetime) -> tuple[Change, ...]:
    return engine.apply(Event("purchase", at, {"total": 5}), customer=customer, at=at)


def moves(changes: tuple[Change, ...]) -> list[tuple[str, str, bool, datetime, str]]:
    return [(c.customer, c.segment, c.joined, c.at, c.cause.kind) for c in changes]


def is_behind(engine: Engine) -> bool:
    return engine.behind


# Holding and refreshing


@RETAINED
def test_daily(retain: Retain) -> None:
    """Members stay as they are until the very instant of the refresh, which is the changes'."""
    engine = shop(Refresh.daily(), retain=retain, fresh=FRESH)
    assert engine.next_deadline is None
    assert buy(engine, "ann", NOON) == ()
    assert engine.next_deadline == THREE
    assert engine.advance_to(THREE - MICRO) == ()
    assert engine.members("fresh") == set()
    changes = engine.advance_to(THREE + HOUR)
    assert moves(changes) == [("ann", "fresh", True, THREE, "refresh")]
    assert changes[0].to_data()["cause"] == {"kind": "refresh"}
    # The day is over at noon, and nobody leaves before the next refresh.
    assert engine.advance_to(THREE + DAY - MICRO) == ()
    assert engine.members("fresh") == {"ann"}
    assert engine.segments_of("ann") == {"fresh"}
    assert engine.verify()
    told = moves(engine.advance_to(THREE + 9 * DAY))
    assert told == [("ann", "fresh", False, THREE + DAY, "refresh")]
    assert engine.next_deadline == THREE + 10 * DAY


def test_fact_at_the_instant() -> None:
    """A fact that comes at the instant of a refresh comes after it."""
    engine = shop(Refresh.daily(), fresh=FRESH)
    buy(engine, "ann", NOON)
    told = moves(buy(engine, "bob", THREE))
    assert told == [("ann", "fresh", True, THREE, "refresh")]


def test_deadlines_come_first() -> None:
    """What falls due at the instant of a refresh is taken into account by it, and told before."""
    engine = Engine(SCHEMA)
    engine.add_segment("live", FRESH)
    engine.add_segment("held", FRESH, refresh=Refresh.daily())
    engine.advance_to(NOON - 2 * DAY)
    for customer in ("ann", "bob"):
        buy(engine, customer, THREE - DAY)
    told = moves(engine.advance_to(THREE - MICRO))
    assert told == []
    assert engine.next_deadline == THREE
    engine.refresh("held")
    assert moves(engine.advance_to(THREE)) == [
        ("ann", "live", False, THREE, "clock"),
        ("bob", "live", False, THREE, "clock"),
        ("ann", "held", False, THREE, "refresh"),
        ("bob", "held", False, THREE, "refresh"),
    ]


def test_schema_zone() -> None:
    """Daily is in the schema's zone, on days of any length."""
    schema = Schema.commerce(timezone="Europe/London")
    engine = shop(Refresh.daily(time(1, 30)), schema=schema, fresh=FRESH)
    engine.advance_to(datetime(2026, 3, 28, 12, tzinfo=UTC))
    assert engine.next_deadline == datetime(2026, 3, 29, 1, tzinfo=UTC)
    engine.advance_to(datetime(2026, 3, 29, 12, tzinfo=UTC))
    assert engine.next_deadline == datetime(2026, 3, 30, 0, 30, tzinfo=UTC)


def test_custom() -> None:
    """A custom schedule is an rrule's; when it ends the members stay."""
    twice = rrule(HOURLY, interval=6, dtstart=NOON + HOUR, count=2)
    engine = shop(Refresh.custom(twice), fresh=FRESH)
    buy(engine, "ann", NOON)
    told = moves(buy(engine, "bob", NOON + 3 * HOUR))
    assert told == [("ann", "fresh", True, NOON + HOUR, "refresh")]
    assert moves(engine.advance_to(NOON + 30 * DAY)) == [
        ("bob", "fresh", True, NOON + 7 * HOUR, "refresh"),
    ]
    assert engine.next_deadline is None
    assert engine.members("fresh") == {"ann", "bob"}
    assert moves(engine.refresh("fresh"))[0] == (
        "ann", "fresh", False, NOON + 30 * DAY, "refresh"
    )  # fmt: skip


def test_on_demand() -> None:
    """Members are found when they are asked for, and only then."""
    engine = shop(Refresh.on_demand(), fresh=FRESH)
    with pytest.raises(SegmentError, match="pass `at=`"):
        engine.refresh("fresh")
    buy(engine, "ann", NOON)
    assert engine.next_deadline == NOON + DAY  # the truth is kept up all the same
    told = moves(engine.refresh("fresh", by="me"))
    assert told == [("ann", "fresh", True, NOON, "refresh")]
    assert engine.audit[-1] == AuditEntry("refresh", ("fresh",), NOON, "me", changes=1)
    assert engine.advance_to(NOON + 9 * DAY) == ()
    told = moves(engine.refresh("fresh", at=NOON + 10 * DAY))
    assert told == [("ann", "fresh", False, NOON + 10 * DAY, "refresh")]
    assert engine.refresh("fresh") == ()


def test_refresh_of_others() -> None:
    """In a live segment a refresh finds nothing; a static one has nothing to find."""
    engine = Engine(SCHEMA)
    engine.add_segment("fresh", FRESH)
    engine.lists.add("vip")
    buy(engine, "ann", NOON)
    told = moves(engine.refresh("fresh", at=NOON + DAY))
    assert told == [("ann", "fresh", False, NOON + DAY, "clock")]
    with pytest.raises(SegmentError, match="`vip` is a list"):
        engine.refresh("vip")
    with pytest.raises(SegmentError, match="unknown segment"):
        engine.refresh("vap")


def test_several_at_once() -> None:
    """Segments due at one instant are refreshed together, each others in their own time."""
    engine = shop(Refresh.daily(), a=FRESH, b=f"NOT ({FRESH})")
    engine.add_segment("c", FRESH, refresh=Refresh.daily(time(4)))
    buy(engine, "ann", NOON)
    engine.set_attributes("bob", {}, at=NOON)
    assert moves(engine.advance_to(THREE + HOUR)) == [
        ("ann", "a", True, THREE, "refresh"),
        ("bob", "b", True, THREE, "refresh"),
        ("ann", "c", True, THREE + HOUR, "refresh"),
    ]
    engine.remove_segment("a")
    engine.remove_segment("b")
    assert engine.next_deadline == NOON + DAY
    engine.remove_segment("c")
    assert engine.next_deadline is None


def test_number_that_is_free_again() -> None:
    """A segment added where one that held its members was removed is live."""
    engine = shop(Refresh.on_demand(), held=FRESH)
    buy(engine, "ann", NOON)
    engine.remove_segment("held")
    engine.add_segment("live", "country = 'GB'")
    engine.set_attributes("ann", {"country": "GB"}, at=NOON)
    assert engine.members("live") == {"ann"}
    assert engine.verify().segments == 1


def test_reference_is_live() -> None:
    """A rule that refers to a segment means its rule, not the members it holds."""
    engine = shop(Refresh.daily(), held=FRESH)
    engine.add_segment("user", "in segment 'held'")
    assert moves(buy(engine, "ann", NOON)) == [("ann", "user", True, NOON, "event")]
    assert engine.members("held") == set()
    assert engine.preview("in segment 'held'").members == {"ann"}
    assert engine.preview(FRESH, against="held").joins == {"ann"}
    engine.lists.freeze("held", "frozen")
    assert engine.count("frozen") == 0


# Edits


def test_edits() -> None:
    """An edit of the segment itself finds its members; one of another that it uses does not."""
    engine = Engine(SCHEMA)
    engine.add_segment("base", "country = 'GB'")
    engine.add_segment("held", "in segment 'base'", refresh=Refresh.daily())
    for customer, country in (("ann", "GB"), ("bob", "US")):
        engine.set_attributes(customer, {"country": country}, at=NOON)
    assert engine.members("held") == set()
    engine.edit_segment("base", "country = 'US'")
    assert engine.members("held") == set()
    told = moves(engine.edit_segment("held", "NOT (in segment 'base')"))
    assert told == [("ann", "held", True, NOON, "edit")]
    assert engine.segments["held"].next_refresh == THREE
    told = moves(engine.edit_segment("held", "in segment 'base'", refresh=Refresh.live()))
    assert told == [("ann", "held", False, NOON, "edit"), ("bob", "held", True, NOON, "edit")]
    assert engine.next_deadline is None
    engine.set_attributes("ann", {"country": "US"}, at=NOON)
    assert engine.members("held") == {"ann", "bob"}
    engine.edit_segment("held", engine.segments["held"].rule, refresh=Refresh.daily(time(5)))
    assert engine.next_deadline == THREE + 2 * HOUR


def kept(engine: Engine, name: str) -> tuple[Origin | None, Refresh, object, object]:
    """Return where a segment came from, and how and when its members are found."""
    segment = engine.segments[name]
    return segment.origin, segment.refresh, segment.refreshed_at, segment.next_refresh


def test_details() -> None:
    """A segment says where it came from, and when its members were found and will be."""
    prompt = Origin("prompt", "fresh buyers")
    engine = Engine(SCHEMA)
    engine.add_segment("fresh", FRESH, origin=prompt, refresh=Refresh.daily())
    engine.add_segment("live", FRESH)
    assert kept(engine, "fresh") == (prompt, Refresh.daily(), None, None)
    buy(engine, "ann", NOON)
    assert kept(engine, "fresh") == (prompt, Refresh.daily(), None, THREE)
    engine.refresh("fresh")
    assert kept(engine, "fresh") == (prompt, Refresh.daily(), NOON, THREE)
    engine.advance_to(THREE)
    assert kept(engine, "fresh") == (prompt, Refresh.daily(), THREE, THREE + DAY)
    assert kept(engine, "live") == (None, Refresh.live(), None, None)
    engine.edit_segment("fresh", FRESH, refresh=Refresh.on_demand())
    assert kept(engine, "fresh") == (prompt, Refresh.on_demand(), THREE, None)
    engine.edit_segment("fresh", FRESH, origin=Origin("author", "ann"))
    assert engine.segments["fresh"].origin == Origin("author", "ann")
    engine.remove_segment("fresh")
    engine.add_segment("fresh", FRESH)
    assert kept(engine, "fresh")[0] is None
    with pytest.raises(KeyError, match="unknown segment"):
        _ = engine.segments["frosh"]


@pytest.mark.parametrize(
    "action",
    [
        lambda e: e.add_segment("new", "any event", origin="prompt"),
        lambda e: e.add_segment("new", "any event", refresh="daily"),
        lambda e: e.add_segment("new", "any event of", refresh=Refresh.daily()),
        lambda e: e.add_segment("held", "any event", refresh=Refresh.live()),
        lambda e: e.edit_segment("held", "any event of", refresh=Refresh.live()),
        lambda e: e.edit_segment("held", FRESH, refresh=time(3)),
        lambda e: e.refresh("held", at=NOON.replace(tzinfo=None)),
        lambda e: e.refresh("new"),
    ],
)
def test_refusals(action: Callable[[Engine], Any]) -> None:
    """What is refused changes nothing."""
    engine = shop(Refresh.daily(), held=FRESH)
    buy(engine, "ann", NOON)
    before = (dict(engine.segments), engine.segments["held"], engine.next_deadline, engine.audit)
    with pytest.raises(SegrulesError):
        action(engine)
    assert (
        dict(engine.segments),
        engine.segments["held"],
        engine.next_deadline,
        engine.audit,
    ) == before


# What else may happen meanwhile


def test_budget() -> None:
    """With a budget a refresh waits for the deadlines before it, and ends the call."""
    engine = Engine(SCHEMA)
    engine.add_segment("live", FRESH)
    engine.add_segment("held", FRESH, refresh=Refresh.daily())
    for customer in ("ann", "bob"):
        buy(engine, customer, NOON)
    assert moves(engine.advance_to(NOON + 2 * DAY, budget=1)) == [
        ("ann", "held", True, THREE, "refresh"),
        ("bob", "held", True, THREE, "refresh"),
    ]
    assert is_behind(engine)
    assert engine.next_deadline == NOON + DAY
    assert len(engine.advance_to(NOON + 2 * DAY, budget=1)) == 1
    assert len(engine.advance_to(NOON + 2 * DAY, budget=1)) == 1
    assert is_behind(engine)
    assert engine.next_deadline == THREE + DAY
    # Of a customer who does something meanwhile only the deadlines come first.
    assert moves(buy(engine, "ann", NOON + 2 * DAY)) == [
        ("ann", "live", True, NOON + 2 * DAY, "event")
    ]
    told = moves(engine.advance_to(NOON + 2 * DAY, budget=9))
    assert told == [("bob", "held", False, THREE + DAY, "refresh")]
    assert engine.advance_to(NOON + 2 * DAY, budget=9) == ()
    assert not is_behind(engine)
    assert engine.next_deadline == THREE + 2 * DAY


@RETAINED
def test_backfill(retain: Retain) -> None:
    """Customers in an open backfill miss a refresh, and come at its end, by the backfill."""
    engine = shop(Refresh.daily(), retain=retain, held=FRESH, other=f"NOT ({FRESH})")
    engine.edit_segment("other", f"NOT ({FRESH})", refresh=Refresh.daily(time(4)))
    engine.add_segment("live", FRESH)
    buy(engine, "ann", NOON)
    with engine.backfill("import", at=NOON) as backfill:
        backfill.apply(Event("purchase", NOON, {"total": 5}), customer="bob")
        told = moves(engine.advance_to(THREE))
        assert told == [("ann", "held", True, THREE, "refresh")]
        backfill.apply(Event("purchase", NOON, {"total": 5}), customer="eve")
    assert moves(backfill.changes) == [
        ("bob", "live", True, THREE, "backfill"),
        ("eve", "live", True, THREE, "backfill"),
        ("bob", "held", True, THREE, "backfill"),
    ]
    with engine.backfill("again", at=THREE) as backfill:
        backfill.apply(Event("purchase", THREE, {"total": 5}), customer="kim")
        engine.refresh("held")
        engine.edit_segment("held", "NOT (any event of type 'purchase' within 1 day)")
        engine.remove_segment("held")
    assert [c.segment for c in backfill.changes] == ["live"]
    assert moves(engine.advance_to(THREE + HOUR)) == []
    assert engine.verify()


def test_merge() -> None:
    """The known customer takes the anonymous one's place in a segment that holds its members."""
    engine = shop(Refresh.daily(), held=FRESH)
    for customer in ("cookie", "biscuit"):
        buy(engine, customer, NOON)
    engine.refresh("held")
    told = moves(engine.merge("cookie", "ann", at=NOON + HOUR))
    assert told == [
        ("cookie", "held", False, NOON + HOUR, "merge"),
        ("ann", "held", True, NOON + HOUR, "merge"),
    ]
    engine.merge("biscuit", "ann", at=NOON + HOUR)
    assert engine.members("held") == {"ann"}
    engine.set_attributes("new", {}, at=NOON)
    engine.merge("new", "bob", at=THREE)
    assert engine.members("held") == {"ann"}
    assert moves(engine.forget("ann")) == [("ann", "held", False, THREE, "erasure")]
    assert engine.members("held") == set()


def test_new_customers_wait() -> None:
    """A rule that holds for a customer without facts lets new ones in at the next refresh."""
    engine = shop(Refresh.daily(), silent="no event within 1 day")
    engine.set_attributes("ann", {}, at=NOON)
    assert engine.members("silent") == set()
    engine.merge("ann", "bob", at=THREE)
    assert engine.members("silent") == {"bob"}


@RETAINED
def test_history(retain: Retain) -> None:
    """A rule given with history finds the members of the segment that holds them."""
    engine = shop(Refresh.daily(), retain=retain, held=FRESH)
    buy(engine, "ann", NOON)
    history = [("ann", Event("purchase", NOON))]
    engine.edit_segment("held", "any event of type 'purchase'", history=history)
    assert engine.segments["held"].refreshed_at == NOON


STEPS = st.sampled_from([timedelta(0), MICRO, 5 * HOUR, 6 * HOUR, DAY, 3 * DAY])
DEEDS = st.lists(
    st.tuples(
        STEPS,
        st.sampled_from(["ann", "bob"]),
        st.one_of(FITTING_EVENTS, FITTING_ATTRIBUTES, st.none(), st.just("refresh")),
    ),
    max_size=8,
)
REFRESHES = st.sampled_from(
    [
        Refresh.daily(),
        Refresh.daily(time(1, 30)),
        Refresh.on_demand(),
        Refresh.custom(rrule(MINUTELY, interval=1777, dtstart=CENTRE - 40 * DAY)),
    ]
)


@given(
    text=event_conditions(),
    refresh=REFRESHES,
    actions=DEEDS,
    retain=st.sampled_from(["all", "rules"]),
)
def test_holds_and_refreshes(
    text: str, refresh: Refresh, actions: list[tuple[timedelta, str, Any]], retain: Retain
) -> None:
    """Members hold between refreshes, and right after one they are those of the live rule."""
    engine = Engine(SMALL, retain=retain)
    engine.add_segments({"live": text})
    engine.add_segments({"held": text, "held too": "in segment 'live'"}, refresh=refresh)
    now = CENTRE - 20 * DAY
    engine.advance_to(now)
    members, live = {name: set[str]() for name in ("held", "held too")}, set[str]()

    def follow(changes: tuple[Change, ...]) -> None:
        instants = [change.at for change in changes]
        assert instants == sorted(instants)
        for change in changes:
            into = live if change.segment == "live" else members[change.segment]
            (into.add if change.joined else into.remove)(change.customer)
            assert (change.cause.kind == "refresh") is (change.segment != "live")
        assert live == engine.members("live")
        assert all(engine.members(name) == found for name, found in members.items())

    for step, customer, action in actions:
        now += step
        while (due := engine.segments["held"].next_refresh) is not None and due <= now:
            held = {name: set(found) for name, found in members.items()}
            follow(engine.advance_to(due - MICRO))
            assert members == held
            follow(engine.advance_to(due))
            assert members["held"] == members["held too"] == live
            assert engine.segments["held"].refreshed_at == due
        if action == "refresh":
            follow(engine.refresh("held", at=now))
            assert members["held"] == live
            continue
        held = {name: set(found) for name, found in members.items()}
        if isinstance(action, Event):
            follow(engine.apply(action, customer=customer, at=now))
        elif action is None:
            follow(engine.advance_to(now))
        else:
            follow(engine.set_attributes(customer, action, at=now))
        assert members == held
    assert engine.verify()
