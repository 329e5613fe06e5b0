"""What is said about an answer, and what is not."""

import json
from datetime import UTC, datetime
from typing import Any

import pytest

from segrules import Customer, Rule, Schema
from segrules.results import Explanation
from tests.evaluation.facing import day, event

SCHEMA = Schema.from_data(
    {
        "timezone": "Europe/London",
        "attributes": {
            "name": "text",
            "points": "number",
            "optIn": "boolean",
            "tags": "tags",
            "renewsAt": "instant",
            "address": "text",
            "spent": {"derived": "sum of total of orders"},
            "stage": {"stages": [{"value": "buyer", "rule": "spent > 50"}]},
        },
        "collections": {"orders": "purchase"},
        "events": {"purchase": {"properties": {"total": "number"}}, "cart": {}},
    }
)
AT = day(13).replace(hour=12)
CUSTOMER = Customer(
    "c1",
    {
        "name": "Secret",
        "points": 4111,
        "optIn": True,
        "tags": ["secretly", "hidden"],
        "renewsAt": day(20),
        "address": "Secretville",
    },
    [event("purchase", 1, total=4111), event("purchase", 10, total=0.5)],
    lists=["picked"],
    cohorts=["march"],
)


def explain(text: str, customer: Customer = CUSTOMER, **options: Any) -> Explanation:
    rule = Rule(
        text,
        SCHEMA,
        segments={"buyers": Rule("count of orders > 0", SCHEMA)},
        lists=["picked"],
        cohorts=["march"],
    )
    return rule.explain(customer, **{"at": AT} | options)


NOBODY = Customer("c2")
TENTH = "2026-03-11 00:00:00 GMT (3 days 12 hours ago)"
SECOND = "2026-03-02 00:00:00 GMT (12 days 12 hours ago)"
RENEWAL = "2026-03-21 00:00:00 GMT (in 6 days 12 hours)"


@pytest.mark.parametrize(
    ("text", "found", "of_nobody"),
    [
        ("name = 'x'", "'Secret'", "not set"),
        ("points > 5", "4111", "not set"),
        ("optIn = true", "true", "not set"),
        ("tags contains 'x'", "'hidden', 'secretly'", "not set"),
        ("address is set", "'Secretville'", "not set"),
        ("renewsAt within 1 day", RENEWAL, "not set"),
        ("renewsAt in (2026-03-01, 2026-03-02)", RENEWAL, "not set"),
        ("spent > 5", "4111.5", "0"),
        ("stage = 'buyer'", "'buyer'", "not set"),
        ("avg of total of orders > 5", "2055.75", "not set"),
        ("count of orders >= 3", f"2, the last {TENTH}", "none"),
        ("no event of type 'cart'", "none", "none"),
        ("first event of type 'purchase'", f"the first was {SECOND}", "there is none"),
        ("last event not within 1 day", f"the last was {TENTH}", "there is none"),
        ("in segment 'picked'", "on the list `picked`", "not on the list `picked`"),
        ("in cohort 'march'", "in the cohort `march`", "not in the cohort `march`"),
        ("in segment 'buyers'", "in `buyers`", "not in `buyers`"),
    ],
)
def test_found(text: str, found: str, of_nobody: str) -> None:
    """A condition says what was found where it looked."""
    assert explain(text).found == found
    assert explain(text, NOBODY).found == of_nobody


@pytest.mark.parametrize(
    ("value", "said"),
    [
        (0.1, "0.1"),
        (-2.50, "-2.5"),
        (1500, "1500"),
        (1e21, "1000000000000000000000"),
        (0, "0"),
        (True, "true"),
        (False, "false"),
        ([], "no tags"),
        ("", "''"),
        ({"city": "Bath"}, "nested values"),
    ],
)
def test_values(value: object, said: str) -> None:
    """Values are said as a merchant writes them."""
    rule = Rule("points is set", Schema.open())
    assert rule.explain(Customer("c1", {"points": value}), at=AT).found == said


def test_number_without_end() -> None:
    """A number that has no end is cut after the cents, and says so."""
    thirds = Customer(
        "c1", events=[event("purchase", n, total=t) for n, t in ((1, 2), (2, 3), (3, 3))]
    )
    assert explain("avg of total of orders > 5", thirds).found == "about 2.67"


