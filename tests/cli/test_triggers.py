import json
from pathlib import Path

import pytest

from tests.cli.shop import Shell


def test_a_table(shell: Shell, shop: Path) -> None:
    """The table has each segment with what wakes it and how far back it looks."""
    result = shell("triggers", shop / "segments.toml")
    assert result.code == 0
    assert result.out.splitlines() == [
        "Segment         Woken by                     Looks back",
        "buyers          purchase                     purchase: all",
        "silent          the clock, every event       every event: all",
        "british-buyers  purchase, attribute country  purchase: all",
    ]


@pytest.mark.parametrize(
    ("rule", "row"),
    [
        ("any event of type 'purchase' within 36 hours", "purchase: 36 hours"),
        ("email is set", "rule     attribute email"),
        ("in segment 'press'", "rule     list press"),
        ("in cohort 'march'", "rule     cohort march"),
    ],
)
def test_a_rule(shell: Shell, rule: str, row: str) -> None:
    """A single rule is named `rule`."""
    result = shell("triggers", "--rule", rule, "--list", "press", "--cohort", "march")
    assert row in result.out


def test_json(shell: Shell, shop: Path) -> None:
    """In JSON, lengths are seconds and the whole history is null."""
    rule = "any event of type 'view' within 1 day AND any event of type 'purchase'"
    schema = shop / "schema.toml"
    data = json.loads(shell("triggers", "--schema", schema, "--rule", rule, "--format", "json").out)
    assert data == [
        {
            "segment": "rule",
            "events": ["purchase", "view"],
            "attributes": [],
            "lists": [],
            "cohorts": [],
            "clock": True,
            "lookback_seconds": {"purchase": None, "view": 86_400},
        }
    ]


def test_bad_rules_are_findings(shell: Shell) -> None:
    """A rule with errors ends the command with its findings."""
    result = shell("triggers", "--rule", "a ==")
    assert (result.code, result.out) == (1, "")
    assert "error[" in result.err
