"""Facts at the door, where they are read by the schema's types."""

import json
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from segrules import Customer, Engine, Event, FactError, Rule, Schema
from segrules.facts.values import thaw
from tests.strategies.json import JSON
from tests.strategies.store import FITTING_ATTRIBUTES, FITTING_EVENTS
from tests.strategies.store import SCHEMA as SMALL

SCHEMA = Schema.from_data(
    {
        "timezone": "Europe/London",
        "attributes": {
            "name": "text",
            "points": "number",
            "optIn": "boolean",
            "renewsAt": "instant",
            "seenAt": {"type": "instant", "from": "epoch_ms"},
            "madeAt": {"type": "instant", "from": "epoch_s"},
            "born": {"type": "instant", "from": "date"},
            "tags": {"type": "tags", "values": ["vip", "b2b"]},
            "labels": {"type": "tags", "from": "comma_separated"},
            "country": {"type": "text", "values": ["GB", "US"]},
            "plan": {"type": "text", "values": ["free", "plus"], "closed": False},
            "address.city": "text",
            "address.since": "instant",
            "spent": {"derived": "sum of total of orders"},
            "stats.count": {"derived": "count of orders"},
        },
        "collections": {"orders": "purchase"},
        "events": {
            "purchase": {
                "properties": {
                    "total": "number",
                    "ship.city": "text",
                    "line_items": {
                        "type": "objects",
                        "of": {
                            "sku": "text",
                            "price": "number",
                            "at": "instant",
                            "parts": {"type": "objects", "of": {"weight": "number"}},
                        },
                    },
                }
            },
            "view": {
                "properties": {
                    "path": "text",
                    "device": {"type": "text", "values": ["phone"], "closed": False},
                }
            },
        },
    }
)
NOON = datetime(2026, 3, 14, 12, tzinfo=UTC)


def read(**values: Any) -> Any:
    (value,) = SCHEMA.attributes(values).values()
    return value


def misfits(caught: pytest.ExceptionInfo[FactError]) -> list[tuple[str, str]]:
    return [(each.code, each.path) for each in caught.value.findings]


# Attributes


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        ({"name": "Al"}, "Al"),
        ({"name": None}, None),
        ({"points": 5}, 5),
        ({"points": "19.99"}, Decimal("19.99")),
        ({"points": "-5"}, -5),
        ({"points": 0.1}, Decimal("0.1")),
        ({"renewsAt": NOON}, NOON),
        ({"renewsAt": "2026-03-14T13:00:00+01:00"}, NOON),
        ({"seenAt": 1773489600000}, NOON),
        ({"seenAt": "1773489600000"}, NOON),
        ({"seenAt": 1773489600000.5}, NOON + timedelta(microseconds=500)),
        ({"seenAt": "2026-03-14T12:00:00Z"}, NOON),
        ({"madeAt": 1773489600}, NOON),
        ({"born": "1990-07-01"}, datetime(1990, 6, 30, 23, tzinfo=UTC)),
        ({"tags": ["vip"]}, frozenset({"vip"})),
        ({"tags": []}, frozenset()),
        ({"labels": "a, b,,c "}, frozenset("abc")),
        ({"labels": ""}, frozenset()),
        ({"labels": ["a", 5]}, frozenset({"a", 5})),
        ({"plan": "gold"}, "gold"),
        ({"address.city": "York"}, "York"),
        ({"address": {"city": "York", "zip": 1}}, {"city": "York", "zip": 1}),
        ({"address": {"since": "2026-03-14T12:00:00Z"}}, {"since": NOON}),
    ],
)
def test_forms(values: dict[str, Any], expected: object) -> None:
    """A value is read by its declared type, in any form that JSON may hold it in."""
    value = read(**values)
    assert value == expected
    assert type(value) is not float
    assert dict(SCHEMA.attributes(SCHEMA.attributes(values))) == dict(SCHEMA.attributes(values))


