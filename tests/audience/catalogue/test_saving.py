"""Segments written to files."""

import tomllib
from datetime import UTC, datetime, time
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from attrs import evolve
from dateutil.rrule import DAILY, FR, MO, WEEKLY, rrule, rruleset
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from segrules import (
    Engine,
    Origin,
    Refresh,
    Rule,
    Schema,
    Segment,
    SegmentError,
    load_segments,
    save_segments,
)
from segrules.errors import ArgumentError

SCHEMA = Schema.commerce()
RULES = [
    "country = 'GB'",
    "country = 'GB'  # 'home'\nAND totalSpent > 5",
    'country = "GB"',
    "\ncountry = 'GB'\n",
    "city = 'a\\\\b'  # '''",
    "country = 'GB' # \"\"\"\nOR country = '\u00e9\U0001f642'",
    "in segment 'press'",
    "in cohort 'march' OR in segment 'press'",
]
FILE = """\
# What we sell to.

lists = ["staff"]  # not ours

# --- Everyday ---

# The big ones.
# Ask Ann before changing.
[segments.vip]   # since 2024
name = 'VIP'
rule = "totalSpent > 500"  # in pounds
# Not yet used.

# Those who left.
[segments.gone]
rule = '''
lastOrderAt before 90 days ago
'''

# --- Campaigns ---

# For March.
[segments.spring]
description = "Spring"
rule = "country = 'GB'"
refresh = "daily 06:00"
"""


def rule(text: str) -> Rule:
    return Rule(text, SCHEMA, lists=["press"], cohorts=["march"])


NAMES = st.sampled_from(["a", "b", "c d", "e'f", 'g"h', "é", "i.j", "lists"])
WORDS = st.text(st.sampled_from("ab '\"\\\n\t#=é\r\x00") | st.characters(codec="utf-8"), max_size=8)
ORIGINS = st.none() | st.builds(
    Origin, st.sampled_from(["prompt", "template", "author"]), WORDS.filter(str.strip)
)
REFRESHES = st.sampled_from(
    [Refresh.live(), Refresh.on_demand(), Refresh.daily(), Refresh.daily(time(6, 30, 1, 5))]
)
SEGMENTS = st.lists(
    st.builds(Segment, NAMES, st.sampled_from(RULES).map(rule), WORDS, WORDS, ORIGINS, REFRESHES),
    max_size=4,
    unique_by=lambda segment: segment.name,
)
LAYOUTS = [
    "",
    FILE,
    FILE.replace("\n", "\r\n"),
    "\ufeff" + FILE,
    FILE.removesuffix("\n"),
    "segments = {}",
    "segments = { a = { rule = \"country = 'GB'\" }, 'c d' = {rule = \"country = 'US'\"} } # s",
    "segments.a.rule = 'totalSpent > 1' # a\nsegments.b.rule = 'totalSpent > 2'\n# end\n",
    "# top\n[segments]\na.rule = 'totalSpent > 1'\na.name = 'A'\nb = { rule = 'totalSpent > 1' }",
    "[segments.a.origin]\nkind = 'author' # k\ntext = 'A'\n[segments.a]\nrule = 'totalSpent > 1'\n",
    """\
[segments.a]
origin.kind = 'author'
origin.text = 'Ann'
rule = 'totalSpent > 1'
[segments.b]
rule='totalSpent > 1'
[segments.b.origin]
kind = 'author'
text = 'Ann'
""",
    "lists = [\n  'press', # the press\n]\ncohorts = []\n[segments.a]\nrule = 'totalSpent > 1'",
]


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(SEGMENTS, st.sampled_from(LAYOUTS))
def test_what_is_saved_is_loaded(tmp_path: Path, segments: list[Segment], before: str) -> None:
    """A file of any content and layout holds the segments given from then on, and no others."""
    path = tmp_path / "segments.toml"
    path.write_bytes(before.encode())
    save_segments(segments, path)
    loaded = load_segments(path, SCHEMA)
    assert {each.name: each for each in loaded} == {each.name: each for each in segments}
    texts = {each.name: each.rule.text.strip("\n") for each in loaded}
    assert texts == {each.name: each.rule.text.strip("\n") for each in segments}
    saved = path.read_bytes()
    assert saved.startswith(b"\xef\xbb\xbf") is before.startswith("\ufeff")
    save_segments(loaded, path)
    assert path.read_bytes() == saved


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(SEGMENTS)
def test_a_new_file_has_their_order(tmp_path: Path, segments: list[Segment]) -> None:
    """Saved to a new file and loaded, segments are the same in the same order."""
    path = tmp_path / "new.toml"
    path.unlink(missing_ok=True)
    save_segments(segments, path)
    assert load_segments(path, SCHEMA) == tuple(segments)


