"""Ids in CSV files."""

from datetime import UTC, datetime
from io import BytesIO, StringIO
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from segrules import Cohort, FactError, parse_ids, read_ids, write_ids
from segrules.errors import ArgumentError, IdsError
from segrules.results import BadRow, DuplicateRow, IdList


@pytest.mark.parametrize(
    ("text", "how"),
    [
        ("customer_id\nc1\nc2\n", {}),
        ("customer_id\r\nc1\r\nc2", {}),
        ("\ufeffcustomer_id\nc1\nc2\n", {"column": "customer_id"}),
        ('"customer_id"\n"c1"\n"c2"\n', {"column": "customer_id"}),
        ("c1\nc2\n", {"header": False}),
        ("\ufeffc1\nc2\n", {"header": False}),
        ("c1\rc2\r", {"header": False}),
        ("name,id\nAnn,c1\nBob,c2\n", {"column": 2}),
        ("name, id \nAnn,c1\nBob,c2\n", {"column": "id"}),
        ("name;id\nAnn, of York;c1\nBob;c2\n", {"column": "id", "delimiter": ";"}),
        ("Ann\tc1\nBob\tc2\n", {"column": 2, "header": False, "delimiter": "\t"}),
        ('name,id\n"two\nlines, one ""row""",c1\nBob,c2,and more\n', {"column": "id"}),
    ],
)
def test_reading(text: str, how: dict[str, Any], tmp_path: Path) -> None:
    """Any column, header or not, quoted or not, however lines end: as text, bytes, path or file."""
    path = tmp_path / "vips.csv"
    path.write_bytes(text.encode())
    for found in (
        parse_ids(text, **how),
        parse_ids(text.encode(), **how),
        *(read_ids(s, **how) for s in (path, str(path), StringIO(text), BytesIO(text.encode()))),
    ):
        assert (found.ids, found.rows) == (("c1", "c2"), 2)
        assert not found.duplicates
        assert not found.bad
    with path.open(newline="") as file:
        assert read_ids(file, **how).ids == ("c1", "c2")


def test_every_row_is_accounted_for() -> None:
    """Ids in order, duplicates with both rows, bad rows with the reason; numbers as in a sheet."""
    text = (
        "name,id\r\n"
        "Ann,c1\r\n"  # 2
        "\r\n"
        '"Bob\r\nBobson",c2\r\n'  # 4
        "Ann again,c1\r\n"
        "nobody\r\n"  # 6
        "Kim,\r\n"
        'Eve,"c3"!\r\n'  # 8
        "Joe, c1\r\n"
        'Max,"c4\r\n'  # 10
        "Lea,c5\r\n"
    )
    found = parse_ids(text, column="id")
    assert found == IdList(
        {"c1": 2, "c2": 4, " c1": 9},
        (DuplicateRow(5, 2, "c1"),),
        (
            BadRow(3, "the row is empty"),
            BadRow(6, "the row has 1 column, and ids are in column 2"),
            BadRow(7, "the id is empty"),
            BadRow(
                8,
                "text follows a closing quote; a quote inside quotes is written twice",
            ),
            BadRow(
                10,
                "a quote opens here and is never closed, so that nothing after it could be read",
            ),
        ),
        ("name", "id"),
        "id",
    )
    assert found.rows == 9
    assert repr(found) == "<IdList (3 ids in 9 rows, 1 duplicate, 5 bad)>"


@pytest.mark.parametrize(
    ("text", "how", "header", "title"),
    [
        ("name, id \nAnn,c1\n", {"column": "id"}, ("name", " id "), "id"),
        ("name,id\nAnn,c1\n", {"column": 2}, ("name", "id"), "id"),
        ('\ufeff"id","name"\r\nc1,Ann\r\n', {}, ("id", "name"), "id"),
        ("name\nAnn,c1\n", {"column": 2}, ("name",), None),
        ("\nc1\n", {}, (), None),
        ("", {}, None, None),
        ("c1\nc2\n", {"header": False}, None, None),
    ],
)
def test_the_header_is_told(
    text: str, how: dict[str, Any], header: tuple[str, ...] | None, title: str | None
) -> None:
    """The row that was taken for the header is in the result, as it is, and counts as no row."""
    found = parse_ids(text, **how)
    assert (found.header, found.title) == (header, title)
    assert found.column == how.get("column", 1)


def test_a_long_cell() -> None:
    """A cell longer than any id is a bad row, and the next one is read."""
    assert parse_ids("id\n" + "x" * 200_000 + "\nc1\n") == IdList(
        {"c1": 3}, (), (BadRow(2, "a cell is too long to be an id"),), ("id",)
    )


@pytest.mark.parametrize("text", ["", "\ufeff", "id", "id\n"])
def test_no_rows(text: str) -> None:
    """A file may have no rows."""
    assert parse_ids(text) == IdList({}, header=("id",) if "id" in text else None)


