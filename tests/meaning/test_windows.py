"""Windows of time between two cuts."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from segrules.meaning.calendar import DAWN, DAY, NEVER, SECOND, Calendar, PeriodUnit
from segrules.meaning.conditions import (
    EventTest,
    Exactly,
    Fixed,
    Months,
    MovingCut,
    Now,
    PeriodStart,
    That,
    Window,
)
from segrules.meaning.windows import find_passing, find_stay, is_moving, locate_cut, locate_window
from tests.meaning.zones import UNITS, at, calendar, pairs, show

NOON = at("2026-03-14T12:00Z")
UTC = calendar("UTC")
THAT = That(EventTest("last", "view"), "after")

MOVING: st.SearchStrategy[MovingCut] = st.one_of(
    st.just(Now()),
    st.builds(Exactly, st.integers(-400, 400).map(lambda hours: hours * 3600 * SECOND)),
    st.builds(Months, st.integers(-40, 40).filter(bool)),
    st.builds(PeriodStart, st.sampled_from(UNITS), st.integers(-3, 3)),
)


@pytest.mark.parametrize(
    ("cut", "lies"),
    [
        (Fixed(5), 5),
        (Now(), NOON + 1),
        (Exactly(-DAY), NOON - DAY + 1),
        (Exactly(DAY), NOON + DAY + 1),
        (Months(-1), at("2026-02-14T12:00Z") + 1),
        (PeriodStart("month", 0), at("2026-03-01T00:00Z")),
        (PeriodStart("month", 1), at("2026-04-01T00:00Z")),
    ],
)
def test_place(cut: Fixed | MovingCut, lies: int) -> None:
    """Now and what is measured from it are cut right after; a period right before."""
    assert locate_cut(cut, NOON, UTC) == lies


@pytest.mark.parametrize(
    ("cut", "first"),
    [
        (Fixed(NOON), NEVER),
        (Fixed(NOON + 1), DAWN),
        (Now(), NOON),
        (Exactly(-DAY), NOON + DAY),
        (Months(-1), at("2026-04-14T12:00Z")),
        (Months(-12_000), at("3026-03-14T12:00Z")),
        (Months(1), at("2026-02-14T12:00Z")),
        (PeriodStart("month", 0), at("2026-04-01T00:00Z")),
        (PeriodStart("month", 1), at("2026-03-01T00:00Z")),
    ],
)
def test_passes(cut: Fixed | MovingCut, first: int) -> None:
    """A cut passes an instant at the first time at which it lies after it."""
    assert find_passing(cut, NOON, UTC) == first


@pytest.mark.parametrize(
    ("event", "leaves"),
    [
        ("2026-01-31T12:00Z", "2026-03-01T00:00:00+00:00"),
        ("2026-01-28T12:00Z", "2026-02-28T12:00:00+00:00"),
        ("2026-02-28T12:00Z", "2026-03-28T12:00:00+00:00"),
        ("2028-02-29T12:00Z", "2028-03-29T12:00:00+00:00"),
        ("2026-08-31T12:00Z", "2026-10-01T00:00:00+00:00"),
    ],
)
def test_within_a_month(event: str, leaves: str) -> None:
    """`within 1 month` lasts until the same day and time, or until the short month is over."""
    enters, gone = find_stay(Window(Months(-1), Now()), at(event), UTC)
    assert enters == at(event)
    assert show(gone, "UTC") == leaves


def test_within_a_month_across_a_change_of_clocks() -> None:
    """A month is over when clocks show the same time again, though a day had 23 hours."""
    _, gone = find_stay(Window(Months(-1)), at("2026-03-14T12:00Z"), calendar("Europe/London"))
    assert show(gone, "Europe/London") == "2026-04-14T12:00:00+01:00"


def test_months_beyond_the_calendar() -> None:
    """Where a step leads beyond the calendar, the cut passes never, or has always passed."""
    last, first = at("9999-12-20T00:00Z"), at("0001-01-10T00:00Z")
    assert find_passing(Months(-1), last, UTC) == NEVER
    assert find_passing(Months(1), first, UTC) == DAWN
    assert find_passing(Months(-1), at("9999-11-29T12:00Z"), UTC) == at("9999-12-29T12:00Z")
    assert find_passing(Months(-1), at("9999-11-30T12:00Z"), UTC) == at("9999-12-30T12:00Z")


def test_bounds() -> None:
    """An open side reaches beyond every instant."""
    assert locate_window(Window(), NOON, UTC) == (DAWN, NEVER)
    assert locate_window(Window(Fixed(1), Now()), NOON, UTC) == (1, NOON + 1)
    assert find_stay(Window(), NOON, UTC) == (DAWN, NEVER)


def test_moving() -> None:
    """A window moves with the clock where one of its cuts does."""
    assert not is_moving(Window())
    assert not is_moving(Window(Fixed(1), Fixed(2)))
    assert is_moving(Window(Fixed(1), Now()))
    assert is_moving(Window(Months(-1), None))


def test_cuts_at_events_are_resolved_elsewhere() -> None:
    """A window that refers to an event has no bounds of its own."""
    with pytest.raises(TypeError, match="resolved first"):
        locate_window(Window(THAT), NOON, UTC)
    with pytest.raises(TypeError, match="resolved first"):
        find_stay(Window(None, THAT), NOON, UTC)


@given(pairs(), MOVING)
def test_cuts_are_monotone(drawn: tuple[Calendar, list[int]], cut: MovingCut) -> None:
    """As time goes on, cuts only move forward."""
    zone, (early, late) = drawn
    assert locate_cut(cut, early, zone) <= locate_cut(cut, late, zone)


@given(pairs(1), MOVING)
def test_passing_is_exact(drawn: tuple[Calendar, list[int]], cut: MovingCut) -> None:
    """A cut passes an instant at the first `at` at which it lies after it, and no earlier."""
    zone, (instant,) = drawn
    first = find_passing(cut, instant, zone)
    assert locate_cut(cut, first, zone) > instant >= locate_cut(cut, first - 1, zone)


@given(pairs(2), st.lists(MOVING, min_size=1, max_size=4))
def test_windows_tile(drawn: tuple[Calendar, list[int]], cuts: list[MovingCut]) -> None:
    """Adjacent windows share no instant and leave no gap."""
    zone, (instant, now) = drawn
    ordered = sorted(cuts, key=lambda cut: locate_cut(cut, now, zone))
    edges = [None, *ordered, None]
    windows = [Window(low, high) for low, high in pairwise(edges)]
    assert sum(contains(window, instant, now, zone) for window in windows) == 1


@given(pairs(2), MOVING, MOVING)
def test_stays(drawn: tuple[Calendar, list[int]], start: MovingCut, end: MovingCut) -> None:
    """An instant is inside a window from when it enters until it leaves, and at no other time."""
    zone, (instant, now) = drawn
    window = Window(start, end)
    enters, leaves = find_stay(window, instant, zone)
    assert contains(window, instant, now, zone) == (enters <= now < leaves)


def contains(window: Window, instant: int, now: int, zone: Calendar) -> bool:
    start, end = locate_window(window, now, zone)
    return start <= instant < end


@pytest.mark.parametrize("unit", UNITS)
def test_periods_tile(unit: PeriodUnit) -> None:
    """`last week` ends where `this week` begins, to the microsecond."""
    last = locate_window(Window(PeriodStart(unit, -1), PeriodStart(unit, 0)), NOON, UTC)
    this = locate_window(Window(PeriodStart(unit, 0), PeriodStart(unit, 1)), NOON, UTC)
    assert last[1] == this[0]
    assert this[0] <= NOON < this[1]
