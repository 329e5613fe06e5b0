"""Fixtures: a small store, and a shell to run commands on it."""

from pathlib import Path

import pytest

from tests.cli.shop import CUSTOMERS, EVENTS, SCHEMA, SEGMENTS, Shell, write_lines


@pytest.fixture
def shell(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Shell:
    monkeypatch.delenv("COLUMNS", raising=False)
    return Shell(capsys)


@pytest.fixture
def shop(tmp_path: Path) -> Path:
    (tmp_path / "schema.toml").write_text(SCHEMA, "utf-8")
    (tmp_path / "segments.toml").write_text(SEGMENTS, "utf-8")
    write_lines(tmp_path / "customers.jsonl", CUSTOMERS)
    write_lines(tmp_path / "events.jsonl", EVENTS)
    return tmp_path
