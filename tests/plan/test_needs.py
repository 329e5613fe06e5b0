"""What may be forgotten, and that nobody notices."""

from datetime import timedelta
from unittest.mock import patch

import pytest
from hypothesis import given
from hypothesis import strategies as st

from segrules import Event
from segrules.facts.history import History, Log, Track
from segrules.meaning.calendar import DAY, NEVER, to_micros
from segrules.plan import needs
from segrules.plan.needs import (
    Need,
    find_log_needs,
    find_span,
    find_track_needs,
    prune_log,
    prune_track,
)
from segrules.plan.plan import Plan
from tests.evaluation.facing import day, event, history, micros
from tests.evaluation.planned import plan_of
from tests.strategies.store import CONDITIONS, FITTING_EVENTS, MICROSECOND, that_groups

LAGS = st.sampled_from([timedelta(0)] * 3 + [timedelta(days=3), timedelta(days=30)])
LATER = [timedelta(0), MICROSECOND, timedelta(hours=6), timedelta(days=3), timedelta(days=40)]
TIMES = st.sampled_from([timedelta(0), timedelta(days=2), -timedelta(days=5)])


def learn(plan: Plan, lean: History, each: Event, now: int) -> None:
    """Take an event as an engine does that keeps only what its rules can ask."""
    route = plan.route(each.type)
    if route.need is not None:
        lean.keep(each)
        prune_log(lean.by_type[each.type], route.need, now)
        lean.forget_all()
    for subscription in route.subscriptions:
        reader = subscription.reader
        if reader.keeps is None or reader.keeps(each):
            track = lean.tracks.setdefault(reader.name, reader.open_track())
            track.add(each._micros, None if reader.value is None else reader.value(each))
            prune_track(track, subscription.need, now)


@given(
    st.lists(st.one_of(CONDITIONS, that_groups()), min_size=1, max_size=4),
    st.lists(st.tuples(FITTING_EVENTS, LAGS), min_size=4, max_size=14),
    TIMES,
)
def test_nobody_notices(
    texts: list[str], arrivals: list[tuple[Event, timedelta]], early: timedelta
) -> None:
    """Whatever is forgotten as events come and time passes, the answers are those of the log."""
    plan, lean, full = plan_of(*texts), History(), History()
    now = min(each.at for each, _ in arrivals)
    with patch.object(needs, "AMPLE", 1):
        for each, lag in sorted(arrivals, key=lambda arrival: arrival[0].at + arrival[1]):
            now = max(now, each.at + lag + early)
            full.keep(each)
            learn(plan, lean, each, to_micros(now))
            for step in LATER:
                at = to_micros(now + step)
                for family in plan.families.values():
                    assert family.look(lean, at)[0] == family.look(full, at)[0]


@pytest.mark.parametrize(
    ("text", "need"),
    [
        ("any event of type 'cart' within 7 days", Need(newest=1)),
        ("count of orders within 7 days >= 3", Need(newest=3)),
        ("first event of type 'cart' in 2026-03", Need(oldest=True)),
        ("max of total of orders > 5", Need(extremes=True, values=True)),
        ("min of total of orders within 7 days > 5", Need(reach=7 * DAY, values=True)),
        ("count of orders >= 5", Need()),
        ("sum of total of orders within 7 days > 5", Need(reach=7 * DAY)),
        ("sum of total of orders > 5", Need()),
        ("count of distinct sku of orders > 2", Need(distinct=True, values=True)),
        (
            "count of distinct sku of orders within 7 days > 2",
            Need(reach=7 * DAY, values=True),
        ),
        ("count of orders before 3 days ago >= 2", Need(reach=3 * DAY)),
        ("sum of total of orders since 2026-01-01 > 5", Need()),
        ("sum of total of orders within 1 month > 5", Need(reach=33 * DAY)),
    ],
)
def test_tracks(text: str, need: Need) -> None:
    """A track is needed as far as its newest events, a window or the values reach."""
    [subscription] = plan_of(text).subscriptions
    assert subscription.need == need


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("last event of type 'cart' has total > 1", {"cart": Need(newest=1)}),
        ("first event of type 'cart' has total > 1", {"cart": Need(oldest=True)}),
        (
            "any event of type 'cart' has expiresAt within next 2 days within 7 days",
            {"cart": Need(reach=7 * DAY)},
        ),
        ("any event of type 'cart' has expiresAt within 2 days", {"cart": Need(reach=NEVER)}),
        ("last event of type 'cart' has expiresAt within 2 days", {"cart": Need(newest=1)}),
        ("first event of type 'cart' has expiresAt within 2 days", {"cart": Need(oldest=True)}),
        ("points > 1", {}),
        ("renewsAt within 2 days", {}),
        ("in segment 'picked'", {}),
        ("any event of type 'cart'", {}),
        ("first event of type 'cart'", {}),
        ("sum of total of orders > 1", {}),
    ],
)
def test_logs(text: str, found: dict[str, Need]) -> None:
    """Events themselves are needed where their properties are asked about as time goes on."""
    [family] = plan_of(text).families.values()
    assert find_log_needs(family.source) == found


