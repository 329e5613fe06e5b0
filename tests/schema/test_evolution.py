"""From one schema to the next: what a living engine takes, and what it refuses."""

import copy
import pickle
from typing import Any, TypeAlias

import pytest

from segrules import Engine, Schema, SchemaError

Change: TypeAlias = tuple[tuple[str, ...], Any]
"""A path into a schema's data, and what to put there; None to remove it."""

DATA: dict[str, Any] = {
    "timezone": "Europe/London",
    "attributes": {
        "plan": {"type": "text", "values": ["free", "plus"]},
        "mood": {"type": "text", "values": ["good", "bad"], "closed": False},
        "city": "text",
        "labels": "tags",
        "born": {"type": "instant", "from": "epoch_ms"},
        "seen": "instant",
        "optIn": {"type": "boolean", "updated_by": ["signup"]},
        "boxes": {"type": "objects", "of": {"size": "number"}},
        "spent": {"derived": "sum of total of orders"},
        "stage": {"stages": [{"value": "buyer", "rule": "spent > 0"}]},
    },
    "events": {
        "purchase": {"properties": {"total": "number", "sku": "text"}},
        "signup": {},
        "wish": {},
    },
    "collections": {"orders": "purchase"},
    "undeclared": {"attributes": "keep", "properties": "refuse"},
}


def change(*changes: Change) -> Schema:
    """Return the schema of the data, changed."""
    data = copy.deepcopy(DATA)
    for (*steps, last), value in changes:
        at = data
        for step in steps:
            at = at[step]
        if value is None:
            del at[last]
        else:
            at[last] = value
    return Schema.from_data(data, name="new.toml")


BUYER = {"value": "buyer", "rule": "spent > 0"}
CLOSED = {"type": "text", "values": ["good", "bad"]}

ALLOWED: dict[str, Change] = {
    "a plain attribute": (("attributes", "size"), "number"),
    "a derived attribute": (("attributes", "orders"), {"derived": "count of orders"}),
    "a staged attribute": (("attributes", "level"), {"stages": [BUYER]}),
    "an event type": (("events", "view"), {"properties": {"path": "text"}}),
    "a property": (("events", "purchase", "properties", "gift"), "boolean"),
    "a property of a type without any": (("events", "wish"), {"properties": {"sku": "text"}}),
    "a field": (("attributes", "boxes", "of", "colour"), "text"),
    "a collection": (("collections", "wishes"), "wish"),
    "a description": (("attributes", "plan", "description"), "what is paid for"),
    "a description of a type": (("events", "wish", "description"), "put on the list"),
    "values": (("attributes", "plan", "values"), ["pro", "plus", "free"]),
    "an open list of values": (("attributes", "plan", "closed"), False),
    "fewer values of an open list": (("attributes", "mood", "values"), ["good"]),
    "any value": (("attributes", "plan", "values"), None),
    "an open list, of any value": (
        ("attributes", "city"),
        {"type": "text", "values": ["Bath"], "closed": False},
    ),
    "a form": (("attributes", "seen"), {"type": "instant", "from": "date"}),
    "a form of tags": (("attributes", "labels"), {"type": "tags", "from": "comma_separated"}),
    "events that set it": (("attributes", "optIn", "updated_by"), ["signup", "wish"]),
    "the first events that set it": (
        ("attributes", "city"),
        {"type": "text", "updated_by": ["signup"]},
    ),
    "keep": (("undeclared", "properties"), "keep"),
    "keep events": (("undeclared", "events"), "keep"),
    "the type that follows": (("attributes", "spent", "type"), "number"),
    "the same derivation": (
        ("attributes", "spent", "derived"),
        "sum of total of events of type 'purchase'",
    ),
    "the same stages": (
        ("attributes", "stage", "stages"),
        [{"value": "buyer", "rule": "(spent > 0)"}],
    ),
}

