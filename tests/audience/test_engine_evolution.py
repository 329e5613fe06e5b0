"""Engines that have evolved against engines that had the last schema from the start."""

import copy
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any, Literal, TypeAlias

import pytest
from attrs import frozen
from hypothesis import assume, given
from hypothesis import strategies as st

from segrules import Engine, Event, FactError, Limits, RuleError, Schema, SchemaError
from segrules.errors import ForgottenError
from tests.strategies.store import CENTRE, FITTING_ATTRIBUTES, FITTING_EVENTS, RULES, SCHEMA

Path: TypeAlias = tuple[str, ...]

WHOLE: Mapping[str, Any] = {**SCHEMA.to_data(), "undeclared": "keep"}
LIMITS = Limits(levels=12)

TOTALS = ["spent", "recentSpend", "average"]
COUNTED = [*TOTALS, "orderCount", "tier", "mood"]


def _properties(event_type: str, *names: str) -> list[Path]:
    return [("events", event_type, "properties", name) for name in names]


def _attributes(*names: str) -> list[Path]:
    return [("attributes", name) for name in names]


PARTS: list[list[Path]] = [
    _attributes("points"),
    _attributes("address.city", "tags"),
    _attributes("renewsAt"),
    [("attributes", "optIn", "updated_by"), ("events", "signup")],
    _attributes(*TOTALS) + _properties("purchase", "total"),
    _attributes("mood"),
    [("collections", "orders"), *_attributes(*COUNTED)],
    [("collections", "orders"), *_attributes(*COUNTED, "lastOrderAt"), ("events", "purchase")],
    _attributes("lastActivityAt", "tier", "mood"),
    _properties("purchase", "sku", "gift", "ship.city"),
    _properties("purchase", "labels"),
    _properties("purchase", "shipsAt"),
    _properties("view", "total"),
    _properties("view", "path", "device"),
    [("events", "view")],
    _properties("cart", "total"),
    [("events", "cart")],
]
"""What may be declared later than the rest: each with all that needs it."""

READ: list[list[Path]] = [
    _attributes(*TOTALS) + _properties("purchase", "total"),
    _properties("view", "total") + _properties("cart", "total"),
    [("events", "view"), ("events", "cart")],
    [("collections", "orders"), *_attributes(*COUNTED, "lastOrderAt"), ("events", "purchase")],
    _attributes("points"),
]
"""Those whose facts read differently once they are declared."""

EARLY = [
    "any event within 7 days",
    "no event within 3 days",
    "count of events within 14 days >= 2",
    "last event after 2026-03-20",
    "any event has total > 0",
    "sum of total of events >= 2",
    "count of distinct total of events >= 2",
    "last event has total is set",
    "last event of type 'purchase' within 10 days",
    "count of events of type 'view' >= 2",
    "points > 0",
    "renewsAt within next 7 days",
]
"""Rules that many of the smaller schemas can say."""


@frozen
class Step:
    """What happens at one instant: an event, attributes, or nothing, to one customer."""

    wait: timedelta
    customer: str
    event: Event | None
    attributes: Mapping[str, object] | None


def _as_sent(facts: Mapping[str, Any]) -> dict[str, Any]:
    """Return facts with numbers as text, as shops send them."""
    return {
        name: str(value)
        if isinstance(value, int | float) and not isinstance(value, bool)
        else value
        for name, value in facts.items()
    }


WORDY = st.builds(
    lambda event, total: Event(
        event.type, event.at, {**_as_sent(event.properties), "total": total}, event.id
    ),
    FITTING_EVENTS,
    st.sampled_from(["1", "2.5", "3", "3.0", 1, "many"]),
)
STEPS = st.lists(
    st.builds(
        Step,
        st.sampled_from([timedelta(0), timedelta(hours=6), timedelta(days=1), timedelta(days=5)]),
        st.sampled_from(["ann", "bob"]),
        st.one_of(WORDY, WORDY, FITTING_EVENTS, st.none()),
        st.one_of(st.none(), FITTING_ATTRIBUTES.map(_as_sent)),
    ),
    min_size=3,
    max_size=8,
)


def declare(left_out: list[list[Path]]) -> Schema:
    """Return the store's schema without some of its parts."""
    data: dict[str, Any] = copy.deepcopy(dict(WHOLE))
    for *steps, last in (path for paths in left_out for path in paths):
        at: Any = data
        for step in steps:
            at = at.get(step, {})
        at.pop(last, None)
    return Schema.from_data(data)


