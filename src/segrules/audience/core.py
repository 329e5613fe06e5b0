"""The core of an engine: its clock, and how facts and instants become changes.

an instant → what falls due before it → its changes;  a fact → bits that flip → its changes
"""

from collections import deque
from collections.abc import Collection, Iterable, Mapping
from datetime import datetime, timedelta
from threading import RLock
from typing import Any

from attrs import define, field

from segrules.audience.catalogue.catalogue import Catalogue
from segrules.audience.catalogue.segment import Dynamic, SegmentError
from segrules.audience.records.audit import Action, AuditEntry
from segrules.audience.records.change import (
    CLOCK,
    LATE,
    REFRESH,
    REPEATED,
    TAKEN,
    Applied,
    Cause,
    Change,
    Late,
    Repeated,
)
from segrules.audience.records.checks import Consistency
from segrules.audience.records.feed import Feed
from segrules.audience.records.stats import Lags
from segrules.audience.upkeep.aside import Aside
from segrules.audience.upkeep.people import Person
from segrules.audience.upkeep.replan import sync_members
from segrules.audience.upkeep.timetable import Timetable, mark_refreshed
from segrules.audience.upkeep.upkeep import Move, Upkeep
from segrules.facts.arguments import ArgumentError, FactError, to_instant
from segrules.facts.door import Door, open_door
from segrules.facts.event import Event
from segrules.language.limits import Limits
from segrules.language.quantities import count
from segrules.meaning.calendar import DAWN, MICROSECOND, NEVER, to_datetime
from segrules.plan.plan import Plan
from segrules.schema.schema import Schema


