"""Walking a tree as written, through the public module."""

from itertools import pairwise

import attrs
import pytest
from hypothesis import given

import segrules.syntax
from segrules import Limits, Rule, Schema
from segrules.language import syntax
from segrules.language.parser import parse
from segrules.results import Source
from segrules.syntax import And, Comparison, Name, Node, Or, Part, RuleText, parts_of, to_text, walk
from tests.language.corpus import VALID
from tests.language.reading import parts
from tests.strategies.store import RULES, SCHEMA
from tests.strategies.syntax import rules

KINDS = {
    name
    for name, value in vars(syntax).items()
    if isinstance(value, type) and attrs.has(value) and value.__module__ == syntax.__name__
}
LIMITS = Limits(levels=16)


def make(text: str) -> Rule:
    return Rule(text, SCHEMA, lists=["picked"], cohorts=["march"], limits=LIMITS)


def test_every_node_is_public() -> None:
    """The public module has each class that a rule's tree is made of; `TimeOf` is no rule's."""
    public = set(segrules.syntax.__all__)
    assert KINDS - public == {"TimeOf"}
    functions = [name for name in segrules.syntax.__all__ if name[0].islower()]
    kinds = [name for name in segrules.syntax.__all__ if not name[0].islower()]
    assert segrules.syntax.__all__ == [*sorted(kinds), *sorted(functions)]


@pytest.mark.parametrize("text", VALID)
def test_walking(text: str) -> None:
    """A walk meets every node once, in text order, inside its parent and beside its siblings."""
    tree = parse(Source(text.replace("⏎", "\n").replace("⇥", "\t")))
    met = list(walk(tree))
    assert {id(node) for node in met} == {id(node) for node in parts(tree.root)}
    assert len({id(node) for node in met}) == len(met)
    for node in met:
        below = parts_of(node)
        for inner in below:
            assert node.span.start <= inner.span.start < inner.span.end <= node.span.end
        for one, other in pairwise(below):
            assert one.span.end <= other.span.start


@given(rules())
def test_text_of_a_node(rule: RuleText) -> None:
    """The text of a tree is parsed to that tree again, and so is that of each node in it."""
    assert parse(Source(to_text(rule))).root == rule.root
    for node in walk(rule):
        if isinstance(node, And | Or | Comparison):
            in_filter = not isinstance(node, Comparison) and has_a_test_alone(node)
            assert in_filter or parse(Source(to_text(node))).root == node


def has_a_test_alone(node: Node) -> bool:
    """Tell whether a node is of one term, which no text says."""
    return isinstance(node, And | Or) and len(node.terms) < 2


@given(RULES, RULES)
def test_the_tree_of_a_rule_is_that_of_its_text(one: str, other: str) -> None:
    """The places in a rule's tree are those of its own text, for joined rules too."""
    first, second = make(one), make(other)
    for rule in (first, ~first, ~~first, first & second, first | second):
        assert rule.syntax == rule._syntax
        assert to_text(rule.syntax) == str(rule)
        for node in walk(rule.syntax):
            if isinstance(node, Name):
                assert to_text(node) == rule.text[node.span.start : node.span.end]


def test_a_tree_can_be_changed() -> None:
    """Another tree made with `attrs.evolve` becomes a rule by its text."""
    schema = Schema.open()
    rule = Rule("a = 1 OR b = 2", schema)
    assert isinstance(rule.syntax.root, Or)
    changed = attrs.evolve(rule.syntax.root, terms=rule.syntax.root.terms[::-1])
    assert Rule(to_text(changed), schema).text == "b = 2 OR a = 1"


def test_places_do_not_count() -> None:
    """Trees are equal whatever their spacing; a tree is hashable."""
    first, second = (Rule(text, Schema.open()).syntax for text in ("a=1", " a  =  1 # x"))
    assert first == second
    assert hash(first) == hash(second)
    found: list[Part] = [*walk(first)]
    assert found == [*walk(second)]
