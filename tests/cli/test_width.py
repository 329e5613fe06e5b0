"""What commands show fits the terminal, and no word of it is broken."""

import gzip
import re
from itertools import product
from pathlib import Path
from shutil import copytree

import pytest
from hypothesis import given
from hypothesis import strategies as st

from segrules.cli.shown import Column, Table, words_of
from segrules.cli.wrapping import cut_table, fit_excerpts, fit_table, wrap_parts, wrap_text
from segrules.language.source import measure
from tests.cli.shop import Shell

EXAMPLE = Path(__file__).parents[2] / "examples" / "store"
STORE = "store"
BAD = """
[segments.wishful-thinking]
name = "Wishful thinking"
rule = "totalSpend > 500 AND country in ('GB', 'US') AND any event of type 'purchas' within 3 days"
"""
WIDTHS = [40, 60, 80]
EVENTS = 1500
"""How many events of the example are replayed."""
COMMANDS = {
    "help": ["--help"],
    **{f"{name} help": [*name.split(), "--help"] for name in ("check", "run", "schema check")},
    "check": ["check", "bad.toml", "--schema", f"{STORE}/schema.toml"],
    "triggers": ["triggers", STORE],
    "explain": ["explain", STORE, "--segment", "vip-at-risk", "--customer", "user_0000"],
    "members": ["members", STORE, "--segment", "apology"],
    "run": ["run", STORE],
    "watch": ["run", STORE, "--watch"],
    "schema": ["schema", "check", STORE],
    "misuse": ["explain", STORE, "--segmnt", "vip"],
    "epoch": ["members", STORE, "--segment", "apology", "--at", "1714521600000"],
    "unknown": ["explain", STORE, "--segment", "vip-at-rsk", "--customer", "user_0000"],
}
NOT_WORDS = re.compile(r"\x1b\[[\d;]*m|─+|[\d,]+\s+events\s+in\s[\d.]+\s+s:\s+[\d,]+\s+events/s")
"""Styles, lines that are drawn, and measured times, which differ from run to run."""


def words(text: str) -> set[str]:
    """Return the words of a text, without its styles and lines drawn."""
    return set(NOT_WORDS.sub(" ", text).split())


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder with the example store, of which some events are left out."""
    folder = tmp_path_factory.mktemp("example")
    store = folder / STORE
    copytree(EXAMPLE, store)
    events = store / "events.jsonl.gz"
    lines = gzip.decompress(events.read_bytes()).splitlines(keepends=True)
    events.write_bytes(gzip.compress(b"".join(lines[:EVENTS])))
    (folder / "bad.toml").write_text(BAD)
    return folder


@pytest.mark.parametrize("name", COMMANDS)
@pytest.mark.parametrize(("width", "colour"), [*product(WIDTHS, ["never", "always"])])
def test_no_word_is_broken(
    shell: Shell,
    name: str,
    width: int,
    colour: str,
    folder: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Every word that a wide terminal shows is whole in a narrow one, and no line is too long."""
    if colour == "always":
        pytest.importorskip("rich")
    monkeypatch.chdir(folder)
    arguments = [*COMMANDS[name]]
    arguments += [] if "help" in name or name == "misuse" else ["--color", colour]
    monkeypatch.setenv("COLUMNS", "1000")
    wide = shell(*arguments)
    monkeypatch.setenv("COLUMNS", str(width))
    narrow = shell(*arguments)
    assert narrow.code == wide.code
    shown = narrow.out + narrow.err
    missing = words(wide.out + wide.err) - {w.rstrip(":") for w in words(shown)} - words(shown)
    # An excerpt shows what there is room for around the finding.
    rule = set(BAD.split()) if name == "check" else {"Segment"}  # a list has no first title
    assert missing <= rule
    made_up = words(shown) - words(wide.out + wide.err)
    assert {w.rstrip(":") for w in made_up} <= words(wide.out + wide.err) | {"…", "^^^^^^^^"}
    for line in NOT_WORDS.sub("", shown).split("\n"):
        assert measure(line.rstrip()) <= width or " " not in line.strip(), line


TEXTS = st.text(st.sampled_from("abc  \n日é-"), max_size=60)


@given(st.lists(TEXTS | TEXTS.map(lambda text: (text, "good")), max_size=4), st.integers(1, 30))
def test_wrapping(parts: list[str], width: int) -> None:
    """Wrapping keeps the words and their order, and a line over the width is one word."""
    before = "".join(map(words_of, parts))
    after = "".join(map(words_of, wrap_parts(parts, width)))
    assert after.split() == before.split()
    assert len(wrap_parts(parts, width)) == len(parts)
    for line in after.split("\n"):
        assert measure(line.rstrip()) <= width or len(line.split()) == 1
    wide = max(map(measure, before.split("\n")))
    assert wrap_text(before, wide) == before


CELLS = st.text(st.sampled_from("ab 日"), max_size=20).map(lambda text: " ".join(text.split()))


@given(st.lists(st.tuples(CELLS, CELLS, st.integers(0, 999).map(str))), st.integers(1, 50))
def test_tables(rows: list[tuple[str, str, str]], width: int) -> None:
    """A table that fits has every word of each cell, in columns that leave room for the gaps."""
    table = Table((Column("Name"), Column("What it is"), Column("N", is_number=True)), rows)
    fitted = fit_table(table, width, 2)
    if fitted is not None:
        assert [[c.split() for c in row] for row in fitted.rows] == [
            [c.split() for c in row] for row in rows
        ]
        titles = tuple(column.title for column in fitted.columns)
        columns = list(zip(titles, *fitted.rows, strict=True))
        sizes = [max(measure(line) for c in cells for line in c.split("\n")) for cells in columns]
        assert sum(sizes) + 2 * 2 <= width
    cut = cut_table(table, width, 2)
    for row, whole in zip(cut.rows, rows, strict=True):
        assert "\n" not in row[0]
        assert set(row[0].split()) <= {*whole[0].split(), "…"}
        assert row[1:] == whole[1 : len(row)]


@given(
    st.text(st.sampled_from("abc =日\t"), min_size=1, max_size=80).filter(str.strip),
    st.data(),
    st.integers(12, 40),
)
def test_excerpts(text: str, data: st.DataObject, width: int) -> None:
    """A cut excerpt has the words marked, with the carets right below the same text."""
    starts = [match.start() for match in re.finditer(r"[^ \t]+", text)]
    start = data.draw(st.sampled_from(starts))
    marked = re.compile(r"[^ \t]+").match(text, start)
    assert marked is not None
    indent = "".join("\t" if c == "\t" else " " * measure(c) for c in text[:start])
    lines = [f"   1 | {text}", f"     | {indent}{'^' * measure(marked[0])}"]
    shown, carets = fit_excerpts(lines, width)
    column = measure(carets) - measure(carets.lstrip(" |\t^")) - carets.count("^")
    under, seen = "", 0
    for character in shown:
        if seen >= column:
            under += character
        seen += measure(character)
    assert under.startswith(marked[0])
    assert measure(shown) <= max(width, measure(marked[0]) + 7 + 4 + 20 * text.count("\t"))
