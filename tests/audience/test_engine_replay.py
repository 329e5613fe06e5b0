"""A stream of events through the engine, held against the reference at every step."""

from datetime import datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from segrules import Customer, Engine, Event, Limits
from segrules.evaluation.reference import holds_at
from segrules.meaning.calendar import to_micros
from segrules.rule import condition_of
from tests.strategies.store import (
    CONDITIONS,
    FITTING_EVENTS,
    RULES,
    SCHEMA,
    instants,
    that_groups,
)

LAGS = st.sampled_from([timedelta(0)] * 4 + [timedelta(days=3), -timedelta(days=2)])
TEXTS = st.one_of(CONDITIONS, that_groups(), RULES).map(
    lambda text: text.replace("in cohort 'march'", "in segment 'picked'")
)


@given(
    st.lists(TEXTS, min_size=4, max_size=8),
    st.lists(
        st.tuples(FITTING_EVENTS, LAGS),
        min_size=5,
        max_size=12,
        unique_by=lambda arrival: arrival[0].id or object(),
    ),
    st.lists(instants(), min_size=3, max_size=8),
)
def test_replay(
    texts: list[str], events: list[tuple[Event, timedelta]], stops: list[datetime]
) -> None:
    """Late or early, as events come and time passes, members are those the reference finds."""
    engine = Engine(SCHEMA, limits=Limits(levels=12))
    engine.lists.add("picked")
    for number, text in enumerate(texts):
        engine.add_segment(f"segment {number}", text)
    taken: list[Event] = []
    steps: list[tuple[datetime, Event | None]]

    def hold(at: datetime) -> None:
        customer = Customer("ann", events=taken)
        for number in range(len(texts)):
            condition = condition_of(engine.segments[f"segment {number}"].rule)
            holds = holds_at(condition, customer, to_micros(at), SCHEMA._vocabulary.calendar)
            assert ("ann" in engine.members(f"segment {number}")) is holds, texts[number]

    steps = [(event.at + lag, event) for event, lag in events]
    steps += [(stop, None) for stop in stops]
    now = min(at for at, _ in steps)
    engine.set_attributes("ann", {}, at=now)
    for at, event in sorted(steps, key=lambda step: step[0]):
        now = max(now, at)
        before = {s: engine.members(s) for s in engine.segments}
        if event is None:
            changes = engine.advance_to(now)
        else:
            changes = engine.apply(event, customer="ann", at=now)
            taken.append(event)
        for change in changes:
            before[change.segment] ^= {change.customer}
            assert change.at <= now
        assert before == {s: engine.members(s) for s in engine.segments}
        hold(now)


@given(TEXTS, st.lists(FITTING_EVENTS, min_size=1, max_size=6), instants())
def test_instants_of_change(text: str, events: list[Event], at: datetime) -> None:
    """A change by the clock comes at the very instant at which the reference turns."""
    engine = Engine(SCHEMA, limits=Limits(levels=12), max_step=None)
    engine.lists.add("picked")
    engine.add_segment("one", text)
    start = min(at, *(event.at for event in events))
    for event in events:
        engine.apply(event, customer="ann", at=start)
    condition = condition_of(engine.segments["one"].rule)
    customer = engine.customer("ann")
    for change in engine.advance_to(at + timedelta(days=400)):
        instant = to_micros(change.at)
        holds = [
            holds_at(condition, customer, each, SCHEMA._vocabulary.calendar)
            for each in (instant - 1, instant)
        ]
        assert holds == [not change.joined, change.joined]
        assert change.cause.kind == "clock"
