"""From definitions to a vocabulary."""

from typing import Any

import pytest

from segrules import Schema, SchemaError
from segrules.meaning.conditions import AggregateTest, Attribute, EventTest
from segrules.meaning.vocabulary import StagedAttribute
from tests.meaning.shop import SHOP, mean

EVENTS = {"purchase": {"properties": {"total": "number"}}}


def refuse(**data: Any) -> list[str]:
    """Return the findings on a schema's data."""
    with pytest.raises(SchemaError) as caught:
        Schema.from_data(data)
    return [str(finding) for finding in caught.value.findings]


def test_words() -> None:
    """Each attribute is found by its path, with its type and what it stands for."""
    entries = SHOP._vocabulary.attributes
    assert entries[("address", "country")].meaning == Attribute(("address", "country"))
    assert entries[("optIn",)].updated_by == ("view",)
    assert isinstance(entries[("lastOrderAt",)].meaning, EventTest)
    assert entries[("lastOrderAt",)].type == "instant"
    assert isinstance(entries[("spent",)].meaning, AggregateTest)
    assert entries[("spent",)].type == "number"
    assert isinstance(entries[("tier",)].meaning, StagedAttribute)
    assert entries[("tier",)].values == ("gold", "grey")
    assert SHOP._vocabulary.events["view"][("code",)].type == "number"


def test_stages_in_any_order() -> None:
    """Stages may mention stages that are declared later, as long as there is no circle."""
    schema = Schema.from_data(
        {
            "attributes": {
                "c": {"stages": [{"value": "x", "rule": "b = 'x' OR a.`d` = 'x'"}]},
                "b": {"stages": [{"value": "x", "rule": "a.d = 'x'"}]},
                "a.d": {"stages": [{"value": "x", "rule": "any event"}], "values": ["x", "y"]},
            }
        }
    )
    assert mean("c = 'x' AND b is set AND a.d != 'y'", schema)


