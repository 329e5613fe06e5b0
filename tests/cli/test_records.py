import gzip
import json
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path

import pytest

from segrules import Event, Schema
from segrules.cli.errors import MisuseError
from segrules.cli.records import (
    BadLine,
    CustomerRecord,
    EventRecord,
    read_customers,
    read_events,
)

AT = '"at": "2026-01-01T00:00:00Z"'
WHO = '"customer_id": "ann", "type": "purchase"'


@pytest.fixture
def schema(shop: Path) -> Schema:
    return Schema.load(shop / "schema.toml")


def events(shop: Path, schema: Schema, *lines: str | bytes) -> list[EventRecord | BadLine]:
    path = shop / "lines.jsonl"
    path.write_bytes(b"\n".join(x.encode() if isinstance(x, str) else x for x in lines))
    return list(read_events(path, schema))


def test_events(shop: Path, schema: Schema) -> None:
    """Numbers are exact, declared instants are instants, and blank lines are skipped."""
    read = events(
        shop,
        schema,
        f'{{{WHO}, {AT}, "properties": {{"total": 0.1, "note": "x"}}, "id": "e1"}}',
        "",
        '{"customer_id": "bob", "type": "view", "at": "2026-01-01T01:00:00+01:00",'
        ' "properties": {"expiresAt": "2026-01-02T00:00:00Z", "device": null}}',
    )
    new_year, day_after = datetime(2026, 1, 1, tzinfo=UTC), datetime(2026, 1, 2, tzinfo=UTC)
    assert read == [
        EventRecord(
            "ann", Event("purchase", new_year, {"total": Decimal("0.1"), "note": "x"}, "e1")
        ),
        EventRecord("bob", Event("view", new_year, {"expiresAt": day_after, "device": None})),
    ]


def test_customers(shop: Path, schema: Schema) -> None:
    """Attributes may be left out, and those that are instants may be nested."""
    path = shop / "lines.jsonl"
    path.write_text(
        '{"id": "ann", "attributes": {"country": "GB", "renewsAt": "2026-01-01T00:00:00Z"}}\n'
        '{"id": "bob", "attributes": {"plan": {"endsAt": "2026-01-01T00:00:00Z"}}}\n'
        '{"id": "cyd"}\n'
    )
    new_year = datetime(2026, 1, 1, tzinfo=UTC)
    assert list(read_customers(path, schema)) == [
        CustomerRecord("ann", {"country": "GB", "renewsAt": new_year}),
        CustomerRecord("bob", {"plan": {"endsAt": new_year}}),
        CustomerRecord("cyd", {}),
    ]


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        ("nonsense", "is not JSON: expecting value at column 1"),
        (b"\xff", "is not UTF-8 text"),
        ("[1]", "is not a JSON object"),
        ("[" * 100_000, "is nested too deep"),
        (f"{{{WHO}, {AT}, {AT}}}", "has a key twice in one object"),
        (f"{{{WHO}, {AT}, 'x': 1}}", "is not JSON"),
        (f'{{{WHO}, {AT}, "propertys": {{}}}}', "unknown key `propertys`: did you mean `prop"),
        (f'{{{WHO}, {AT}, "a\\u001b\\n": 1}}', "unknown key `a\ufffd\ufffd`"),
        (f"{{{WHO}}}", "the key `at` is missing"),
        (f'{{{AT}, "type": "view"}}', "the key `customer_id` is missing"),
        (f'{{{WHO}, "at": "2026-01-01T00:00:00"}}', "`at` must be an instant with its offset"),
        (f'{{{WHO}, "at": "soon"}}', "`at` must be an instant with its offset"),
        (f'{{{WHO}, "at": 5}}', "`at` must be an instant with its offset"),
        (f'{{{WHO}, "at": "0001-01-01T00:00:00+14:00"}}', "lies beyond the calendar"),
        (f'{{"customer_id": [7], "type": "view", {AT}}}', "`customer_id` must be text, not a"),
        (f'{{"customer_id": "", "type": "view", {AT}}}', "`customer_id` must be text"),
        (f'{{"customer_id": "a", "type": "vew", {AT}}}', "unknown event type `vew`: did you mean"),
        (f'{{{WHO}, {AT}, "id": [7]}}', "an event's id must be text"),
        (
            f'{{{WHO}, {AT}, "properties": []}}',
            "an event's properties must be a mapping, not a list",
        ),
        (f'{{{WHO}, {AT}, "properties": {{"total": NaN}}}}', "numbers are finite"),
        (f'{{{WHO}, {AT}, "properties": {{"total": -Infinity}}}}', "numbers are finite"),
        (f'{{{WHO}, {AT}, "properties": {{"total": 1e400}}}}', "is out of range"),
        (f'{{{WHO}, {AT}, "properties": {{"total": 1e{"9" * 30}}}}}', "too many digits"),
        (f'{{{WHO}, {AT}, "properties": {{"total": {"9" * 5000}}}}}', "too many digits"),
        (f'{{{WHO}, {AT}, "properties": {{"total": "much"}}}}', "must be a number, not text"),
        (f'{{{WHO}, {AT}, "properties": {{"total": true}}}}', "must be a number, not true or"),
        (
            f'{{"customer_id": "a", "type": "view", {AT}, "properties": {{"expiresAt": "x"}}}}',
            "`expiresAt` of `view` events must be an instant, not text",
        ),
    ],
)
def test_bad_events(shop: Path, schema: Schema, line: str | bytes, reason: str) -> None:
    """A line that is not an event is a bad line with its number; other lines are read."""
    good = f"{{{WHO}, {AT}}}"
    first, bad, last = events(shop, schema, good, line, good)
    assert first == last
    assert isinstance(bad, BadLine)
    assert bad.number == 2
    assert reason in bad.reason
    assert str(bad).startswith(f"{shop / 'lines.jsonl'}:2: ")


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        ({"attributes": {}}, "the key `id` is missing"),
        ({"id": "ann"}, "repeats the customer of line 1"),
        ({"id": "x", "attributes": {"county": "GB"}}, "unknown attribute `county`: did you mean"),
        ({"id": "x", "attributes": {"country": 5}}, "`country` must be text, not a number"),
        ({"id": "x", "attributes": {"spent": 5}}, "follows from events and cannot be set"),
        ({"id": "x", "attributes": {"plan": {"endsAt": "x"}}}, "`plan.endsAt` must be an instant"),
        ({"id": "x", "attributes": {"plan": "basic", "renewsAt": 5}}, "`renewsAt` must be"),
        ({"id": "x", "attributes": ["country"]}, "a customer's attributes must be a mapping"),
    ],
)
def test_bad_customers(shop: Path, schema: Schema, line: object, reason: str) -> None:
    """The same is true of customers, each of which has one line at most."""
    path = shop / "lines.jsonl"
    path.write_text('{"id": "ann"}\n' + json.dumps(line))
    _, bad = read_customers(path, schema)
    assert isinstance(bad, BadLine)
    assert reason in bad.reason


