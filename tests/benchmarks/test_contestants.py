from importlib import import_module

import pytest

from benchmarks.asking import draw_questions
from benchmarks.by_hand import RULES
from benchmarks.conditions import to_text
from benchmarks.contestants import make_customers
from benchmarks.peers.context import make_context
from benchmarks.profiles import draw_segments
from benchmarks.relational import find_aggregates, to_expression
from benchmarks.tables import make_tables
from benchmarks.workload import (
    END,
    SCHEMA,
    Size,
    make_facts,
    make_population,
    make_workload,
)
from segrules import Rule

SIZE = Size(60, 1_200)
ENGINES = {
    "zen_engine": "zen",
    "json_logic_qubit": "json_logic",
    "rule_engine": "rule_engine",
    "cel_python": "celpy",
}
TABLES = {"duckdb_sql": "duckdb", "numpy_arrays": "numpy", "polars_frames": "polars"}


@pytest.mark.parametrize("name", RULES)
def test_by_hand(name: str) -> None:
    """The functions written by hand say what the rules say, half of the time yes."""
    rule, questions = Rule(RULES[name].text, SCHEMA), draw_questions({name: RULES[name]}, 60)[name]
    answers = [RULES[name].function(customer, at) for customer, at in questions]
    assert answers == [rule.matches(customer, at=at) for customer, at in questions]
    assert sum(answers) == 30


@pytest.mark.parametrize("peer", ENGINES)
def test_expression_engines(peer: str) -> None:
    """Every expression engine gives the answers that are written by hand."""
    pytest.importorskip(ENGINES[peer])
    module = import_module(f"benchmarks.peers.{peer}")
    for name, questions in draw_questions(RULES, 10).items():
        evaluate = module.compile_rule(name)
        for customer, at in questions:
            context = module.adapt(make_context(customer, at))
            assert evaluate(context) == RULES[name].function(customer, at), name


@pytest.mark.parametrize("peer", TABLES)
def test_tables(peer: str) -> None:
    """Every contestant that works on tables counts the members that the rules select."""
    pytest.importorskip(TABLES[peer])
    module = import_module(f"benchmarks.peers.{peer}")
    population, segments = make_population(SIZE.customers), draw_segments(150)
    workload = make_workload(SIZE, segments)
    customers = make_customers(workload, (*workload.before, *workload.during)).values()
    rules = [Rule(to_text(each), SCHEMA) for each in segments.values()]
    expected = tuple(sum(rule.matches(each, at=END) for each in customers) for rule in rules)
    expressions = {name: to_expression(each, END) for name, each in segments.items()}
    tables = make_tables(population, make_facts(population, SIZE))
    for name, run in module.prepare(tables, expressions).items():
        assert run() == expected, name


def test_aggregates_are_shared() -> None:
    """Five hundred rules need fewer aggregates than rules, since a window asks for the latest."""
    expressions = [to_expression(each, END) for each in draw_segments(500).values()]
    assert len(set().union(*map(find_aggregates, expressions))) < 150
