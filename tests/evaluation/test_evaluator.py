"""Conditions joined: what is cheap is asked first, and costs nothing more where it decides."""

import pytest

from segrules.evaluation.evaluator import compile_condition
from segrules.facts.history import History, Log
from segrules.meaning.calendar import NEVER
from segrules.meaning.conditions import (
    And,
    Attribute,
    Condition,
    Equals,
    EventTest,
    IsPresent,
    Not,
    Or,
    TermTest,
)
from tests.evaluation.facing import CALENDAR, WEEK, history


class Untouched(History):
    """A history of which only the attributes may be looked at."""

    def log(self, event_type: str | None) -> Log:
        raise AssertionError(event_type)


CHEAP: Condition = TermTest(Attribute(("country",)), Equals("GB"))
OTHER: Condition = TermTest(Attribute(("city",)), IsPresent())
COSTLY: Condition = EventTest("last", None, None, WEEK)
IN_LONDON = {"country": "GB", "city": "London"}


@pytest.mark.parametrize(
    ("condition", "holds"),
    [
        (And((COSTLY, Not(CHEAP))), False),
        (And((COSTLY, OTHER, Not(CHEAP))), False),
        (And((COSTLY, And((OTHER, Not(CHEAP))))), False),
        (Or((COSTLY, CHEAP)), True),
        (Or((COSTLY, Not(OTHER), CHEAP)), True),
        (Or((And((COSTLY, OTHER)), Not(And((OTHER, Not(CHEAP)))))), True),
    ],
)
def test_cheapest_first(condition: Condition, holds: bool) -> None:  # noqa: FBT001  # a table
    """Where attributes decide, events are not looked at, whatever the order of the words."""
    evaluator = compile_condition(condition, CALENDAR)
    known = Untouched(attributes=IN_LONDON)
    assert evaluator.check(known, 0) is holds
    assert evaluator.judge(known, 0) == (holds, NEVER)


@pytest.mark.parametrize(
    ("condition", "holds"),
    [
        (And(()), True),
        (Or(()), False),
        (And((CHEAP,)), True),
        (Or((Not(CHEAP),)), False),
        (And((CHEAP, OTHER)), True),
        (Not(And((CHEAP, Not(OTHER)))), True),
        (Or((Not(CHEAP), Not(OTHER))), False),
    ],
)
def test_attributes(condition: Condition, holds: bool) -> None:  # noqa: FBT001  # a table
    """What is about attributes alone stands until one of them is set."""
    evaluator = compile_condition(condition, CALENDAR)
    known = history(**IN_LONDON)
    assert evaluator.check(known, 0) is holds
    assert evaluator.judge(known, 0) == (holds, NEVER)
