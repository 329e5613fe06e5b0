"""The engine: facts in, changes out. It keeps every audience exact as events come and time passes.

For each customer it holds the facts, and for each segment whose answer time alone may change a
deadline: the instant up to which that answer stands.
"""

from collections.abc import Collection, Iterable, Mapping
from datetime import datetime
from threading import RLock
from typing import Any

from attrs import define, field

from segrules.audience.change import CLOCK, EDIT, Cause, Change
from segrules.audience.deadlines import Deadlines
from segrules.audience.directory import Directory
from segrules.audience.membership import Membership
from segrules.audience.preview import Preview
from segrules.audience.routes import find_routes
from segrules.audience.segments import SegmentError
from segrules.evaluation.admission import admit_attributes, admit_event
from segrules.evaluation.customer import Customer
from segrules.evaluation.explanation import Explanation
from segrules.evaluation.facts import Event, FactError, to_facts, to_instant, to_name, to_names
from segrules.evaluation.history import History
from segrules.language.diagnostics import SegrulesError
from segrules.language.limits import Limits
from segrules.meaning.calendar import NEVER, to_datetime
from segrules.meaning.schema import Schema
from segrules.rule import Rule


@define(eq=False)
class _Person:
    number: int
    id: str
    history: History = field(factory=History)


DRAFT = ""
"""What a rule without a segment is called: no segment can have this name."""


