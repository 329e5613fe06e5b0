"""Events that are amended and retracted."""

from typing import Literal

import pytest

from segrules import Engine, Event, FactError
from segrules.errors import ArgumentError
from segrules.results import Applied, AuditEntry, Cause
from tests.audience.shop import DAY, HOUR, NOON, SCHEMA, purchase, shop, told, view

BOTH: list[Literal["all", "rules"]] = ["all", "rules"]
LAST = "last event of type 'purchase' has total > 5"
FIRST = "first event of type 'purchase' has total > 5"
"""Questions for which an engine keeps events, whatever it retains."""


def outcome(applied: Applied) -> tuple[bool, bool, bool]:
    return applied.taken, applied.repeated, applied.late


@pytest.mark.parametrize("retain", BOTH)
def test_amend(retain: Literal["all", "rules"]) -> None:
    """The newest version of an event wins, in all that it says, and the cause says so."""
    engine = shop(retain, last=LAST, rich="sum of total of orders >= 10", big="count of orders > 1")
    engine.apply(purchase(-1, 10, "o1"), customer="ann", at=NOON)
    assert engine.segments_of("ann") == {"last", "rich"}
    changes = engine.amend(purchase(-1, 3, "o1"), customer="ann", at=NOON + HOUR, by="mia")
    assert told(changes) == [
        ("ann", "last", False, "amendment"),
        ("ann", "rich", False, "amendment"),
    ]
    assert changes[0].cause == Cause("amendment", "purchase", "o1")
    assert changes[0].at == NOON + HOUR
    assert outcome(changes) == (True, False, True)
    assert engine.audit[-1] == AuditEntry("amend", (), NOON + HOUR, "mia", 1, 1, 2)
    assert engine.verify()
    assert engine.amend(purchase(0, 12, "o1"), customer="ann", at=NOON + HOUR)
    assert engine.segments_of("ann") == {"last", "rich"}


@pytest.mark.parametrize("retain", BOTH)
def test_retract(retain: Literal["all", "rules"]) -> None:
    """A retracted event counts no more, and is not taken when it comes again."""
    engine = shop(retain, last=LAST, rich="sum of total of orders >= 10", none="no event")
    engine.apply(purchase(-1, 10, "o1"), customer="ann", at=NOON)
    changes = engine.retract("purchase", "o1", customer="ann", at=NOON + HOUR, by="mia")
    assert sorted(told(changes)) == [
        ("ann", "last", False, "retraction"),
        ("ann", "none", True, "retraction"),
        ("ann", "rich", False, "retraction"),
    ]
    assert changes[0].cause == Cause("retraction", "purchase", "o1")
    assert outcome(changes) == (True, False, True)
    assert engine.audit[-1] == AuditEntry("retract", (), NOON + HOUR, "mia", 1, 1, 3)
    entries = engine.audit
    again = engine.apply(purchase(0, 10, "o1"), customer="ann", at=NOON + HOUR)
    assert (again, outcome(again)) == ((), (False, True, False))
    twice = engine.retract("purchase", "o1", customer="ann", at=NOON + HOUR)
    assert (twice, outcome(twice)) == ((), (False, True, False))
    assert engine.audit == entries
    back = engine.amend(purchase(1, 11, "o1"), customer="ann", at=NOON + HOUR)
    assert outcome(back) == (True, False, False)
    assert engine.segments_of("ann") == {"none"}
    engine.advance_to(NOON + DAY)
    assert engine.segments_of("ann") == {"last", "rich"}
    gone = engine.retract("purchase", "o1", customer="ann", at=NOON + DAY)
    assert outcome(gone) == (True, False, False)
    assert engine.segments_of("ann") == {"none"}
    assert "ann" not in repr(engine.audit)
    assert "o1" not in repr(engine.audit)
    assert engine.verify()


@pytest.mark.parametrize("retain", BOTH)
def test_unknown(retain: Literal["all", "rules"]) -> None:
    """An event that the customer has not had is refused, and nothing changes."""
    engine = shop(retain, buyers="count of orders >= 1")
    engine.apply(Event("purchase", NOON, {"total": 1}, "o1"), customer="bob", at=NOON)
    before = (engine.now, engine.customers, engine.stats, engine.audit)
    later = NOON + DAY
    for customer in ("ann", "bob"):
        with pytest.raises(FactError, match="missing_ok=True") as refused:
            engine.amend(purchase(0, 1, "o2"), customer=customer, at=later)
        assert (refused.value.code, refused.value.subject) == ("unknown-event", "purchase")
        with pytest.raises(FactError) as refused:
            engine.retract("page_view", "o1", customer=customer, at=later)
        assert refused.value.code == "unknown-event"
        assert "o1" not in str(refused.value)
    assert (engine.now, engine.customers, engine.stats, engine.audit) == before


