"""Rules that refer to each other."""

from collections.abc import Mapping

import pytest

from segrules import Rule, RuleError, Schema
from segrules.audience.catalogue.binding import build_rules

SCHEMA = Schema.commerce()


def build(texts: Mapping[str, str]) -> dict[str, Rule]:
    """Return the rules of texts, each called by its segment."""
    return build_rules(texts, SCHEMA, names={key: f"segment {key}" for key in texts})


def test_every_finding() -> None:
    """Findings of all the rules are reported at once, in the file's order, once each."""
    with pytest.raises(RuleError) as error:
        build(
            {
                "user": "in segment 'broken' AND in segment 'odd'",
                "broken": "country = ",
                "odd": "cuntry = 'GB'",
                "lost": "in segment 'nowhere'",
            }
        )
    codes = [(f.source.name, f.code) for f in error.value.findings]
    assert codes == [
        ("segment broken", "syntax"),
        ("segment odd", "unknown-attribute"),
        ("segment lost", "unknown-segment"),
    ]


def test_names_help_here_too() -> None:
    """A text that cannot be parsed is explained by the names of the engine's schema."""
    with pytest.raises(RuleError) as error:
        build({"user": "total spent > 500"})
    assert error.value.findings[0].help == "write `totalSpent`"


def test_circle() -> None:
    """A circle is found in each rule that is part of it, and named; its users are not blamed."""
    with pytest.raises(RuleError) as error:
        build(
            {
                "a": "in segment 'b'",
                "b": "country = 'GB' AND in segment 'c'",
                "c": "in segment 'a'",
                "self": "NOT (in segment 'self')",
                "user": "in segment 'a'",
            }
        )
    found = {f.source.name: f.message for f in error.value.findings}
    assert found == {
        "segment a": "the segment refers to itself: `a` → `b` → `c` → `a`",
        "segment b": "the segment refers to itself: `b` → `c` → `a` → `b`",
        "segment c": "the segment refers to itself: `c` → `a` → `b` → `c`",
        "segment self": "the segment refers to itself: `self` → `self`",
    }


def test_long_chain() -> None:
    """A long chain of references needs no deep stack to be put in order."""
    texts = {f"s{n}": f"in segment 's{n + 1}'" for n in range(30)}
    rules = build(texts | {"s30": "country = 'GB'"})
    assert rules["s0"].triggers.attributes == {"country"}
