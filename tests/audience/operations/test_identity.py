"""Two customers who are one, and one who is to be forgotten."""

from decimal import Decimal
from typing import Literal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from segrules import Engine, FactError, Refresh, Schema
from segrules.audience.operations.identity import unite_tracks
from segrules.errors import ArgumentError
from segrules.facts.history import Track
from tests.audience.shop import DAY, NOON, purchase, shop, told, view

BOTH: list[Literal["all", "rules"]] = ["all", "rules"]
PAIRS = st.lists(st.tuples(st.integers(0, 9), st.integers(-3, 5).map(Decimal)), max_size=8)


def track_of(pairs: list[tuple[int, Decimal]]) -> Track:
    track = Track(values=[], sums=[0])
    for instant, value in pairs:
        track.add(instant, value)
    return track


@given(PAIRS, PAIRS, st.integers(0, 8), st.integers(0, 8))
def test_unite_tracks(
    one: list[tuple[int, Decimal]], other: list[tuple[int, Decimal]], few: int, more: int
) -> None:
    """The track of both is that of all events, whatever each has forgotten."""
    tracks = []
    for pairs, number in ((one, few), (other, more)):
        track, lost = track_of(pairs), min(number, len(pairs))
        track.forget(lost, fold=frozenset((track.values or [])[:lost]))
        tracks.append(track)
    united, whole = unite_tracks(*tracks), track_of(one + other)
    assert united.forgotten + len(united.times) == len(whole.times)
    assert united.sums is not None
    assert whole.sums is not None
    assert united.sums[-1] == whole.sums[-1]
    assert set(united.folded) | set(united.values or []) == set(whole.values or [])
    assert list(united.times) == sorted([*tracks[0].times, *tracks[1].times])
    assert united.refunds is whole.refunds
    assert united.forgotten_to == max(track.forgotten_to for track in tracks)
    for place, value in enumerate(united.values or []):
        assert united.sums[place + 1] - united.sums[place] == value


def test_unite_instants() -> None:
    """Tracks of instants alone unite as well, and keep the first of both."""
    one, other = Track(), Track()
    for instant in (1, 5):
        one.add(instant)
    other.add(3)
    one.first = 1
    united = unite_tracks(one, other)
    assert (list(united.times), united.values, united.sums, united.first) == (
        [1, 3, 5],
        None,
        None,
        1,
    )


@pytest.mark.parametrize("retain", BOTH)
def test_merge(retain: Literal["all", "rules"]) -> None:
    """The known customer gets all facts; the anonymous one leaves everything and is no more."""
    engine = shop(
        retain,
        twice="count of orders >= 2",
        active="any event",
        last_cart="last event of type 'cart_abandoned' has total > 1",
        british="country = 'GB'",
    )
    engine.lists.add("press", ["anon"])
    engine.lists.add("vips", ["anon", "ann"])
    engine.add_segment("guests", "in segment 'press'")
    engine.set_attributes("anon", {"country": "GB", "smsOptIn": True}, at=NOON)
    engine.set_attributes("ann", {"country": "US"}, at=NOON)
    engine.apply(purchase(-3, 5), customer="anon", at=NOON)
    engine.apply(purchase(-2, 7, "o1"), customer="ann", at=NOON)
    changes = engine.merge("anon", "ann", at=NOON + DAY, by="login")
    assert told(changes) == [
        ("anon", "active", False, "merge"),
        ("anon", "british", False, "merge"),
        ("anon", "guests", False, "merge"),
        ("anon", "press", False, "merge"),
        ("ann", "press", True, "merge"),
        ("anon", "vips", False, "merge"),
        ("ann", "twice", True, "merge"),
        ("ann", "guests", True, "merge"),
    ]
    assert {change.at for change in changes} == {NOON + DAY}
    assert tuple(engine.customers) == ("ann",)
    assert engine.segments_of("anon") == frozenset()
    assert engine.segments_of("ann") == {"twice", "active", "guests", "press", "vips"}
    assert engine.apply(purchase(0, 7, "o1"), customer="ann", at=NOON + DAY) == ()
    assert engine.verify()
    if retain == "all":
        ann = engine.customer("ann")
        assert ann.attributes == {"country": "US", "smsOptIn": True}
        assert [event.properties["total"] for event in ann.events] == [5, 7]


