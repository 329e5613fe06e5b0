"""Recompute in numpy: an array for each aggregate, and a boolean array for each segment.

Events are split by type and texts are codes before anything is timed. Each filter is a mask over
one type, made once; each aggregate is one scatter or one count by customer.
"""

from collections.abc import Callable, Mapping
from typing import Any, Final, TypeAlias, assert_never

import numpy as np

from benchmarks.conditions import Compared, Operator
from benchmarks.relational import (
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

Array: TypeAlias = Any

MISSING: Final = -(1 << 63)
LATEST: Final = (1 << 63) - 1


class Table:
    """Columns as arrays of integers: texts are codes, and what is missing is MISSING."""

    def __init__(self, columns: Columns) -> None:
        self.codes = {name: _codes(values) for name, values in columns.items()}
        self.arrays = {
            name: np.array(
                [MISSING if v is None else self._code(name, v) for v in values], np.int64
            )
            for name, values in columns.items()
        }

    def _code(self, name: str, value: Any) -> int:
        return self.codes[name][value] if isinstance(value, str) else int(value)

    def code_of(self, name: str, value: Any) -> int:
        """Return what stands for a value; a text that nobody has stands for nothing."""
        if isinstance(value, str):
            return self.codes[name].get(value, LATEST)
        return int(value) * (CENTS if name in MONEY else 1)

    def select(self, kind: str | None) -> dict[str, Array]:
        """Return the rows of a type."""
        if kind is None:
            return self.arrays
        chosen = self.arrays["type"] == self.code_of("type", kind)
        return {name: array[chosen] for name, array in self.arrays.items()}


def prepare(
    tables: Tables, expressions: Mapping[str, Expression]
) -> dict[str, Callable[[], tuple[int, ...]]]:
    """Load a store, and return what counts the members by segment."""
    events, customers = Table(tables.events), Table(tables.customers)
    found = set[Aggregate]().union(*map(find_aggregates, expressions.values()))
    kinds = {each.stream.event_type for each in found}
    by_type = {kind: events.select(kind) for kind in kinds}
    number = len(tables.customers["customer"])

    def run() -> tuple[int, ...]:
        walk = _Walk(events, by_type, customers, number)
        return tuple(int(np.count_nonzero(walk.holds(each))) for each in expressions.values())

    return {"numpy": run}


class _Walk:
    """One recompute: what has been computed is kept for the expressions that follow."""

    def __init__(
        self,
        events: Table,
        by_type: Mapping[str | None, Mapping[str, Array]],
        customers: Table,
        number: int,
    ) -> None:
        self.events, self.by_type = events, by_type
        self.customers, self.number = customers, number
        self.masks: dict[tuple[str | None, Compared], Array] = {}
        self.aggregates: dict[Aggregate, Array] = {}

    def holds(self, each: Expression) -> Array:
        """Return for each customer whether an expression holds."""
        match each:
            case Against(aggregate, operator, number):
                value = self.value(aggregate)
                held = _compare(value, operator, number)
                return held if _is_total(aggregate) else held & _present(value)
            case Same(left, right):
                value = self.value(left)
                return (value == self.value(right)) & _present(value)
            case NotBefore(left, right):
                return self.value(left) >= self.value(right)
            case Average(total, count, operator, number):
                counted = self.value(count)
                held = _compare(self.value(total), operator, number * counted)
                return (counted > 0) & held
            case Known(test):
                return _passes(self.customers, self.customers.arrays, test)
            case Between(name, low, high):
                value = self.customers.arrays[name]
                return (value > low) & (value <= high)
            case Every(parts):
                return np.logical_and.reduce([self.holds(part) for part in parts])
            case Some(parts):
                return np.logical_or.reduce([self.holds(part) for part in parts])
            case Opposite(part):
                return ~self.holds(part)
            case _:
                assert_never(each)

    def value(self, each: Aggregate) -> Array:
        """Return an aggregate by customer."""
        if each not in self.aggregates:
            self.aggregates[each] = self._aggregate(each)
        return self.aggregates[each]

    def _aggregate(self, each: Aggregate) -> Array:
        rows = self.by_type[each.stream.event_type]
        mask = self._mask(each)

        def pick(name: str) -> Array:
            return rows[name] if mask is None else rows[name][mask]

        who = pick("customer")
        match each.function:
            case "count":
                return np.bincount(who, minlength=self.number)
            case "distinct":
                pairs = np.unique(who * (1 << 32) + pick(each.column))
                return np.bincount(pairs >> 32, minlength=self.number)
            case "sum":
                totals = np.bincount(who, weights=pick(each.column), minlength=self.number)
                return totals.astype(np.int64)
            case "max":
                largest = np.full(self.number, MISSING, np.int64)
                np.maximum.at(largest, who, pick(each.column))
                return largest
            case "min":
                smallest = np.full(self.number, LATEST, np.int64)
                np.minimum.at(smallest, who, pick(each.column))
                return smallest
            case _:
                assert_never(each.function)

    def _mask(self, each: Aggregate) -> Array | None:
        rows = self.by_type[each.stream.event_type]
        masks = [self._passes(each.stream.event_type, test) for test in each.stream.tests]
        if each.since is not None:
            masks.append(rows["instant"] > each.since)
        return np.logical_and.reduce(masks) if masks else None

    def _passes(self, kind: str | None, test: Compared) -> Array:
        key = kind, test
        if key not in self.masks:
            self.masks[key] = _passes(self.events, self.by_type[kind], test)
        return self.masks[key]


def _passes(table: Table, rows: Mapping[str, Array], test: Compared) -> Array:
    if test.operator == "contains":
        return rows[f"tag_{test.value}"] == 1
    column = rows[test.name]
    if test.operator == "is set":
        return column != MISSING
    if isinstance(test.value, tuple):
        within = np.isin(column, [table.code_of(test.name, value) for value in test.value])
        return within if test.operator == "in" else ~within
    held = _compare(column, test.operator, table.code_of(test.name, test.value))
    return held & _present(column)


def _compare(value: Array, operator: Operator, number: Any) -> Array:
    match operator:
        case "=":
            return value == number
        case "!=":
            return value != number
        case ">":
            return value > number
        case ">=":
            return value >= number
        case "<":
            return value < number
        case "<=":
            return value <= number
        case _:
            raise ValueError(f"no comparison of numbers: {operator}")


def _present(value: Array) -> Array:
    return (value != MISSING) & (value != LATEST)


def _is_total(aggregate: Aggregate) -> bool:
    return aggregate.function in {"count", "distinct", "sum"}


def _codes(values: list[Any]) -> dict[str, int]:
    texts = sorted({value for value in values if isinstance(value, str)})
    return {text: code for code, text in enumerate(texts)}
