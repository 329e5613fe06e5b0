"""The evaluator of one rule: a condition, asked about one customer at a time.

A condition in canonical form becomes two functions: `check` tells whether it holds, `judge` also
tells until when. A family answers each leaf; attributes, lists and the newest events of a type,
which are most of what rules ask, are looked up without one. The reference evaluator judges all of
this.

INVARIANT: a leaf's `until` is the very instant of change, or NEVER. Where a family's comes early,
`_settle` asks again from there.
"""

from bisect import bisect_right
from collections.abc import Callable, Iterator
from decimal import Decimal
from functools import cache
from typing import Any, Final, TypeAlias

from attrs import evolve, frozen

from segrules.evaluation.atoms import (
    Answers,
    Atom,
    Lone,
    Newest,
    OnList,
    Source,
    Total,
    Value,
    find_atom,
)
from segrules.evaluation.canonical import canonize
from segrules.evaluation.families import UNLIMITED, compile_family
from segrules.evaluation.instants import compile_lying, find_ages
from segrules.evaluation.lone import Judge
from segrules.evaluation.predicates import Predicate, compile_fact_test
from segrules.evaluation.streams import Stream
from segrules.facts.history import EMPTY, History
from segrules.meaning.calendar import NEVER, Calendar
from segrules.meaning.conditions import And, Condition, InRange, Not, Or, ValueTest, Whole, Window

Check: TypeAlias = Callable[[History, int], bool]

LOOK_UP: Final = 1
GLANCE: Final = 3
PAIR: Final = 6
SCAN: Final = 12
SURVEY: Final = 24
"""The costs of checks, in look-ups of a value: one event, two, some of a type, all in a window."""


@frozen
class Evaluator:
    """A compiled condition: `check(history, at)`, and `judge(history, at)` with its `until`.

    cost: of the check, since cheap conditions are asked first. facts: the check as a function of
    the customer's attributes, if it looks at nothing else.
    """

    check: Check
    judge: Judge
    cost: int
    facts: Predicate | None = None


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
            return _compile_atom(_simplify(find_atom(condition)), calendar)


def _simplify(atom: Atom) -> Atom:
    """Return `count >= k` of all there ever was as a test on the k-th newest."""
    # An engine does not do so: it would have to keep the k newest instants for ever.
    match atom:
        case Atom(Total("count", False, stream, None), InRange(Decimal() as low)):
            return Atom(Newest(stream, int(low)), Window())
        case _:
            return atom


def _compile_atom(atom: Atom, calendar: Calendar) -> Evaluator:
    family = _compile_family(atom, calendar)
    match atom:
        case Atom(Value(path), test) if isinstance(test, ValueTest):
            return _ask_facts(compile_fact_test(path, test), LOOK_UP)
        case Atom(OnList(kind, name)):
            entry = (kind, name)
            return evolve(family, check=lambda history, _: entry in history.lists)
        case Atom(Newest(stream) as source, Window() as window):
            ages = find_ages(window)
            if stream == Stream(stream.event_type) and ages is not None:
                lies = compile_lying([(1, window)], calendar)
                return _compile_newest(source, ages, lies, family.judge)
    return family


def _compile_family(atom: Atom, calendar: Calendar) -> Evaluator:
    """Compile an atom the families' way, when first asked."""

    @cache
    def family(patience: int) -> Answers:
        return compile_family(atom.source, [(1, atom.test)], calendar, patience=patience)

    def check(history: History, at: int) -> bool:
        return family(0)(history, at)[0] != 0

    def judge(history: History, at: int) -> tuple[bool, int]:
        mask, until = family(UNLIMITED)(history, at)
        return mask != 0, until

    settled = _settle(check, judge)

    def judge_quiet(history: History, at: int) -> tuple[bool, int]:
        times = history.log(None).times
        return (settled if times and times[-1] > at else judge)(history, at)

    # While no event lies ahead, only a lone leaf's `until` may come early.
    is_lone = isinstance(atom.source, Lone)
    return Evaluator(check, settled if is_lone else judge_quiet, _find_cost(atom.source))


def _find_cost(source: Source) -> int:
    match source:
        case Value() | OnList():
            return LOOK_UP
        case Newest():
            return SCAN
        case Total() | Lone():
            return SURVEY
        case _:
            return PAIR


def _ask_facts(passes: Predicate, cost: int) -> Evaluator:
    """Compile a test on a customer's attributes."""
    return Evaluator(
        lambda history, _: passes(history.attributes),
        lambda history, _: (passes(history.attributes), NEVER),
        cost,
        passes,
    )


def _compile_newest(
    source: Newest,
    ages: tuple[int, int],
    lies: Callable[[int, int], tuple[int, int]],
    otherwise: Judge,
) -> Evaluator:
    """Compile a test on the age of the newest event of a type, the second newest and so on."""
    event_type, rank = source.stream.event_type, source.rank
    # Where no type is named, none is found: no type has an empty name.
    name, absent = (event_type, EMPTY) if event_type else ("", None)
    entered, left = ages

    def check(history: History, at: int) -> bool:
        times = (history.by_type.get(name, absent) or history.log(None)).times
        past = len(times)
        if past and times[-1] > at:
            past = bisect_right(times, at)
        return past >= rank and entered <= at - times[past - rank] < left

    def judge(history: History, at: int) -> tuple[bool, int]:
        times = (history.by_type.get(name, absent) or history.log(None)).times
        if times and times[-1] > at:
            return otherwise(history, at)
        if len(times) < rank:
            return False, NEVER
        mask, until = lies(times[-rank], at)
        return mask != 0, until

    return Evaluator(check, judge, GLANCE)


def _negate(inner: Evaluator) -> Evaluator:
    check, judge = inner.check, inner.judge

    def negated(history: History, at: int) -> tuple[bool, int]:
        holds, until = judge(history, at)
        return not holds, until

    return Evaluator(lambda history, at: not check(history, at), negated, inner.cost)


def _join(condition: And | Or, calendar: Calendar) -> Evaluator:
    """Compile a conjunction or disjunction: the cheapest terms are asked first.

    Each term has an answer that decides alone: false if every term must hold, true if any may.
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
        alike = _ask_facts(_join_facts(tests, every=every), len(tests))
        parts = [(alike, not every), *others]
    return _join_parts(parts, every=every) if others or not tests else alike


def _flatten(condition: And | Or) -> Iterator[Condition]:
    for term in condition.terms:
        if isinstance(term, And | Or) and type(term) is type(condition):
            yield from _flatten(term)
        else:
            yield term


def _join_facts(tests: list[tuple[Predicate, bool]], *, every: bool) -> Predicate:
    """Return several tests on attributes as one."""
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
        earliest, decided = NEVER, at
        for part, decisive in judges:
            holds, until = part(history, at)
            if holds is decisive:
                if until == NEVER:
                    return not every, NEVER
                if until > decided:  # noqa: PLR1730  # `max` costs as much as the rest
                    decided = until
            elif until < earliest:
                earliest = until
        return (every, earliest) if decided == at else (not every, decided)

    check = _join_checks([(part.check, decisive) for part, decisive in parts], every=every)
    return Evaluator(check, judge, sum(part.cost for part, _ in parts))


def _join_checks(checks: list[tuple[Check, bool]], *, every: bool) -> Check:
    """Join checks; two or three without a loop, which would cost as much as one of them."""
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
    """Return the judge whose `until` is the instant of change, given one whose may be early."""

    def settled(history: History, at: int) -> tuple[bool, int]:
        holds, until = judge(history, at)
        while until < NEVER and check(history, until) is holds:
            until = judge(history, until)[1]
        return holds, until

    return settled
