"""Cohorts in an engine."""

from datetime import UTC, datetime, timedelta
from typing import Any, Literal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from segrules import Cohort, Customer, Engine, Event, Rule, RuleError, Schema, SegmentError, Use
from segrules.errors import ArgumentError, UnknownAudienceError
from segrules.results import AuditEntry
from tests.strategies.store import CENTRE, FITTING_ATTRIBUTES, FITTING_EVENTS, event_conditions
from tests.strategies.store import SCHEMA as SMALL

Retain = Literal["all", "rules"]

SCHEMA = Schema.commerce()
NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
RETAINED = pytest.mark.parametrize("retain", ["all", "rules"])


def purchase(at: datetime, event_id: str | None = None) -> Event:
    return Event("purchase", at, {"total": 10}, event_id)


def shop(retain: Retain = "all") -> Engine:
    """Return an engine in which ann and bob have bought, bob twice, and eve has not."""
    made = Engine(SCHEMA, retain=retain)
    made.add_segments(
        {
            "buyers": "count of orders >= 1",
            "twice": "count of orders >= 2",
            "uk": "country = 'GB'",
            "silent": "no event within 7 days",
        }
    )
    for customer, hours in (("ann", 1), ("bob", 2), ("bob", 3)):
        event = purchase(NOON + hours * HOUR, f"{customer}-{hours}")
        made.apply(event, customer=customer, at=NOON + hours * HOUR)
    made.set_attributes("eve", {"country": "GB"}, at=NOON + 4 * HOUR)
    return made


def made_elsewhere(name: str, *members: str) -> Cohort:
    rule = Rule("country = 'GB'", SCHEMA)
    people = [Customer(member, {"country": "GB"}) for member in members]
    return Cohort.capture(name, rule, people, at=NOON)


# Taking one


@RETAINED
def test_snapshot(retain: Retain) -> None:
    """A snapshot is taken at the clock, says what it had seen, and is kept."""
    engine = shop(retain)
    cohort = engine.snapshot("first", "in segment 'buyers' AND NOT (in segment 'twice')", by="me")
    assert cohort.name == "first"
    assert cohort.members == {"ann"}
    assert cohort.taken_at == NOON + 4 * HOUR
    assert cohort.newest_fact == NOON + 3 * HOUR
    assert "# segment 'twice': count of orders >= 2" in cohort.definition
    assert engine.cohorts["first"] is cohort
    assert list(engine.cohorts) == ["first"]
    assert engine.audit[-1] == AuditEntry("snapshot", ("first",), engine.now, "me", customers=1)
    assert len(engine.segments) == 4


@RETAINED
def test_newest_fact(retain: Retain) -> None:
    """The newest fact is the newest event that has happened: not one that is still to come."""
    engine = shop(retain)
    engine.apply(purchase(NOON + 2 * DAY), customer="ann", at=NOON + DAY)
    engine.apply(purchase(NOON - 9 * DAY), customer="new", at=NOON + DAY)
    assert engine.snapshot("one", "in segment 'buyers'").newest_fact == NOON + 3 * HOUR
    engine.advance_to(NOON + 3 * DAY)
    assert engine.snapshot("two", "in segment 'buyers'").newest_fact == NOON + 2 * DAY
    engine.apply(purchase(NOON + 4 * DAY), customer="ann", at=NOON + 4 * DAY)
    assert engine.snapshot("three", "in segment 'buyers'").newest_fact == NOON + 4 * DAY
    engine.forget("ann")
    assert engine.snapshot("four", "in segment 'buyers'").newest_fact == NOON + 4 * DAY


@RETAINED
def test_newest_fact_of_none(retain: Retain) -> None:
    """Where nothing has happened there is no newest fact."""
    engine = Engine(SCHEMA, retain=retain)
    engine.apply(purchase(NOON + DAY), customer="ann", at=NOON)
    assert engine.snapshot("none", "country = 'GB'").newest_fact is None


