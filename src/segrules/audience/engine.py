"""The engine: facts in, changes out. It keeps every audience exact as events come and time passes.

All of its segments are one plan. A fact or a deadline asks only what it concerns, and only what
turns thereby reaches the segments. Here stands what a host may call; how it is done stands in the
modules beside, and what an engine can be asked in `answers`.
"""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Final, Literal

from segrules.audience.catalogue.directory import Directory, to_rules
from segrules.audience.catalogue.files import SegmentError, check_name
from segrules.audience.catalogue.origin import Origin
from segrules.audience.catalogue.refresh import Refresh
from segrules.audience.core import State
from segrules.audience.keeping import Keeping
from segrules.audience.operations import editing, identity
from segrules.audience.operations.backfill import Backfill
from segrules.audience.records.change import Cause, Change
from segrules.audience.records.feed import Feed
from segrules.audience.records.ledger import Ledger
from segrules.audience.upkeep.upkeep import Upkeep
from segrules.facts.admission import admit_attributes
from segrules.facts.arguments import FactError, is_count, kind_of, to_instant, to_name, to_names
from segrules.facts.event import Event, to_facts
from segrules.language.diagnostics import SegrulesError
from segrules.language.limits import Limits
from segrules.meaning.schema.schema import Schema
from segrules.plan.plan import Plan
from segrules.rule import Rule

FEED_SIZE: Final = 100_000


