"""Uploads into static segments."""

from datetime import UTC, datetime, timedelta
from io import BytesIO, StringIO
from pathlib import Path
from typing import Any, Literal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from segrules import Engine, Event, Schema, SegmentError, SegrulesError, write_ids
from segrules.audience.lists import UNKNOWN_IDS
from segrules.audience.operations.upload import UnknownIds, UploadMode
from segrules.ids import BadRow, DuplicateRow
from segrules.results import AuditEntry, Upload

Retain = Literal["all", "rules"]

SCHEMA = Schema.commerce()
NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
DAY = timedelta(days=1)


def shop(*customers: str, retain: Retain = "all") -> Engine:
    made = Engine(SCHEMA, retain=retain)
    for customer in customers or ("ann", "bob", "eve"):
        made.set_attributes(customer, {"country": "GB"}, at=NOON)
    return made


def moves(upload: Upload) -> list[tuple[str, str, bool]]:
    return [(c.segment, c.customer, c.joined) for c in upload.changes]


def state(engine: Engine) -> tuple[object, ...]:
    """Return all that an upload may change."""
    return (
        dict(engine.segments),
        dict(engine.lists),
        tuple(engine.customers),
        engine.audit,
        engine.changes().token,
    )


def test_every_row() -> None:
    """An upload says of every row what became of it."""
    engine = shop()
    engine.lists.add("vip", ["bob"])
    text = "name,id\r\nAnn,ann\r\nBob,bob\r\nZoe,zoe\r\nAnn,ann\r\nNobody,\r\nEve,eve\r\n"
    told = engine.lists.upload("vip", StringIO(text), column="id", by="me")
    assert (told.name, told.mode, told.is_new) == ("vip", "add", False)
    assert (told.added, told.already, told.unknown) == (("ann", "eve"), ("bob",), ("zoe",))
    assert (told.removed, told.absent) == ((), ())
    assert told.duplicates == (DuplicateRow(5, 2, "ann"),)
    assert told.bad == (BadRow(6, "the id is empty"),)
    assert moves(told) == [("vip", "ann", True), ("vip", "eve", True)]
    assert engine.members("vip") == {"ann", "bob", "eve"}
    assert tuple(engine.customers) == ("ann", "bob", "eve")
    expected = AuditEntry("upload", ("vip",), NOON, "me", customers=2, facts=6, changes=2)
    assert engine.audit[-1] == expected
    assert str(told) == "2 added, 1 already in, 1 unknown, 1 duplicate, 1 bad"
    assert repr(told) == f"<Upload 'vip' ({told})>"
    assert told.to_data() == {
        "name": "vip",
        "mode": "add",
        "is_new": False,
        "added": ["ann", "eve"],
        "already": ["bob"],
        "removed": [],
        "absent": [],
        "unknown": ["zoe"],
        "duplicates": [{"row": 5, "first": 2, "id": "ann"}],
        "bad": [{"row": 6, "reason": "the id is empty"}],
        "header": ["name", "id"],
        "suspect": [],
        "changes": [change.to_data() for change in told.changes],
    }


def test_replace() -> None:
    """A replacement lets out who is not in the file."""
    engine = shop()
    engine.lists.add("vip", ["eve", "bob"])
    told = engine.lists.upload("vip", StringIO("ann\nbob\nzoe\n"), header=False, mode="replace")
    assert (told.added, told.already, told.removed) == (("ann",), ("bob",), ("eve",))
    assert told.unknown == ("zoe",)
    assert engine.members("vip") == {"ann", "bob"}
    assert str(engine.lists.upload("vip", StringIO("id\n"))) == "no rows"
    engine.lists.edit("vip", remove=engine.members("vip"))
    assert str(engine.lists.upload("vip", StringIO("id\n"), mode="replace")) == "no rows"


def test_remove() -> None:
    """A removal lets out who is in the file, and says who was not in."""
    engine = shop()
    engine.lists.add("vip", ["ann", "bob"])
    told = engine.lists.upload("vip", StringIO("id\nann\neve\nzoe\n"), mode="remove", unknown="add")
    assert (told.removed, told.absent) == (("ann",), ("eve", "zoe"))
    assert (told.added, told.already, told.unknown) == ((), (), ())
    assert engine.members("vip") == {"bob"}
    assert "zoe" not in engine.customers


