"""A living engine goes on with another schema."""

import pickle
from collections.abc import Callable
from decimal import Decimal
from typing import Any, Literal

import pytest

from segrules import (
    Engine,
    Event,
    EventType,
    Rule,
    Schema,
    SchemaError,
    Segment,
    SegmentError,
    Undeclared,
)
from segrules.errors import ArgumentError, ForgottenError
from tests.audience.shop import DAY, NOON, told

Retain = Literal["all", "rules"]
BOTH = pytest.mark.parametrize("retain", ["all", "rules"])

DATA: dict[str, Any] = {
    "attributes": {
        "plan": {"type": "text", "values": ["free", "plus"]},
        "address.city": "text",
        "spent": {"derived": "sum of total of orders"},
    },
    "events": {
        "purchase": {"properties": {"total": "number", "labels": "tags"}},
        "view": {"properties": {"path": "text"}},
    },
    "collections": {"orders": "purchase"},
    "undeclared": "keep",
}


def declare(**more: Any) -> Schema:
    """Return the schema with more: attributes, events' properties by type, collections."""
    data: dict[str, Any] = {**DATA, "attributes": {**DATA["attributes"]}}
    data["events"] = {name: {**each} for name, each in DATA["events"].items()}
    data["attributes"] |= more.get("attributes", {})
    for event_type, properties in more.get("events", {}).items():
        known = data["events"].get(event_type, {}).get("properties", {})
        data["events"][event_type] = {"properties": {**known, **properties}}
    data["collections"] = {**DATA["collections"], **more.get("collections", {})}
    return Schema.from_data(data, name="new.toml")


SCHEMA = declare()


def shop(retain: Retain = "all", **segments: str) -> Engine:
    """Return an engine with a customer who has bought, looked and wished."""
    engine = Engine(SCHEMA, retain=retain)
    engine.add_segments(segments)
    engine.set_attributes("ann", {"plan": "free", "address": {"city": "Bath", "zip": 7}}, at=NOON)
    for event in (
        Event("purchase", NOON - DAY, {"total": 20, "fee": "19.99"}, "p1"),
        Event("view", NOON - DAY, {"path": "/a", "labels": "vip"}, "v1"),
        Event("wish", NOON - DAY, {"price": 5, "total": "7.5"}, "w1"),
    ):
        engine.apply(event, customer="ann", at=NOON)
    return engine


def state(engine: Engine) -> list[object]:
    """Return what a refusal must leave as it is."""
    return [
        {name: engine.members(name) for name in engine.segments},
        dict(engine.segments),
        engine.schema,
        engine.now,
        engine.next_deadline,
        engine.changes().token,
        engine.audit,
        engine.stats,
        engine.retain == "all" and [(e, e.properties) for e in engine.customer("ann").events],
        engine.retain == "all" and engine.customer("ann").attributes,
    ]


def refuse(engine: Engine, schema: Schema, code: str) -> list[str]:
    """Hold that an engine refuses a schema and changes nothing; return what it lists."""
    before = state(engine)
    with pytest.raises(SchemaError) as caught:
        engine.evolve(schema)
    assert state(engine) == before
    assert caught.value.code == code
    return str(caught.value).splitlines()


@BOTH
def test_everything_stays(retain: Retain) -> None:
    """Members, deadlines, feed and audit stay; no change is reported, and time goes on."""
    engine = shop(retain, fresh="any event within 2 days", big="spent > 10 AND in segment 'fresh'")
    before = state(engine)
    engine.evolve(declare(attributes={"size": "number"}), by="ops")
    after = state(engine)
    assert [after[n] for n in (0, 3, 4, 5, 7)] == [before[n] for n in (0, 3, 4, 5, 7)]
    assert engine.audit[-1].to_data() == {
        "action": "evolve",
        "names": ["new.toml"],
        "at": "2026-03-01T12:00:00Z",
        "by": "ops",
        "customers": 0,
        "facts": 0,
        "changes": 0,
    }
    assert told(engine.advance_to(NOON + DAY)) == [
        ("ann", "fresh", False, "clock"),
        ("ann", "big", False, "clock"),
    ]