@pytest.mark.parametrize(
    ("values", "code", "said"),
    [
        ({"name": 5}, "wrong-type", "`name` must be text, not a number: declare it `number`, or"),
        ({"name": ["a"]}, "wrong-type", "`name` must be text, not a list"),
        ({"points": "much"}, "wrong-type", "`points` must be a number, not text"),
        ({"points": ""}, "wrong-type", "`points` must be a number, not text"),
        ({"points": "1_000"}, "wrong-type", "`points` must be a number, not text"),
        ({"points": "NaN"}, "wrong-type", "`points` must be a number, not text"),
        ({"points": "1e999"}, "number-out-of-range", "`points` is out of range"),
        ({"points": True}, "wrong-type", "`points` must be a number, not true or false"),
        ({"optIn": 1}, "wrong-type", "`optIn` must be true or false, not a number"),
        ({"optIn": "true"}, "wrong-type", "`optIn` must be true or false, not text"),
        ({"renewsAt": "soon"}, "wrong-type", "`renewsAt` must be an instant, not text: write it"),
        (
            {"renewsAt": 5},
            "wrong-type",
            "`renewsAt` must be an instant, not a number: if it ",
        ),
        (
            {"renewsAt": "2026-03-14"},
            "wrong-type",
            "`renewsAt` must be an instant, not text: if it ",
        ),
        ({"renewsAt": "2026-03-14T12:00:00"}, "no-time-zone", "`renewsAt` has no offset from UTC"),
        ({"seenAt": True}, "wrong-type", "`seenAt` must be an instant, not true or false"),
        ({"seenAt": 10**300}, "wrong-type", "`seenAt` must be an instant, not a number"),
        ({"born": "1990-02-30"}, "wrong-type", "`born` must be an instant, not text"),
        ({"tags": "vip"}, "wrong-type", "`tags` must be a list of text and numbers, not text: if"),
        ({"tags": ["vip", "new"]}, "value-not-listed", "`tags` is none of the values that the"),
        ({"tags": [True]}, "wrong-type", "`tags[0]` must be text or a number, not true or false"),
        ({"country": "FR"}, "value-not-listed", "`country` is none of the values that the schema"),
        ({"contry": "GB"}, "undeclared-attribute", "unknown attribute `contry`: did you mean `cou"),
        ({"address.citi": "York"}, "undeclared-attribute", "unknown attribute `address.citi`: did"),
        ({"address": "York"}, "wrong-type", "`address` must be a mapping, not text"),
        ({"address": {"city": 5}}, "wrong-type", "`address.city` must be text, not a number"),
        ({"name.first": "Al"}, "wrong-type", "`name` must be text, not a mapping"),
        ({"name.first": None}, "wrong-type", "`name` must be text, not a mapping"),
        ({"address.city.part": "x"}, "wrong-type", "`address.city` must be text, not a mapping"),
        ({"spent": 5}, "derived-attribute", "`spent` follows from events and cannot be set: send"),
        ({"stats": {"count": 5}}, "derived-attribute", "`stats.count` follows from events and"),
    ],
)
def test_misfits(values: dict[str, Any], code: str, said: str) -> None:
    """A value that does not fit is refused, by its path and the kinds expected and found."""
    with pytest.raises(FactError) as caught:
        SCHEMA.attributes(values)
    assert str(caught.value).startswith(said)
    assert caught.value.code == code
    (found,) = caught.value.findings
    assert json.loads(json.dumps(found.to_data()))["message"] == str(caught.value)
    engine = Engine(SCHEMA)
    with pytest.raises(FactError) as again:
        engine.set_attributes("ann", values, at=NOON)
    assert str(again.value) == str(caught.value)
    assert engine.now is None
    with pytest.raises(FactError):
        Rule("points > 5", SCHEMA).matches(Customer("ann", values), at=NOON)


def test_nothing_of_a_value_is_told() -> None:
    """An error has paths, and never a value or a key that is no name."""
    with pytest.raises(FactError) as caught:
        SCHEMA.attributes(
            {"name": 4111, "country": "secret", "tags": ["secret"], "points": "secret"}
        )
    assert len(caught.value.findings) == 4
    with pytest.raises(FactError) as other:
        SCHEMA.attributes({"secr@example.org": 1})
    assert "secr" not in str(other.value)
    assert "secr" not in str(caught.value)
    assert "4111" not in str(caught.value)


# Events


def test_event() -> None:
    """An event out of a webhook is read by the types of its properties."""
    event = SCHEMA.event(
        "purchase",
        at="2026-03-14T13:00:00+01:00",
        properties={
            "total": "19.99",
            "ship.city": "York",
            "note": [{"any": None}],
            "line_items": [
                {"sku": "A-1", "price": "9.50", "at": "2026-03-14T12:00:00Z", "colour": "red"},
                {"parts": [{"weight": "1"}]},
            ],
        },
        id=820982911946154508,
    )
    assert (event.type, event.at, event.id) == ("purchase", NOON, "820982911946154508")
    assert thaw(event.properties) == {
        "total": Decimal("19.99"),
        "ship": {"city": "York"},
        "note": [{"any": None}],
        "line_items": [
            {"sku": "A-1", "price": Decimal("9.50"), "at": NOON, "colour": "red"},
            {"parts": [{"weight": 1}]},
        ],
    }


