"""A small store on disk, and a shell that calls the command line."""

import json
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import pytest
from attrs import frozen

from segrules.cli.main import main

SCHEMA = """
timezone = "Europe/London"

[attributes]
country = "text"
renewsAt = "instant"
"plan.endsAt" = "instant"
lastActivityAt = { derived = "time of last event" }
spent = { derived = "sum of total of orders" }

[collections]
orders = "purchase"

[events.view]
properties = { device = "text", expiresAt = "instant" }

[events.purchase]
properties = { total = "number" }
"""

SEGMENTS = """
[segments.buyers]
name = "Buyers"
description = "Have an order."
rule = "count of orders >= 1"

[segments.silent]
rule = "lastActivityAt before 30 days ago"

[segments.british-buyers]
name = "British buyers"
rule = '''
country = 'GB'
AND in segment 'buyers'
'''
"""

CUSTOMERS: list[dict[str, Any]] = [
    {"id": "ann", "attributes": {"country": "GB", "renewsAt": "2026-05-01T00:00:00Z"}},
    {"id": "bob", "attributes": {"country": "US"}},
    {"id": "cyd"},
]


def line(customer: str, event_type: str, at: str, **properties: object) -> dict[str, Any]:
    """Return an event as the data of a line."""
    return {"customer_id": customer, "type": event_type, "at": at, "properties": properties}


EVENTS = [
    line("ann", "view", "2026-01-01T10:00:00Z", device="mobile"),
    line("ann", "purchase", "2026-01-03T10:00:00Z", total=19.99),
    line("bob", "view", "2026-01-02T10:00:00Z", device="desktop"),
    line("bob", "purchase", "2026-02-20T10:00:00Z", total=5),
]


@frozen
class Result:
    """The exit code of a command, and what it printed."""

    code: int
    out: str
    err: str


@frozen
class Shell:
    """Calls the command line in this process."""

    capsys: pytest.CaptureFixture[str]

    def __call__(self, *arguments: str | Path) -> Result:
        """Run a command and return its result."""
        try:
            code = main([str(argument) for argument in arguments])
        except SystemExit as exit_:
            code = int(exit_.code or 0)
        captured = self.capsys.readouterr()
        return Result(code, captured.out, captured.err)


def write_lines(path: Path, lines: Iterable[Mapping[str, Any]]) -> Path:
    """Write JSON lines."""
    path.write_text("".join(json.dumps(each) + "\n" for each in lines), "utf-8")
    return path
