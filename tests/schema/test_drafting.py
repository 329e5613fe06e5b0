"""Drafts of schemas, from what customers and events hold."""

import gzip
import json
import os
import pickle
import re
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from segrules import (
    Attribute,
    Customer,
    Engine,
    Event,
    FactError,
    Property,
    Rule,
    Schema,
    SchemaError,
)
from segrules.errors import ArgumentError
from tests.strategies.json import JSON

NOON = datetime(2026, 3, 14, 12, tzinfo=UTC)
DATA = Path(os.environ.get("SEGRULES_DATA") or Path(__file__).parents[3] / "shared" / "data")
FILE = DATA / "cdnow.events.jsonl.gz"

NAMES = st.sampled_from(
    ["a", "b", "a.b", "a.b.c", "b.a", "createdAt", "id", "zip", "", ".", "a..b", "x`y", "a b", "é"]
) | st.text(max_size=2)
SCALARS: st.SearchStrategy[Any] = st.sampled_from([
    None, True, 5, 0.5, 1773489600, 1773489600000, 1773489600.5, 10**30, "", "5", "5.0", "00123",
    "+44", "1e5", "-3", "90210", "2026-03-14", "2011-12-30", "0001-01-01", "2026-02-30",
    "2026-03-14T12:00:00Z", "2026-03-14T12:00:00", "1e999", "9" * 400, "a, b", "\ud800", NOON,
])  # fmt: skip
VALUES: st.SearchStrategy[Any] = st.recursive(
    SCALARS | JSON,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(NAMES, inner, max_size=3),
    max_leaves=5,
)
HELD = st.dictionaries(NAMES, VALUES, max_size=4)
EVENTS = st.fixed_dictionaries(
    {"type": st.sampled_from(["view", "purchase", "o.k", "x`"]), "at": st.just(NOON)},
    optional={"properties": HELD, "id": st.integers(), "customer_id": st.integers()},
)
CUSTOMERS = st.fixed_dictionaries(
    {"id": st.just("ann")},
    optional={
        "attributes": HELD,
        "events": st.lists(
            EVENTS.map(lambda e: {k: v for k, v in e.items() if k != "customer_id"}), max_size=2
        ),
    },
)


def of_attribute(*values: object, name: str = "x") -> Schema:
    return Schema.observed([{"id": n, "attributes": {name: v}} for n, v in enumerate(values)])


def left_out(schema: Schema) -> list[str]:
    first, *others = map(str, schema.notes)
    assert re.fullmatch(r"drafted from [\d,]+ customers? and [\d,]+ events?", first)
    return others


# What a draft is


@given(st.lists(EVENTS | CUSTOMERS, max_size=6), st.sampled_from(["UTC", "Pacific/Apia"]))
@example([{"id": 1, "attributes": {"a": "x", "a.b": 5}}], "UTC")
@example(
    [{"id": 1, "attributes": {"a": {"b.c": "x"}}}, {"id": 2, "attributes": {"a.b.c": 5}}], "UTC"
)
@example([{"id": 1, "attributes": {"day": "2011-12-30"}}], "Pacific/Apia")
def test_reads_all_it_was_made_from(facts: list[dict[str, Any]], timezone: str) -> None:
    """A draft reads every fact it was made from, whatever JSON holds; and it is a schema."""
    schema = Schema.observed(facts, timezone=timezone)
    assert Schema.from_data(schema.to_data()) == schema
    for fact in facts:
        if "type" in fact:
            schema.event(fact["type"], fact["at"], fact.get("properties", {}), fact.get("id"))
        else:
            read = schema.customer(fact["id"], fact.get("attributes", {}), fact.get("events", ()))
            schema.attributes(fact.get("attributes", {}))
            assert (
                Rule("any event of type 'nothing'", Schema.open()).matches(read, at=NOON) is False
            )


@given(st.lists(EVENTS | CUSTOMERS, max_size=6), st.randoms())
def test_order_does_not_matter(facts: list[dict[str, Any]], random: Any) -> None:
    """The same facts in another order make an equal draft."""
    mixed = list(facts)
    random.shuffle(mixed)
    assert Schema.observed(mixed) == Schema.observed(facts)


