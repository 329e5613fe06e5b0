"""What an engine can be asked; asking changes nothing."""

from datetime import datetime

from segrules.audience.catalogue.files import SegmentError
from segrules.audience.catalogue.timetable import Details
from segrules.audience.catalogue.usage import Use
from segrules.audience.core import State
from segrules.audience.operations.preview import DRAFT, SAMPLE, Preview, preview_rule
from segrules.audience.records.audit import AuditEntry
from segrules.audience.records.consistency import Consistency, judge_consistency
from segrules.audience.records.feed import ChangePage
from segrules.audience.records.stats import Stats
from segrules.audience.records.verification import Verification, verify
from segrules.cohorts.cohort import Cohort
from segrules.evaluation.explanation import Explanation
from segrules.facts.arguments import is_count, to_name
from segrules.facts.customer import Customer
from segrules.meaning.calendar import to_datetime
from segrules.meaning.schema.schema import Schema
from segrules.plan.plan import Plan
from segrules.rule import Rule


class Answers:
    """The half of an engine that is read."""

    def __init__(self, state: State) -> None:
        self._state = state
        self._lock = state.lock

    @property
    def schema(self) -> Schema:
        """The vocabulary of the engine's rules."""
        return self._state.directory.schema

    @property
    def retain(self) -> str:
        """What is kept of the past: `all`, or what the `rules` can still ask."""
        return "all" if self._state.upkeep.keeps_all else "rules"

    @property
    def now(self) -> datetime | None:
        """The engine's clock in UTC: the latest `at` so far; None before the first."""
        with self._lock:
            return None if self._state.now is None else to_datetime(self._state.now)

    @property
    def next_deadline(self) -> datetime | None:
        """The next instant, in UTC, at which time alone may change something; None for never."""
        with self._lock:
            following = self._state.next_deadline()
            return None if following is None else to_datetime(following)

    @property
    def behind(self) -> bool:
        """Whether deadlines up to the clock are left over by an `advance_to` with a budget."""
        with self._lock:
            return self._state.overdue

    @property
    def segments(self) -> tuple[str, ...]:
        """The segments there are, dynamic and static."""
        with self._lock:
            return self._state.directory.names

    @property
    def customers(self) -> tuple[str, ...]:
        """Everybody of whom there is a fact."""
        with self._lock:
            return tuple(self._state.upkeep.population.by_id)

    @property
    def plan(self) -> Plan:
        """What the dynamic segments share; prints as a table of streams, families and atoms."""
        with self._lock:
            return self._state.upkeep.plan

    @property
    def stats(self) -> Stats:
        """What has been done so far, and how far membership lags behind the facts."""
        with self._lock:
            return self._state.ledger.sum_up(self._state.upkeep)

    @property
    def audit(self) -> tuple[AuditEntry, ...]:
        """What was done other than taking facts: the newest `feed_size` actions, in order."""
        with self._lock:
            return tuple(self._state.ledger.audit)

    def rule(self, segment: str) -> Rule:
        """Return a dynamic segment's rule; raises SegmentError where there is none."""
        with self._lock:
            self._state.directory.check_dynamic(segment)
            return self._state.directory.rules[segment]

    @property
    def cohorts(self) -> tuple[str, ...]:
        """The names of the cohorts that the engine keeps."""
        with self._lock:
            return tuple(self._state.directory.cohorts)

    def cohort(self, name: str) -> Cohort:
        """Return a cohort that the engine keeps; raises SegmentError where there is none."""
        with self._lock:
            self._state.directory.check_cohort(name)
            return self._state.directory.cohorts[name]

    def uses(self, audience: str) -> tuple[Use, ...]:
        """Return who uses a segment or a cohort: segments that refer to it, and what is recorded.

        Raises SegmentError for an unknown one.
        """
        with self._lock:
            self._state.directory.check_audience(audience)
            return self._state.directory.find_uses(audience)

    def details(self, segment: str) -> Details:
        """Return where a dynamic segment came from, and when its members are found.

        Raises SegmentError where there is none.
        """
        with self._lock:
            self._state.directory.check_dynamic(segment)
            origin = self._state.directory.origins.get(segment)
            return self._state.timetable.describe(segment, origin)

    def members(self, segment: str) -> frozenset[str]:
        """Return who is in a segment; raises SegmentError for an unknown one."""
        with self._lock:
            self._state.directory.check_known(segment)
            return self._state.upkeep.membership.members(segment)

    def count(self, segment: str) -> int:
        """Return how many are in a segment; raises SegmentError for an unknown one."""
        with self._lock:
            self._state.directory.check_known(segment)
            return self._state.upkeep.membership.count(segment)

    def segments_of(self, customer: str) -> frozenset[str]:
        """Return the segments that a customer is in; none for one nobody has heard of.

        Raises FactError for what is no id.
        """
        key = to_name(customer, "a customer's id")
        with self._lock:
            return self._state.upkeep.membership.segments_of(key)

    def consistent(self, segment: str) -> Consistency:
        """Return whether a segment is exact at the engine's clock, and if not why.

        Raises SegmentError for an unknown one.
        """
        with self._lock:
            self._state.directory.check_known(segment)
            return judge_consistency(self._state, segment)

    def changes(self, *, after: int | None = None, limit: int | None = None) -> ChangePage:
        """Return the changes after a token, in the order in which they were returned.

        after: a token that an earlier call has returned, 0 for the beginning; None for the oldest
        that are kept. limit: how many at most. Raises FeedError where changes after the token are
        gone.
        """
        with self._lock:
            return self._state.ledger.feed.read(after, limit)

    def customer(self, customer: str) -> Customer:
        """Return a customer's facts; without any for one nobody has heard of.

        Raises SegmentError where the engine retains `rules`: it has forgotten the events; and
        FactError for what is no id.
        """
        key = to_name(customer, "a customer's id")
        with self._lock:
            if self.retain == "rules":
                raise SegmentError(
                    "this engine keeps only what its rules ask: make it with `retain='all'` to see "
                    "customers' facts and to have answers explained"
                )
            person = self._state.upkeep.population.by_id.get(key)
            if person is None:
                return Customer(key)
            history = person.history
            return Customer(
                key,
                dict(history.attributes),
                tuple(history.log(None).events),
                lists=[name for kind, name in history.lists if kind == "list"],
                cohorts=[name for kind, name in history.lists if kind == "cohort"],
            )

    def explain(self, segment: str, customer: str, *, redact: bool = False) -> Explanation:
        """Return why a customer is in a dynamic segment now, or is not.

        Raises SegmentError, as `customer` does too.
        """
        with self._lock:
            rule, now, known = self.rule(segment), self.now, self.customer(customer)
        if now is None:
            raise SegmentError("nothing has happened yet: there is no instant to explain")
        return rule.explain(known, at=now, redact=redact)

    def preview(
        self, rule: Rule | str, *, against: str | None = None, sample: int = SAMPLE
    ) -> Preview:
        """Return who a rule would select now, and who would join or leave; nothing is saved.

        against: the segment that the rule would be given to; without one, everybody joins. sample:
        how many members to name at most. Raises as `add_segments` does.
        """
        if not is_count(sample, least=0):
            raise SegmentError("`sample` is the number of members to name at most, from 0 on")
        with self._lock:
            directory = self._state.directory
            if against is None:
                return preview_rule(self._state, directory.bind({DRAFT: rule}), DRAFT, sample)
            directory.check_known(against)
            return preview_rule(self._state, directory.rebind(against, rule), against, sample)

    def verify(self) -> Verification:
        """Answer every live segment anew about everybody, and compare: there are no differences.

        Those that hold their members are left out. Nothing is changed.
        """
        with self._lock:
            return verify(self._state)

    def __repr__(self) -> str:
        with self._lock:
            following, customers = self.next_deadline, len(self._state.upkeep.population)
        when = "no change by the clock" if following is None else f"next change {following:%FT%TZ}"
        return f"<Engine ({len(self.segments)} segments, {customers:,} customers, {when})>"