@define(eq=False)
class Core:
    """The parts of an engine. Every reader and writer holds the lock.

    max_step: how far ahead of the clock an instant may be, in microseconds. now: the clock, in
    microseconds; None before the first instant. overdue: whether deadlines up to the clock are left
    over. backfill: what the one that is open has set aside. log: the audit log, of the
    feed's `size`. door: reads facts, or raises FactError.
    """

    catalogue: Catalogue
    upkeep: Upkeep
    feed: Feed
    max_step: int = NEVER
    lock: RLock = field(factory=RLock)
    now: int | None = None
    overdue: bool = False
    backfill: Aside | None = None
    lags: Lags = field(factory=Lags)
    timetable: Timetable = field(init=False)
    log: deque[AuditEntry] = field(init=False)
    door: Door = field(init=False)

    def __attrs_post_init__(self) -> None:
        vocabulary = self.catalogue.schema._vocabulary
        self.timetable = Timetable(self.catalogue, vocabulary.calendar)
        self.log = deque(maxlen=self.feed.size)
        self.door = open_door(vocabulary, self.catalogue.schema.fingerprint)

    # Time

    @property
    def clock(self) -> int:
        """The clock; before the first instant, the beginning of the epoch."""
        return 0 if self.now is None else self.now

    @property
    def waiting(self) -> Collection[str]:
        """The ids of the customers whose facts an open backfill has set aside."""
        return () if self.backfill is None else self.backfill.by_customer

    def check_step(self, instant: int) -> None:
        """Raise FactError if an instant lies further ahead of the clock than it may."""
        if self.now is not None and instant - self.now > self.max_step:
            raise FactError(
                "`at` lies further ahead of the engine's clock than `max_step`: give the instant "
                "at which your host learns of the fact, from its own clock, and not the event's. "
                "If time has passed so far, call `advance_to` in steps, or make the engine with "
                "`max_step=None`",
                code="clock-step",
                subject="at",
            )

    def instant_of(self, at: datetime | None) -> int:
        """Return the instant given, or else the clock's; raise SegmentError if there is neither."""
        if at is not None:
            instant = to_instant(at)
            self.check_step(instant)
            return instant
        if self.now is None:
            raise SegmentError(
                "the engine has no clock yet: pass `at=`", code="no-clock", subject="at"
            )
        return self.now

    def advance(self, instant: int, budget: int | None = None) -> list[Change]:
        """Let time pass: what falls due does so in the order of time, each at its very instant.

        At one instant customers' deadlines come before a refresh. budget: after how many deadlines
        to stop, and after a refresh in any case; what is left over is overdue.
        """
        self.check_step(instant)
        if self.now is None:
            self.timetable.begin(instant)
        self.now = instant if self.now is None else max(self.now, instant)
        changes: list[Change] = []
        while budget is None or budget > 0:
            refresh = self.timetable.next
            woken = self.upkeep.wake(min(self.now, refresh))
            if woken is not None:
                due, moves, number = woken
                changes += self._publish_due(moves, due, CLOCK)
                budget = None if budget is None else budget - number
            elif refresh <= self.now:
                changes += self.refresh(self.timetable.pop_due(), refresh)
                budget = None if budget is None else 0
            else:
                self.overdue = False
                return changes
        following = self.next_deadline()
        self.overdue = following is not None and following <= self.now
        return changes

    def advance_before(self, instant: int, person: Person | None) -> list[Change]:
        """Advance the clock before a fact; while work is overdue, for this customer alone."""
        if not self.overdue:
            if self.timetable.next > instant and self.upkeep.deadlines.none_before(instant):
                now = self.now
                if now is None or instant > now:
                    # `check_step`, without its call for nearly every event.
                    if now is not None and instant - now > self.max_step:
                        self.check_step(instant)
                    self.now = instant
                return []
            return self.advance(instant)
        self.check_step(instant)
        self.now = max(self.clock, instant)
        return [] if person is None else self.catch_up(person)

    def catch_up(self, *people: Person) -> list[Change]:
        """Let overdue deadlines of customers fall due, in the order of time."""
        changes: list[Change] = []
        while people:
            first = min(people, key=lambda person: min(person.due.values(), default=NEVER))
            woken = self.upkeep.wake_person(first, self.clock)
            if woken is None:
                break
            changes += self._publish_due(woken[1], woken[0], CLOCK)
        return changes

    def catch_up_all(self) -> list[Change]:
        """Let everything overdue fall due."""
        return self.advance(self.clock) if self.overdue else []

    def next_deadline(self) -> int | None:
        """Return the instant at which time alone may next change something; None for never."""
        following, refresh = self.upkeep.next_deadline(), self.timetable.next
        if refresh in (DAWN, NEVER):
            return following
        return refresh if following is None else min(following, refresh)

    def refresh(self, segments: list[Dynamic], due: int) -> list[Change]:
        """Find the members of segments again; facts in an open backfill follow at its end."""
        people = list(self.upkeep.population.by_id.values())
        moves = sync_members(self.upkeep, people, segments)
        mark_refreshed(segments, due, self.waiting)
        return self._publish_due(moves, due, REFRESH)

    # Facts

    def add_event(self, event: Event, customer: str, instant: int) -> Applied:
        """Add an event that has been let in, after what falls due up to an instant."""
        upkeep, before = self.upkeep, self.now
        known = upkeep.population.by_id.get(customer)
        changes, now = self.advance_before(instant, known), self.now or 0
        person = known or upkeep.get_or_add(customer)
        flips = upkeep.add_event(person, event, now)
        if flips is None:
            upkeep.counters.repeated += 1
            return Repeated(changes) if changes else REPEATED
        late = before is not None and event._micros < before
        if late:
            upkeep.counters.late += 1
        if flips or known is None:
            cause = Cause("event", event.type, event.id)
            moved = self.apply_flips(person, flips, cause, is_new=known is None)
            if moved:
                self.lags.add(now - event._micros, len(moved))
                changes += moved
        if not changes:
            return LATE if late else TAKEN
        return Late(changes) if late else Applied(changes)

    def set_attributes(
        self, facts: Mapping[str, Any], customer: str, instant: int, by: str | None
    ) -> list[Change]:
        """Set attributes that have been let in, after what falls due up to an instant."""
        upkeep = self.upkeep
        known = upkeep.population.by_id.get(customer)
        changes = self.advance_before(instant, known)
        person = known or upkeep.get_or_add(customer)
        if self.backfill is not None:
            self.backfill.drop_attributes(customer, facts)
        flips, moved = upkeep.set_attributes(person, facts, self.clock)
        cause = Cause("attributes", attributes=moved)
        noted = self.apply_flips(person, flips, cause, is_new=known is None)
        if by is not None:
            self.audit("set", (), by, customers=1, facts=len(facts), changes=len(noted))
        return changes + noted

    # Changes

    def apply_flips(
        self, person: Person, flips: int, cause: Cause, *, is_new: bool
    ) -> list[Change]:
        """Flip bits of a customer's truth and return the changes that follow."""
        if not (flips or is_new):
            return []
        if is_new and person.history.lists:
            flips |= self.upkeep.evaluate_lists(person, self.clock)
        return self.publish(self.upkeep.apply_flips(person, flips, is_new=is_new), cause)

    def publish(self, moves: Iterable[Move], cause: Cause, at: int | None = None) -> list[Change]:
        """Return moves as changes, and add them to the feed. at: Default: the clock."""
        if not moves:
            return []
        moment, feed = to_moment(self.clock if at is None else at), self.feed
        # Change and Feed.token, without their calls: this is on the way of every change.
        make, begins = tuple.__new__, f"{feed.id}:"
        changes = [
            make(Change, (person.id, segment.name, joined, moment, cause, begins + str(number)))
            for number, (person, segment, joined) in enumerate(moves, feed.newest + 1)
        ]
        feed.add(changes)
        return changes

    def publish_list(self, customer: str, name: str, cause: Cause, *, joined: bool) -> list[Change]:
        """Return a change of a list's members, and add it to the feed."""
        moment, token = to_moment(self.clock), self.feed.token(self.feed.newest + 1)
        changes = [Change(customer, name, joined, moment, cause, token)]
        self.feed.add(changes)
        return changes

    def _publish_due(self, moves: list[Move], due: int, cause: Cause) -> list[Change]:
        if not moves:
            return []
        self.lags.add(self.clock - due, len(moves))
        return self.publish(moves, cause, due)

    # Records

    def audit(
        self,
        action: Action,
        names: tuple[str, ...],
        by: str | None,
        *,
        customers: int = 0,
        facts: int = 0,
        changes: int = 0,
    ) -> None:
        """Add an entry to the audit log."""
        at = None if self.now is None else to_moment(self.now)
        self.log.append(AuditEntry(action, names, at, by, customers, facts, changes))

    def judge_consistency(self, name: str) -> Consistency:
        """Return whether a segment or list is exact now, and if not why."""
        reasons = []
        if self.backfill is not None:
            reasons.append(f"the backfill `{self.backfill.name}` is open")
        if self.overdue and name in self.catalogue.segments:
            reasons.append(
                "deadlines up to the clock are overdue: call `advance_to` until none are"
            )
        return Consistency(tuple(reasons))

    def describe(self) -> str:
        """Return in words what there is, and when time alone may next change something."""
        following = self.next_deadline()
        moment = None if following is None else to_datetime(following)
        when = "no change by the clock" if moment is None else f"next change {moment:%FT%TZ}"
        segments = count(len(self.catalogue.segments), "segment")
        return f"{segments}, {count(len(self.upkeep.population), 'customer')}, {when}"


def make_core(
    schema: Schema, limits: Limits, feed: Feed, max_step: timedelta | None, *, keeps_all: bool
) -> Core:
    """Return the core of a new engine, without audiences, customers or a clock."""
    is_step = isinstance(max_step, timedelta) and max_step > timedelta(0)
    if max_step is not None and not is_step:
        raise ArgumentError(
            "`max_step` is a length of time, such as `timedelta(days=366)`, or None",
            subject="max_step",
        )
    catalogue = Catalogue(schema, limits)
    upkeep = Upkeep(catalogue, Plan(schema._vocabulary.calendar), keeps_all=keeps_all)
    step = NEVER if max_step is None else max_step // MICROSECOND
    return Core(catalogue, upkeep, feed, step)


def to_moment(instant: int) -> datetime:
    """Return an instant of an engine's clock as a datetime in UTC."""
    moment = to_datetime(instant)
    assert moment is not None  # noqa: S101  # every instant of a clock comes from a datetime
    return moment