@pytest.mark.parametrize(
    "rule", ["count of orders >= 1", Rule("count of orders >= 1", SCHEMA)], ids=["text", "rule"]
)
def test_rule_or_text(rule: Rule | str) -> None:
    """The rule comes as a text or as a Rule."""
    assert shop().snapshot("buyers then", rule).members == {"ann", "bob"}


def test_snapshot_refusals() -> None:
    """What cannot be taken is refused, and nothing is kept."""
    engine = Engine(SCHEMA)
    with pytest.raises(SegmentError, match="no instant to take a cohort at"):
        engine.snapshot("early", "any event")
    engine = shop()
    with pytest.raises(SegmentError, match="segment `buyers` already"):
        engine.snapshot("buyers", "any event")
    with pytest.raises(SegmentError, match="a name is text"):
        engine.snapshot("", "any event")
    with pytest.raises(RuleError, match="did you mean `buyers`"):
        engine.snapshot("x", "in segment 'buyer'")
    with engine.backfill("import", at=NOON), pytest.raises(SegmentError, match="`import` is open"):
        engine.snapshot("x", "any event")
    assert not engine.cohorts
    engine.snapshot("x", "any event")
    with pytest.raises(SegmentError, match="cohort `x` already"):
        engine.snapshot("x", "no event")
    with pytest.raises(SegmentError, match="cohort `x` already"):
        engine.add_segment("x", "any event")
    with pytest.raises(SegmentError, match=r"it is a cohort: find it in `engine\.cohorts`"):
        engine.members("x")
    with pytest.raises(SegmentError, match="unknown cohort `y`: one of: `x`"):
        engine.cohorts["y"]


def test_snapshot_behind() -> None:
    """While deadlines are overdue no cohort is taken."""
    engine = Engine(SCHEMA)
    engine.add_segment("fresh", "any event within 1 day")
    for customer in ("ann", "bob"):
        engine.apply(purchase(NOON), customer=customer, at=NOON)
    engine.advance_to(NOON + 2 * DAY, budget=1)
    with pytest.raises(SegmentError, match="overdue"):
        engine.snapshot("fresh then", "in segment 'fresh'")
    engine.advance_to(NOON + 2 * DAY)
    assert engine.snapshot("fresh then", "in segment 'fresh'").members == set()


# In rules


@RETAINED
def test_rules(retain: Retain) -> None:
    """Rules, previews and other cohorts may refer to a cohort, and a recompute agrees."""
    engine = shop(retain)
    engine.snapshot("first", "in segment 'buyers'")
    assert engine.add_segment("still", "in cohort 'first' AND in segment 'silent'") == ()
    assert engine.preview("NOT (in cohort 'first')").members == {"eve"}
    engine.apply(purchase(NOON + 7 * DAY), customer="bob", at=NOON + 7 * DAY)
    engine.advance_to(NOON + 8 * DAY)
    assert engine.members("still") == {"ann"}
    assert engine.snapshot("gone", "in cohort 'first' AND in segment 'still'").members == {"ann"}
    assert engine.verify()
    if retain == "all":
        assert engine.customer("ann").cohorts == {"first", "gone"}
        assert engine.explain("still", "ann").holds


@RETAINED
def test_member_who_shows_up_later(retain: Retain) -> None:
    """A member of whom nobody had heard is in the right segments from the first fact on."""
    engine = Engine(SCHEMA, retain=retain)
    engine.cohorts.keep(made_elsewhere("guests", "ann", "bob", "eve", "kim"))
    rules = {
        "in": "in cohort 'guests'",
        "out": "NOT (in cohort 'guests')",
        "silent": "in cohort 'guests' AND no event",
        "buyer": "in cohort 'guests' AND count of orders >= 1",
        "no-guest-or-uk": "NOT (in cohort 'guests') OR country = 'GB'",
    }
    engine.add_segments(rules)
    engine.lists.add("picked")
    assert tuple(engine.customers) == ()
    engine.apply(purchase(NOON), customer="ann", at=NOON)
    assert engine.segments_of("ann") == {"in", "buyer"}
    engine.set_attributes("bob", {"country": "GB"}, at=NOON)
    assert engine.segments_of("bob") == {"in", "silent", "no-guest-or-uk"}
    engine.lists.edit("picked", add=["eve"])
    assert engine.segments_of("eve") == {"in", "silent", "picked"}
    with engine.backfill("import", at=NOON) as backfill:
        backfill.apply(purchase(NOON), customer="kim")
    assert engine.segments_of("kim") == {"in", "buyer"}
    engine.apply(purchase(NOON), customer="stranger", at=NOON)
    assert engine.segments_of("stranger") == {"out", "no-guest-or-uk"}
    assert engine.verify()


