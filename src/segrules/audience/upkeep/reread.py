"""Reading again: the facts an engine keeps, by a vocabulary that declares more of their names."""

import re
from collections import Counter
from collections.abc import Iterable
from typing import Any, Final

from attrs import define, evolve, field

from segrules.audience.upkeep.people import Person
from segrules.audience.upkeep.upkeep import Upkeep
from segrules.facts.arguments import FactError
from segrules.facts.door import Door, read_known
from segrules.facts.event import Event
from segrules.facts.history import History, Log
from segrules.facts.misfits import Misfit
from segrules.facts.reading import Reading
from segrules.language.quantities import count
from segrules.meaning.calendar import NEVER
from segrules.meaning.vocabulary import Vocabulary
from segrules.plan.plan import Family, Plan
from segrules.schema.definitions import SchemaFinding

_PLACE: Final = re.compile(r"\[\d+\]")


@define(eq=False)
class Reread:
    """A customer whose facts read differently.

    history: the facts as they read now; the customer has the former ones until `use_reread`.
    events: those that differ, before and after. attributes: the names of those that differ.
    """

    person: Person
    history: History
    events: list[tuple[Event, Event]]
    attributes: list[str]

    @property
    def count(self) -> int:
        """How many facts differ."""
        return len(self.events) + len(self.attributes)


@define(eq=False)
class Unfit:
    """Facts that do not fit a vocabulary: how many, by the key of a schema and what is wrong."""

    numbers: Counter[tuple[str, str]] = field(factory=Counter)

    def add(self, key: str, misfit: Misfit) -> None:
        """Count a misfit. Those in the elements of a list are counted together."""
        said = misfit.message
        if misfit.expected is not None:
            said = f"it must be {misfit.expected}, not {misfit.found}"
        name, said = (_PLACE.sub("[]", text) for text in (f"{key}.{misfit.path}", said))
        self.numbers[name.removesuffix("."), said] += 1

    def report(self) -> list[SchemaFinding]:
        """Return a finding for each kind of misfit."""
        advice = "declare it as what they are, or leave it undeclared"
        return [
            SchemaFinding(name, f"{count(number, 'kept fact')}: {said}", advice)
            for (name, said), number in self.numbers.items()
        ]


def reread_facts(
    upkeep: Upkeep, old: Vocabulary, door: Door
) -> tuple[list[Reread], list[SchemaFinding]]:
    """Return the customers whose facts read differently by another door, and what does not fit.

    Only customers with attributes, or events of types, of which the vocabulary says other things
    than the old one are looked at. Nothing changes but the door's counts.
    """
    new, unfit = door.vocabulary, Unfit()
    if new.is_open:
        return [], []
    has_attributes = old.attributes != new.attributes
    types = [name for name, entries in new.events.items() if old.events.get(name) != entries]
    found = []
    for person in upkeep.population.by_id.values() if has_attributes or types else ():
        reread = _reread(person, door, types, unfit, has_attributes=has_attributes)
        if reread.count:
            found.append(reread)
    return found, unfit.report()


def _reread(
    person: Person, door: Door, types: Iterable[str], unfit: Unfit, *, has_attributes: bool
) -> Reread:
    history = person.history
    attributes = history.attributes
    moved: list[str] = []
    if has_attributes:
        attributes, moved = _reread_attributes(attributes, door, unfit)
    by_type, pairs = dict(history.by_type), list[tuple[Event, Event]]()
    for event_type in types:
        log = by_type.get(event_type)
        if log is None:
            continue
        events = [_reread_event(event, door, unfit) for event in log.events]
        different = [
            pair for pair in zip(log.events, events, strict=True) if pair[0] is not pair[1]
        ]
        if different:
            pairs += different
            # Events of one instant without ids are in the order of their content.
            by_type[event_type] = Log(log.times, sorted(events, key=lambda event: event._order))
    reread = evolve(history, attributes=attributes, by_type=by_type, all=None)
    return Reread(person, reread, pairs, moved)


def _reread_attributes(
    attributes: dict[str, Any], door: Door, unfit: Unfit
) -> tuple[dict[str, Any], list[str]]:
    reading = Reading(door.vocabulary.calendar)
    read = dict(read_known(door, attributes, reading))
    for misfit in reading.misfits:
        unfit.add("attributes", misfit)
    door.unlisted.update(reading.unlisted)
    return read, [name for name, value in read.items() if value is not attributes[name]]


def _reread_event(event: Event, door: Door, unfit: Unfit) -> Event:
    try:
        return door.read_event(event)
    except FactError as error:
        for misfit in error.findings:
            unfit.add(f"events.{event.type}.properties", misfit)
        return event


def find_turned(upkeep: Upkeep, reread: Reread, now: int) -> set[Family]:
    """Return the families of the plan that answer differently for facts as they read now."""
    plan, turned = upkeep.plan, set[Family]()
    for before, after in reread.events:
        for subscription in plan.route(before.type).subscriptions:
            reader = subscription.reader
            belonged, belongs = (
                reader.keeps is None or reader.keeps(event) for event in (before, after)
            )
            value = reader.value if belonged and belongs else None
            if belonged is not belongs or (value and value(before) != value(after)):
                turned.update(subscription.families)
    return turned | {
        family
        for family in _find_looking(plan, reread)
        if family.look(reread.person.history, now)[0] != family.look(reread.history, now)[0]
    }


def use_reread(upkeep: Upkeep, reread: Reread, now: int) -> None:
    """Give a customer the facts as they read now, and set the deadlines that follow."""
    person = reread.person
    person.history = reread.history
    # What is overdue is looked at when it falls due.
    later = [f for f in _find_looking(upkeep.plan, reread) if person.due.get(f.number, NEVER) > now]
    upkeep.evaluate(person, later, now)


def _find_looking(plan: Plan, reread: Reread) -> list[Family]:
    """Return the families that look at the attributes and the logs that differ."""
    types = {event.type for event, _ in reread.events}
    found = [
        *(family for event_type in types for family in plan.route(event_type).families),
        *(family for name in reread.attributes for family in plan.by_attribute.get(name, ())),
    ]
    return list(dict.fromkeys(found))
