"""Numbers computed from values that come and go."""

from decimal import Decimal, localcontext
from fractions import Fraction
from typing import Any

import pytest

from segrules.evaluation.accumulator import compile_aggregate, compile_reduction
from segrules.facts.exact import exact_sum
from segrules.language.syntax import Function

MIXED = [5, None, "5", True, Decimal("2.5"), frozenset({"5"}), 5]


@pytest.mark.parametrize(
    ("function", "distinct", "result"),
    [
        ("count", False, 7),
        ("sum", False, Decimal("12.5")),
        ("avg", False, Fraction(25, 6)),
        ("min", False, Decimal("2.5")),
        ("max", False, 5),
        ("count", True, 4),
        ("sum", True, Decimal("7.5")),
        ("avg", True, Fraction(15, 4)),
        ("min", True, Decimal("2.5")),
        ("max", True, 5),
    ],
)
def test_values(function: Function, distinct: bool, result: Any) -> None:  # noqa: FBT001  # a table
    """Count takes everything, `count of distinct` what is single, the others numbers alone."""
    total = compile_aggregate(function, distinct=distinct)()
    for value in MIXED:
        total.add(value)
    assert total.result() == result


@pytest.mark.parametrize("function", ["count", "sum", "avg", "min", "max"])
@pytest.mark.parametrize("distinct", [False, True])
def test_values_go(function: Function, distinct: bool) -> None:  # noqa: FBT001  # a table
    """What is left after others have gone is as if they had never come."""
    total, fresh = (compile_aggregate(function, distinct=distinct)() for _ in range(2))
    for value in MIXED:
        total.add(value)
    for value in MIXED[:4]:
        total.drop(value)
    for value in MIXED[4:]:
        fresh.add(value)
    assert total.result() == fresh.result()
    for value in MIXED[4:]:
        total.drop(value)
    assert total.result() == compile_aggregate(function, distinct=distinct)().result()


def test_nothing() -> None:
    """Of nothing the count and the sum are 0; average and extremes are missing."""
    results = {
        f: compile_aggregate(f, distinct=False)().result()
        for f in ("count", "sum", "avg", "min", "max")
    }
    assert results == {"count": 0, "sum": 0, "avg": None, "min": None, "max": None}


def test_no_drift() -> None:
    """A sum does not drift, however far apart its numbers are."""
    total = compile_aggregate("sum", distinct=False)()
    for value in (Decimal("1e300"), Decimal("1e-300"), 7):
        total.add(value)
    total.drop(Decimal("1e300"))
    total.drop(7)
    assert total.result() == Decimal("1e-300")


def test_context_of_the_host() -> None:
    """A sum is exact whatever the host's decimal context."""
    with localcontext() as context:
        context.prec = 2
        assert exact_sum(Decimal("100.01"), 1) == Decimal("101.01")
        total = compile_aggregate("sum", distinct=False)()
        total.add(Decimal("100.01"))
        total.drop(Decimal("100.01"))
        assert total.result() == 0


@pytest.mark.parametrize("function", ["count", "sum", "avg", "min", "max"])
@pytest.mark.parametrize("distinct", [False, True])
@pytest.mark.parametrize("values", [[], [5], [5, Decimal("2.5"), Decimal(5), -1]])
def test_all_at_once(function: Function, distinct: bool, values: list[Any]) -> None:  # noqa: FBT001  # a table
    """All at once numbers come to what they come to one by one."""
    total = compile_aggregate(function, distinct=distinct)()
    for value in values:
        total.add(value)
    assert compile_reduction(function, distinct=distinct)(values) == total.result()