@RETAINED
def test_merge(retain: Retain) -> None:
    """The known customer takes the anonymous one's place in rules; the cohort stays as it is."""
    engine = Engine(SCHEMA, retain=retain)
    engine.cohorts.keep(cohort := made_elsewhere("guests", "cookie"))
    engine.add_segments({"in": "in cohort 'guests'", "out": "NOT (in cohort 'guests')"})
    engine.apply(purchase(NOON), customer="cookie", at=NOON)
    engine.merge("cookie", "ann", at=NOON)
    assert engine.members("in") == {"ann"}
    assert engine.cohorts["guests"] is cohort
    engine.cohorts.keep(cohort.named("again"))
    engine.add_segment("in again", "in cohort 'again'")
    assert engine.segments_of("ann") == {"in", "in again"}
    assert engine.verify()


@RETAINED
def test_forget(retain: Retain) -> None:
    """A person who is forgotten is erased from every cohort, by all ids, and counted."""
    engine = Engine(SCHEMA, retain=retain)
    for name in ("guests", "others"):
        engine.cohorts.keep(made_elsewhere(name, "ann", "bob", "cookie"))
    engine.add_segment("in", "in cohort 'guests'")
    engine.apply(purchase(NOON), customer="cookie", at=NOON)
    engine.merge("cookie", "ann", at=NOON)
    engine.forget("ann")
    assert engine.cohorts["guests"].members == engine.cohorts["others"].members == {"bob"}
    assert engine.cohorts["guests"].erasures == 2
    assert engine.audit[-1].customers == 1
    engine.apply(purchase(NOON), customer="ann", at=NOON)
    assert engine.members("in") == set()
    engine.forget("bob")  # of whom nothing is known but that
    assert engine.cohorts["guests"].members == set()
    assert engine.audit[-1].customers == 1
    engine.forget("bob")
    assert engine.audit[-1].customers == 0
    assert engine.verify()


def test_merged_id_that_comes_again() -> None:
    """Whoever bears a merged id again is somebody else, whom erasing the first one spares."""
    engine = Engine(SCHEMA)
    engine.cohorts.keep(made_elsewhere("guests", "cookie"))
    engine.apply(purchase(NOON, "a"), customer="cookie", at=NOON)
    engine.merge("cookie", "ann", at=NOON)
    engine.apply(purchase(NOON, "b"), customer="cookie", at=NOON)
    engine.snapshot("later", "any event")
    engine.add_segment("in", "in cohort 'guests' AND in cohort 'later'")
    assert engine.members("in") == {"ann", "cookie"}
    engine.forget("ann")
    assert engine.cohorts["guests"].members == engine.cohorts["later"].members == {"cookie"}
    assert engine.members("in") == {"cookie"}
    assert engine.verify()


# Keeping


def test_add_and_remove() -> None:
    """A cohort made elsewhere is kept as it is, until nobody uses it any more."""
    engine = shop()
    cohort = engine.snapshot("buyers then", "in segment 'buyers'")
    both = (cohort & engine.members("twice")).named("twice then")
    engine.cohorts.keep(both, by="me")
    assert engine.cohorts["twice then"] == both
    assert engine.audit[-1] == AuditEntry("add", ("twice then",), engine.now, "me", customers=1)
    engine.add_segment("them", "in cohort 'twice then'")
    engine.add_segment("not them", "NOT (in segment 'them')")
    engine.record_use("twice then", Use("campaign", "Spring sale"))
    said = "used by `them`, `not them`, the campaign `Spring sale`: change these first"
    with pytest.raises(SegmentError, match=said):
        engine.cohorts.drop("twice then")
    assert [str(use) for use in engine.uses("twice then")] == [
        "`them`",
        "`not them`",
        "the campaign `Spring sale`",
    ]
    engine.remove_segment("not them")
    engine.remove_segment("them")
    engine.end_use("twice then", Use("campaign", "Spring sale"))
    engine.cohorts.drop("twice then", by="me")
    assert list(engine.cohorts) == ["buyers then"]
    assert engine.customer("bob").cohorts == {"buyers then"}
    assert engine.audit[-1] == AuditEntry("remove", ("twice then",), engine.now, "me")
    with pytest.raises(SegmentError, match="unknown cohort"):
        engine.cohorts.drop("twice then")
    engine.add_segment("twice then", "any event")


