"""Files of segments."""

from pathlib import Path
from typing import Any

import pytest

from segrules import Schema, SegmentError, load_segments
from segrules.audience.catalogue.segment_text import read_segments, refuse_misfits
from segrules.errors import ArgumentError
from segrules.results import Source

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
    assert (outer.name, outer.title, outer.description) == (
        "outer",
        "Outer",
        "Everyone but the base",
    )
    assert (base.name, base.title, base.description) == ("base", "", "")
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
        refuse_misfits(read_segments(Source(text, "shop.toml")))
    assert str(error.value).startswith("shop.toml: ")


def test_unreadable(tmp_path: Path) -> None:
    """A file that is not there, or is not text, is refused by name."""
    with pytest.raises(SegmentError, match="no such file"):
        load_segments(tmp_path / "none.toml", SCHEMA)
    path = tmp_path / "binary.toml"
    path.write_bytes(b"\xff\xfe")
    with pytest.raises(SegmentError, match="not UTF-8"):
        load_segments(path, SCHEMA)


@pytest.mark.parametrize(
    ("path", "schema", "lists", "said"),
    [
        (5, SCHEMA, (), "named by its path, not `int`"),
        ("x.toml", "shop", (), "must be a `Schema`, not `str`"),
        ("x.toml", SCHEMA, "vip", "`lists` must be a collection"),
    ],
)
def test_wrong_types(path: Any, schema: Any, lists: Any, said: str) -> None:
    """Arguments of the wrong type are refused in words; a text is no collection of lists."""
    with pytest.raises(ArgumentError, match=said):
        load_segments(path, schema, lists=lists)
