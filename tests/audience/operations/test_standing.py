"""What `engine.explain` says of a customer's membership beside what the rule says."""

from datetime import UTC, datetime, time

import pytest

from segrules import Engine, Refresh, Schema
from segrules.errors import SegmentError
from tests.audience.shop import DAY, HOUR, NOON, shop, view

PARIS = Schema.commerce(timezone="Europe/Paris")


def held(refresh: Refresh) -> Engine:
    """Return an engine with a segment that holds its members, found at noon."""
    engine = Engine(PARIS)
    engine.advance_to(NOON)
    engine.apply(view(), customer="ann", at=NOON)
    engine.add_segment("fresh", "any event within 2 days", refresh=refresh)
    return engine


def test_still_in_it() -> None:
    """A member whom the rule no longer selects is still in it, since and until its refreshes."""
    engine = held(Refresh.on_demand())
    engine.advance_to(NOON + 3 * DAY)
    found = engine.explain("fresh", "ann")
    assert (found.holds, found.until) == (True, None)
    assert str(found).splitlines() == [
        (
            "yes in segment 'fresh' (on demand): still in it since the refresh of "
            "2026-03-01 13:00:00 CET"
        ),
        "  no  any event within 2 days: none",
    ]
    assert found.to_data()["parts"][0]["holds"] is False
    engine.refresh("fresh")
    assert "not in it since the refresh of 2026-03-04 13:00:00" in str(
        engine.explain("fresh", "ann")
    )


def test_not_in_it_yet() -> None:
    """A customer whom the rule selects by now is not in it before the next refresh."""
    engine = held(Refresh.daily(time(3)))
    engine.apply(view(), customer="bob", at=NOON + HOUR)
    found = engine.explain("fresh", "bob")
    due = datetime(2026, 3, 2, 2, tzinfo=UTC)
    assert (found.holds, found.until, found.parts[0].holds) == (False, due, True)
    assert str(found).splitlines()[0] == (
        "no  in segment 'fresh' (daily at 03:00): not in it yet since the refresh of "
        "2026-03-01 13:00:00 CET, until 2026-03-02 03:00:00 CET"
    )
    engine.advance_to(due)
    assert "in it since the refresh of 2026-03-02 03:00:00" in str(engine.explain("fresh", "bob"))


def test_redacted() -> None:
    """Redacted, the schedule is shown, and nothing of the customer."""
    engine = held(Refresh.daily(time(3)))
    found = engine.explain("fresh", "ann", redact=True)
    assert found.until == datetime(2026, 3, 2, 2, tzinfo=UTC)
    assert found.parts[0].until is None
    assert found.parts[0].found == "a value"


def test_live() -> None:
    """Of a live segment the rule says everything."""
    engine = shop(active="any event")
    engine.apply(view(), customer="ann", at=NOON)
    known = engine.explain("active", "ann")
    assert known == engine.segments["active"].rule.explain(engine.customer("ann"), at=NOON)


@pytest.mark.parametrize("refresh", [Refresh.live(), Refresh.on_demand()])
def test_unknown_customer(refresh: Refresh) -> None:
    """An unknown customer is in no segment, even one whose rule selects customers without facts."""
    engine = shop()
    engine.add_segment("silent", "no event within 30 days", refresh=refresh)
    found = engine.explain("silent", "zoe")
    assert (found.holds, found.until, found.parts[0].holds) == (False, None, True)
    assert str(found).splitlines()[0] == (
        "no  in segment 'silent': the customer is unknown to the engine, and so in no segment"
    )
    assert "zoe" not in str(found)
    assert not engine.is_member("silent", "zoe")


def test_no_clock() -> None:
    """Without a clock there is no instant to explain."""
    engine = Engine(PARIS)
    engine.add_segment("active", "any event")
    with pytest.raises(SegmentError, match="no clock") as refused:
        engine.explain("active", "ann")
    assert refused.value.code == "no-clock"
