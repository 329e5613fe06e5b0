"""`segrules schema infer`."""

import gzip
import json
from pathlib import Path

import pytest

from segrules import Schema
from tests.cli.shop import CUSTOMERS, EVENTS, Shell


def test_draft(shell: Shell, shop: Path, tmp_path: Path) -> None:
    """What is printed is the file of the schema that the customers and events draft."""
    result = shell("schema", "infer", shop / "customers.jsonl", shop / "events.jsonl")
    assert (result.code, result.err) == (0, "")
    schema = Schema.observed([*CUSTOMERS, *EVENTS])
    assert result.out == schema.to_toml()
    (tmp_path / "draft.toml").write_text(result.out, "utf-8")
    assert Schema.load(tmp_path / "draft.toml") == schema


def test_options(shell: Shell, tmp_path: Path) -> None:
    """A file may be packed, and hold both; the options are those of the library."""
    rows = [{"id": n, "attributes": {"plan": "ab"[n % 2], "born": "1990-07-01"}} for n in range(10)]
    path = tmp_path / "all.jsonl.gz"
    path.write_bytes(gzip.compress("\n".join(map(json.dumps, rows)).encode()))
    for most in (0, 2):
        result = shell(
            "schema", "infer", path, "--timezone", "Asia/Tokyo", "--max-values", str(most)
        )
        expected = Schema.observed(rows, timezone="Asia/Tokyo", max_values=most)
        assert (result.code, result.out) == (0, expected.to_toml())


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        ("nonsense", "is not JSON"),
        ('{"type": "x", "at": "noon"}', "an event's `at` must be an instant"),
        ('{"id": "a", "attribute": {}}', "unknown key `attribute` of a customer"),
        ('{"id": "a", "attributes": {"secret": 1e999}}', "`secret` is out of range"),
    ],
)
def test_bad_line(shell: Shell, tmp_path: Path, line: str, reason: str) -> None:
    """A line that is no fact ends the command, with its place and reason."""
    path = tmp_path / "rows.jsonl"
    path.write_text('{"id": "ann"}\n\n' + line, "utf-8")
    result = shell("schema", "infer", path)
    assert (result.code, result.out) == (1, "")
    assert result.err.startswith(f"segrules: {path}:3: ")
    assert reason in result.err


@pytest.mark.parametrize(
    ("arguments", "reason"),
    [
        (["no-such.jsonl"], "segrules: no-such.jsonl: no such file"),
        (["--timezone", "Europe/Londn", "rows"], "segrules: schema: timezone: unknown time zone"),
        (["--max-values", "-1", "rows"], "segrules: `max_values` must be a whole number"),
        ([], "the following arguments are required: FILE"),
        (["--max", "5", "rows"], "unknown option `--max`: did you mean `--max-values`?"),
    ],
)
def test_misuse(shell: Shell, arguments: list[str], reason: str) -> None:
    """A wrong argument ends the command with 2, and standard error says why."""
    result = shell("schema", "infer", *arguments)
    assert (result.code, result.out) == (2, "")
    assert reason in result.err.splitlines()[-1]
