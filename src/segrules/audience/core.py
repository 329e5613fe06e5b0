"""The inside of an engine: its clock, and the way of every fact and every instant into changes."""

from collections.abc import Callable
from threading import RLock

from attrs import define, field

from segrules.audience.catalogue.directory import Directory
from segrules.audience.catalogue.timetable import Timetable
from segrules.audience.records.audit import Action, AuditEntry
from segrules.audience.records.change import CLOCK, REFRESH, Cause, Change
from segrules.audience.records.ledger import Ledger, to_moment
from segrules.audience.upkeep.deadlines import INSTANT
from segrules.audience.upkeep.people import Person
from segrules.audience.upkeep.replan import settle
from segrules.audience.upkeep.upkeep import Move, Upkeep
from segrules.facts.admission import compile_door
from segrules.facts.event import Event
from segrules.meaning.calendar import DAWN, NEVER


@define(eq=False)
class State:
    """What an engine consists of. Whoever reads or writes it holds the lock.

    now: the clock, in microseconds; None before the first instant. overdue: whether deadlines up to
    the clock are left over. backfill: the name of the one that is open. timetable: which segments
    hold their members, and until when. admit: lets an event in, or raises FactError.
    """

    directory: Directory
    upkeep: Upkeep
    ledger: Ledger
    lock: RLock = field(factory=RLock)
    now: int | None = None
    overdue: bool = False
    backfill: str | None = None
    timetable: Timetable = field(init=False)
    admit: Callable[[Event], None] = field(init=False)

    def __attrs_post_init__(self) -> None:
        vocabulary = self.directory.schema.vocabulary
        self.timetable = Timetable(vocabulary.calendar)
        self.admit = compile_door(vocabulary)

    @property
    def clock(self) -> int:
        """The clock where it stands, and else the beginning of time."""
        return 0 if self.now is None else self.now

    def advance(self, instant: int, budget: int | None = None) -> list[Change]:
        """Let time pass: what falls due does so in the order of time, each at its very instant.

        At one instant customers' deadlines come before a refresh. budget: after how many deadlines
        to stop, and after a refresh in any case; what is left over is overdue.
        """
        if self.now is None:
            self.timetable.begin(instant)
        self.now = instant if self.now is None else max(self.now, instant)
        changes: list[Change] = []
        while budget is None or budget > 0:
            refresh = self.timetable.next
            woken = self.upkeep.wake(min(self.now, refresh))
            if woken is not None:
                due, moves, number = woken
                changes += self._note_late(moves, due, CLOCK)
                budget = None if budget is None else budget - number
            elif refresh <= self.now:
                changes += self.refresh(self.timetable.take(), refresh)
                budget = None if budget is None else 0
            else:
                self.overdue = False
                return changes
        following = self.next_deadline()
        self.overdue = following is not None and following <= self.now
        return changes

    def next_deadline(self) -> int | None:
        """Return the instant at which time alone may next change something; None for never."""
        following, refresh = self.upkeep.next_deadline(), self.timetable.next
        if refresh in (DAWN, NEVER):
            return following
        return refresh if following is None else min(following, refresh)

    def refresh(self, segments: list[str], due: int) -> list[Change]:
        """Find the members of segments anew; customers in an open backfill come at its end."""
        people = [p for p in self.upkeep.population.by_id.values() if not p.is_deferred]
        moves = settle(self.upkeep, people, segments)
        self.timetable.note(segments, due, self.upkeep.deferred)
        return self._note_late(moves, due, REFRESH)

    def reach(self, instant: int, person: Person | None) -> list[Change]:
        """Let time pass before a fact: for all, or where work is overdue for one customer alone."""
        if not self.overdue:
            heap = self.upkeep.deadlines.heap
            if self.timetable.next > instant and (not heap or heap[0] >> INSTANT > instant):
                if self.now is None or instant > self.now:
                    self.now = instant
                return []
            return self.advance(instant)
        self.now = max(self.clock, instant)
        return [] if person is None else self.catch_up(person)

    def catch_up(self, *people: Person) -> list[Change]:
        """Do what is overdue of customers, in the order of time."""
        changes: list[Change] = []
        while True:
            first = min(people, key=lambda person: min(person.due.values(), default=NEVER))
            woken = self.upkeep.wake_person(first, self.clock)
            if woken is None:
                return changes
            changes += self._note_late(woken[1], woken[0], CLOCK)

    def turn(self, person: Person, flips: int, cause: Cause, *, is_new: bool) -> list[Change]:
        """Flip bits of a customer's truth and note who joins or leaves what."""
        if person.is_deferred or not (flips or is_new):
            return []
        if is_new and person.history.lists:
            flips |= self.upkeep.judge_lists(person, self.clock)
        return self.note(self.upkeep.turn(person, flips, is_new=is_new), cause)

    def note(self, moves: list[Move], cause: Cause) -> list[Change]:
        """Note moves of now."""
        if not moves:
            return []
        return self.ledger.note(self.upkeep, moves, self.clock, cause)

    def _note_late(self, moves: list[Move], due: int, cause: Cause) -> list[Change]:
        if not moves:
            return []
        self.ledger.lags.add(self.clock - due, len(moves))
        return self.ledger.note(self.upkeep, moves, due, cause)

    def record(  # what an entry of the audit log says
        self,
        action: Action,
        names: tuple[str, ...],
        by: str | None,
        *,
        customers: int = 0,
        facts: int = 0,
        changes: int = 0,
    ) -> None:
        """Put a action into the audit log."""
        at = None if self.now is None else to_moment(self.now)
        self.ledger.audit.append(AuditEntry(action, names, at, by, customers, facts, changes))
