"""The result of `retention`, as a value."""

import pickle
from datetime import UTC, datetime

import pytest
from attrs.exceptions import FrozenInstanceError

from segrules import Customer, Event, Schema
from segrules.insight import Activity, retention

SHOP = Schema.commerce(timezone="Europe/London")
BUYS = Activity("purchase", SHOP)
NOW = datetime(2026, 4, 15, tzinfo=UTC)
DAYS = [datetime(2026, 1, 5, tzinfo=UTC), datetime(2026, 1, 20, tzinfo=UTC)]
ANN = Customer("ann", events=[Event("purchase", day, {"total": 15}) for day in DAYS])


def test_a_report_is_a_value() -> None:
    """Equal, hashed and frozen like any other; it prints as a sentence."""
    one, other = (retention([ANN], BUYS, "month", at=NOW) for _ in range(2))
    assert one == other
    assert hash(one) == hash(other)
    assert pickle.loads(pickle.dumps(one)) == one
    assert repr(one) == "<Retention (1 cohort, 1 start, 4 months)>"
    with pytest.raises(FrozenInstanceError):
        one.rows = ()  # type: ignore[misc]


def test_brackets() -> None:
    """A report of brackets has them in its question, and a name for each column that has cells."""
    report = retention([ANN], BUYS, "day", at=NOW, periods=(3, 4, 30, 200, 300))
    assert report.to_data()["question"]["brackets"] == [3, 4, 30, 200, 300]
    assert report.columns == ("0\u20133", "4", "5\u201330", "31\u2013200")
    assert len(report.to_data()["rows"][0]["cells"]) == 4
    assert repr(report) == "<Retention (1 cohort, 1 start, 4 brackets)>"
    assert retention([ANN], BUYS, "month", at=NOW).columns == ("0", "1", "2", "3")
    assert retention([], BUYS, "day", at=NOW, periods=[0, 1]).columns == ()


def test_to_data() -> None:
    """A report has JSON types, with money as text."""
    report = retention([ANN], BUYS, "quarter", at=NOW, revenue="total")
    assert report.to_data() == {
        "question": {
            "start": "event of type 'purchase'",
            "activity": "event of type 'purchase'",
            "period": "quarter",
            "at": "2026-04-15T00:00:00Z",
            "starts": "first",
            "returned": "in",
            "is_rolling": False,
            "revenue": "total",
            "brackets": None,
            "timezone": "Europe/London",
        },
        "rows": [
            {
                "name": "2026-Q1",
                "size": 1,
                "absent": 0,
                "cells": [
                    {
                        "returned": 1,
                        "share": 1.0,
                        "events": 2,
                        "revenue": "30",
                        "average": "15",
                        "finished": 1,
                        "is_finished": True,
                    },
                    {
                        "returned": 0,
                        "share": 0.0,
                        "events": 0,
                        "revenue": "0",
                        "average": None,
                        "finished": 0,
                        "is_finished": False,
                    },
                ],
            }
        ],
    }
