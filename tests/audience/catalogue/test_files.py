"""Files of segments."""

from datetime import UTC, datetime, time
from pathlib import Path
from typing import Any

import pytest

from segrules import (
    Engine,
    Origin,
    Refresh,
    Rule,
    RuleError,
    Schema,
    Segment,
    SegmentError,
    load_segments,
)
from segrules.audience.catalogue.segment_text import read_segments, refuse_misfits
from segrules.errors import ArgumentError
from segrules.results import SchemaFinding, Source

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


FULL = """
lists = ["press"]
cohorts = ["march"]

[segments.all]
name = "All"
rule = "in segment 'press' OR in cohort 'march'"
refresh = "daily at 06:30"
origin = { kind = "prompt", text = "everyone we know" }
"""


def test_everything(tmp_path: Path) -> None:
    """A file says of a segment all that a segment can say, and what its rules may refer to."""
    path = tmp_path / "segments.toml"
    path.write_text(FULL)
    (loaded,) = load_segments(path, SCHEMA)
    assert loaded == Segment(
        "all",
        Rule("in segment 'press' OR in cohort 'march'", SCHEMA, lists=["press"], cohorts=["march"]),
        "All",
        origin=Origin("prompt", "everyone we know"),
        refresh=Refresh.daily(time(6, 30)),
    )
    engine = Engine(SCHEMA)
    with pytest.raises(RuleError) as error:
        engine.add_segments([loaded])
    assert [found.help for found in error.value.findings] == [
        (
            "the engine does not have it: add it first, with `engine.lists.add` if it is a list, "
            "or `engine.add_segment`"
        ),
        "the engine does not have it: add it first, with `engine.cohorts.keep`",
    ]
    engine.lists.add("press")
    engine.advance_to(datetime(2026, 3, 1, tzinfo=UTC))
    engine.cohorts.take("march", "country = 'GB'")
    engine.add_segments(load_segments(path, SCHEMA))
    assert engine.segments["all"].refresh == Refresh.daily(time(6, 30))


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        ("live", Refresh.live()),
        ("on demand", Refresh.on_demand()),
        ("on_demand", Refresh.on_demand()),
        ("daily", Refresh.daily()),
        ("daily 06:00", Refresh.daily(time(6))),
        ("daily at 06:00:30", Refresh.daily(time(6, 0, 30))),
    ],
)
def test_refreshes(words: str, expected: Refresh) -> None:
    """A refresh is given in the words that it is shown in, or shorter ones."""
    text = f"[segments.a]\nrule = 'x = 1'\nrefresh = '{words}'"
    file = read_segments(Source(text))
    assert (file.segments["a"].refresh, file.misfits) == (expected, ())


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ("", "a refresh is `live`"),
        ("daily at 25:00", "a refresh is `live`"),
        ("hourly", "a refresh is `live`"),
        ("FREQ=DAILY;COUNT=3", "COUNT needs a DTSTART"),
        ("DTSTART:20240101T000000 RRULE:FREQ=OFTEN", "invalid 'FREQ'"),
        ("DTSTART;TZID=Mars/Base:20240101T000000 RRULE:FREQ=DAILY", "unknown time zone"),
    ],
)
def test_wrong_refreshes(words: str, said: str) -> None:
    """Other words are refused with the ways there are; no schedule begins at the present."""
    file = read_segments(Source(f"[segments.a]\nrule = 'x = 1'\nrefresh = '{words}'"))
    (misfit,) = file.misfits
    assert misfit.key == "segments.a.refresh"
    assert said in misfit.message


def test_all_that_is_wrong(tmp_path: Path) -> None:
    """Everything wrong in a file is in one error: keys, types, and rules with their places."""
    path = tmp_path / "segments.toml"
    path.write_text(
        "list = []\nlists = ['a', '']\n"
        "[segments.a]\nrule = 'in segment \"b c\"'\nrefresh = 'often'\n"
        "[segments.'b c']\nrul = ''\norigin = { kind = 'prompt', text = ' ' }\n"
        "[segments.c]\nrule = 'x ='\norigin = { kind = 'promt', text = 'x' }\n"
        "[segments.d]\n  rule = 'country == 1'\n"
        "[segments.'']\nrule = 'country = 1'\n"
    )
    with pytest.raises(SegmentError) as error:
        load_segments(path, SCHEMA)
    assert error.value.code == "segment-file"
    assert error.value.subject == str(path)
    keys = [found.key for found in error.value.findings if isinstance(found, SchemaFinding)]
    assert keys == [
        "",
        "segments.a.refresh",
        "segments.'b c'.rule",
        "segments.'b c'",
        "segments.c.origin.kind",
        "segments.''",
        "lists",
        "lists",
    ]
    lines = str(error.value).split("\n")
    assert [each for each in lines if each.startswith("  at ")] == [
        f"  at {path}:10:12 [segments.c]",
        f"  at {path}:13:19 [segments.d]",
    ]


@pytest.mark.parametrize(
    ("toml", "line", "column"),
    [
        ("[segments.x]\nrule = \"country = 'GB' AND county = 5\"", 2, 28),
        ("[segments.x]\n  rule = '''country = 'GB' AND county = 5'''", 2, 32),
        ("[segments.x]\nrule = '''\ncountry = 'GB'\nAND county = 5'''", 4, 5),
        ("[segments.x]\r\nrule = '''\r\ncountry = 'GB'\r\nAND county = 5'''\r\n", 4, 5),
        ('[segments.x]\nrule = """\ncountry = \'GB\' \\\n\n   AND county = 5"""', 5, 8),
        ('[segments.x]\nrule = "country = \\"GB\\" AND county = 5"', 2, 30),
        ("[segments.x]\nrule = \"country = '\\u00e9' AND county = 5\"", 2, 32),
        ("[segments.x]\nrule = \"country = 'GB'\\nAND county = 5\"", 2, 29),
        ("segments = { x = { rule = \"country = 'GB' AND county = 5\" } }", 1, 47),
        ("# rule = 'county'\nsegments.x.rule = \"country = 'GB' AND county = 5\"", 2, 39),
    ],
)
def test_places(tmp_path: Path, toml: str, line: int, column: int) -> None:
    """A finding is where the file has it, however TOML writes the rule."""
    path = tmp_path / "segments.toml"
    path.write_bytes(toml.encode())
    with pytest.raises(RuleError) as error:
        load_segments(path, SCHEMA)
    (found,) = error.value.findings
    data = found.to_data()
    assert (data["file"], data["key"]) == (str(path), "segments.x")
    assert (data["span"]["line"], data["span"]["column"]) == (line, column)
    assert toml[data["span"]["start"] : data["span"]["end"]] == "county"
    assert str(found).startswith(f"{path}:{line}:{column}: error: unknown attribute `county`")
    assert error.value.subject == "segments.x"


def test_a_circle_in_a_file(tmp_path: Path) -> None:
    """Segments that refer to each other in a circle are each shown where they do."""
    path = tmp_path / "segments.toml"
    path.write_text(
        "[segments.a]\nrule = \"in segment 'b'\"\n[segments.b]\nrule = \"in segment 'a'\""
    )
    with pytest.raises(RuleError) as error:
        load_segments(path, SCHEMA)
    assert [str(found).split(": ")[0] for found in error.value.findings] == [
        f"{path}:2:9",
        f"{path}:4:9",
    ]
