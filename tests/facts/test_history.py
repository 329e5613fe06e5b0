"""One customer's facts: logs and tracks."""

from decimal import Decimal
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from segrules import Event
from segrules.facts.history import Fingerprints, History, Keys, Log, Track
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


KEYS = st.tuples(st.text(max_size=3), st.text(max_size=3))


@given(st.lists(KEYS), KEYS)
def test_fingerprints(keys: list[tuple[str, str]], other: tuple[str, str]) -> None:
    """Fingerprints know the keys they have seen."""
    for seen in (Fingerprints(), Keys()):
        known = set[tuple[str, str]]()
        for key in keys:
            assert seen.add(*key) is (key not in known)
            known.add(key)
        assert (other in seen) is (other in known)
        assert all(key in seen for key in known)
        if isinstance(seen, Fingerprints):
            assert len(seen.seen) == len(known)
            assert all(seen.has(hash(key)) for key in known)
        else:
            assert sorted(seen) == sorted(known)


@given(PAIRS, st.data(), st.booleans(), st.integers(0, 6))
def test_remove(
    pairs: list[tuple[int, Decimal]],
    data: st.DataObject,
    keeps_values: bool,  # noqa: FBT001  # drawn by hypothesis
    number: int,
) -> None:
    """A track without one of its instants is as if that had never come, forgotten or kept."""
    if not pairs:
        return
    gone = data.draw(st.sampled_from(pairs))
    rest = [*pairs]
    rest.remove(gone)
    track, other = (Track(values=[] if keeps_values else None, sums=[0]) for _ in range(2))
    for chosen, each in ((pairs, track), (rest, other)):
        for instant, value in chosen:
            each.add(instant, value)
    track.forget(min(number, len(pairs)))
    place = track.find(*gone)
    assert (place is None) is (gone not in zip(track.times, track.list_values(), strict=True))
    track.remove(place, gone[1])
    assert track.forgotten + len(track.times) == len(rest)
    other.forget(track.forgotten)
    assert track.sums is not None
    assert other.sums is not None
    assert track.sums[-1] == other.sums[-1]
    assert len(track.sums) == len(track.times) + 1
    if place is not None or track.forgotten == 0:
        assert list(track.times) == list(other.times) or number


def test_remove_from_logs() -> None:
    """An event is removed from the log of its type and from that of all types, and stays had."""
    history, one = History(), Event("cart", day(1), {"total": 1}, "c1")
    other = Event("cart", day(1), {"total": 2}, "c2")
    assert history.log(None).events == []
    assert history.find(("cart", "c1")) is None
    for each in (other, one, event("view", 1)):
        assert history.add(each)
    assert history.find(("cart", "c1")) is one
    history.remove(one)
    assert history.log("cart").events == [other]
    assert history.log("cart").times == [micros(1)]
    assert len(history.log(None).events) == 2
    assert history.find(("cart", "c1")) is None
    assert not history.add(one)


@pytest.mark.parametrize("ids", [Keys(), Fingerprints()])
def test_once(ids: Keys | Fingerprints) -> None:
    """An event with an id is taken once, one without always; the type belongs to the id."""
    history = History(ids=ids)
    first = Event("cart", day(1), id="c1")
    assert history.add(first)
    assert history.add(Event("view", day(2), id="c1"))
    assert not history.add(Event("cart", day(2), id="c1"))
    assert not history.remember(first)
    assert history.remember(Event("view", day(2), id="c2"))
    assert not history.add(Event("view", day(2), id="c2"))
    for number in (2, 2):
        assert history.add(event("view", number))
        assert history.remember(event("view", number))
    assert history.log("cart").events == [first]
    assert history.log("view").times == [micros(2)] * 3


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
