"""Schemas from files and from Python."""

import copy
import pickle
from pathlib import Path
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from segrules import Attribute, EventType, Property, Schema, SchemaError, SegrulesError, Stage
from tests.meaning.shop import SHOP

TOML = """
timezone = "Europe/London"
week_starts = "sunday"

[attributes]
country = "text"
"address.city" = { type = "text", description = "as typed" }
spent = { derived = "sum of total of orders" }

[collections]
orders = "purchase"

[events.purchase.properties]
total = "number"
"""

IN_PYTHON = Schema(
    timezone="Europe/London",
    week_starts="sunday",
    attributes={
        "country": Attribute("text"),
        "address.city": Attribute("text", description="as typed"),
        "spent": Attribute(derived="sum of total of orders"),
    },
    collections={"orders": "purchase"},
    events={"purchase": EventType(properties={"total": Property("number")})},
)


def test_from_a_file(tmp_path: Path) -> None:
    """A file and Python say the same thing, and make equal schemas."""
    path = tmp_path / "shop.toml"
    path.write_text(TOML, "utf-8-sig")
    schema = Schema.load(path)
    assert schema == IN_PYTHON
    assert hash(schema) == hash(IN_PYTHON)
    assert schema.name == str(path)
    assert repr(schema) == f"<Schema {str(path)!r} (3 attributes, 1 event type, Europe/London)>"


def test_data_there_and_back() -> None:
    """A schema's data make the same schema again."""
    for schema in (SHOP, IN_PYTHON, Schema.commerce(), Schema.open()):
        again = Schema.from_data(schema.to_data(), name="again")
        assert again == schema
        assert again._vocabulary == schema._vocabulary


def test_values() -> None:
    """Schemas are values: equal by their definitions, under any name."""
    assert Schema(name="a") == Schema(name="b")
    assert len({Schema(name="a"), Schema(name="b")}) == 1
    assert Schema() != Schema.open()
    assert Schema() != Schema(timezone="Europe/London")
    assert Schema() != "schema"
    assert pickle.loads(pickle.dumps(SHOP)) == SHOP
    assert pickle.loads(pickle.dumps(SHOP)).name == "shop"
    assert copy.deepcopy(SHOP) == SHOP


def test_frozen() -> None:
    """Nothing can be changed after a schema has been checked."""
    with pytest.raises(AttributeError):
        SHOP.timezone = "UTC"  # type: ignore[misc]
    with pytest.raises(TypeError):
        SHOP.attributes["x"] = Attribute("text")  # type: ignore[index]
    with pytest.raises(TypeError):
        SHOP.events["view"].properties["x"] = Property("text")  # type: ignore[index]
    given = {"x": Attribute("text")}
    schema = Schema(attributes=given)
    given["y"] = Attribute("text")
    assert list(schema.attributes) == ["x"]


def test_ready_made() -> None:
    """The ready-made schemas take the merchant's time zone and week."""
    commerce = Schema.commerce(timezone="Europe/London", week_starts="sunday")
    assert commerce._vocabulary.calendar.zone.key == "Europe/London"
    assert commerce._vocabulary.calendar.week_starts == 6
    assert commerce.collections["orders"] == "purchase"
    assert Schema.open(timezone="Europe/London").timezone == "Europe/London"


@pytest.mark.parametrize(
    ("written", "message"),
    [
        (b"timezone = ", "is not TOML: Invalid value"),
        (b"\xff", "is not UTF-8 text"),
        (b"x = " + b"[" * 100_000, "is not TOML"),
        (b"zone = 'UTC'", r"zone"),
        (b"attributes.x = 5", "attributes.x: expected a table or the name of a type"),
    ],
)
def test_files_refused(tmp_path: Path, written: bytes, message: str) -> None:
    """What is wrong with a file is reported with its name."""
    path = tmp_path / "shop.toml"
    path.write_bytes(written)
    with pytest.raises(SchemaError, match=message) as caught:
        Schema.load(path)
    assert str(caught.value).startswith(f"{path}: ")


@pytest.mark.parametrize("path", ["", "no/such/file.toml", "\0"])
def test_no_file(path: str) -> None:
    """A file that cannot be read is our own error, too."""
    with pytest.raises(SegrulesError):
        Schema.load(path)


