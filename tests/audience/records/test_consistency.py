"""Whether a segment can be relied on."""

import pytest

from segrules import SegmentError
from segrules.results import Consistency
from tests.audience.shop import DAY, NOON, shop, view


def test_words() -> None:
    """It is true without reasons, and reads as a sentence."""
    assert Consistency()
    assert str(Consistency()) == "consistent"
    waiting = Consistency(("one thing", "another"))
    assert not waiting
    assert str(waiting) == "one thing; another"


def test_engine() -> None:
    """A segment is exact unless a backfill is open or deadlines are overdue; lists have none."""
    engine = shop(fresh="any event within 2 days")
    engine.add_list("press")
    for name in ("ann", "bob"):
        engine.apply(view(), customer=name, at=NOON)
    assert engine.consistent("fresh")
    engine.advance_to(NOON + 9 * DAY, budget=1)
    assert engine.behind
    assert "overdue" in str(engine.consistent("fresh"))
    assert engine.consistent("press")
    engine.advance_to(NOON + 9 * DAY)
    assert engine.consistent("fresh")
    with engine.backfill("import", at=NOON + 9 * DAY) as bulk:
        assert str(engine.consistent("fresh")) == "the backfill `import` is open"
        bulk.settle()
        assert not engine.consistent("fresh")
    assert engine.consistent("fresh")
    with pytest.raises(SegmentError, match="unknown segment"):
        engine.consistent("nowhere")
