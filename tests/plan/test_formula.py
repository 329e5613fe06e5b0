"""Formulas: functions of bits."""

from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from segrules.evaluation.atoms import Atom, OnList
from segrules.meaning.conditions import And, Condition, ListTest, Not, Or, Whole
from segrules.plan.bits import Columns
from segrules.plan.formula import compile_row, compute_column, find_atoms

NAMES = "abcde"
LEAVES: dict[str, Condition] = {name: ListTest("list", name) for name in NAMES}
ATOMS = {name: Atom(OnList("list", name)) for name in NAMES}
BITS = {atom: place for place, atom in enumerate(ATOMS.values())}
A, B, C, D = (LEAVES[name] for name in "abcd")


def holds(formula: Condition, truth: int) -> bool:
    """Return what a formula says, as plainly as can be."""
    match formula:
        case And(terms):
            return all(holds(term, truth) for term in terms)
        case Or(terms):
            return any(holds(term, truth) for term in terms)
        case Not(term):
            return not holds(term, truth)
        case Whole(inner):
            return holds(inner, truth)
        case ListTest(_, name):
            return bool(truth >> NAMES.index(name) & 1)
        case _:
            raise AssertionError


def check(formula: Condition) -> None:
    """Hold that row by row and all at once the formula says what its truth table does."""
    truths = list(range(1 << len(NAMES)))
    expected = [holds(formula, truth) for truth in truths]
    row = compile_row(formula, BITS)
    assert [row(truth) for truth in truths] == expected
    columns = Columns(truths, len(NAMES))
    found = compute_column(formula, lambda atom: columns[BITS[atom]], (1 << len(truths)) - 1)
    assert [bool(found >> number & 1) for number in range(len(truths))] == expected


TREES = st.recursive(
    st.sampled_from(list(LEAVES.values())),
    lambda inner: st.one_of(
        inner.map(Not),
        inner.map(Whole),
        st.lists(inner, max_size=3).map(lambda terms: And(tuple(terms))),
        st.lists(inner, max_size=3).map(lambda terms: Or(tuple(terms))),
    ),
    max_leaves=8,
)


@given(TREES)
def test_truth_table(formula: Condition) -> None:
    """Rows, columns and the truth table say the same of every formula."""
    check(formula)


@pytest.mark.parametrize(
    "formula",
    [
        A,
        And(()),
        Or(()),
        Not(A),
        Whole(Not(A)),
        And((A, Not(B), Whole(C))),
        And((A, Not(A))),
        And((A, Or((B, Not(C))))),
        And((A, Not(And((B, C))))),
        And((A, Not(Or((B, Not(C)))), And((D,)))),
        Or((A, Not(B), And((C, D)))),
        Not(Or((A, And((B, Not(Whole(Or((C, D))))))))),
        Or((And((A, B)), And((C, Not(D))))),
    ],
)
def test_examples(formula: Condition) -> None:
    """The same of each form there is."""
    check(formula)


def test_uses() -> None:
    """An atom is used as it is, negated, or both; a double negation is none."""
    formula = And((A, Not(Or((B, Not(C)))), Whole(Not(Not(A))), Or((D, Not(D)))))
    assert find_atoms(formula) == {
        ATOMS["a"]: (True, False),
        ATOMS["b"]: (False, True),
        ATOMS["c"]: (True, False),
        ATOMS["d"]: (True, True),
    }


@given(TREES)
def test_polarity(formula: Condition) -> None:
    """What turns true can only let in by positive uses, and only let out by negated ones."""
    uses, row = find_atoms(formula), compile_row(formula, BITS)
    for atom, truth in product(ATOMS.values(), range(1 << len(NAMES))):
        bit = 1 << BITS[atom]
        before, after = row(truth & ~bit), row(truth | bit)
        as_is, negated = uses.get(atom, (False, False))
        assert as_is or before or not after
        assert negated or after or not before