@given(st.lists(EVENTS | CUSTOMERS, max_size=6))
def test_facts_are_the_same_as_values_and_as_json(facts: list[dict[str, Any]]) -> None:
    """Customers and events that are made already draft what their JSON drafts."""
    opened = Schema.open()
    made: list[Customer | Event] = [
        Event(f["type"], f["at"], f.get("properties", {}), f.get("id"))
        if "type" in f
        else opened.customer(f["id"], f.get("attributes", {}), f.get("events", ()))
        for f in facts
    ]
    assert Schema.observed(made) == Schema.observed(facts)


@pytest.mark.parametrize(
    ("name", "values", "expected"),
    [
        ("x", ["GB", None, "FR"], {"type": "text"}),
        ("x", [True, False], {"type": "boolean"}),
        ("x", [1, 2.5], {"type": "number"}),
        ("total", ["19.99", "5.00"], {"type": "number"}),
        ("total", ["19.99", "1200000"], {"type": "number"}),
        ("total", ["19.99", 5], {"type": "number"}),
        ("points", ["500", "12000"], {"type": "number"}),
        ("cds", ["1", "2"], {"type": "number"}),
        ("points", [12000, "50000"], {"type": "number"}),
        ("total", ["19.99", ""], {"type": "text"}),
        ("total", ["19.99", "1e5"], {"type": "text"}),
        ("area", ["00123", "500"], {"type": "text"}),
        ("contact", ["+447700900123"], {"type": "text"}),
        ("contact", ["7700900123", "12"], {"type": "text"}),
        ("town", ["90210", "10001"], {"type": "text"}),
        ("orderId", ["1", "20"], {"type": "text"}),
        ("order_no", ["1", "20"], {"type": "text"}),
        ("zip", ["1", "20"], {"type": "text"}),
        ("appVersion", ["1.10", "1.2"], {"type": "text"}),
        ("productId", [632910392, 5], {"type": "number"}),
        ("x", ["2026-03-14T12:00:00Z", "2026-03-14T13:00:00+01:00"], {"type": "instant"}),
        ("x", ["2026-03-14T12:00:00Z", NOON], {"type": "instant"}),
        ("x", ["2026-03-14T12:00:00Z", "2026-03-14T12:00:00"], {"type": "text"}),
        ("x", ["1990-07-01", "2026-03-14T12:00:00Z"], {"type": "instant", "from": "date"}),
        ("x", ["1990-07-01", "1990-02-30"], {"type": "text"}),
        ("createdAt", [1773489600000], {"type": "instant", "from": "epoch_ms"}),
        ("created_at", [1773489600, 1773489601.0], {"type": "instant", "from": "epoch_s"}),
        ("eventTimestamp", [1773489600], {"type": "instant", "from": "epoch_s"}),
        ("seenAt", [1773489600, "2026-03-14T12:00:00Z"], {"type": "instant", "from": "epoch_s"}),
        ("createdAt", [1773489600, 1773489600000], {"type": "number"}),
        ("createdAt", [1773489600.5], {"type": "number"}),
        ("createdAt", [1773489600, 0], {"type": "number"}),
        ("balance", [1773489600], {"type": "number"}),
        ("x", [["a", 1], [], ["b"]], {"type": "tags"}),
        ("x", ["a, b", "b, c"], {"type": "text"}),
    ],
)
def test_types(name: str, values: list[object], expected: dict[str, str]) -> None:
    """The type of a name is the one that reads all of its values, and means what they mean."""
    schema = of_attribute(*values, name=name)
    definition = schema.to_data()["attributes"][name]
    definition.pop("description")
    assert definition == expected
    assert left_out(schema) == []


