"""A customer: what a rule is asked about."""

from collections.abc import Iterable, Mapping
from functools import partial
from typing import Any

from attrs import field, frozen

from segrules.facts.arguments import ArgumentError, expect, kind_of, to_name, to_names
from segrules.facts.event import NO_FACTS, Event, thaw, to_facts
from segrules.facts.history import History


@frozen(eq=False, init=False, repr=False)
class Customer:
    """One customer's facts: what a rule is asked about.

    attributes: names and values, nested mappings allowed; None is the same as absent. events: in
    any order; of two with the same type and id the first is taken. lists, cohorts: those the
    customer is on. Raises FactError.
    """

    id: str
    attributes: Mapping[str, Any]
    events: tuple[Event, ...]
    lists: frozenset[str]
    cohorts: frozenset[str]
    _history: History = field(repr=False)

    def __init__(
        self,
        id: str,  # noqa: A002  # the field's standard name
        attributes: Mapping[str, object] = NO_FACTS,
        events: Iterable[Event] = (),
        *,
        lists: Iterable[str] = (),
        cohorts: Iterable[str] = (),
    ) -> None:
        lists = frozenset(to_names(lists, "a customer's lists"))
        cohorts = frozenset(to_names(cohorts, "a customer's cohorts"))
        on = {("list", name) for name in lists} | {("cohort", name) for name in cohorts}
        known = to_facts(attributes, "a customer's attributes")
        history = History(attributes=dict(known), lists=on)
        if not isinstance(events, Iterable):
            raise ArgumentError(f"a customer's events must be a collection, not {kind_of(events)}")
        for event in events:
            history.add(expect(event, Event, "each of a customer's events"))
        self.__attrs_init__(
            id=to_name(id, "a customer's id"),
            attributes=known,
            events=tuple(history.log(None).events),
            lists=lists,
            cohorts=cohorts,
            history=history,
        )

    def __reduce__(self) -> tuple[Any, ...]:
        make = partial(Customer, lists=self.lists, cohorts=self.cohorts)
        return make, (self.id, thaw(self.attributes), self.events)

    def __repr__(self) -> str:
        return f"<Customer {self.id!r} ({len(self.events)} events)>"
