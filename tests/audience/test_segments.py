"""Files of segments, and rules that refer to each other."""

from pathlib import Path

import pytest

from segrules import RuleError, Schema, SegmentError, load_segments
from segrules.audience.segments import build_rules, read_segments

SCHEMA = Schema.commerce()
FILE = """
[segments.outer]
name = "Outer"
description = "Everyone but the base"
rule = "NOT (in segment 'base')"

[segments.base]
rule = "country = 'GB'"
"""


def test_load(tmp_path: Path) -> None:
    """A file's segments come in its order, and may refer to what stands further down."""
    path = tmp_path / "segments.toml"
    path.write_text("\ufeff" + FILE, "utf-8")
    outer, base = load_segments(path, SCHEMA)
    assert (outer.id, outer.name, outer.description) == ("outer", "Outer", "Everyone but the base")
    assert (base.id, base.name, base.description) == ("base", "", "")
    assert outer.rule.segments["base"] == base.rule


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("segments = 1", "segments: expected a table, found a number"),
        ("[segments]\nx = 'no event'", "segments.x: expected a table"),
        ("[segments.x]\nname = 'X'", "segments.x.rule: this key is missing"),
        ("[segments.x]\nrule = 5", "segments.x.rule: expected text, found a number"),
        ("[segments.x]\nrule = 'no event'\nrul = ''", "unknown key `rul`"),
        ("[segments.x", "is not TOML"),
        ("", "segments: this key is missing"),
    ],
)
def test_misfits(text: str, words: str) -> None:
    """What is no file of segments is refused with its name and key."""
    with pytest.raises(SegmentError, match=words) as error:
        read_segments(text, "shop.toml")
    assert str(error.value).startswith("shop.toml: ")


def test_unreadable(tmp_path: Path) -> None:
    """A file that is not there, or is not text, is refused by name."""
    with pytest.raises(SegmentError, match="no such file"):
        load_segments(tmp_path / "none.toml", SCHEMA)
    path = tmp_path / "binary.toml"
    path.write_bytes(b"\xff\xfe")
    with pytest.raises(SegmentError, match="not UTF-8"):
        load_segments(path, SCHEMA)


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
