"""Tests on instants: many windows at once."""

import pytest

from segrules import Rule
from segrules.evaluation.atoms import Followed, Instant, Moment, Newest, Oldest, Picked
from segrules.evaluation.canonical import canonize
from segrules.evaluation.families import compile_family
from segrules.evaluation.instants import compile_instants, compile_lying, sort_windows, tabulate
from segrules.evaluation.streams import Stream, compile_stream
from segrules.facts.history import History
from segrules.meaning.calendar import DAWN, DAY, NEVER
from segrules.meaning.conditions import (
    EventTest,
    Exactly,
    Fixed,
    InRange,
    Months,
    Now,
    PeriodStart,
    Property,
    TermTest,
    That,
    Window,
)
from segrules.plan.formula import find_atoms
from segrules.rule import condition_of
from tests.evaluation.facing import CALENDAR, day, event, history, micros
from tests.strategies.store import SCHEMA

LAST_2, LAST_7 = Window(Exactly(-2 * DAY)), Window(Exactly(-7 * DAY))
OLDER = Window(None, Exactly(-2 * DAY))
CART = Stream("cart")
HIGH = TermTest(Property(("total",)), InRange(low=1))  # type: ignore[arg-type]  # a plain number will do
ALWAYS = [(1, Window())]


def days(until: int) -> int | None:
    return None if until == NEVER else (until - micros(0)) // DAY


@pytest.mark.parametrize(
    ("at", "mask", "until"),
    [(4, 3, 7), (5, 3, 7), (6, 3, 7), (7, 6, 12), (11, 6, 12), (12, 4, None)],
)
def test_ages(at: int, mask: int, until: int | None) -> None:
    """Windows of exact lengths change with the age of the instant, which may lie ahead."""
    lies = compile_lying([(1, LAST_2), (2, LAST_7), (4, OLDER)], CALENDAR)
    found, turns = lies(micros(5), micros(at))
    assert (found, days(turns)) == (mask, until)


def test_ahead() -> None:
    """An attribute's instant may lie ahead: `within next 2 days`, then no more."""
    lies = compile_lying([(1, Window(Now(), Exactly(2 * DAY)))], CALENDAR)
    assert [(m, days(u)) for m, u in (lies(micros(9), micros(at)) for at in (5, 7, 8, 9))] == [
        (0, 7),
        (1, 9),
        (1, 9),
        (0, None),
    ]


def test_dates() -> None:
    """Windows bound to dates depend on the instant alone."""
    lies = compile_lying(
        [
            (1, Window(Fixed(micros(5)))),
            (2, Window(None, Fixed(micros(9)))),
            (4, Window(Fixed(micros(5)), Fixed(micros(9)))),
            (8, Window()),
            (16, Window(Fixed(micros(9)), Fixed(micros(5)))),
        ],
        CALENDAR,
    )
    found = [lies(micros(number), micros(0)) for number in (4, 5, 8, 9)]
    assert found == [(0b1010, NEVER), (0b1111, NEVER), (0b1111, NEVER), (0b1001, NEVER)]


def test_calendar() -> None:
    """Windows of the calendar are asked one by one, and the first to turn says until when."""
    month = Window(Months(-1), Now())
    today = Window(PeriodStart("day", 0), PeriodStart("day", 1))
    lies = compile_lying([(1, month), (2, today), (4, LAST_7)], CALENDAR)
    noon = micros(5) + DAY // 2
    assert lies(noon, micros(5)) == (0b110, noon)
    assert lies(noon, noon) == (0b111, micros(6))
    assert lies(noon, micros(6)) == (0b101, noon + 7 * DAY)
    found, until = lies(noon, noon + 7 * DAY)
    assert (found, days(until)) == (1, 36)
    assert lies(noon, until) == (0, NEVER)


def test_sorted() -> None:
    """Windows are told apart by what they depend on."""
    mixed = Window(Fixed(micros(1)), Exactly(-DAY))
    spans, dates, others = sort_windows(
        [(1, LAST_2), (2, OLDER), (4, Window(Fixed(3))), (8, mixed), (16, Window(None, Now()))]
    )
    assert spans == [(DAWN, 2 * DAY, 1), (2 * DAY, NEVER, 2), (0, NEVER, 16)]
    assert dates == [(3, NEVER, 4)]
    assert others == [(8, mixed)]


