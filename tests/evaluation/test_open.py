"""Values of names that no schema declares: they are read by the use that a rule makes of them."""

import gzip
import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from segrules import Customer, Engine, Event, Rule, Schema, Verdict
from segrules.evaluation import reference
from segrules.meaning.calendar import NEVER, to_datetime, to_micros
from segrules.rule import condition_of
from tests.strategies.json import JSON
from tests.strategies.store import instants

OPEN = Schema.open(timezone="Europe/London")
NOON = datetime(2026, 3, 14, 12, tzinfo=UTC)
DATA = Path(__file__).parents[3] / "shared" / "data"

TESTS = (
    "x = 5", "x != 5", "x > 0.5", "x <= -1", "x between 0 and 5", "x in (5, 0.5, 'GB')", "x = '5'",
    "x > 'A'", "x is set", "x contains 'GB'", "x starts with 'G'", "x = true", "x within 7 days",
    "x not within 1 month", "x on 2026-03-29", "x before 3 days ago", "x.y >= 2",
    "x contains 5", "x not contains all (5, 'GB')", "x has y = 5", "x has (y >= 2 OR z is set)",
    "x not has (NOT y within 7 days)", "x has y on 2026-03-29", "x has y has z contains 0.5",
)  # fmt: skip
"""Tests on an attribute or a property."""

RULES = st.one_of(
    st.sampled_from(TESTS),
    st.sampled_from(TESTS).map(lambda test: f"any event has {test}"),
    st.sampled_from(TESTS).map(lambda test: f"count of a has {test} within 1 month >= 2"),
    st.sampled_from(
        [f"{what} of x of a within 14 days {test}"
         for what in ("sum", "avg", "min", "max") for test in ("= 5", "> 0", "<= 2.5")]
    ),
    st.just("count of distinct x of a >= 2"),
)  # fmt: skip

NUMBERS = [5, 0.5, -1, "5", "5.0", "0.50", "-1", "+5", "1e0", "5 ", "0x5", "\u0665"]
OTHERS = ["GB", "", True, None, [], ["GB", 5], [5, "5"], [{"y": 5}, "GB"], {"y": "2"}, {"y": 2}]
LISTS = [[True, 5.0], [True, "GB", 1], [{"y": "5"}, {"z": 1}], [{"y": [{"z": [0.5, True]}, 1]}]]
VALUES = st.one_of(
    st.sampled_from(NUMBERS),
    st.sampled_from(OTHERS),
    st.sampled_from(LISTS),
    instants(30),
    instants(30).map(datetime.isoformat),
    instants(30).map(lambda moment: [{"y": moment}, {"y": moment.isoformat()}]),
    JSON,
)
EVENTS = st.builds(
    Event,
    st.sampled_from(["a", "b"]),
    at=instants(30),
    properties=st.fixed_dictionaries({}, optional={"x": VALUES}),
)


@given(RULES, VALUES, st.lists(EVENTS, max_size=5), instants(30))
def test_evaluators_agree(text: str, value: Any, events: list[Event], at: datetime) -> None:
    """The rule and an engine answer as the reference does, whatever the values are."""
    rule, customer = Rule(text, OPEN), Customer("ann", {"x": value}, events)
    holds, until = reference.judge(
        condition_of(rule), customer, to_micros(at), OPEN._vocabulary.calendar
    )
    assert rule.verdict(customer, at=at) == Verdict(
        holds, None if until >= NEVER else to_datetime(until)
    )
    engine = Engine(OPEN)
    engine.add_segment("asked", rule)
    engine.set_attributes("ann", {"x": value}, at=at)
    for event in events:
        engine.apply(event, customer="ann", at=at)
    assert ("ann" in engine.members("asked")) is holds
    assert engine.preview(text).count == holds
    assert engine.verify()


@pytest.mark.parametrize(
    ("test", "passing", "failing"),
    [
        ("x > 5", ["5.01", 6, "1e2"], ["5", "much", "1_000", True, None, "NaN", ""]),
        ("x = 5", ["5", "5.0", 5.0, "+5", "5e0"], ["5 ", "five", True, ["5"]]),
        ("x in (5, 'a')", ["5", "a", 5], ["b", "4"]),
        ("x = '5'", ["5"], [5, "5.0"]),
        ("x within 1 day", ["2026-03-14T12:00:00+01:00", NOON], ["2026-03-14", "soon", 5]),
    ],
)
def test_use(test: str, passing: list[Any], failing: list[Any]) -> None:
    """Where a number or an instant is asked for, text that is one counts as such."""
    rule = Rule(test, OPEN)
    for expected, values in ((True, passing), (False, failing)):
        for value in values:
            assert rule.matches(Customer("ann", {"x": value}), at=NOON) is expected, value


@pytest.mark.skipif(not DATA.exists(), reason="the published data are not beside the project")
@pytest.mark.parametrize("is_open", [True, False])
def test_money_as_text(is_open: bool) -> None:  # noqa: FBT001  # a parameter of the test
    """Of the customers of CDNOW 615 spent more than 100 and 8 spent nothing, money being text."""
    strict = {
        "events": {"purchase": {"properties": {"total": "number", "cds": "number"}}},
        "collections": {"purchase": "purchase"},
    }
    schema = OPEN if is_open else Schema.from_data(strict)
    events: dict[str, list[dict[str, Any]]] = {}
    with gzip.open(DATA / "cdnow.events.jsonl.gz") as lines:
        for line in map(json.loads, lines):
            properties = {name: str(value) for name, value in line["properties"].items()}
            event = {"type": line["type"], "at": line["at"], "properties": properties}
            events.setdefault(line["customer_id"], []).append(event)
    customers = [schema.customer(each, events=given) for each, given in events.items()]
    for test, number in (("> 100", 615), ("= 0", 8)):
        rule = Rule(f"sum of total of purchase {test}", schema)
        assert sum(rule.matches(customer, at=NOON) for customer in customers) == number
