"""Facts as a plain model: what the state machine holds an engine's customers to."""

from collections.abc import Iterable, Mapping
from typing import Any, TypeAlias

from attrs import define, field

from segrules import Event

Key: TypeAlias = tuple[str, str]


def key_of(event: Event) -> Key | None:
    return None if event.id is None else (event.type, event.id)


def join(mine: Mapping[str, Any], theirs: Mapping[str, Any]) -> dict[str, Any]:
    """Return what either has; of what both have, mine, also inside mappings."""
    both = dict(mine)
    for name, value in theirs.items():
        if isinstance(both.get(name), Mapping) and isinstance(value, Mapping):
            both[name] = join(both[name], value)
        elif both.get(name) is None:
            both[name] = value
    return both


@define(eq=False)
class Facts:
    """One customer's facts.

    ids: of all events that were had. only_bulk: of those that only the open backfill has added.
    """

    attributes: dict[str, Any] = field(factory=dict)
    events: list[Event] = field(factory=list)
    ids: set[Key] = field(factory=set)
    retracted: set[Key] = field(factory=set)
    only_bulk: set[Key] = field(factory=set)

    def copy(self) -> "Facts":
        return Facts(
            dict(self.attributes), [*self.events], set(self.ids), set(self.retracted), set()
        )

    def set(self, attributes: Mapping[str, Any]) -> None:
        """Set attributes; a name with a dot sets a leaf and leaves what lies beside it."""
        for name, value in attributes.items():
            outer, _, leaf = name.partition(".")
            inner = self.attributes.get(outer)
            beside = dict(inner) if isinstance(inner, Mapping) else {}
            self.attributes[outer] = {**beside, leaf: value} if leaf else value

    def find(self, key: Key) -> Event | None:
        return next((event for event in self.events if key_of(event) == key), None)

    def add(self, event: Event, *, in_bulk: bool = False) -> bool:
        """Add an event unless it was had; a host's own replaces one of the open backfill."""
        key = key_of(event)
        if key is not None and key in self.ids:
            if in_bulk or key not in self.only_bulk:
                return False
            self.drop(key)
        self.events.append(event)
        self.ids |= {key} if key else set()
        self.only_bulk |= {key} if key and in_bulk else set()
        return True

    def amend(self, event: Event) -> None:
        key = key_of(event)
        assert key is not None
        self.drop(key)
        self.events.append(event)
        self.retracted.discard(key)

    def retract(self, key: Key) -> None:
        self.drop(key)
        self.retracted.add(key)

    def drop(self, key: Key) -> None:
        self.events = [event for event in self.events if key_of(event) != key]
        self.ids.add(key)
        self.only_bulk.discard(key)

    def merge(self, other: "Facts") -> None:
        """Take over another customer's facts; what both have stays, unless only a backfill has."""
        self.attributes = join(self.attributes, other.attributes)
        theirs = {key for key in other.ids if self.yields(key, other)}
        self.events = [event for event in self.events if key_of(event) not in theirs]
        self.events += [e for e in other.events if e.id is None or key_of(e) in theirs]
        self.only_bulk = (self.only_bulk - theirs) | (other.only_bulk & theirs)
        self.retracted |= other.retracted & theirs
        self.ids |= other.ids

    def yields(self, key: Key, other: "Facts") -> bool:
        return key not in self.ids or (key in self.only_bulk and key not in other.only_bulk)


Store: TypeAlias = dict[str, Facts]


def open_facts(stores: Iterable[Store], customer: str) -> list[Facts]:
    """Return a customer's facts in each store; an unknown customer becomes known."""
    return [store.setdefault(customer, Facts()) for store in stores]


def copy_store(store: Store) -> Store:
    return {customer: facts.copy() for customer, facts in store.items()}
