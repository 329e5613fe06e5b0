"""Questions that others have asked of retention, and the rows that answer them."""

import json
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from segrules import Customer, Event, Schema
from segrules.insight import Activity, retention

CASES = json.loads(Path(__file__).with_name("field.json").read_text("utf-8"))


def read(data: dict[str, Any]) -> Customer:
    events = [
        Event(each["type"], datetime.fromisoformat(each["at"]), each["properties"])
        for each in data["events"]
    ]
    return Customer(data["id"], data["attributes"], events)


@pytest.mark.parametrize("case", CASES, ids=[case["name"] for case in CASES])
def test_cases(case: dict[str, Any]) -> None:
    """The report has the rows expected: name, size, and customers who came back."""
    schema, how = Schema.from_data(case["schema"]), case["arguments"]
    activities = {k: Activity(how[k], schema) for k in ("activity", "start") if k in how}
    at = datetime.fromisoformat(how["at"])
    report = retention(map(read, case["people"]), **how | activities | {"at": at})
    shown = [[row.name, row.size, [c.returned for c in row.cells]] for row in report.rows]
    assert shown == case["rows"]
