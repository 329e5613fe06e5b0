"""The engine against the reference, after everything that can happen to it."""

from collections.abc import Callable
from contextlib import suppress
from datetime import datetime, timedelta
from typing import Any, TypeAlias, TypeVar
from unittest.mock import patch

import hypothesis
import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import initialize, invariant, precondition, rule

from segrules import Change, Customer, Engine, Event, FactError, Schema, SegmentError
from segrules.errors import FeedError, ForgottenError
from segrules.evaluation.reference import holds_at
from segrules.facts.values import thaw
from segrules.meaning.calendar import to_micros
from segrules.plan import needs
from segrules.results import Applied, Backfill, Preview
from segrules.rule import condition_of
from tests.audience.facts import Facts, Key, Store, copy_store, key_of, open_facts
from tests.audience.machine import AUDIT, FEED, TwoEngines
from tests.strategies.store import (
    ATTRIBUTES,
    EVENTS,
    FITTING_ATTRIBUTES,
    FITTING_EVENTS,
    RULES,
    SCHEMA,
    aggregates,
    event_conditions,
    that_groups,
)

C = TypeVar("C", bound=tuple[Change, ...])
Action: TypeAlias = Callable[[Engine], tuple[Change, ...]]

FEED_SIZE = 12
DAY = timedelta(days=1)
NAMED = ["ann", "bob", "cid"]
PEOPLE = st.sampled_from(NAMED)
STEPS = st.sampled_from(
    [timedelta(0), timedelta(microseconds=1), timedelta(hours=6), timedelta(days=1)]
    + [timedelta(days=n) for n in (3, 7, 14)]
)
LAGS = st.sampled_from(
    [timedelta(0)] * 4 + [timedelta(hours=6), timedelta(days=3), -timedelta(days=1)]
)
NAMES = st.sampled_from(["segment 0", "segment 1", "segment 9"])
TIMELY = st.one_of(
    event_conditions(),
    aggregates(),
    that_groups(),
    st.sampled_from(
        [
            "no event within 3 days",
            "lastActivityAt within 14 days AND lastActivityAt not within 2 days",
            "tier = 'loyal'",
            "mood is not set",
            "any event of type 'view' within 24h AND no event of type 'purchase' since that view",
            "count of events within 7 days between 1 and 2",
            "count of orders within 14 days >= 3",
            "count of orders within 7 days >= 2",
            "first event of type 'purchase' in 2026-03",
            "sum of total of orders within 7 days > 1",
            "sum of total of orders > 1",
            "count of distinct total of orders before 7 days ago >= 2",
            "any event in this week",
        ]
    ),
)
OWNED = [
    "points > 0",
    "points is not set",
    "optIn = true",
    "tags contains 'vip'",
    "renewsAt within 7 days",
    "renewsAt within next 7 days",
    "country = 'GB'",
]
"""Questions about attributes."""

PLACES = st.integers(0, 8)
"""Which of a customer's events a correction is about; 0 for one that it may not have had."""

PICKED = "in segment 'picked'"


@st.composite
def alike(draw: st.DrawFn) -> str:
    """Draw a condition that shares its events with most others that are drawn."""
    kind = draw(st.sampled_from(["purchase", "purchase", "view"]))
    has = draw(st.sampled_from(["", "", " has total > 0"]))
    when = draw(st.sampled_from(["", " within 2 days", " within 7 days", " within 14 days"]))
    when = draw(st.sampled_from([when, when, when, " before 2 days ago", " since 2026-03-15"]))
    which = draw(st.sampled_from(["any", "no", "first", "last"]))
    number = draw(st.integers(1, 3))
    aggregate = draw(st.sampled_from(["count", "sum of total", "max of total"]))
    counted = f"{aggregate} of events of type '{kind}'{has}{when} >= {number}"
    question = f"{which} event of type '{kind}'{has}{when}"
    other = draw(st.sampled_from(["purchase", "view"]))
    also = draw(st.sampled_from(["", " has total > 0"]))
    anchor = f"{'any' if which == 'no' else which} event of type '{kind}'{has}{when}"
    followed = f"{anchor} AND no event of type '{other}'{also} since that {kind}"
    owned = draw(st.sampled_from(OWNED))
    return draw(st.sampled_from([counted, question, followed, owned, f"({question}) OR {PICKED}"]))