@BOTH
def test_rules_follow(retain: Retain) -> None:
    """The rules are of the new schema, also those inside others, and say what they said."""
    engine = shop(retain, fresh="any event within 2 days", big="spent > 10 AND in segment 'fresh'")
    schema = declare(events={"purchase": {"gift": "boolean"}})
    texts = {name: segment.rule.text for name, segment in engine.segments.items()}
    engine.evolve(schema)
    rules = {name: segment.rule for name, segment in engine.segments.items()}
    assert {name: rule.text for name, rule in rules.items()} == texts
    assert all(rule.schema is schema for rule in rules.values())
    assert rules["big"].segments == {"fresh": rules["fresh"]}


def test_triggers_widen() -> None:
    """A rule wakes on the events that are named as setting its attribute."""
    engine = shop(free="plan = 'free'")
    plan = {"type": "text", "values": ["free", "plus"], "updated_by": ["view"]}
    engine.evolve(declare(attributes={"plan": plan}))
    assert engine.segments["free"].rule.triggers.events == {"view"}


@BOTH
def test_what_is_new_can_be_asked(retain: Retain) -> None:
    """Rules ask about what is new, and later facts are read by it."""
    engine = shop(retain, free="plan = 'free'")
    engine.evolve(declare(attributes={"size": "number"}, events={"visit": {"path": "text"}}))
    engine.add_segment("tall", "size > 180")
    changes = engine.set_attributes("ann", {"size": "181.5"}, at=NOON)
    assert told(changes) == [("ann", "tall", True, "attributes")]
    engine.add_segment("seen", "any event of type 'visit'")
    engine.apply(Event("visit", NOON), customer="ann", at=NOON)
    assert engine.count("seen") == 1


def test_former_rules() -> None:
    """Rules and segments made before, and pickled ones, mean what they say in the new schema."""
    engine = shop(free="plan = 'free'")
    rule = Rule("plan = 'free'", SCHEMA)
    bound = Rule("in segment 'free'", SCHEMA, segments={"free": rule})
    for number in (1, 2):
        engine.evolve(declare(attributes={f"size{n}": "number" for n in range(number)}))
    engine.add_segment("again", pickle.loads(pickle.dumps(rule)))
    engine.add_segments([Segment("loaded", rule, "Loaded")])
    engine.add_segment("bound", bound)
    engine.edit_segment("again", rule)
    assert engine.preview(rule).count == 1
    assert len(engine.snapshot("taken", rule)) == 1
    assert {name: engine.count(name) for name in engine.segments} == dict.fromkeys(
        ["free", "again", "loaded", "bound"], 1
    )
    assert all(each.rule.schema is engine.schema for each in engine.segments.values())


def test_other_rules_are_refused() -> None:
    """A rule of a schema that the engine has never had is refused."""
    engine = shop()
    engine.evolve(declare(attributes={"size": "number"}))
    with pytest.raises(SegmentError) as caught:
        engine.add_segment("other", Rule("any event", Schema.commerce()))
    assert (caught.value.code, caught.value.subject) == ("another-schema", "other")


def test_kept_facts_are_read() -> None:
    """Facts kept under a name that is declared now are read by its type."""
    engine = shop()
    engine.evolve(
        declare(
            attributes={"address.zip": "number"},
            events={"purchase": {"fee": "number"}, "wish": {"price": "number"}},
        )
    )
    kept = {event.id: event.properties for event in engine.customer("ann").events}
    assert kept["p1"] == {"total": 20, "fee": Decimal("19.99")}
    assert engine.audit[-1].facts == 1
    engine.add_segments(
        {
            "fees": "sum of fee of orders = 19.99",
            "wishes": "any event of type 'wish' has price = 5",
            "zip": "address.zip = 7",
        }
    )
    assert {name: engine.count(name) for name in engine.segments} == {
        "fees": 1,
        "wishes": 1,
        "zip": 1,
    }
    assert engine.verify()