def test_unknown_customers() -> None:
    """Customers nobody has heard of are let in where the host says so."""
    engine = shop()
    engine.lists.add("vip")
    engine.add_segment("unknown_ids", "country is not set AND in segment 'vip'")
    told = engine.lists.upload("vip", StringIO("id\nzoe\nann\n"), unknown="add")
    assert told.added == ("zoe", "ann")
    assert engine.members("unknown_ids") == {"zoe"}
    assert engine.verify()


def test_new_list() -> None:
    """A segment that is not there is made, and said to be new."""
    engine = shop()
    told = engine.lists.upload("vip", StringIO("id\nann\n"), at=NOON + DAY)
    assert told.is_new
    assert [change.at for change in told.changes] == [NOON + DAY]
    assert list(engine.lists) == ["vip"]
    with pytest.raises(SegmentError, match="unknown list `vap`"):
        engine.lists.upload("vap", StringIO("id\nann\n"), mode="remove")


@pytest.mark.parametrize(
    ("segment", "source", "options", "said"),
    [
        ("uk", "id\nann\n", {}, "`uk` is dynamic.*as `lists.freeze` makes it"),
        ("march", "id\nann\n", {}, "cohort `march` already"),
        ("", "id\nann\n", {}, "a name is text"),
        ([], "id\nann\n", {}, "a name is text"),
        ("new", "id\nann\n", {"column": "email"}, "no column `email`"),
        ("new", b"\xff", {}, "not UTF-8"),
        ("vip", Path("/nowhere.csv"), {"mode": "replace"}, "no such file"),
        ("vip", StringIO("id\nann\n"), {"mode": "replace", "column": 9}, "there is no column 9"),
        ("vip", "id\nann\n", {"mode": "set"}, "unknown mode: one of: `add`, `remove`, `replace`"),
        ("vip", "id\nann\n", {"unknown": "ad"}, "did you mean `add`"),
        ("vip", "id\nann\n", {"at": datetime(2026, 3, 1)}, "no time zone"),  # noqa: DTZ001
    ],
)
def test_refusals(segment: Any, source: Any, options: dict[str, Any], said: str) -> None:
    """What cannot be uploaded changes nothing at all."""
    engine = shop()
    engine.add_segment("uk", "country = 'GB'")
    engine.lists.add("vip", ["bob"])
    engine.snapshot("march", "in segment 'vip'")
    before = state(engine)
    if isinstance(source, str | bytes):
        source = BytesIO(source.encode() if isinstance(source, str) else source)
    with pytest.raises(SegrulesError, match=said):
        engine.lists.upload(segment, source, **options)
    assert state(engine) == before


def test_before_the_clock() -> None:
    """Without a clock an upload says when it is."""
    engine = Engine(SCHEMA)
    with pytest.raises(SegmentError, match="pass `at=`"):
        engine.lists.upload("vip", StringIO("id\nann\n"), unknown="add")
    assert not engine.lists
    engine.lists.upload("vip", StringIO("id\nann\n"), unknown="add", at=NOON)
    assert engine.members("vip") == {"ann"}


def test_round_trip() -> None:
    """What is written of a segment is what an upload reads."""
    engine = shop("ann", "bob", 'e,"v"e')
    engine.add_segment("uk", "country = 'GB'")
    engine.lists.upload("copy", StringIO(write_ids(engine.members("uk"))))
    assert engine.members("copy") == engine.members("uk")


def test_freeze() -> None:
    """A static copy of a dynamic segment stays as it is when the segment moves on."""
    engine = shop()
    engine.add_segment("uk", "country = 'GB'")
    changes = engine.lists.freeze("uk", "uk then", by="me")
    assert [(c.customer, c.segment, c.joined, c.cause.kind) for c in changes] == [
        (name, "uk then", True, "edit") for name in ("ann", "bob", "eve")
    ]
    expected = AuditEntry("freeze", ("uk", "uk then"), NOON, "me", customers=3, changes=3)
    assert engine.audit[-1] == expected
    engine.set_attributes("ann", {"country": "US"}, at=NOON)
    assert engine.members("uk") == {"bob", "eve"}
    assert engine.members("uk then") == {"ann", "bob", "eve"}
    engine.lists.edit("uk then", remove=["bob"])
    assert engine.members("uk then") == {"ann", "eve"}