@pytest.mark.parametrize("before", LAYOUTS)
def test_nothing_changes_for_nothing(tmp_path: Path, before: str) -> None:
    """A file saved as it was loaded is not touched."""
    path = tmp_path / "segments.toml"
    path.write_bytes(before.encode())
    if before:
        save_segments(load_segments(path, SCHEMA), path)
    assert path.read_bytes() == before.encode()


def test_comments_stay(tmp_path: Path) -> None:
    """Changes are in place; what goes takes its own comments along, and no others."""
    path = tmp_path / "segments.toml"
    path.write_text(FILE)
    vip, _, spring = load_segments(path, SCHEMA)
    vip = evolve(vip, rule=rule("totalSpent > 800\nAND in segment 'press'"), description="Best")
    spring = evolve(spring, title="Spring", refresh=Refresh.live(), origin=Origin("author", "Ann"))
    new = Segment("c d", rule("country = 'US'"))
    save_segments([new, spring, vip], path)
    assert (
        path.read_text()
        == """\
# What we sell to.

lists = ["staff", "press"]  # not ours

# --- Everyday ---

# The big ones.
# Ask Ann before changing.
[segments.vip]   # since 2024
name = 'VIP'
rule = '''
totalSpent > 800
AND in segment 'press'
'''  # in pounds
description = "Best"
# Not yet used.

# --- Campaigns ---

# For March.
[segments.spring]
description = "Spring"
rule = "country = 'GB'"
name = "Spring"
origin = { kind = "author", text = "Ann" }

[segments."c d"]
rule = "country = 'US'"
"""
    )
    save_segments([], path)
    assert (
        path.read_text()
        == """\
# What we sell to.

lists = ["staff", "press"]  # not ours

# --- Everyday ---

# --- Campaigns ---

[segments]
"""
    )


def test_from_an_engine(tmp_path: Path) -> None:
    """An engine's segments go to a file, and from it to another engine with the same lists."""
    engine = Engine(SCHEMA)
    engine.lists.add("press")
    engine.add_segment("base", "in segment 'press'", refresh=Refresh.daily(time(6)))
    engine.add_segment("others", "NOT (in segment 'base')", origin=Origin("prompt", "the rest"))
    path = tmp_path / "segments.toml"
    save_segments(engine.segments, path)
    assert tomllib.loads(path.read_text())["lists"] == ["press"]
    other = Engine(SCHEMA)
    other.lists.add("press")
    other.add_segments(load_segments(path, SCHEMA))
    assert dict(other.segments) == dict(engine.segments)


@pytest.mark.parametrize(
    "times",
    [
        rrule(WEEKLY, byweekday=(MO, FR), dtstart=datetime(2024, 1, 1, 7, 30)),  # noqa: DTZ001  # wall time
        rrule(DAILY, count=5, dtstart=datetime(2024, 1, 1, 7, 30, tzinfo=UTC)),
        rrule(
            DAILY,
            dtstart=datetime(2024, 1, 1, 7, 30, tzinfo=ZoneInfo("Asia/Tokyo")),
            until=datetime(2024, 1, 9, 7, 30, tzinfo=ZoneInfo("Asia/Tokyo")),
        ),
    ],
)
def test_rrules(tmp_path: Path, times: rrule) -> None:
    """A custom schedule is written as text, zone included, and is due at the same times."""
    path = tmp_path / "segments.toml"
    save_segments([Segment("a", rule("totalSpent > 5"), refresh=Refresh.custom(times))], path)
    (loaded,) = load_segments(path, SCHEMA)
    read = loaded.refresh.rule
    assert [read[n] for n in range(5)] == [times[n] for n in range(5)]
    saved = path.read_text()
    save_segments([loaded], path)
    assert path.read_text() == saved


