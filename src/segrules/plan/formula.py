"""Formulas: AND, OR and NOT over atoms, compiled for bits.

For one customer, atoms are the bits of an int, the truth. For all customers at once, an atom is a
column: an int with a bit for each customer.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import TypeAlias

from segrules.evaluation.atoms import Atom, find_atom
from segrules.meaning.conditions import And, Condition, Not, Or, Whole

Bits: TypeAlias = Mapping[Atom, int]
"""The place of each atom's bit."""


def find_atoms(formula: Condition) -> dict[Atom, tuple[bool, bool]]:
    """Return the atoms of a canonical condition; for each, whether it is used as it is, negated."""
    found: dict[Atom, tuple[bool, bool]] = {}
    waiting = [(formula, True)]
    while waiting:
        condition, positive = waiting.pop()
        match condition:
            case And(terms) | Or(terms):
                waiting.extend((term, positive) for term in reversed(terms))
            case Not(term):
                waiting.append((term, not positive))
            case Whole(inner):
                waiting.append((inner, positive))
            case _:
                atom = find_atom(condition)
                as_is, negated = found.get(atom, (False, False))
                found[atom] = (as_is or positive, negated or not positive)
    return found


def compile_row(formula: Condition, bits: Bits) -> Callable[[int], bool]:
    """Compile a canonical condition to a function of one customer's truth."""
    match formula:
        case Not(term):
            inner = compile_row(term, bits)
            return lambda truth: not inner(truth)
        case Whole(inner_condition):
            return compile_row(inner_condition, bits)
        case And(terms):
            return _compile_and(terms, bits)
        case Or(terms):
            nor = _compile_and((Not(term) for term in terms), bits)
            return lambda truth: not nor(truth)
        case _:
            bit = 1 << bits[find_atom(formula)]
            return lambda truth: truth & bit != 0


def _compile_and(terms: Iterable[Condition], bits: Bits) -> Callable[[int], bool]:
    """Compile a conjunction: all its literals are one comparison."""
    as_is = negated = 0
    rest: list[Callable[[int], bool]] = []
    for term, positive in _conjuncts(terms):
        if isinstance(term, And | Or):
            rest.append(compile_row(term if positive else Not(term), bits))
        elif positive:
            as_is |= 1 << bits[find_atom(term)]
        else:
            negated |= 1 << bits[find_atom(term)]
    if as_is & negated:
        return lambda _: False
    mask = as_is | negated
    if not rest:
        return lambda truth: truth & mask == as_is

    def check(truth: int) -> bool:
        if truth & mask != as_is:
            return False
        for part in rest:  # noqa: SIM110  # all() over a generator costs half as much again
            if not part(truth):
                return False
        return True

    return check


def _conjuncts(terms: Iterable[Condition]) -> Iterator[tuple[Condition, bool]]:
    """Yield the terms that must hold and, with false, those that must not, nested ones too."""
    for given in terms:
        term, positive = given, True
        while isinstance(term, Not | Whole):
            if isinstance(term, Not):
                term, positive = term.term, not positive
            else:
                term = term.condition
        match term:
            case And(inner) if positive:
                yield from _conjuncts(inner)
            case Or(inner) if not positive:
                yield from _conjuncts(Not(each) for each in inner)
            case _:
                yield term, positive


def compute_column(formula: Condition, column: Callable[[Atom], int], all_rows: int) -> int:
    """Return the column of the customers for which a canonical condition holds.

    column: returns the column of an atom. all_rows: the column in which every bit is set.
    """
    match formula:
        case Not(term):
            return all_rows ^ compute_column(term, column, all_rows)
        case Whole(inner):
            return compute_column(inner, column, all_rows)
        case And(terms):
            held = all_rows
            for term in terms:
                held &= compute_column(term, column, all_rows)
            return held
        case Or(terms):
            held = 0
            for term in terms:
                held |= compute_column(term, column, all_rows)
            return held
        case _:
            return column(find_atom(formula))
