"""A schema with words of every kind, and what a rule means in it."""

from segrules import Limits, Schema
from segrules.language.parser import parse
from segrules.meaning.checking.checker import check
from segrules.meaning.conditions import And, Condition
from segrules.meaning.vocabulary import References
from segrules.results import Source

SHOP = Schema.from_data(
    {
        "timezone": "Europe/London",
        "attributes": {
            "country": {"type": "text", "values": ["GB", "US"]},
            "address.country": "text",
            "cohort": "text",
            "points": "number",
            "optIn": {"type": "boolean", "updated_by": ["view"]},
            "renewsAt": "instant",
            "tags": {"type": "tags", "values": ["vip", "b2b"]},
            "wishes": {
                "type": "objects",
                "of": {
                    "sku": {"type": "text", "values": ["A-1", "A-2"]},
                    "price": "number",
                    "gift": "boolean",
                    "addedAt": "instant",
                    "size.eu": "number",
                    "colours": {"type": "objects", "of": {"name": "text", "codes": "tags"}},
                },
            },
            "lastOrderAt": {"derived": "time of last purchase"},
            "spent": {"derived": "sum of total of orders"},
            "tier": {
                "stages": [
                    {"value": "gold", "rule": "points > 10"},
                    {"value": "grey", "rule": "points is set"},
                ]
            },
        },
        "collections": {"orders": "purchase"},
        "events": {
            "purchase": {
                "properties": {
                    "total": "number",
                    "sku": "text",
                    "labels": "tags",
                    "lines": {"type": "objects", "of": {"sku": "text", "quantity": "number"}},
                    "gift": "boolean",
                    "shipsAt": "instant",
                    "code": "text",
                }
            },
            "view": {"properties": {"path": "text", "code": "number"}},
        },
    },
    name="shop",
)

REFERENCES = References(
    {"loyal": And(())}, lists=frozenset({"picked"}), cohorts=frozenset({"march"})
)


def mean(
    text: str,
    schema: Schema = SHOP,
    *,
    references: References = REFERENCES,
    limits: Limits = Limits(),
) -> Condition:
    """Return what a rule means."""
    source = Source(text)
    return check(parse(source, limits), source, schema._vocabulary, references, limits).condition