def test_a_rule_names_what_is_saved_beside_it(tmp_path: Path) -> None:
    """A rule that refers to a segment by name is saved by its text, whatever the name meant."""
    path = tmp_path / "segments.toml"
    base = Segment("base", rule("country = 'GB'"))
    user = Segment("user", Rule("in segment 'base'", SCHEMA, segments={"base": base.rule}))
    save_segments([evolve(base, rule=rule("country = 'US'")), user], path)
    _, again = load_segments(path, SCHEMA)
    assert again.rule.segments["base"] == rule("country = 'US'")


def test_refusals(tmp_path: Path) -> None:
    """What cannot be read again is refused by name, and the file stays as it was."""
    path = tmp_path / "segments.toml"
    path.write_text(FILE)
    base = Segment("base", rule("country = 'GB'"))
    user = Segment("user", Rule("in segment 'base'", SCHEMA, segments={"base": base.rule}))
    other = evolve(base, rule=rule("country = 'US'"))
    times = rruleset()
    times.rdate(datetime(2024, 1, 1))  # noqa: DTZ001  # wall time
    for segments, said in (
        ([base, base], "`base` cannot be saved: it is given twice"),
        ([user], "`user` cannot be saved: its rule refers to `base`, which is not given"),
        ([evolve(base, refresh=Refresh.custom(times))], "`base` cannot .* written as text"),
        ([evolve(base, rule=Rule("a = 1", Schema.open())), other], "`base` .* given twice"),
        ([user, evolve(base, rule=Rule("a = 1", Schema.open()))], "different schemas"),
        ([Segment("staff", base.rule)], "`staff` cannot be both a segment and a list"),
    ):
        with pytest.raises(SegmentError, match=said) as error:
            save_segments(segments, path)
        assert error.value.code == "unsavable"
        assert path.read_text() == FILE
    for wrong, where in (([5], path), (5, path), ([base], 5)):
        with pytest.raises(ArgumentError):
            save_segments(wrong, where)  # type: ignore[arg-type]
    assert list(tmp_path.iterdir()) == [path]


@pytest.mark.parametrize("text", ["[segments", "x = 1\n[segments]\n", "[project]\nname = 'x'\n"])
def test_files_of_another_kind(tmp_path: Path, text: str) -> None:
    """A file that is not one of segments is not made one."""
    path = tmp_path / "pyproject.toml"
    path.write_text(text)
    with pytest.raises(SegmentError, match=r"pyproject\.toml"):
        save_segments([Segment("a", rule("country = 'GB'"))], path)
    assert path.read_text() == text


def test_a_failure_leaves_no_trace(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """If the last step fails, the old text stays and no draft is left; permissions stay."""
    path = tmp_path / "segments.toml"
    path.write_text(FILE)
    path.chmod(0o640)
    save_segments([Segment("a", rule("country = 'GB'"))], path)
    assert path.stat().st_mode & 0o777 == 0o640
    saved = path.read_text()

    def refuse(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Path, "replace", refuse)
    with pytest.raises(OSError, match="No space"):
        save_segments([], path)
    assert path.read_text() == saved
    assert list(tmp_path.iterdir()) == [path]


def test_what_is_broken_is_put_right(tmp_path: Path) -> None:
    """A table that does not fit is written again, if its segment is among those given."""
    path = tmp_path / "segments.toml"
    path.write_text(
        "[segments.a]\nrule = 5\n\n# b\n[segments.b]\nrule = 'x'\nrul = 1\n\n"
        "[segments.c]\nrule = \"country = 'GB'\"\nrefresh = 'often'\n"
    )
    given = tuple(Segment(name, rule("country = 'GB'")) for name in "abc")
    save_segments(given, path)
    assert load_segments(path, SCHEMA) == given