def test_tabulate() -> None:
    """A table says what holds before its first edge and after each; empty stretches are none."""
    assert tabulate([(DAWN, 5, 1), (3, NEVER, 2), (4, 4, 4), (9, 1, 8)]) == ([3, 5], [1, 3, 2])
    assert tabulate([]) == ([], [0])


KNOWN = [event("cart", 1, total=5), event("cart", 3), event("cart", 5, total=5), event("cart", 20)]


def tracked(*sources: Stream) -> History:
    known = history(*KNOWN, event("view", 4))
    for stream in sources:
        reader = compile_stream(stream)
        known.tracks[reader.name] = reader.gather(known)
    return known


def find(source: Instant, known: History, at: int) -> tuple[int | None, int | None]:
    """Return the day that a source finds, by asking in which day it lies."""
    looks = [
        (1 << number, Window(Fixed(micros(number)), Fixed(micros(number + 1))))
        for number in range(30)
    ]
    mask, until = compile_instants(source, looks, CALENDAR)(known, micros(at))
    return (mask.bit_length() - 1 if mask else None), days(until)


@pytest.mark.parametrize("known", [tracked(), tracked(CART, Stream("cart", HIGH))])
@pytest.mark.parametrize(
    ("source", "at", "found"),
    [
        (Newest(CART, 1), 0, (None, 1)),
        (Newest(CART, 1), 4, (3, 5)),
        (Newest(CART, 2), 4, (1, 5)),
        (Newest(CART, 3), 4, (None, 5)),
        (Newest(CART, 1), 25, (20, None)),
        (Newest(CART, 9), 25, (None, None)),
        (Newest(Stream("cart", HIGH), 1), 6, (5, None)),
        (Newest(Stream("cart", HIGH), 2), 6, (1, None)),
        (Newest(Stream("cart", HIGH), 3), 25, (None, None)),
        (Newest(Stream("sneeze"), 1), 6, (None, None)),
        (Oldest(CART), 0, (None, 1)),
        (Oldest(CART), 4, (1, None)),
        (Oldest(Stream("sneeze")), 4, (None, None)),
        (Picked("last", "cart", HIGH), 0, (None, 1)),
        (Picked("last", "cart", HIGH), 4, (None, 5)),
        (Picked("last", "cart", HIGH), 6, (5, 20)),
        (Picked("last", "cart", HIGH), 21, (None, None)),
        (Picked("first", "cart", HIGH), 4, (1, None)),
        (Picked("first", "sneeze", HIGH), 4, (None, None)),
        (Followed(Newest(CART, 1), Newest(Stream("view"), 1)), 4, (3, 5)),
        (Followed(Newest(CART, 1), Newest(Stream("view"), 1)), 3, (None, 4)),
        (Followed(Newest(CART, 1), Newest(Stream("view"), 1)), 0, (None, 1)),
        (Followed(Newest(CART, 1), Newest(Stream("view"), 1)), 6, (None, 20)),
        (Followed(Oldest(CART), Newest(Stream("view"), 2)), 6, (None, None)),
    ],
)
def test_found(
    known: History, source: Instant, at: int, found: tuple[int | None, int | None]
) -> None:
    """What a source finds, and until when: in the log or in a track."""
    instant, until = find(source, known, at)
    assert (instant, until) == found


def test_moment() -> None:
    """The instant of an attribute, if it is one."""
    assert find(Moment(("renewsAt",)), history(renewsAt=day(7)), 1) == (7, None)
    for value in (7, None, "2026-03-07"):
        assert find(Moment(("renewsAt",)), history(renewsAt=value), 1) == (None, None)


def test_not_another_event() -> None:
    """A window that speaks of another event is none of these."""
    with pytest.raises(TypeError, match="another event"):
        compile_lying([(1, Window(That(EventTest("last", "cart"), "after")))], CALENDAR)


def test_logs_are_looked_through_as_far_as_windows_reach() -> None:
    """Where no track is kept, an event is found up to the very end of the longest window."""
    condition = condition_of(Rule("any event of type 'cart' has total > 2 within 10 days", SCHEMA))
    [atom] = find_atoms(canonize(condition))
    look = compile_family(atom.source, [(1, atom.test)], SCHEMA._vocabulary.calendar)
    known = history(event("cart", 0, total=3), event("cart", 1, total=1))
    end = micros(10)
    assert look(known, end - 1) == (1, end)
    assert look(known, end)[0] == 0
