"""Which segments a fact may concern."""

from segrules import Rule, Schema
from segrules.audience.routes import Routes, find_routes

SCHEMA = Schema.commerce()


def test_routes() -> None:
    """A fact leads to the segments whose rules it can change, in the order they were added."""
    texts = {
        "any": "no event within 30 days",
        "buyers": "count of orders > 0",
        "press": "in segment 'picked' AND country = 'GB'",
        "opted": "emailOptIn = true",
    }
    routes = find_routes({k: Rule(text, SCHEMA, lists=["picked"]) for k, text in texts.items()})
    assert routes.by_type["purchase"] == ("any", "buyers")
    assert routes.by_type["opted_in"] == ("any", "opted")
    assert routes.every_type == ("any",)
    assert routes.by_attribute == {"country": ("press",), "emailOptIn": ("opted",)}
    assert routes.by_list == {"picked": ("press",)}


def test_no_segments() -> None:
    """Without segments nothing leads anywhere."""
    routes = find_routes({})
    assert routes == Routes({}, (), {}, {})
