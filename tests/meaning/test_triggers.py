"""Triggers and lookback."""

from datetime import timedelta

import pytest

from segrules import Schema
from segrules.meaning.triggers import EVERY_TYPE, SLACK, find_lookback, find_triggers
from segrules.meaning.vocabulary import References
from segrules.results import Triggers
from tests.meaning.shop import REFERENCES, SHOP, mean

SEGMENTS = References(
    {"buyers": mean("count of orders > 0"), "fresh": mean("lastOrderAt within 1 day")},
    REFERENCES.lists,
    REFERENCES.cohorts,
)


def triggers(
    *events: str, attributes: str = "", lists: str = "", cohorts: str = "", clock: bool = False
) -> Triggers:
    words = [frozenset(each.split()) for each in (attributes, lists, cohorts)]
    return Triggers(frozenset(events), words[0], words[1], words[2], clock)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("country = 'GB'", triggers(attributes="country")),
        ("address.country = 'GB'", triggers(attributes="address")),
        ("optIn = true", triggers("view", attributes="optIn")),
        ("renewsAt is set", triggers(attributes="renewsAt")),
        ("renewsAt within 1 day", triggers(attributes="renewsAt", clock=True)),
        ("renewsAt in 2026", triggers(attributes="renewsAt")),
        ("spent > 5", triggers("purchase")),
        ("lastOrderAt within 1 day", triggers("purchase", clock=True)),
        ("lastOrderAt in 2026-03", triggers("purchase")),
        ("lastOrderAt since 2026-03-14", triggers("purchase")),
        ("lastOrderAt before 1 day ago", triggers("purchase", clock=True)),
        ("lastOrderAt after 1 day ago", triggers("purchase", clock=True)),
        ("any event", triggers(EVERY_TYPE)),
        ("any event AND count of orders > 1", triggers(EVERY_TYPE)),
        ("no event of type 'view' in this week", triggers("view", clock=True)),
        ("any event of type 'purchase' has shipsAt within 1 day", triggers("purchase", clock=True)),
        ("any event of type 'purchase' has shipsAt in 2026", triggers("purchase")),
        ("tier = 'gold'", triggers(attributes="points")),
        ("in segment 'picked'", triggers(lists="picked")),
        ("NOT in cohort 'march'", triggers(cohorts="march")),
        ("in segment 'buyers'", triggers("purchase")),
        ("in segment 'fresh' OR points = 1", triggers("purchase", attributes="points", clock=True)),
        (
            "any event of type 'view' AND count of orders since that view > 1",
            triggers("view", "purchase"),
        ),
        (
            "any event of type 'view' within 1 day AND renewsAt after that view",
            triggers("view", attributes="renewsAt", clock=True),
        ),
    ],
)
def test_triggers(text: str, expected: Triggers) -> None:
    """A rule is woken by what it asks about, through stages, segments, filters and `that`."""
    meant = mean(text, references=SEGMENTS)
    assert find_triggers(meant, SHOP._vocabulary) == expected


STAGED = Schema.from_data(
    {
        "attributes": {
            "stage": {
                "stages": [
                    {"value": "a", "rule": "any event of type 'x'"},
                    {"value": "b", "rule": "any event of type 'y'"},
                    {"value": "c", "rule": "any event of type 'z'"},
                ]
            }
        },
        "events": {"x": {}, "y": {}, "z": {}},
    }
)


@pytest.mark.parametrize(
    ("text", "events"),
    [
        ("stage = 'a'", "x"),
        ("stage = 'b'", "xy"),
        ("stage in ('a', 'b')", "xy"),
        ("stage != 'c'", "xyz"),
        ("stage is set", "xyz"),
        ("stage > 'a'", "xyz"),
    ],
)
def test_stages(text: str, events: str) -> None:
    """A stage waits for what may bring it or an earlier one about; those after it do not matter."""
    meant = mean(text, STAGED)
    assert find_triggers(meant, STAGED._vocabulary) == triggers(*events)


def test_wakes_on() -> None:
    """A page view wakes neither a rule on orders nor one on carts, but one on any event."""
    assert triggers("purchase").wakes_on("purchase")
    assert not triggers("purchase").wakes_on("view")
    assert triggers(EVERY_TYPE).wakes_on("view")


def test_open() -> None:
    """In an open schema an attribute is moved by its host alone."""
    schema = Schema.open()
    assert find_triggers(mean("a.b = 1", schema), schema._vocabulary) == triggers(attributes="a")


@pytest.mark.parametrize(
    ("text", "reach"),
    [
        ("country = 'GB'", {}),
        ("any event of type 'view'", {"view": None}),
        ("any event within 1 day", {EVERY_TYPE: timedelta(days=1)}),
        ("count of orders within 2 months > 1", {"purchase": timedelta(days=62) + SLACK}),
        ("count of orders in this week > 1", {"purchase": timedelta(days=7) + SLACK}),
        ("count of orders in last month > 1", {"purchase": timedelta(days=62) + SLACK}),
        ("count of orders since 2026-03-14 > 1", {"purchase": None}),
        ("count of orders before 1 day ago > 1", {"purchase": None}),
        ("lastOrderAt within 1 day", {"purchase": timedelta(days=1)}),
        ("lastOrderAt is set", {"purchase": None}),
        ("first event of type 'view' within 1 day", {"view": None}),
        (
            "lastOrderAt within 1 day AND lastOrderAt within 3 days AND lastOrderAt within 2 days",
            {"purchase": timedelta(days=3)},
        ),
        ("lastOrderAt is set AND lastOrderAt within 2 days", {"purchase": None}),
        (
            "last event of type 'view' within 1 day AND no event since that view",
            {"view": timedelta(days=1), EVERY_TYPE: timedelta(days=1)},
        ),
    ],
)
def test_lookback(text: str, reach: dict[str, timedelta | None]) -> None:
    """A rule needs no more of a type's history than its longest window, or all of it."""
    assert find_lookback(mean(text)) == reach
