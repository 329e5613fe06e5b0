"""Families over many customers at once: the same answers, a column at a time.

For each family one pass tells of every customer which of its tests hold; a byte of each, coded,
becomes a column for each test by translation. What is asked most is written out as one expression
for each customer; a family's own look is the judge of it, and answers all that is less plain.
"""

from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from typing import Final, TypeAlias

from segrules.evaluation.atoms import (
    Atom,
    Followed,
    Listed,
    Lone,
    Moment,
    Newest,
    Picked,
    Source,
    Test,
    Total,
    Value,
)
from segrules.evaluation.families import compile_family
from segrules.evaluation.filters import compile_filter
from segrules.evaluation.instants import (
    Look,
    compile_lying,
    sort_windows,
    tabulate,
)
from segrules.evaluation.numbers import compile_grade, compile_measure
from segrules.evaluation.streams import compile_stream
from segrules.facts.history import BLANK, History
from segrules.meaning.calendar import DAWN, NEVER, Calendar
from segrules.meaning.conditions import Exactly, Window
from segrules.plan.columns import to_column
from segrules.plan.needs import find_log_needs, find_track_needs

Tests: TypeAlias = Sequence[tuple[int, Test]]

CODES: Final = 256
ZERO: Final = ord("0")

NOTHING: Final = DAWN
"""Stands for no instant."""
ASK: Final = NEVER
"""Stands for what only the family's look can tell, such as where an event lies in the future."""


class Histories:
    """The histories of many customers, to be swept.

    tracked: the names of the streams of which tracks are kept: whoever has none, has no events.
    """

    def __init__(self, rows: Sequence[History], tracked: Collection[str]) -> None:
        self.rows, self.tracked = rows, tracked
        self._with_track: dict[str, list[int]] = {}
        self._with_type: dict[str | None, list[int]] = {}

    def find_rows(self, source: Source) -> Sequence[int]:
        """Return the rows in which a source may find anything; all where that is not known."""
        streams, types = find_track_needs(source), [*find_log_needs(source)]
        names = {repr(stream): stream.event_type for stream in streams}
        types += [event_type for name, event_type in names.items() if name not in self.tracked]
        if isinstance(source, Value | Moment | Listed | Lone) or None in types:
            return range(len(self.rows))
        found = [self._find_tracks(name) for name in names] + [*map(self._find_type, types)]
        return found[0] if len(found) == 1 else sorted(set().union(*found))

    def _find_tracks(self, name: str) -> list[int]:
        if name not in self._with_track:
            rows = [row for row, history in enumerate(self.rows) if name in history.tracks]
            self._with_track[name] = rows
        return self._with_track[name]

    def _find_type(self, kind: str | None) -> list[int]:
        if kind not in self._with_type:
            rows = [row for row, history in enumerate(self.rows) if kind in history.by_type]
            self._with_type[kind] = rows
        return self._with_type[kind]


def sweep_atoms(
    atoms: Iterable[Atom], histories: Histories, at: int, calendar: Calendar
) -> dict[Atom, int]:
    """Return a column for each atom."""
    families: dict[Source, list[Atom]] = defaultdict(list)
    for atom in atoms:
        families[atom.source].append(atom)
    columns: dict[Atom, int] = {}
    for source, members in families.items():
        found = sweep_family(source, [atom.test for atom in members], histories, at, calendar)
        columns.update(zip(members, found, strict=True))
    return columns


def sweep_family(
    source: Source, tests: Sequence[Test], histories: Histories, at: int, calendar: Calendar
) -> list[int]:
    """Return a column for each test on a source."""
    bits = [(1 << place, test) for place, test in enumerate(tests)]
    look = compile_family(source, bits, calendar, patience=0)
    blank, rows = look(BLANK, at)[0], histories.find_rows(source)
    asked = histories.rows if isinstance(rows, range) else [histories.rows[r] for r in rows]
    masks = _answer(source, bits, look, asked, histories.tracked, at, calendar)
    codes = {mask: code for code, mask in enumerate(dict.fromkeys([blank, *masks]))}
    if len(codes) > CODES:
        # More than a byte can tell apart: half of the tests at a time.
        half = len(tests) // 2
        parts = (tests[:half], tests[half:])
        return [c for part in parts for c in sweep_family(source, part, histories, at, calendar)]
    coded = bytearray(len(histories.rows))
    for row, mask in zip(rows, masks, strict=True):
        coded[row] = codes[mask]
    return [to_column(coded.translate(_digits([*codes], place))) for place in range(len(tests))]


