"""An engine's clock."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from io import StringIO
from typing import Any, Literal

import pytest

from segrules import Change, Engine, Event, FactError, Refresh, SegrulesError
from segrules.errors import ArgumentError
from tests.audience.shop import DAY, HOUR, NOON, SCHEMA, purchase, shop, told, view

MICROSECOND = timedelta(microseconds=1)


def storm(number: int) -> Engine:
    """Return an engine in which so many customers' deadlines fall due at once, two days on."""
    engine = shop(fresh="any event within 2 days", silent="no event within 2 days")
    for each in range(number):
        engine.apply(view(), customer=f"c{each}", at=NOON)
    return engine


def test_budget() -> None:
    """Time passes in slices; what is left over is said, and the next call goes on with it."""
    engine, whole = storm(5), storm(5)
    later, found = NOON + 9 * DAY, list[Change]()
    for behind in (True, True, False):
        found += engine.advance_to(later, budget=2)
        assert engine.behind is behind
        assert engine.now == later
    assert found == [*whole.advance_to(later)]
    assert engine.advance_to(later, budget=2) == ()


def test_just_enough() -> None:
    """A budget that is just enough leaves nothing over."""
    engine = storm(2)
    assert len(engine.advance_to(NOON + 2 * DAY, budget=2)) == 4
    assert not engine.behind


def test_live_while_behind() -> None:
    """A live event waits for its own customer's deadlines alone, and is exact."""
    engine = storm(3)
    engine.advance_to(NOON + 2 * DAY, budget=1)
    changes = engine.apply(view(3), customer="c2", at=NOON + 3 * DAY)
    assert told(changes) == [
        ("c2", "fresh", False, "clock"),
        ("c2", "silent", True, "clock"),
        ("c2", "fresh", True, "event"),
        ("c2", "silent", False, "event"),
    ]
    assert [change.at for change in changes] == [NOON + 2 * DAY] * 2 + [NOON + 3 * DAY] * 2
    assert told(engine.apply(view(3), customer="new", at=NOON)) == [("new", "fresh", True, "event")]
    assert engine.set_attributes("c0", {}, at=NOON) == ()
    assert engine.behind
    assert engine.members("fresh") == {"c1", "c2", "new"}
    assert {c.customer for c in engine.advance_to(NOON + 3 * DAY)} == {"c1"}


@pytest.mark.parametrize("budget", [0, -1, True, 1.5, "1"])
def test_bad_budget(budget: int) -> None:
    """A budget that is no number of deadlines is refused, and the clock stands."""
    engine = storm(1)
    with pytest.raises(ArgumentError, match="budget"):
        engine.advance_to(NOON + 9 * DAY, budget=budget)
    assert engine.now == NOON


def test_the_quiet_way() -> None:
    """An event before any deadline moves the clock, and an earlier `at` does not."""
    engine = shop(fresh="any event within 2 days")
    engine.apply(view(), customer="ann", at=NOON + HOUR)
    engine.apply(view(), customer="ann", at=NOON)
    assert engine.now == NOON + HOUR
    fresh = Engine(SCHEMA)
    fresh.apply(purchase(), customer="ann", at=NOON)
    assert fresh.now == NOON


@pytest.mark.parametrize(
    "options",
    [
        {"retain": "some"},
        {"feed_size": 0},
        {"feed_size": True},
        {"feed_size": "9"},
        {"max_step": 366},
        {"max_step": -DAY},
        {"max_step": 0 * DAY},
    ],
)
def test_bad_options(options: dict[str, object]) -> None:
    """An engine is made as its words say, or not at all."""
    with pytest.raises(SegrulesError):
        Engine(SCHEMA, **options)  # type: ignore[arg-type]  # what must fail
    assert Engine(SCHEMA, retain="rules").retain == "rules"
    assert Engine(SCHEMA).retain == "all"


TAKE_AT: list[Callable[[Engine, datetime], object]] = [
    lambda e, at: e.apply(view(), customer="ann", at=at),
    lambda e, at: e.amend(purchase(event_id="o1"), customer="ann", at=at),
    lambda e, at: e.retract("purchase", "o1", customer="ann", at=at),
    lambda e, at: e.set_attributes("ann", {"country": "GB"}, at=at),
    lambda e, at: e.advance_to(at),
    lambda e, at: e.advance_to(at, budget=1),
    lambda e, at: e.backfill("import", at=at),
    lambda e, at: e.merge("anon", "ann", at=at),
    lambda e, at: e.refresh("held", at=at),
    lambda e, at: e.lists.add("new", at=at),
    lambda e, at: e.lists.edit("press", add=["bob"], at=at),
    lambda e, at: e.lists.upload("press", StringIO("id\nbob"), unknown="add", at=at),
]
"""Every call that takes an instant."""


