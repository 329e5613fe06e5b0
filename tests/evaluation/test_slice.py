"""The events that lie in a window now."""

from segrules import Event
from segrules.evaluation.bounds import Finder
from segrules.evaluation.slice import Slice, compile_slice
from segrules.facts.history import History
from segrules.meaning.calendar import DAY, NEVER
from segrules.meaning.conditions import Exactly, That, Window
from tests.evaluation.facing import CALENDAR, WEEK, event, history, micros

KNOWN = history(*(event("purchase", n) for n in (1, 4, 6, 12)), event("cart", 5))


def find_nothing(_: That) -> Finder:
    def find(_: History, __: int) -> tuple[Event | None, int]:
        raise AssertionError("no cut here refers to an event")

    return find


def cut(window: Window | None, at: int, event_type: str | None = "purchase") -> Slice:
    return compile_slice(event_type, window, CALENDAR, find_nothing)(KNOWN, micros(at))


def days(piece: Slice) -> list[int]:
    return [(time - micros(0)) // DAY for time in piece.times[piece.low : piece.high]]


def test_window() -> None:
    """Those in the window are taken, and none that has not happened."""
    assert days(cut(WEEK, 10)) == [4, 6]
    assert days(cut(None, 10)) == [1, 4, 6]
    assert days(cut(None, 10, None)) == [1, 4, 5, 6]
    assert days(cut(WEEK, 10, "view")) == []


def test_comings_and_goings() -> None:
    """The next to come is the one that happens next, the next to go the oldest."""
    piece = cut(WEEK, 10)
    assert piece.next_entry() == micros(12)
    assert piece.next_exit() == micros(11)
    assert piece.exit_of(piece.high - 1) == micros(13)


def test_entry_by_ageing() -> None:
    """Into a window that ends before now events come by ageing."""
    piece = cut(Window(None, Exactly(-7 * DAY)), 10)
    assert days(piece) == [1]
    assert piece.next_entry() == micros(11)
    assert piece.next_exit() == NEVER


def test_empty() -> None:
    """Where nothing is, nothing comes or goes."""
    piece = cut(WEEK, 10, "view")
    assert (piece.next_entry(), piece.next_exit()) == (NEVER, NEVER)


def test_reversed() -> None:
    """A window that ends before it starts holds nothing."""
    assert days(cut(Window(Exactly(-2 * DAY), Exactly(-7 * DAY)), 10)) == []
