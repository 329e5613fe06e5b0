"""Files that are not what they seem: what an upload refuses, and what it tells of the others."""

from contextlib import suppress
from datetime import UTC, datetime
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from segrules import Customer, Engine, FactError, Schema, SegmentError, SegrulesError, parse_ids
from segrules.audience.lists import UNKNOWN_IDS
from segrules.audience.operations.upload import UnknownIds, UploadMode
from segrules.errors import IdsError
from segrules.results import Upload

SCHEMA = Schema.commerce()
NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
KNOWN = ("00123", "c1", "c2", "491712345678")
FLOAT = (
    "the id reads like a number with a decimal point or an exponent: the program that wrote the "
    "file took ids for numbers; save the column as text"
)


def shop(*members: str, known: tuple[str, ...] = KNOWN) -> Engine:
    engine = Engine(SCHEMA)
    for customer in known:
        engine.set_attributes(customer, {"country": "GB"}, at=NOON)
    engine.lists.add("vip", members)
    return engine


def upload(engine: Engine, text: str | bytes, **how: Any) -> Upload:
    data = text.encode() if isinstance(text, str) else text
    return engine.lists.upload("vip", BytesIO(data), **how)


def state(engine: Engine) -> tuple[object, ...]:
    lists, known = dict(engine.lists), tuple(engine.customers)
    return lists, known, engine.audit, engine.changes().token


def refuse(engine: Engine, text: str | bytes, **how: Any) -> SegmentError:
    """Return the error of an upload, which has changed nothing and repeats no customer's value."""
    before = state(engine)
    with pytest.raises(SegmentError) as caught:
        upload(engine, text, **how)
    assert state(engine) == before
    assert not any(each in str(caught.value) for each in (*KNOWN, "Ann", "n1", "x1"))
    assert caught.value.subject == "vip"
    return caught.value


@pytest.mark.parametrize("mark", ["", "\ufeff"])
def test_the_mark_before_a_quoted_name(mark: str) -> None:
    """A byte order mark before a quoted header is no part of the column's name."""
    text = f'{mark}"customer_id","name"\r\n"c1","Ann"\r\n'
    told = upload(shop(), text, column="customer_id")
    assert (told.added, told.header) == (("c1",), ("customer_id", "name"))


@pytest.mark.parametrize(("sign", "shown"), [(";", "`;`"), ("\t", "a tab"), ("|", "`|`")])
@pytest.mark.parametrize("header", [True, False])
@pytest.mark.parametrize("unknown", UNKNOWN_IDS)
def test_another_delimiter_replaces_no_member(
    sign: str, shown: str, *, header: bool, unknown: UnknownIds
) -> None:
    """If every row has another delimiter, the refusal says which one to pass."""
    rows = [*(["customer_id,name"] * header), "c1,Ann", "c2,Bo"]
    text = "\r\n".join(rows).replace(",", sign)
    how: dict[str, Any] = {"mode": "replace", "header": header, "unknown": unknown}
    error = refuse(shop("c1", "c2"), text, **how)
    assert error.code == "no-known-ids"
    assert f"every cell of the column contains {shown}: pass delimiter={sign!r}" in str(error)
    engine = shop("c1")
    told = upload(engine, text, **how, delimiter=sign)
    assert (told.added, told.already) == (("c2",), ("c1",))


def test_a_comma_is_found_too() -> None:
    """A comma may be the delimiter that was meant; so may a sign beside decimal commas."""
    error = refuse(shop("c1"), "id,name\nc1,Ann\n", mode="replace", delimiter=";")
    assert "pass delimiter=','" in str(error)
    error = refuse(shop("c1"), "id;spent\nc1;9,90\nc2;1,50\n", mode="replace")
    assert "pass delimiter=';'" in str(error)


def test_another_delimiter_with_quotes() -> None:
    """Where the wrong delimiter makes a quoted header unreadable, the file is refused."""
    engine = shop("c1", "c2")
    before = state(engine)
    with pytest.raises(IdsError, match="is `delimiter` right") as caught:
        upload(engine, '"customer_id";"name"\r\n"c1";"Ann"\r\n', mode="replace")
    assert caught.value.code == "bad-header"
    assert state(engine) == before


def test_no_known_id() -> None:
    """A file without any known id, such as one column of names, does not replace the members."""
    error = refuse(shop("c1"), "name\nn1\nx1\n", mode="replace")
    assert error.code == "no-known-ids"
    assert "are `column`, `header` and `delimiter` right?" in str(error)
    assert upload(shop("c1"), "name\nn1\nx1\n").unknown == ("n1", "x1")
    engine = shop("c1")
    told = upload(engine, "name\nn1\nx1\n", mode="replace", unknown="add")
    assert (told.added, told.removed) == (("n1", "x1"), ("c1",))