@pytest.mark.parametrize(
    ("event_type", "at", "key", "found"),
    [
        (5, "2026-03-14T09:30:00Z", None, {"type": "a number"}),
        ("purchase", None, None, {"at": "nothing"}),
        ("purchase", "2026-03-14T09:30:00", 1.5, {"at": "text", "id": "a number"}),
        ("purchase", "soon", ["e1"], {"at": "text", "id": "a list"}),
    ],
)
def test_misfits_of_parts(event_type: Any, at: Any, key: Any, found: dict[str, str]) -> None:
    """A part of an event that misfits has the kind that was found, and what was expected."""
    with pytest.raises(FactError) as caught:
        SCHEMA.event(event_type, at=at, id=key)
    assert {each.path: each.found for each in caught.value.findings} == found
    assert all(each.expected for each in caught.value.findings)


def test_all_misfits_of_an_event() -> None:
    """Everything that is wrong with an event is told at once."""
    with pytest.raises(FactError) as caught:
        SCHEMA.event(
            "purchase",
            at="2026-03-14",
            properties={
                "total": "much",
                "ship": {"city": 5},
                "note": float("inf"),
                "line_items": [{"price": 1}, {"price": {}}, "sku"],
            },
            id=1.5,  # type: ignore[arg-type]  # what is refused
        )
    assert misfits(caught) == [
        ("not-an-instant", "at"),
        ("float-id", "id"),
        ("number-not-finite", "note"),
        ("wrong-type", "total"),
        ("wrong-type", "ship.city"),
        ("wrong-type", "line_items[1].price"),
        ("wrong-type", "line_items[2]"),
    ]
    assert str(caught.value).splitlines()[3] == (
        "`total` of `purchase` events must be a number, not text: text counts if it is a number, "
        "such as `19.99`"
    )


def test_unknown_type() -> None:
    """An event of a type that is not declared is refused, unless the schema keeps such."""
    with pytest.raises(FactError, match=r"^unknown event type `purchas`: did you mean `purchase`"):
        SCHEMA.event("purchas", NOON)
    keeping = Schema.from_data({**SCHEMA.to_data(), "undeclared": {"events": "keep"}})
    assert keeping.event("purchas", NOON, {"total": "much"}).properties == {"total": "much"}
    assert Rule("any event", keeping).matches(
        keeping.customer("ann", events=[{"type": "x", "at": NOON}]), at=NOON
    )


def test_undeclared_is_a_choice() -> None:
    """What a schema does not declare is refused or kept, for each kind of name."""
    strict = Schema.from_data({**SCHEMA.to_data(), "undeclared": "refuse"})
    with pytest.raises(FactError) as caught:
        strict.event("purchase", NOON, {"totl": 5, "line_items": [{"skuu": "A"}]})
    assert misfits(caught) == [
        ("undeclared-property", "totl"),
        ("undeclared-property", "line_items[0].skuu"),
    ]
    assert SCHEMA.event("purchase", NOON, {"totl": 5}).properties == {"totl": 5}
    loose = Schema.from_data({**SCHEMA.to_data(), "undeclared": "keep"})
    assert loose.attributes({"contry": ["GB", {}]})["contry"] == ("GB", {})


def test_open_enumerations() -> None:
    """An open enumeration lets other values in; the engine counts them, and rules may name them."""
    engine = Engine(SCHEMA)
    engine.add_segment("gold", "plan = 'gold'")
    engine.set_attributes("ann", {"plan": "gold"}, at=NOON)
    engine.set_attributes("bob", {"plan": "free"}, at=NOON)
    assert engine.members("gold") == {"ann"}
    engine.apply(SCHEMA.event("view", NOON, {"device": "watch"}), customer="ann", at=NOON)
    assert engine.stats.unlisted == {"attributes.plan": 1, "events.view.properties.device": 1}


# Customers


def test_customer() -> None:
    """A customer out of JSON is read once, events and all, and remembered."""
    customer = SCHEMA.customer(
        123,
        attributes={"address.city": "York", "points": "7"},
        events=[
            {"type": "purchase", "at": "2026-03-01T12:00:00Z", "properties": {"total": "99.5"}},
            Event("purchase", NOON, {"total": 0.5}, "o1"),
        ],
    )
    assert customer.id == "123"
    rule = Rule("spent = 100 AND points = 7 AND address.city = 'York'", SCHEMA)
    assert rule.matches(customer, at=NOON)
    assert rule.explain(customer, at=NOON).holds
    first = customer._read[SCHEMA.fingerprint]
    rule.verdict(customer, at=NOON)
    assert customer._read[SCHEMA.fingerprint] is first


