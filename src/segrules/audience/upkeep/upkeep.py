"""Incremental upkeep: facts and deadlines in, joins and leaves out.

    fact or deadline → families → bits of truth that flip → segments they can move → moves

A fact wakes the families that it concerns; so does a deadline. Where a family's answer differs from
before, bits of the customer's truth flip, and only segments that a flipped bit can let the customer
into or out of are evaluated.
"""

from collections.abc import Iterable, Mapping
from heapq import heappop, heappush
from typing import Any, TypeAlias

from attrs import define, field

from segrules.audience.catalogue.catalogue import Catalogue, Listed
from segrules.audience.catalogue.segment import Dynamic
from segrules.audience.upkeep.deadlines import Deadlines
from segrules.audience.upkeep.people import Person, Population
from segrules.facts.customer import Customer
from segrules.facts.event import Event
from segrules.facts.history import Fingerprints, History, Keys
from segrules.facts.values import set_facts
from segrules.meaning.calendar import DAWN, NEVER
from segrules.plan.needs import prune_log, prune_track
from segrules.plan.plan import Family, Plan, Route, Subscription

Move: TypeAlias = tuple[Person, Dynamic, bool]
"""A customer, a dynamic segment, and whether the customer joined it."""

Woken: TypeAlias = tuple[int, list[Move], int]
"""An instant, the moves at it, and how many deadlines fell due."""


@define(eq=False)
class Counters:
    """What has been done, counted.

    events: new events taken. repeated, late: facts that were seen before, and facts that came late.
    amended, retracted: corrections taken. evaluations: how often a segment was evaluated for a
    customer. wakeups: how often a customer's deadlines fell due; spurious: at how many of these no
    answer changed.
    """

    events: int = 0
    repeated: int = 0
    late: int = 0
    amended: int = 0
    retracted: int = 0
    evaluations: int = 0
    wakeups: int = 0
    spurious: int = 0