class Engine(Keeping):
    """Audiences over one schema, kept exact.

    Time is an argument: `at` is the instant at which the host learns of a fact, and the engine's
    clock is the latest `at` so far; an earlier one leaves it where it stands. Every method that
    changes anything returns the changes of membership, in the order of time. Bad input raises a
    SegrulesError and changes nothing, the clock included. Safe between threads: one call at a time,
    and nobody sees half a change.

    retain: `all` keeps every event, so that any new segment is exact at once; `rules` keeps only
    what the segments there are can still ask. feed_size: how many changes `changes` reaches back
    at least.
    """

    def __init__(
        self,
        schema: Schema,
        *,
        limits: Limits | None = None,
        retain: Literal["all", "rules"] = "all",
        feed_size: int = FEED_SIZE,
    ) -> None:
        if not isinstance(schema, Schema):
            raise SegrulesError(f"an engine's schema is a `Schema`, not {kind_of(schema)}")
        if not isinstance(limits, Limits | None):
            raise SegrulesError(f"`limits` must be `Limits`, not {kind_of(limits)}")
        if retain not in ("all", "rules"):
            raise SegrulesError("`retain` is 'all' or 'rules'")
        if not is_count(feed_size):
            raise SegrulesError("`feed_size` is a number of changes, from 1 on")
        upkeep = Upkeep(Plan(schema.vocabulary.calendar), keeps_all=retain == "all")
        directory = Directory(schema, limits or Limits())
        super().__init__(State(directory, upkeep, Ledger(Feed(feed_size))))

    # Segments

    def add_segment(
        self,
        segment: str,
        rule: Rule | str,
        *,
        by: str | None = None,
        origin: Origin | None = None,
        refresh: Refresh | None = None,
    ) -> tuple[Change, ...]:
        """Add a dynamic segment; whoever its rule selects now joins. As in `add_segments`."""
        check_name(segment)
        return self.add_segments({segment: rule}, by=by, origin=origin, refresh=refresh)

    def add_segments(
        self,
        rules: Mapping[str, Rule | str],
        *,
        by: str | None = None,
        origin: Origin | None = None,
        refresh: Refresh | None = None,
    ) -> tuple[Change, ...]:
        """Add dynamic segments, all or none; whoever their rules select now joins.

        The rules may refer by name to each other, in any order, and to the engine's other segments
        and cohorts. by: who does this, for the audit log. origin: where they came from. refresh:
        how their members are kept up, live where left out. Raises RuleError for texts that are no
        rules, SegmentError for a name that is taken or a rule of another schema, and ForgottenError
        for a rule that asks about events which the engine has forgotten.
        """
        terms, given = editing.Terms(by, origin, refresh), to_rules(rules)
        with self._lock:
            for segment in given:
                self._state.directory.check_free(segment)
            bound = self._state.directory.bind(given)
            return editing.install(self._state, bound, given, "add", terms)

    def edit_segment(
        self,
        segment: str,
        rule: Rule | str,
        *,
        by: str | None = None,
        origin: Origin | None = None,
        refresh: Refresh | None = None,
    ) -> tuple[Change, ...]:
        """Give a dynamic segment another rule, in one step; it and those referring to it change.

        Its members are found at once, even if it holds them otherwise. origin, refresh: as they
        were where left out. Raises as `add_segments` does.
        """
        terms = editing.Terms(by, origin, refresh)
        with self._lock:
            self._state.directory.check_dynamic(segment)
            rules = self._state.directory.rebind(segment, rule)
            return editing.install(self._state, rules, [segment], "edit", terms)

    def refresh(
        self, segment: str, *, at: datetime | None = None, by: str | None = None
    ) -> tuple[Change, ...]:
        """Find the members of a segment anew, whatever its schedule; in a live one all are there.

        at: the engine's clock where left out. Raises SegmentError for a segment that is not
        dynamic, and where there is no clock yet.
        """
        with self._lock:
            self._state.directory.check_dynamic(segment)
            return editing.refresh_segment(self._state, segment, self._instant(at), by)

    def replay(
        self,
        rules: Mapping[str, Rule | str],
        events: Iterable[tuple[str, Event]],
        *,
        by: str | None = None,
    ) -> tuple[Change, ...]:
        """Add or edit segments that ask about forgotten events, which are told once more.

        events: pairs of a customer and an event: of those that the engine has had, all that the
        ForgottenError of adding the segments names; only what is forgotten is learnt from them.
        Those of customers the engine does not know are passed over, and those with an id it has not
        had: they belong in a backfill. Raises as `add_segments` does, and FactError.
        """
        # What yields the events may call the engine itself: all are read before anything begins.
        given, facts = to_rules(rules), editing.to_told(events)
        with self._lock:
            return editing.replay(self._state, given, facts, by)

    def add_list(
        self, segment: str, members: Iterable[str] = (), *, at: datetime | None = None
    ) -> tuple[Change, ...]:
        """Add a static segment with hand-picked members; rules refer to it by its name.

        at: the engine's clock where left out. Raises SegmentError for a name that is taken, and
        where there is no clock yet; FactError for members that are no ids.
        """
        chosen = to_names(members, "members")
        with self._lock:
            self._state.directory.check_free(segment)
            instant = self._instant(at) if chosen or at is not None else self._state.now
            editing.add_list(self._state, segment)
            return editing.pick(self._state, segment, chosen, (), instant)

    def edit_list(
        self,
        segment: str,
        *,
        add: Iterable[str] = (),
        remove: Iterable[str] = (),
        at: datetime | None = None,
    ) -> tuple[Change, ...]:
        """Let members in and out of a static segment by hand; `at` and errors as in `add_list`."""
        chosen, dropped = to_names(add, "members"), to_names(remove, "members")
        with self._lock:
            self._state.directory.check_static(segment)
            return editing.pick(self._state, segment, chosen, dropped, self._instant(at))

    def remove_segment(self, segment: str, *, by: str | None = None) -> tuple[Change, ...]:
        """Forget a segment, without a word about its members; returns what was overdue of others.

        Raises SegmentError for an unknown one, and while segments or recorded uses need it.
        """
        with self._lock:
            return editing.remove_segment(self._state, segment, by)

    # Facts

    def apply(self, event: Event, *, customer: str, at: datetime) -> tuple[Change, ...]:
        """Take an event of a customer; deadlines up to `at` come first.

        An event may be late, or lie in the future, when it counts from its own instant on. One
        whose id the customer has had before is not taken again. While the engine is `behind`, only
        this customer's deadlines come first. Raises FactError.
        """
        with self._lock:
            state, upkeep = self._state, self._state.upkeep
            state.admit(event)
            # For a plain text, which is nearly always given, the door need not be asked.
            is_plain = type(customer) is str and customer
            key = customer if is_plain else to_name(customer, "a customer's id")
            instant = to_instant(at)
            known = upkeep.population.by_id.get(key)
            changes = state.reach(instant, known)
            person = known or upkeep.meet(key)
            flips = upkeep.take(person, event, state.clock)
            if flips or known is None:
                moved = state.turn(
                    person, flips or 0, Cause("event", event.type, event.id), is_new=known is None
                )
                if moved:
                    state.ledger.lags.add(state.clock - event.micros, len(moved))
                    changes += moved
            return tuple(changes)

    def set_attributes(
        self, customer: str, attributes: Mapping[str, object], *, at: datetime
    ) -> tuple[Change, ...]:
        """Set some of a customer's attributes, leaving the others; None unsets one.

        Raises FactError.
        """
        with self._lock:
            state, upkeep = self._state, self._state.upkeep
            facts = to_facts(attributes, "a customer's attributes")
            admit_attributes(facts, self.schema.vocabulary)
            key, instant = to_name(customer, "a customer's id"), to_instant(at)
            known = upkeep.population.by_id.get(key)
            changes = state.reach(instant, known)
            person = known or upkeep.meet(key)
            flips, moved = upkeep.set_attributes(person, facts, state.clock)
            cause = Cause("attributes", attributes=moved)
            changes += state.turn(person, flips, cause, is_new=known is None)
            return tuple(changes)

    def advance_to(self, at: datetime, *, budget: int | None = None) -> tuple[Change, ...]:
        """Let time pass: every deadline up to `at` falls due, each change at its very instant.

        budget: after how many deadlines to stop, though those of one customer at one instant stay
        together, and after the first refresh of segments in any case; whether any are left over
        then, `behind` tells, and the next call goes on with them. Raises FactError for a naive
        datetime and a budget that is not positive.
        """
        with self._lock:
            if budget is not None and not is_count(budget):
                raise FactError("`budget` is a number of deadlines, from 1 on")
            return tuple(self._state.advance(to_instant(at), budget))

    def backfill(self, name: str, *, at: datetime, by: str | None = None) -> Backfill:
        """Open a backfill: a block in which facts are taken in bulk, with one report at its end.

        name, by: what and who, for causes and the audit log. at: the instant at which the host
        learns of the facts; what falls due up to it comes first, and is in the feed. Raises
        SegmentError while another backfill is open.
        """
        with self._lock:
            state, instant = self._state, to_instant(at)
            title = to_name(name, "a backfill's name")
            if state.backfill is not None:
                raise SegmentError(f"the backfill `{state.backfill}` is open: one at a time")
            before = tuple(state.advance(instant))
            state.backfill = title
            return Backfill(state, title, by, before)

    def merge(
        self, anonymous: str, known: str, *, at: datetime, by: str | None = None
    ) -> tuple[Change, ...]:
        """Make one customer of two: the known one gets all facts, the anonymous one is no more.

        An attribute that both have stays the known one's, and so does an event whose id both have.
        An event that comes for the anonymous id later begins a new customer: who is whom, the host
        knows. Raises FactError for an unknown anonymous customer, for one and the same, and where
        an engine that retains `rules` cannot tell the events of both apart.
        """
        with self._lock:
            first, second = (to_name(each, "a customer's id") for each in (anonymous, known))
            return tuple(identity.merge(self._state, first, second, to_instant(at), by))

    def forget(self, customer: str, *, by: str | None = None) -> tuple[Change, ...]:
        """Erase every trace of a customer, and of those merged into this one.

        The segments left are told to the caller alone: the feed forgets the customer as well. The
        audit log says that somebody was forgotten, not who.
        """
        with self._lock:
            return tuple(identity.forget(self._state, to_name(customer, "a customer's id"), by))