@pytest.mark.parametrize("retain", BOTH)
def test_missing_ok(retain: Literal["all", "rules"]) -> None:
    """With `missing_ok` an amendment may add the event, and a retraction may come before it."""
    engine = shop(retain, buyers="count of orders >= 1")
    added = engine.amend(purchase(0, 1, "o1"), customer="ann", at=NOON, missing_ok=True)
    assert told(added) == [("ann", "buyers", True, "amendment")]
    assert outcome(added) == (True, False, False)
    first = engine.retract("purchase", "o1", customer="bob", at=NOON, missing_ok=True)
    assert outcome(first) == (True, False, False)
    assert engine.apply(purchase(0, 1, "o1"), customer="bob", at=NOON).repeated
    assert (*engine.customers,) == ("ann", "bob")
    assert engine.members("buyers") == {"ann"}
    stats = engine.stats
    assert (stats.events, stats.repeated, stats.amended, stats.retracted) == (1, 1, 1, 1)


@pytest.mark.parametrize("retain", BOTH)
def test_type_and_id(retain: Literal["all", "rules"]) -> None:
    """A refund that carries its order's id is another event."""
    engine = shop(retain, buyers="count of orders >= 1", both="count of events >= 2")
    engine.apply(purchase(0, 10, "o1"), customer="ann", at=NOON)
    other = Event("cart_abandoned", NOON, {}, "o1")
    assert told(engine.apply(other, customer="ann", at=NOON)) == [("ann", "both", True, "event")]
    assert engine.apply(other, customer="ann", at=NOON).repeated


def test_bad_corrections() -> None:
    """A correction needs an id, a type of the schema and who acts; else nothing changes."""
    engine = shop(buyers="count of orders >= 1")
    engine.apply(purchase(0, 10, "o1"), customer="ann", at=NOON)
    later = NOON + DAY
    with pytest.raises(FactError, match="without an id") as refused:
        engine.amend(purchase(), customer="ann", at=later)
    assert refused.value.code == "no-event-id"
    with pytest.raises(FactError, match="unknown event type"):
        engine.retract("sneeze", "o1", customer="ann", at=later, missing_ok=True)
    with pytest.raises(FactError, match="id must be text"):
        engine.retract("purchase", "", customer="ann", at=later)
    with pytest.raises(ArgumentError, match="`by`"):
        engine.retract("purchase", "o1", customer="ann", at=later, by=5)  # type: ignore[arg-type]
    with pytest.raises(ArgumentError, match="`Event`"):
        engine.amend("o1", customer="ann", at=later)  # type: ignore[arg-type]  # what must fail
    with pytest.raises(FactError, match="time zone"):
        engine.retract("purchase", "o1", customer="ann", at=later.replace(tzinfo=None))
    with pytest.raises(FactError, match="must be"):
        engine.amend(purchase(0, "much", "o1"), customer="ann", at=later)  # type: ignore[arg-type]
    assert engine.now == NOON
    assert engine.members("buyers") == {"ann"}
    assert engine.audit[1:] == ()


@pytest.mark.parametrize("retain", BOTH)
def test_moved_in_time(retain: Literal["all", "rules"]) -> None:
    """A version with another instant counts at that one: ahead, once its time comes."""
    engine = shop(retain, fresh="any event within 2 days", last=LAST)
    engine.apply(purchase(0, 10, "o1"), customer="ann", at=NOON)
    assert told(engine.amend(purchase(5, 10, "o1"), customer="ann", at=NOON)) == [
        ("ann", "fresh", False, "amendment"),
        ("ann", "last", False, "amendment"),
    ]
    assert told(engine.advance_to(NOON + 9 * DAY)) == [
        ("ann", "fresh", True, "clock"),
        ("ann", "last", True, "clock"),
        ("ann", "fresh", False, "clock"),
    ]
    assert engine.amend(purchase(8, 10, "o1"), customer="ann", at=NOON + 9 * DAY).late
    assert engine.segments_of("ann") == {"fresh", "last"}
    assert engine.next_deadline == NOON + 10 * DAY


def test_the_same_version() -> None:
    """An amendment that changes nothing is repeated, and time passes all the same."""
    engine = shop(fresh="any event within 2 days")
    engine.apply(purchase(0, 10, "o1"), customer="ann", at=NOON)
    changes = engine.amend(purchase(0, 10, "o1"), customer="ann", at=NOON + 3 * DAY)
    assert told(changes) == [("ann", "fresh", False, "clock")]
    assert outcome(changes) == (False, True, False)
    assert engine.now == NOON + 3 * DAY


def test_behind() -> None:
    """While the engine is behind, a customer's overdue deadlines come before its correction."""
    engine = shop(fresh="any event within 2 days")
    for name in ("ann", "bob", "cid"):
        engine.apply(purchase(0, 10, "o1"), customer=name, at=NOON)
    engine.advance_to(NOON + 9 * DAY, budget=1)
    changes = engine.amend(purchase(8, 10, "o1"), customer="cid", at=NOON + 9 * DAY)
    assert told(changes) == [("cid", "fresh", False, "clock"), ("cid", "fresh", True, "amendment")]
    assert engine.behind
    assert engine.members("fresh") == {"bob", "cid"}


