"""Plans: many rules as one, so that one look answers all that they share.

event ─type→ Route ─┬─ Subscription (stream) ─keeps?→ Track ─┐
                    └─ Family (reads the log) ───────────────┴→ Family.look
                                                                     │
      Change ← Formulas that can move ← bits of the truth that flip ←┘

`revise_plan` makes a plan in these steps:

1. Canonize each condition, and find its atoms: sources with a test.
2. Give each atom a bit of the customers' truth, and each segment a number.
3. Compile each condition to a formula of the truth.
4. Group the atoms by their source, and compile each family.
5. Connect facts to families (routes, attributes, lists) and atoms to the segments that use them.

INVARIANT: a plan is a value. A revised plan is another one, in which everything that has stayed
keeps its bit, its number and its compiled family.
"""

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Mapping
from functools import reduce
from itertools import chain, count
from operator import or_
from typing import Final, TypeVar

from attrs import evolve, field, frozen

from segrules.evaluation.atoms import Answers, Atom, Lone, Moment, OnList, Source, Value
from segrules.evaluation.canonical import canonize
from segrules.evaluation.families import compile_family
from segrules.evaluation.streams import Reader, Stream, compile_stream
from segrules.facts.history import BLANK, History
from segrules.language import quantities
from segrules.meaning.calendar import Calendar
from segrules.meaning.conditions import (
    Attribute,
    Condition,
    TermTest,
)
from segrules.meaning.triggers import leaves
from segrules.plan.describe import describe_atom, describe_source, describe_stream
from segrules.plan.formula import compile_row, find_atoms
from segrules.plan.needs import Need, find_log_needs, find_track_needs

T = TypeVar("T")

PATIENCE: Final = 16
"""How many events may come into a window or leave it in the search for a family's `until`."""


@frozen(eq=False)
class Family:
    """The atoms of a plan with the same source. bits: the bits of all of them."""

    number: int
    source: Source
    atoms: frozenset[Atom]
    bits: int
    look: Answers


@frozen(eq=False)
class Subscription:
    """A stream of a plan, the families that look at it, and what they need of its past."""

    reader: Reader
    families: tuple[Family, ...]
    need: Need


@frozen(eq=False)
class Route:
    """What an event of a type may concern.

    subscriptions: the streams that it may belong to. families: those that read the log. need: what
    these need of the type's past events; None if there are no such families.
    """

    subscriptions: tuple[Subscription, ...] = ()
    families: tuple[Family, ...] = ()
    need: Need | None = None


@frozen(eq=False)
class Formula:
    """A segment of a plan: its canonical condition, compiled to a function of the truth.

    atoms: those it is made of, and whether it uses each as it is and negated.
    """

    number: int
    condition: Condition
    atoms: Mapping[Atom, tuple[bool, bool]]
    holds: Callable[[int], bool]