@pytest.mark.parametrize(
    ("values", "said"),
    [
        (["a", 5, 6], "attributes.x: left out: text in 1, a number in 2"),
        (["a", []], "attributes.x: left out: text in 1, an empty list in 1"),
        ([[]], "attributes.x: left out: an empty list in 1"),
        ([[[1]]], "attributes.x: left out: a list of other values in 1"),
        ([[{"a": 1}], ["a"]], "attributes.x: left out: a list of objects in 1, a list of text and"),
        ([True, []], "attributes.x: left out: true or false in 1, an empty list in 1"),
        (["a", {"y": 1}], "attributes.x: left out: text in 1, a mapping in 1"),
        ([{}], "attributes.x: left out: has nothing in it"),
        ([{"y.z": 1}], "attributes.x.y.z: left out: a number in 1, a name with a dot inside a ma"),
        ([{"ann@example.org": 1}], "attributes.x.…: left out: is no name that a schema should ha"),
        ([{"2026": 1, "": 2}], "attributes.x.…: left out: is no name that a schema should have (2"),
        ([{"a`b": 1}], "attributes.x.…: left out: is no name that a schema should have"),
        ([{f"n{n}": 1 for n in range(101)}], "attributes.x: left out: has more than 100 names in"),
        ([[{}]], "attributes.x: left out: a list of objects without a field to declare"),
    ],
)
def test_left_out(values: list[object], said: str) -> None:
    """A name whose values have no type in common is left out, and a note says so."""
    schema = of_attribute(*values)
    assert not schema.attributes
    assert left_out(schema)[0].startswith(said)
    assert f"# {left_out(schema)[0]}" in schema.to_toml()


def test_shares() -> None:
    """A description says how many of those who could have a name have it."""
    many = [
        {"id": n, "attributes": {"often": 1} | ({"seldom": 1} if n == 0 else {})}
        for n in range(1204)
    ]
    many[0]["events"] = [
        {"type": "order", "at": NOON, "properties": {"lines": [{"sku": "a"}, {"n": 1}]}}
    ]
    schema = Schema.observed(many)
    assert schema.attributes["often"].description == "present in 100 % of 1,204"
    assert schema.attributes["seldom"].description == "present in under 1 % of 1,204"
    assert schema.events["order"].description == "1 event"
    assert schema.events["order"].properties["lines"] == Property(
        "objects",
        "present in 100 % of 1",
        of={
            "sku": Property("text", "present in 50 % of 2"),
            "n": Property("number", "present in 50 % of 2"),
        },
    )
    assert str(schema.notes[0]) == "drafted from 1,204 customers and 1 event"


def test_enumerations() -> None:
    """Texts that come again and again are listed, and a new one is let in tomorrow."""
    rows = [{"id": n, "attributes": {"plan": "free" if n % 2 else "plus"}} for n in range(10)]
    schema = Schema.observed(rows)
    assert schema.attributes["plan"] == Attribute(
        "text", "present in 100 % of 10", values=["free", "plus"], closed=False
    )
    assert schema.attributes({"plan": "gold"}) == {"plan": "gold"}
    assert Schema.observed(rows, max_values=2) == schema
    for others in (rows[:9], [*rows, {"id": 10, "attributes": {"plan": "gold"}}]):
        assert Schema.observed(others).attributes["plan"].values == ()
    assert Schema.observed(rows, max_values=1).attributes["plan"].values == ()
    assert Schema.observed(rows, max_values=0).attributes["plan"].values == ()


@pytest.mark.parametrize(
    ("name", "value"),
    [("email", "ann@example.org"), ("note", "x" * 41), ("phone", "0770"), ("x", "a\nb")],
)
def test_enumerations_are_no_place_for_personal_data(name: str, value: str) -> None:
    """Texts that are long, an address, or under a name of ids are never listed."""
    schema = of_attribute(*[value] * 10, name=name)
    assert schema.attributes[name].values == ()
    assert value not in schema.to_toml()


@given(st.lists(EVENTS | CUSTOMERS, max_size=4), st.text("qwz", min_size=8, max_size=9))
def test_no_value_is_in_a_draft(facts: list[dict[str, Any]], secret: str) -> None:
    """No customer's value is in a draft, but for texts that are listed."""
    held = {"a": secret, "b": {"c": [secret, {"d": secret}]}}
    mine: list[dict[str, Any]] = [
        {"id": secret, "attributes": held},
        {"type": "t", "at": NOON, "properties": held},
    ]
    assert secret not in Schema.observed([*facts, *mine]).to_toml()


# How it is used