def test_what_is_no_cohort() -> None:
    """Only a cohort is kept, and under a name that is free."""
    engine = shop()
    with pytest.raises(ArgumentError, match="not `set`"):
        engine.cohorts.keep({"ann"})  # type: ignore[arg-type]
    with pytest.raises(SegmentError, match="segment `uk` already"):
        engine.cohorts.keep(made_elsewhere("uk"))
    assert not engine.cohorts


def test_uses_of_a_segment() -> None:
    """Who uses a segment is told, and a segment in use stays, static ones too."""
    engine = shop()
    engine.lists.add("picked")
    sale = Use("campaign", "Spring sale")
    for audience in ("uk", "picked"):
        engine.record_use(audience, sale)
        engine.record_use(audience, sale)
        assert engine.uses(audience) == (sale,)
        remove = engine.lists.drop if audience == "picked" else engine.remove_segment
        with pytest.raises(SegmentError, match=f"`{audience}` is used by the campaign"):
            remove(audience)
        engine.end_use(audience, sale)
        remove(audience)
        with pytest.raises(UnknownAudienceError, match="unknown audience"):
            engine.uses(audience)
    with pytest.raises(ArgumentError, match="not `str`"):
        engine.record_use("buyers", "campaign")  # type: ignore[arg-type]
    with pytest.raises(UnknownAudienceError, match="did you mean `buyers`"):
        engine.record_use("buyer", sale)


FACTS = st.lists(
    st.tuples(
        FITTING_ATTRIBUTES,
        st.lists(FITTING_EVENTS, max_size=4, unique_by=lambda event: event.id or object()),
    ),
    max_size=5,
)


@given(facts=FACTS, text=event_conditions(), retain=st.sampled_from(["all", "rules"]))
def test_a_cohort_never_changes(
    facts: list[tuple[dict[str, Any], list[Event]]], text: str, retain: Retain
) -> None:
    """A cohort is what the stateless builder would take, whatever happens after."""
    engine = Engine(SMALL, retain=retain)
    engine.add_segments({"rule": text, "not the rule": f"NOT ({text})"})
    crowd = [Customer(f"c{n}", *each) for n, each in enumerate(facts)]
    for customer in crowd:
        engine.set_attributes(customer.id, customer.attributes, at=CENTRE)
        for event in customer.events:
            engine.apply(event, customer=customer.id, at=CENTRE)
    engine.advance_to(CENTRE)
    cohort = engine.snapshot("then", "in segment 'rule'")
    assert cohort.members == engine.members("rule")
    expected = Cohort.capture("then", Rule(text, SMALL), crowd, at=CENTRE)
    assert (cohort.members, cohort.newest_fact) == (expected.members, expected.newest_fact)
    before = cohort.to_json()
    engine.add_segments({"them": "in cohort 'then'", "others": "NOT (in cohort 'then')"})
    engine.advance_to(CENTRE + 30 * DAY)
    for customer in crowd:
        later = CENTRE + 31 * DAY
        engine.apply(Event("view", later), customer=f"new {customer.id}", at=later)
        engine.set_attributes(customer.id, {"points": None}, at=later)
    engine.edit_segment("rule", "in segment 'not the rule'")
    assert engine.members("them") == cohort.members
    assert engine.members("others") == set(engine.customers) - cohort.members
    assert engine.verify()
    assert engine.cohorts["then"].to_json() == before
