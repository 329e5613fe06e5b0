"""Parsed TOML or JSON into definitions and back."""

from datetime import date
from pathlib import Path

import pytest
from attrs import frozen

from segrules import Attribute, Schema, SchemaError
from segrules.schema.files import (
    parse_toml,
    read_file,
    structure,
    structure_as,
    unstructure,
)
from tests.meaning.shop import SHOP


@frozen
class Broken:
    """A class whose own checks go wrong."""

    text: str

    def __attrs_post_init__(self) -> None:
        raise ArithmeticError(self.text)


def test_short_forms() -> None:
    """The name of a type stands for an attribute or a property of that type."""
    found = structure({"attributes": {"x": "text"}}, "shop")
    assert found["attributes"] == {"x": Attribute("text")}
    assert found["timezone"] == "UTC"


def test_everything_at_once() -> None:
    """Each misfit is named by its key, with what was expected and what to do."""
    data = {
        "attributes": {
            "it's": {"typ": "text", "zz": 1},
            "address": {"country": "text"},
            "x": {"type": "text", "values": "GB", "derived": {}},
            "y": {"stages": [{"value": "a"}, 5]},
            "z": date(2026, 3, 14),
        },
        "events": {"purchase": {"properties": {"total": {"descriptio": "x"}}, "zz": 1}},
        "collections": [],
        "colections": {},
        "timezone": None,
        "is_open": 1,
        5: 1,
    }
    keys = "`closed`, `derived`, `description`, `from`, `of`, `stages`, `type`, `updated_by`, …"
    with pytest.raises(SchemaError) as caught:
        structure(data, "shop")
    assert [str(found) for found in caught.value.findings] == [
        "attributes.it's: unknown key `typ` (did you mean `type`?)",
        (
            f"attributes.it's: unknown key `zz` (one of: {keys}; "
            'put a dotted name in quotes: `"it\'s.zz"`)'
        ),
        (
            f"attributes.address: unknown key `country` (one of: {keys}; "
            'put a dotted name in quotes: `"address.country"`)'
        ),
        "attributes.x.values: expected a list, found the text `GB`",
        "attributes.x.derived: expected text, found a table",
        "attributes.y.stages[0].rule: this key is missing",
        "attributes.y.stages[1]: expected a table, found a number",
        "attributes.z: expected a table or the name of a type, found `date`",
        "events.purchase.properties.total.type: this key is missing",
        "events.purchase.properties.total: unknown key `descriptio` (did you mean `description`?)",
        "events.purchase: unknown key `zz` (one of: `description`, `properties`)",
        "collections: expected a table, found a list",
        "timezone: expected text, found nothing",
        "is_open: expected true or false, found a number",
        (
            "unknown key `5` (one of: `attributes`, `collections`, `events`, `is_open`, "
            "`timezone`, `undeclared`, `week_starts`)"
        ),
        "unknown key `colections` (did you mean `collections`?)",
    ]


@pytest.mark.parametrize("data", [5, [], "text", None])
def test_not_a_table(data: object) -> None:
    """The whole of it has to be a table."""
    with pytest.raises(SchemaError, match="shop: expected a table, found"):
        structure(data, "shop")


def test_tables_hold_text_for_keys() -> None:
    """A key that is not text is a misfit at that key."""
    with pytest.raises(SchemaError, match=r"shop: attributes\[5\]: expected text"):
        structure({"attributes": {5: "text"}}, "shop")


def test_what_is_no_misfit_is_not_hidden() -> None:
    """An error that comes from no data is raised as it is."""
    with pytest.raises(ArithmeticError):
        structure_as(Broken, {"text": "x"}, "shop")


def test_defaults_are_left_out() -> None:
    """What has its default is left out."""
    assert unstructure(Schema(attributes={"x": Attribute("text")})) == {
        "attributes": {"x": {"type": "text"}},
        "events": {},
        "collections": {},
        "timezone": "UTC",
        "week_starts": "monday",
        "is_open": False,
    }
    assert unstructure(SHOP)["events"]["view"] == {
        "properties": {"path": {"type": "text"}, "code": {"type": "number"}}
    }


def test_read(tmp_path: Path) -> None:
    """A file is read as UTF-8, its byte order mark left out."""
    path = tmp_path / "shop.toml"
    path.write_text("\ufeffname = 'Café'", "utf-8")
    assert parse_toml(read_file(path), "shop.toml") == {"name": "Café"}


def test_unreadable(tmp_path: Path) -> None:
    """What cannot be read is named, with the reason; nothing in it reaches a terminal raw."""
    binary = tmp_path / "binary.toml"
    binary.write_bytes(b"\xff\xfe")
    for path, said in (
        (tmp_path / "none.toml", "none.toml: no such file or directory"),
        (binary, "binary.toml: is not UTF-8 text"),
        (tmp_path, "is a directory"),
        ("x\0.toml", r"'x\x00.toml': is not a path"),
    ):
        with pytest.raises(SchemaError) as error:
            read_file(path)
        assert said in str(error.value)
        assert str(error.value).isprintable()


@pytest.mark.parametrize("text", ["a = [1", "a = " + "[" * 5000, "a = " + "1" * 5000])
def test_no_toml(text: str) -> None:
    """A text that is not TOML is refused under the name it was given."""
    with pytest.raises(SchemaError, match=r"^shop\.toml: is not TOML: "):
        parse_toml(text, "shop.toml")