def test_a_draft_is_used_at_once() -> None:
    """Rules ask what was seen, an engine takes what was not; a collection is a type's events."""
    order = {"total": "19.99", "line_items": [{"sku": "A", "price": "9.99"}], "extra": [[1]]}
    rows: list[dict[str, Any]] = [
        {"id": 7, "attributes": {"address": {"city": "York"}, "address.zip": "012"}},
        {"type": "order", "at": "2026-03-14T12:00:00Z", "properties": order, "customer_id": 7},
    ]
    schema = Schema.observed(iter(rows))
    assert set(schema.attributes) == {"address.city", "address.zip"}
    engine = Engine(schema)
    engine.add_segment("x", "address.city = 'York' AND sum of total of order > 19")
    engine.set_attributes("7", rows[0]["attributes"] | {"new": [{}]}, at=NOON)
    engine.apply(schema.event("order", NOON, order | {"more": 1}), customer="7", at=NOON)
    engine.apply(schema.event("unheard_of", NOON), customer="7", at=NOON)
    assert list(engine.members("x")) == ["7"]
    assert pickle.loads(pickle.dumps(schema)).notes == schema.notes  # our own


@pytest.mark.skipif(not FILE.exists(), reason=f"no {FILE.name}: name its folder in SEGRULES_DATA")
def test_money_and_dates_as_text() -> None:
    """Of the customers of CDNOW 615 spent more than 100 and 8 spent nothing, money being text."""
    with gzip.open(FILE) as lines:
        rows = [json.loads(line) for line in lines]
    for row in rows:
        row["properties"] = {name: str(value) for name, value in row["properties"].items()}
    schema = Schema.observed(rows)
    events: dict[str, list[dict[str, Any]]] = {}
    for row in rows:
        events.setdefault(row.pop("customer_id"), []).append(row)
    customers = [schema.customer(key, events=theirs) for key, theirs in events.items()]
    for events_of in ("purchase", "events of type 'purchase'"):
        for test, number in (("> 100", 615), ("= 0", 8)):
            rule = Rule(f"sum of total of {events_of} {test}", schema)
            assert sum(rule.matches(each, at=NOON) for each in customers) == number


# What is refused


@pytest.mark.parametrize("facts", ["ann", {"id": 1}, 5, None, Customer("ann"), b"x"])
def test_no_collection(facts: Any) -> None:
    """Facts are a collection."""
    with pytest.raises(ArgumentError, match="must be a collection of customers or events, not `"):
        Schema.observed(facts)


@pytest.mark.parametrize(
    ("fact", "findings"),
    [
        (5, ["wrong-type [1] must be a customer or an event, not a number"]),
        ({"type": "x", "at": "noon"}, ["not-an-instant [1].at must be an instant"]),
        (
            {"type": "x", "at": 5, "id": 0.5},
            ["not-an-instant [1].at must be an instant", "float-id [1].id must be text"],
        ),
        ({"type": "x", "at": NOON, "customer_id": ""}, ["not-a-name [1].customer_id must be"]),
        ({"at": NOON}, ["not-a-name [1].type must be text, not nothing"]),
        ({"type": "x", "at": NOON, "atributes": {}}, ["unknown-key [1] unknown key `atributes`"]),
        (
            {"id": 1, "atributes": {}, "x": 1},
            ["unknown-key [1] did you mean `attributes`", "unknown-key [1] unknown key `x`"],
        ),
        ({"id": None}, ["not-a-name [1].id must be text, not nothing"]),
        ({"id": 1, "attributes": {"x": float("nan")}}, ["number-not-finite [1].x is not a"]),
        ({"id": 1, "attributes": 5}, ["wrong-type [1] must be a mapping, not a number"]),
        ({"id": 1, "events": [{"type": "x"}]}, ["not-an-instant [1].events[0].at must be"]),
    ],
)
def test_no_fact(fact: object, findings: list[str]) -> None:
    """What is no customer and no event is refused, with its place and everything wrong with it."""
    with pytest.raises(FactError) as caught:
        Schema.observed([{"id": "ann"}, fact])  # type: ignore[list-item]  # what is refused
    found = caught.value.findings
    for each, expected in zip(found, findings, strict=True):
        code, path, said = expected.split(" ", 2)
        assert (each.code, each.path) == (code, path)
        assert said in each.message
    assert all(each.message.startswith("[1]: ") for each in found)


@pytest.mark.parametrize("most", [-1, True, "5", None, 0.5])
def test_no_number_of_values(most: Any) -> None:
    """The number of values to list is a whole number."""
    with pytest.raises(ArgumentError, match="`max_values` must be a whole number, at least 0"):
        Schema.observed([], max_values=most)


def test_no_zone() -> None:
    """A time zone is checked as in any schema."""
    with pytest.raises(SchemaError, match="unknown time zone"):
        Schema.observed([], timezone="Europe/Londn")
