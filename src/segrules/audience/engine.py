"""The engine: facts in, changes out. It keeps every audience exact as events come and time passes.

    apply, set_attributes, advance_to → core → upkeep → changes
    segments, lists, cohorts → catalogue;  preview, explain, verify → asked, nothing changes

All dynamic segments are one plan: a fact or a deadline asks only what it concerns, and only answers
that change reach the segments.
"""

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from typing import Final, Literal, overload

from segrules.audience import segments as dynamic
from segrules.audience.audiences import Audiences
from segrules.audience.catalogue.refresh import Refresh
from segrules.audience.catalogue.segment import Origin, Segment, SegmentError, Use, check_name
from segrules.audience.cohorts import Cohorts
from segrules.audience.core import make_core
from segrules.audience.customers import Customers
from segrules.audience.lists import Lists
from segrules.audience.operations import corrections, evolution, identity, uses
from segrules.audience.operations.backfill import Backfill, open_backfill
from segrules.audience.operations.pages import MemberPage, read_page
from segrules.audience.operations.preview import SAMPLE, Preview, preview_rule
from segrules.audience.operations.standing import explain_standing, find_standing
from segrules.audience.records.audit import AuditEntry, check_by
from segrules.audience.records.change import Applied, Change
from segrules.audience.records.checks import Consistency, Verification, verify
from segrules.audience.records.feed import FEED_SIZE, ChangePage, make_feed
from segrules.audience.records.stats import Stats, sum_up
from segrules.cohorts.cohort import Cohort
from segrules.evaluation.explanation import Explanation
from segrules.facts.arguments import ArgumentError, check_count, expect, to_id, to_instant
from segrules.facts.customer import Customer
from segrules.facts.door import read_attributes
from segrules.facts.event import Event
from segrules.language.limits import Limits
from segrules.meaning.calendar import to_datetime
from segrules.rule import Rule
from segrules.schema.schema import Schema

MAX_STEP: Final = timedelta(days=366)


