"""Families over many customers at once: the same answers, a column at a time.

For each family one pass tells of every customer which of its tests hold; a byte of each, coded,
becomes a column for each test by translation. What is asked most is written out as one expression
for each customer; a family's own look is the judge of it, and answers all that is less plain.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Callable, Collection, Sequence
from typing import Final, TypeAlias

from segrules.evaluation.columns import to_column
from segrules.evaluation.families import compile_family
from segrules.evaluation.history import History, Track
from segrules.evaluation.instants import Look, sort_windows, tabulate
from segrules.evaluation.needs import find_log_needs, find_track_needs
from segrules.evaluation.sources import Lone, Moment, Newest, Source, Test, Total, Value
from segrules.evaluation.streams import compile_stream
from segrules.evaluation.totals import compile_grade, compile_measure
from segrules.meaning.calendar import Calendar
from segrules.meaning.windows import Exactly, Window

Histories: TypeAlias = Sequence[History]
Tests: TypeAlias = Sequence[tuple[int, Test]]
Answer: TypeAlias = Callable[[Track | None, int], int]

BLANK: Final = History()
"""What is known of a customer without any facts."""

CODES: Final = 256
ZERO: Final = ord("0")
ASK: Final = -1
"""Stands for an answer that only the family's look can give."""


def sweep_family(
    source: Source,
    tests: Sequence[Test],
    histories: Histories,
    at: int,
    calendar: Calendar,
    tracked: Collection[str],
) -> list[int]:
    """Return a column for each test on a source. tracked: the streams of which tracks are kept."""
    bits = [(1 << place, test) for place, test in enumerate(tests)]
    masks = _answer(source, bits, histories, at, calendar, tracked)
    codes = {mask: code for code, mask in enumerate(dict.fromkeys(masks))}
    if len(codes) > CODES:
        return [to_column(_digits(masks, place)) for place in range(len(tests))]
    coded, distinct = bytes(map(codes.__getitem__, masks)), list(codes)
    return [
        to_column(coded.translate(_digits(distinct, place).ljust(CODES, b"0")))
        for place in range(len(tests))
    ]


def _digits(masks: Sequence[int], place: int) -> bytes:
    return bytes([ZERO + (mask >> place & 1) for mask in masks])


def _answer(  # what a sweep is about
    source: Source,
    tests: Tests,
    histories: Histories,
    at: int,
    calendar: Calendar,
    tracked: Collection[str],
) -> list[int]:
    """Return for each customer which tests hold, a bit for each."""
    look = compile_family(source, tests, calendar, patience=0)
    if isinstance(source, Newest | Total):
        reader = compile_stream(source.stream, calendar)
        masks = _sweep_tracks(source, tests, [h.tracks.get(reader.name) for h in histories], at)
        if masks is not None and reader.name in tracked:
            return [
                look(histories[row], at)[0] if mask == ASK else mask
                for row, mask in enumerate(masks)
            ]
    if isinstance(source, Value | Moment | Lone):
        return [look(history, at)[0] for history in histories]
    return _sweep_known(source, look, histories, at)


def _sweep_known(source: Source, look: Look, histories: Histories, at: int) -> list[int]:
    """Ask only about customers of whom there may be something that is looked at."""
    blank = look(BLANK, at)[0]
    types = {stream.event_type for stream in find_track_needs(source)} | {*find_log_needs(source)}
    names = {repr(stream) for stream in find_track_needs(source)}
    if None in types or not types:
        return [look(history, at)[0] for history in histories]
    return [
        blank
        if types.isdisjoint(history.by_type) and names.isdisjoint(history.tracks)
        else look(history, at)[0]
        for history in histories
    ]


def _sweep_tracks(
    source: Newest | Total, tests: Tests, tracks: Sequence[Track | None], at: int
) -> list[int] | None:
    """Answer out of tracks alone, or with ASK; None for what is not as plain as that."""
    match source:
        case Newest(rank=rank):
            windows = [(bit, test) for bit, test in tests if isinstance(test, Window)]
            spans, dates, others = sort_windows(windows)
            if others or dates:
                return None
            ages, masks = tabulate(spans)
            return [
                0
                if track is None or len(track.times) < rank
                else masks[bisect_right(ages, at - track.times[-rank])]
                if track.times[-1] <= at
                else ASK
                for track in tracks
            ]
        case Total(window=None):
            measure, grade = compile_measure(source, is_whole=True), compile_grade(source, tests)
            blank = grade(measure(Track(values=[], sums=[0]), 0, 0))
            return [
                blank
                if track is None
                else grade(measure(track, 0, len(track.times)))
                if not track.times or track.times[-1] <= at
                else ASK
                for track in tracks
            ]
        case Total(window=Window(start=Exactly(micros), end=None)):
            measure, grade = compile_measure(source, is_whole=False), compile_grade(source, tests)
            blank, start = grade(measure(Track(values=[], sums=[0]), 0, 0)), at + micros + 1
            return [
                blank
                if track is None or not track.times or track.times[-1] < start
                else grade(measure(track, bisect_left(track.times, start), len(track.times)))
                if track.times[-1] <= at
                else ASK
                for track in tracks
            ]
        case _:
            return None
