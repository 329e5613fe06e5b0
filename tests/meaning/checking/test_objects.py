"""What `has` of a list of objects means, and what it may not ask."""

from decimal import Decimal

import pytest

from segrules import Limits, Rule, RuleError, Schema
from segrules.language.parser import LEVELS
from segrules.meaning.conditions import (
    AggregateTest,
    Attribute,
    Condition,
    Contains,
    Equals,
    Field,
    HasElement,
    InRange,
    IsPresent,
    Not,
    Or,
    Property,
    TermTest,
    Whole,
)
from tests.meaning.shop import SHOP, mean

OPEN = Schema.open()
CHEAP = TermTest(Field(("price",)), InRange(high=Decimal(5)))
GIFT = TermTest(Field(("gift",)), Equals(value=True))


def wishes(kept: Condition) -> TermTest:
    return TermTest(Attribute(("wishes",)), HasElement(kept))


@pytest.mark.parametrize(
    ("text", "condition"),
    [
        ("wishes has price <= 5", wishes(CHEAP)),
        ("wishes not has price <= 5", Not(wishes(CHEAP))),
        ("wishes has (price <= 5 OR gift = true)", wishes(Or((CHEAP, GIFT)))),
        ("wishes has NOT (gift = true)", wishes(Not(GIFT))),
        ("wishes has gift != true", wishes(Not(GIFT))),
        ("wishes is set", TermTest(Attribute(("wishes",)), IsPresent())),
        ("wishes has size.eu is set", wishes(TermTest(Field(("size", "eu")), IsPresent()))),
        (
            "wishes has colours not has (name = 'red' OR codes contains 7)",
            wishes(
                Not(
                    TermTest(
                        Field(("colours",)),
                        HasElement(
                            Or(
                                (
                                    TermTest(Field(("name",)), Equals("red")),
                                    TermTest(
                                        Field(("codes",)), Contains((Decimal(7),), kind="tags")
                                    ),
                                )
                            )
                        ),
                    )
                )
            ),
        ),
    ],
)
def test_meant(text: str, condition: Condition) -> None:
    """Names after `has` of a list are the fields of its objects, and of the nearest list's."""
    assert mean(text) == condition


def test_in_events() -> None:
    """A property of an event may be such a list, and so may that of events of any type."""
    test = TermTest(Property(("lines",)), HasElement(TermTest(Field(("sku",)), Equals("A-1"))))
    for text in (
        "any event has lines has sku = 'A-1'",
        "count of orders has lines has sku = 'A-1' > 2",
    ):
        meant = mean(text)
        assert isinstance(meant, AggregateTest)
        assert meant.filter == test
    days = mean("any event has wishes has at in (2026-03-14, 2026-03-15)", OPEN)
    assert isinstance(days, AggregateTest)
    assert isinstance(days.filter, TermTest)
    assert isinstance(days.filter.test, HasElement)
    assert isinstance(days.filter.test.filter, Whole)


def test_fields_of_several_types() -> None:
    """What events of several types have under one name may be asked of any event."""
    kinds = {"lines": {"type": "objects", "of": {"sku": "text", "size": "number"}}}
    others = {"lines": {"type": "objects", "of": {"sku": "text", "size": "text"}}}
    schema = Schema.from_data(
        {
            "events": {
                "purchase": {"properties": kinds},
                "refund": {"properties": others},
                "view": {"properties": {"note": "text"}},
            }
        }
    )
    Rule("any event has lines has (sku = 'A-1' AND size = 5 AND size = 'XL')", schema)
    with pytest.raises(RuleError, match="unknown field `colour` of `lines`"):
        Rule("any event has lines has colour = 'red'", schema)


def test_of_unknown_type() -> None:
    """A property that has another type in each type of event may be asked anything."""
    schema = Schema.from_data(
        {
            "events": {
                "a": {"properties": {"x": {"type": "objects", "of": {"sku": "text"}}}},
                "b": {"properties": {"x": "number"}},
            }
        }
    )
    Rule("any event has (x has whatever = 5 OR x > 5)", schema)


@pytest.mark.parametrize(
    "text",
    [
        "x has y = 1",
        "x has (y.z contains 5 AND w within 3 days)",
        "any event has x has y not has z is set",
        "x contains any (1, 'a')",
    ],
)
def test_open(text: str) -> None:
    """An open schema takes any name, as a list and inside."""
    assert mean(text, OPEN)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("wishes.sku = 'x'", "unknown attribute `wishes.sku`"),
        ("wishes = 'x'", "`wishes` is a list of objects"),
        ("name has x = 1", "`name` is text, and `has` asks about a list of objects"),
    ],
)
def test_what_an_open_schema_declares(text: str, message: str) -> None:
    """What an open schema declares is checked as in any other; only undeclared names are free."""
    wishes = {"type": "objects", "of": {"sku": "text"}}
    schema = Schema.from_data({"is_open": True, "attributes": {"wishes": wishes, "name": "text"}})
    assert Rule("wishes has another = 'x' AND other has sku = 5", schema)
    with pytest.raises(RuleError, match=message):
        Rule(text, schema)


@pytest.mark.parametrize(
    ("text", "levels"),
    [
        ("wishes has price = 1", 0),
        ("wishes has colours has name = 'red'", 0),
        ("wishes has (price = 1 AND gift = true)", 1),
        ("points = 1 AND wishes has (price = 1 AND gift = true)", 2),
        ("points = 1 AND wishes has (price = 1 OR colours has (name = 'a' AND name = 'b'))", 3),
        ("any event has (gift = true AND lines has NOT (sku = 'x'))", 2),
    ],
)
def test_levels(text: str, levels: int) -> None:
    """A list adds no level; what is in parentheses after `has` goes on counting."""
    mean(text, limits=Limits(levels=levels))
    if levels:
        with pytest.raises(RuleError, match=f"level {levels} of AND, OR and NOT starts here"):
            mean(text, limits=Limits(levels=levels - 1))


def test_a_chain_of_lists_is_bounded() -> None:
    """Lists in lists nest no deeper than connectives, so that no walk runs out of stack."""
    mean("x has " * LEVELS + "y = 1", OPEN)
    for number in (LEVELS + 1, 1_500):
        with pytest.raises(RuleError) as caught:
            mean("x has " * number + "y = 1", OPEN)
        assert [finding.code for finding in caught.value.findings] == ["too-nested"]


def test_advice_is_a_rule() -> None:
    """What the advice tells the author to write is understood."""
    for text in (
        "wishes = 5", "wishes contains 'A-1'", "wishes not contains any ('A-1', 'A-2')",
        "wishes within 7 days", "wishes != true", "wishes between 1 and 2", "wishes.sku = 'A-1'",
        "wishes.colours.name is not set", "wishes in (1, 2)", "wishes starts with 'A'",
    ):  # fmt: skip
        with pytest.raises(RuleError) as caught:
            mean(text)
        (finding,) = caught.value.findings
        assert finding.help is not None
        assert mean(finding.help.split("`")[-2], SHOP)
