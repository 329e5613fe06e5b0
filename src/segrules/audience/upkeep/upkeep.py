"""How answers are kept up: facts arrive and time passes, and whoever joins or leaves is noted.

A fact wakes the families that it concerns; so does a deadline. What a family answers differently
than before flips bits of the customer's truth, and only segments that a flipped bit can let the
customer into or out of are asked again.
"""

from collections.abc import Callable, Iterable, Mapping
from heapq import heappop, heappush
from typing import Any, TypeAlias

from attrs import define, field

from segrules.audience.catalogue.membership import Membership
from segrules.audience.upkeep.deadlines import Deadlines
from segrules.audience.upkeep.people import Person, Population
from segrules.facts.event import Event
from segrules.facts.history import Fingerprints, History
from segrules.meaning.calendar import DAWN, NEVER
from segrules.plan.needs import prune_log, prune_track
from segrules.plan.plan import Family, Plan, Route, Subscription

Move: TypeAlias = tuple[Person, int, bool]
"""A customer, the number of a segment, and whether the customer joined it."""

Woken: TypeAlias = tuple[int, list[Move], int]
"""An instant, what has moved then, and how many deadlines fell due."""


@define(eq=False)
class Counters:
    """What has been done, counted.

    evaluations: how often a segment was evaluated for a customer. wakeups: how often a customer's
    deadlines fell due; spurious: at how many of these no answer changed.
    """

    events: int = 0
    evaluations: int = 0
    wakeups: int = 0
    spurious: int = 0