def test_values_are_exact() -> None:
    """What a schema has read is exact to the host, too."""
    customer = SCHEMA.customer("ann", {"points": "7.5", "labels": "a, b", "born": "1990-01-01"})
    assert customer.attributes["points"] == Decimal("7.5")
    assert customer.attributes["labels"] == {"a", "b"}
    assert customer.attributes["born"] == datetime(1990, 1, 1, tzinfo=UTC)


@given(
    st.dictionaries(
        st.sampled_from([*SCHEMA.attributes, "name.x", "address", "tags.y", "z", "z.q"]),
        st.one_of(
            JSON, st.sampled_from(["5", "GB", "2026-03-14T12:00:00Z", "1990-07-01", ["vip"]])
        ),
        max_size=4,
    )
)
def test_what_is_let_in_never_raises_later(values: dict[str, Any]) -> None:
    """Attributes that the door lets in are read again as they are, and every question answers."""
    keeping = Schema.from_data(SCHEMA.to_data() | {"undeclared": "keep"})
    engine = Engine(keeping)
    engine.add_segment("set", "name is set AND address.city is set")
    try:
        engine.set_attributes("ann", values, at=NOON)
    except FactError:
        assert engine.now is None
        return
    known = engine.customer("ann")
    again = dict(keeping.attributes(known.attributes))
    assert again == dict(known.attributes)
    for text in ("name = 'x'", "points > 5", "tags contains 'vip'", "born before 1 year ago"):
        rule = Rule(text, keeping)
        assert rule.matches(known, at=NOON) is rule.explain(known, at=NOON).holds
    assert engine.verify()


def test_misfits_of_a_customer() -> None:
    """Everything that is wrong with a customer is told at once, with each event's place."""
    with pytest.raises(FactError) as caught:
        SCHEMA.customer(
            "ann",
            attributes={"points": "x", "nme": "Al"},
            events=[
                {"type": "view", "at": NOON},
                {"type": "purchase", "at": NOON, "properties": {"total": []}, "customer": 5},
                {"type": "purchas", "at": "now"},
                5,  # type: ignore[list-item]  # what is refused
            ],
        )
    assert misfits(caught) == [
        ("unknown-key", "events[1]"),
        ("wrong-type", "events[1].total"),
        ("not-an-instant", "events[2].at"),
        ("undeclared-event-type", "events[2].type"),
        ("wrong-type", "events[3]"),
        ("wrong-type", "points"),
        ("undeclared-attribute", "nme"),
    ]


def test_a_message_has_an_end() -> None:
    """A message shows the first misfits and counts the rest; the findings have them all."""
    events = [{"type": "purchase", "at": NOON, "properties": {"total": "x"}}] * 1_000
    with pytest.raises(FactError) as caught:
        SCHEMA.customer("ann", events=events)
    assert len(caught.value.findings) == 1_000
    assert str(caught.value).endswith("\nand 980 more")


def test_a_customer_made_by_hand_is_read_by_each_schema() -> None:
    """Facts that no schema has read are read by that of the rule, by each in its own way."""
    customer = Customer("ann", {"points": "7"}, [Event("purchase", NOON, {"total": "5"})])
    other = Schema.from_data({"attributes": {"points": "text"}, "undeclared": "keep"})
    assert Rule("points = 7 AND spent = 5", SCHEMA).matches(customer, at=NOON)
    assert Rule("points = '7'", other).matches(customer, at=NOON)
    assert customer.attributes == {"points": "7"}


@given(FITTING_ATTRIBUTES, st.lists(FITTING_EVENTS, max_size=4))
def test_exact_facts_come_through_as_they_are(
    attributes: dict[str, Any], events: list[Event]
) -> None:
    """Facts that have been read are read again as they are: the very same events."""
    read = SMALL.customer("ann", attributes, events)._read[SMALL.fingerprint]
    customer = Customer("ann", read.attributes, read.log(None).events)
    assert SMALL.customer("ann", customer.attributes, customer.events).events == customer.events
    Rule("spent > 5", SMALL).matches(customer, at=NOON)
    assert customer._read[SMALL.fingerprint] is customer._history


def keep_declared(event: Event) -> Event:
    """Return an event with those of its properties that the small store declares."""
    declared = {name.split(".")[0] for name in SMALL.events[event.type].properties}
    kept = {name: value for name, value in event.properties.items() if name in declared}
    return Event(event.type, event.at, kept, event.id)


