"""One condition by itself: a plan of one, asked about one customer.

A condition in canonical form becomes two functions: `check` tells whether it holds, `judge` also
tells until when. A leaf is answered directly where there is a short way; otherwise its family
answers, with the next instant at which it may change, and `_settle` asks again until the answer
does change, which makes every leaf's `until` exact. The reference evaluator is the judge of all of
this.
"""

from collections.abc import Iterator
from functools import cache, partial
from typing import Any

from attrs import evolve

from segrules.evaluation.atoms import Atom, Lone, Total, find_atom
from segrules.evaluation.canonical import canonize
from segrules.evaluation.direct import (
    PAIR,
    SURVEY,
    Check,
    Evaluator,
    Judge,
    ask_facts,
    compile_direct,
)
from segrules.evaluation.families import compile_family
from segrules.evaluation.predicates import Predicate
from segrules.facts.history import History
from segrules.meaning.calendar import NEVER, Calendar
from segrules.meaning.conditions import And, Condition, Not, Or, Whole


def compile_condition(condition: Condition, calendar: Calendar) -> Evaluator:
    """Compile a condition."""
    return _compile(canonize(condition), calendar)


def _compile(condition: Condition, calendar: Calendar) -> Evaluator:
    match condition:
        case And((term,)) | Or((term,)):
            return _compile(term, calendar)
        case And() | Or():
            return _join(condition, calendar)
        case Not(term):
            return _negate(_compile(term, calendar))
        case Whole(inner):
            parts = _compile(inner, calendar)
            return evolve(parts, judge=_settle(parts.check, parts.judge))
        case _:
            atom = find_atom(condition)
            return compile_direct(atom, calendar, _compile_family(atom, calendar))


def _compile_family(atom: Atom, calendar: Calendar) -> Evaluator:
    """Compile an atom the families' way, when first asked: most are answered directly."""
    make = cache(partial(compile_family, atom.source, [(True, atom.test)], calendar))

    def check(history: History, at: int) -> bool:
        return bool(make()(history, at)[0])

    def judge(history: History, at: int) -> tuple[bool, int]:
        mask, until = make()(history, at)
        return bool(mask), until

    cost = SURVEY if isinstance(atom.source, Total | Lone) else PAIR
    return Evaluator(check, _settle(check, judge), cost)


def _negate(inner: Evaluator) -> Evaluator:
    check, judge = inner.check, inner.judge

    def negated(history: History, at: int) -> tuple[bool, int]:
        holds, until = judge(history, at)
        return not holds, until

    return Evaluator(lambda history, at: not check(history, at), negated, inner.cost)


def _join(condition: And | Or, calendar: Calendar) -> Evaluator:
    """Compile a conjunction or disjunction: the cheapest terms are asked first.

    A term decides where it fails one that needs every term, or meets one that needs any.
    """
    every = isinstance(condition, And)
    parts: list[tuple[Evaluator, bool]] = []
    for term in _flatten(condition):
        is_negated = isinstance(term, Not)
        inner = term.term if isinstance(term, Not) else term
        parts.append((_compile(inner, calendar), every is is_negated))
    parts.sort(key=lambda part: part[0].cost)
    tests = [(part.facts, decisive) for part, decisive in parts if part.facts is not None]
    others = [part for part in parts if part[0].facts is None]
    if tests:
        alike = ask_facts(_join_facts(tests, every=every), len(tests))
        parts = [(alike, not every), *others]
    return _join_parts(parts, every=every) if others or not tests else alike


def _flatten(condition: And | Or) -> Iterator[Condition]:
    for term in condition.terms:
        if isinstance(term, And | Or) and type(term) is type(condition):
            yield from _flatten(term)
        else:
            yield term


def _join_facts(tests: list[tuple[Predicate, bool]], *, every: bool) -> Predicate:
    """Return one test of the same facts that stands for several."""
    if len(tests) == 1 and tests[0][1] is not every:
        return tests[0][0]

    def passes(facts: Any) -> bool:
        for test, decisive in tests:
            if test(facts) is decisive:
                return not every
        return every

    return passes


def _join_parts(parts: list[tuple[Evaluator, bool]], *, every: bool) -> Evaluator:
    judges = [(part.judge, decisive) for part, decisive in parts]

    def judge(history: History, at: int) -> tuple[bool, int]:
        stands, decided = NEVER, at
        for part, decisive in judges:
            holds, until = part(history, at)
            if holds is decisive:
                if until == NEVER:
                    return not every, NEVER
                if until > decided:  # noqa: PLR1730  # `max` costs as much as the rest
                    decided = until
            elif until < stands:
                stands = until
        return (every, stands) if decided == at else (not every, decided)

    check = _join_checks([(part.check, decisive) for part, decisive in parts], every=every)
    return Evaluator(check, judge, sum(part.cost for part, _ in parts))


def _join_checks(checks: list[tuple[Check, bool]], *, every: bool) -> Check:
    """Join checks; two or three without a loop, which costs as much as asking one of them."""
    match checks:
        case [(one, first), (two, second)]:
            return lambda history, at: (
                every is not (one(history, at) is first or two(history, at) is second)
            )
        case [(one, first), (two, second), (three, third)]:
            return lambda history, at: (
                every
                is not (
                    one(history, at) is first
                    or two(history, at) is second
                    or three(history, at) is third
                )
            )

    def check(history: History, at: int) -> bool:
        for part, decisive in checks:
            if part(history, at) is decisive:
                return not every
        return every

    return check


def _settle(check: Check, judge: Judge) -> Judge:
    """Return the judge whose `until` is the very instant of change, from one that may be early."""

    def settled(history: History, at: int) -> tuple[bool, int]:
        holds, until = judge(history, at)
        while until < NEVER and check(history, until) is holds:
            until = judge(history, until)[1]
        return holds, until

    return settled
