"""Schemas written as TOML."""

import tomllib
from pathlib import Path
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from segrules import Attribute, EventType, Property, Schema, Stage
from segrules.schema.toml import write_toml

TEXTS = st.text(max_size=6) | st.sampled_from(
    ["\x7f", '"', "\\", "'''", "a.b", "é", "\x00", "x" * 200]
)
VALUES: st.SearchStrategy[Any] = st.recursive(
    TEXTS | st.booleans(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(TEXTS, inner, max_size=4),
    max_leaves=12,
)

FULL = Schema(
    timezone="Europe/London",
    week_starts="sunday",
    attributes={
        "plan": Attribute("text", values=["free", "plus"], closed=False),
        "address.city": Attribute("text", description='where "home" is\nin one line'),
        "addresses": Attribute("objects", of={"geo.country": Property("text", values=["GB"])}),
        "stage": Attribute(stages=[Stage("buyer", "any event of type 'purchase'")]),
        "birthday": Attribute("instant", from_="date", updated_by=["bare"]),
        "spent": Attribute(derived="sum of total of orders"),
    },
    events={
        "purchase": EventType(properties={"total": Property("number", "money")}),
        "it's `odd`, \x7f and é": EventType("any text is a name"),
        "bare": EventType(),
    },
    collections={"orders": "purchase"},
)


@given(st.dictionaries(TEXTS, VALUES, max_size=5))
def test_read_back(data: dict[str, Any]) -> None:
    """TOML that is written is read back by the standard library as what it was."""
    assert tomllib.loads(write_toml(data)) == data


def test_schemas(tmp_path: Path) -> None:
    """A schema of every kind is loaded from its own text as an equal one."""
    for schema in (FULL, Schema.commerce(timezone="Asia/Tokyo"), Schema.open(), Schema()):
        path = tmp_path / "schema.toml"
        path.write_text(schema.to_toml(), "utf-8")
        assert tomllib.loads(schema.to_toml()) == schema.to_data()
        assert Schema.load(path) == schema


def test_layout() -> None:
    """What fits a line is on one; what is deep or long has a table of its own."""
    long = [f"value number {number}" for number in range(10)]
    data = {
        "attributes": {"a b": {"type": "text"}, "long": {"values": long}, "one": {"of": {"x": {}}}},
        "timezone": "UTC",
        "events": {},
    }
    lines = write_toml(data, ("said first",)).splitlines()
    assert lines[:8] == [
        "# said first",
        'timezone = "UTC"',
        "",
        "[attributes]",
        '"a b" = { type = "text" }',
        "",
        "[attributes.long]",
        "values = [",
    ]
    assert lines[8] == '    "value number 0",'
    assert lines[-6:] == ["]", "", "[attributes.one.of]", "x = {}", "", "[events]"]


def test_comments_stay_comments() -> None:
    """A comment is one line, whatever is in it."""
    assert write_toml({}, ("a\nb = 1\x00",)) == "# a\ufffdb = 1\ufffd\n"
