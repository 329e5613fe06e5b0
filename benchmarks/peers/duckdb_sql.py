"""Recompute in DuckDB: SQL written from the same rules, tuned as somebody who knows it would.

The columns are integers, enumerations and flags, and the events lie in the order of customers. All
aggregates of all rules are computed once each; windows are instants reckoned beforehand, so that
nothing is left to compute on a row but comparisons. CASE inside an aggregate takes a third of what
FILTER does. Statements are prepared, and one thread runs them. There are two: one pass over all
events, and the faster one with a pass for each type.
"""

import csv
from collections.abc import Callable, Iterable, Mapping
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Final, assert_never

import duckdb

from benchmarks.conditions import Compared, Value
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
from benchmarks.tables import MONEY, TEXTS, Columns, Tables

KINDS: Final[Mapping[type, str]] = {bool: "BOOLEAN", int: "BIGINT"}
SMALL: Final = frozenset({"customer", "quantity", "items", "loyaltyPoints"})
ENUMERATED: Final = frozenset({"type", "country", "language", "acquisitionChannel", *TEXTS})

Names = Mapping[Aggregate, str]


def prepare(
    tables: Tables, expressions: Mapping[str, Expression]
) -> dict[str, Callable[[], tuple[int, ...]]]:
    """Load a store, and return what counts the members by segment."""
    connection = duckdb.connect()
    connection.execute("SET threads = 1")
    _load(connection, "events", tables.events, "ORDER BY customer, instant")
    _load(connection, "customers", tables.customers, "ORDER BY customer")
    queries = {
        "DuckDB, one pass": write_query(expressions),
        "DuckDB, a pass for each type": write_query(expressions, by_type=True),
    }

    def run(number: int) -> tuple[int, ...]:
        return tuple(connection.execute(f"EXECUTE query_{number}").fetchone())

    for number, query in enumerate(queries.values()):
        connection.execute(f"PREPARE query_{number} AS {query}")
    return {name: partial(run, number) for number, name in enumerate(queries)}


def prepare_ready(
    tables: Tables, expressions: Mapping[str, Expression]
) -> Callable[[], tuple[int, ...]]:
    """Load what a store's rules ask for, reckoned already; return what counts the members."""
    connection = duckdb.connect()
    connection.execute("SET threads = 1")
    _load(connection, "events", tables.events, "ORDER BY customer, instant")
    _load(connection, "customers", tables.customers, "ORDER BY customer")
    passes, counts, joins = _write_parts(expressions, by_type=True)
    made = f"WITH {passes}\nSELECT * FROM customers{joins}"  # no word from outside
    connection.execute(f"CREATE TABLE ready AS {made}")
    connection.execute(f"PREPARE counts AS SELECT\n  {counts}\nFROM ready")
    return lambda: tuple(connection.execute("EXECUTE counts").fetchone())


def _load(connection: Any, table: str, columns: Columns, order: str) -> None:
    """Make a table by way of a file, which needs no other library."""
    kinds = ", ".join(f"{name} {_kind(name, values)}" for name, values in columns.items())
    with TemporaryDirectory() as folder:
        path = Path(folder) / f"{table}.csv"
        with path.open("w", newline="", encoding="utf-8") as file:
            writer = csv.writer(file)
            writer.writerow(columns)
            writer.writerows(zip(*columns.values(), strict=True))
        connection.execute(f"CREATE TEMP TABLE raw_{table} ({kinds})")
        connection.execute(f"COPY raw_{table} FROM '{path}' (HEADER)")
        made = f"SELECT * FROM raw_{table} {order}"  # noqa: S608  # no word from outside
        connection.execute(f"CREATE TABLE {table} AS {made}")
        connection.execute(f"DROP TABLE raw_{table}")


def _kind(name: str, values: Iterable[Any]) -> str:
    if name in SMALL:
        return "INTEGER"
    if name in ENUMERATED:
        return "ENUM (" + ", ".join(f"'{v}'" for v in sorted({*values} - {None})) + ")"
    return next((KINDS[type(value)] for value in values if value is not None), "BIGINT")