@frozen(eq=False, repr=False)
class Plan:
    """Segments compiled together.

    formulas: the segments, by name. bits: the place of each atom in a customer's truth. routes: by
    event type; `elsewhere` is for types that no segment names. by_attribute, by_list, by_stream:
    the families that look at an attribute, a list, or a stream (by the name of its track). users:
    by the place of an atom, the segments that use it as it is and those that use it negated, as
    ints with a bit for each segment's number. blank: the truth of a customer without any facts.
    """

    calendar: Calendar
    formulas: Mapping[str, Formula] = field(factory=dict)
    bits: Mapping[Atom, int] = field(factory=dict)
    families: Mapping[Source, Family] = field(factory=dict)
    routes: Mapping[str, Route] = field(factory=dict)
    elsewhere: Route = Route()
    by_attribute: Mapping[str, tuple[Family, ...]] = field(factory=dict)
    by_list: Mapping[tuple[str, str], tuple[Family, ...]] = field(factory=dict)
    by_stream: Mapping[str, tuple[Family, ...]] = field(factory=dict)
    users: tuple[tuple[int, int], ...] = ()
    blank: int = 0

    def route(self, event_type: str) -> Route:
        """Return what an event of a type may concern."""
        return self.routes.get(event_type, self.elsewhere)

    def find_families(self, history: History) -> list[Family]:
        """Return the families that may answer differently than for a customer without facts."""
        found = [
            *(self.route(event_type).families for event_type in history.by_type),
            *(self.by_stream.get(name, ()) for name in history.tracks),
            *(self.by_attribute.get(name, ()) for name in history.attributes),
            *(self.by_list.get(entry, ()) for entry in history.lists),
        ]
        return list(dict.fromkeys(chain.from_iterable(found)))

    def explain(self) -> str:
        """Return the streams with the families that look at them, and each family's atoms.

        The number after an atom is how many segments use it.
        """
        lines = [repr(self)]
        others = dict.fromkeys(self.families.values())
        for subscription in self.subscriptions:
            lines += ["", f"stream: {describe_stream(subscription.reader.stream)}"]
            for family in subscription.families:
                others.pop(family, None)
                lines += self._explain_family(family)
        lines += ["", "without a stream:"] if others else []
        return "\n".join([*lines, *chain.from_iterable(map(self._explain_family, others))])

    def _explain_family(self, family: Family) -> list[str]:
        ordered = sorted((self.bits[atom], describe_atom(atom)) for atom in family.atoms)
        uses = [self.users[place] for place, _ in ordered]
        return [f"  {describe_source(family.source)}"] + [
            f"    {words}  ({(as_is | negated).bit_count()})"
            for (_, words), (as_is, negated) in zip(ordered, uses, strict=True)
        ]

    def __repr__(self) -> str:
        sizes = [
            quantities.count(len(self.subscriptions), "stream"),
            quantities.count(len(self.families), "family", "families"),
            quantities.count(len(self.bits), "atom"),
        ]
        segments = quantities.count(len(self.formulas), "segment")
        return f"<Plan ({segments}: {', '.join(sizes)})>"

    @property
    def subscriptions(self) -> tuple[Subscription, ...]:
        """Every stream of the plan, with the families that look at it."""
        routes = (*self.routes.values(), self.elsewhere)
        return tuple(
            {
                subscription.reader.name: subscription
                for route in routes
                for subscription in route.subscriptions
            }.values()
        )


def revise_plan(
    plan: Plan, *, add: Mapping[str, Condition] | None = None, remove: Collection[str] = ()
) -> Plan:
    """Return the plan with segments added and removed; one that it has gets its new condition."""
    gone = {*remove, *(add or {})}
    kept = {name: formula for name, formula in plan.formulas.items() if name not in gone}
    canonical = {name: canonize(condition) for name, condition in (add or {}).items()}
    used = {name: find_atoms(condition) for name, condition in canonical.items()}
    atoms = dict.fromkeys(a for formula in kept.values() for a in formula.atoms)
    atoms |= dict.fromkeys(atom for found in used.values() for atom in found)
    bits = _number(atoms, plan.bits)
    # A segment with another condition keeps its number.
    known = {name: formula.number for name, formula in plan.formulas.items()}
    numbers = _number([*kept, *canonical], {n: known[n] for n in (*kept, *canonical) if n in known})
    formulas = kept | {
        name: Formula(numbers[name], condition, used[name], compile_row(condition, bits))
        for name, condition in canonical.items()
    }
    families = _group(bits, plan)
    return _connect(evolve(plan, formulas=formulas, bits=bits, families=families))


def _number(things: Iterable[T], known: Mapping[T, int]) -> dict[T, int]:
    """Return a number for each thing: the one it has, or else the lowest that is free."""
    wanted = dict.fromkeys(things)
    numbers = {thing: known[thing] for thing in wanted if thing in known}
    taken = set(numbers.values())
    free = (number for number in count() if number not in taken)
    return {thing: numbers[thing] if thing in numbers else next(free) for thing in wanted}


