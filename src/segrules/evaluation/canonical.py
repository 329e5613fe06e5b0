"""The canonical form of a condition: equal questions are written the same.

Stages, segments and ranges are spelled out with AND, OR and NOT. A test on a number computed from
events is only ever "at least" or "more than": `count < 3` is NOT `count >= 3`. So rules that ask
the same share the answer.
"""

from decimal import Decimal
from math import ceil, floor
from typing import Any, Final, assert_never

from attrs import evolve, fields, has

from segrules.evaluation.atoms import is_lone
from segrules.evaluation.predicates import compile_test
from segrules.facts.exact import EXACT
from segrules.meaning.conditions import (
    AggregateTest,
    And,
    Condition,
    Equals,
    EventTest,
    Inlined,
    InRange,
    IsOneOf,
    IsPresent,
    ListTest,
    Not,
    Or,
    StageTest,
    TermTest,
    Whole,
)

TRUE: Final[Condition] = And(())
FALSE: Final[Condition] = Or(())


def canonize(condition: Condition) -> Condition:
    """Return the canonical form: AND, OR, NOT and `Whole` over leaves."""
    match condition:
        case And(terms):
            return And(tuple(map(canonize, terms)))
        case Or(terms):
            return Or(tuple(map(canonize, terms)))
        case Not(term):
            return Not(canonize(term))
        case Inlined(condition=inner) | Whole(inner):
            return _whole(canonize(inner))
        case StageTest():
            return _whole(_canonize_stages(condition))
        case AggregateTest():
            leaf: AggregateTest = _spell(condition)
            return leaf if is_lone(leaf) else _whole(_canonize_aggregate(leaf))
        case TermTest() | EventTest() | ListTest():
            test: Condition = _spell(condition)
            return test
        case _:
            assert_never(condition)


def _spell(part: Any) -> Any:
    """Return a part with equal numbers written the same, since streams are known by their text."""
    match part:
        case Decimal():
            return part.normalize(EXACT) or Decimal(0)
        case tuple():
            return tuple(map(_spell, part))
    if not has(type(part)):
        return part
    return evolve(part, **{f.name: _spell(getattr(part, f.name)) for f in fields(type(part))})


def _whole(condition: Condition) -> Condition:
    """Return a condition that its author wrote as one; if it became several, they turn as one."""
    match condition:
        case And((term,)) | Or((term,)):
            return _whole(term)
        case And((_, *_)) | Or((_, *_)):
            return Whole(condition)
        case Not(term):
            return Not(_whole(term))
        case _:
            return condition


def _canonize_stages(condition: StageTest) -> Condition:
    """Return the condition that the first stage that holds passes the test."""
    passes = compile_test(condition.test)
    rest = FALSE
    for value, stage in reversed(condition.stages):
        holds = canonize(stage)
        if passes(value):
            rest = Or((holds, *rest.terms)) if isinstance(rest, Or) else Or((holds, rest))
        elif rest != FALSE:
            fails = Not(holds)
            rest = And((fails, *rest.terms)) if isinstance(rest, And) else And((fails, rest))
    return rest


def _canonize_aggregate(leaf: AggregateTest) -> Condition:
    match leaf.test:
        case IsPresent():
            return _present(leaf)
        case Equals(value):
            return _equals(leaf, value)
        case IsOneOf(values):
            return Or(tuple(_equals(leaf, value) for value in values))
        case InRange(low, high) if isinstance(low, str) or isinstance(high, str):
            return FALSE
        case InRange(low, high, open_low, open_high):
            terms = [_present(leaf) if low is None else _above(leaf, low, strictly=open_low)]
            if high is not None:
                terms.append(Not(_above(leaf, high, strictly=not open_high)))
            return And(tuple(term for term in terms if term != TRUE))
        case _:
            assert_never(leaf.test)


def _present(leaf: AggregateTest) -> Condition:
    """Return the condition that there is a number, as there always is for a count or a sum."""
    return TRUE if leaf.function in ("count", "sum") else evolve(leaf, test=IsPresent())


def _equals(leaf: AggregateTest, value: Decimal | str | bool) -> Condition:  # noqa: FBT001  # a value of any type
    return And((_above(leaf, value, strictly=False), Not(_above(leaf, value, strictly=True))))


def _above(leaf: AggregateTest, low: Decimal | str | bool, *, strictly: bool) -> Condition:  # noqa: FBT001  # a value of any type
    if not isinstance(low, Decimal | int) or isinstance(low, bool):
        return FALSE
    if leaf.function != "count":
        return evolve(leaf, test=InRange(low=low, open_low=strictly))
    number = floor(low) + 1 if strictly else ceil(low)
    return evolve(leaf, test=InRange(low=Decimal(number))) if number > 0 else TRUE