def test_a_reason_has_an_end(shop: Path, schema: Schema) -> None:
    """A reason is cut, even if it names a very long key."""
    (bad,) = events(shop, schema, f'{{"{"k" * 1_000_000}": 1}}')
    assert isinstance(bad, BadLine)
    assert len(bad.reason) < 500
    assert bad.reason.endswith("…")


def test_packed_files(shop: Path, schema: Schema) -> None:
    """A file that ends in .gz is unpacked; half a file, or another kind of file, is refused."""
    path = shop / "lines.jsonl.gz"
    whole = gzip.compress(f"{{{WHO}, {AT}}}\n".encode() * 500)
    path.write_bytes(whole)
    assert len(list(read_events(path, schema))) == 500
    damaged = whole[:20] + b"\xff\xff\xff" + whole[23:]
    for data in (whole[: len(whole) // 2], b"plain", damaged):
        path.write_bytes(data)
        with pytest.raises(MisuseError, match="is not a whole gzip file"):
            list(read_events(path, schema))
    with pytest.raises(MisuseError, match="no such file"):
        list(read_events(shop / "none.jsonl", schema))


def test_everything_wrong_with_a_line(shop: Path, schema: Schema) -> None:
    """Everything that is wrong with a line is told on one line."""
    line = f'{{{WHO}, {AT}, "id": [7], "properties": {{"total": []}}}}'
    (bad,) = events(shop, schema, line)
    assert isinstance(bad, BadLine)
    assert bad.reason.count("; ") == 1
    assert "\ufffd" not in bad.reason


@pytest.mark.parametrize("packed", [False, True])
def test_a_byte_order_mark(shop: Path, schema: Schema, packed: bool) -> None:  # noqa: FBT001
    """A byte order mark at the start of a file is passed over, and one further down is not."""
    line = f"{{{WHO}, {AT}}}"
    data = b"\xef\xbb\xbf" + f"{line}\n{line}\n".encode() + b"\xef\xbb\xbf{}\n"
    path = shop / ("marked.jsonl.gz" if packed else "marked.jsonl")
    path.write_bytes(gzip.compress(data) if packed else data)
    first, second, third = read_events(path, schema)
    assert isinstance(first, EventRecord)
    assert first == second
    assert isinstance(third, BadLine)


@pytest.mark.parametrize(
    ("at", "unit"),
    [
        ("1772362800", "seconds"),
        ("1772362800.5", "seconds"),
        ("1772362800000", "milliseconds"),
        ('"1772362800000"', "milliseconds"),
        ("1772362800000000", "microseconds"),
        ("1772362800000000000", "nanoseconds"),
    ],
)
def test_a_number_as_an_instant(shop: Path, schema: Schema, at: str, unit: str) -> None:
    """A number since 1970 gets the form to write, and is not repeated."""
    (bad,) = events(shop, schema, f'{{{WHO}, "at": {at}}}')
    assert isinstance(bad, BadLine)
    assert bad.reason == (
        "an event's `at` must be an instant with its offset from UTC, such as "
        "`2026-03-14T09:30:00Z`: "
        f"this looks like {unit} since 1970"
    )


@pytest.mark.parametrize("at", ["5", "true", "null", "[1]", "-1772362800", "1e400"])
def test_other_instants(shop: Path, schema: Schema, at: str) -> None:
    """What is no number since 1970 gets no such advice."""
    (bad,) = events(shop, schema, f'{{{WHO}, "at": {at}}}')
    assert isinstance(bad, BadLine)
    assert "1970" not in bad.reason
