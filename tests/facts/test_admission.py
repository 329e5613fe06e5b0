"""Facts at the door, where they have to fit the schema."""

from typing import Any

import pytest
from attrs import evolve

from segrules import FactError, Schema
from segrules.facts.admission import admit_attributes, admit_event
from segrules.facts.values import to_facts
from segrules.meaning.vocabulary import Entry
from tests.evaluation.facing import day, event

SCHEMA = Schema.from_data(
    {
        "attributes": {
            "name": "text",
            "points": "number",
            "optIn": "boolean",
            "renewsAt": "instant",
            "tags": {"type": "tags", "values": ["vip", "b2b"]},
            "country": {"type": "text", "values": ["GB", "US"]},
            "address.city": "text",
            "spent": {"derived": "sum of total of orders"},
        },
        "collections": {"orders": "purchase"},
        "events": {"purchase": {"properties": {"total": "number", "ship.city": "text"}}},
    }
)._vocabulary
OPEN = Schema.open()._vocabulary


def admit(**attributes: Any) -> None:
    admit_attributes(to_facts(attributes, "attributes"), SCHEMA)


def test_fitting() -> None:
    """Facts that fit the schema are let in, and so is what is missing or not declared."""
    admit(name="Al", points=5, optIn=True, renewsAt=day(1), tags=["vip"], country="GB")
    admit(name=None, tags=[], address={"city": "London", "street": 5})
    admit_event(event("purchase", 1, total=0.5, note=True, ship={"city": "London"}), SCHEMA)


def test_open() -> None:
    """An open schema lets everything in."""
    admit_attributes({"anything": 5}, OPEN)
    admit_event(event("anything", 1, total="5"), OPEN)


def test_untyped() -> None:
    """A word without a type lets any value in."""
    untyped = evolve(SCHEMA, events={"purchase": {("total",): Entry(None)}})
    admit_event(event("purchase", 1, total="5"), untyped)


@pytest.mark.parametrize(
    ("attributes", "said"),
    [
        ({"nam": "Al"}, "unknown attribute `nam`: did you mean `name`?"),
        ({"points": "4111"}, "`points` must be a number, not text"),
        ({"points": True}, "`points` must be a number, not true or false"),
        ({"name": 4111}, "`name` must be text, not a number"),
        ({"name": {"first": "Al"}}, "`name` must be text, not a mapping"),
        ({"optIn": 1}, "`optIn` must be true or false, not a number"),
        ({"tags": "vip"}, "`tags` must be a collection of text, not text"),
        ({"tags": ["vip", "4111"]}, "`tags` is none of the values that the schema lists"),
        ({"country": "FR"}, "`country` is none of the values that the schema lists"),
        ({"address": {"city": 4111}}, "`address.city` must be text, not a number"),
        ({"spent": 5}, "`spent` follows from events and cannot be set: send the events"),
    ],
)
def test_misfits(attributes: dict[str, Any], said: str) -> None:
    """What does not fit is refused by its place, and its value never printed."""
    with pytest.raises(FactError) as caught:
        admit(**attributes)
    assert str(caught.value) == said


def test_events() -> None:
    """Events of an unknown type, and properties that misfit, are refused."""
    with pytest.raises(FactError, match=r"^unknown event type `purchas`: did you mean"):
        admit_event(event("purchas", 1), SCHEMA)
    with pytest.raises(FactError) as caught:
        admit_event(event("purchase", 1, ship={"city": 4111}), SCHEMA)
    assert str(caught.value) == "`ship.city` of a `purchase` event must be text, not a number"
