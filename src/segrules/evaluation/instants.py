"""Instants: finding one for a source, and in which of many windows it lies until when.

An instant is found once for all the windows it is tested against. Windows of exact lengths depend
on its age alone and windows between dates on itself alone, so one bisection answers all of a kind;
only windows of the calendar are tested one by one.
"""

from bisect import bisect_right
from collections.abc import Callable, Sequence
from datetime import datetime
from itertools import accumulate
from typing import TypeAlias, assert_never

from segrules.evaluation.atoms import (
    Answers,
    Followed,
    Instant,
    Moment,
    Newest,
    Oldest,
    Picked,
)
from segrules.evaluation.bounds import compile_window, refuse
from segrules.evaluation.filters import compile_filter
from segrules.evaluation.predicates import compile_path
from segrules.evaluation.streams import Reader, compile_stream
from segrules.facts.event import Event
from segrules.facts.forms import as_instant
from segrules.facts.history import History
from segrules.meaning.calendar import DAWN, NEVER, Calendar, to_micros
from segrules.meaning.conditions import Exactly, Fixed, Now, Window

FindInstant: TypeAlias = Callable[[History, int], tuple[int | None, int]]
"""Finds an instant, and up to when it is that one at least, unless a fact arrives."""

Stretch: TypeAlias = tuple[int, int, int]
"""Where it begins, where it ends, and a bit."""

Windows: TypeAlias = Sequence[tuple[int, Window]]
"""Windows, each with its bit."""


def compile_instants(source: Instant, windows: Windows, calendar: Calendar) -> Answers:
    """Compile tests on an instant."""
    find = compile_finder(source, calendar, reach=_find_reach(windows))
    if isinstance(source, Newest):
        spans, dates, others = sort_windows(windows)
        if not dates and not others:
            return _compile_recent(source, spans, find)
    lies = compile_lying(windows, calendar)

    def look(history: History, at: int) -> tuple[int, int]:
        instant, turns = find(history, at)
        if instant is None:
            return 0, turns
        mask, until = lies(instant, at)
        return mask, min(until, turns)

    return look


def _compile_recent(source: Newest, spans: list[Stretch], find: FindInstant) -> Answers:
    """Compile the most frequent test, on the age of an event of a track, as one function."""
    name, rank = compile_stream(source.stream).name, source.rank
    ages, by_age = tabulate(spans)
    last = len(ages)

    def look(history: History, at: int) -> tuple[int, int]:
        track = history.tracks.get(name)
        if track is not None and len(times := track.times) >= rank and times[-1] <= at:
            instant, turns = times[-rank], NEVER
        else:
            found, turns = find(history, at)
            if found is None:
                return 0, turns
            instant = found
        place = bisect_right(ages, at - instant)
        until = instant + ages[place] if place < last else NEVER
        return by_age[place], min(turns, until)

    return look


def compile_lying(windows: Windows, calendar: Calendar) -> Callable[[int, int], tuple[int, int]]:
    """Return the function from an instant to the windows it lies in, and until when it does."""
    spans, dates, calendars = sort_windows(windows)
    others = [(bit, compile_window(window, calendar, refuse)) for bit, window in calendars]
    ages, by_age = tabulate(spans)
    cuts, by_date = tabulate(dates)
    last = len(ages)

    def lies(instant: int, at: int) -> tuple[int, int]:
        place = bisect_right(ages, at - instant)
        mask = by_age[place] | by_date[bisect_right(cuts, instant)]
        until = instant + ages[place] if place < last else NEVER
        for bit, bounds in others:
            enters, leaves = bounds.enters(instant), bounds.leaves(instant)
            if enters <= at < leaves:
                mask |= bit
                until = min(until, leaves)
            elif at < enters < leaves:
                until = min(until, enters)
        return mask, until

    return lies


def sort_windows(
    windows: Windows,
) -> tuple[list[Stretch], list[Stretch], list[tuple[int, Window]]]:
    """Return windows by what they depend on: an instant's age, its date, or the calendar.

    The first are stretches of ages, the second of instants.
    """
    spans: list[Stretch] = []
    dates: list[Stretch] = []
    others: list[tuple[int, Window]] = []
    for bit, window in windows:
        start, end = window.start, window.end
        if _is(window, Fixed):
            first = start.instant if isinstance(start, Fixed) else DAWN
            dates.append((first, end.instant if isinstance(end, Fixed) else NEVER, bit))
        elif (ages := find_ages(window)) is not None:
            spans.append((*ages, bit))
        else:
            others.append((bit, window))
    return spans, dates, others


def find_ages(window: Window) -> tuple[int, int] | None:
    """Return the ages from which and up to which an instant is inside; None if more decides."""
    if not _is(window, Exactly | Now):
        return None
    # An instant comes in when the window's end passes it, and leaves when the start does.
    entered = DAWN if window.end is None else -_offset(window.end)
    return entered, NEVER if window.start is None else -_offset(window.start)


