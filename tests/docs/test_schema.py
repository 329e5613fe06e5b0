"""The page on schemas."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from segrules import Customer, Event, Rule, Schema
from tests.docs.pages import blocks

PAGE = "docs/schema.md"
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
    assert keys == {"type", "description", "values", "updated_by", "derived", "stages"}
    assert all(key in shown for key in ("timezone", "week_starts", "[collections]", "[events."))


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
