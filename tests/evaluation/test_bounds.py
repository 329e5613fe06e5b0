"""Windows as one customer sees them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from segrules import Event
from segrules.evaluation.bounds import FindEvent, compile_window
from segrules.facts.history import History
from segrules.meaning.calendar import DAWN, DAY, NEVER
from segrules.meaning.conditions import (
    EventTest,
    Exactly,
    Fixed,
    Months,
    Now,
    PeriodStart,
    That,
    Window,
)
from segrules.meaning.windows import find_passing, locate_cut
from tests.evaluation.facing import CALENDAR, event, history, micros
from tests.meaning.zones import HOUR, UNITS, ZONES, at, calendar

CART = EventTest("last", "cart")
AFTER, BEFORE = That(CART, "after"), That(CART, "before")


def find_cart(_: That) -> FindEvent:
    """Find the last cart, which stays so until day 20."""

    def find(known: History, at: int) -> tuple[Event | None, int]:
        carts = [cart for cart in known.log("cart").events if cart._micros <= at]
        return (carts[-1] if carts else None), micros(20)

    return find


@pytest.mark.parametrize(
    ("window", "start", "end"),
    [
        (None, DAWN, NEVER),
        (Window(), DAWN, NEVER),
        (Window(Fixed(micros(2)), Now()), micros(2), micros(10) + 1),
        (Window(Exactly(-7 * DAY), Exactly(-2 * DAY)), micros(3) + 1, micros(8) + 1),
        (Window(PeriodStart("month", 0), PeriodStart("month", 1)), micros(0), micros(31)),
    ],
)
def test_span(window: Window | None, start: int, end: int) -> None:
    """A window without `that` lies where its cuts do, whatever is known."""
    frame = compile_window(window, CALENDAR, find_cart)
    assert frame.span(history(), micros(10)) == (start, end, NEVER)


@pytest.mark.parametrize(
    ("window", "start", "end"),
    [
        (Window(AFTER, Now()), micros(4) + 1, micros(10) + 1),
        (Window(AFTER), micros(4) + 1, NEVER),
        (Window(None, BEFORE), DAWN, micros(4)),
        (Window(Exactly(-7 * DAY), BEFORE), micros(3) + 1, micros(4)),
        (Window(AFTER, BEFORE), micros(4) + 1, micros(4)),
    ],
)
def test_that(window: Window, start: int, end: int) -> None:
    """A cut at another event lies beside it, for as long as that is the event found."""
    frame = compile_window(window, CALENDAR, find_cart)
    assert frame.span(history(event("cart", 4)), micros(10)) == (start, end, micros(20))


@pytest.mark.parametrize("window", [Window(AFTER, Now()), Window(None, BEFORE)])
def test_that_finds_nothing(window: Window) -> None:
    """Where `that` finds no event the window is empty, until it may find one."""
    frame = compile_window(window, CALENDAR, find_cart)
    start, end, turns = frame.span(history(), micros(10))
    assert start >= end
    assert turns == micros(20)


def test_edges() -> None:
    """A window tells when an instant comes in and when it goes."""
    frame = compile_window(Window(Exactly(-7 * DAY), Exactly(-2 * DAY)), CALENDAR, find_cart)
    assert (frame.enters(micros(4)), frame.leaves(micros(4))) == (micros(6), micros(11))
    assert frame.next_edge(micros(4), micros(5)) == micros(6)
    assert frame.next_edge(micros(4), micros(6)) == micros(11)
    assert frame.next_edge(micros(4), micros(11)) == NEVER


def test_edges_of_open_sides() -> None:
    """Through an open side nothing comes or goes by itself, nor through a cut at an event."""
    everything = compile_window(None, CALENDAR, find_cart)
    assert (everything.enters(5), everything.leaves(5)) == (DAWN, NEVER)
    around = compile_window(Window(AFTER, BEFORE), CALENDAR, find_cart)
    assert (around.enters(5), around.leaves(5)) == (NEVER, NEVER)
    month = compile_window(Window(PeriodStart("month", -1), Now()), CALENDAR, find_cart)
    assert (month.enters(micros(4)), month.leaves(micros(4))) == (micros(4), micros(61))


CUTS = st.one_of(
    st.builds(Months, st.sampled_from([-12, -3, -1, 1, 6])),
    st.builds(PeriodStart, st.sampled_from(UNITS), st.integers(-2, 2)),
)
HOURS = st.integers(-72, 72)
ODD_DAYS = ["2025-11-02T05:00Z", "2026-03-29T00:30Z", "2026-01-31T23:00Z", "2011-12-30T00:00Z"]


@given(CUTS, st.sampled_from(ZONES), st.sampled_from(ODD_DAYS), st.data())
def test_hours_are_remembered(
    cut: Months | PeriodStart, zone: str, around: str, data: st.DataObject
) -> None:
    """What is remembered of an hour is what the calendar says, however it is asked for."""
    known = calendar(zone)
    nudges = st.sampled_from([0, 1, -1, 1_700_000_000])
    steps = st.builds(lambda hours, nudge: at(around) + hours * HOUR + nudge, HOURS, nudges)
    frame = compile_window(Window(cut, cut), known, find_cart)
    instants = data.draw(st.lists(steps, min_size=1, max_size=6))
    for instant in [*instants, *reversed(instants)]:
        starts, ends, _ = frame.span(history(), instant)
        assert starts == ends == locate_cut(cut, instant, known)
        assert frame.leaves(instant) == frame.enters(instant) == find_passing(cut, instant, known)