@pytest.mark.parametrize("retain", BOTH)
def test_merge_into_somebody_new(retain: Literal["all", "rules"]) -> None:
    """The known customer need not be known yet."""
    engine = shop(retain, active="any event", quiet="no event of type 'purchase'")
    engine.apply(view(), customer="anon", at=NOON)
    assert sorted(told(engine.merge("anon", "ann", at=NOON))) == [
        ("ann", "active", True, "merge"),
        ("ann", "quiet", True, "merge"),
        ("anon", "active", False, "merge"),
        ("anon", "quiet", False, "merge"),
    ]
    assert told(engine.apply(view(), customer="anon", at=NOON))[0][0] == "anon"


def test_same_event() -> None:
    """Of two events of one type and id the known customer's stays; it is counted once."""
    engine = shop(twice="count of orders >= 2", dear="sum of total of orders > 50")
    engine.apply(purchase(0, 5, "o1"), customer="ann", at=NOON)
    engine.apply(purchase(0, 500, "o1"), customer="anon", at=NOON)
    engine.apply(purchase(0, 5, "o2"), customer="anon", at=NOON)
    engine.merge("anon", "ann", at=NOON)
    assert engine.segments_of("ann") == {"twice"}


def test_same_event_forgotten() -> None:
    """Where it is forgotten what the event was, the merge is refused and nothing changes."""
    engine = shop("rules", twice="count of orders >= 2")
    for name in ("ann", "anon"):
        engine.apply(purchase(0, 5, "o1"), customer=name, at=NOON)
    with pytest.raises(FactError, match="cannot be counted once"):
        engine.merge("anon", "ann", at=NOON + DAY)
    assert tuple(engine.customers) == ("ann", "anon")
    assert engine.now == NOON


def test_many_events() -> None:
    """What both have forgotten counts still, once they are one."""
    engine = shop(
        "rules",
        many="count of orders >= 40",
        rich="sum of total of orders >= 400",
        fresh="count of orders within 4 days >= 5",
        first="first event of type 'purchase' before 2026-02-10",
        logs="last event of type 'purchase' has total = 10",
    )
    for day in range(20):
        engine.apply(purchase(day - 20), customer="ann", at=NOON)
        engine.apply(purchase(day - 21), customer="anon", at=NOON)
    engine.merge("anon", "ann", at=NOON)
    assert engine.segments_of("ann") == {"many", "rich", "first", "logs", "fresh"}
    assert told(engine.advance_to(NOON + DAY)) == [("ann", "fresh", False, "clock")]


def test_overdue() -> None:
    """What is overdue of either comes first, in the order of time."""
    engine = shop(fresh="any event within 2 days", warm="any event within 3 days")
    engine.apply(view(0), customer="cid", at=NOON)
    engine.apply(view(0.5), customer="anon", at=NOON + DAY)
    engine.apply(view(1), customer="ann", at=NOON + DAY)
    engine.advance_to(NOON + 9 * DAY, budget=1)
    changes = engine.merge("anon", "ann", at=NOON + 10 * DAY)
    assert [(c.customer, c.segment) for c in changes] == [
        ("anon", "fresh"),
        ("ann", "fresh"),
        ("anon", "warm"),
        ("ann", "warm"),
    ]
    assert [change.at for change in changes] == sorted(change.at for change in changes)
    assert engine.behind


@pytest.mark.parametrize("touched", ["ann", "anon"])
def test_in_a_backfill(touched: str) -> None:
    """What is set aside of either is set aside of the one they become."""
    engine = shop(twice="count of orders >= 2", active="any event", thrice="count of orders >= 3")
    for name in ("ann", "anon"):
        engine.apply(purchase(), customer=name, at=NOON)
    with engine.backfill("import", at=NOON) as bulk:
        bulk.apply(purchase(), customer=touched)
        assert told(engine.merge("anon", "ann", at=NOON)) == [
            ("anon", "active", False, "merge"),
            ("ann", "twice", True, "merge"),
        ]
    assert told(bulk.changes) == [("ann", "thrice", True, "backfill")]


@pytest.mark.parametrize("retain", BOTH)
@pytest.mark.parametrize("is_known", [True, False])
def test_known_from_a_backfill(retain: Literal["all", "rules"], is_known: bool) -> None:  # noqa: FBT001
    """The anonymous customer may be known from the open backfill alone."""
    engine = shop(retain, active="any event", british="country = 'GB'")
    if is_known:
        engine.set_attributes("ann", {"country": "GB"}, at=NOON)
    with engine.backfill("import", at=NOON) as bulk:
        bulk.apply(view(), customer="anon")
        bulk.set_attributes("anon", {"country": "US", "smsOptIn": True})
        assert engine.merge("anon", "ann", at=NOON, by="login") == ()
        assert engine.audit[-1].action == "merge"
        assert (*engine.customers,) == (("ann",) if is_known else ())
        with pytest.raises(FactError, match="anonymous customer is unknown"):
            engine.merge("anon", "ann", at=NOON)
    assert (*engine.customers,) == ("ann",)
    assert engine.segments_of("ann") == ({"active", "british"} if is_known else {"active"})
    if retain == "all":
        country = "GB" if is_known else "US"
        assert engine.customer("ann").attributes == {"country": country, "smsOptIn": True}


