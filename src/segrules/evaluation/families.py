"""Families: all the tests there are on one source, answered together.

A family is asked about a customer at an instant. It tells which of its tests hold, each with its
own bit, and up to when that stands at least unless a fact arrives.
"""

from collections.abc import Callable, Sequence
from typing import Any, Final, TypeAlias, assert_never

from segrules.evaluation.aggregates import compile_aggregate_test
from segrules.evaluation.atoms import (
    Followed,
    Listed,
    Lone,
    Moment,
    Newest,
    Oldest,
    Picked,
    Source,
    Test,
    Total,
    Value,
)
from segrules.evaluation.instants import Look, compile_instants
from segrules.evaluation.numbers import compile_total
from segrules.evaluation.pick import compile_event_test, compile_lies
from segrules.evaluation.predicates import compile_fact_test, compile_path, compile_test
from segrules.facts.history import History
from segrules.meaning.calendar import NEVER, Calendar
from segrules.meaning.conditions import AggregateTest, EventTest, Lies, TermTest, Window

Tests: TypeAlias = Sequence[tuple[int, Any]]

UNLIMITED: Final = NEVER
REMEMBERED: Final = 4096
"""Of how many values of an attribute the answers are remembered."""


def compile_family(
    source: Source,
    tests: Sequence[tuple[int, Test]],
    calendar: Calendar,
    *,
    patience: int = UNLIMITED,
) -> Look:
    """Compile tests on a source, each given with its bit."""
    match source:
        case Value(path):
            return _compile_value(path, tests)
        case Listed(kind, name):
            mask, entry = sum(bit for bit, _ in tests), (kind, name)
            return lambda history, _: (mask if entry in history.lists else 0, NEVER)
        case Moment() | Newest() | Oldest() | Picked() | Followed():
            windows = [(bit, test) for bit, test in tests if isinstance(test, Window)]
            return compile_instants(source, windows, calendar)
        case Total():
            return compile_total(source, tests, calendar, patience)
        case Lone():
            return _compile_lone(source, sum(bit for bit, _ in tests), calendar)
        case _:
            assert_never(source)


def _compile_value(path: tuple[str, ...], tests: Tests) -> Look:
    if len(tests) == 1:
        bit, test = tests[0]
        alone = compile_fact_test(path, test)
        return lambda history, _: (bit if alone(history.attributes) else 0, NEVER)
    get = compile_path(path)
    predicates = [(bit, compile_test(test)) for bit, test in tests]
    known: dict[tuple[type, Any], int] = {}

    def look(history: History, _: int) -> tuple[int, int]:
        value = get(history.attributes)
        try:
            mask = known.get((type(value), value))
        except TypeError:
            # Mappings are no keys; no test on them is worth remembering.
            return sum(bit for bit, passes in predicates if passes(value)), NEVER
        if mask is None:
            if len(known) >= REMEMBERED:
                known.clear()
            mask = sum(bit for bit, passes in predicates if passes(value))
            known[type(value), value] = mask
        return mask, NEVER

    return look


def _compile_lone(source: Lone, bit: int, calendar: Calendar) -> Look:
    condition = source.condition
    look, opposite = _compile_alone(condition, calendar)
    if_holds, if_not = (0, bit) if opposite else (bit, 0)

    def answer(history: History, at: int) -> tuple[int, int]:
        holds, until = look(history, at)
        return (if_holds if holds else if_not), until

    return answer


def _compile_alone(
    condition: TermTest | EventTest | AggregateTest, calendar: Calendar
) -> tuple[Callable[[History, int], tuple[bool, int]], bool]:
    """Compile a condition; with true, what is compiled is its opposite."""
    match condition:
        case TermTest(term, Lies(window)):
            return compile_lies(term.path, window, calendar), False
        case EventTest():
            return compile_event_test(condition, calendar), False
        case AggregateTest():
            look, is_itself = compile_aggregate_test(condition, calendar)
            return look, not is_itself
        case _:
            raise TypeError("a test on a value is not alone")