TEXTS = st.one_of(alike(), alike(), alike(), TIMELY, RULES).map(
    lambda text: text.replace("in cohort 'march'", PICKED)
)
Arrival: TypeAlias = tuple[str, int, timedelta, timedelta]
ARRIVALS = st.tuples(
    st.sampled_from(["purchase", "purchase", "view"]), st.integers(-1, 3), STEPS, LAGS
)
"""The type of an event, its total, the time that passes before it comes, and how late it is."""

LEAVES = st.fixed_dictionaries(
    {}, optional={"address.city": st.sampled_from(["London", "Bath", None]), "optIn": st.booleans()}
)
ANY_ATTRIBUTES = st.one_of(FITTING_ATTRIBUTES, ATTRIBUTES, LEAVES)

WRONG: list[Callable[[Engine, datetime], object]] = [
    lambda e, at: e.apply("view", customer="ann", at=at),  # type: ignore[arg-type]
    lambda e, at: e.apply(Event("view", at), customer="", at=at),
    lambda e, at: e.apply(Event("view", at), customer="ann", at=at.replace(tzinfo=None)),
    lambda e, at: e.apply(Event("sneeze", at), customer="ann", at=at),
    lambda e, at: e.set_attributes("ann", {"hat": 1}, at=at),
    lambda e, at: e.set_attributes("ann", {"points": "many"}, at=at),
    lambda e, _: e.add_segments({"fresh": "any event", "bad": "any event of type 'sneeze'"}),
    lambda e, _: e.add_segments({"picked": "any event"}),
    lambda e, _: e.edit_segment("segment 0", "any event of"),
    lambda e, _: e.edit_segment("nowhere", "any event"),
    lambda e, _: e.remove_segment("nowhere"),
    lambda e, _: e.lists.add("picked"),
    lambda e, at: e.lists.add("chosen", ["ann", ""], at=at),
    lambda e, at: e.lists.edit("picked", add=["ann"], at=at.replace(tzinfo=None)),
    lambda e, at: e.lists.edit("picked", add=["ann"], remove=[""], at=at),
    lambda e, at: e.advance_to(at.replace(tzinfo=None)),
    lambda e, at: e.advance_to(at, budget=0),
    lambda e, at: e.backfill("", at=at),
    lambda e, at: e.backfill("one", at=at.replace(tzinfo=None)),
    lambda e, at: e.apply(Event("view", at), customer="ann", at=at + 367 * DAY),
    lambda e, at: e.set_attributes("ann", {}, at=at + 367 * DAY),
    lambda e, at: e.advance_to(at + 367 * DAY),
    lambda e, at: e.backfill("one", at=at + 367 * DAY),
    lambda e, at: e.lists.edit("picked", add=["ann"], at=at + 367 * DAY),
    lambda e, at: e.lists.add("new", ["ann"], at=at + 367 * DAY),
    lambda e, at: e.refresh("segment 0", at=at + 367 * DAY),
    lambda e, at: e.merge("ann", "bob", at=at + 367 * DAY),
    lambda e, at: e.amend(Event("view", at, id="e1"), customer="ann", at=at + 367 * DAY),
    lambda e, at: e.amend(Event("view", at), customer="ann", at=at),
    lambda e, at: e.amend(Event("sneeze", at, id="e1"), customer="ann", at=at, missing_ok=True),
    lambda e, at: e.retract("view", "e1", customer="ann", at=at + 367 * DAY, missing_ok=True),
    lambda e, at: e.retract("sneeze", "e1", customer="ann", at=at, missing_ok=True),
    lambda e, at: e.retract("view", "", customer="ann", at=at, missing_ok=True),
    lambda e, at: e.merge("nobody", "ann", at=at),
    lambda e, at: e.merge("ann", "ann", at=at),
    lambda e, _: e.forget(""),
    lambda e, _: e.add_segments({"bad": "any event of"}, history=[]),
    lambda e, at: e.add_segments({"fine": "any event"}, history=[("ann", Event("sneeze", at))]),
    lambda e, _: e.add_segments({"picked": "any event"}, history=[]),
    lambda e, _: e.preview("any event of"),
    lambda e, _: e.preview("any event", sample=-1),
    lambda e, _: e.changes(after="both:1000000000"),
    lambda e, _: e.changes(after="another:0"),
    lambda e, _: e.changes(limit=0),
]