def stepping(**options: Any) -> Engine:
    """Return an engine with a customer of each kind, whose clock is at noon."""
    engine = Engine(SCHEMA, **options)
    engine.add_segment("fresh", "any event within 2 days")
    engine.add_segment("held", "any event", refresh=Refresh.daily())
    engine.lists.add("press")
    engine.apply(purchase(event_id="o1"), customer="ann", at=NOON)
    engine.apply(view(), customer="anon", at=NOON)
    return engine


@pytest.mark.parametrize("call", TAKE_AT)
def test_a_step_too_far(call: Callable[[Engine, datetime], object]) -> None:
    """An instant further ahead of the clock than `max_step` is refused, with advice."""
    engine = stepping()
    before = (engine.now, engine.changes(), engine.audit, engine.stats, dict(engine.lists))
    with pytest.raises(FactError, match="its own clock, and not the event's") as refused:
        call(engine, NOON + 366 * DAY + MICROSECOND)
    assert refused.value.code == "clock-step"
    after = (engine.now, engine.changes(), engine.audit, engine.stats, dict(engine.lists))
    assert after == before
    assert engine.consistent("fresh")
    call(engine, NOON + 366 * DAY)
    assert engine.now == NOON + 366 * DAY


@pytest.mark.parametrize("call", TAKE_AT)
def test_any_step(call: Callable[[Engine, datetime], object]) -> None:
    """Without a `max_step` time may leap; a shorter one holds it tighter."""
    engine = stepping(max_step=None)
    call(engine, NOON + 40_000 * DAY)
    assert engine.now == NOON + 40_000 * DAY
    with pytest.raises(FactError, match="max_step"):
        call(stepping(max_step=HOUR), NOON + HOUR + MICROSECOND)


def test_the_first_instant_is_free() -> None:
    """An engine without a clock takes any first instant, and an earlier one leaves the clock."""
    engine = Engine(SCHEMA)
    engine.advance_to(datetime(1971, 1, 1, tzinfo=UTC))
    with pytest.raises(FactError):
        engine.advance_to(NOON)
    later = Engine(SCHEMA)
    later.advance_to(NOON)
    assert later.advance_to(datetime(1971, 1, 1, tzinfo=UTC)) == ()
    assert later.now == NOON


@pytest.mark.parametrize("retain", ["all", "rules"])
@pytest.mark.parametrize("year", [1, 1970, 2099, 9999])
def test_a_wrong_date(retain: Literal["all", "rules"], year: int) -> None:
    """An event of a device with a wrong date counts when its time comes, and moves nothing else."""
    rules = {
        "fresh": "any event within 2 days",
        "silent": "no event within 2 days",
        "recent": "count of orders within 7 days >= 2",
        "many": "count of orders >= 2",
        "last": "last event of type 'purchase' has total = 10",
    }
    engine, other = shop(retain, **rules), shop(retain, **rules)
    wrong = Event("purchase", datetime(year, 1, 2, tzinfo=UTC), {"total": 99}, "wrong")
    for each in (engine, other):
        each.apply(purchase(event_id="o1"), customer="ann", at=NOON)
    counts = year < 2026
    assert told(engine.apply(wrong, customer="ann", at=NOON)) == (
        [("ann", "many", True, "event")] if counts else []
    )
    assert engine.now == NOON
    for day in (1, 2, 3, 8, 30):
        changes, others = (each.advance_to(NOON + day * DAY) for each in (engine, other))
        assert changes == others
    assert engine.verify()
    if year == 2099:
        for _ in range(80):
            engine.advance_to((engine.now or NOON) + 366 * DAY)
        assert "many" in engine.segments_of("ann")


def test_facts_are_forgotten() -> None:
    """An engine that keeps what its rules ask shows nobody's facts."""
    engine = shop("rules", fresh="any event")
    engine.apply(view(), customer="ann", at=NOON)
    with pytest.raises(SegrulesError, match="retain='all'"):
        engine.customer("ann")
    with pytest.raises(SegrulesError, match="retain='all'"):
        engine.explain("fresh", "ann")