@pytest.mark.parametrize("retain", BOTH)
def test_retracted_on_one_side(retain: Literal["all", "rules"]) -> None:
    """What was retracted of either is not taken again of the one they become."""
    engine = shop(retain, buyers="count of orders >= 1")
    engine.retract("purchase", "o1", customer="ann", at=NOON, missing_ok=True)
    engine.retract("purchase", "o2", customer="anon", at=NOON, missing_ok=True)
    engine.merge("anon", "ann", at=NOON)
    for name in ("o1", "o2"):
        assert engine.apply(purchase(event_id=name), customer="ann", at=NOON).repeated
    assert engine.members("buyers") == frozenset()
    assert engine.amend(purchase(event_id="o2"), customer="ann", at=NOON).taken
    assert engine.members("buyers") == {"ann"}


def test_what_one_has_forgotten() -> None:
    """What was forgotten of one customer is not taken for known of the one both become."""
    engine = shop("rules", last="last event of type 'purchase' has total > 5")
    engine.apply(purchase(-30, 9, "old"), customer="ann", at=NOON)
    for day in range(17):  # so many that only the newest of them is kept
        engine.apply(purchase(day - 20, 9, f"o{day}"), customer="anon", at=NOON)
    engine.merge("anon", "ann", at=NOON)
    with pytest.raises(FactError, match="forgotten"):
        engine.retract("purchase", "o16", customer="ann", at=NOON)
    assert engine.members("last") == {"ann"}


@pytest.mark.parametrize("known_has_it", [True, False])
def test_corrected_in_a_backfill(known_has_it: bool) -> None:  # noqa: FBT001  # a parameter
    """What a backfill corrects of the anonymous customer it corrects of the known one.

    If the known customer has had the event too, that version stays.
    """
    engine = shop(rich="sum of total of orders > 20", poor="sum of total of orders < 5")
    engine.apply(purchase(0, 10, "o1"), customer="anon", at=NOON)
    if known_has_it:
        engine.apply(purchase(0, 11, "o1"), customer="ann", at=NOON)
    with engine.backfill("import", at=NOON) as bulk:
        bulk.amend(purchase(0, 30, "o1"), customer="anon")
        engine.merge("anon", "ann", at=NOON)
    assert engine.members("rich") == (set() if known_has_it else {"ann"})
    assert engine.members("poor") == set()


def test_retracted_or_not() -> None:
    """Of an event that both have had the known customer's word stays, retracted or not."""
    engine = shop(buyers="count of orders >= 1")
    for name in ("ann", "bob", "x", "y"):
        engine.apply(purchase(event_id="o1"), customer=name, at=NOON)
    engine.retract("purchase", "o1", customer="ann", at=NOON)
    engine.retract("purchase", "o1", customer="y", at=NOON)
    engine.merge("x", "ann", at=NOON)
    engine.merge("y", "bob", at=NOON)
    assert engine.members("buyers") == {"bob"}
    assert engine.retract("purchase", "o1", customer="bob", at=NOON).taken


@pytest.mark.parametrize(
    ("anonymous", "known", "said"),
    [("nobody", "ann", "is unknown"), ("ann", "ann", "both ids are the same"), ("", "ann", "text")],
)
def test_nobody_to_merge(anonymous: str, known: str, said: str) -> None:
    """A merge needs two customers, the first of them known; else nothing changes."""
    engine = shop(active="any event")
    engine.apply(view(), customer="ann", at=NOON)
    with pytest.raises(FactError, match=said):
        engine.merge(anonymous, known, at=NOON + DAY)
    assert engine.now == NOON


