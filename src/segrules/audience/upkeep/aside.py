"""Facts set aside: what an open backfill adds to its customers when it ends.

INVARIANT: once they are added, a customer's facts are as if all had been given in the order of
calls. Of an event that a host gave meanwhile, as well as in the backfill, the host's version stays.
"""

from collections.abc import Mapping
from typing import Any, Literal, TypeAlias

from attrs import define, field

from segrules.audience.upkeep.people import Person
from segrules.facts.event import Event
from segrules.facts.history import History, Key
from segrules.facts.values import NO_FACTS, put, set_facts, split_name, unite

Standing: TypeAlias = Literal["unknown", "had", "retracted"]


@define(eq=False)
class Waiting:
    """The facts set aside of one customer.

    attributes: the newest value of each, and sets: how often any were set. events: those added, in
    order. corrections: the newest version of each event that was amended, None for one that was
    retracted. repeated: corrections that would change nothing. aliases: as `Person.aliases`, for a
    customer that the engine does not know yet.
    """

    attributes: dict[str, Any] = field(factory=dict)
    sets: int = 0
    events: list[Event] = field(factory=list)
    corrections: dict[Key, Event | None] = field(factory=dict)
    repeated: int = 0
    aliases: dict[str, int] = field(factory=dict)

    def set_attributes(self, facts: Mapping[str, Any]) -> None:
        """Set attributes aside, the newest last: a leaf may be set in a mapping that is."""
        for name, value in facts.items():
            self.attributes.pop(name, None)
            self.attributes[name] = value
        self.sets += 1

    def correct(self, key: Key, event: Event | None) -> None:
        """Set an event's newest version aside, None to take it back."""
        self.events = [each for each in self.events if (each.type, each.id) != key]
        self.corrections[key] = event

    def __len__(self) -> int:
        return self.sets + len(self.events) + len(self.corrections)


@define(eq=False)
class Aside:
    """What the open backfill has set aside, by customer. name: the backfill's."""

    name: str
    by_customer: dict[str, Waiting] = field(factory=dict)

    def open(self, customer: str) -> Waiting:
        """Return where a customer's facts are set aside."""
        return self.by_customer.setdefault(customer, Waiting())

    def drop_attributes(self, customer: str, facts: Mapping[str, Any]) -> None:
        """Drop attributes that the host has set since; what the host sets is newer and stays."""
        waiting = self.by_customer.get(customer)
        if waiting is None:
            return
        attributes = waiting.attributes
        for name, value in facts.items():
            path = split_name(name)
            for other, inner in [*attributes.items()]:
                above = split_name(other)
                if above[: len(path)] == path:
                    del attributes[other]
                elif path[: len(above)] == above:
                    outer = inner if isinstance(inner, Mapping) else NO_FACTS
                    attributes[other] = put(outer, path[len(above) :], value)

    def drop_correction(self, customer: str, key: Key) -> None:
        """Drop the correction of an event that the host has corrected since."""
        waiting = self.by_customer.get(customer)
        if waiting is not None:
            waiting.corrections.pop(key, None)

    def merge(self, anonymous: str, known: str, theirs: History, mine: History) -> None:
        """Set the anonymous customer's facts aside for the known one.

        theirs, mine: the facts that both have already, before they are merged.
        """
        if anonymous not in self.by_customer and known not in self.by_customer:
            return
        other, one = self.by_customer.pop(anonymous, Waiting()), self.open(known)
        values, kept = dict(theirs.attributes), dict(mine.attributes)
        names = [*set_facts(values, other.attributes), *set_facts(kept, one.attributes)]
        one.attributes = {
            name: unite({name: kept.get(name)}, {name: values.get(name)})[name] for name in names
        }
        one.sets += other.sets
        one.events += other.events
        for key, event in other.corrections.items():
            if key not in mine.ids:
                one.corrections.setdefault(key, event)
        one.repeated += other.repeated
        one.aliases |= other.aliases


def find_standing(key: Key, history: History | None, waiting: Waiting | None = None) -> Standing:
    """Return whether a customer has had an event, and whether it was taken back."""
    if waiting is not None and key in waiting.corrections:
        return "retracted" if waiting.corrections[key] is None else "had"
    if history is not None and key in history.ids:
        return "retracted" if key in history.retracted else "had"
    is_waiting = waiting is not None and any((e.type, e.id) == key for e in waiting.events)
    return "had" if is_waiting else "unknown"


def add_aliases(person: Person, aliases: dict[str, int]) -> None:
    """Record the ids of customers merged into one, each with its feed token."""
    for name, token in aliases.items():
        person.aliases[name] = max(token, person.aliases.get(name, 0))
