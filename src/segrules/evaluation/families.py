"""Families: all the tests on one source, answered by one look at it.

A family's answer, for a customer at an instant, is the bits of the tests that hold, and the instant
up to which they do at least, unless a fact arrives.
"""

from collections.abc import Sequence
from typing import Any, Final, assert_never

from segrules.evaluation.atoms import (
    Answers,
    Followed,
    Lone,
    Moment,
    Newest,
    Oldest,
    OnList,
    Picked,
    Source,
    Tests,
    Total,
    Value,
)
from segrules.evaluation.instants import compile_instants
from segrules.evaluation.lone import compile_lone
from segrules.evaluation.numbers import compile_total
from segrules.evaluation.predicates import compile_fact_test, compile_path, compile_test
from segrules.facts.history import History
from segrules.meaning.calendar import NEVER, Calendar
from segrules.meaning.conditions import ValueTest, Window

UNLIMITED: Final = NEVER
REMEMBERED: Final = 4096
"""How many values of an attribute have their answers remembered at most."""


def compile_family(
    source: Source,
    tests: Tests,
    calendar: Calendar,
    *,
    patience: int = UNLIMITED,
) -> Answers:
    """Compile tests on a source.

    patience: how many events may come into a window or leave it in the search for `until`; with 0
    there is no search, for callers that ask about this instant alone.
    """
    match source:
        case Value(path):
            return _compile_value(path, [(b, t) for b, t in tests if isinstance(t, ValueTest)])
        case OnList(kind, name):
            mask, entry = sum(bit for bit, _ in tests), (kind, name)
            return lambda history, _: (mask if entry in history.lists else 0, NEVER)
        case Moment() | Newest() | Oldest() | Picked() | Followed():
            windows = [(bit, test) for bit, test in tests if isinstance(test, Window)]
            return compile_instants(source, windows, calendar)
        case Total():
            return compile_total(source, tests, calendar, patience)
        case Lone():
            return compile_lone(source, sum(bit for bit, _ in tests), calendar)
        case _:
            assert_never(source)


def _compile_value(path: tuple[str, ...], tests: Sequence[tuple[int, ValueTest]]) -> Answers:
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
            # A mapping cannot be a key, and no test on one is worth remembering.
            return sum(bit for bit, passes in predicates if passes(value)), NEVER
        if mask is None:
            if len(known) >= REMEMBERED:
                known.clear()
            mask = sum(bit for bit, passes in predicates if passes(value))
            if type(value) is not tuple:  # Python takes `(1,)` for `(True,)`, rules do not
                known[type(value), value] = mask
        return mask, NEVER

    return look