class Engine:
    """Audiences over one schema, kept exact.

    Time is an argument: `at` is the instant at which the host learns of a fact, an aware datetime
    from the host's clock, and the engine's clock is the latest `at` so far; an earlier one leaves
    it where it is. Every method of the engine that can move a member returns the changes, in the
    order of time. In every method `by` says who acts, for the audit log, and a customer's id is
    text or a whole number, which is read as text. Bad input raises a SegrulesError and changes
    nothing, the clock included. Safe between threads: one call at a time, and no reader sees half a
    change.

    retain: `all` keeps every event, so that any new segment is exact at once; `rules` keeps only
    what the segments there are can still ask. feed_size: how many changes `changes` reaches back
    at least. feed_id: the name of the feed in its tokens; an engine that is made of the same facts
    in the same order under the same name continues the feed. Default: drawn by chance. max_step:
    how far ahead of the clock an `at` may be, which is otherwise refused by a FactError, so that
    one wrong date cannot carry off the clock; None for any. Raises
    ArgumentError.
    """

    def __init__(
        self,
        schema: Schema,
        *,
        limits: Limits | None = None,
        retain: Literal["all", "rules"] = "all",
        feed_size: int = FEED_SIZE,
        feed_id: str | None = None,
        max_step: timedelta | None = MAX_STEP,
    ) -> None:
        expect(schema, Schema, "an engine's schema")
        limits = Limits() if limits is None else expect(limits, Limits, "`limits`")
        if retain not in ("all", "rules"):
            raise ArgumentError("`retain` is 'all' or 'rules'", subject="retain")
        feed = make_feed(feed_size, feed_id)
        self._core = make_core(schema, limits, feed, max_step, keeps_all=retain == "all")
        self._lock = self._core.lock
        self._segments, self._lists = dynamic.Segments(self._core), Lists(self._core)
        self._cohorts = Cohorts(self._core)

    # Audiences

    @property
    def segments(self) -> dynamic.Segments:
        """The dynamic segments, a mapping of `Segment`s by name."""
        return self._segments

    @property
    def audiences(self) -> Audiences:
        """All audiences, a mapping of `Details` by name: kind, title, description, count."""
        return Audiences(self._core)

    @property
    def lists(self) -> Lists:
        """The lists, a mapping of members by name, with what can be done to them."""
        return self._lists

    @property
    def cohorts(self) -> Cohorts:
        """The cohorts, a mapping by name, with what can be done to them."""
        return self._cohorts

    def add_segment(
        self,
        segment: str,
        rule: Rule | str | Segment,
        *,
        by: str | None = None,
        origin: Origin | None = None,
        refresh: Refresh | None = None,
        history: Iterable[tuple[str, Event]] | None = None,
    ) -> tuple[Change, ...]:
        """Add a dynamic segment; the customers its rule selects now join. As `add_segments`."""
        check_name(segment)
        given = {segment: rule}
        return self.add_segments(given, by=by, origin=origin, refresh=refresh, history=history)

    def add_segments(
        self,
        segments: Mapping[str, Rule | str | Segment] | Iterable[Segment],
        *,
        by: str | None = None,
        origin: Origin | None = None,
        refresh: Refresh | None = None,
        history: Iterable[tuple[str, Event]] | None = None,
    ) -> tuple[Change, ...]:
        """Add dynamic segments, all or none; the customers their rules select now join.

        segments: rules by name, or `Segment`s as `load_segments` gives them. The rules may refer by
        name to each other, in any order, and to the engine's other audiences. origin, refresh:
        where they came from, and how their members are kept up. Default: as each `Segment` says;
        live.

        history: events the engine has forgotten and a rule asks about, given again as pairs of a
        customer and an event: of those the engine has had, all that the ForgottenError of adding
        the segments names. Those of unknown customers, and those whose id the engine has not had,
        are passed over: they belong in a backfill.

        Raises RuleError for texts that are not rules, SegmentError if a name is taken or a rule is
        of another schema, and ForgottenError for a rule that asks about events which the engine
        has forgotten.
        """
        terms, given = dynamic.to_terms(by, origin, refresh, history), dynamic.to_given(segments)
        with self._lock:
            return dynamic.add_segments(self._core, given, terms)

    def edit_segment(
        self,
        segment: str,
        rule: Rule | str | Segment,
        *,
        by: str | None = None,
        origin: Origin | None = None,
        refresh: Refresh | None = None,
        history: Iterable[tuple[str, Event]] | None = None,
    ) -> tuple[Change, ...]:
        """Give a dynamic segment another rule; it and those referring to it change in one step.

        The segment's members are found at once, even if it holds them otherwise. rule: a `Segment`
        also gives its title, description, origin and refresh. origin, refresh: Default: as they
        were. history: as in `add_segments`. Raises as `add_segments` does, and
        UnknownAudienceError.
        """
        terms = dynamic.to_terms(by, origin, refresh, history)
        with self._lock:
            return dynamic.edit_segment(self._core, segment, rule, terms)

    def remove_segment(self, segment: str, *, by: str | None = None) -> tuple[Change, ...]:
        """Remove a segment. Its members produce no changes; returns overdue changes of others.

        Raises SegmentError while segments or recorded uses need it, and UnknownAudienceError.
        """
        check_by(by)
        with self._lock:
            return dynamic.remove_segment(self._core, segment, by)

    def refresh(
        self, segment: str, *, at: datetime | None = None, by: str | None = None
    ) -> tuple[Change, ...]:
        """Find the members of a segment again, whatever its schedule; a live one is up to date.

        at: Default: the engine's clock. Raises SegmentError for a list and if there is no clock
        yet, and UnknownAudienceError.
        """
        check_by(by)
        with self._lock:
            return dynamic.refresh_segment(self._core, segment, at, by)

    def snapshot(self, name: str, rule: Rule | str, *, by: str | None = None) -> Cohort:
        """Take a cohort of the customers a rule selects now: the short way to `cohorts.take`.

        Raises as `cohorts.take` does.
        """
        return self._cohorts.take(name, rule, by=by)

    def record_use(self, audience: str, use: Use, *, by: str | None = None) -> None:
        """Record that something uses an audience, which then cannot be removed.

        Recording it again changes nothing. Raises UnknownAudienceError, and SegmentError for a use
        of the kind `segment`.
        """
        check_by(by)
        expect(use, Use, "a use")
        with self._lock:
            uses.record_use(self._core, audience, use, by)

    def end_use(self, audience: str, use: Use, *, by: str | None = None) -> None:
        """Remove a recorded use.

        Raises SegmentError if it is not recorded, and UnknownAudienceError.
        """
        check_by(by)
        expect(use, Use, "a use")
        with self._lock:
            uses.end_use(self._core, audience, use, by)

    def uses(self, audience: str) -> tuple[Use, ...]:
        """Return what uses an audience: segments that refer to it, and recorded uses.

        Raises UnknownAudienceError.
        """
        with self._lock:
            return self._core.catalogue.find_uses(self._core.catalogue.get(audience))

    # Facts and time

    def apply(self, event: Event, *, customer: str | int, at: datetime) -> Applied:
        """Add an event of a customer; deadlines up to `at` come first.

        An event may be late, or lie in the future, when it counts from its own instant on. One
        whose type and id was seen before of the customer is not added again. While the engine is
        `behind`, only this customer's deadlines come first. Raises FactError.
        """
        with self._lock:
            event = self._core.door.read_event(event)
            # Plain text, which nearly every id is, needs no check.
            if type(customer) is not str or not customer:
                customer = to_id(customer, "a customer's id")
            return self._core.add_event(event, customer, to_instant(at))

    def amend(
        self,
        event: Event,
        *,
        customer: str | int,
        at: datetime,
        by: str | None = None,
        missing_ok: bool = False,
    ) -> Applied:
        """Replace the event of the same type and id by this newer version.

        It may differ in everything else. missing_ok: add an event that the customer has not had.
        Raises FactError, with the code `unknown-event` if there is no event to replace, and
        `forgotten` if an engine that retains `rules` cannot take the old version out.
        """
        check_by(by)
        with self._lock:
            event = self._core.door.read_event(event)
            key, name = corrections.key_of(event), to_id(customer, "a customer's id")
            instant = to_instant(at)
            return corrections.correct(
                self._core, key, event, name, instant, by, missing_ok=missing_ok
            )

    def retract(
        self,
        type: str,  # noqa: A002  # the field's standard name
        id: str | int,  # noqa: A002  # the field's standard name
        *,
        customer: str | int,
        at: datetime,
        by: str | None = None,
        missing_ok: bool = False,
    ) -> Applied:
        """Take an event back: it no longer counts, and is not added when it comes again.

        Only `amend` brings it back. missing_ok: remember an event that the customer has not had,
        so that it is not added later. Raises as `amend` does.
        """
        check_by(by)
        with self._lock:
            key = corrections.read_key(self._core, type, id)
            name, instant = to_id(customer, "a customer's id"), to_instant(at)
            return corrections.correct(
                self._core, key, None, name, instant, by, missing_ok=missing_ok
            )

    def set_attributes(
        self,
        customer: str | int,
        attributes: Mapping[str, object],
        *,
        at: datetime,
        by: str | None = None,
    ) -> tuple[Change, ...]:
        """Set some of a customer's attributes, leaving the others; None unsets one.

        by: if a person acts, who, for the audit log; a host's own facts leave no entry there.
        Raises FactError.
        """
        check_by(by)
        with self._lock:
            facts = read_attributes(self._core.door, attributes)
            key = to_id(customer, "a customer's id")
            return tuple(self._core.set_attributes(facts, key, to_instant(at), by))

    def advance_to(self, at: datetime, *, budget: int | None = None) -> tuple[Change, ...]:
        """Let time pass: every deadline up to `at` falls due, each change at its very instant.

        budget: after how many deadlines to stop, though those of one customer at one instant stay
        together, and after the first refresh of segments in any case; `behind` tells whether any
        are left over, and the next call goes on with them. Raises FactError for a naive datetime,
        and ArgumentError for a budget that is not positive.
        """
        with self._lock:
            if budget is not None:
                check_count(budget, "`budget` is a number of deadlines")
            return tuple(self._core.advance(to_instant(at), budget))

    def backfill(self, name: str, *, at: datetime, by: str | None = None) -> Backfill:
        """Open a backfill: a block in which facts are added in bulk, with one report at its end.

        If the block raises, none of them are added. name: what causes and the audit log call it.
        at: the instant at which the host learns of the facts; what falls due up to it comes first,
        and is in the feed. Raises SegmentError while another backfill is open, and FactError for a
        naive `at` or what is no name.
        """
        check_by(by)
        with self._lock:
            return open_backfill(self._core, name, to_instant(at), by)

    def merge(
        self,
        anonymous: str | int,
        known: str | int,
        *,
        at: datetime,
        by: str | None = None,
        missing_ok: bool = False,
    ) -> tuple[Change, ...]:
        """Make one customer of two: the known one gets all facts, the anonymous one is removed.

        An attribute that both have stays the known one's, and so does an event that both have.
        A later event for the anonymous id begins a new customer: the host knows which customer an
        id belongs to. missing_ok: whether the anonymous customer may be unknown, as one who logs in
        before any event; only time passes then. Raises FactError for a naive `at` or what is no id,
        if the anonymous customer is unknown or is the known one, and if an engine that retains
        `rules` cannot tell the events of both apart.
        """
        check_by(by)
        expect(missing_ok, bool, "`missing_ok`")
        with self._lock:
            first, second = (to_id(each, "a customer's id") for each in (anonymous, known))
            instant = to_instant(at)
            merged = identity.merge(self._core, first, second, instant, by, missing_ok=missing_ok)
            return tuple(merged)

    def forget(self, customer: str | int, *, by: str | None = None) -> tuple[Change, ...]:
        """Erase every trace of a customer, and of those merged into this one.

        Only the caller gets the changes: the feed forgets the customer as well. The audit log says
        that a customer was forgotten, not which one. Raises FactError for what is no id.
        """
        check_by(by)
        with self._lock:
            return tuple(identity.forget(self._core, to_id(customer, "a customer's id"), by))

    def evolve(self, schema: Schema, *, by: str | None = None) -> None:
        """Use a schema that adds, widens or describes; every rule stays, and no answer changes.

        What is kept under a name that is declared now is read by its type. Raises SchemaError with
        everything that would narrow the schema or change an answer, and SegmentError while a
        backfill is open.
        """
        evolution.evolve(self._core, schema, by)

    # Questions about audiences

    @overload
    def members(self, segment: str) -> frozenset[str]: ...
    @overload
    def members(
        self, segment: str, *, after: str | int | None = None, limit: int
    ) -> MemberPage: ...
    def members(
        self, segment: str, *, after: str | int | None = None, limit: int | None = None
    ) -> frozenset[str] | MemberPage:
        """Return the ids of those in a segment or list: all, or with `limit` a page of them.

        limit: at most how many. after: a page's `after`, or the id of a customer, member or not.
        Pages are in the order in which the customers became known, so that a member who stays comes
        once, whatever changes between two pages. Raises UnknownAudienceError, FactError for
        an unknown customer, and ArgumentError for a limit that is not positive.
        """
        with self._lock:
            audience = self._core.catalogue.get_live(segment)
            if after is None and limit is None:
                return self._core.upkeep.find_members(audience)
            return read_page(self._core, audience, after, limit)

    def is_member(self, segment: str, customer: str | int) -> bool:
        """Tell whether a customer is in a segment or list; an unknown customer is in none.

        Raises UnknownAudienceError, and FactError if a value is not an id.
        """
        key = to_id(customer, "a customer's id")
        with self._lock:
            audience = self._core.catalogue.get_live(segment)
            person = self._core.upkeep.population.by_id.get(key)
            return person is not None and self._core.upkeep.is_member(audience, person)

    def count(self, segment: str) -> int:
        """Return how many are in a segment or list. Raises UnknownAudienceError."""
        with self._lock:
            return self._core.catalogue.get_live(segment).count

    def segments_of(self, customer: str | int) -> frozenset[str]:
        """Return the segments and lists a customer is in; none for an unknown customer.

        Raises FactError if a value is not an id.
        """
        key = to_id(customer, "a customer's id")
        with self._lock:
            return self._core.upkeep.find_audiences(key)

    def explain(self, segment: str, customer: str | int, *, redact: bool = False) -> Explanation:
        """Return why a customer is in a dynamic segment now, or is not.

        Of a segment that holds its members it says whether the customer is in it, since its last
        refresh and until its next, and as its one part what the rule says now. redact: leave the
        customer's values out. Raises SegmentError as `customer` does and if there is no clock yet,
        UnknownAudienceError, and FactError for what is no id.
        """
        with self._lock:
            standing = find_standing(self._core, segment, self.customer(customer))
        return explain_standing(standing, redact=redact)

    def preview(
        self, rule: Rule | str, *, against: str | None = None, sample: int = SAMPLE
    ) -> Preview:
        """Return the customers a rule would select now, and how that differs; nothing is saved.

        against: the segment that the rule would be given to; without one, all of them join. sample:
        at most how many members to name. Raises as `add_segments` does, and ArgumentError.
        """
        check_count(sample, "`sample` is the largest number of members to name", least=0)
        with self._lock:
            return preview_rule(self._core, rule, against, sample)

    def consistent(self, segment: str) -> Consistency:
        """Return whether a segment or list is exact at the engine's clock, and if not why.

        Raises UnknownAudienceError.
        """
        with self._lock:
            self._core.catalogue.get_live(segment)
            return self._core.judge_consistency(segment)

    def verify(self) -> Verification:
        """Compute every live segment again for every customer, and compare.

        Segments that hold their members are left out. Nothing changes.
        """
        with self._lock:
            core = self._core
            return verify(core.upkeep, core.clock, overdue=core.overdue, waiting=core.waiting)

    # Questions about the engine

    @property
    def schema(self) -> Schema:
        """The vocabulary of the engine's rules."""
        return self._core.catalogue.schema

    @property
    def retain(self) -> str:
        """How much of the past is kept: `all`, or what the `rules` can still ask."""
        return "all" if self._core.upkeep.keeps_all else "rules"

    @property
    def now(self) -> datetime | None:
        """The engine's clock in UTC: the latest `at` so far; None before the first."""
        with self._lock:
            return None if self._core.now is None else to_datetime(self._core.now)

    @property
    def next_deadline(self) -> datetime | None:
        """The next instant, in UTC, at which time alone may change something; None for never."""
        with self._lock:
            following = self._core.next_deadline()
            return None if following is None else to_datetime(following)

    @property
    def behind(self) -> bool:
        """Whether deadlines up to the clock are left over by an `advance_to` with a budget."""
        with self._lock:
            return self._core.overdue

    @property
    def customers(self) -> Customers:
        """The ids of the customers the engine knows, a set in the order of their becoming known."""
        return Customers(self._core)

    def __contains__(self, customer: object) -> bool:
        return customer in self.customers

    def customer(self, customer: str | int) -> Customer:
        """Return a customer's facts; an unknown customer has none.

        Raises SegmentError if the engine retains `rules`, since it has forgotten events, and
        FactError if a value is not an id.
        """
        key = to_id(customer, "a customer's id")
        with self._lock:
            if self.retain == "rules":
                raise SegmentError(
                    "this engine keeps only what its rules ask: make it with `retain='all'` to see "
                    "customers' facts and to have answers explained",
                    code="needs-all-events",
                    subject="retain",
                )
            return self._core.upkeep.find_customer(key)

    def changes(self, *, after: str | int | None = None, limit: int | None = None) -> ChangePage:
        """Return the changes after a token, in the order in which they were returned.

        after: the token of a page or of a change, 0 for the beginning; None for the oldest that are
        kept. limit: at most how many. Raises FeedError for a token of another feed or of none and
        if changes after it are gone, and ArgumentError for a limit that is not positive.
        """
        with self._lock:
            return self._core.feed.read(after, limit)

    @property
    def audit(self) -> tuple[AuditEntry, ...]:
        """What was done other than adding facts: the newest `feed_size` entries, in order."""
        with self._lock:
            return tuple(self._core.log)

    @property
    def stats(self) -> Stats:
        """What has been done so far, and how far membership lags behind the facts."""
        with self._lock:
            core = self._core
            return sum_up(core.upkeep, core.lags, core.feed.newest, core.door.unlisted)

    def explain_plan(self) -> str:
        """Return what the segments share: a table of streams, families and atoms, as text."""
        with self._lock:
            return self._core.upkeep.plan.explain()

    def __repr__(self) -> str:
        with self._lock:
            return f"<Engine ({self._core.describe()})>"
