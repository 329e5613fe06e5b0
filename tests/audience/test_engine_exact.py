"""The engine against the reference, after everything that can happen to it."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any, TypeAlias
from unittest.mock import patch

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import initialize, invariant, precondition, rule

from segrules import Change, Customer, Engine, Event, FactError, SegmentError
from segrules.errors import FeedError, ForgottenError
from segrules.evaluation.reference import holds_at
from segrules.meaning.calendar import to_micros
from segrules.plan import needs
from segrules.results import Backfill, Preview
from segrules.rule import condition_of
from tests.audience.machine import FEED, TwoEngines
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

FEED_SIZE = 12
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

ANY_ATTRIBUTES = st.one_of(FITTING_ATTRIBUTES, ATTRIBUTES)

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

    frozen: customers whom the open backfill has touched, and the dynamic segments that they are
    served in meanwhile. exact_at: for customers with a live event while the engine was behind, when
    that was. places: places in the feed, and the members of then.
    """

    hand_picked = "picked"

    def __init__(self) -> None:
        super().__init__(feed_size=FEED_SIZE)
        self.ample = patch.object(needs, "AMPLE", 1)
        self.ample.start()
        self.attributes: dict[str, dict[str, Any]] = {}
        self.events: dict[str, list[Event]] = {}
        self.ids: dict[str, set[str]] = {}
        self.picked: set[str] = set()
        self.aliases: dict[str, dict[str, int]] = {}
        self.members = {"picked": set()}
        self.is_settling = False
        self.frozen: dict[str, frozenset[str]] = {}
        self.exact_at: dict[str, datetime] = {}
        self.places: list[tuple[int, dict[str, set[str]]]] = []

    def teardown(self) -> None:
        self.ample.stop()

    # How things are done

    def try_out(self, action: Callable[[Engine], tuple[Change, ...]], step: timedelta) -> bool:
        """Do what both may refuse, at a later instant, and note the changes."""
        self.now += step
        changes = self.offer(action)
        if changes is None:
            self.now -= step
            return False
        self.note(changes)
        return True

    def note(self, changes: tuple[Change, ...]) -> None:
        super().note(changes)
        if changes:
            now = {segment: set(members) for segment, members in self.members.items()}
            self.places.append((self.place(), now))

    def known(self, customer: str) -> None:
        self.attributes.setdefault(customer, {})
        self.events.setdefault(customer, [])
        self.ids.setdefault(customer, set())
        self.aliases.setdefault(customer, {})

    def take(self, event: Event, customer: str) -> None:
        """Keep an event, unless it is one that the customer has had."""
        self.known(customer)
        if event.id is None or event.id not in self.ids[customer]:
            self.events[customer].append(event)
        self.ids[customer] |= {event.id} if event.id else set()

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
            for customer, events in self.events.items()
            for event in events
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
        self.frozen = {customer: held - {segment} for customer, held in self.frozen.items()}
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
        """Apply an event, which with an id is not taken again."""
        if not self.try_out(lambda e: e.apply(event, customer=customer, at=self.now), step):
            return
        self.take(event, customer)
        self.alive(customer)
        again = self.do(lambda e: e.apply(event, customer=customer, at=self.now))
        assert event.id is None or again == ()
        self.take(event, customer)
        self.note(again)

    @rule(attributes=ANY_ATTRIBUTES, customer=PEOPLE, step=STEPS)
    def set_attributes(self, attributes: dict[str, Any], customer: str, step: timedelta) -> None:
        if self.try_out(lambda e: e.set_attributes(customer, attributes, at=self.now), step):
            self.known(customer)
            self.attributes[customer].update(attributes)
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

    @precondition(lambda self: self.events)
    @rule(pair=st.permutations(NAMED), step=STEPS)
    def merge(self, pair: list[str], step: timedelta) -> None:
        anonymous, known, _ = pair
        before = self.state()
        shared = self.ids.get(anonymous, set()) & self.ids.get(known, set())
        if anonymous not in self.events or shared:
            for engine in [self.lean] if shared else self.engines:
                with pytest.raises(FactError):
                    engine.merge(anonymous, known, at=self.now + step)
            assert self.state() == before
            return
        self.now += step
        self.note(self.do(lambda e: e.merge(anonymous, known, at=self.now)))
        self.known(known)
        self.picked = {known if name == anonymous else name for name in self.picked}
        mine, theirs = self.attributes[known], self.attributes.pop(anonymous)
        mine.update({n: value for n, value in theirs.items() if mine.get(n) is None})
        self.events[known] += self.events.pop(anonymous)
        self.ids[known] |= self.ids.pop(anonymous)
        for alias, token in self.aliases.pop(anonymous).items():
            self.aliases[known][alias] = max(token, self.aliases[known].get(alias, 0))
        self.aliases[known][anonymous] = self.place()
        if self.frozen.pop(anonymous, None) is not None or known in self.frozen:
            self.frozen.setdefault(known, self.serve(known))
        self.alive(known)

    @rule(customer=PEOPLE)
    def forget(self, customer: str) -> None:
        served = self.full.segments_of(customer)
        changes = self.do(lambda e: e.forget(customer))
        assert {change.segment for change in changes} == served
        assert all(change.cause.kind == "erasure" and not change.joined for change in changes)
        for change in changes:
            self.members[change.segment].remove(customer)
        self.frozen.pop(customer, None)
        self.picked.discard(customer)
        erased = {**self.aliases.pop(customer, {}), customer: self.place()}
        for facts in (self.attributes, self.events, self.ids):
            facts.pop(customer, None)
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

    # Backfill

    @precondition(lambda self: not self.backfills)
    @rule(step=STEPS)
    def open_backfill(self, step: timedelta) -> None:
        self.now += step
        token = self.full.changes().token
        self.backfills = [e.backfill("import", at=self.now, by="host") for e in self.engines]
        self.is_settling = False
        self.note(self.full.changes(after=token).changes)
        self.refuse(lambda e: e.backfill("another", at=self.now), SegmentError)

    @precondition(lambda self: self.backfills)
    @rule(events=st.lists(st.one_of(FITTING_EVENTS, EVENTS), max_size=4), customer=PEOPLE)
    def backfill_events(self, events: list[Event], customer: str) -> None:
        for event in events:
            self.bulk(
                customer,
                lambda bulk, event=event: bulk.apply(event, customer=customer),  # type: ignore[misc]
                lambda event=event: self.take(event, customer),  # type: ignore[misc]
            )

    @precondition(lambda self: self.backfills)
    @rule(attributes=ANY_ATTRIBUTES, customer=PEOPLE)
    def backfill_attributes(self, attributes: dict[str, Any], customer: str) -> None:
        def keep() -> None:
            self.known(customer)
            self.attributes[customer].update(attributes)

        self.bulk(customer, lambda bulk: bulk.set_attributes(customer, attributes), keep)

    def bulk(
        self, customer: str, action: Callable[[Backfill], None], keep: Callable[[], None]
    ) -> None:
        """Give both backfills a fact, which they may refuse."""
        before, served = self.state(), self.serve(customer)
        try:
            action(self.backfills[0])
        except (FactError, SegmentError):
            with pytest.raises(SegmentError if self.is_settling else FactError):
                action(self.backfills[1])
            assert self.state() == before
            return
        assert not self.is_settling
        action(self.backfills[1])
        keep()
        self.frozen.setdefault(customer, served)
        assert self.full.changes().token == before[0][5]

    @precondition(lambda self: self.backfills)
    @rule(budget=st.integers(1, 2))
    def settle_a_little(self, budget: int) -> None:
        self.is_settling = True
        told = len(self.backfills[0].changes)
        more = [bulk.settle(budget=budget) for bulk in self.backfills]
        for customer in list(self.frozen)[:budget]:
            del self.frozen[customer]
            self.alive(customer)
        assert more == [bool(self.frozen)] * 2
        self.note_bulk(told)

    @precondition(lambda self: self.backfills)
    @rule()
    def close_backfill(self) -> None:
        told = len(self.backfills[0].changes)
        for bulk in self.backfills:
            with bulk:
                pass
            assert bulk.settle() is False
        for customer in self.frozen:
            self.alive(customer)
        self.frozen = {}
        self.note_bulk(told)
        for engine, bulk in zip(self.engines, self.backfills, strict=True):
            entry = engine.audit[-1]
            assert (entry.action, entry.names, entry.by) == ("backfill", ("import",), "host")
            assert entry.changes == len(bulk.changes)
        self.backfills = []

    def note_bulk(self, told: int) -> None:
        one, other = (bulk.changes[told:] for bulk in self.backfills)
        assert one == other
        assert all(change.cause.backfill == "import" for change in one)
        self.note(one)

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
        assert set(self.full.customers) == set(self.events)
        people = [
            self.person(name)
            for name in self.events
            if name not in self.frozen and (not behind or self.exact_at.get(name) == self.now)
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
            assert {c for c, held in self.frozen.items() if segment in held} == members & set(
                self.frozen
            )

    @invariant()
    def verified(self) -> None:
        """Recomputing finds no differences, and what is outstanding is said."""
        behind = self.do(lambda e: e.behind)
        for engine in self.engines:
            found = engine.verify()
            assert found
            assert found.customers + found.left_out == len(self.events)
            assert found.left_out >= len(self.frozen)
            for segment in engine.segments:
                reasons = engine.consistent(segment).reasons
                waits = behind and segment != "picked"
                assert len(reasons) == bool(self.backfills) + waits

    def person(self, name: str) -> Customer:
        picked = {"picked"} if name in self.picked else set()
        return Customer(name, self.attributes[name], self.events[name], lists=picked)


EngineMachine.TestCase.settings = settings(stateful_step_count=50)
TestEngineExact = EngineMachine.TestCase
