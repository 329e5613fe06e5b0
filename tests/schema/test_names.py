"""The names of a schema as data."""

import json
from typing import get_args

import pytest

from segrules import Rule, RuleError, Schema
from segrules.meaning.operators import OPERATORS
from segrules.meaning.vocabulary import ValueType
from segrules.results import SchemaName
from tests.strategies.store import SCHEMA as STORE

SCHEMA = Schema.from_data(
    {
        "attributes": {
            "nickname": {"type": "text", "description": "what friends say"},
            "address.country": {"type": "text", "values": ["GB", "US"]},
            "points": "number",
            "optIn": "boolean",
            "renewsAt": "instant",
            "tags": {"type": "tags", "values": ["vip", "b2b"]},
            "count": "number",
            "wishes": {
                "type": "objects",
                "of": {"sku": {"type": "text", "description": "as in the shop"}, "set": "boolean"},
            },
            "spent": {"derived": "sum of total of orders"},
            "orderCount": {"derived": "count of orders within 30 days"},
            "lastOrderAt": {"derived": "time of last purchase"},
            "tier": {"stages": [{"value": "gold", "rule": "points > 10"}]},
        },
        "events": {
            "purchase": {
                "description": "an order",
                "properties": {
                    "total": "number",
                    "sku": "text",
                    "size.label": "text",
                    "labels": "tags",
                    "gift": "boolean",
                    "lines": {
                        "type": "objects",
                        "of": {
                            "sku": "text",
                            "size.eu": "number",
                            "parts": {
                                "type": "objects",
                                "of": {"sku": "text", "madeAt": "instant"},
                            },
                        },
                    },
                    "shipsAt": "instant",
                },
            },
            "it's": {},
        },
        "collections": {"orders": "purchase", "type": "it's"},
    }
)
NAMES = SCHEMA.names()
ASKED = [name for name in NAMES if name.kind in {"attribute", "property", "field"}]

VALUES = {
    "text": "'GB'",
    "number": "5",
    "boolean": "true",
    "instant": "2026-03-14",
    "tags": "'vip'",
    "objects": "'vip'",
}
FORMS = {
    **{sign: f"{{name}} {sign} {{value}}" for sign in ("=", "!=", ">", ">=", "<", "<=")},
    "between": "{name} between {value} and {value}",
    "in": "{name} in ({value})",
    "is set": "{name} is set",
    "contains": "{name} contains 'vip'",
    "has": "{name} has sku = 'x'",
    "starts with": "{name} starts with 'v'",
    "ends with": "{name} ends with 'v'",
    "within": "{name} within 3 days",
    "within next": "{name} within next 3 days",
    "since": "{name} since 2026-03-14",
    "after": "{name} after 3 days ago",
    "before": "{name} before 2026-03-14",
    "on": "{name} on 2026-03-14",
}
"""A condition with each operator of the language."""


def ask(name: SchemaName, form: str) -> str:
    """Return a rule that asks about an attribute, a property or a field."""
    assert name.type is not None
    value = f"'{name.values[0]}'" if name.values else VALUES[name.type]
    asked = form.format(name=name.text, value=value)
    owner = "" if name.event_type is None else f"any event of type '{name.event_type}' has "
    return f"{owner}{''.join(f'{each} has ' for each in name.lists)}{asked}"


def is_rule(text: str, schema: Schema) -> bool:
    try:
        Rule(text, schema)
    except RuleError as error:
        codes = {finding.code for finding in error.findings}
        return not codes <= {"unlike-types", "unorderable-type"}
    return True


def test_every_type_has_its_operators() -> None:
    """The table has every type, and every operator is some type's."""
    assert OPERATORS.keys() == set(get_args(ValueType))
    assert set(FORMS) == {operator for each in OPERATORS.values() for operator in each}


@pytest.mark.parametrize(
    "name", ASKED, ids=lambda name: f"{name.event_type}-{name.lists}-{name.path}"
)
@pytest.mark.parametrize("operator", FORMS)
def test_an_operator_is_listed_if_it_checks(name: SchemaName, operator: str) -> None:
    """A rule that asks with an operator checks if and only if the operator is listed."""
    assert is_rule(ask(name, FORMS[operator]), SCHEMA) is (operator in name.operators)