UNREADABLE: list[tuple[Any, dict[str, Any], str]] = [
    ("id\nc1\n", {"column": "di"}, "the list: the header has no column `di`: give its name"),
    ("custmer_id\nc1", {"column": "customer_id"}, "did you mean `custmer_id`?"),
    ("ann@shop.example\n", {"column": "id"}, "no column `id`: give its name, or its number"),
    ("", {"column": "id"}, "the header has no column `id`"),
    ('"i"d\n', {"column": "id"}, "the header cannot be read: text follows"),
    ('"i"d\nc1\n', {}, "the header cannot be read: text follows"),
    ('"id\nc1\nc2\n', {}, "the header cannot be read: a quote opens here"),
    ("id;name\nc1;Ann\n", {"column": "id"}, "it is there between `;`: pass delimiter=';'"),
    ('"name";"id"\n', {}, "a quote inside quotes is written twice: is `delimiter` right?"),
    ("name\tid\n", {"column": "id"}, "it is there between a tab: pass delimiter='\\t'"),
    ("id;name\nc1;Ann\n", {"column": 2}, "1 column at most: is `delimiter` right?"),
    ("id,id\n1,2\n", {"column": "id"}, "two columns are called `id`: give its number"),
    ("c1\n", {"column": "id", "header": False}, "without a header columns have no names"),
    ("c1\n", {"column": 0}, "columns are numbered from 1"),
    (
        "id;x\nc1;1\n",
        {"column": 3, "delimiter": ";"},
        "there is no column 3: its rows have 2 columns",
    ),
    (
        "c1\n",
        {"column": 2, "header": False},
        "there is no column 2: its rows have 1 column at most",
    ),
    ("c1\n", {"column": True}, "a column is a name or a number, not `bool`"),
    ("c1\n", {"delimiter": "||"}, "a delimiter is one character"),
    ("c1\n", {"delimiter": '"'}, "a delimiter is one character"),
    ("vips.csv", {}, "this text is a path, not CSV: `read_ids` reads a file"),
    (b"id\nJ\xf6rg\n", {}, "the list: is not UTF-8 text: save it as `CSV UTF-8`"),
    (Path("no/such.csv"), {}, "no/such.csv: no such file or directory"),
    (Path("no/su\nch.csv"), {}, "'no/su\\nch.csv': no such file or directory"),
    (5, {}, "ids are read from a path or an open file, not `int`"),
    (["c1"], {}, "ids are read from a path or an open file, not `list`"),
]


def test_path_and_text() -> None:
    """A path is read and a text is parsed; one for the other is refused and not repeated."""
    for wrong in ("id\nann@shop.example\n", "ann@shop.example\n"):
        with pytest.raises(IdsError, match="`parse_ids` reads CSV itself") as caught:
            read_ids(wrong)
        assert "ann" not in str(caught.value)
    with pytest.raises(ArgumentError, match="`parse_ids` reads CSV itself"):
        read_ids(b"id\n")  # type: ignore[arg-type]  # bytes are no path
    with pytest.raises(ArgumentError, match="not `PosixPath`: `read_ids` reads a file"):
        parse_ids(Path("vips.csv"))  # type: ignore[arg-type]  # a path is no text
    with pytest.raises(ArgumentError, match="an open file gives text or bytes, not `NoneType`"):
        read_ids(Nothing())  # type: ignore[arg-type]  # it is no file


class Nothing:
    def read(self) -> None:
        """Return nothing."""


@pytest.mark.parametrize(
    ("source", "how", "said"),
    UNREADABLE,
)
def test_what_cannot_be_read(source: Any, how: dict[str, Any], said: str) -> None:
    """The error says what to do, and no customer's value."""
    read = parse_ids if isinstance(source, str | bytes) else read_ids
    with pytest.raises((IdsError, ArgumentError)) as caught:
        read(source, **how)
    assert said in str(caught.value)
    assert "@" not in str(caught.value)


def test_other_troubles(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever else the standard library may say, the row is bad and reading goes on."""
    monkeypatch.setattr("segrules.ids._TROUBLE", {})
    assert parse_ids('id\n"c1"!\nc2') == IdList(
        {"c2": 3}, (), (BadRow(2, "this is no row of CSV"),), ("id",)
    )


def test_writing() -> None:
    """A header, and an id a row; those of a set, in sorted order."""
    assert write_ids(["c2", "c1", "c2"]) == "customer_id\r\nc2\r\nc1\r\n"
    assert write_ids({"c2", "c1"}, header="id") == "id\r\nc1\r\nc2\r\n"
    with pytest.raises(FactError, match="each of ids must be text that is not empty"):
        write_ids(["c1", ""])
    with pytest.raises(ArgumentError, match="ids must be a collection of ids"):
        write_ids("c1")
    with pytest.raises(FactError, match="each of ids"):
        write_ids({"c1", 0.5})  # type: ignore[arg-type]  # what is refused


IDS = st.text(
    st.one_of(
        st.sampled_from("ab,;\t \"'\r\n\ufeff\x00="), st.characters(exclude_categories=["Cs"])
    ),
    min_size=1,
)


@given(st.lists(IDS, unique=True), st.sampled_from(",;\t|"))
def test_round_trip(ids: list[str], delimiter: str) -> None:
    """Whatever ids hold, what is written is read back, all of it."""
    text = write_ids(ids, delimiter=delimiter)
    found = parse_ids(text.encode(), column="customer_id", delimiter=delimiter)
    assert found.ids == tuple(ids)
    assert found.rows == len(ids)


@given(st.text(st.one_of(st.sampled_from('ab,"\r\n'), st.characters()), max_size=60))
def test_any_text_is_read_or_refused(text: str) -> None:
    """Nothing but our own errors, and no row twice or left out."""
    found = parse_ids(text + "\n", header=False)
    told = [*found.places.values(), *(d.row for d in found.duplicates), *(b.row for b in found.bad)]
    assert sorted(told) == list(range(1, found.rows + 1))
    assert parse_ids(write_ids(found.ids)).ids == found.ids


def test_a_cohort_can_be_written(tmp_path: Path) -> None:
    """A cohort is a collection of ids like any other."""
    cohort = Cohort(
        name="x",
        members={"c2", "c1"},
        definition="any event",
        schema_fingerprint=None,
        language_version=None,
        taken_at=datetime(2026, 1, 1, tzinfo=UTC),
    )
    path = tmp_path / "cohort.csv"
    path.write_text(write_ids(cohort), "utf-8", newline="")
    assert read_ids(path).ids == ("c1", "c2")
