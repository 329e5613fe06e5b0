"""The parts of a plan in words."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from segrules import Engine, Rule
from segrules.evaluation.canonical import canonize
from segrules.plan.describe import describe_atom, describe_source
from segrules.plan.formula import find_atoms
from segrules.rule import condition_of
from tests.strategies.store import SCHEMA


@pytest.mark.parametrize(
    ("text", "source", "test"),
    [
        ("country = 'GB'", "attribute country", "= 'GB'"),
        ("country in ('GB', 'US')", "attribute country", "in ('GB', 'US')"),
        ("address.city starts with 'L'", "attribute address.city", "starts with 'L'"),
        ("tags contains any ('vip', 'b2b')", "attribute tags", "contains any ('vip', 'b2b')"),
        ("points > 2", "attribute points", "> 2"),
        ("points is set", "attribute points", "is set"),
        ("renewsAt within next 2 days", "instant renewsAt", "after now up to 2 days ahead"),
        ("renewsAt within 90 min", "instant renewsAt", "within 90 minutes"),
        ("any event", "newest of any event", "is there"),
        ("any event within 1 day", "newest of any event", "within 1 day"),
        ("last event before 36h ago", "newest of any event", "up to 36 hours ago"),
        ("any event within 2 months", "newest of any event", "after 2 months ago"),
        ("any event within 1 month", "newest of any event", "after 1 month ago"),
        ("any event in this week", "newest of any event", "after the start of this week"),
        (
            "last event in last month",
            "newest of any event",
            "after the start of this month -1 up to the start of this month",
        ),
        ("first event of type 'cart'", "first of cart", "is there"),
        (
            "last event of type 'cart' has total > 2",
            "last of cart, if it has total > 2",
            "is there",
        ),
        (
            "any event of type 'view' has (device = 'mobile' OR NOT (path is set))",
            "newest of view has (device = 'mobile' OR NOT path is set)",
            "is there",
        ),
        ("count of orders within 7 days >= 3", "newest but 2 of purchase", "within 7 days"),
        ("count of orders >= 3", "count of purchase", ">= 3"),
        (
            "sum of total of orders before 2026-03-01 > 2.5",
            "sum of purchase before 2026-03-01 with total",
            "> 2.5",
        ),
        (
            "max of total of orders in 2026-03-28 > 2.5",
            "max of purchase since 2026-03-28 before 2026-03-29 with total",
            "> 2.5",
        ),
        (
            "count of distinct total of orders within 1h >= 2",
            "count of distinct purchase with total within 1 hour",
            ">= 2",
        ),
        ("in segment 'picked'", "in list 'picked'", "is so"),
        (
            "any event of type 'cart' has expiresAt within 7 days",
            "by itself: count of cart has expiresAt within 7 days >= 1",
            "is so",
        ),
    ],
)
def test_words(text: str, source: str, test: str) -> None:
    """A source says what is looked at, an atom what is asked of it."""
    rule = Rule(text, SCHEMA, lists=["picked"])
    [atom] = find_atoms(canonize(condition_of(rule)))
    assert (describe_source(atom.source), describe_atom(atom)) == (source, test)


def test_plan() -> None:
    """A plan shows each stream, what looks at it, and how many segments share an atom."""
    engine = Engine(SCHEMA)
    engine.add_segments(
        {
            "active": "any event of type 'view' within 7 days",
            "calm": "no event of type 'view' within 7 days AND country = 'GB'",
            "lively": "count of events of type 'view' within 7 days >= 3",
            "fresh": "any event of type 'view' within 1 day",
        }
    )
    assert repr(engine._core.upkeep.plan) == "<Plan (4 segments: 1 stream, 3 families, 4 atoms)>"
    assert engine.explain_plan() == (
        "<Plan (4 segments: 1 stream, 3 families, 4 atoms)>\n"
        "\n"
        "stream: view\n"
        "  newest of view\n"
        "    within 7 days  (2)\n"
        "    within 1 day  (1)\n"
        "  newest but 2 of view\n"
        "    within 7 days  (1)\n"
        "\n"
        "without a stream:\n"
        "  attribute country\n"
        "    = 'GB'  (1)"
    )


SCRIPT = """
from tests.evaluation.planned import plan_of

types = ("purchase", "view", "cart", "signup")
texts = [f"any event of type '{kind}' within 7 days" for kind in types]
print(plan_of("any event AND tags contains any ('vip', 'b2b')", *texts).explain())
"""


def test_same_in_every_run() -> None:
    """The words are in the same order whatever Python's hashes are."""
    told = {
        subprocess.run(  # noqa: S603  # the script above
            [sys.executable, "-c", SCRIPT],
            cwd=Path(__file__).parents[2],
            env={**os.environ, "PYTHONHASHSEED": seed},
            check=True,
            capture_output=True,
        ).stdout
        for seed in "123"
    }
    assert len(told) == 1