REFUSED: dict[str, Change] = {
    "timezone": (("timezone",), "Europe/Paris"),
    "week_starts": (("week_starts",), "sunday"),
    "is_open": (("is_open",), True),
    "undeclared.attributes": (("undeclared", "attributes"), "refuse"),
    "attributes.city": (("attributes", "city"), None),
    "attributes.city.type": (("attributes", "city"), "tags"),
    "attributes.city.values": (("attributes", "city"), {"type": "text", "values": ["Bath"]}),
    "attributes.mood.values": (("attributes", "mood"), CLOSED),
    "attributes.plan.values": (("attributes", "plan", "values"), ["free", "pro"]),
    "attributes.born.from": (("attributes", "born", "from"), "epoch_s"),
    "attributes.optIn.updated_by": (("attributes", "optIn", "updated_by"), ["wish"]),
    "attributes.boxes.of.size": (("attributes", "boxes", "of"), {"colour": "text"}),
    "attributes.boxes.of.size.type": (("attributes", "boxes", "of", "size"), "text"),
    "attributes.spent": (("attributes", "spent", "derived"), "count of orders"),
    "attributes.stage": (("attributes", "stage", "stages"), [BUYER | {"rule": "spent > 1"}]),
    "events.wish": (("events", "wish"), None),
    "events.purchase.properties.sku": (("events", "purchase", "properties", "sku"), None),
}


@pytest.mark.parametrize("name", ALLOWED)
def test_allowed(name: str) -> None:
    """A schema that adds, widens or describes is taken, and is the engine's from then on."""
    engine, schema = Engine(change()), change(ALLOWED[name])
    engine.evolve(schema)
    assert engine.schema is schema


@pytest.mark.parametrize("key", REFUSED)
def test_refused(key: str) -> None:
    """A schema that narrows is refused, with the key, and the engine keeps the one it has."""
    engine, before = Engine(change()), change()
    with pytest.raises(SchemaError) as caught:
        engine.evolve(change(REFUSED[key]))
    assert key in [found.key for found in caught.value.findings]
    assert (caught.value.code, caught.value.subject) == ("narrowed-schema", "new.toml")
    assert engine.schema == before
    assert engine.audit == ()


def test_everything_at_once() -> None:
    """All that is refused is listed, each with its reason and what to do."""
    engine = Engine(change())
    changes = [REFUSED[k] for k in ("timezone", "attributes.city", "events.wish")]
    with pytest.raises(SchemaError) as caught:
        engine.evolve(change(*changes))
    assert str(caught.value).splitlines() == [
        (
            "new.toml: timezone: it differs, and days, weeks and months would begin at other "
            "instants (leave it as it was)"
        ),
        "new.toml: attributes.city: the name is gone (declare it as before)",
        "new.toml: events.wish: the event type is gone (declare it as before)",
    ]


def test_error_is_pickled() -> None:
    """The error keeps its code and findings when it is pickled."""
    engine = Engine(change())
    with pytest.raises(SchemaError) as caught:
        engine.evolve(change(REFUSED["timezone"]))
    again = pickle.loads(pickle.dumps(caught.value))
    assert (again.code, again.findings) == (caught.value.code, caught.value.findings)


def test_moved_otherwise() -> None:
    """An attribute that is moved in another way is refused, even if its type stays."""
    engine = Engine(change())
    with pytest.raises(SchemaError, match="it was derived from events, and now is set by you"):
        engine.evolve(change((("attributes", "spent"), "number")))


@pytest.mark.parametrize(("first", "then"), [(False, True), (True, False)])
def test_open(first: bool, then: bool) -> None:  # noqa: FBT001  # the cases
    """A schema cannot become open, and an open one cannot be closed."""
    engine = Engine(Schema(is_open=first))
    with pytest.raises(SchemaError, match="is_open"):
        engine.evolve(Schema(is_open=then))


def test_collections() -> None:
    """A collection stays the name of the same events."""
    events: dict[str, Any] = {"wish": {}, "view": {}}
    engine = Engine(Schema.from_data({"events": events, "collections": {"looks": "view"}}))
    for collections in ({}, {"looks": "wish"}):
        with pytest.raises(SchemaError) as caught:
            engine.evolve(Schema.from_data({"events": events, "collections": collections}))
        assert [found.key for found in caught.value.findings] == ["collections.looks"]
