"""Membership day by day, while a replay runs."""

from collections import Counter, deque
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import date, tzinfo
from functools import partial
from typing import Final, TypeAlias

from attrs import define, field, frozen

from segrules import Change, Segment
from segrules.cli.screen import Screen, Show
from segrules.cli.shown import Column, Table, on_one_line
from segrules.language.quantities import count
from segrules.meaning.calendar import to_local

DAYS_SHOWN: Final = 14
BARS: Final = "▁▂▃▄▅▆▇█"


@frozen
class Day:
    """How many customers joined and left each segment on a day, and its members at the end."""

    date: date
    joined: Mapping[str, int]
    left: Mapping[str, int]
    members: Mapping[str, int]


EndDay: TypeAlias = Callable[[Day], None]


@define
class DayBook:
    """Changes counted by day in a time zone. Calls `end_day` with each day that has changes."""

    zone: tzinfo
    end_day: EndDay
    today: date | None = None
    joined: Counter[str] = field(factory=Counter)
    left: Counter[str] = field(factory=Counter)
    members: Counter[str] = field(factory=Counter)

    def note(self, change: Change) -> None:
        """Count the next change."""
        day = to_local(change.at, self.zone).date()
        if day != self.today:
            self.close()
            self.today = day
        (self.joined if change.joined else self.left)[change.segment] += 1
        self.members[change.segment] += 1 if change.joined else -1

    def close(self) -> None:
        """End the current day, if it has changes."""
        if self.today is not None:
            self.end_day(Day(self.today, self.joined, self.left, dict(self.members)))
        self.joined, self.left = Counter(), Counter()


@contextmanager
def watch(
    screen: Screen, segments: Sequence[Segment], zone: tzinfo
) -> Iterator[Callable[[Change], None]]:
    """Return a context that shows the changes given to it: a live table, or a line per day."""
    if not screen.is_live:
        book = DayBook(zone, lambda day: screen.say(_line(day, segments)))
        yield book.note
        book.close()
        return
    past: deque[Day] = deque(maxlen=DAYS_SHOWN)
    with screen.animate() as show:
        book = DayBook(zone, partial(_show, past, segments, screen, show))
        yield book.note
        book.close()


def _show(
    past: deque[Day], segments: Sequence[Segment], screen: Screen, show: Show, day: Day
) -> None:
    past.append(day)
    chosen = choose_biggest(segments, day.members, screen.rows)
    hidden = len(segments) - len(chosen)
    show(_table(past, chosen, f"{count(hidden, 'smaller segment')} not shown" if hidden else ""))


def choose_biggest(
    segments: Sequence[Segment], members: Mapping[str, int], room: int | None
) -> Sequence[Segment]:
    """Return the biggest segments that there is room for, in their own order."""
    if room is None or len(segments) <= room:
        return segments
    ranked = sorted(segments, key=lambda segment: -members.get(segment.name, 0))
    kept = {segment.name for segment in ranked[:room]}
    return [segment for segment in segments if segment.name in kept]


def _line(day: Day, segments: Sequence[Segment]) -> str:
    moves = (
        f"{on_one_line(key)} {day.members[key]}"
        f"{_moved('+', day.joined[key])}{_moved('-', day.left[key])}"
        for key in (segment.name for segment in segments)
        if day.joined[key] or day.left[key]
    )
    return f"{day.date}  {', '.join(moves)}"


def _moved(sign: str, number: int) -> str:
    return f" {sign}{number}" if number else ""


def _table(past: Sequence[Day], segments: Sequence[Segment], caption: str) -> Table:
    today = past[-1]
    return Table(
        (
            Column("Segment"),
            Column("Members", is_number=True, style="strong"),
            Column("Joined", is_number=True, style="good"),
            Column("Left", is_number=True, style="bad"),
            Column(f"Last {DAYS_SHOWN} days", style="note"),
        ),
        [
            (
                segment.title or segment.name,
                f"{today.members.get(segment.name, 0):,}",
                _moved("+", today.joined[segment.name]).strip(),
                _moved("-", today.left[segment.name]).strip(),
                draw_line([day.members.get(segment.name, 0) for day in past]),
            )
            for segment in segments
        ],
        title=f"{today.date:%A, %Y-%m-%d}",
        caption=caption,
    )


def draw_line(counts: Sequence[int]) -> str:
    """Return counts as bars, the largest as high as a bar can be."""
    top = max(counts) or 1
    return "".join(BARS[number * (len(BARS) - 1) // top] for number in counts)