def test_kept_facts_that_do_not_fit() -> None:
    """Kept facts that do not fit are listed by path, with their number and without their values."""
    engine = shop()
    for number in range(3):
        event = Event("wish", NOON, {"price": "dear", "lines": [{"a": 1}, 2]}, f"w{number + 2}")
        engine.apply(event, customer="bob", at=NOON)
    objects = {"type": "objects", "of": {"a": "text"}}
    lines = refuse(
        engine,
        declare(
            attributes={"address.zip": "text"},
            events={"wish": {"price": "number", "lines": objects}},
        ),
        "unfit-facts",
    )
    advice = "(declare it as what they are, or leave it undeclared)"
    wish = "new.toml: events.wish.properties"
    assert lines == [
        f"new.toml: attributes.address.zip: 1 kept fact: it must be text, not a number {advice}",
        f"{wish}.price: 3 kept facts: it must be a number, not text {advice}",
        f"{wish}.lines[].a: 3 kept facts: it must be text, not a number {advice}",
        f"{wish}.lines[]: 3 kept facts: it must be an object, not a number {advice}",
    ]
    assert "dear" not in "".join(lines)


def test_an_attribute_that_was_kept_is_not_derived() -> None:
    """What the host has set cannot follow from events from now on."""
    engine = shop()
    engine.set_attributes("ann", {"orderCount": 3}, at=NOON)
    schema = declare(attributes={"orderCount": {"derived": "count of orders"}})
    assert "attributes.orderCount: 1 kept fact" in refuse(engine, schema, "unfit-facts")[0]


def test_values_not_listed() -> None:
    """Kept values that an open list does not name are counted, each once."""
    plan = {"type": "text", "values": ["free"], "closed": False}
    engine = Engine(declare(attributes={"plan": plan}))
    engine.set_attributes("ann", {"plan": "pro", "mood": "odd"}, at=NOON)
    mood = {"type": "text", "values": ["good"], "closed": False}
    engine.evolve(declare(attributes={"plan": plan, "mood": mood}))
    assert engine.stats.unlisted == {"attributes.plan": 1, "attributes.mood": 1}


@BOTH
def test_rules_that_would_differ(retain: Retain) -> None:
    """A rule that would mean something else is refused, and listed once, not at its users."""
    rule = "any event has labels contains 'vip'"
    engine = shop(retain, vips=rule, users="in segment 'vips'")
    assert refuse(engine, declare(events={"view": {"labels": "text"}}), "changed-rule") == [
        (
            "new.toml: segments.vips: its rule would mean something else "
            "(leave it as it was, and declare what is new under another name)"
        )
    ]


def test_rules_that_cannot_be_said() -> None:
    """A rule that the new schema refuses is listed with its own findings."""
    engine = Engine(Schema.open())
    engine.add_segments({"tall": "size > 180", "users": "in segment 'tall'"})
    schema = Schema.from_data({"is_open": True, "attributes": {"size": "text"}}, name="new.toml")
    with pytest.raises(SchemaError) as caught:
        engine.evolve(schema)
    assert caught.value.code == "changed-rule"
    [finding] = caught.value.findings
    assert finding.key == "segments.tall"
    assert finding.cause is not None
    assert finding.cause.code == "unlike-types"


@BOTH
def test_answers_that_would_differ(retain: Retain) -> None:
    """A question about events of any type is not answered otherwise by facts that were kept."""
    engine = shop(retain, vips="any event has labels contains 'vip'", free="plan = 'free'")
    tags = {"type": "tags", "from": "comma_separated"}
    [line] = refuse(engine, declare(events={"view": {"labels": tags}}), "changed-answer")
    assert line.startswith("new.toml: segments.vips: ")
    engine.remove_segment("vips")
    engine.evolve(declare(events={"view": {"labels": tags}}))