def write_query(expressions: Mapping[str, Expression], *, by_type: bool = False) -> str:
    """Return the query whose one row has the number of members by segment."""
    passes, counts, joins = _write_parts(expressions, by_type=by_type)
    return f"WITH {passes}\nSELECT\n  {counts}\nFROM customers{joins}"


def _write_parts(expressions: Mapping[str, Expression], *, by_type: bool) -> tuple[str, str, str]:
    """Return the passes over the events, the counts, and how the passes are joined."""
    found = set[Aggregate]().union(*map(find_aggregates, expressions.values()))
    names = {aggregate: f"a{n}" for n, aggregate in enumerate(sorted(found, key=repr))}
    groups: dict[str | None, list[Aggregate]] = {}
    for aggregate in names:
        groups.setdefault(aggregate.stream.event_type if by_type else None, []).append(aggregate)
    tables = {kind: f"facts_{kind or 'all'}" for kind in groups}
    passes = ",\n".join(_pass(tables[kind], kind, group, names) for kind, group in groups.items())
    held = [_expression(each, names) for each in expressions.values()]
    counts = ",\n  ".join(f"count(CASE WHEN {each} THEN 1 END)" for each in held)
    joins = "".join(f" LEFT JOIN {table} USING (customer)" for table in tables.values())
    return passes, counts, joins


def _pass(table: str, kind: str | None, group: Iterable[Aggregate], names: Names) -> str:
    columns = ",\n  ".join(f"{_aggregate(each, kind)} AS {names[each]}" for each in group)
    where = "" if kind is None else f" WHERE type = '{kind}'"
    return f"{table} AS (SELECT customer,\n  {columns}\nFROM events{where} GROUP BY customer)"


def _aggregate(each: Aggregate, kind: str | None) -> str:
    function = "count(DISTINCT " if each.function == "distinct" else f"{each.function}("
    own = each.stream.event_type
    tests = [] if own == kind else [f"type = '{own}'"]
    tests += [_test(test) for test in each.stream.tests]
    tests += [] if each.since is None else [f"instant > {each.since}"]
    case = f"CASE WHEN {' AND '.join(tests)} THEN {each.column} END" if tests else each.column
    return f"{function}{case})"


def _test(test: Compared) -> str:
    if test.operator == "is set":
        return f"{test.name} IS NOT NULL"
    if test.operator == "contains":
        return f"tag_{test.value}"
    number = test.value * CENTS if type(test.value) is int and test.name in MONEY else test.value
    said = f"{test.name} {test.operator.upper()} {_value(number)}"
    return f"({said} OR {test.name} IS NULL)" if test.operator == "not in" else said


def _value(value: Value) -> str:
    match value:
        case str():
            return f"'{value}'"
        case tuple():
            return "(" + ", ".join(f"'{each}'" for each in value) + ")"
        case _:
            return str(value)


def _expression(each: Expression, names: Names) -> str:
    match each:
        case Against(aggregate, _, number) if number == ALWAYS:
            return f"{names[aggregate]} IS NOT NULL"
        case Against(aggregate, operator, number):
            name = names[aggregate]
            is_total = aggregate.function in {"count", "distinct", "sum"}
            return f"{f'coalesce({name}, 0)' if is_total else name} {operator} {number}"
        case Same(left, right):
            return f"{names[left]} = {names[right]}"
        case NotBefore(left, right):
            return f"({names[right]} IS NULL OR {names[left]} >= {names[right]})"
        case Average(total, count, operator, number):
            return f"({names[count]} > 0 AND {names[total]} {operator} {number} * {names[count]})"
        case Known(test):
            return _test(test)
        case Between(name, low, high):
            return f"({name} > {low} AND {name} <= {high})"
        case Every(parts):
            return _joined(" AND ", parts, names)
        case Some(parts):
            return _joined(" OR ", parts, names)
        case Opposite(part):
            return f"NOT coalesce({_expression(part, names)}, false)"
        case _:
            assert_never(each)


def _joined(word: str, parts: Iterable[Expression], names: Names) -> str:
    return "(" + word.join(_expression(part, names) for part in parts) + ")"
