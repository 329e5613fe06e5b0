"""The names that a rule's text mentions."""

from segrules.language.formatter import format_node
from segrules.language.mentions import (
    conditions_in,
    mentioned_attributes,
    mentioned_memberships,
)
from segrules.language.parser import parse
from segrules.results import Source

ROOT = parse(
    Source(
        "a = 1 AND (NOT (b.c is set) OR in segment 'x') AND any event has d = 1 "
        "AND count of orders > 3 AND in cohort 'y'"
    )
).root


def test_conditions_come_in_text_order() -> None:
    """Each condition below the connectives is found once, and none inside `has`."""
    assert [format_node(condition) for condition in conditions_in(ROOT)] == [
        "a = 1",
        "b.c is set",
        "in segment 'x'",
        "any event has d = 1",
        "count of orders > 3",
        "in cohort 'y'",
    ]


def test_attributes_and_memberships_are_told_apart() -> None:
    """Properties of events and collections are not attributes."""
    assert [name.parts for name in mentioned_attributes(ROOT)] == [("a",), ("b", "c")]
    assert [(m.kind, m.name.value) for m in mentioned_memberships(ROOT)] == [
        ("segment", "x"),
        ("cohort", "y"),
    ]
