"""Streams: which events count for something, and what is kept of them."""

from decimal import Decimal

import pytest

from segrules import Event
from segrules.evaluation.streams import Reader, Stream, compile_stream
from segrules.facts.history import History
from segrules.meaning.calendar import NEVER
from segrules.meaning.conditions import Equals, InRange, Property, TermTest
from tests.evaluation.facing import event, history, micros

GIFT = TermTest(Property(("gift",)), Equals(value=True))


def read(stream: Stream) -> Reader:
    return compile_stream(stream)


EVENTS = [
    event("purchase", 1, total=10, gift=True),
    event("purchase", 2, total="none", gift=True),
    event("purchase", 3, total=30),
    event("purchase", 4, total=True, gift=True),
    event("purchase", 5, total=Decimal("0.5"), gift=True),
]


@pytest.mark.parametrize(
    ("stream", "kept"),
    [
        (Stream("purchase"), None),
        (Stream("purchase", GIFT), [1, 2, 4, 5]),
        (Stream("purchase", since=micros(2), before=micros(4)), [2, 3]),
        (Stream("purchase", before=micros(2)), [1]),
        (Stream("purchase", property=("total",), kept="numbers"), [1, 3, 5]),
        (Stream("purchase", property=("total",), kept="scalars"), [1, 2, 3, 4, 5]),
        (Stream("purchase", GIFT, micros(2), property=("total",), kept="numbers"), [5]),
    ],
)
def test_keeps(stream: Stream, kept: list[int] | None) -> None:
    """A stream takes the events of its type that pass its filter, in its time, with a value."""
    keeps = read(stream).keeps
    if keeps is None:
        assert kept is None
    else:
        assert [place for place, each in enumerate(EVENTS, 1) if keeps(each)] == kept


def test_open_track() -> None:
    """What is kept beside an instant is what is asked about."""
    instants, numbers, scalars = (
        read(stream).open_track()
        for stream in (
            Stream("purchase"),
            Stream("purchase", property=("total",), kept="numbers"),
            Stream("purchase", property=("total",), kept="scalars"),
        )
    )
    assert (instants.values, instants.sums) == (None, None)
    assert (numbers.values, numbers.sums) == ([], [0])
    assert (scalars.values, scalars.sums) == ([], None)


def test_take() -> None:
    """A number is kept as it is; 1 and true are different scalars."""
    reader = read(Stream("purchase", property=("total",), kept="scalars"))
    track = reader.gather(history(*EVENTS))
    assert track.values == [(False, 10), (False, "none"), (False, 30), (True, True), (False, 0.5)]
    reader = read(Stream("purchase", property=("total",), kept="numbers"))
    assert reader.gather(history(*EVENTS)).sums == [0, 10, 40, Decimal("40.5")]
    assert list(reader.gather(history(*EVENTS), micros(3)).times) == [micros(3), micros(5)]


def test_read() -> None:
    """A track that is kept is read; without one the log is."""
    known, plain, gifts = history(*EVENTS), read(Stream("purchase")), read(Stream("purchase", GIFT))
    assert plain.read(known, micros(4)).times is known.log("purchase").times
    assert list(gifts.read(known, micros(2)).times) == [micros(2), micros(4), micros(5)]
    known.tracks[gifts.name] = track = gifts.open_track()
    assert gifts.read(known, micros(2)) is track
    assert read(Stream(None)).read(History(), 0).times == []


def test_values() -> None:
    """Without a track, logs tell the values in a stretch of time, and whether more lie ahead."""
    known = history(*EVENTS)
    numbers = read(Stream("purchase", property=("total",), kept="numbers"))
    assert numbers.list_values(known, micros(2), NEVER) == numbers.gather(known, micros(2)).values
    assert numbers.list_values(known, micros(3), micros(5)) == [30]
    gifts = read(Stream("purchase", GIFT))
    assert [each._micros for each in gifts.list_values(known, micros(2), micros(5))] == [
        micros(2),
        micros(4),
    ]
    assert numbers.is_ahead(known, micros(4))
    assert not numbers.is_ahead(known, micros(5))
    assert not numbers.is_ahead(History(), micros(0))


def test_names() -> None:
    """Equal streams have the same name, others have others."""
    high = TermTest(Property(("total",)), InRange(low=Decimal(1)))
    assert read(Stream("cart", high)).name == read(Stream("cart", high)).name
    streams = [Stream("cart"), Stream("cart", high), Stream("cart", GIFT), Stream(None)]
    assert len({read(stream).name for stream in streams}) == len(streams)


def test_every_type() -> None:
    """A stream may be of events of any type."""
    known = history(event("cart", 2), Event("view", event("view", 1).at))
    assert read(Stream(None)).read(known, 0).times == [micros(1), micros(2)]
