"""Families over many customers at once, by example."""

from datetime import timedelta

import pytest

from segrules import Customer, Event
from segrules.facts.history import History
from segrules.meaning.calendar import to_micros
from segrules.plan.sweep import Histories, sweep_family
from tests.evaluation.planned import CALENDAR, kept, plan_of
from tests.strategies.store import CENTRE

DAY = timedelta(days=1)


def customer(number: int, **attributes: object) -> Customer:
    """Return a customer with an event of every kind on each of so many days up to the centre."""
    events = [
        Event(kind, CENTRE - day * DAY, {"total": day, "sku": f"s{day % 2}"})
        for day in range(number)
        for kind in ("purchase", "view", "cart")
        if (day + len(kind)) % 3
    ]
    return Customer(f"c{number}", attributes, events, lists=["picked"] if number % 2 else [])


CROWD = [
    Customer("nobody"),
    *(customer(number) for number in range(6)),
    customer(12, points=3, renewsAt=CENTRE),
    Customer("ahead", events=[Event("purchase", CENTRE + DAY, {"total": 5})]),
    Customer(
        "both",
        events=[Event(kind, CENTRE + n * DAY) for kind in ("purchase", "view") for n in (-1, 1)],
    ),
    Customer("cart", events=[Event("cart", CENTRE + n * DAY, {"total": n}) for n in (-1, 1)]),
]


@pytest.mark.parametrize("is_tracked", [False, True])
@pytest.mark.parametrize(
    "text",
    [
        "points > 1",
        "renewsAt within 7 days",
        "in segment 'picked'",
        "any event of type 'purchase'",
        "any event of type 'purchase' within 2 days",
        "any event of type 'purchase' has total > 1 within 2 days",
        "any event of type 'purchase' in this week",
        "any event of type 'purchase' since 2026-03-27",
        "count of orders within 7 days >= 2",
        "any event within 2 days",
        "first event of type 'purchase' within 2 days",
        "last event of type 'cart' has total > 0",
        "first event of type 'cart' has total > 0",
        "last event of type 'cart' has total > 0 within 2 days",
        "any event of type 'view' AND no event of type 'purchase' since that view",
        "first event of type 'view' AND any event of type 'purchase' since that view",
        "last event of type 'cart' has total > 0 AND count of orders since that cart >= 1",
        "any event of type 'view' AND renewsAt since that view",
        "count of orders >= 2",
        "sum of total of orders > 3",
        "sum of total of orders >= 0",
        "sum of total of orders within 7 days > 3",
        "sum of total of orders within 1 month > 3",
        "sum of total of orders before 2 days ago > 3",
        "avg of total of orders within 7 days >= 1",
        "count of distinct sku of orders >= 2",
        "count of orders between 7 days ago and 1 day ago >= 2",
        "tier = 'loyal'",
    ],
)
def test_as_one_by_one(text: str, *, is_tracked: bool) -> None:
    """Swept, a family answers as it does of each customer, whatever is kept of them."""
    plan, at = plan_of(text), to_micros(CENTRE)
    fresh = [Customer(c.id, c.attributes, c.events, lists=c.lists)._history for c in CROWD]
    histories = [kept(plan, each) if is_tracked else each for each in fresh]
    swept = Histories(histories, plan.by_stream.keys() if is_tracked else ())
    for source, family in plan.families.items():
        atoms = list(family.atoms)
        columns = sweep_family(source, [atom.test for atom in atoms], swept, at, CALENDAR)
        answers = [family.look(each, at)[0] for each in histories]
        for atom, column in zip(atoms, columns, strict=True):
            bits = [answer >> plan.bits[atom] & 1 for answer in answers]
            assert column == sum(bit << row for row, bit in enumerate(bits))


def test_many_answers() -> None:
    """More different answers than a byte can tell apart are swept in parts."""
    plan = plan_of(*(f"points > {number}" for number in range(300)))
    [family] = plan.families.values()
    histories = [History(attributes={"points": number}) for number in range(400)]
    atoms = list(family.atoms)
    swept = Histories(histories, ())
    columns = sweep_family(family.source, [a.test for a in atoms], swept, 0, CALENDAR)
    for atom, column in zip(atoms, columns, strict=True):
        for row, history in enumerate(histories):
            assert column >> row & 1 == family.look(history, 0)[0] >> plan.bits[atom] & 1


def test_nobody() -> None:
    """Of no customers there are columns as well."""
    plan = plan_of("any event of type 'cart'")
    [family] = plan.families.values()
    [atom] = family.atoms
    assert sweep_family(family.source, [atom.test], Histories([], ()), 0, CALENDAR) == [0]
