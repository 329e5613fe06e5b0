import io
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from segrules import Change, Rule, Schema, Segment
from segrules.cli.screen import PlainScreen
from segrules.cli.shown import Table
from segrules.cli.watching import Day, DayBook, choose_biggest, draw_line, watch
from segrules.results import Cause

NOON = datetime(2026, 7, 1, 12, tzinfo=UTC)
SEGMENT = Segment("a", Rule("email is set", Schema.commerce()), "All")


def change(hours: float, *, joined: bool = True) -> Change:
    return Change("ann", "a", joined, NOON + timedelta(hours=hours), Cause("clock"))


def test_days_are_the_shops_own() -> None:
    """A change belongs to the day that clocks in the time zone show."""
    days: list[Day] = []
    book = DayBook(ZoneInfo("Europe/London"), days.append)
    for each in (change(0), change(10.99, joined=False), change(11), change(11)):
        book.note(each)
    assert [(str(day.date), dict(day.joined), dict(day.left)) for day in days] == [
        ("2026-07-01", {"a": 1}, {"a": 1})
    ]
    book.close()
    assert str(days[1].date) == "2026-07-02"
    assert [day.members["a"] for day in days] == [0, 2]


def test_without_changes_there_are_no_days() -> None:
    """Without changes, no day is shown."""
    out = io.StringIO()
    with watch(PlainScreen(out), [SEGMENT], UTC):
        pass
    assert out.getvalue() == ""


def test_a_table_that_moves(monkeypatch: pytest.MonkeyPatch) -> None:
    """On a live screen, the table shows each day and the days before it."""
    screen, tables = PlainScreen(io.StringIO()), list[Table]()
    monkeypatch.setattr(PlainScreen, "is_live", True)
    monkeypatch.setattr(screen, "show", tables.append)
    with watch(screen, [SEGMENT], UTC) as note:
        for hours in (0, 24, 48, 48):
            note(change(hours))
    assert [table.rows[0] for table in tables] == [
        ("All", "1", "+1", "", "█"),
        ("All", "2", "+1", "", "▄█"),
        ("All", "4", "+2", "", "▂▄█"),
    ]
    assert tables[-1].title == "Friday, 2026-07-03"


def test_the_biggest_are_shown(monkeypatch: pytest.MonkeyPatch) -> None:
    """With little room, the biggest segments are shown, and the caption counts the others."""
    others = [Segment(key, SEGMENT.rule) for key in "bcd"]
    assert choose_biggest([SEGMENT, *others], {"a": 1, "c": 9, "d": 2}, 2) == others[1:]
    screen, tables = PlainScreen(io.StringIO()), list[Table]()
    monkeypatch.setattr(PlainScreen, "is_live", True)
    monkeypatch.setattr(PlainScreen, "rows", 1)
    monkeypatch.setattr(screen, "show", tables.append)
    with watch(screen, [*others, SEGMENT], UTC) as note:
        note(change(0))
    assert [row[0] for row in tables[0].rows] == ["All"]
    assert tables[0].caption == "3 smaller segments not shown"


def test_lines() -> None:
    """The largest count is the highest bar, and 0 is the lowest."""
    assert draw_line([0, 1, 4, 8]) == "▁▁▄█"
    assert draw_line([0, 0]) == "▁▁"
