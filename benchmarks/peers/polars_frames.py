"""Recompute in polars, in one thread: lazy group-bys for each type, and boolean expressions."""

import os
from collections.abc import Callable, Mapping
from functools import reduce
from operator import and_, eq, ge, gt, le, lt, ne, or_
from typing import Any, Final, TypeAlias, assert_never

os.environ["POLARS_MAX_THREADS"] = "1"

import polars as pl  # it reads the number of threads when it is imported

from benchmarks.conditions import Compared
from benchmarks.relational import (
    ALWAYS,
    CENTS,
    Against,
    Aggregate,
    Average,
    Between,
    Every,
    Expression,
    Known,
    NotBefore,
    Opposite,
    Same,
    Some,
    find_aggregates,
)
from benchmarks.tables import MONEY, Columns, Tables

Expr: TypeAlias = Any
Names = Mapping[Aggregate, str]

COMPARE: Final[Mapping[str, Callable[[Any, Any], Any]]] = {
    "=": eq,
    "!=": ne,
    ">": gt,
    ">=": ge,
    "<": lt,
    "<=": le,
}


def prepare(
    tables: Tables, expressions: Mapping[str, Expression]
) -> dict[str, Callable[[], tuple[int, ...]]]:
    """Load a store, and return what counts the members by segment."""
    events, customers = _frame(tables.events), _frame(tables.customers)
    found = set[Aggregate]().union(*map(find_aggregates, expressions.values()))
    names = {aggregate: f"a{n}" for n, aggregate in enumerate(sorted(found, key=repr))}
    by_type: dict[str | None, list[Aggregate]] = {}
    for aggregate in names:
        by_type.setdefault(aggregate.stream.event_type, []).append(aggregate)
    rows = {
        kind: events if kind is None else events.filter(pl.col("type") == kind) for kind in by_type
    }

    def run() -> tuple[int, ...]:
        joined = customers.lazy()
        for kind, group in by_type.items():
            columns = [_aggregate(each).alias(names[each]) for each in group]
            facts = rows[kind].lazy().group_by("customer").agg(columns)
            joined = joined.join(facts, on="customer", how="left")
        counts = [
            _expression(each, names).fill_null(value=False).sum().alias(name)
            for name, each in expressions.items()
        ]
        return tuple(joined.select(counts).collect().row(0))

    return {"polars": run}


def _frame(columns: Columns) -> Any:
    series = []
    for name, values in columns.items():
        texts = sorted({value for value in values if isinstance(value, str)})
        series.append(pl.Series(name, values, dtype=pl.Enum(texts) if texts else None))
    return pl.DataFrame(series)


def _aggregate(each: Aggregate) -> Expr:
    column = pl.col(each.column)
    tests = [_test(test) for test in each.stream.tests]
    if each.since is not None:
        tests.append(pl.col("instant") > each.since)
    if tests:
        column = column.filter(reduce(and_, tests))
    match each.function:
        case "distinct":
            return column.drop_nulls().n_unique()
        case function:
            return getattr(column, function)()


def _test(test: Compared) -> Expr:
    if test.operator == "contains":
        return pl.col(f"tag_{test.value}")
    column = pl.col(test.name)
    match test.operator, test.value:
        case "is set", _:
            return column.is_not_null()
        case "in", tuple(values):
            return column.is_in(list(values))
        case "not in", tuple(values):
            return column.is_null() | ~column.is_in(list(values))
        case operator, value:
            number = value * CENTS if type(value) is int and test.name in MONEY else value
            return COMPARE[operator](column, number)


def _expression(each: Expression, names: Names) -> Expr:
    match each:
        case Against(aggregate, _, number) if number == ALWAYS:
            return pl.col(names[aggregate]).is_not_null()
        case Against(aggregate, operator, number):
            value = pl.col(names[aggregate])
            is_total = aggregate.function in {"count", "distinct", "sum"}
            return COMPARE[operator](value.fill_null(0) if is_total else value, number)
        case Same(left, right):
            return pl.col(names[left]) == pl.col(names[right])
        case NotBefore(left, right):
            other = pl.col(names[right])
            return other.is_null() | (pl.col(names[left]) >= other)
        case Average(total, count, operator, number):
            counted = pl.col(names[count])
            return (counted > 0) & COMPARE[operator](pl.col(names[total]), number * counted)
        case Known(test):
            return _test(test)
        case Between(name, low, high):
            return (pl.col(name) > low) & (pl.col(name) <= high)
        case Every(parts):
            return reduce(and_, [_expression(part, names) for part in parts])
        case Some(parts):
            return reduce(or_, [_expression(part, names) for part in parts])
        case Opposite(part):
            return ~_expression(part, names).fill_null(value=False)
        case _:
            assert_never(each)
