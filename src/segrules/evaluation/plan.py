"""Conditions compiled to closures over a customer's history.

A condition becomes two functions: `check` tells whether it holds, `judge` also tells until when.
A leaf answers with the next instant at which it may change; `_settle` asks it again until its
answer does change, which makes every leaf's `until` exact. The reference evaluator is the judge of
all of this.
"""

from collections.abc import Callable
from typing import TypeAlias, assert_never

from attrs import frozen

from segrules.evaluation.aggregates import compile_aggregate_test
from segrules.evaluation.history import History
from segrules.evaluation.pick import compile_event_test, compile_lies
from segrules.evaluation.predicates import compile_path, compile_test
from segrules.meaning.calendar import NEVER, Calendar
from segrules.meaning.conditions import (
    AggregateTest,
    And,
    Condition,
    EventTest,
    Inlined,
    Lies,
    ListTest,
    Not,
    Or,
    StageTest,
    TermTest,
    ValueTest,
    Whole,
)
from segrules.meaning.windows import refers_to_event

Check: TypeAlias = Callable[[History, int], bool]
Judge: TypeAlias = Callable[[History, int], tuple[bool, int]]


@frozen
class Evaluator:
    """A compiled condition: `check(history, at)`, and `judge(history, at)` with its `until`."""

    check: Check
    judge: Judge


def compile_condition(condition: Condition, calendar: Calendar) -> Evaluator:
    """Compile a condition."""
    match condition:
        case And(terms):
            return _compile_and([compile_condition(term, calendar) for term in terms])
        case Or(terms):
            nor = _compile_and([_negate(compile_condition(term, calendar)) for term in terms])
            return _negate(nor)
        case Not(term):
            return _negate(compile_condition(term, calendar))
        case Inlined(condition=inner) | Whole(inner):
            return _settle(compile_condition(inner, calendar).judge)
        case StageTest():
            return _settle(_compile_stages(condition, calendar))
        case ListTest(kind, name):
            entry = (kind, name)
            return _timeless(lambda history: entry in history.lists)
        case TermTest(term, Lies(window)):
            return _settle(compile_lies(term.path, window, calendar))
        case TermTest(term, test):
            return _compile_attribute(term.path, test)
        case EventTest():
            return _settle(compile_event_test(condition, calendar))
        case AggregateTest():
            look, is_itself = compile_aggregate_test(condition, calendar)
            # Only where `that` may become another event does a look stop short of the turn.
            refers = condition.window is not None and refers_to_event(condition.window)
            compiled = _settle(look) if refers else _believe(look)
            return compiled if is_itself else _negate(compiled)
        case _:
            assert_never(condition)


def _compile_stages(condition: StageTest, calendar: Calendar) -> Judge:
    """Compile a test on the first stage that holds; where none does, the value is missing.

    It holds while a stage that passes holds and none before it does. Each stage is asked at most
    once, and those before one that fails are not asked for its sake.
    """
    passes = compile_test(condition.test)
    judges = [compile_condition(stage, calendar).judge for _, stage in condition.stages]
    passing = [number for number, (value, _) in enumerate(condition.stages) if passes(value)]

    def look(history: History, at: int) -> tuple[bool, int]:
        known: dict[int, tuple[bool, int]] = {}
        fails = NEVER
        for number in passing:
            stands = NEVER
            for asked in (number, *range(number)):
                if asked not in known:
                    known[asked] = judges[asked](history, at)
                holds, until = known[asked]
                if holds is not (asked == number):
                    fails = min(fails, until)
                    break
                stands = min(stands, until)
            else:
                return True, stands
        return False, fails

    return look


def _compile_attribute(path: tuple[str, ...], test: ValueTest) -> Evaluator:
    get, passes = compile_path(path), compile_test(test)
    return _timeless(lambda history: passes(get(history.attributes)))


def _timeless(check: Callable[[History], bool]) -> Evaluator:
    return Evaluator(
        lambda history, _: check(history),
        lambda history, _: (check(history), NEVER),
    )


def _negate(inner: Evaluator) -> Evaluator:
    check, judge = inner.check, inner.judge

    def negated(history: History, at: int) -> tuple[bool, int]:
        holds, until = judge(history, at)
        return not holds, until

    return Evaluator(lambda history, at: not check(history, at), negated)


def _compile_and(parts: list[Evaluator]) -> Evaluator:
    checks = [part.check for part in parts]
    judges = [part.judge for part in parts]

    def check(history: History, at: int) -> bool:
        for part in checks:  # noqa: SIM110  # all() over a generator costs half as much again
            if not part(history, at):
                return False
        return True

    def judge(history: History, at: int) -> tuple[bool, int]:
        stands = NEVER
        fails = at
        for part in judges:
            holds, until = part(history, at)
            if holds:
                stands = min(stands, until)
            elif until == NEVER:
                return False, NEVER
            else:
                fails = max(fails, until)
        return (True, stands) if fails == at else (False, fails)

    return Evaluator(check, judge)


def _settle(look: Judge) -> Evaluator:
    def judge(history: History, at: int) -> tuple[bool, int]:
        holds, until = look(history, at)
        while until < NEVER:
            then, following = look(history, until)
            if then is not holds:
                break
            until = following
        return holds, until

    return Evaluator(lambda history, at: look(history, at)[0], judge)


def _believe(look: Judge) -> Evaluator:
    return Evaluator(lambda history, at: look(history, at)[0], look)
