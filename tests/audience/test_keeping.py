"""Lists, cohorts and held members, whatever else happens to an engine."""

from contextlib import suppress
from datetime import time, timedelta
from io import StringIO
from typing import Any

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import initialize, invariant, precondition, rule

from segrules import Change, Cohort, Engine, Event, FactError, Refresh, SegmentError
from segrules.audience.lists import MODES, UNKNOWN_IDS
from segrules.audience.operations.upload import UnknownIds, UploadMode
from segrules.facts.values import thaw
from tests.audience.machine import TwoEngines
from tests.strategies.store import (
    FITTING_ATTRIBUTES,
    FITTING_EVENTS,
    event_conditions,
)

HELD = ["held", "held too", "on demand"]
PEOPLE = st.sampled_from(["ann", "bob", "cookie", "eve"])
STEPS = st.sampled_from([timedelta(0), timedelta(hours=5), timedelta(days=1), timedelta(days=4)])
TEXTS = st.one_of(
    event_conditions(),
    st.sampled_from(["no event within 3 days", "points > 1", "any event within 2 days"]),
)


class KeepingMachine(TwoEngines):
    """Drives the engines, and keeps the cohorts that were taken beside them."""

    hand_picked = "vip"

    def __init__(self) -> None:
        super().__init__()
        self.taken: dict[str, Cohort] = {}

    def note(self, changes: tuple[Change, ...]) -> None:
        super().note(changes)
        for change in changes:
            if change.segment in HELD:
                assert change.cause.kind in ("refresh", "edit", "merge", "erasure", "backfill")

    @initialize(text=TEXTS, other=TEXTS)
    def begin(self, text: str, other: str) -> None:
        held, later = Refresh.daily(), Refresh.daily(time(14, 30))
        rules = {"live": text, "other": other, "not": f"NOT ({text})"}
        self.members = {name: set() for name in [*rules, *HELD, "vip", "in", "never in"]}
        self.do(lambda e: e.lists.add("vip"))
        self.do(lambda e: e.add_segments(rules))
        self.do(lambda e: e.add_segment("held", "in segment 'live'", refresh=held))
        self.do(lambda e: e.add_segment("held too", "in segment 'not'", refresh=later))
        on_demand = "in segment 'vip' OR in segment 'other'"
        self.do(lambda e: e.add_segment("on demand", on_demand, refresh=Refresh.on_demand()))
        self.do(lambda e: e.advance_to(self.now))
        self.snapshot("march")
        self.do(lambda e: e.add_segment("in", "in cohort 'march' AND in segment 'live'"))
        self.do(lambda e: e.add_segment("never in", "NOT (in cohort 'march')"))

    @rule(event=FITTING_EVENTS, customer=PEOPLE, step=STEPS)
    def apply(self, event: Event, customer: str, step: timedelta) -> None:
        self.now += step
        self.note(self.do(lambda e: e.apply(event, customer=customer, at=self.now)))

    @rule(attributes=FITTING_ATTRIBUTES, customer=PEOPLE)
    def set_attributes(self, attributes: dict[str, Any], customer: str) -> None:
        self.note(self.do(lambda e: e.set_attributes(customer, attributes, at=self.now)))

    @rule(step=STEPS, budget=st.sampled_from([None, None, 1, 3]))
    def advance(self, step: timedelta, budget: int | None) -> None:
        self.now += step
        self.note(self.do(lambda e: e.advance_to(self.now, budget=budget)))

    @rule(segment=st.sampled_from(["held", "held too", "on demand", "live"]), step=STEPS)
    def refresh(self, segment: str, step: timedelta) -> None:
        self.now += step
        self.note(self.do(lambda e: e.refresh(segment, at=self.now)))
        if not self.backfills:
            rule = {"held": "live", "held too": "not"}.get(segment, segment)
            if segment != "on demand":
                assert self.members[segment] == self.members[rule]

    @rule(
        ids=st.lists(PEOPLE, max_size=4),
        mode=st.sampled_from(MODES),
        unknown=st.sampled_from(UNKNOWN_IDS),
    )
    def upload(self, ids: list[str], mode: UploadMode, unknown: UnknownIds) -> None:
        text = "\n".join(["id", *ids])
        is_known = any(each in self.do(lambda e: e.customers) for each in ids)
        members = self.do(lambda e: e.members("vip"))
        if mode == "replace" and not is_known and (unknown == "skip" if ids else members):
            self.refuse(
                lambda e: e.lists.upload("vip", StringIO(text), mode=mode, unknown=unknown),
                SegmentError,
            )
            return
        for _ in range(2):
            told = self.do(
                lambda e: e.lists.upload("vip", StringIO(text), mode=mode, unknown=unknown)
            )
            self.note(told.changes)
        assert not told.added
        assert not told.removed
        assert [change for change in told.changes if change.segment == "vip"] == []

    @rule(name=st.sampled_from(["april", "may"]))
    def snapshot(self, name: str) -> None:
        if name in self.taken:
            self.refuse(lambda e: e.cohorts.keep(self.taken[name]), SegmentError)
            return
        is_behind = self.do(lambda e: e.behind)
        if self.backfills or is_behind:
            self.refuse(lambda e: e.snapshot(name, "in segment 'live'"), SegmentError)
            return
        self.taken[name] = self.do(lambda e: e.snapshot(name, "in segment 'live'"))
        assert self.taken[name].members == self.members["live"]

    @rule(one=PEOPLE, other=PEOPLE)
    def merge(self, one: str, other: str) -> None:
        try:
            told = self.lean.merge(one, other, at=self.now)
        except FactError:  # nobody to merge, or the lean one cannot tell their events apart
            return
        assert self.full.merge(one, other, at=self.now) == told
        self.note(told)

    @rule(event=FITTING_EVENTS, customer=PEOPLE, amends=st.booleans())
    def correct(self, event: Event, customer: str, amends: bool) -> None:  # noqa: FBT001
        kind, name, at = event.type, event.id or "e0", self.now
        version = Event(kind, event.at, thaw(event.properties), name)

        def action(engine: Engine) -> tuple[Change, ...]:
            if amends:
                return engine.amend(version, customer=customer, at=at, missing_ok=True)
            return engine.retract(kind, name, customer=customer, at=at, missing_ok=True)

        try:
            told = action(self.lean)
        except FactError:  # it is forgotten
            return
        assert action(self.full) == told
        self.note(told)

    @rule(customer=PEOPLE)
    def forget(self, customer: str) -> None:
        told = self.do(lambda e: e.forget(customer))
        self.note(told)
        self.taken = {name: self.full.cohorts[name] for name in self.taken}
        assert all(customer not in cohort for cohort in self.taken.values())

    @precondition(lambda self: not self.backfills)
    @rule()
    def open(self) -> None:
        before = self.do(lambda e: e.changes().token)
        self.backfills = [engine.backfill("import", at=self.now) for engine in self.engines]
        self.note(self.do(lambda e: e.changes(after=before)).changes)

    @precondition(lambda self: self.backfills)
    @rule(event=FITTING_EVENTS, customer=PEOPLE)
    def fill(self, event: Event, customer: str) -> None:
        for backfill in self.backfills:
            backfill.apply(event, customer=customer)

    @precondition(lambda self: self.backfills)
    @rule()
    def fail(self) -> None:
        """Let the block raise: no member moves, also not of a segment that was refreshed."""
        for backfill in self.backfills:
            with suppress(KeyError), backfill:
                raise KeyError
        assert not any(backfill.changes for backfill in self.backfills)
        self.backfills = []

    @precondition(lambda self: self.backfills)
    @rule()
    def close(self) -> None:
        for backfill in self.backfills:
            with backfill:
                pass
        one, other = self.backfills
        assert one.changes == other.changes
        self.note(one.changes)
        self.backfills = []

    @invariant()
    def members_are_as_told(self) -> None:
        """Hold that members are what the changes say, and live ones what a recompute says."""
        for engine in self.engines:
            for segment in [*engine.segments, *engine.lists]:
                assert engine.members(segment) == self.members[segment]
            assert engine.verify()

    @invariant()
    def cohorts_stand(self) -> None:
        """Hold that a cohort never changes."""
        for engine in self.engines:
            for name, cohort in self.taken.items():
                assert engine.cohorts[name] == cohort
                assert engine.cohorts[name].content_hash == cohort.content_hash


KeepingMachine.TestCase.settings = settings(stateful_step_count=25)
TestKeeping = KeepingMachine.TestCase
