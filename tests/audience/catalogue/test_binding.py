"""Rules that refer to each other."""

import pytest

from segrules import RuleError, Schema
from segrules.audience.catalogue.binding import build_rules

SCHEMA = Schema.commerce()


def test_every_finding() -> None:
    """Findings of all the rules are reported at once, in the file's order, once each."""
    with pytest.raises(RuleError) as error:
        build_rules(
            {
                "user": "in segment 'broken' AND in segment 'odd'",
                "broken": "country = ",
                "odd": "cuntry = 'GB'",
                "lost": "in segment 'nowhere'",
            },
            SCHEMA,
        )
    codes = [(f.source.name, f.code) for f in error.value.findings]
    assert codes == [
        ("segment broken", "syntax"),
        ("segment odd", "unknown-attribute"),
        ("segment lost", "unknown-segment"),
    ]


def test_circle() -> None:
    """A circle is found in each rule that is part of it, and named; its users are not blamed."""
    with pytest.raises(RuleError) as error:
        build_rules(
            {
                "a": "in segment 'b'",
                "b": "country = 'GB' AND in segment 'c'",
                "c": "in segment 'a'",
                "self": "NOT (in segment 'self')",
                "user": "in segment 'a'",
            },
            SCHEMA,
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
    rules = build_rules(texts | {"s30": "country = 'GB'"}, SCHEMA)
    assert rules["s0"].triggers.attributes == {"country"}
