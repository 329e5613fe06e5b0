"""The facts of a store as columns of plain values, for contestants that work on tables.

Instants are microseconds, money is whole cents, and what is missing is None.
"""

from collections.abc import Iterable, Mapping
from typing import Any, Final, TypeAlias

from attrs import frozen

from benchmarks.relational import CENTS
from benchmarks.templates import TAGS
from benchmarks.workload import Population, RawFact
from segrules.meaning.calendar import to_micros

Columns: TypeAlias = Mapping[str, list[Any]]

MONEY: Final = ("total", "price")
NUMBERS: Final = ("quantity", "items")
TEXTS: Final = ("path", "device", "category", "product_id", "campaign", "coupon")
PROFILE: Final = ("country", "language", "acquisitionChannel", "emailOptIn", "loyaltyPoints")


@frozen
class Tables:
    """One row an event, in the order of arrival, and one row a customer.

    A customer's number is its place among the customers.
    """

    events: Columns
    customers: Columns


def make_tables(population: Population, facts: Iterable[RawFact]) -> Tables:
    """Return the tables of a store."""
    numbers = {customer: n for n, customer in enumerate(population.attributes)}
    rows = list(facts)
    events: dict[str, list[Any]] = {
        "customer": [numbers[row[2]] for row in rows],
        "instant": [row[1] for row in rows],
        "type": [row[3] for row in rows],
    }
    for name in MONEY:
        events[name] = [_cents(row[5].get(name)) for row in rows]
    for name in NUMBERS + TEXTS:
        events[name] = [row[5].get(name) for row in rows]
    return Tables(events, _customers(population))


def _customers(population: Population) -> Columns:
    known = [*population.attributes.values()]
    columns: dict[str, list[Any]] = {"customer": [*range(len(known))]}
    for name in PROFILE:
        columns[name] = [each.get(name) for each in known]
    columns["birthday"] = [
        to_micros(each["birthday"]) if "birthday" in each else None for each in known
    ]
    for tag in TAGS:
        columns[f"tag_{tag}"] = [tag in each.get("tags", ()) for each in known]
    return columns


def _cents(money: float | None) -> int | None:
    return None if money is None else round(money * CENTS)