def test_freeze_refusals() -> None:
    """Only a dynamic segment is frozen, and under a name that is free."""
    engine = Engine(SCHEMA)
    engine.add_segment("uk", "country = 'GB'")
    engine.lists.add("vip")
    for segment, name, said in (
        ("vip", "copy", "is a list"),
        ("us", "copy", "unknown"),
        ("uk", "vip", "already"),
    ):
        with pytest.raises(SegmentError, match=said):
            engine.lists.freeze(segment, name)
    engine.lists.freeze("uk", "copy")
    assert engine.count("copy") == 0
    with pytest.raises(SegmentError, match=r"a list of its members, as `lists\.freeze` makes it"):
        engine.lists.edit("uk", add=["ann"], at=NOON)


IDS = st.lists(st.sampled_from([f"c{n}" for n in range(8)]), max_size=10)


@given(
    before=IDS,
    rows=IDS,
    mode=st.sampled_from(UploadMode.__args__),  # type: ignore[attr-defined]
    unknown=st.sampled_from(UNKNOWN_IDS),
    retain=st.sampled_from(["all", "rules"]),
)
def test_uploads(
    before: list[str], rows: list[str], mode: UploadMode, unknown: UnknownIds, retain: Retain
) -> None:
    """An upload is what sets do, accounts for every row, and repeated changes nothing.

    A replacement that would leave no member, though nothing was known or asked, is refused.
    """
    engine = shop("c0", "c1", "c2", "c3", retain=retain)
    engine.lists.add("vip", before)
    engine.add_segments({"in": "in segment 'vip'", "out": "NOT (in segment 'vip')"})
    known, text = set(engine.customers), "\n".join(["id", *rows])
    let_in = set(rows) if unknown == "add" else set(rows) & known
    if mode == "replace" and not let_in and (rows or before):
        kept = state(engine)
        with pytest.raises(SegmentError) as caught:
            engine.lists.upload("vip", StringIO(text), mode=mode, unknown=unknown)
        assert (caught.value.code, caught.value.subject) == (
            "no-known-ids" if rows else "empty-replace",
            "vip",
        )
        assert state(engine) == kept
        return
    told = engine.lists.upload("vip", StringIO(text), mode=mode, unknown=unknown)
    expected = {
        "add": set(before) | let_in,
        "replace": let_in,
        "remove": set(before) - set(rows),
    }[mode]
    assert engine.members("vip") == engine.members("in") == expected
    places = [told.added, told.already, told.absent, told.unknown]
    if mode == "remove":
        places.append(told.removed)
    assert sorted(each for place in places for each in place) == sorted(set(rows))
    assert len(told.duplicates) == len(rows) - len(set(rows))
    token = engine.changes().token
    again = engine.lists.upload("vip", StringIO(text), mode=mode, unknown=unknown)
    assert (again.added, again.removed, again.changes) == ((), (), ())
    assert engine.changes().token == token
    assert engine.verify()


def test_replacing_by_half_a_file() -> None:
    """A file that cannot be read to its end replaces nobody; it may still add."""
    engine = Engine(SCHEMA)
    engine.advance_to(NOON)
    engine.lists.add("press", ["ann", "bob"])
    text = 'id\nann\n"bob\ncleo\n'
    with pytest.raises(SegmentError, match="row 3: a quote opens here"):
        engine.lists.upload("press", StringIO(text), mode="replace")
    assert engine.members("press") == {"ann", "bob"}
    assert len(engine.lists.upload("press", StringIO(text)).bad) == 1


def test_freeze_while_behind() -> None:
    """Freezing first lets fall due what is overdue: members that have left are not frozen."""
    engine = Engine(SCHEMA)
    engine.add_segment("fresh", "any event within 2 hours")
    for name in ("ann", "bob"):
        engine.apply(Event("page_view", NOON), customer=name, at=NOON)
    engine.advance_to(NOON + DAY, budget=1)
    assert engine.behind
    changes = engine.lists.freeze("fresh", "copy")
    assert engine.members("copy") == engine.members("fresh") == frozenset()
    assert [change.segment for change in changes] == ["fresh"]
    assert not engine.behind