FEW_PARTS = st.lists(st.sampled_from(PARTS), max_size=2)
SCHEMAS = st.builds(
    lambda later, never: (declare([*later, *never]), declare(never)),
    st.lists(st.sampled_from([*PARTS, *READ, *READ]), min_size=1, max_size=4),
    st.one_of(st.just([]), FEW_PARTS),
)
"""A schema, and one that declares more."""


def drive(engine: Engine, steps: list[Step], now: datetime) -> tuple[datetime, list[object]]:
    """Give an engine facts; return the clock, and the changes or the refusal of each."""
    told: list[object] = []
    for step in steps:
        now += step.wait
        try:
            if step.event is not None:
                told.append(engine.apply(step.event, customer=step.customer, at=now))
            if step.attributes is not None:
                told.append(engine.set_attributes(step.customer, step.attributes, at=now))
        except FactError as error:
            told.append(error.code)
        told.append(engine.advance_to(now))
    return now, told


def add(engine: Engine, text: str, name: str) -> object:
    """Add a segment; return what came of it."""
    try:
        return engine.add_segment(name, text)
    except (ForgottenError, RuleError) as error:
        return type(error)


def takes(engine: Engine, schema: Schema) -> bool:
    """Let an engine evolve, and tell whether it did."""
    try:
        engine.evolve(schema)
    except SchemaError as error:
        if error.code not in ("changed-rule", "unfit-facts", "changed-answer"):
            raise
        return False
    return True


def state(engine: Engine) -> dict[str, object]:
    """Return what hosts see of an engine, other than its schema and audit log."""
    stats = engine.stats

    def read(name: str) -> object:
        known = engine.customer(name)
        return known.attributes, known.events

    return {
        "members": {name: engine.members(name) for name in engine.segments},
        "customers": engine.customers,
        "now": engine.now,
        "next": engine.next_deadline,
        "feed": engine.changes().token,
        "events": (stats.events, stats.deadlines),
        "facts": [] if engine.retain == "rules" else [*map(read, engine.customers)],
    }


@pytest.mark.parametrize("retain", ["all", "rules"])
@given(
    schemas=SCHEMAS,
    early=st.lists(st.one_of(st.sampled_from(EARLY), RULES), min_size=1, max_size=4),
    late=st.lists(st.one_of(st.sampled_from(EARLY), RULES), max_size=3),
    before=STEPS,
    after=STEPS,
)
def test_as_if_from_the_start(
    retain: Literal["all", "rules"],
    schemas: tuple[Schema, Schema],
    early: list[str],
    late: list[str],
    before: list[Step],
    after: list[Step],
) -> None:
    """An engine that has evolved is as if it had had its schema from the start.

    If it refuses to evolve, nothing has changed.
    """
    first, last = schemas
    evolved = Engine(first, limits=LIMITS, retain=retain, feed_id="both")
    lasting = Engine(last, limits=LIMITS, retain=retain, feed_id="both")
    for number, text in enumerate(early):
        if add(evolved, text, f"early {number}") == ():
            assert add(lasting, text, f"early {number}") == ()
    start = CENTRE - timedelta(days=20)
    now, _ = drive(evolved, before, start)
    was, changes, audit = state(evolved), evolved.changes(), evolved.audit
    if not takes(evolved, last):
        assert (state(evolved), evolved.changes(), evolved.audit) == (was, changes, audit)
        assert evolved.schema is first
        return
    is_same = [name for name in was if name not in ("facts", "next", "events")]
    assert {n: state(evolved)[n] for n in is_same} == {n: was[n] for n in is_same}
    assert evolved.changes() == changes
    assert evolved.verify()
    _, told = drive(lasting, before, start)
    # What has been replaced meanwhile need not have fitted.
    assume(not any(isinstance(each, str) for each in told))
    assert state(evolved) == state(lasting)
    for number, text in enumerate(late):
        assert add(evolved, text, f"late {number}") == add(lasting, text, f"late {number}")
    assert drive(evolved, after, now) == drive(lasting, after, now)
    end = now + timedelta(days=60)
    assert evolved.advance_to(end) == lasting.advance_to(end)
    assert state(evolved) == state(lasting)