def test_ids_that_do_contain_a_sign() -> None:
    """Ids with a sign that may be a delimiter replace members once they are known."""
    engine, text = shop("c1"), "a|n1\na|x1\n"
    how: dict[str, Any] = {"header": False, "unknown": "add"}
    assert refuse(engine, text, mode="replace", **how).code == "no-known-ids"
    upload(engine, text, **how)
    upload(engine, text, mode="replace", **how)
    assert engine.members("vip") == {"a|n1", "a|x1"}
    upload(engine, "user id\nb|n1\nb|x1\n", mode="replace", unknown="add")
    assert engine.members("vip") == {"b|n1", "b|x1"}


@pytest.mark.parametrize("mode", UploadMode.__args__)  # type: ignore[attr-defined]
@pytest.mark.parametrize("unknown", UNKNOWN_IDS)
@pytest.mark.parametrize(
    ("text", "how"),
    [
        ("c1\r\nc2\r\n", {}),
        ('"c1"\n"c2"\n', {}),
        ("\ufeffc1\nn1\n", {}),
        ("Ann,c1\nBo,c2\n", {"column": 2}),
        ("c1;Ann\nc2;Bo\n", {"delimiter": ";"}),
        ("c1\n", {}),
    ],
)
def test_a_file_without_a_header(
    mode: UploadMode, unknown: UnknownIds, text: str, how: dict[str, Any]
) -> None:
    """A customer's id in the place of the header is never let out unseen."""
    engine = shop("c1", "c2")
    error = refuse(engine, text, mode=mode, unknown=unknown, **how)
    assert error.code == "header-is-an-id"
    assert "header=False" in str(error)
    found = parse_ids(text, **how)
    with pytest.raises(SegmentError, match="header=False"):
        engine.lists.upload("vip", found, mode=mode, unknown=unknown)
    told = upload(engine, text, mode=mode, unknown=unknown, header=False, **how)
    assert told.header is None
    assert "c1" in (*told.added, *told.already, *told.removed)


def test_a_header_that_is_an_id_too() -> None:
    """A column that is asked for by its name has a header, whatever ids there are."""
    engine = shop(known=("id", "c1"))
    assert refuse(engine, "id\nc1\n").code == "header-is-an-id"
    assert upload(engine, "id\nc1\n", column="id").added == ("c1",)


def test_the_header_is_told() -> None:
    """The row that was taken for the header is in the report, so that no row is out of sight."""
    told = upload(shop(), "n1,Ann\nc1,Bo\n")
    assert (told.header, told.added) == (("n1", "Ann"), ("c1",))
    assert told.to_data()["header"] == ["n1", "Ann"]
    assert upload(shop(), "c1\n", header=False).to_data()["header"] is None


@pytest.mark.parametrize(
    ("text", "how"),
    [
        ("", {}),
        ("\ufeff", {}),
        ("id", {}),
        ("id,name\r\n", {}),
        ("id\n\n\n\n", {}),
        ('id,name\n"",Ann\n,Bo\n', {}),
        ("id,name\n  ,Ann\n \t,Bo\n", {}),
        ("id,name\nAnn\nBo\n", {"column": 2}),
        ('id,name\n"x1"!\n"x1"!\n', {}),
        ("", {"header": False}),
        ("\n\n", {"header": False}),
    ],
)
@pytest.mark.parametrize("unknown", UNKNOWN_IDS)
def test_emptying_is_asked_for_plainly(text: str, how: dict[str, Any], unknown: UnknownIds) -> None:
    """A file without any id replaces no member; where there is none, it changes nothing."""
    error = refuse(shop("c1", "c2"), text, mode="replace", unknown=unknown, **how)
    assert error.code == "empty-replace"
    assert "name them in `remove` of `lists.edit`" in str(error)
    if not parse_ids(text, **how).ids:
        told = upload(shop(), text, mode="replace", unknown=unknown, **how)
        assert (told.added, told.removed, told.changes) == ((), (), ())


def test_a_header_that_swallows_the_file() -> None:
    """A quote that opens in the header and is never closed is refused in every mode."""
    engine = shop("c1", "c2")
    for mode in ("add", "replace", "remove"):
        before = state(engine)
        with pytest.raises(IdsError, match="the header cannot be read: a quote opens here"):
            upload(engine, '"id\nc1\nc2\n', mode=mode)
        assert state(engine) == before


FLOATS = [
    "491712345678.0",
    "4.91712E+11",
    "4,91712E+11",
    "4.9e+11",
    "5E+11",
    "123.0",
    "123.",
    "-1.5",
]


@pytest.mark.parametrize("written", [*FLOATS, " 123.0 ", "491712345678,0"])
@pytest.mark.parametrize("unknown", UNKNOWN_IDS)
def test_a_float_column(written: str, unknown: UnknownIds) -> None:
    """An id that reads like a float is told apart, left out, and never guessed."""
    engine = shop("c1")
    told = upload(engine, f'id;x\n"{written}";1\nc2;2\n', delimiter=";", unknown=unknown)
    assert (told.added, told.unknown) == (("c2",), (written,))
    [suspect] = told.suspect
    assert (suspect.row, suspect.reason) == (2, FLOAT)
    assert told.to_data()["suspect"] == [{"row": 2, "reason": FLOAT}]
    assert str(told) == "1 added, 1 unknown, 1 suspect"
    assert set(engine.customers) == set(KNOWN)
    told = upload(engine, f'id;x\n"{written}";1\n', delimiter=";", mode="remove")
    assert (told.absent, len(told.suspect)) == ((written,), 1)