@pytest.mark.parametrize(
    ("moment", "said"),
    [
        (AT, "2026-03-14 12:00:00 GMT (now)"),
        (AT.replace(microsecond=1), "2026-03-14 12:00:00 GMT (now)"),
        (AT.replace(second=1), "2026-03-14 12:00:01 GMT (in 1 second)"),
        (AT.replace(hour=10, minute=59), "2026-03-14 10:59:00 GMT (1 hour 1 minute ago)"),
        (datetime(2026, 4, 1, tzinfo=UTC), "2026-04-01 01:00:00 BST (in 17 days 12 hours)"),
        (datetime.max.replace(microsecond=0, tzinfo=UTC), "9999-12-31 23:59:59 "),
    ],
)
def test_instants(moment: datetime, said: str) -> None:
    """Instants are said in the merchant's zone, with the distance in its two largest units."""
    assert explain("renewsAt is set", Customer("c1", {"renewsAt": moment})).found.startswith(said)


def test_end_of_the_calendar() -> None:
    """Where the merchant's zone has no date any more, an instant is said in UTC."""
    tokyo = Schema.from_data({"timezone": "Asia/Tokyo", "attributes": {"at": "instant"}})
    late = datetime.max.replace(microsecond=0, tzinfo=UTC)
    explained = Rule("at is set", tokyo).explain(Customer("c1", {"at": late}), at=late)
    assert explained.found == "9999-12-31 23:59:59 UTC (now)"


def test_tree() -> None:
    """An explanation follows the rule as it was written, and prints as a list."""
    explained = explain("count of orders within 7 days >= 1 AND NOT (points > 5 OR tags is set)")
    assert str(explained) == (
        "no  all of these: 1 of 2 hold\n"
        "  yes count of orders within 7 days >= 1: 1, the last 2026-03-11 00:00:00 GMT "
        "(3 days 12 hours ago), until 2026-03-18 00:00:00 GMT\n"
        "  no  not this: it holds\n"
        "    yes any of these: 2 of 2 hold\n"
        "      yes points > 5: 4111\n"
        "      yes tags is set: 'hidden', 'secretly'"
    )
    assert explain("NOT optIn = false").found == "it does not hold"


def test_segment() -> None:
    """A segment that a rule refers to is explained in its place."""
    [part] = explain("in segment 'buyers'").parts
    assert part.asked == "count of orders > 0"


def test_answers() -> None:
    """What is explained is what the verdict says."""
    text = "count of orders within 7 days >= 1 OR renewsAt within next 3 days"
    explained, verdict = explain(text), Rule(text, SCHEMA).verdict(CUSTOMER, at=AT)
    assert (explained.holds, explained.until) == (verdict.holds, verdict.until)


def test_data() -> None:
    """An explanation can be had as JSON's types."""
    data = explain("NOT count of orders within 7 days >= 1").to_data()
    assert json.loads(json.dumps(data)) == data
    assert data["parts"][0]["until"] == "2026-03-18T00:00:00Z"
    assert data["parts"][0]["parts"] == []
    assert explain("points > 5").to_data()["until"] is None


REVEALING = [
    "name = 'x'",
    "points > 5",
    "optIn = true",
    "tags contains 'x'",
    "address is set",
    "renewsAt is set",
    "spent > 5",
    "stage = 'buyer'",
    "avg of total of orders > 5",
    "count of orders >= 3",
    "first event of type 'purchase' in 2026",
    "last event in 2026",
]


@pytest.mark.parametrize("text", REVEALING)
def test_redacted(text: str) -> None:
    """A redacted explanation says that something was found, and not what."""
    redacted = explain(text, redact=True)
    assert redacted.found.removeprefix("the first was ").removeprefix("the last was ") in (
        "a value",
        "at some time",
    )
    assert redacted.holds == explain(text).holds
    assert explain(text, NOBODY, redact=True).found in ("a value", "not set", "there is none")


def test_nothing_leaks() -> None:
    """No value of a customer stands anywhere in a redacted explanation."""
    told = json.dumps(explain(" AND ".join(REVEALING), redact=True).to_data())
    for value in ("Secret", "4111", "secretly", "hidden", "2055", "03-21", "03-11", "03-02"):
        assert value not in told