def _group(bits: Mapping[Atom, int], plan: Plan) -> dict[Source, Family]:
    """Return the families of atoms; a family whose atoms are the same stays the same."""
    atoms: dict[Source, list[Atom]] = defaultdict(list)
    for atom in bits:
        atoms[atom.source].append(atom)
    numbers = _number(atoms, {source: f.number for source, f in plan.families.items()})
    families: dict[Source, Family] = {}
    for source, members in atoms.items():
        known = plan.families.get(source)
        if known is not None and known.atoms == frozenset(members):
            families[source] = known
            continue
        tests = [(1 << bits[atom], atom.test) for atom in members]
        look = compile_family(source, tests, plan.calendar, patience=PATIENCE)
        mask = sum(bit for bit, _ in tests)
        families[source] = Family(numbers[source], source, frozenset(members), mask, look)
    return families


def _connect(plan: Plan) -> Plan:
    """Return a plan connected: from facts to families, and from atoms to segments."""
    families = plan.families.values()
    by_attribute: dict[str, list[Family]] = defaultdict(list)
    by_list: dict[tuple[str, str], list[Family]] = defaultdict(list)
    for family in families:
        for name in _find_attributes(family.source):
            by_attribute[name].append(family)
        if isinstance(family.source, OnList):
            by_list[family.source.kind, family.source.name].append(family)
    users = [[0, 0] for _ in range(max(plan.bits.values(), default=-1) + 1)]
    for formula in plan.formulas.values():
        for atom, uses in formula.atoms.items():
            for way in (0, 1):
                users[plan.bits[atom]][way] |= uses[way] << formula.number
    routes = _find_routes(plan)
    subscriptions = {
        subscription.reader.name: subscription.families
        for route in routes.values()
        for subscription in route.subscriptions
    }
    return evolve(
        plan,
        by_stream=subscriptions,
        elsewhere=routes.pop(None),
        routes={event_type: route for event_type, route in routes.items() if event_type},
        by_attribute={name: tuple(found) for name, found in by_attribute.items()},
        by_list={entry: tuple(found) for entry, found in by_list.items()},
        users=tuple((as_is, negated) for as_is, negated in users),
        blank=sum(family.look(BLANK, 0)[0] for family in families),
    )


def _find_attributes(source: Source) -> set[str]:
    """Return the names of the attributes that a source looks at."""
    match source:
        case Value(path) | Moment(path):
            return {path[0]}
        case Lone(condition):
            terms = [leaf.term for leaf in leaves(condition) if isinstance(leaf, TermTest)]
            return {term.path[0] for term in terms if isinstance(term, Attribute)}
        case _:
            return set()


def _find_routes(plan: Plan) -> dict[str | None, Route]:
    """Return the route of each type that a segment names, and under None that of all others."""
    watching: dict[Stream, list[tuple[Family, Need]]] = defaultdict(list)
    reading: dict[str | None, list[Family]] = defaultdict(list)
    needs: dict[str | None, Need] = {}
    for source, family in plan.families.items():
        for stream, need in find_track_needs(source).items():
            watching[stream].append((family, need))
        for event_type, need in find_log_needs(source).items():
            reading[event_type].append(family)
            needs[event_type] = needs.get(event_type, Need()) | need
    known = {subscription.reader.stream: subscription.reader for subscription in plan.subscriptions}
    subscriptions = [
        Subscription(
            known.get(stream) or compile_stream(stream),
            tuple(family for family, _ in watchers),
            reduce(or_, (need for _, need in watchers)),
        )
        for stream, watchers in watching.items()
    ]
    types = dict.fromkeys([None, *reading, *(stream.event_type for stream in watching)])
    return {
        event_type: Route(
            tuple(
                subscription
                for subscription in subscriptions
                if subscription.reader.stream.event_type in (event_type, None)
            ),
            tuple(dict.fromkeys(f for t in (event_type, None) for f in reading.get(t, ()))),
            _join(needs.get(event_type), needs.get(None)),
        )
        for event_type in types
    }


def _join(one: Need | None, other: Need | None) -> Need | None:
    return one | other if one and other else one or other