def test_text_that_counted_as_a_number() -> None:
    """Text that counts as the same number before and after keeps no schema from being taken."""
    engine = shop(sum="sum of total of events >= 27.5")
    assert engine.count("sum") == 1
    engine.evolve(declare(events={"wish": {"total": "number"}}))
    assert engine.verify()
    engine.edit_segment("sum", "sum of total of events = 27.5")
    assert engine.count("sum") == 1


def test_order_of_the_same_instant() -> None:
    """Events of one instant are in the order of what they hold; an answer that turns is refused."""
    rule = "last event of type 'view' has path = '/b'"
    engine = shop(last=rule)
    for path, bulk in (("/a", 9.5), ("/b", "10")):
        engine.apply(Event("view", NOON, {"path": path, "bulk": bulk}), customer="bob", at=NOON)
    assert engine.count("last") == 0
    schema = declare(events={"view": {"bulk": "number"}})
    assert refuse(engine, schema, "changed-answer")[0].startswith("new.toml: segments.last: ")
    engine.remove_segment("last")
    engine.evolve(schema)
    engine.add_segment("last", rule)
    assert engine.count("last") == 1
    assert engine.verify()


def test_forgotten() -> None:
    """What an engine has forgotten of a new property must be given again."""
    engine = shop("rules", big="spent > 10")
    engine.evolve(declare(events={"purchase": {"fee": "number"}}))
    with pytest.raises(ForgottenError):
        engine.add_segment("fees", "sum of fee of orders > 0")
    again = [("ann", Event("purchase", NOON - DAY, {"total": 20, "fee": "19.99"}, "p1"))]
    engine.add_segment("fees", "sum of fee of orders > 0", history=again)
    assert engine.count("fees") == 1


def test_behind() -> None:
    """An engine that is behind takes another schema, and what is overdue falls due afterwards."""
    engine = shop(fresh="any event within 2 days")
    engine.apply(Event("view", NOON), customer="bob", at=NOON)
    engine.apply(Event("view", NOON), customer="cid", at=NOON)
    engine.advance_to(NOON + 5 * DAY, budget=1)
    assert engine.behind
    engine.evolve(declare(events={"purchase": {"fee": "number"}}))
    assert engine.behind
    assert len(engine.advance_to(NOON + 5 * DAY)) == 2


def test_open_backfill() -> None:
    """While a backfill is open another schema is refused."""
    engine = shop()
    with engine.backfill("old", at=NOON), pytest.raises(SegmentError) as caught:
        engine.evolve(declare(attributes={"size": "number"}))
    assert (caught.value.code, caught.value.subject) == ("backfill-open", "old")
    assert engine.schema == SCHEMA


def test_the_same_schema() -> None:
    """An equal schema changes nothing, and leaves no entry."""
    engine = shop()
    before = state(engine)
    engine.evolve(pickle.loads(pickle.dumps(SCHEMA)), by="ops")
    assert state(engine) == before


def test_cohorts_stay() -> None:
    """Cohorts stay what they are, with the schema in which they were taken."""
    engine = shop()
    cohort = engine.snapshot("march", "plan = 'free'")
    engine.evolve(declare(attributes={"size": "number"}))
    assert engine.cohorts["march"] == cohort
    assert cohort.schema_fingerprint == SCHEMA.fingerprint


def test_undeclared() -> None:
    """Facts refused before are kept once the schema says so."""
    engine = Engine(Schema(events={"view": EventType()}))
    engine.evolve(Schema(events={"view": EventType()}, undeclared=Undeclared(events="keep")))
    engine.apply(Event("wish", NOON), customer="ann", at=NOON)


WRONG: list[Callable[[Engine], object]] = [
    lambda engine: engine.evolve("schema.toml"),  # type: ignore[arg-type]
    lambda engine: engine.evolve(declare(), by=1),  # type: ignore[arg-type]
]


@pytest.mark.parametrize("call", WRONG)
def test_wrong_arguments(call: Callable[[Engine], object]) -> None:
    """What is no schema, or no text, is refused."""
    with pytest.raises(ArgumentError):
        call(shop())