def tabulate(spans: list[Stretch]) -> tuple[list[int], list[int]]:
    """Return the places where the answer changes, and the answers before, between and after."""
    turns = {DAWN: 0}
    for low, high, bit in spans:
        if low < high:
            for edge, turn in ((max(low, DAWN), bit), (max(high, DAWN), -bit)):
                turns[edge] = turns.get(edge, 0) + turn
    edges = sorted(edge for edge in turns if edge < NEVER)
    return edges[1:], list(accumulate(turns[edge] for edge in edges))


def _is(window: Window, kinds: object) -> bool:
    return all(
        cut is None or isinstance(cut, kinds)  # type: ignore[arg-type]  # a type or a union
        for cut in (window.start, window.end)
    )


def _offset(cut: object) -> int:
    return cut.micros if isinstance(cut, Exactly) else 0


def _find_reach(windows: Windows) -> int:
    """Return the age from which on no window holds an instant; NEVER if one always may."""
    spans, dates, others = sort_windows(windows)
    ages, masks = tabulate(spans)
    return NEVER if dates or others or masks[-1] or not ages else ages[-1]


def compile_finder(source: Instant, calendar: Calendar, *, reach: int = NEVER) -> FindInstant:
    """Return the function that finds a source's instant.

    reach: the age from which on an event need not be found; it ends the search through a log.
    """
    match source:
        case Moment(path):
            return _compile_moment(path)
        case Newest(stream, rank):
            return _compile_newest(compile_stream(stream), rank, reach)
        case Oldest(stream):
            return _compile_oldest(compile_stream(stream))
        case Picked():
            return _compile_picked(source, calendar)
        case Followed(anchor, newest):
            return _compile_followed(
                compile_finder(anchor, calendar), compile_finder(newest, calendar)
            )
        case _:
            assert_never(source)


def _compile_moment(path: tuple[str, ...]) -> FindInstant:
    get = compile_path(path)

    def find(history: History, _: int) -> tuple[int | None, int]:
        value = as_instant(get(history.attributes))
        return (to_micros(value) if type(value) is datetime else None), NEVER

    return find


def _compile_newest(reader: Reader, rank: int, reach: int) -> FindInstant:
    name, event_type, keeps = reader.name, reader.stream.event_type, reader.keeps
    scan = None if keeps is None else _compile_scan(event_type, keeps, rank, reach)

    def find(history: History, at: int) -> tuple[int | None, int]:
        track = history.tracks.get(name)
        if track is not None:
            times = track.times
        elif scan is not None:
            return scan(history, at)
        else:
            times = history.log(event_type).times
        past, turns = len(times), NEVER
        if past and times[-1] > at:
            past = bisect_right(times, at)
            turns = times[past]
        return (times[past - rank] if past >= rank else None), turns

    return find


def _compile_scan(
    event_type: str | None, keeps: Callable[[Event], bool], rank: int, reach: int
) -> FindInstant:
    """Compile the search through a log, from the newest event backwards."""

    def find(history: History, at: int) -> tuple[int | None, int]:
        log = history.log(event_type)
        times, events, left = log.times, log.events, rank
        past, turns = len(times), NEVER
        if past and times[-1] > at:
            past = bisect_right(times, at)
            turns = next((each._micros for each in events[past:] if keeps(each)), NEVER)
        while past and at - times[past - 1] < reach:
            past -= 1
            if keeps(events[past]):
                left -= 1
                if not left:
                    return times[past], turns
        return None, turns

    return find


def _compile_oldest(reader: Reader) -> FindInstant:
    name, event_type = reader.name, reader.stream.event_type

    def find(history: History, at: int) -> tuple[int | None, int]:
        track = history.tracks.get(name)
        times = history.log(event_type).times if track is None else track.times
        first = times[0] if times else NEVER
        if track is not None and track.forgotten:
            first = min(first, track.first)
        return (first, NEVER) if first <= at else (None, first)

    return find


def _compile_picked(source: Picked, calendar: Calendar) -> FindInstant:
    event_type, is_first = source.event_type, source.which == "first"
    keep = compile_filter(source.filter, calendar).keep

    def find(history: History, at: int) -> tuple[int | None, int]:
        log = history.log(event_type)
        past = bisect_right(log.times, at)
        turns = log.times[past] if past < len(log.times) else NEVER
        if not past:
            return None, turns
        event = log.events[0 if is_first else past - 1]
        return (event._micros if keep(event.properties, at) else None), NEVER if is_first else turns

    return find


def _compile_followed(find_anchor: FindInstant, find_newest: FindInstant) -> FindInstant:
    def find(history: History, at: int) -> tuple[int | None, int]:
        instant, turns = find_anchor(history, at)
        if instant is None:
            return None, turns
        later, other_turns = find_newest(history, at)
        is_followed = later is not None and later > instant
        return (instant if is_followed else None), min(turns, other_turns)

    return find