@pytest.mark.parametrize("retain", BOTH)
def test_forget(retain: Literal["all", "rules"]) -> None:
    """Whoever is forgotten leaves no trace, and is told of to the caller alone."""
    engine = shop(retain, fresh="any event within 2 days", buyers="count of orders >= 1")
    engine.lists.add("press", ["ann", "bob"])
    engine.apply(purchase(event_id="secret"), customer="ann", at=NOON)
    engine.apply(view(), customer="anon", at=NOON)
    engine.merge("anon", "ann", at=NOON)
    token = engine.changes().token
    changes = engine.forget("ann", by="privacy")
    assert sorted(told(changes)) == [
        ("ann", "buyers", False, "erasure"),
        ("ann", "fresh", False, "erasure"),
        ("ann", "press", False, "erasure"),
    ]
    assert tuple(engine.customers) == ("bob",)
    assert engine.members("press") == {"bob"}
    assert engine.members("fresh") == engine.members("buyers") == frozenset()
    assert engine.changes().token == token
    assert {change.customer for change in engine.changes()} == {"bob"}
    assert engine.next_deadline is None
    assert not any(name in repr(engine.audit) for name in ("ann", "anon", "secret"))
    assert told(engine.apply(purchase(event_id="secret"), customer="ann", at=NOON))


def test_forget_nobody() -> None:
    """Forgetting somebody unknown forgets nothing else."""
    engine = shop(active="any event")
    engine.apply(view(), customer="ann", at=NOON)
    assert engine.forget("bob") == ()
    assert len(engine.changes()) == 1
    assert engine.audit[-1].customers == 0


def test_forget_in_a_backfill() -> None:
    """Whoever is forgotten while being filled in does not come back at the end."""
    engine = shop(active="any event")
    with engine.backfill("import", at=NOON) as bulk:
        for name in ("ann", "bob"):
            bulk.apply(view(), customer=name)
        engine.forget("ann")
        assert engine.audit[-1].customers == 1
    assert told(bulk.changes) == [("bob", "active", True, "backfill")]
    assert (*engine.customers,) == ("bob",)


def test_a_refresh_that_was_missed() -> None:
    """A refresh that left a customer out for a backfill comes to the one it is merged into."""
    engine = shop()
    engine.add_segment("held", "any event", refresh=Refresh.on_demand())
    with engine.backfill("import", at=NOON) as bulk:
        bulk.apply(view(), customer="anon")
        engine.refresh("held")
        engine.merge("anon", "ann", at=NOON)
    assert engine.members("held") == {"ann"}


def test_unknown_anonymous_customer() -> None:
    """The anonymous customer must be known; the error says which of the two is not."""
    engine = shop(active="any event")
    engine.apply(view(), customer="ann", at=NOON)
    with pytest.raises(FactError, match="the anonymous customer is unknown") as refused:
        engine.merge("secret", "ann", at=NOON + DAY)
    assert (refused.value.code, refused.value.subject) == ("unknown-customer", "anonymous")
    assert "secret" not in str(refused.value)
    with pytest.raises(FactError, match="both ids are the same") as same:
        engine.merge("ann", "ann", at=NOON, missing_ok=True)
    assert same.value.code == "same-customer"
    with pytest.raises(ArgumentError, match="`missing_ok` must be a `bool`"):
        engine.merge("secret", "ann", at=NOON, missing_ok=1)  # type: ignore[arg-type]
    assert engine.now == NOON


@pytest.mark.parametrize("retain", BOTH)
def test_missing_ok(retain: Literal["all", "rules"]) -> None:
    """A customer identified before any event has nothing to merge: only time passes."""
    engine = shop(retain, fresh="any event within 2 days")
    engine.apply(view(), customer="ann", at=NOON)
    entries = engine.audit
    changes = engine.merge("anon", "bob", at=NOON + 3 * DAY, missing_ok=True)
    assert told(changes) == [("ann", "fresh", False, "clock")]
    assert (engine.now, tuple(engine.customers)) == (NOON + 3 * DAY, ("ann",))
    assert engine.audit == entries
    engine.apply(view(3), customer="anon", at=NOON + 3 * DAY)
    changes = engine.merge("anon", "bob", at=NOON + 3 * DAY, missing_ok=True)
    assert told(changes) == [("anon", "fresh", False, "merge"), ("bob", "fresh", True, "merge")]


def test_leaves_are_merged_one_by_one() -> None:
    """The known customer's leaf stays, and a leaf that only one of the two has is kept."""
    schema = Schema.from_data({"attributes": {"address.city": "text", "address.zip": "text"}})
    engine = Engine(schema)
    engine.add_segment("york", "address.city = 'York'")
    engine.set_attributes("visitor", {"address": {"city": "York", "zip": "Y1"}}, at=NOON)
    engine.set_attributes("ann", {"address.zip": "A1"}, at=NOON)
    engine.merge("visitor", "ann", at=NOON)
    assert engine.customer("ann").attributes["address"] == {"city": "York", "zip": "A1"}
    assert engine.members("york") == {"ann"}
    assert engine.verify()