@define(eq=False)
class Upkeep:
    """Customers, their answers and their memberships under a plan.

    keeps_all: whether every event is kept, or only what the plan can still ask about. by_number:
    the dynamic segments by their numbers. live: a bit for each segment that is live.
    joined_blank: a bit for each segment that holds for a customer without any facts.

    What is known of events that are not kept. seen: the newest instant of each type. newest,
    coming: the newest instant up to the clock, and a heap of those later than it. known_after: of
    streams and types of which not all is known, after which instant it is.
    """

    catalogue: Catalogue
    plan: Plan
    keeps_all: bool
    population: Population = field(factory=Population)
    deadlines: Deadlines = field(factory=Deadlines)
    counters: Counters = field(factory=Counters)
    by_number: dict[int, Dynamic] = field(factory=dict)
    live: int = -1
    joined_blank: int = 0
    seen: dict[str, int] = field(factory=dict)
    known_after: dict[tuple[str, str], int] = field(factory=dict)
    newest: int = DAWN
    coming: list[int] = field(factory=list)
    _families: dict[int, Family] = field(factory=dict)

    def use_plan(self, plan: Plan) -> None:
        """Use another plan for the catalogue's segments; its new families are not evaluated yet."""
        self.plan = plan
        self._families = {family.number: family for family in plan.families.values()}
        self.by_number, self.joined_blank = {}, 0
        for segment in self.catalogue.segments.values():
            formula = plan.formulas[segment.name]
            segment.number, segment.holds = formula.number, formula.holds
            self.by_number[formula.number] = segment
            self.joined_blank |= formula.holds(plan.blank) << formula.number
        self.find_live()

    def find_live(self) -> None:
        """Find which segments are live, after a schedule has changed."""
        held_still = (s.number for s in self.by_number.values() if s.schedule is not None)
        self.live = ~sum(1 << number for number in held_still)

    def get_or_add(self, customer: str) -> Person:
        """Return a customer; an unknown one becomes known, without facts."""
        person = self.population.by_id.get(customer)
        if person is None:
            ids: Keys | Fingerprints = Keys() if self.keeps_all else Fingerprints()
            person = self.population.add(customer, History(ids=ids), self.plan.blank)
            cohorts = self.catalogue.cohorts
            if cohorts:
                inside = (name for name, kept in cohorts.items() if customer in kept.cohort)
                person.history.lists = frozenset(("cohort", name) for name in inside)
        return person

    def find_customer(self, customer: str) -> Customer:
        """Return the facts of a customer as far as they are kept; an unknown one has none."""
        person = self.population.by_id.get(customer)
        if person is None:
            return Customer(customer)
        history = person.history
        return Customer(
            customer,
            dict(history.attributes),
            tuple(history.log(None).events),
            lists=[name for kind, name in history.lists if kind == "list"],
            cohorts=[name for kind, name in history.lists if kind == "cohort"],
        )

    # Members

    def put_member(self, person: Person, segment: Dynamic, *, member: bool) -> None:
        """Add a customer who is not in a segment, or remove one who is."""
        person.held ^= 1 << segment.number
        segment.members.put(person.number, inside=member)

    def is_member(self, audience: Dynamic | Listed, person: Person) -> bool:
        """Tell whether a customer is in a segment or list."""
        if isinstance(audience, Listed):
            return person.id in audience.members
        return bool(person.held >> audience.number & 1)

    def find_members(self, audience: Dynamic | Listed) -> frozenset[str]:
        """Return the ids of those in a segment or list."""
        if isinstance(audience, Listed):
            return frozenset(audience.members)
        people = self.population.by_number
        found = (people[number] for number in audience.members)
        return frozenset(person.id for person in found if person is not None)

    def find_audiences(self, customer: str) -> frozenset[str]:
        """Return the names of the segments and lists a customer is in."""
        person = self.population.by_id.get(customer)
        if person is None:
            return frozenset()
        segments = self.catalogue.segments.values()
        dynamic = {each.name for each in segments if person.held >> each.number & 1}
        lists = self.catalogue.lists.values()
        return frozenset(dynamic | {each.name for each in lists if customer in each.members})

    def remove_members(self, segment: Dynamic) -> None:
        """Remove every customer from a segment that is about to go."""
        for number in segment.members:
            person = self.population.by_number[number]
            if person is not None:
                person.held &= ~(1 << segment.number)

    # Facts

    def add_event(self, person: Person, event: Event, now: int) -> int | None:
        """Add an event; return which bits of truth flip, or None if the event is not new."""
        history = person.history
        if event.id is not None and not history.ids.add(event.type, event.id):
            return None
        self.counters.events += 1
        families = self.keep_event(history, event, now)
        return self.evaluate(person, families, now) if families else 0

    def keep_event(self, history: History, event: Event, now: int) -> list[Family]:
        """Keep of an event that is new what the plan asks; return the families that it concerns."""
        # Plan.route, without its call: this is on the way of every event.
        route = self.plan.routes.get(event.type, self.plan.elsewhere)
        if self.keeps_all:
            history.keep(event)
        else:
            self._keep_needed(history, event, route, now)
        # Some families look at several streams: all of these know the event before any is asked.
        families = [*route.families]
        for subscription in route.subscriptions:
            keeps = subscription.reader.keeps
            if keeps is None or keeps(event):
                self._track(subscription, history, event, now)
                families += subscription.families
        return families

    def _keep_needed(self, history: History, event: Event, route: Route, now: int) -> None:
        """Keep only as much of an event as the plan asks."""
        self.seen[event.type] = max(event._micros, self.seen.get(event.type, DAWN))
        self.note_instant(event._micros, now)
        if route.need is not None:
            history.keep(event)
            prune_log(history.by_type[event.type], route.need, now)
            history.forget_all()

    def set_attributes(
        self, person: Person, facts: Mapping[str, Any], now: int
    ) -> tuple[int, tuple[str, ...]]:
        """Set attributes; return which bits of truth flip, and the names that have changed."""
        moved = set_facts(person.history.attributes, facts)
        families = dict.fromkeys(f for n in moved for f in self.plan.by_attribute.get(n, ()))
        return self.evaluate(person, families, now), moved

    def note_instant(self, instant: int, now: int) -> None:
        """Note the instant of an event that is not kept, in case it is the newest."""
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

    def evaluate_lists(self, person: Person, now: int) -> int:
        """Evaluate the lists that a customer is on; return which bits of truth flip."""
        by_list = self.plan.by_list
        families = [f for entry in person.history.lists for f in by_list.get(entry, ())]
        return self.evaluate(person, families, now)

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
        track.add(event._micros, None if reader.value is None else reader.value(event))
        if not self.keeps_all:
            prune_track(track, subscription.need, now)

    def evaluate(self, person: Person, families: Iterable[Family], now: int) -> int:
        """Evaluate families for a customer and set their deadlines; return which bits flip."""
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

    def apply_flips(self, person: Person, flips: int, *, is_new: bool = False) -> list[Move]:
        """Flip bits of a customer's truth; return the moves that follow."""
        truth = person.truth = person.truth ^ flips
        held, users, by_number = person.held, self.plan.users, self.by_number
        outside = ~held
        candidates = self.joined_blank & outside if is_new else 0
        while flips:
            place = flips.bit_length() - 1
            bit = 1 << place
            flips ^= bit
            as_is, negated = users[place]
            # A bit that turned true admits by its positive uses and drops by its negated ones.
            if truth & bit:
                candidates |= as_is & outside
                if negated:
                    candidates |= negated & held
            else:
                candidates |= as_is & held
                if negated:
                    candidates |= negated & outside
        candidates &= self.live
        self.counters.evaluations += candidates.bit_count()
        moves: list[Move] = []
        while candidates:
            number = candidates.bit_length() - 1
            bit = 1 << number
            candidates ^= bit
            segment = by_number[number]
            joins = segment.holds(truth)
            if joins is not (held & bit != 0):
                self.put_member(person, segment, member=joins)
                moves.append((person, segment, joins))
        moves.reverse()
        return moves

    # Time

    def next_deadline(self) -> int | None:
        """Return the instant at which a deadline next falls due; None for never."""
        return self.deadlines.next(self.population.by_number)

    def wake(self, until: int) -> Woken | None:
        """Let the next customer's deadlines fall due, up to an instant; None if none do."""
        due = self.deadlines.pop_due(until, self.population.by_number)
        if due is None:
            return None
        instant, person, numbers = due
        return instant, self._wake(person, numbers, instant), len(numbers)

    def wake_person(self, person: Person, until: int) -> Woken | None:
        """Let the next deadlines of one customer fall due, up to an instant; None if none do."""
        due = self.deadlines.pop_due_of(person, until)
        if due is None:
            return None
        instant, numbers = due
        return instant, self._wake(person, numbers, instant), len(numbers)

    def _wake(self, person: Person, numbers: list[int], instant: int) -> list[Move]:
        families = [self._families[number] for number in numbers]
        flips = self.evaluate(person, families, instant)
        self.counters.wakeups += 1
        self.counters.spurious += not flips
        return self.apply_flips(person, flips) if flips else []
