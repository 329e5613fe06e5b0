"""What an engine has done so far."""

from datetime import timedelta

import pytest

from segrules.audience.records.stats import Lags
from tests.audience.shop import DAY, HOUR, NOON, purchase, shop, view

SECOND = timedelta(seconds=1)


def lags(*micros: int) -> Lags:
    made = Lags()
    for lag in micros:
        made.add(lag, 1)
    return made


@pytest.mark.parametrize(
    ("number", "half", "most"), [(1, 1, 1), (2, 1, 2), (20, 10, 19), (100, 50, 95)]
)
def test_quantiles(number: int, half: int, most: int) -> None:
    """A quantile is a lag that there was, which its share of the lags does not exceed."""
    made = lags(*range(number, 0, -1))
    assert made.quantile(0.5) == timedelta(microseconds=half)
    assert made.quantile(0.95) == timedelta(microseconds=most)
    assert made.maximum == timedelta(microseconds=number)


def test_nothing_yet() -> None:
    """Before the first change there is no lag."""
    made = Lags()
    made.add(5, 0)
    assert (made.quantile(0.5), made.maximum) == (None, None)


def test_ahead() -> None:
    """What was known before it happened lags by nothing, however many it changes."""
    made = Lags()
    made.add(-5, 3)
    assert (made.quantile(0.95), made.maximum, len(made.newest)) == (timedelta(0), timedelta(0), 3)


def test_newest() -> None:
    """Quantiles are of the newest; the longest is of all."""
    made = lags(9_000_000)
    made.add(1_000_000, 10_000)
    assert (made.quantile(0.95), made.maximum) == (SECOND, 9 * SECOND)


def test_engine() -> None:
    """An engine counts what it does, and tells how far it lags."""
    engine = shop(fresh="any event within 2 days", buyers="count of orders >= 1")
    assert engine.stats.lag_max is None
    engine.apply(purchase(0, event_id="o1"), customer="ann", at=NOON + HOUR)
    engine.apply(purchase(0, event_id="o1"), customer="ann", at=NOON + HOUR)
    stats = engine.stats
    assert (stats.events, stats.changes, stats.deadlines) == (1, 2, 1)
    assert (stats.lag_p50, stats.lag_p95, stats.lag_max) == (HOUR, HOUR, HOUR)
    assert stats.evaluations == 2
    engine.apply(view(0.5), customer="ann", at=NOON + 12 * HOUR)
    engine.advance_to(NOON + 9 * DAY)
    stats = engine.stats
    assert (stats.events, stats.changes, stats.deadlines) == (2, 3, 0)
    assert (stats.wakeups, stats.spurious) == (1, 0)
    assert stats.lag_max == 6.5 * DAY


def test_without_a_change() -> None:
    """An event that changes nothing does not lag."""
    engine = shop(one="count of orders within 7 days >= 1 AND country = 'GB'")
    engine.apply(purchase(-5), customer="ann", at=NOON)
    assert engine.stats.lag_max is None


def test_spurious() -> None:
    """A deadline at which nothing turns is counted as such."""
    engine = shop(few="count of orders between 10 days ago and 1 day ago >= 30")
    for hour in range(20):
        engine.apply(purchase(hour / 24), customer="ann", at=NOON + DAY)
    engine.advance_to(NOON + 30 * DAY)
    stats = engine.stats
    assert stats.wakeups == stats.spurious > 0
    assert stats.changes == 0
