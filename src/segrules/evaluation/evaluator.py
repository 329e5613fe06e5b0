"""One condition by itself: a plan of one, asked about one customer.

A condition in canonical form becomes two functions: `check` tells whether it holds, `judge` also
tells until when. A family answers with the next instant at which it may change; `_settle` asks it
again until its answer does change, which makes every leaf's `until` exact. The reference evaluator
is the judge of all of this.
"""

from collections.abc import Callable
from typing import TypeAlias

from attrs import frozen

from segrules.evaluation.canonical import canonize
from segrules.evaluation.families import compile_family
from segrules.evaluation.history import History
from segrules.evaluation.sources import find_atom
from segrules.meaning.calendar import NEVER, Calendar
from segrules.meaning.conditions import And, Condition, Not, Or, Whole

Check: TypeAlias = Callable[[History, int], bool]
Judge: TypeAlias = Callable[[History, int], tuple[bool, int]]


@frozen
class Evaluator:
    """A compiled condition: `check(history, at)`, and `judge(history, at)` with its `until`."""

    check: Check
    judge: Judge


def compile_condition(condition: Condition, calendar: Calendar) -> Evaluator:
    """Compile a condition."""
    return _compile(canonize(condition), calendar)


def _compile(condition: Condition, calendar: Calendar) -> Evaluator:
    match condition:
        case And(terms):
            return _compile_and([_compile(term, calendar) for term in terms])
        case Or(terms):
            return _negate(_compile_and([_negate(_compile(term, calendar)) for term in terms]))
        case Not(term):
            return _negate(_compile(term, calendar))
        case Whole(inner):
            compiled = _compile(inner, calendar)
            return Evaluator(compiled.check, _settle(compiled.judge))
        case _:
            atom = find_atom(condition)
            look = compile_family(atom.source, [(True, atom.test)], calendar)

            def judge(history: History, at: int) -> tuple[bool, int]:
                mask, until = look(history, at)
                return bool(mask), until

            return Evaluator(lambda history, at: bool(look(history, at)[0]), _settle(judge))


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


def _settle(look: Judge) -> Judge:
    def judge(history: History, at: int) -> tuple[bool, int]:
        holds, until = look(history, at)
        while until < NEVER:
            then, following = look(history, until)
            if then is not holds:
                break
            until = following
        return holds, until

    return judge