@pytest.mark.parametrize(
    ("definitions", "finding"),
    [
        ({"attributes": 5}, "attributes: expected a table, found a number"),
        ({"attributes": ["x"]}, "attributes: expected a table, found a list"),
        (
            {"attributes": {"x": None}},
            "attributes.x: expected a table or the name of a type, found nothing",
        ),
        (
            {"attributes": {"x": EventType()}},
            "attributes.x: expected a table or the name of a type, found `EventType`",
        ),
        ({"attributes": {5: Attribute("text")}}, "attributes[5]: expected text, found a number"),
        (
            {"attributes": {"x": Attribute("txt")}},  # type: ignore[arg-type]
            "attributes.x.type: unknown `txt` (did you mean `text`?)",
        ),
        (
            {"attributes": {"x": Attribute(["text"])}},  # type: ignore[arg-type]
            (
                "attributes.x.type: expected one of `text`, `number`, `boolean`, `instant`, "
                "`tags`, `objects`, found a list"
            ),
        ),
        (
            {"attributes": {"x": Attribute("text", values="GB")}},
            "attributes.x.values: expected a list, found the text `GB`",
        ),
        (
            {"attributes": {"x": Attribute("text", values=["GB", 5])}},
            "attributes.x.values[1]: expected text, found a number",
        ),
        (
            {"attributes": {"x": Attribute(stages=[Stage("a", 5)])}},  # type: ignore[arg-type]
            "attributes.x.stages[0].rule: expected text, found a number",
        ),
        (
            {"attributes": {"x": Attribute(derived=True)}},  # type: ignore[arg-type]
            "attributes.x.derived: expected text, found true or false",
        ),
        ({"events": {"x": EventType(properties=5)}}, "events.x.properties: expected a table"),  # type: ignore[arg-type]
        ({"collections": {"x": 5}}, "collections.x: expected text, found a number"),
        ({"timezone": 5}, "timezone: expected text, found a number"),
        ({"is_open": "yes"}, "is_open: expected true or false, found the text `yes`"),
    ],
)
def test_python_is_checked_like_files(definitions: dict[str, object], finding: str) -> None:
    """What Python gets wrong raises the schema's own error, which names the key."""
    with pytest.raises(SchemaError) as caught:
        Schema(**definitions)  # type: ignore[arg-type]  # that is the point
    (found,) = caught.value.findings
    assert str(found).startswith(finding)
    assert str(caught.value).startswith(f"schema: {finding}")


def test_python_may_say_it_shortly() -> None:
    """The short forms of a file work in Python, too."""
    short = Schema(attributes={"x": "text"})  # type: ignore[dict-item]  # a file may
    assert short == Schema(attributes={"x": Attribute("text")})
    assert short.attributes["x"] == Attribute("text")


_KEYS = st.sampled_from(
    ["attributes", "events", "collections", "timezone", "is_open", "type", "values", "derived",
     "stages", "updated_by", "properties", "rule", "value", "a", "a.b", ""]
)  # fmt: skip
_LEAVES = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(),
    st.floats(),
    st.dates(),
    st.text(max_size=5),
    st.sampled_from(["text", "number", "UTC", "count of events", "a = 'x'", "any event"]),
)
_DATA = st.recursive(
    _LEAVES,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(_KEYS | _LEAVES, inner, max_size=4),
)
_SHAPED = st.fixed_dictionaries(
    {},
    optional={
        "attributes": st.dictionaries(_KEYS, _DATA, max_size=4) | _DATA,
        "events": st.dictionaries(_KEYS, _DATA, max_size=3) | _DATA,
        "collections": st.dictionaries(_KEYS, _LEAVES, max_size=2) | _DATA,
        "is_open": st.booleans(),
    },
)


@given(_DATA | _SHAPED)
@example({"attributes": {"a": {"type": float("nan")}}})
def test_only_our_own_errors(data: Any) -> None:
    """Any data make a schema that writes the same data back, or raise our own error."""
    try:
        schema = Schema.from_data(data)
    except SchemaError as error:
        told = str(error)
    else:
        told = "schema: "
        assert Schema.from_data(schema.to_data()) == schema
    assert told.startswith("schema: ")
