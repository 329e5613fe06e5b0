"""The engine against the reference, after everything that can happen to it."""

from datetime import timedelta
from typing import Any

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from segrules.audience.change import Change
from segrules.audience.engine import Engine
from segrules.audience.segments import SegmentError
from segrules.evaluation.customer import Customer
from segrules.evaluation.facts import Event, FactError
from segrules.evaluation.reference import judge
from segrules.language.limits import Limits
from segrules.meaning.calendar import to_micros
from tests.strategies.store import (
    ATTRIBUTES,
    CENTRE,
    EVENTS,
    FITTING_ATTRIBUTES,
    FITTING_EVENTS,
    RULES,
    SCHEMA,
    aggregates,
    event_conditions,
    that_groups,
)

LIMITS = Limits(levels=12)
PEOPLE = st.sampled_from(["ann", "bob"])
STEPS = st.sampled_from(
    [timedelta(0), timedelta(microseconds=1), timedelta(hours=6), timedelta(days=1)]
    + [timedelta(days=n) for n in (3, 7, 14)]
)
LAGS = st.sampled_from(
    [timedelta(0)] * 4 + [timedelta(hours=6), timedelta(days=2), -timedelta(days=1)]
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
            "sum of total of orders within 7 days > 1",
            "any event in this week",
        ]
    ),
)


class EngineMachine(RuleBasedStateMachine):
    """Drives an engine, and keeps every fact beside it for the reference to judge."""

    def __init__(self) -> None:
        super().__init__()
        self.engine = Engine(SCHEMA, limits=LIMITS)
        self.now = CENTRE - timedelta(days=20)
        self.attributes: dict[str, dict[str, Any]] = {}
        self.events: dict[str, list[Event]] = {}
        self.picked: set[str] = set()
        self.members: dict[str, set[str]] = {"picked": set()}

    @initialize(texts=st.lists(st.one_of(TIMELY, TIMELY, RULES), min_size=5, max_size=8))
    def begin(self, texts: list[str]) -> None:
        self.engine.add_list("picked")
        self.note(self.engine.advance_to(self.now))
        for number, text in enumerate(texts):
            self.add_or_edit(text, f"segment {number}")

    def note(self, changes: tuple[Change, ...]) -> None:
        """Hold that changes alternate, come in the order of time, and not after the clock."""
        instants = [change.at for change in changes]
        assert instants == sorted(instants)
        for change in changes:
            assert change.at <= self.now
            members = self.members[change.segment]
            assert (change.customer in members) is not change.joined
            (members.add if change.joined else members.remove)(change.customer)

    def known(self, customer: str) -> None:
        self.attributes.setdefault(customer, {})
        self.events.setdefault(customer, [])

    @rule(text=st.one_of(TIMELY, RULES), name=NAMES)
    def add_or_edit(self, text: str, name: str) -> None:
        text = text.replace("in cohort 'march'", "in segment 'picked'")
        if name in self.engine.segments:
            self.note(self.engine.edit_segment(name, text))
        else:
            self.members[name] = set()
            self.note(self.engine.add_segment(name, text))

    @precondition(lambda self: "segment 0" in self.engine.segments)
    @rule()
    def refer(self) -> None:
        if "user" in self.engine.segments:
            self.engine.remove_segment("user")
            return
        self.members["user"] = set()
        self.note(self.engine.add_segment("user", "NOT (in segment 'segment 0')"))

    @rule(name=NAMES)
    def remove(self, name: str) -> None:
        before = self.engine.segments
        try:
            self.engine.remove_segment(name)
        except SegmentError:
            assert self.engine.segments == before

    @rule(
        event=st.one_of(FITTING_EVENTS, FITTING_EVENTS, FITTING_EVENTS, EVENTS),
        customer=PEOPLE,
        step=STEPS,
    )
    def apply(self, event: Event, customer: str, step: timedelta) -> None:
        before = self.engine.now
        try:
            self.now += step
            changes = self.engine.apply(event, customer=customer, at=self.now)
        except FactError:
            self.now -= step
            assert self.engine.now == before
            return
        self.known(customer)
        self.events[customer].append(event)
        self.note(changes)
        again = self.engine.apply(event, customer=customer, at=self.now)
        if event.id is None:
            self.events[customer].append(event)
        else:
            assert again == ()
        self.note(again)

    @rule(
        attributes=st.one_of(FITTING_ATTRIBUTES, FITTING_ATTRIBUTES, ATTRIBUTES),
        customer=PEOPLE,
        step=STEPS,
    )
    def set_attributes(self, attributes: dict[str, Any], customer: str, step: timedelta) -> None:
        try:
            self.now += step
            changes = self.engine.set_attributes(customer, attributes, at=self.now)
        except FactError:
            self.now -= step
            return
        self.known(customer)
        self.attributes[customer].update(attributes)
        self.note(changes)

    @rule(customer=PEOPLE, add=st.booleans())
    def pick(self, customer: str, add: bool) -> None:  # noqa: FBT001  # drawn by hypothesis
        if add:
            self.known(customer)
        (self.picked.add if add else self.picked.discard)(customer)
        if add:
            self.note(self.engine.edit_list("picked", add=[customer]))
        else:
            self.note(self.engine.edit_list("picked", remove=[customer]))

    @rule(step=STEPS)
    def advance(self, step: timedelta) -> None:
        self.now += step
        self.note(self.engine.advance_to(self.now))

    @invariant()
    def exact(self) -> None:
        """Every segment's members are those whom the reference finds."""
        at = to_micros(self.now)
        for segment in self.engine.segments:
            if segment == "picked":
                assert self.engine.members(segment) == self.picked
                continue
            condition = self.engine.rule(segment).checked.condition
            expected = {
                name
                for name in self.events
                if judge(condition, self.person(name), at, SCHEMA.vocabulary.calendar)[0]
            }
            assert self.engine.members(segment) == expected
            assert self.members[segment] == expected

    def person(self, name: str) -> Customer:
        picked = {"picked"} if name in self.picked else set()
        return Customer(name, self.attributes[name], self.events[name], segments=picked)


EngineMachine.TestCase.settings = settings(max_examples=60, stateful_step_count=25, deadline=None)
TestEngineExact = EngineMachine.TestCase
