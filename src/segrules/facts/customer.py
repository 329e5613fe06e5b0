"""A customer: what a rule is asked about."""

from collections.abc import Iterable, Mapping
from functools import partial
from types import MappingProxyType
from typing import Any, Final

from attrs import field, frozen

from segrules.data import Data, read_object
from segrules.facts.arguments import ArgumentError, expect, kind_of, to_id, to_names
from segrules.facts.door import WHERE, Door, make_exact, read_known, reread_event, take_event
from segrules.facts.event import Event
from segrules.facts.history import History
from segrules.facts.json import read_facts, write_facts
from segrules.facts.misfits import Misfit, refuse, try_fact
from segrules.facts.reading import Reading
from segrules.facts.values import NO_FACTS, nest, thaw, to_facts

_KINDS: Final = {
    "id": str,
    "attributes": Any,
    "events": tuple[Event, ...],
    "lists": tuple[str, ...],
    "cohorts": tuple[str, ...],
}
"""The keys of a customer's data, and what is under each."""


@frozen(eq=False, init=False, repr=False)
class Customer:
    """One customer's facts: what a rule is asked about.

    id: text; a whole number is read as text. attributes: names and values, whatever JSON has; None
    is the same as absent. events: in any order; of two with the same type and id the first is
    taken. lists, cohorts: those the customer is on. A rule's schema reads the facts when the rule
    is first asked, and the customer remembers them as read. Raises FactError.
    """

    id: str
    attributes: Mapping[str, Any]
    events: tuple[Event, ...]
    lists: frozenset[str]
    cohorts: frozenset[str]
    _history: History = field(repr=False)
    _read: dict[str, History] = field(repr=False)
    _latest: tuple[object, History] = field(repr=False)

    def __init__(
        self,
        id: str | int,  # noqa: A002  # the field's standard name
        attributes: Mapping[str, object] = NO_FACTS,
        events: Iterable[Event] = (),
        *,
        lists: Iterable[str] = (),
        cohorts: Iterable[str] = (),
    ) -> None:
        known = to_facts(attributes, "a customer's attributes")
        if not isinstance(events, Iterable):
            raise ArgumentError(
                f"a customer's events must be a collection, not {kind_of(events)}", subject="events"
            )
        given = [expect(event, Event, "each of a customer's events") for event in events]
        key = to_id(id, "a customer's id")
        on_lists = frozenset(to_names(lists, "a customer's lists"))
        in_cohorts = frozenset(to_names(cohorts, "a customer's cohorts"))
        history = make_history(known, given, on_lists, in_cohorts)
        fill_customer(self, key, known, history, on_lists, in_cohorts)

    @classmethod
    def from_data(cls, data: object) -> "Customer":
        """Return the customer that `to_data` has written; raises DataError and FactError."""
        given = read_object(data, _KINDS, optional=("attributes", "events", "lists", "cohorts"))
        given["attributes"] = read_facts(given.get("attributes", {}), "attributes")
        return cls(**given)

    def to_data(self) -> Data:
        """Return the customer as JSON types, every value exact; `from_data` reads it back."""
        return {
            "id": self.id,
            "attributes": write_facts(self.attributes),
            "events": [event.to_data() for event in self.events],
            "lists": sorted(self.lists),
            "cohorts": sorted(self.cohorts),
        }

    def __reduce__(self) -> tuple[Any, ...]:
        make = partial(Customer, lists=self.lists, cohorts=self.cohorts)
        return make, (self.id, thaw(self.attributes), self.events)

    def __repr__(self) -> str:
        return f"<Customer {self.id!r} ({len(self.events)} events)>"


def make_history(
    attributes: Mapping[str, Any],
    events: Iterable[Event],
    lists: Iterable[str],
    cohorts: Iterable[str],
) -> History:
    """Return a history of exact facts."""
    on = {("list", name) for name in lists} | {("cohort", name) for name in cohorts}
    history = History(attributes=dict(attributes), lists=on)
    for event in events:
        history.add(event)
    return history


def fill_customer(
    customer: Customer,
    key: str,
    attributes: Mapping[str, Any],
    history: History,
    lists: frozenset[str],
    cohorts: frozenset[str],
) -> Customer:
    """Give a new customer its fields."""
    customer.__attrs_init__(
        id=key,
        attributes=attributes,
        events=tuple(history.log(None).events),
        lists=lists,
        cohorts=cohorts,
        history=history,
        read={},
        latest=(None, history),
    )
    return customer


def make_customer(  # the parts of a customer
    door: Door,
    key: str | int,
    attributes: object,
    events: object,
    lists: Iterable[str],
    cohorts: Iterable[str],
) -> Customer:
    """Return a customer out of what JSON has, every value of a declared type as read.

    Raises FactError with everything that is wrong.
    """
    misfits: list[Misfit] = []
    exact = make_exact(attributes, WHERE, misfits)
    if isinstance(events, str | Mapping) or not isinstance(events, Iterable):
        raise ArgumentError(
            f"a customer's events must be a collection, not {kind_of(events)}", subject="events"
        )
    given = [take_event(door, each, place, misfits) for place, each in enumerate(events)]
    misfits += try_fact(lambda: to_id(key, "a customer's id"), "id", key)
    reading = Reading(door.vocabulary.calendar)
    read_known(door, exact, reading)
    misfits += reading.misfits
    if misfits:
        refuse(misfits)
    kept = [event for event in given if event is not None]
    customer = Customer(key, exact, kept, lists=lists, cohorts=cohorts)
    if door.vocabulary.is_open:
        # What a rule makes of a value is known when it asks.
        return customer
    read = as_read(customer, door)
    read._read[door.fingerprint] = read._history
    return read


def read_history(customer: Customer, door: Door) -> History:
    """Return a customer's facts as read, which the customer remembers.

    Raises FactError with everything that does not fit.
    """
    known = customer._read.get(door.fingerprint)
    if known is not None:
        return known
    misfits: list[Misfit] = []
    reading = Reading(door.vocabulary.calendar)
    attributes = read_known(door, customer.attributes, reading)
    misfits += reading.misfits
    given = customer.events
    events = [reread_event(door, event, place, misfits) for place, event in enumerate(given)]
    if misfits:
        refuse(misfits)
    history = customer._history
    nested = nest(attributes)
    if nested != customer.attributes or any(
        one is not other for one, other in zip(events, given, strict=True)
    ):
        history = make_history(nested, events, customer.lists, customer.cohorts)
    customer._read[door.fingerprint] = history
    return history


def as_read(customer: Customer, door: Door) -> Customer:
    """Return a customer whose facts are as read."""
    history = read_history(customer, door)
    if history is customer._history:
        return customer
    attributes = MappingProxyType(history.attributes)
    return fill_customer(
        Customer.__new__(Customer),
        customer.id,
        attributes,
        history,
        customer.lists,
        customer.cohorts,
    )