def test_followed() -> None:
    """What comes after another event needs the newest of both."""
    anchored = "{} event of type 'view'{} AND count of orders since that view >= 2"
    for which, has, log in (
        ("any", "", {}),
        ("first", "", {}),
        ("last", " has total > 1", {"view": Need(newest=1)}),
    ):
        plan = plan_of(anchored.format(which, has))
        followed = next(s for s in plan.families if type(s).__name__ == "Followed")
        tracks = find_track_needs(followed)
        assert {s.event_type for s in tracks} >= {"purchase"}
        assert max(need.newest for need in tracks.values()) == 2
        assert find_log_needs(followed) == log
    plan = plan_of(
        "any event of type 'cart' AND count of events of type 'cart' since that cart >= 2"
    )
    followed = next(s for s in plan.families if type(s).__name__ == "Followed")
    assert [*find_track_needs(followed).values()] == [Need(newest=2)]


DAYS = timedelta(days=1)


@pytest.mark.parametrize(
    ("text", "span"),
    [
        ("any event of type 'cart' within 7 days", 7 * DAYS),
        ("count of orders within 7 days >= 3", 7 * DAYS),
        ("any event of type 'cart'", None),
        ("any event of type 'cart' since 2026-01-01", None),
        ("first event of type 'cart' within 7 days", None),
        ("last event of type 'cart' has total > 1 within 7 days", 7 * DAYS),
        ("first event of type 'cart' has total > 1 within 7 days", None),
        ("sum of total of orders within 7 days > 1", 7 * DAYS),
        ("sum of total of orders > 1", None),
        ("count of orders before 7 days ago > 1", None),
        ("any event of type 'cart' has expiresAt within 2 days within 7 days", 7 * DAYS),
        ("any event of type 'cart' has expiresAt within 2 days", None),
        ("points > 1", None),
    ],
)
def test_spans(text: str, span: timedelta | None) -> None:
    """How far back a question reaches is how far back its window does."""
    [atom] = plan_of(text).bits
    assert find_span(atom) == span


@pytest.mark.parametrize(
    ("which", "has", "span"),
    [("any", "", 7 * DAYS), ("last", " has total > 1", 7 * DAYS), ("first", "", None)],
)
def test_span_of_followed(which: str, has: str, span: timedelta | None) -> None:
    """What comes after an event reaches as far back as the event."""
    anchor = f"{which} event of type 'view'{has} within 7 days"
    plan = plan_of(f"{anchor} AND no event of type 'cart' since that view")
    [atom] = [atom for atom in plan.bits if type(atom.source).__name__ == "Followed"]
    assert find_span(atom) == span


def test_lone_attribute() -> None:
    """An attribute beside another event reaches as far back as that event."""
    plan = plan_of("any event of type 'view' within 7 days AND renewsAt after that view")
    [atom] = [atom for atom in plan.bits if type(atom.source).__name__ == "Lone"]
    assert find_span(atom) == 7 * DAYS


def test_covers() -> None:
    """What is kept for more is enough for less."""
    some = Need(newest=2, reach=5)
    assert some.covers(Need(newest=1))
    assert some.covers(some)
    assert not some.covers(Need(newest=3))
    assert not some.covers(Need(oldest=True))
    assert not some.covers(Need(distinct=True))
    assert some | Need(newest=1, reach=9, oldest=True) == Need(2, 9, oldest=True)


def track_of(*values: int) -> Track:
    track = Track(values=[], sums=[0])
    for place, value in enumerate(values):
        track.add(micros(place), value)
    return track


def test_prune_track(monkeypatch: pytest.MonkeyPatch) -> None:
    """Enough is forgotten at once to be worth it; sums and extremes stay."""
    monkeypatch.setattr(needs, "AMPLE", 8)
    values = [3, 1, 9, 4, 4, 5, 6, 7, 8, 2]
    track = track_of(*values)
    for need in (Need(newest=3), Need(reach=NEVER), Need(reach=30 * DAY)):
        prune_track(track, need, micros(20))
        assert track.forgotten == 0
    prune_track(track, Need(newest=2, extremes=True), micros(20))
    assert (track.forgotten, track.folded, track.sums) == (8, {1, 9}, [39, 47, 49])
    track = track_of(*values)
    prune_track(track, Need(reach=DAY, distinct=True), micros(9))
    assert (track.forgotten, track.folded) == (8, {1, 3, 4, 5, 6, 7, 9})
    track = track_of(*values)
    prune_track(track, Need(oldest=True), micros(20))
    assert (track.forgotten, track.first, list(track.times)) == (10, micros(0), [])
    bare = Track()
    for number in range(9):
        bare.add(micros(number))
    prune_track(bare, Need(), micros(7))
    assert (bare.forgotten, bare.folded, list(bare.times)) == (8, frozenset(), [micros(8)])


def test_prune_log(monkeypatch: pytest.MonkeyPatch) -> None:
    """A log keeps its newest, and where it is asked for its very first event."""
    monkeypatch.setattr(needs, "AMPLE", 8)
    for need, kept in (
        (Need(newest=1), [9]),
        (Need(newest=1, oldest=True), [0, 9]),
        (Need(oldest=True), [0]),
        (Need(reach=DAY), [8, 9]),
        (Need(newest=9), [*range(10)]),
    ):
        log = Log()
        for number in range(10):
            log.add(event("cart", number))
        prune_log(log, need, micros(9))
        assert log.times == [micros(number) for number in kept]
        assert [each.at for each in log.events] == [day(number) for number in kept]


def test_what_is_to_come() -> None:
    """Nothing is forgotten that has not happened yet."""
    log = history(*(event("cart", number) for number in range(20))).log("cart")
    prune_log(log, Need(newest=1), micros(9))
    assert log.times == [micros(number) for number in range(9, 20)]