@define(eq=False)
class Upkeep:
    """The state of an engine's audiences under a plan.

    keeps_all: whether every event is kept, or only what the plan can still ask about. deferred: the
    customers whom an open backfill has touched, by number. joined_blank: a bit for each segment
    that holds for a customer without any facts. names: of segments, by their numbers. held_still:
    the segments whose members stay as they are; moving: a bit for each of the others.

    What is known of events that are not kept. seen: the newest instant of each type that has come.
    newest, coming: the newest instant up to the clock, and those later than it, a heap.
    known_after: of streams and types of which not all is known, after which instant it is.
    """

    plan: Plan
    keeps_all: bool
    population: Population = field(factory=Population)
    membership: Membership = field(init=False)
    deadlines: Deadlines = field(factory=Deadlines)
    counters: Counters = field(factory=Counters)
    seen: dict[str, int] = field(factory=dict)
    known_after: dict[tuple[str, str], int] = field(factory=dict)
    deferred: dict[int, Person] = field(factory=dict)
    joined_blank: int = 0
    names: dict[int, str] = field(factory=dict)
    held_still: frozenset[str] = frozenset()
    moving: int = -1
    newest: int = DAWN
    coming: list[int] = field(factory=list)
    _holds: dict[int, Callable[[int], bool]] = field(factory=dict)
    _families: dict[int, Family] = field(factory=dict)

    def __attrs_post_init__(self) -> None:
        self.membership = Membership(self.population)
        self.follow(self.plan)

    def follow(self, plan: Plan) -> None:
        """Go by another plan from now on; what it asks anew has not been answered yet."""
        self.plan = plan
        self.names = {formula.number: name for name, formula in plan.formulas.items()}
        self._holds = {s.number: s.holds for s in plan.formulas.values()}
        self._families = {family.number: family for family in plan.families.values()}
        self.joined_blank = sum(
            1 << number for number, holds in self._holds.items() if holds(plan.blank)
        )
        self.hold_still(self.held_still)

    def hold_still(self, segments: frozenset[str]) -> None:
        """Let the members of these segments stay as they are, whatever becomes true of anybody."""
        self.held_still = segments
        formulas = self.plan.formulas
        self.moving = ~sum(1 << formulas[name].number for name in segments if name in formulas)

    def meet(self, customer: str) -> Person:
        """Return a customer, who is new without any facts."""
        person = self.population.by_id.get(customer)
        if person is None:
            ids: Any = set() if self.keeps_all else Fingerprints()
            person = self.population.add(customer, History(ids=ids), self.plan.blank)
            if self.membership.cohorts:
                person.history.lists = self.membership.find_cohorts(customer)
        return person

    def defer(self, person: Person) -> None:
        """Report nothing of a customer until the open backfill ends."""
        person.is_deferred = True
        self.deferred[person.number] = person

    # Facts

    def take(self, person: Person, event: Event, now: int) -> int | None:
        """Take an event; return which bits flip, or None where the event is not new."""
        history = person.history
        route = self.plan.routes.get(event.type, self.plan.elsewhere)
        if self.keeps_all:
            if not history.add(event):
                return None
        elif not self._learn(history, event, route, now):
            return None
        self.counters.events += 1
        # Some look at several streams: nobody is asked before all of these know the event.
        families = [*route.families]
        for subscription in route.subscriptions:
            keeps = subscription.reader.keeps
            if keeps is None or keeps(event):
                self._track(subscription, history, event, now)
                families += subscription.families
        return 0 if person.is_deferred or not families else self.judge(person, families, now)

    def _learn(self, history: History, event: Event, route: Route, now: int) -> bool:
        """Take an event, and keep it only as far as the plan can ask about the event itself."""
        if not history.remember(event):
            return False
        self.seen[event.type] = max(event.micros, self.seen.get(event.type, DAWN))
        self.see(event.micros, now)
        if route.need is not None:
            history.keep(event)
            prune_log(history.by_type[event.type], route.need, now)
            history.forget_all()
        return True

    def set_attributes(
        self, person: Person, facts: Mapping[str, Any], now: int
    ) -> tuple[int, tuple[str, ...]]:
        """Set attributes; return which bits flip, and the names of those that are not as before."""
        known = person.history.attributes
        moved = tuple(n for n, value in facts.items() if not _is_same(known.get(n), value))
        for name in moved:
            known[name] = facts[name]
        if person.is_deferred:
            return 0, moved
        families = dict.fromkeys(f for n in moved for f in self.plan.by_attribute.get(n, ()))
        return self.judge(person, families, now), moved

    def see(self, instant: int, now: int) -> None:
        """Remember the instant of an event that is not kept, as far as it may be the newest."""
        if instant > now:
            heappush(self.coming, instant)
            self.find_newest(now)
        elif instant > self.newest:
            self.newest = instant

    def find_newest(self, now: int) -> int:
        """Return the newest instant, up to now, of an event that is not kept; DAWN for none."""
        while self.coming and self.coming[0] <= now:
            self.newest = max(self.newest, heappop(self.coming))
        return self.newest

    def judge_lists(self, person: Person, now: int) -> int:
        """Ask about the lists that a customer is on; return which bits flip."""
        by_list = self.plan.by_list
        families = [f for entry in person.history.lists for f in by_list.get(entry, ())]
        return self.judge(person, families, now)

    def _track(self, subscription: Subscription, history: History, event: Event, now: int) -> None:
        reader = subscription.reader
        track = history.tracks.get(reader.name)
        if track is None:
            if self.keeps_all:
                history.tracks[reader.name] = reader.gather(history)
                return
            track = history.tracks[reader.name] = reader.open_track(
                keeps_values=subscription.need.values
            )
        reader.take(event, track)
        if not self.keeps_all:
            prune_track(track, subscription.need, now)

    def judge(self, person: Person, families: Iterable[Family], now: int) -> int:
        """Ask families about a customer, and set their deadlines; return which bits flip."""
        history, truth = person.history, person.truth
        due, deadlines = person.due, self.deadlines
        flips = 0
        for family in families:
            answer, until = family.look(history, now)
            flips |= (truth ^ answer) & family.bits
            number = family.number
            if until == NEVER:
                if number in due:
                    deadlines.drop(person, number)
            elif due.get(number) != until:
                deadlines.put(person, number, until)
        return flips

    def turn(self, person: Person, flips: int, *, is_new: bool = False) -> list[Move]:
        """Flip bits of a customer's truth; return the segments joined and left."""
        truth = person.truth = person.truth ^ flips
        held, users, holds = person.held, self.plan.users, self._holds
        outside = ~held
        candidates = self.joined_blank & outside if is_new else 0
        while flips:
            place = flips.bit_length() - 1
            bit = 1 << place
            flips ^= bit
            as_is, negated = users[place]
            # What has turned true lets in by its positive uses and out by its negated ones.
            if truth & bit:
                candidates |= as_is & outside
                if negated:
                    candidates |= negated & held
            else:
                candidates |= as_is & held
                if negated:
                    candidates |= negated & outside
        candidates &= self.moving
        self.counters.evaluations += candidates.bit_count()
        moves: list[Move] = []
        while candidates:
            number = candidates.bit_length() - 1
            bit = 1 << number
            candidates ^= bit
            joins = holds[number](truth)
            if joins is not (held & bit != 0):
                self.membership.put(person, number, member=joins)
                moves.append((person, number, joins))
        moves.reverse()
        return moves

    # Time

    def next_deadline(self) -> int | None:
        """Return the instant at which a deadline next falls due."""
        return self.deadlines.next(self.population.by_number)

    def wake(self, until: int) -> Woken | None:
        """Let the next customer's deadlines fall due, by an instant; None where there are none."""
        taken = self.deadlines.take(until, self.population.by_number)
        if taken is None:
            return None
        instant, person, numbers = taken
        return instant, self._wake(person, numbers, instant), len(numbers)

    def wake_person(self, person: Person, until: int) -> Woken | None:
        """Let the next deadlines of one customer fall due, by an instant."""
        taken = self.deadlines.take_of(person, until)
        if taken is None:
            return None
        instant, numbers = taken
        return instant, self._wake(person, numbers, instant), len(numbers)

    def _wake(self, person: Person, numbers: list[int], instant: int) -> list[Move]:
        if person.is_deferred:
            return []
        families = [self._families[number] for number in numbers]
        flips = self.judge(person, families, instant)
        self.counters.wakeups += 1
        self.counters.spurious += not flips
        return self.turn(person, flips) if flips else []


def _is_same(known: Any, value: Any) -> bool:
    # To Python 1 equals True, and so may mappings that hold them; to rules they differ.
    return type(known) is type(value) and not isinstance(value, Mapping) and bool(known == value)