@given(FITTING_ATTRIBUTES, st.lists(FITTING_EVENTS, max_size=4))
def test_json_reads_back(attributes: dict[str, Any], events: list[Event]) -> None:
    """Facts written as JSON, numbers as text and instants as ISO 8601, are read back exactly."""

    def write(value: Any) -> Any:
        match value:
            case datetime():
                return value.isoformat()
            case Decimal() | int() if not isinstance(value, bool):
                return str(value)
            case frozenset():
                # Numbers in quotes would be tags of text.
                tags = [float(each) if isinstance(each, Decimal) else each for each in value]
                return sorted(tags, key=str)
            case tuple():
                return [write(each) for each in value]
            case _:
                return (
                    value
                    if not hasattr(value, "items")
                    else {k: write(v) for k, v in value.items()}
                )

    kept = [keep_declared(event) for event in events]
    read = SMALL.customer("ann", attributes, kept)._read[SMALL.fingerprint]
    known = Customer("ann", read.attributes, read.log(None).events)
    sent = [
        {"type": e.type, "at": e.at.isoformat(), "properties": write(e.properties), "id": e.id}
        for e in known.events
    ]
    again = SMALL.customer(
        "ann", json.loads(json.dumps(write(known.attributes))), json.loads(json.dumps(sent))
    )
    read_back = again._read[SMALL.fingerprint]
    assert read_back.attributes == known.attributes
    assert read_back.log(None).events == list(known.events)


@given(st.dictionaries(st.text(min_size=1, max_size=5), JSON, max_size=4))
def test_undeclared_facts_change_no_answer(values: dict[str, Any]) -> None:
    """Properties that the schema does not declare are let in, and no answer changes."""
    extra = {f"x{name}": value for name, value in values.items()}
    rule = Rule("spent = 5 AND count of orders = 1", SCHEMA)
    engine = Engine(SCHEMA)
    engine.add_segment("asked", rule)
    event = SCHEMA.event("purchase", NOON, {"total": "5", **extra})
    engine.apply(event, customer="ann", at=NOON)
    assert engine.members("asked") == {"ann"}
    assert rule.matches(Customer("ann", events=[event]), at=NOON)


def test_half_nested_names() -> None:
    """A declared property is found however much of its path is sent as one name."""
    deep = Schema.from_data({"events": {"x": {"properties": {"a.b.c": "number"}}}})
    for sent in ({"a.b.c": "7"}, {"a.b": {"c": "7"}}, {"a": {"b": {"c": "7"}}}, {"a": {"b.c": 7}}):
        event = deep.event("x", NOON, sent)
        found = event.properties["a"]
        assert thaw(found) in ({"b": {"c": 7}}, {"b.c": 7})


@pytest.mark.parametrize(
    "text",
    ["2026-01-01T00:00:00x+00:00", "2026-01-01T00:00:00 +00:00", "2026-01-01T00:00:00Z\0",
     "2026-01-01T00:00:00.Z", "2026-01-01T24:00:00Z", "2026-W01-1T00:00:00Z", "20260101"],
)  # fmt: skip
def test_no_iso_8601(text: str) -> None:
    """Text that only some Pythons read as an instant is none."""
    with pytest.raises(FactError):
        SCHEMA.attributes({"renewsAt": text})


# Nested attributes


def test_a_leaf_leaves_its_siblings() -> None:
    """A name with dots sets a leaf of a mapping; a mapping replaces the mapping."""
    engine = Engine(SCHEMA)
    engine.add_segment("york", "address.city = 'York'")
    engine.set_attributes("ann", {"address": {"city": "Bath", "zip": 1}}, at=NOON)
    (joined,) = engine.set_attributes("ann", {"address.city": "York"}, at=NOON)
    assert joined.cause.attributes == ("address",)
    assert engine.customer("ann").attributes["address"] == {"city": "York", "zip": 1}
    engine.set_attributes("ann", {"address": {"zip": 2}}, at=NOON)
    assert engine.customer("ann").attributes["address"] == {"zip": 2}
    assert engine.members("york") == frozenset()
    engine.set_attributes("ann", {"address.city": "York"}, at=NOON)
    engine.set_attributes("ann", {"address.city": None}, at=NOON)
    assert engine.members("york") == frozenset()
    with pytest.raises(FactError, match="`address` must be a mapping, not text"):
        engine.set_attributes("ann", {"address": "York"}, at=NOON)
