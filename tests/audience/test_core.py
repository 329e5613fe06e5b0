"""An engine's clock."""

import pytest

from segrules import Change, Engine, SegrulesError
from segrules.errors import ArgumentError
from tests.audience.shop import DAY, HOUR, NOON, SCHEMA, purchase, shop, told, view


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
    "options", [{"retain": "some"}, {"feed_size": 0}, {"feed_size": True}, {"feed_size": "9"}]
)
def test_bad_options(options: dict[str, object]) -> None:
    """An engine is made as its words say, or not at all."""
    with pytest.raises(SegrulesError):
        Engine(SCHEMA, **options)  # type: ignore[arg-type]  # what must fail
    assert Engine(SCHEMA, retain="rules").retain == "rules"
    assert Engine(SCHEMA).retain == "all"


def test_facts_are_forgotten() -> None:
    """An engine that keeps what its rules ask shows nobody's facts."""
    engine = shop("rules", fresh="any event")
    engine.apply(view(), customer="ann", at=NOON)
    with pytest.raises(SegrulesError, match="retain='all'"):
        engine.customer("ann")
    with pytest.raises(SegrulesError, match="retain='all'"):
        engine.explain("fresh", "ann")
