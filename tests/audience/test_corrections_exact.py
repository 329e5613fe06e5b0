"""Corrections and backfills against the reference, densely: few customers, few events."""

from datetime import timedelta
from typing import Any

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import initialize, precondition, rule

from segrules import Event
from tests.audience.test_engine_exact import STEPS, TEXTS, EngineMachine
from tests.strategies.store import CENTRE, FITTING_ATTRIBUTES, lone_conditions

FEW = st.sampled_from(["ann", "bob"])
KINDS = st.sampled_from(["purchase", "purchase", "view"])
LOGGED = st.sampled_from(
    [
        "last event of type 'purchase' has total > 1",
        "first event of type 'purchase' has total > 1",
        "last event of type 'view' has total > 0 within 7 days",
        "last event has total > 0",
        "any event of type 'purchase' has shipsAt within next 7 days",
        "first event of type 'view' has total < 2",
    ]
)
"""Questions for which an engine that forgets keeps events, so that it can correct them."""

TRACKED = st.sampled_from(
    [
        "sum of total of orders > 2",
        "count of orders >= 2",
        "avg of total of orders > 1",
        "max of total of orders >= 2",
        "count of distinct total of orders >= 2",
        "first event of type 'purchase' before 2026-03-20",
        "any event of type 'view' within 3 days",
        "sum of total of orders within 7 days > 1",
        "count of events within 14 days >= 2",
    ]
)


@st.composite
def events(draw: st.DrawFn) -> Event:
    """Draw an event of few ids and few instants around the engines' clock."""
    at = CENTRE + timedelta(days=draw(st.integers(-26, -10)))
    total: dict[str, Any] = {"total": draw(st.integers(-1, 3))}
    return Event(draw(KINDS), at, total, draw(st.sampled_from(["e1", "e2", "e3", "e4", None])))


def is_no_rule(self: EngineMachine) -> None:
    """Take the place of a rule that this machine leaves out."""


class CorrectionMachine(EngineMachine):
    """Drives the engines by little but events, corrections and backfills."""

    read_feed = bad_input = fall_behind = apply_behind = refer = remove = is_no_rule
    apply_any = apply_live = pick = advance_a_little = backfill_attributes = is_no_rule
    amend = retract = backfill_events = backfill_correction = is_no_rule

    @initialize(logged=st.lists(LOGGED, min_size=1, max_size=2), other=TEXTS)
    def begin(self, logged: list[str], other: str) -> None:
        super().begin([*logged, other])

    @rule(text=st.one_of(LOGGED, TRACKED, TRACKED, lone_conditions()), number=st.integers(0, 3))
    def ask(self, text: str, number: int) -> None:
        super().add_or_edit(text, f"segment {number}")

    @rule(found=st.lists(events(), min_size=1, max_size=6), customer=FEW)
    def apply(self, found: list[Event], customer: str) -> None:
        for event in found:
            self.apply_twice(event, customer, timedelta(0))

    @rule(more=st.lists(st.tuples(events(), FEW), min_size=4, max_size=9))
    def apply_many(self, more: list[tuple[Event, str]]) -> None:
        for event, customer in more:
            self.apply_twice(event, customer, timedelta(0))

    @rule(event=events(), place=st.integers(0, 5), customer=FEW, missing_ok=st.booleans())
    def amend_one(self, event: Event, place: int, customer: str, missing_ok: bool) -> None:  # noqa: FBT001
        super().amend(event, place, customer, timedelta(0), missing_ok)

    @rule(event=events(), place=st.integers(0, 5), customer=FEW, missing_ok=st.booleans())
    def retract_one(self, event: Event, place: int, customer: str, missing_ok: bool) -> None:  # noqa: FBT001
        super().retract(event, place, customer, timedelta(0), missing_ok)

    @precondition(lambda self: self.backfills and not self.is_settling)
    @rule(
        found=st.lists(events(), max_size=4),
        corrected=st.lists(st.tuples(events(), st.integers(0, 9)), max_size=4),
        facts=st.one_of(st.none(), FITTING_ATTRIBUTES),
        customer=FEW,
    )
    def fill(
        self,
        found: list[Event],
        corrected: list[tuple[Event, int]],
        facts: dict[str, Any] | None,
        customer: str,
    ) -> None:
        super().backfill_events(found, customer)
        for event, place in corrected:
            super().backfill_correction(event, place, customer, missing_ok=True)
        if facts is not None:
            super().backfill_attributes(facts, customer)

    @rule(attributes=FITTING_ATTRIBUTES, customer=FEW)
    def set_attributes(self, attributes: dict[str, Any], customer: str) -> None:
        super().set_attributes(attributes, customer, timedelta(0))

    @rule(known=st.booleans(), step=STEPS)
    def merge(self, known: bool, step: timedelta) -> None:  # noqa: FBT001
        super().merge(["ann", "bob", "cid"] if known else ["bob", "ann", "cid"], step)

    @rule(customer=FEW)
    def forget(self, customer: str) -> None:
        super().forget(customer)


CorrectionMachine.TestCase.settings = settings(stateful_step_count=40)
TestCorrectionsExact = CorrectionMachine.TestCase
