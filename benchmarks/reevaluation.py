"""The baseline: re-evaluate the rules that a fact triggers, a deadline per (customer, segment).

It is how an engine is built that knows each rule's triggers and until when each answer stands, and
nothing about what rules have in common. It is bare: no locks, no validation, changes as tuples
without causes; deadlines are packed ints in one heap, re-armed only when they come up.
"""

from collections.abc import Iterable, Mapping
from heapq import heappop, heappush
from typing import Any, Final, TypeAlias

from segrules import Customer, Event, Rule
from segrules.meaning.calendar import NEVER
from segrules.meaning.triggers import EVERY_TYPE

Judge: TypeAlias = Any
"""`(history, at) -> (holds, until)`, as a rule's evaluator has it."""

History: TypeAlias = Any
"""One customer's facts, as a rule's evaluator is asked about them."""

ChangeRow: TypeAlias = tuple[str, str, bool, int]
"""Customer, segment, joined, and the instant in microseconds."""

KEY_BITS: Final = 40
KEY_MASK: Final = (1 << KEY_BITS) - 1


class Reevaluation:
    """Memberships kept exact by asking every rule concerned again.

    evaluations, wakeups: how often a rule was asked, and how often because of the clock. turned: at
    how many of these the answer was another.
    """

    def __init__(self, rules: Mapping[str, Rule]) -> None:
        self.names = tuple(rules)
        self.members: list[set[str]] = [set() for _ in rules]
        self.evaluations = self.wakeups = self.turned = 0
        self._all = [(n, rule._evaluator.judge) for n, rule in enumerate(rules.values())]
        self._by_type, self._rest = _route(rules)
        self._by_attribute = _route_attributes(rules)
        self._people: dict[str, tuple[int, History]] = {}
        self._by_number: list[tuple[str, History]] = []
        self._due: dict[int, int] = {}
        self._armed: dict[int, int] = {}
        self._heap: list[int] = []

    def apply(self, event: Event, customer: str, at: int) -> list[ChangeRow]:
        """Take an event; deadlines up to `at` come first."""
        changes = self.advance_to(at)
        person = self._people.get(customer)
        asked: Iterable[tuple[int, Judge]]
        if person is None:
            person, asked = self._meet(customer), self._all
        else:
            asked = self._by_type.get(event.type, self._rest)
        if person[1].add(event):
            self._ask(person[0], customer, person[1], asked, at, changes)
        return changes

    def set_attributes(
        self, customer: str, attributes: Mapping[str, Any], at: int
    ) -> list[ChangeRow]:
        """Set attributes that have been made exact; deadlines up to `at` come first."""
        changes = self.advance_to(at)
        person = self._people.get(customer)
        asked: Iterable[tuple[int, Judge]]
        if person is None:
            person, asked = self._meet(customer), self._all
        else:
            concerned = {
                n: judge for name in attributes for n, judge in self._by_attribute.get(name, ())
            }
            asked = concerned.items()
        person[1].attributes.update(attributes)
        self._ask(person[0], customer, person[1], asked, at, changes)
        return changes

    def load(self, histories: Mapping[str, History], at: int) -> None:
        """Begin with customers whose facts are known, asking every rule about each once."""
        for customer, history in histories.items():
            number, _ = self._meet(customer, history)
            self._ask(number, customer, history, self._all, at, [])
        self.evaluations = 0

    def advance_to(self, at: int) -> list[ChangeRow]:
        """Let every deadline up to an instant fall due, each at its own."""
        changes: list[ChangeRow] = []
        heap, due, armed, width = self._heap, self._due, self._armed, len(self._all)
        limit = (at + 1) << KEY_BITS
        while heap and heap[0] < limit:
            entry = heappop(heap)
            instant, key = entry >> KEY_BITS, entry & KEY_MASK
            if armed.get(key) != instant:
                continue
            del armed[key]
            falls = due.get(key)
            if falls is None:
                continue
            if falls > instant:
                armed[key] = falls
                heappush(heap, falls << KEY_BITS | key)
                continue
            del due[key]
            number, segment = divmod(key, width)
            customer, history = self._by_number[number]
            known = len(changes)
            self._ask(number, customer, history, (self._all[segment],), instant, changes)
            self.wakeups += 1
            self.turned += len(changes) - known
        return changes

    def _meet(self, customer: str, history: History | None = None) -> tuple[int, History]:
        person = len(self._by_number), history or Customer(customer)._history
        self._people[customer] = person
        self._by_number.append((customer, person[1]))
        return person

    def _ask(
        self,
        number: int,
        customer: str,
        history: History,
        asked: Iterable[tuple[int, Judge]],
        at: int,
        changes: list[ChangeRow],
    ) -> None:
        due, armed, members, base = self._due, self._armed, self.members, number * len(self._all)
        for segment, judge in asked:
            self.evaluations += 1
            holds, until = judge(history, at)
            key = base + segment
            if until < NEVER:
                due[key] = until
                if armed.get(key, NEVER) > until:
                    armed[key] = until
                    heappush(self._heap, until << KEY_BITS | key)
            elif key in due:
                del due[key]
            inside = members[segment]
            if (customer in inside) is not holds:
                (inside.add if holds else inside.remove)(customer)
                changes.append((customer, self.names[segment], holds, at))


def _route(
    rules: Mapping[str, Rule],
) -> tuple[dict[str, list[tuple[int, Judge]]], list[tuple[int, Judge]]]:
    """Return whom an event of each type concerns, and whom one of any other type does."""
    types = {kind for rule in rules.values() for kind in rule.triggers.events} - {EVERY_TYPE}
    numbered = [(n, rule) for n, rule in enumerate(rules.values())]
    by_type = {
        kind: [(n, rule._evaluator.judge) for n, rule in numbered if rule.triggers.wakes_on(kind)]
        for kind in types
    }
    rest = [
        (n, rule._evaluator.judge) for n, rule in numbered if EVERY_TYPE in rule.triggers.events
    ]
    return by_type, rest


def _route_attributes(rules: Mapping[str, Rule]) -> dict[str, list[tuple[int, Judge]]]:
    routes: dict[str, list[tuple[int, Judge]]] = {}
    for n, rule in enumerate(rules.values()):
        for name in rule.triggers.attributes:
            routes.setdefault(name, []).append((n, rule._evaluator.judge))
    return routes
