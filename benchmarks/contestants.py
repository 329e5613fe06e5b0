"""Segrules and the baseline behind one face: begun at an instant, fed in slices, asked who is in.

Both begin in the same way: every fact up to the measurement is known, and every segment has been
asked about every customer once.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime
from inspect import signature
from typing import Any, Protocol

from benchmarks.reevaluation import ChangeRow, History, Reevaluation
from benchmarks.results import NotAvailableError
from benchmarks.workload import SCHEMA, START, Fact, Workload, to_instant
from segrules import Change, Customer, Engine, Event, Rule
from segrules.meaning.calendar import to_micros
from segrules.results import Cause


class Contestant(Protocol):
    """Who takes facts and keeps memberships."""

    def take(self, facts: Sequence[Fact]) -> None:
        """Make ready to be fed these facts; not part of the time."""

    def feed(self) -> None:
        """Work through the facts taken; this is what is timed."""

    def values(self) -> list[Change]:
        """Return the changes of the facts fed as segrules' values."""

    def rows(self) -> list[ChangeRow]:
        """Return the changes of the facts fed, sorted."""

    def members(self) -> dict[str, frozenset[str]]:
        """Return who is in each segment."""


class Ours:
    """Segrules' engine; with `told` it tells of these segments only, and keeps all."""

    def __init__(self, workload: Workload, *, told: Collection[str] | None = None) -> None:
        self.engine = new_engine()
        load(self.engine, workload)
        self.engine.add_segments(workload.texts)
        self._facts: list[tuple[Event, str, datetime]] = []
        self._changes: list[Change] = []
        self._told = self.engine.segments if told is None else told

    def take(self, facts: Sequence[Fact]) -> None:
        self._facts = [(fact.event, fact.customer, fact.at) for fact in facts]
        self._changes = []

    def feed(self) -> None:
        apply, changes = self.engine.apply, self._changes
        for event, customer, at in self._facts:
            changes += apply(event, customer=customer, at=at)

    def values(self) -> list[Change]:
        return self._changes

    def rows(self) -> list[ChangeRow]:
        return to_rows(c for c in self._changes if c.segment in self._told)

    def members(self) -> dict[str, frozenset[str]]:
        return {name: self.engine.members(name) for name in self._told}


class Theirs:
    """Re-evaluation of triggered rules."""

    def __init__(self, workload: Workload) -> None:
        self.base = Reevaluation(make_rules(workload))
        self.base.load(make_histories(workload), to_micros(workload.turn))
        self._facts: list[tuple[Event, str, int]] = []
        self._changes: list[ChangeRow] = []

    def take(self, facts: Sequence[Fact]) -> None:
        self._facts = [(fact.event, fact.customer, to_micros(fact.at)) for fact in facts]
        self._changes = []

    def feed(self) -> None:
        apply, changes = self.base.apply, self._changes
        for event, customer, at in self._facts:
            changes += apply(event, customer, at)

    def values(self) -> list[Change]:
        cause = Cause("clock")
        return [
            Change(customer, segment, joined, to_instant(at), cause)
            for customer, segment, joined, at in self._changes
        ]

    def rows(self) -> list[ChangeRow]:
        return sorted(self._changes)

    def members(self) -> dict[str, frozenset[str]]:
        return dict(zip(self.base.names, map(frozenset, self.base.members), strict=True))


def new_engine(**options: object) -> Any:
    """Return an engine; raises NotAvailableError where it has no such options."""
    for name in options.keys() - signature(Engine).parameters.keys():
        raise NotAvailableError(f"Engine({name}=...)")
    make: Any = Engine
    return make(SCHEMA, **options)


def offered(engine: Any, name: str) -> Any:
    """Return a part of an engine; raises NotAvailableError where it is not there."""
    part = getattr(engine, name, None)
    if part is None:
        raise NotAvailableError(f"Engine.{name}")
    return part


def load(engine: Any, workload: Workload) -> None:
    """Tell an engine without segments everything up to the measurement."""
    for customer, attributes in workload.population.attributes.items():
        engine.set_attributes(customer, attributes, at=START)
    for fact in workload.before:
        engine.apply(fact.event, customer=fact.customer, at=fact.at)


def make_rules(workload: Workload) -> dict[str, Rule]:
    """Return the workload's rules by segment."""
    return {name: Rule(text, SCHEMA) for name, text in workload.texts.items()}


def make_customers(workload: Workload, facts: Iterable[Fact]) -> dict[str, Customer]:
    """Return customers who have done these things."""
    done: dict[str, list[Event]] = {customer: [] for customer in workload.population.attributes}
    for fact in facts:
        done[fact.customer].append(fact.event)
    return {
        customer: Customer(customer, attributes, done[customer])
        for customer, attributes in workload.population.attributes.items()
    }


def make_histories(workload: Workload) -> Mapping[str, History]:
    """Return what is known about each customer when the measurement begins."""
    return {
        customer: known._history
        for customer, known in make_customers(workload, workload.before).items()
    }


def to_rows(changes: Iterable[Change]) -> list[ChangeRow]:
    """Return changes as plain rows, sorted."""
    return sorted((c.customer, c.segment, c.joined, to_micros(c.at)) for c in changes)