@pytest.mark.parametrize(
    "name", ASKED, ids=lambda name: f"{name.event_type}-{name.lists}-{name.path}"
)
def test_words_take_not(name: SchemaName) -> None:
    """Each operator that is a word has an opposite, written with `not`."""
    for operator in name.operators:
        if operator.isalpha() or " " in operator:
            plain = FORMS[operator].replace("{name} ", "{name} not ", 1)
            form = plain.replace("not is set", "is not set")
            assert is_rule(ask(name, form), SCHEMA)


@pytest.mark.parametrize(
    "schema", [SCHEMA, Schema.commerce(), STORE], ids=["own", "commerce", "store"]
)
def test_every_example_is_a_rule(schema: Schema) -> None:
    """The example of a name can be used as it is, and speaks of the name as rules write it."""
    for name in schema.names():
        assert Rule(name.example, schema)
        said = name.event_type if name.kind == "event type" else name.text
        assert said is not None
        assert said.replace("'", r"\'") in name.example or said in name.example


def test_names_are_complete_and_in_order() -> None:
    """Attributes come first, then event types with their properties, then collections."""
    told = [(name.kind, name.path, name.event_type) for name in NAMES if name.kind != "field"]
    assert told == [
        *(("attribute", path, None) for path in SCHEMA.attributes),
        ("event type", "purchase", "purchase"),
        *(("property", path, "purchase") for path in SCHEMA.events["purchase"].properties),
        ("event type", "it's", "it's"),
        ("collection", "orders", "purchase"),
        ("collection", "type", "it's"),
    ]


def test_what_a_name_says() -> None:
    """A name says its type, what it follows from, its values and its words for people."""
    by_path = {name.path: name for name in NAMES}
    assert by_path["spent"].type == "number"
    assert by_path["spent"].derived == "sum of total of orders"
    assert by_path["lastOrderAt"].type == "instant"
    assert by_path["tier"].type == "text"
    assert by_path["tier"].is_staged
    assert by_path["tier"].values == ("gold",)
    assert by_path["nickname"].description == "what friends say"
    assert by_path["purchase"].description == "an order"
    assert by_path["count"].text == "`count`"
    assert by_path["type"].text == "`type`"
    assert by_path["it's"].text == r"'it\'s'"
    assert by_path["orders"].type is None
    assert by_path["orders"].operators == ()


def test_fields_come_after_their_list() -> None:
    """The fields of the objects in a list come after it, and name the lists they are inside."""
    told = [(name.path, name.lists) for name in NAMES]
    assert told[told.index(("wishes", ())) + 1 :][:2] == [
        ("sku", ("wishes",)),
        ("set", ("wishes",)),
    ]
    assert told[told.index(("lines", ())) + 1 :][:5] == [
        ("sku", ("lines",)),
        ("size.eu", ("lines",)),
        ("parts", ("lines",)),
        ("sku", ("lines", "parts")),
        ("madeAt", ("lines", "parts")),
    ]
    by_place = {(name.path, name.lists): name for name in NAMES}
    assert by_place["sku", ("wishes",)].description == "as in the shop"
    assert by_place["set", ("wishes",)].text == "`set`"
    made = by_place["madeAt", ("lines", "parts")]
    assert made.event_type == "purchase"
    assert made.kind == "field"
    assert made.example == (
        "any event of type 'purchase' has lines has parts has madeAt within 30 days"
    )


def test_names_are_data() -> None:
    """A name is JSON's types, with a key for each field."""
    for name in NAMES:
        data = name.to_data()
        assert json.loads(json.dumps(data)) == data
        lists = {key: tuple(data[key]) for key in ("lists", "values", "operators")}
        assert SchemaName(**data | lists) == name


def test_an_open_schema_names_what_it_declares() -> None:
    """Of the names that an open schema accepts, those that are declared are told."""
    assert Schema.open().names() == ()