def _digits(masks: Sequence[int], place: int) -> bytes:
    """Return the table that makes of each code the digit of one of its bits."""
    return bytes([ZERO + (mask >> place & 1) for mask in masks]).ljust(CODES, b"0")


def _answer(  # what a sweep is about
    source: Source,
    tests: Tests,
    look: Look,
    histories: Sequence[History],
    tracked: Collection[str],
    at: int,
    calendar: Calendar,
) -> list[int]:
    """Return for each customer which tests hold, a bit for each."""
    masks: list[int] | None = None
    if isinstance(source, Newest | Picked | Followed):
        windows = [(bit, test) for bit, test in tests if isinstance(test, Window)]
        instants = _find_instants(source, histories, tracked, at, calendar)
        masks = None if instants is None else _place(instants, windows, at, calendar)
    elif isinstance(source, Total) and repr(source.stream) in tracked:
        masks = _reckon(source, tests, histories, at, calendar)
    if masks is None:
        return [look(history, at)[0] for history in histories]
    return [
        look(history, at)[0] if mask == ASK else mask
        for history, mask in zip(histories, masks, strict=True)
    ]


def _place(
    instants: list[int], windows: Sequence[tuple[int, Window]], at: int, calendar: Calendar
) -> list[int]:
    """Return in which windows instants lie, a bit for each."""
    spans, dates, others = sort_windows(windows)
    if dates or others:
        lies = compile_lying(windows, calendar)
        return [
            0 if instant == NOTHING else ASK if instant == ASK else lies(instant, at)[0]
            for instant in instants
        ]
    ages, masks = tabulate(spans)
    return [
        0
        if instant == NOTHING
        else ASK
        if instant == ASK
        else masks[bisect_right(ages, at - instant)]
        for instant in instants
    ]


def _find_instants(
    source: Source,
    histories: Sequence[History],
    tracked: Collection[str],
    at: int,
    calendar: Calendar,
) -> list[int] | None:
    """Return what a source finds of each customer; None for a source that is not as plain."""
    match source:
        case Newest(stream, rank) if repr(stream) in tracked:
            name = repr(stream)
            return [
                NOTHING
                if (track := history.tracks.get(name)) is None or len(track.times) < rank
                else track.times[-rank]
                if track.times[-1] <= at
                else ASK
                for history in histories
            ]
        case Picked(which, str(kind), filter_):
            place, keep = (0 if which == "first" else -1), compile_filter(filter_, calendar).keep
            return [
                NOTHING
                if not (log := history.log(kind)).times
                else ASK
                if log.times[-1] > at
                else log.times[place]
                if keep(log.events[place], at)
                else NOTHING
                for history in histories
            ]
        case Followed(anchor, newest):
            anchors = _find_instants(anchor, histories, tracked, at, calendar)
            later = _find_instants(newest, histories, tracked, at, calendar)
            if anchors is None or later is None:
                return None
            return [
                ASK if ASK in (one, other) else one if other > one else NOTHING
                for one, other in zip(anchors, later, strict=True)
            ]
        case _:
            return None


def _reckon(
    source: Total, tests: Tests, histories: Sequence[History], at: int, calendar: Calendar
) -> list[int] | None:
    """Return which tests the numbers of customers pass; None for a window that is not as plain."""
    name, start = compile_stream(source.stream, calendar).name, DAWN
    match source.window:
        case None:
            pass
        case Window(Exactly(micros), None):
            start = at + micros + 1
        case _:
            return None
    is_whole = source.window is None
    measure, grade = compile_measure(source, is_whole=is_whole), compile_grade(source, tests)
    blank = grade(measure(compile_stream(source.stream, calendar).open_track(), 0, 0))
    return [
        blank
        if (track := history.tracks.get(name)) is None
        else ASK
        if (times := track.times) and times[-1] > at
        else grade(measure(track, 0 if is_whole else bisect_left(times, start), len(times)))
        for history in histories
    ]