@pytest.mark.parametrize(
    ("data", "findings"),
    [
        ({"timezone": "Mars"}, ["timezone: unknown time zone `Mars` (such as `Europe/London`)"]),
        (
            {"timezone": "Europe/Londn"},
            ["timezone: unknown time zone `Europe/Londn` (did you mean `Europe/London`?)"],
        ),
        ({"timezone": ""}, ["timezone: unknown time zone `` (such as `Europe/London`)"]),
        ({"timezone": "../x"}, ["timezone: unknown time zone `../x` (such as `Europe/London`)"]),
        (
            {"week_starts": "Monday"},
            ["week_starts: unknown weekday `Monday` (did you mean `monday`?)"],
        ),
        (
            {"collections": {"orders": "purchas"}, "events": EVENTS},
            ["collections.orders: unknown event type `purchas` (did you mean `purchase`?)"],
        ),
        (
            {"attributes": {"x": {"type": "text", "updated_by": ["view"]}}, "events": EVENTS},
            ["attributes.x.updated_by: unknown event type `view` (one of: `purchase`)"],
        ),
        (
            {"attributes": {"x": {"description": "?"}}},
            [
                (
                    "attributes.x.type: an attribute needs a type "
                    "(one of: `text`, `number`, `boolean`, `instant`, `tags`, `objects`)"
                )
            ],
        ),
        (
            {"attributes": {"x": {"type": "number", "values": ["1"]}}},
            [
                (
                    "attributes.x.values: `number` cannot be limited to a list of values "
                    "(only text and tags can)"
                )
            ],
        ),
        (
            {"events": {"e": {"properties": {"x": {"type": "instant", "values": ["1"]}}}}},
            [
                (
                    "events.e.properties.x.values: `instant` cannot be limited to a list of values "
                    "(only text and tags can)"
                )
            ],
        ),
        (
            {
                "attributes": {"x": {"derived": "count of events", "updated_by": ["purchase"]}},
                "events": EVENTS,
            },
            ["attributes.x: `updated_by` and `derived` exclude each other (keep one)"],
        ),
        (
            {
                "attributes": {
                    "x": {
                        "derived": "count of events",
                        "stages": [{"value": "a", "rule": "any event"}],
                    }
                }
            },
            ["attributes.x: `derived` and `stages` exclude each other (keep one)"],
        ),
        (
            {"attributes": {"x": {"derived": "count of events", "type": "text"}}},
            ["attributes.x.type: this attribute is `number`, not `text`"],
        ),
        (
            {"attributes": {"x": {"derived": "count of events", "values": ["1"]}}},
            ["attributes.x.values: a derived attribute cannot have a list of values"],
        ),
        (
            {
                "attributes": {
                    "x": {"type": "number", "stages": [{"value": "a", "rule": "any event"}]}
                }
            },
            ["attributes.x.type: this attribute is `text`, not `number`"],
        ),
        (
            {
                "attributes": {
                    "x": {"values": ["b"], "stages": [{"value": "a", "rule": "any event"}]}
                }
            },
            ["attributes.x.stages[0].value: `a` is not among `values` (one of: `b`)"],
        ),
        (
            {"attributes": {"x": {"derived": "count orders"}}},
            [
                (
                    "attributes.x.derived: expected `of`, found `orders`\n"
                    "    count orders\n          ^^^^^^"
                )
            ],
        ),
        (
            {"attributes": {"x": {"derived": "sum of total of orders"}}, "events": EVENTS},
            [
                (
                    "attributes.x.derived: unknown collection `orders` (there are no collections)\n"
                    "    sum of total of orders\n                    ^^^^^^"
                )
            ],
        ),
        (
            {
                "attributes": {
                    "x": {
                        "stages": [
                            {"value": "a", "rule": "y = 1 AND z = 1"},
                            {"value": "b", "rule": "a ="},
                        ]
                    }
                }
            },
            [
                (
                    "attributes.x.stages[1].rule: expected a value such as `'loyal'` or `500`, "
                    "but the text ends here\n    a =\n       ^"
                ),
                (
                    "attributes.x.stages[0].rule: unknown attribute `y` (there are no attributes)\n"
                    "    y = 1 AND z = 1\n    ^"
                ),
                (
                    "attributes.x.stages[0].rule: unknown attribute `z` (there are no attributes)\n"
                    "    y = 1 AND z = 1\n              ^"
                ),
            ],
        ),
        (
            {"attributes": {"": "text", "a..b": "text", "c`d": "text", "e\nf": "text"}},
            [
                f"attributes.{name}: a name, and each of its dotted parts, is not empty "
                "and has no backtick"
                for name in ("", "a..b", "c`d", "e\nf")
            ],
        ),
        (
            {"events": {"": {}}, "collections": {"`": ""}},
            [
                "events: an event type's name is not empty",
                (
                    "collections.`: a name, and each of its dotted parts, is not empty "
                    "and has no backtick"
                ),
            ],
        ),
        (
            {"attributes": {"address": "text", "address.country": "text"}},
            [
                (
                    "attributes.address.country: it lies inside `address`, which holds a value of "
                    "its own (rename one of them)"
                )
            ],
        ),
        (
            {"events": {"e": {"properties": {"a.b.c": "text", "a": "number"}}}},
            [
                (
                    "events.e.properties.a.b.c: it lies inside `a`, which holds a value of "
                    "its own (rename one of them)"
                )
            ],
        ),
    ],
)
def test_refused(data: dict[str, Any], findings: list[str]) -> None:
    """What does not fit is named by its key, and by its place in a rule's text."""
    assert refuse(**data) == findings


def staged(*rules: str) -> dict[str, Any]:
    return {"stages": [{"value": "x", "rule": rule} for rule in rules]}


def test_circles() -> None:
    """Circles of stages are named once each; what merely leads into one is not blamed."""
    attributes = {
        "a": staged("b = 'x'"),
        "b": staged("count of events > 1", "c = 'x'"),
        "c": staged("a = 'x'"),
        "d": staged("d = 'x'"),
        "e": staged("a = 'x' AND d = 'x'"),
    }
    assert refuse(attributes=attributes) == [
        "attributes.a.stages: stages depend on each other in a circle: `a` → `b` → `c` → `a`",
        "attributes.d.stages: stages depend on each other in a circle: `d` → `d`",
    ]


def test_everything_at_once() -> None:
    """What is wrong here does not hide what is wrong there."""
    found = refuse(
        timezone="Mars",
        week_starts="x",
        collections={"orders": "x"},
        attributes={"a": {"derived": "x"}, "b": staged("c = 1"), "d": {}},
    )
    keys = [finding.split(": ")[0] for finding in found]
    assert keys == [
        "timezone",
        "week_starts",
        "collections.orders",
        "attributes.a.derived",
        "attributes.d.type",
        "attributes.b.stages[0].rule",
    ]


def test_open_schemas_may_speak_of_anything() -> None:
    """In an open schema event types need not be declared."""
    schema = Schema.from_data(
        {
            "is_open": True,
            "collections": {"orders": "purchase"},
            "attributes": {
                "x": {"type": "text", "updated_by": ["signup"]},
                "spent": {"derived": "sum of total of orders"},
            },
        }
    )
    assert schema._vocabulary.collections == {"orders": "purchase"}
