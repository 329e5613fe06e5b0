"""Families: all tests on one source at once."""

from datetime import datetime
from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from segrules import Customer
from segrules.evaluation.atoms import Atom, OnList, Test, Value, find_atom
from segrules.evaluation.canonical import canonize
from segrules.evaluation.families import REMEMBERED, compile_family
from segrules.evaluation.reference import holds_at, judge
from segrules.facts.history import History
from segrules.meaning.calendar import NEVER, to_micros
from segrules.meaning.conditions import Condition, Equals, InRange, IsPresent
from segrules.plan.sweep import Histories, sweep_family
from tests.evaluation.facing import history
from tests.evaluation.planned import CALENDAR, condition, kept, leaves_of, plan_of
from tests.strategies.crowd import CROWDS
from tests.strategies.store import (
    ATTRIBUTE_CONDITIONS,
    CONDITIONS,
    CUSTOMERS,
    aggregates,
    event_conditions,
    instants,
    that_groups,
)

TEXTS = st.lists(
    st.one_of(CONDITIONS, event_conditions(), aggregates(), that_groups(), ATTRIBUTE_CONDITIONS),
    min_size=1,
    max_size=8,
)


def find_leaves(texts: list[str]) -> dict[Atom, Condition]:
    """Return the leaves of rules by their atoms."""
    leaves = [leaf for text in texts for leaf in leaves_of(canonize(condition(text)))]
    return {find_atom(leaf): leaf for leaf in leaves}


@given(TEXTS, CUSTOMERS, instants(), st.booleans())
def test_reference(texts: list[str], customer: Customer, at: datetime, tracked: bool) -> None:  # noqa: FBT001  # drawn by hypothesis
    """A family answers each of its atoms as the reference does, and `until` is a promise."""
    plan, leaves, instant = plan_of(*texts), find_leaves(texts), to_micros(at)
    assert leaves.keys() == plan.bits.keys()
    known = kept(plan, customer._history) if tracked else customer._history
    for family in plan.families.values():
        answer, until = family.look(known, instant)
        assert until > instant
        assert answer & ~family.bits == 0
        for atom in family.atoms:
            holds, stands = judge(leaves[atom], customer, instant, CALENDAR)
            assert bool(answer >> plan.bits[atom] & 1) is holds
            assert until <= stands or stands == NEVER


@given(TEXTS, CUSTOMERS, instants())
def test_until(texts: list[str], customer: Customer, at: datetime) -> None:
    """From one `until` to the next an answer is constant."""
    plan, leaves = plan_of(*texts), find_leaves(texts)
    for family in plan.families.values():
        instant = to_micros(at)
        for _ in range(20):
            answer, until = family.look(customer._history, instant)
            for atom in family.atoms:
                bit = bool(answer >> plan.bits[atom] & 1)
                for moment in (instant, min(until, instant + 10**15) - 1):
                    assert holds_at(leaves[atom], customer, moment, CALENDAR) is bit
            if until == NEVER:
                break
            instant = until


@given(TEXTS, CUSTOMERS, instants())
def test_blank(texts: list[str], customer: Customer, at: datetime) -> None:
    """Of families not found by a customer's facts the answer is that of nobody's facts."""
    plan, instant = plan_of(*texts), to_micros(at)
    known = kept(plan, customer._history)
    found = plan.find_families(known)
    truth = plan.blank
    for family in found:
        truth ^= (truth ^ family.look(known, instant)[0]) & family.bits
    assert truth == sum(family.look(known, instant)[0] for family in plan.families.values())


@given(TEXTS, CROWDS, instants(), st.booleans())
def test_sweep(texts: list[str], crowd: list[Customer], at: datetime, tracked: bool) -> None:  # noqa: FBT001  # drawn by hypothesis
    """Swept over many customers at once, a family answers as it does of each."""
    plan, instant = plan_of(*texts), to_micros(at)
    histories = [kept(plan, each._history) if tracked else each._history for each in crowd]
    swept = Histories(histories, plan.by_stream.keys() if tracked else ())
    for source, family in plan.families.items():
        atoms = list(family.atoms)
        columns = sweep_family(source, [a.test for a in atoms], swept, instant, CALENDAR)
        answers = [family.look(each, instant)[0] for each in histories]
        for atom, column in zip(atoms, columns, strict=True):
            bits = [answer >> plan.bits[atom] & 1 for answer in answers]
            assert column == sum(bit << row for row, bit in enumerate(bits))


POINTS = Value(("points",))
TESTS: list[tuple[int, Test]] = [
    (1, IsPresent()),
    (2, Equals(Decimal(1))),
    (4, InRange(low=Decimal(5))),
]


def test_values() -> None:
    """A value is tested once; then its answer is known, until too many are."""
    look = compile_family(POINTS, TESTS, CALENDAR)
    for value, mask in ((1, 3), (7, 5), (None, 0), (True, 1), (1, 3), (Decimal(1), 3)):
        assert look(history(points=value), 0) == (mask, NEVER)
    for number in range(REMEMBERED + 2):
        assert look(History(attributes={"points": number}), 0)[0] & 1
    assert look(history(points=7), 0)[0] == 5


def test_one_test() -> None:
    """A single test is asked at once; a value nested is found; mappings are values too."""
    look = compile_family(Value(("address", "city")), [(8, IsPresent())], CALENDAR)
    assert look(history(address={"city": "London"}), 0) == (8, NEVER)
    assert look(history(address={}), 0) == (0, NEVER)
    look = compile_family(Value(("address",)), TESTS, CALENDAR)
    assert look(history(address={"city": "London"}), 0) == (1, NEVER)


def test_lists() -> None:
    """Whether a customer is on a list is one question."""
    look = compile_family(OnList("list", "picked"), [(2, None), (4, None)], CALENDAR)
    assert look(History(lists={("list", "picked")}), 0) == (6, NEVER)
    assert look(History(lists={("cohort", "picked")}), 0) == (0, NEVER)
