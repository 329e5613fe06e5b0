"""The page on schemas."""

import re
import tomllib
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

import segrules
from segrules import Customer, Event, Rule, Schema
from tests.docs.pages import blocks, read

PAGE = "docs/schema.md"
COMMERCE = tomllib.loads((Path(segrules.__file__).parent / "schema/commerce.toml").read_text())
NOON = datetime(2026, 3, 14, 12, tzinfo=UTC)


@pytest.fixture
def schema(tmp_path: Path) -> Schema:
    """Return the page's complete example."""
    path = tmp_path / "shop.toml"
    path.write_text(blocks(PAGE, "toml")[0].text, "utf-8")
    return Schema.load(path)


def test_every_key_is_shown(schema: Schema) -> None:
    """The complete example uses everything that a schema can say."""
    shown = blocks(PAGE, "toml")[0].text
    data = schema.to_data()
    keys = {key for each in data["attributes"].values() for key in each}
    assert keys == {
        *("type", "description", "values", "closed", "from", "updated_by", "derived", "stages")
    }
    tables = ("[undeclared]", "[collections]", "[events.")
    assert all(key in shown for key in ("timezone", "week_starts", "of = {", *tables))


def test_the_example_answers(schema: Schema) -> None:
    """Attributes that follow from events have their values without anybody setting them."""
    days = (1, 60)
    orders = [
        Event("purchase", at=NOON - timedelta(days=d), properties={"total": 60 + d}) for d in days
    ]
    ann = Customer("ann", {"address": {"city": "Bath"}}, orders)
    for text in (
        "totalSpent = 181",
        "recentOrders = 2",
        "bigOrders = 1",
        "stage = 'regular'",
        "address.city = 'Bath'",
        "lastOrderAt on 2026-03-13",
    ):
        assert Rule(text, schema).matches(ann, at=NOON), text
    later = NOON + timedelta(days=365)
    assert Rule("stage = 'lapsed'", schema).matches(ann, at=later)


def commerce_rows() -> Iterator[str]:
    """Yield the rows of tables that say what the ready-made store's file says."""
    types = Schema.commerce()._vocabulary.attributes
    for name, said in COMMERCE["attributes"].items():
        moved_by = _moved_by({} if isinstance(said, str) else said)
        yield f"| `{name}` | {types[name,].type} | {moved_by} |"
    for stage in COMMERCE["attributes"]["lifecycleStage"]["stages"]:
        yield f"| `{stage['value']}` | `{stage['rule']}` |"
    for name, said in COMMERCE["events"].items():
        properties = ", ".join(f"`{key}` {type_}" for key, type_ in said["properties"].items())
        yield f"| `{name}` | {properties} |"
    for name, event_type in COMMERCE["collections"].items():
        yield f"| `{name}` | `{event_type}` |"


def _moved_by(attribute: Mapping[str, Any]) -> str:
    match attribute:
        case {"derived": derivation}:
            return f"events: `{derivation}`"
        case {"stages": _}:
            return "its stages, below"
        case {"updated_by": events}:
            return "you, with the events " + ", ".join(f"`{event}`" for event in events)
        case _:
            return "you"


def test_the_ready_made_vocabulary() -> None:
    """The tables list what the ready-made store's file declares, in its order, and nothing else."""
    section = read(PAGE).split("## The vocabulary of a store\n")[1].split("\n## ")[0]
    assert re.findall(r"^\| `.*$", section, re.MULTILINE) == list(commerce_rows())