class EngineMachine(TwoEngines):
    """Drives the engines, and keeps every fact beside them for the reference to judge.

    facts: what is known of each customer. whole: while a backfill is open, what will be at its end.
    exact_at: for customers with a live event while the engine was behind, when that was. places:
    places in the feed, and the members of then.
    """

    hand_picked = "picked"

    def __init__(self) -> None:
        super().__init__(feed_size=FEED_SIZE)
        self.ample = patch.object(needs, "AMPLE", 1)
        self.ample.start()
        self.facts: Store = {}
        self.whole: Store = {}
        self.picked: set[str] = set()
        self.aliases: dict[str, dict[str, int]] = {}
        self.members = {"picked": set()}
        self.is_settling = False
        self.exact_at: dict[str, datetime] = {}
        self.places: list[tuple[int, dict[str, set[str]]]] = []

    def teardown(self) -> None:
        self.ample.stop()

    # How things are done

    def try_out(self, action: Callable[[Engine], C], step: timedelta) -> C | None:
        """Do what both may refuse, at a later instant, and note the changes."""
        self.now += step
        changes = self.offer(action)
        if changes is None:
            self.now -= step
            return None
        self.note(changes)
        return changes

    def note(self, changes: tuple[Change, ...]) -> None:
        super().note(changes)
        if changes:
            now = {segment: set(members) for segment, members in self.members.items()}
            self.places.append((self.place(), now))

    def known(self, customer: str) -> list[Facts]:
        """Return a customer's facts, as they are and as they will be once a backfill ends."""
        self.aliases.setdefault(customer, {})
        return open_facts([self.facts, self.whole] if self.backfills else [self.facts], customer)

    def waiting(self) -> set[str]:
        """Return the customers of whom the open backfill has facts set aside."""
        one, *others = ({*bulk._aside.by_customer} for bulk in self.backfills)
        assert others == [one]
        return one

    def take(self, event: Event, customer: str) -> None:
        """Keep an event, unless it is one that the customer has had."""
        for facts in self.known(customer):
            facts.add(event)

    def alive(self, customer: str) -> None:
        """Note that a customer had a fact: behind or not, the answers are exact now."""
        self.exact_at[customer] = self.now

    def serve(self, customer: str) -> frozenset[str]:
        return self.full.segments_of(customer) - {"picked"}

    # What is done

    @initialize(texts=st.lists(TEXTS, min_size=3, max_size=6))
    def begin(self, texts: list[str]) -> None:
        self.do(lambda e: e.lists.add("picked"))
        self.note(self.do(lambda e: e.advance_to(self.now)))
        for number, text in enumerate(texts):
            self.add_or_edit(text, f"segment {number}")

    @rule(text=TEXTS, name=NAMES)
    def add_or_edit(self, text: str, name: str) -> None:
        exists = name in self.full.segments
        self.members.setdefault(name, set())
        is_exact = not (self.full.behind or self.backfills)
        preview = self.full.preview(text, against=name if exists else None)
        before = frozenset(self.members[name])
        changes = (self.full.edit_segment if exists else self.full.add_segment)(name, text)
        assert self.learn(name, text, preview) == changes
        self.note(changes)
        if is_exact:
            assert preview.members == self.full.members(name)
            assert preview.joins == preview.members - before
            assert preview.leaves == before - preview.members
            assert preview.customers == len(self.full.customers)
            assert set(preview.sample) <= preview.members

    def learn(self, name: str, text: str, preview: Preview) -> tuple[Change, ...]:
        """Give the lean engine a segment; where it has forgotten, it is told once more."""
        exists, lean = name in self.lean.segments, self.lean
        before = self.state()[1]
        try:
            found = lean.preview(text, against=name if exists else None)
            assert found == preview
            return (lean.edit_segment if exists else lean.add_segment)(name, text)
        except ForgottenError as error:
            assert self.state()[1] == before
            spans = error.spans
        with pytest.raises(ForgottenError) as refused:
            (lean.edit_segment if exists else lean.add_segment)(name, text)
        assert refused.value.spans == spans
        assert self.state()[1] == before
        told = [
            (customer, event)
            for customer, facts in self.facts.items()
            for event in facts.events
            if any(
                kind in (event.type, "*") and (span is None or event.at > self.now - span)
                for kind, span in spans.items()
            )
        ]
        put = lean.edit_segment if exists else lean.add_segment
        return put(name, text, history=told)

    @precondition(lambda self: "segment 0" in self.full.segments)
    @rule()
    def refer(self) -> None:
        if "user" in self.full.segments:
            self.note(self.do(lambda e: e.remove_segment("user")))
            self.drop("user")
            return
        self.members["user"] = set()
        text = "NOT (in segment 'segment 0')"
        self.note(self.do(lambda e: e.add_segment("user", text)))

    @rule(name=NAMES)
    def remove(self, name: str) -> None:
        changes = self.offer(lambda e: e.remove_segment(name), SegmentError)
        if changes is not None:
            self.note(changes)
            self.drop(name)

    def drop(self, segment: str) -> None:
        self.members[segment] = set()
        for _, members in self.places:
            members.pop(segment, None)
        self.gone_at = self.place()

    @rule(events=st.lists(FITTING_EVENTS, min_size=1, max_size=6), customer=PEOPLE, step=STEPS)
    def apply(self, events: list[Event], customer: str, step: timedelta) -> None:
        for event in events:
            self.apply_twice(event, customer, step)
            step = timedelta(0)

    @rule(arrivals=st.lists(ARRIVALS, min_size=1, max_size=6), customer=PEOPLE)
    def apply_live(self, arrivals: list[Arrival], customer: str) -> None:
        """Apply events as they happen, or a little late."""
        for kind, total, step, lag in arrivals:
            event = Event(kind, self.now + step - lag, {"total": total})
            self.apply_twice(event, customer, step)

    @rule(event=EVENTS, customer=PEOPLE, step=STEPS)
    def apply_any(self, event: Event, customer: str, step: timedelta) -> None:
        self.apply_twice(event, customer, step)

    @rule(
        arrivals=st.lists(st.tuples(FITTING_EVENTS, PEOPLE), min_size=3, max_size=6),
        days=st.sampled_from([3, 10, 40]),
    )
    def fall_behind(self, arrivals: list[tuple[Event, str]], days: int) -> None:
        for event, customer in arrivals[1:]:
            self.apply_twice(event, customer, timedelta(0))
        self.advance_a_little(days=days, budget=1)
        event, customer = arrivals[0]
        self.apply_twice(event, customer, timedelta(0))

    @precondition(lambda self: self.full.behind)
    @rule(event=FITTING_EVENTS, customer=PEOPLE, step=STEPS)
    def apply_behind(self, event: Event, customer: str, step: timedelta) -> None:
        self.apply_twice(event, customer, step)

    def apply_twice(self, event: Event, customer: str, step: timedelta) -> None:
        """Apply an event, which with an id is not taken again; what became of it is told."""
        clock, key = self.full.now, key_of(event)
        is_had = key is not None and key in self.facts.get(customer, Facts()).ids
        applied = self.try_out(lambda e: e.apply(event, customer=customer, at=self.now), step)
        if applied is None:
            return
        is_late = clock is not None and event.at < clock
        assert outcome(applied) == ((False, True, False) if is_had else (True, False, is_late))
        self.take(event, customer)
        self.alive(customer)
        again = self.do(lambda e: e.apply(event, customer=customer, at=self.now))
        assert event.id is None or (again == () and outcome(again) == (False, True, False))
        self.take(event, customer)
        self.note(again)

    # Corrections

    @rule(event=FITTING_EVENTS, place=PLACES, customer=PEOPLE, step=STEPS, missing_ok=st.booleans())
    def amend(  # drawn by hypothesis
        self,
        event: Event,
        place: int,
        customer: str,
        step: timedelta,
        missing_ok: bool,  # noqa: FBT001  # drawn by hypothesis
    ) -> None:
        version = self.aim(event, place, customer, self.facts)
        if version.id is None:
            at = self.now + step
            self.refuse(lambda e: e.amend(version, customer=customer, at=at), FactError)
            return
        key, facts = (version.type, version.id), self.facts.get(customer, Facts())
        old = facts.find(key)
        self.correct(
            lambda e: e.amend(version, customer=customer, at=self.now, missing_ok=missing_ok),
            customer,
            step,
            is_unknown=key not in facts.ids and not missing_ok,
            is_repeated=old == version,
            versions=[version, old],
        )

    @rule(event=FITTING_EVENTS, place=PLACES, customer=PEOPLE, step=STEPS, missing_ok=st.booleans())
    def retract(  # drawn by hypothesis
        self,
        event: Event,
        place: int,
        customer: str,
        step: timedelta,
        missing_ok: bool,  # noqa: FBT001  # drawn by hypothesis
    ) -> None:
        version = self.aim(event, place, customer, self.facts)
        key, facts = (version.type, version.id or "e0"), self.facts.get(customer, Facts())
        self.correct(
            lambda e: e.retract(*key, customer=customer, at=self.now, missing_ok=missing_ok),
            customer,
            step,
            is_unknown=key not in facts.ids and not missing_ok,
            is_repeated=key in facts.retracted,
            versions=[facts.find(key)],
            key=key,
        )

    def check_forgotten(self, error: FactError) -> None:
        assert error.code == "forgotten"

    def aim(self, event: Event, place: int, customer: str, store: Store) -> Event:
        """Return a version of an event that the customer has had, mostly; else another event."""
        keys = sorted(store.get(customer, Facts()).ids)
        if not keys or not place:
            return event
        kind, name = keys[place % len(keys)]
        old = store[customer].find((kind, name))
        at = event.at if old is None or place % 2 else old.at
        return Event(kind, at, thaw(event.properties), name)

    def correct(
        self,
        action: Callable[[Engine], Applied],
        customer: str,
        step: timedelta,
        *,
        is_unknown: bool,
        is_repeated: bool,
        versions: list[Event | None],
        key: Key | None = None,
    ) -> None:
        """Correct an event; the lean engine may have forgotten what that takes, the full one not.

        key: of an event to be taken back; otherwise the first version is the newer one.
        """
        clock = self.full.now
        self.now += step
        if is_unknown:
            self.refuse(action, FactError)
            self.now -= step
            return
        before = self.state()[1]
        try:
            told = action(self.lean)
        except FactError as error:
            self.check_forgotten(error)
            assert self.state()[1] == before
            hypothesis.event("a correction that is forgotten")
            self.now -= step
            return
        hypothesis.event("a correction that is made")
        done = action(self.full)
        assert done == told
        is_late = any(v is not None and clock is not None and v.at < clock for v in versions)
        expected = (False, True, False) if is_repeated else (True, False, is_late)
        assert outcome(done) == expected
        self.note(done)
        for facts in self.known(customer):
            if key is not None:
                facts.retract(key)
            elif versions[0] is not None:
                facts.amend(versions[0])
        self.alive(customer)

    @rule(attributes=ANY_ATTRIBUTES, customer=PEOPLE, step=STEPS)
    def set_attributes(self, attributes: dict[str, Any], customer: str, step: timedelta) -> None:
        action: Action = lambda e: e.set_attributes(customer, attributes, at=self.now)  # noqa: E731
        if self.try_out(action, step) is not None:
            for facts in self.known(customer):
                facts.set(attributes)
            self.alive(customer)

    @rule(customer=PEOPLE, add=st.booleans())
    def pick(self, customer: str, add: bool) -> None:  # noqa: FBT001  # drawn by hypothesis
        (self.picked.add if add else self.picked.discard)(customer)
        if add:
            self.known(customer)
            self.note(self.do(lambda e: e.lists.edit("picked", add=[customer])))
        else:
            self.note(self.do(lambda e: e.lists.edit("picked", remove=[customer])))

    @rule(step=STEPS)
    def advance(self, step: timedelta) -> None:
        self.now += step
        self.note(self.do(lambda e: e.advance_to(self.now)))
        assert not self.full.behind

    @rule(days=st.sampled_from([0, 3, 10, 40]), budget=st.integers(1, 2))
    def advance_a_little(self, days: int, budget: int) -> None:
        """Let time pass in slices; how far one goes may differ, what all come to does not."""
        self.now += timedelta(days=days)
        one, other = (e.advance_to(self.now, budget=budget) for e in self.engines)
        if one != other or self.full.behind is not self.lean.behind:
            one += self.full.advance_to(self.now)
            other += self.lean.advance_to(self.now)
        assert one == other
        self.note(one)

    @precondition(lambda self: self.facts)
    @rule(pair=st.permutations(NAMED), step=STEPS)
    def merge(self, pair: list[str], step: timedelta) -> None:
        anonymous, known, _ = pair
        before = self.state()
        is_waiting = bool(self.backfills) and anonymous in self.waiting()
        mine, theirs = (self.facts.get(name, Facts()) for name in (known, anonymous))
        shared = mine.ids & theirs.ids
        if (anonymous not in self.facts and not is_waiting) or shared:
            for engine in [self.lean] if shared else self.engines:
                with pytest.raises(FactError):
                    engine.merge(anonymous, known, at=self.now + step)
            assert self.state() == before
            return
        self.now += step
        self.note(self.do(lambda e: e.merge(anonymous, known, at=self.now)))
        self.picked = {known if name == anonymous else name for name in self.picked}
        for store in [self.facts, self.whole] if self.backfills else [self.facts]:
            if anonymous in store:
                store.setdefault(known, Facts()).merge(store.pop(anonymous))
        aliases = self.aliases.setdefault(known, {})
        for alias, token in self.aliases.pop(anonymous, {}).items():
            aliases[alias] = max(token, aliases.get(alias, 0))
        aliases[anonymous] = self.place()
        if self.backfills:
            assert anonymous not in self.waiting()
            assert not is_waiting or known in self.waiting()
        self.alive(known)

    @rule(customer=PEOPLE)
    def forget(self, customer: str) -> None:
        served = self.full.segments_of(customer)
        changes = self.do(lambda e: e.forget(customer))
        assert {change.segment for change in changes} == served
        assert all(change.cause.kind == "erasure" and not change.joined for change in changes)
        for change in changes:
            self.members[change.segment].remove(customer)
        self.picked.discard(customer)
        erased = {**self.aliases.pop(customer, {}), customer: self.place()}
        for store in (self.facts, self.whole):
            store.pop(customer, None)
        for token, members in self.places:
            for each, upto in erased.items():
                if token <= upto:
                    for inside in members.values():
                        inside.discard(each)
        for engine in self.engines:
            found = {c.customer for c in engine.changes()}
            assert customer not in found
            assert customer not in engine.customers
            assert customer not in repr(engine.audit)
        assert not self.backfills or customer not in self.waiting()

    # Backfill

    @precondition(lambda self: not self.backfills)
    @rule(step=STEPS)
    def open_backfill(self, step: timedelta) -> None:
        self.now += step
        token = self.full.changes().token
        self.backfills = [e.backfill("import", at=self.now, by="host") for e in self.engines]
        self.whole, self.is_settling = copy_store(self.facts), False
        self.note(self.full.changes(after=token).changes)
        self.refuse(lambda e: e.backfill("another", at=self.now), SegmentError)

    @precondition(lambda self: self.backfills)
    @rule(events=st.lists(st.one_of(FITTING_EVENTS, EVENTS), max_size=4), customer=PEOPLE)
    def backfill_events(self, events: list[Event], customer: str) -> None:
        for event in events:
            if self.bulk(lambda b, event=event: b.apply(event, customer=customer)):  # type: ignore[misc]
                self.whole.setdefault(customer, Facts()).add(event, in_bulk=True)

    @precondition(lambda self: self.backfills)
    @rule(attributes=ANY_ATTRIBUTES, customer=PEOPLE)
    def backfill_attributes(self, attributes: dict[str, Any], customer: str) -> None:
        if self.bulk(lambda b: b.set_attributes(customer, attributes)):
            self.whole.setdefault(customer, Facts()).set(attributes)

    @precondition(lambda self: self.backfills and not self.is_settling)
    @rule(event=FITTING_EVENTS, place=PLACES, customer=PEOPLE, missing_ok=st.booleans())
    def backfill_correction(
        self,
        event: Event,
        place: int,
        customer: str,
        missing_ok: bool,  # noqa: FBT001  # drawn by hypothesis
    ) -> None:
        version = self.aim(event, place, customer, self.whole)
        version = Event(version.type, version.at, thaw(version.properties), version.id or "e1")
        key, takes_back = (version.type, version.id or ""), place % 3 == 0
        facts = self.whole.get(customer, Facts())

        def action(bulk: Backfill) -> None:
            if takes_back:
                bulk.retract(*key, customer=customer, missing_ok=missing_ok)
            else:
                bulk.amend(version, customer=customer, missing_ok=missing_ok)

        if key not in facts.ids and not missing_ok:
            self.refuse_bulk(action, "unknown-event")
            return
        before = self.state()
        try:
            action(self.backfills[1])
        except FactError as error:
            self.check_forgotten(error)
            assert self.state() == before
            hypothesis.event("a correction in bulk that is forgotten")
            return
        hypothesis.event("a correction in bulk that is made")
        action(self.backfills[0])
        assert self.state() == before
        facts = self.whole.setdefault(customer, facts)
        if takes_back:
            facts.retract(key)
        else:
            facts.amend(version)

    def bulk(self, action: Callable[[Backfill], None]) -> bool:
        """Give both backfills a fact, which they may refuse; nothing of it shows either way."""
        before = self.state()
        try:
            action(self.backfills[0])
        except (FactError, SegmentError):
            with pytest.raises(SegmentError if self.is_settling else FactError):
                action(self.backfills[1])
            assert self.state() == before
            return False
        assert not self.is_settling
        action(self.backfills[1])
        assert self.state() == before
        return True

    def refuse_bulk(self, action: Callable[[Backfill], None], code: str) -> None:
        before = self.state()
        for bulk in self.backfills:
            with pytest.raises(FactError) as refused:
                action(bulk)
            assert refused.value.code == code
        assert self.state() == before

    @precondition(lambda self: self.backfills)
    @rule(budget=st.integers(1, 2))
    def settle_a_little(self, budget: int) -> None:
        told, waiting = len(self.backfills[0].changes), self.waiting()
        full, lean = self.backfills
        try:
            is_more = lean.settle(budget=budget)
        except FactError as error:
            self.lost(error)
            return
        assert full.settle(budget=budget) is is_more
        self.is_settling = True
        settled = waiting - self.waiting()
        assert is_more is bool(self.waiting())
        assert len(settled) >= min(budget, len(waiting))
        self.settled(settled)
        self.note_bulk(told)

    def settled(self, customers: set[str]) -> None:
        """Hold from now on that customers have what was set aside of them."""
        for customer in customers:
            self.whole[customer].only_bulk.clear()
            self.facts[customer] = self.whole[customer].copy()
            self.alive(customer)

    def lost(self, error: FactError) -> None:
        """Undo the full engine's backfill, since the lean one can no longer make a correction."""
        self.check_forgotten(error)
        hypothesis.event("a backfill that can no longer be made")
        assert not self.is_settling
        fail(self.backfills[0])
        self.undone()

    def undone(self) -> None:
        for engine in self.engines:
            entry = engine.audit[-1]
            assert (entry.action, entry.names, entry.by) == ("backfill failed", ("import",), "host")
            assert entry.changes == 0
        self.whole, self.backfills = {}, []

    @precondition(lambda self: self.backfills)
    @rule()
    def close_backfill(self) -> None:
        self.end(lambda bulk: bulk.__exit__(None, None, None))

    def end(self, close: Callable[[Backfill], None]) -> None:
        told, waiting = len(self.backfills[0].changes), self.waiting()
        full, lean = self.backfills
        try:
            close(lean)
        except FactError as error:
            self.lost(error)
            return
        close(full)
        assert lean.settle() is full.settle() is False
        self.settled(waiting)
        self.note_bulk(told)
        for engine, bulk in zip(self.engines, self.backfills, strict=True):
            entry = engine.audit[-1]
            assert (entry.action, entry.names, entry.by) == ("backfill", ("import",), "host")
            assert entry.changes == len(bulk.changes)
        self.whole, self.backfills = {}, []

    @precondition(lambda self: self.backfills)
    @rule()
    def fail_backfill(self) -> None:
        """Let the block raise, which leaves all as if its facts had never been given."""
        if self.is_settling:
            self.end(fail)
            return
        before = self.state()
        entries = [(len({*bulk._aside.by_customer}), bulk) for bulk in self.backfills]
        for bulk in self.backfills:
            fail(bulk)
        for one, other, engine in zip(before, self.state(), self.engines, strict=True):
            assert without_audit(one) == without_audit(other)
            assert engine.audit[-1].customers == entries[0][0]
        self.undone()

    def note_bulk(self, told: int) -> None:
        one, other = (bulk.changes[told:] for bulk in self.backfills)
        assert one == other
        assert all(change.cause.backfill == "import" for change in one)
        self.note(one)

    @rule()
    def evolve(self) -> None:
        """Take a schema that adds: all stays as it was, but for the audit log and the rules."""
        data = self.full.schema.to_data()
        later = f"later{len(data['attributes'])}"
        data["attributes"][later] = data["events"]["purchase"]["properties"][later] = "number"
        schema = Schema.from_data(data)
        if self.backfills:
            self.refuse(lambda e: e.evolve(schema), SegmentError)
            return
        before = self.state()
        self.do(lambda e: e.evolve(schema))
        for engine, was, now in zip(self.engines, before, self.state(), strict=True):
            differs = (engine.audit, dict(engine.segments))
            assert [each for each in now if each not in differs] == [
                each for each, is_now in zip(was, now, strict=True) if is_now not in differs
            ]
            assert engine.audit[-1].action == "evolve"

    # What must hold

    @rule(action=st.sampled_from(WRONG), step=STEPS)
    def bad_input(self, action: Callable[[Engine, datetime], object], step: timedelta) -> None:
        """Bad input leaves every state as it was."""
        self.refuse(lambda e: action(e, self.now + step))

    @precondition(lambda self: self.places)
    @rule(data=st.data())
    def read_feed(self, data: st.DataObject) -> None:
        """Read from any place, the feed leads to the members of now; it is bounded."""
        token, before = data.draw(st.sampled_from(self.places))
        now = {s: set(m) for s, m in self.members.items() if s in before}
        for engine in self.engines:
            try:
                page = engine.changes(after=f"{FEED}:{token}")
            except FeedError:
                assert engine is self.lean
                assert self.place() - token > FEED_SIZE
                continue
            members = {segment: set(inside) for segment, inside in before.items()}
            for change in page:
                if change.segment in members:
                    inside = members[change.segment]
                    (inside.add if change.joined else inside.discard)(change.customer)
            assert members == now
        assert self.full.changes().token == self.lean.changes().token
        assert len(self.lean.changes()) <= 2 * FEED_SIZE
        start = max(0, self.place() - FEED_SIZE)
        newest = self.full.changes(after=f"{FEED}:{start}").changes
        assert self.lean.changes().changes[-len(newest) :] == newest or not newest

    @invariant()
    def exact(self) -> None:
        """Every segment's members are those whom the reference finds."""
        behind, at = self.full.behind, to_micros(self.now)
        assert self.full.now in (self.now, None)
        assert tuple(self.full.customers) == tuple(self.lean.customers)
        assert set(self.full.customers) == set(self.facts)
        people = [
            self.person(name)
            for name in self.facts
            if not behind or self.exact_at.get(name) == self.now
        ]
        names = {person.id for person in people}
        for segment in self.full.segments:
            members = self.do(lambda e, segment=segment: e.members(segment))  # type: ignore[misc]
            assert members == self.members[segment]
            assert self.do(lambda e, s=segment: e.count(s)) == len(members)  # type: ignore[misc]
            if segment == "picked":
                assert members == self.picked
                continue
            condition = condition_of(self.full.segments[segment].rule)
            calendar = SCHEMA._vocabulary.calendar
            expected = {p.id for p in people if holds_at(condition, p, at, calendar)}
            assert members & names == expected

    @invariant()
    def verified(self) -> None:
        """Recomputing finds no differences, and what is outstanding is said."""
        behind = self.do(lambda e: e.behind)
        waiting = self.waiting() & {*self.facts} if self.backfills else set()
        for engine in self.engines:
            found = engine.verify()
            assert found
            assert found.customers + found.left_out == len(self.facts)
            assert found.left_out >= len(waiting)
            for segment in engine.segments:
                reasons = engine.consistent(segment).reasons
                waits = behind and segment != "picked"
                assert len(reasons) == bool(self.backfills) + waits

    def person(self, name: str) -> Customer:
        picked, facts = {"picked"} if name in self.picked else set(), self.facts[name]
        return Customer(name, facts.attributes, facts.events, lists=picked)


def outcome(applied: tuple[Change, ...]) -> tuple[bool, bool, bool]:
    assert isinstance(applied, Applied)
    return applied.taken, applied.repeated, applied.late


def fail(bulk: Backfill) -> None:
    """End a backfill by an error in its block."""
    with suppress(KeyboardInterrupt), bulk:
        raise KeyboardInterrupt


def without_audit(state: Any) -> list[Any]:
    return [each for place, each in enumerate(state) if place != AUDIT]


EngineMachine.TestCase.settings = settings(stateful_step_count=50)
TestEngineExact = EngineMachine.TestCase