class Engine:
    """Audiences over one schema, kept exact.

    Time is an argument: `at` is the instant at which the host learns of a fact, and the engine's
    clock is the latest `at` so far; an earlier one leaves it where it stands. Every method that
    changes anything returns the changes of membership, in the order of time. Bad input raises a
    SegrulesError and changes nothing, the clock included. Safe between threads: one call at a time.
    """

    def __init__(self, schema: Schema, *, limits: Limits | None = None) -> None:
        if not isinstance(schema, Schema):
            raise SegrulesError(f"an engine's schema is a `Schema`, not `{type(schema).__name__}`")
        self.schema = schema
        self._directory = Directory(schema, limits or Limits())
        self._membership = Membership()
        self._people: dict[str, _Person] = {}
        self._by_number: list[_Person] = []
        self._deadlines = Deadlines()
        self._now: int | None = None
        self._routes = find_routes({})
        self._lock = RLock()

    # Segments

    def add_segment(self, segment: str, rule: Rule | str) -> tuple[Change, ...]:
        """Add a dynamic segment; whoever its rule selects now joins.

        As in `add_segments`.
        """
        return self.add_segments({segment: rule})

    def add_segments(self, rules: Mapping[str, Rule | str]) -> tuple[Change, ...]:
        """Add dynamic segments, all or none; whoever their rules select now joins.

        The rules may refer by name to each other, in any order, and to the engine's other segments.
        Raises RuleError for texts that are no rules, and SegmentError for a name that is taken or a
        rule of another schema.
        """
        with self._lock:
            for segment in rules:
                self._directory.check_free(segment)
            self._directory.rules.update(self._directory.bind(rules))
            for segment in rules:
                self._membership.add_segment(segment)
            self._routes = find_routes(self._directory.rules)
            return self._reconsider(rules)

    def edit_segment(self, segment: str, rule: Rule | str) -> tuple[Change, ...]:
        """Give a dynamic segment another rule, in one step; it and those referring to it change.

        Raises RuleError and SegmentError, as `add_segments` does.
        """
        with self._lock:
            self._directory.check_dynamic(segment)
            rules = self._directory.rebind(segment, rule)
            self._directory.rules.update(rules)
            self._routes = find_routes(self._directory.rules)
            return self._reconsider(rules)

    def add_list(
        self, segment: str, members: Iterable[str] = (), *, at: datetime | None = None
    ) -> tuple[Change, ...]:
        """Add a static segment with hand-picked members; rules refer to it by its name.

        at: the engine's clock where left out. Raises SegmentError for a name that is taken, and
        where there is no clock yet; FactError for members that are no ids.
        """
        with self._lock:
            self._directory.check_free(segment)
            chosen = to_names(members, "members")
            instant = self._instant(at, needed=bool(chosen))
            self._directory.lists[segment] = None
            self._membership.add_segment(segment)
            return self._pick(segment, chosen, (), instant)

    def edit_list(
        self,
        segment: str,
        *,
        add: Iterable[str] = (),
        remove: Iterable[str] = (),
        at: datetime | None = None,
    ) -> tuple[Change, ...]:
        """Let members in and out of a static segment by hand; `at` and errors as in `add_list`."""
        with self._lock:
            self._directory.check_known(segment)
            if segment not in self._directory.lists:
                raise SegmentError(
                    f"`{segment}` is dynamic: its rule says who is in it, not a hand; "
                    "edit the rule, or add a static segment"
                )
            chosen, dropped = to_names(add, "members"), to_names(remove, "members")
            return self._pick(segment, chosen, dropped, self._instant(at, needed=True))

    def remove_segment(self, segment: str) -> None:
        """Forget a segment; raises SegmentError while other segments refer to it."""
        with self._lock:
            self._directory.check_known(segment)
            users = self._directory.users(segment)
            if users:
                names = ", ".join(f"`{user}`" for user in users)
                raise SegmentError(f"`{segment}` is used by {names}: change these first")
            if segment in self._directory.lists:
                for customer in self._membership.all_members(segment):
                    self._people[customer].history.lists -= {("segment", segment)}
            self._directory.lists.pop(segment, None)
            self._directory.rules.pop(segment, None)
            self._membership.remove_segment(segment)
            self._deadlines.drop_segment(segment)
            self._routes = find_routes(self._directory.rules)

    # Facts

    def apply(self, event: Event, *, customer: str, at: datetime) -> tuple[Change, ...]:
        """Take an event of a customer; deadlines up to `at` come first.

        An event may be late, or lie in the future, when it counts from its own instant on. One
        whose id the customer has had before is not taken again. Raises FactError.
        """
        with self._lock:
            if not isinstance(event, Event):
                raise FactError(f"an event must be an `Event`, not `{type(event).__name__}`")
            admit_event(event, self.schema.vocabulary)
            key, instant = to_name(customer, "a customer's id"), to_instant(at)
            changes = self._advance(instant)
            person, is_new = self._person(key)
            if not person.history.add(event):
                return tuple(changes)
            concerned = self._routes.by_type.get(event.type, self._routes.every_type)
            cause = Cause("event", event.type, event.id)
            self._consider(person, self._directory.rules if is_new else concerned, cause, changes)
            return tuple(changes)

    def set_attributes(
        self, customer: str, attributes: Mapping[str, object], *, at: datetime
    ) -> tuple[Change, ...]:
        """Set some of a customer's attributes, leaving the others; None unsets one.

        Raises FactError.
        """
        with self._lock:
            facts = to_facts(attributes, "a customer's attributes")
            admit_attributes(facts, self.schema.vocabulary)
            key, instant = to_name(customer, "a customer's id"), to_instant(at)
            changes = self._advance(instant)
            person, is_new = self._person(key)
            known = person.history.attributes
            moved = tuple(n for n, value in facts.items() if not _is_same(known.get(n), value))
            for name in moved:
                known[name] = facts[name]
            concerned = dict.fromkeys(
                segment for name in moved for segment in self._routes.by_attribute.get(name, ())
            )
            cause = Cause("attributes", attributes=moved)
            self._consider(person, self._directory.rules if is_new else concerned, cause, changes)
            return tuple(changes)

    def advance_to(self, at: datetime) -> tuple[Change, ...]:
        """Let time pass: every deadline up to `at` falls due, each change at its very instant.

        Raises FactError for a naive datetime.
        """
        with self._lock:
            return tuple(self._advance(to_instant(at)))

    # Answers

    @property
    def now(self) -> datetime | None:
        """The engine's clock in UTC: the latest `at` so far; None before the first."""
        with self._lock:
            return None if self._now is None else to_datetime(self._now)

    @property
    def next_deadline(self) -> datetime | None:
        """The next instant, in UTC, at which time alone may change something; None for never."""
        with self._lock:
            following = self._deadlines.next()
            return None if following is None else to_datetime(following)

    @property
    def segments(self) -> tuple[str, ...]:
        """The segments there are, dynamic and static."""
        with self._lock:
            return self._directory.names

    @property
    def customers(self) -> tuple[str, ...]:
        """Everybody of whom there is a fact."""
        with self._lock:
            return tuple(self._people)

    def rule(self, segment: str) -> Rule:
        """Return a dynamic segment's rule; raises SegmentError where there is none."""
        with self._lock:
            self._directory.check_dynamic(segment)
            return self._directory.rules[segment]

    def members(self, segment: str) -> frozenset[str]:
        """Return who is in a segment; raises SegmentError for an unknown one."""
        with self._lock:
            self._directory.check_known(segment)
            return self._membership.all_members(segment)

    def count(self, segment: str) -> int:
        """Return how many are in a segment; raises SegmentError for an unknown one."""
        with self._lock:
            self._directory.check_known(segment)
            return len(self._membership.members[segment])

    def segments_of(self, customer: str) -> frozenset[str]:
        """Return the segments that a customer is in; none for one nobody has heard of."""
        with self._lock:
            return self._membership.segments_of(customer)

    def customer(self, customer: str) -> Customer:
        """Return a customer's facts; without any for one nobody has heard of."""
        with self._lock:
            person = self._people.get(customer)
            if person is None:
                return Customer(customer)
            history = person.history
            return Customer(
                customer,
                dict(history.attributes),
                tuple(history.log(None).events),
                segments=[name for kind, name in history.lists if kind == "segment"],
            )

    def explain(self, segment: str, customer: str, *, redact: bool = False) -> Explanation:
        """Return why a customer is in a dynamic segment now, or is not; raises SegmentError."""
        with self._lock:
            rule, now, known = self.rule(segment), self.now, self.customer(customer)
        if now is None:
            raise SegmentError("nothing has happened yet: there is no instant to explain")
        return rule.explain(known, at=now, redact=redact)

    def preview(self, rule: Rule | str, *, against: str | None = None) -> Preview:
        """Return who a rule would select now, and who would join or leave; nothing is saved.

        against: the segment that the rule would be given to; without one, everybody joins. Raises
        RuleError and SegmentError.
        """
        with self._lock:
            current = frozenset[str]() if against is None else self.members(against)
            if against is None:
                check = self._directory.bind({DRAFT: rule})[DRAFT].evaluator.check
            else:
                check = self._directory.rebind(against, rule)[against].evaluator.check
            now = 0 if self._now is None else self._now
            members = frozenset(p.id for p in self._by_number if check(p.history, now))
            return Preview(len(self._people), members, members - current, current - members)

    def __repr__(self) -> str:
        following = self.next_deadline
        when = "no change by the clock" if following is None else f"next change {following:%FT%TZ}"
        return f"<Engine ({len(self.segments)} segments, {len(self._people):,} customers, {when})>"

    # How it is done

    def _advance(self, instant: int) -> list[Change]:
        changes: list[Change] = []
        while (entry := self._deadlines.take(instant)) is not None:
            self._now, (number, segment) = entry
            self._judge(self._by_number[number], segment, CLOCK, changes)
        self._now = instant if self._now is None else max(self._now, instant)
        return changes

    def _person(self, customer: str) -> tuple[_Person, bool]:
        person = self._people.get(customer)
        if person is not None:
            return person, False
        person = _Person(len(self._by_number), customer)
        self._people[customer] = person
        self._by_number.append(person)
        return person, True

    def _consider(
        self, person: _Person, segments: Iterable[str], cause: Cause, changes: list[Change]
    ) -> None:
        for segment in segments:
            self._judge(person, segment, cause, changes)

    def _judge(self, person: _Person, segment: str, cause: Cause, changes: list[Change]) -> None:
        """Ask a segment's rule about a customer now, and note the answer and its deadline."""
        now = self._now
        assert now is not None  # noqa: S101  # whoever asks has set the clock
        holds, until = self._directory.rules[segment].evaluator.judge(person.history, now)
        if until == NEVER:
            self._deadlines.drop((person.number, segment))
        else:
            self._deadlines.put((person.number, segment), until)
        if self._membership.put(person.id, segment, member=holds):
            changes.append(self._change(person, segment, cause, joined=holds))

    def _reconsider(self, segments: Iterable[str]) -> tuple[Change, ...]:
        changes: list[Change] = []
        for segment in segments:
            for person in self._by_number:
                self._judge(person, segment, EDIT, changes)
        return tuple(changes)

    def _pick(
        self, segment: str, add: Collection[str], remove: Iterable[str], instant: int | None
    ) -> tuple[Change, ...]:
        changes = [] if instant is None else self._advance(instant)
        entry = ("segment", segment)
        # Whoever is unknown is on no list: taking them off does not make them known.
        dropped = [customer for customer in remove if customer in self._people or customer in add]
        for customer, member in [*((c, True) for c in add), *((c, False) for c in dropped)]:
            person, is_new = self._person(customer)
            lists = person.history.lists
            person.history.lists = lists | {entry} if member else lists - {entry}
            if self._membership.put(customer, segment, member=member):
                changes.append(self._change(person, segment, EDIT, joined=member))
            concerned = self._routes.by_list.get(segment, ())
            self._consider(person, self._directory.rules if is_new else concerned, EDIT, changes)
        return tuple(changes)

    def _change(self, person: _Person, segment: str, cause: Cause, *, joined: bool) -> Change:
        at = to_datetime(self._now or 0)
        assert at is not None  # noqa: S101  # the clock only ever stands at a datetime
        return Change(person.id, segment, joined, at, cause)

    def _instant(self, at: datetime | None, *, needed: bool) -> int | None:
        if at is not None:
            return to_instant(at)
        if needed and self._now is None:
            raise SegmentError("nothing has happened yet: say when with `at`")
        return self._now


def _is_same(known: Any, value: Any) -> bool:
    # To Python 1 equals True, and so may mappings that hold them; to rules they differ.
    return type(known) is type(value) and not isinstance(value, Mapping) and bool(known == value)