@pytest.mark.parametrize("unknown", UNKNOWN_IDS)
def test_a_float_column_replaces_no_member(unknown: UnknownIds) -> None:
    """If most rows read like floats, the refusal says how to save the file."""
    engine = shop("c1", "491712345678")
    for text in ("id\n491712345678.0\n123.0\n", "id\n4.9E+11\n4.9E+11\n4.9E+11\nc1\nc2\n"):
        error = refuse(engine, text, mode="replace", unknown=unknown)
        assert error.code == "float-ids"
        assert "most rows are like row 2: the id reads like a number" in str(error)
        assert "save the column as text" in str(error)
    told = upload(engine, "id\n123.0\nc1\nc2\n", mode="replace", unknown=unknown)
    assert (told.removed, len(told.suspect)) == (("491712345678",), 1)
    error = refuse(shop(), "id\n123.0\n", mode="replace")
    assert (error.code, FLOAT in str(error)) == ("no-known-ids", True)


def test_ids_that_look_like_floats_and_are_known() -> None:
    """An id that is known as it is written is an id, and so is one that is no float."""
    engine = shop(known=("1.5", "2.0"))
    told = upload(engine, "id\n1.5\n2.0\n", mode="replace")
    assert (told.added, told.suspect) == (("1.5", "2.0"), ())
    others = ["123", "00123", "12e4", "1.2.3", "v1.0", "10.0.0.1", "e+5", ".", "1e", "a.0", "1_0.5"]
    told = upload(shop(known=("c1",)), "\n".join(["id", *others]))
    assert (told.unknown, told.suspect) == (tuple(others), ())


@pytest.mark.parametrize("number", [123.0, float("nan"), 1e20])
def test_a_float_is_no_id(number: Any) -> None:
    """A float given as an id is refused, with what may have made it one."""
    engine = shop()
    said = "an id is text or a whole number, and a column of floats has lost digits"
    with pytest.raises(FactError, match=said) as caught:
        engine.lists.edit("vip", add=["c1", number])
    assert "123" not in str(caught.value)
    assert caught.value.code == "float-id"
    with pytest.raises(FactError, match=said):
        Customer(number)
    assert engine.members("vip") == frozenset()


CELLS = st.sampled_from([*KNOWN, "n1", "x1", "id", "", " ", "123.0", "4.9E+11", "a|b", '"', '"c1"'])
ROWS = st.lists(st.lists(CELLS, max_size=3), max_size=6)


@given(
    rows=ROWS,
    sign=st.sampled_from(",;\t|"),
    members=st.sets(st.sampled_from(KNOWN)),
    mode=st.sampled_from(UploadMode.__args__),  # type: ignore[attr-defined]
    unknown=st.sampled_from(UNKNOWN_IDS),
    how=st.fixed_dictionaries(
        {},
        optional={
            "header": st.booleans(),
            "delimiter": st.sampled_from(",;|"),
            "column": st.sampled_from([1, 2, "id"]),
        },
    ),
)
def test_any_file(
    rows: list[list[str]],
    sign: str,
    members: set[str],
    mode: UploadMode,
    unknown: UnknownIds,
    how: dict[str, Any],
) -> None:
    """A refused upload changes nothing; one that is not loses no id unseen and empties no list.

    Repeating it changes nothing, even if the ids that it made known are then seen in the header.
    """
    engine, text = shop(*members), "\n".join(sign.join(row) for row in rows)
    before, known = state(engine), set(engine.customers)
    try:
        told = upload(engine, text, mode=mode, unknown=unknown, **how)
    except SegrulesError:
        assert state(engine) == before
        return
    found = parse_ids(text, **how)
    assert told.header == found.header
    assert isinstance(found.column, str) or found.title not in known
    now = engine.members("vip")
    if mode == "replace":
        assert now <= set(found.ids)
        assert bool(now) >= bool(members)
        assert told.unknown == tuple(each for each in found.ids if each not in now)
    rows_of = {each.row for each in told.suspect}
    suspect = {each for each, row in found.places.items() if row in rows_of}
    assert not suspect & (now | known)
    after = dict(engine.lists), tuple(engine.customers), engine.changes().token
    with suppress(SegmentError):
        assert upload(engine, text, mode=mode, unknown=unknown, **how).changes == ()
    assert (dict(engine.lists), tuple(engine.customers), engine.changes().token) == after
    assert engine.verify()


def test_a_path(tmp_path: Path) -> None:
    """A file is read the same from a path."""
    path = tmp_path / "vips.csv"
    path.write_text("customer_id;name\nc1;Ann\nc2;Bo\n")
    engine = shop("c1")
    with pytest.raises(SegmentError, match="pass delimiter=';'"):
        engine.lists.upload("vip", path, mode="replace")
    told = engine.lists.upload("vip", path, mode="replace", delimiter=";")
    assert (told.added, told.header) == (("c2",), ("customer_id", "name"))
