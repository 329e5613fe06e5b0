"""One customer's facts: logs and tracks."""

from decimal import Decimal
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from segrules import Event
from segrules.facts.history import Fingerprints, History, Log, Track
from tests.evaluation.facing import day, event, micros
from tests.strategies.store import FITTING_EVENTS

PAIRS = st.lists(st.tuples(st.integers(0, 9), st.integers(-3, 5).map(Decimal)), max_size=12)


@given(st.lists(FITTING_EVENTS, max_size=8), st.randoms(use_true_random=False))
def test_log(events: list[Event], random: Random) -> None:
    """A log is in the events' order, whatever the order in which they came."""
    log = Log()
    for each in events:
        log.add(each)
    random.shuffle(events)
    other = Log()
    for each in events:
        other.add(each)
    assert log.times == other.times == sorted(e._micros for e in events)
    assert [e._order for e in log.events] == [e._order for e in other.events]
    assert [e._order for e in log.events] == sorted(e._order for e in events)


@given(PAIRS)
def test_track(pairs: list[tuple[int, Decimal]]) -> None:
    """A track is in order, with the sums of what lies before each place."""
    track = Track(values=[], sums=[0])
    for instant, value in pairs:
        track.add(instant, value)
    ordered = sorted(pairs, key=lambda pair: pair[0])
    assert list(track.times) == [instant for instant, _ in ordered]
    assert sorted(zip(track.times, track.values or [], strict=True)) == sorted(pairs)
    values = track.values or []
    assert track.sums == [sum(values[:place]) for place in range(len(values) + 1)]
    assert track.refunds is any(value < 0 for _, value in pairs)


def test_instants_alone() -> None:
    """A track without values keeps instants, and a list of them may be looked at as one."""
    track = Track()
    for instant in (5, 3, 5):
        track.add(instant)
    assert list(track.times) == [3, 5, 5]
    assert (track.values, track.sums) == (None, None)


def test_forgetting() -> None:
    """What is forgotten is counted and summed up still."""
    track = Track(values=[], sums=[0])
    for instant, value in ((1, 10), (2, 20), (3, 30)):
        track.add(instant, value)
    track.forget(2, fold=frozenset((10, 20)))
    assert (list(track.times), track.values, track.sums) == ([3], [30], [30, 60])
    assert (track.forgotten, track.folded) == (2, {10, 20})
    track.add(2, -5)
    assert (list(track.times), track.sums, track.refunds) == ([2, 3], [30, 25, 55], True)
    bare = Track()
    bare.add(1)
    bare.forget(1)
    assert (list(bare.times), bare.forgotten) == ([], 1)


@given(st.lists(st.text(max_size=3)), st.text(max_size=3))
def test_fingerprints(texts: list[str], other: str) -> None:
    """Fingerprints know the texts they have seen."""
    seen = Fingerprints()
    for text in texts:
        seen.add(text)
    assert (other in seen) is (other in texts)
    assert all(seen.has(hash(text)) for text in texts)
    assert len(seen.seen) == len(texts)


@pytest.mark.parametrize("ids", [set(), Fingerprints()])
def test_once(ids: set[str] | Fingerprints) -> None:
    """An event with an id is taken once, one without always."""
    history = History(ids=ids)
    first = Event("cart", day(1), id="c1")
    assert history.add(first)
    assert not history.add(Event("view", day(2), id="c1"))
    assert not history.remember(first)
    assert history.remember(Event("view", day(2), id="c2"))
    assert not history.add(Event("view", day(2), id="c2"))
    for number in (2, 2):
        assert history.add(event("view", number))
        assert history.remember(event("view", number))
    assert history.log("cart").events == [first]
    assert history.log("view").times == [micros(2)] * 2


def test_all_types() -> None:
    """The events of all types stand together in order, as they come, and are forgotten."""
    history = History()
    history.keep(event("view", 3))
    assert history.log(None).times == [micros(3)]
    history.keep(event("cart", 1))
    history.add(event("cart", 2))
    assert history.log(None).times == [micros(1), micros(2), micros(3)]
    assert history.log("purchase").times == []
    del history.by_type["cart"]
    history.forget_all()
    assert history.log(None).times == [micros(3)]


def test_values_out_of_sums() -> None:
    """A track that keeps only sums can still tell the values that it has not forgotten."""
    track = Track(sums=[0])
    for instant, value in ((1, Decimal("0.1")), (3, 30), (2, -5)):
        track.add(instant, value)
    assert track.list_values() == [Decimal("0.1"), -5, 30]
    track.forget(1)
    assert track.list_values() == [-5, 30]
    assert Track(values=[7], sums=[0, 7]).list_values() == [7]