@pytest.mark.parametrize(
    "rule",
    [
        "count of orders >= 1",
        "sum of total of orders within 7 days > 3",
        "any event within 7 days",
        "max of total of orders > 3",
    ],
)
def test_forgotten(rule: str) -> None:
    """Where an engine keeps no events, it says that it cannot, and what to do."""
    engine = shop("rules", asked=rule)
    engine.apply(purchase(0, 10, "o1"), customer="ann", at=NOON)
    before = (engine.now, engine.stats, engine.audit, engine.members("asked"))
    for _ in range(2):
        with pytest.raises(FactError, match="`retain='all'`") as refused:
            engine.amend(purchase(0, 1, "o1"), customer="ann", at=NOON + DAY)
        assert (refused.value.code, refused.value.subject) == ("forgotten", "purchase")
        with pytest.raises(FactError, match="`forget` the customer"):
            engine.retract("purchase", "o1", customer="ann", at=NOON + DAY)
        assert (engine.now, engine.stats, engine.audit, engine.members("asked")) == before


def test_nobody_asks() -> None:
    """Events that no rule asks about can be corrected, although they are forgotten."""
    engine = shop("rules", views="any event of type 'page_view'")
    for name in ("o1", "o2"):
        engine.apply(purchase(0, 10, name), customer="ann", at=NOON)
    assert engine.amend(purchase(0, 1, "o1"), customer="ann", at=NOON).taken
    assert engine.retract("purchase", "o2", customer="ann", at=NOON).taken
    assert engine.retract("purchase", "o2", customer="ann", at=NOON).repeated
    history = [("ann", purchase(0, 1, "o1")), ("ann", purchase(0, 10, "o2"))]
    engine.add_segment("rich", "sum of total of orders >= 10", history=history)
    assert engine.members("rich") == frozenset()


def seasoned(*rules: str, days: int = 20) -> Engine:
    """Return an engine that has forgotten most of a customer's purchases, one each day."""
    engine = shop("rules", **{f"s{number}": rule for number, rule in enumerate(rules)})
    for day in range(days):
        engine.apply(purchase(day, day, f"o{day}"), customer="ann", at=NOON + day * DAY)
    return engine


def test_what_is_kept_suffices() -> None:
    """What was folded into sums and counts is taken out of them, if the event itself is kept."""
    total = sum(range(20))
    engine = seasoned(LAST, f"sum of total of orders >= {total}", "count of orders >= 20")
    assert engine.segments_of("ann") == {"s0", "s1", "s2"}
    engine.amend(purchase(19, 20, "o19"), customer="ann", at=NOON + 20 * DAY)
    assert engine.segments_of("ann") == {"s0", "s1", "s2"}
    assert len(engine.retract("purchase", "o19", customer="ann", at=NOON + 20 * DAY)) == 2
    assert engine.segments_of("ann") == {"s0"}
    with pytest.raises(FactError, match="forgotten"):
        engine.retract("purchase", "o1", customer="ann", at=NOON + 20 * DAY)


@pytest.mark.parametrize(
    ("rule", "name"),
    [
        ("count of distinct total of orders >= 20", "o19"),
        ("max of total of orders >= 19", "o19"),
        (FIRST, "o0"),
    ],
)
def test_what_is_kept_does_not(rule: str, name: str) -> None:
    """Where other forgotten events may decide without it, an event cannot be taken out."""
    engine = seasoned(LAST, rule)
    with pytest.raises(FactError) as refused:
        engine.retract("purchase", name, customer="ann", at=NOON + 20 * DAY)
    assert refused.value.code == "forgotten"
    assert engine.now == NOON + 19 * DAY


def test_the_newest_must_be_known() -> None:
    """Events can be taken out as long as the newest of the rest is kept."""
    engine = seasoned(LAST)
    with pytest.raises(FactError, match="forgotten"):  # noqa: PT012  # one of these must fail
        for day in reversed(range(20)):
            engine.retract("purchase", f"o{day}", customer="ann", at=NOON + 20 * DAY)
            assert engine.members("s0") == {"ann"}


def test_late_is_counted() -> None:
    """What came late, again and in newer versions is counted."""
    engine = Engine(SCHEMA)
    assert outcome(engine.apply(view(-9), customer="ann", at=NOON)) == (True, False, False)
    assert outcome(engine.apply(view(0), customer="ann", at=NOON + HOUR)) == (True, False, False)
    assert outcome(engine.apply(view(0), customer="ann", at=NOON + HOUR)) == (True, False, True)
    engine.apply(purchase(1, 5, "o1"), customer="ann", at=NOON)
    engine.apply(purchase(0, 5, "o1"), customer="ann", at=NOON)
    engine.amend(purchase(0, 5, "o1"), customer="ann", at=NOON)
    engine.retract("purchase", "o1", customer="ann", at=NOON)
    stats = engine.stats
    assert (stats.events, stats.repeated, stats.late) == (4, 1, 3)
    assert (stats.amended, stats.retracted) == (1, 1)
