"""Needs: how much history the families of a plan still need. All else may be forgotten."""

from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from datetime import timedelta
from itertools import chain
from typing import Any, Final, assert_never

from attrs import evolve, frozen

from segrules.evaluation.atoms import (
    Atom,
    Followed,
    Lone,
    Moment,
    Newest,
    Oldest,
    OnList,
    Picked,
    Source,
    Total,
    Value,
)
from segrules.evaluation.streams import Stream
from segrules.facts.event import Event
from segrules.facts.history import Log, Track
from segrules.meaning.calendar import DAWN, MICROSECOND, NEVER
from segrules.meaning.conditions import AggregateTest, EventTest, Window
from segrules.meaning.triggers import find_event_reach, find_lookback, find_reach, leaves

AMPLE: Final = 4
"""How many events that are not needed pile up before they are forgotten."""


@frozen
class Need:
    """What is needed of a customer's past events.

    newest: how many of the newest. reach: how far back all of them, in microseconds; NEVER for
    all. oldest: the very first. extremes: the smallest and the largest value ever. distinct: every
    different value. values: the values of single events, not only their sums.
    """

    newest: int = 0
    reach: int = 0
    oldest: bool = False
    extremes: bool = False
    distinct: bool = False
    values: bool = False

    def __or__(self, other: "Need") -> "Need":
        return Need(
            max(self.newest, other.newest),
            max(self.reach, other.reach),
            self.oldest or other.oldest,
            self.extremes or other.extremes,
            self.distinct or other.distinct,
            self.values or other.values,
        )

    def covers(self, other: "Need") -> bool:
        """Tell whether what is kept for this need is enough for another.

        Single values can be computed from sums.
        """
        return self | evolve(other, values=False) == self


def find_track_needs(source: Source) -> dict[Stream, Need]:
    """Return what a source needs of the tracks of streams."""
    match source:
        case Newest(stream, rank):
            return {stream: Need(newest=rank)}
        case Oldest(stream):
            return {stream: Need(oldest=True)}
        case Total(function, distinct, stream, window):
            is_whole = window is None or window.start is None
            need = Need(
                reach=_total_reach(window),
                extremes=is_whole and function in ("min", "max"),
                distinct=is_whole and distinct,
                values=distinct or function in ("min", "max"),
            )
            return {stream: need}
        case Followed(anchor, newest):
            needs = find_track_needs(anchor)
            for stream, need in find_track_needs(newest).items():
                needs[stream] = needs.get(stream, Need()) | need
            return needs
        case Value() | Moment() | OnList() | Picked() | Lone():
            return {}
        case _:
            assert_never(source)


def find_log_needs(source: Source) -> dict[str | None, Need]:
    """Return what a source needs of the events themselves, by their type."""
    match source:
        case Picked(which, event_type):
            return {event_type: Need(newest=1) if which == "last" else Need(oldest=True)}
        case Lone(condition):
            needs: dict[str | None, Need] = {}
            for leaf in leaves(condition):
                if isinstance(leaf, EventTest | AggregateTest):
                    needs[leaf.event_type] = needs.get(leaf.event_type, Need()) | _leaf_need(leaf)
            return needs
        case Followed(anchor):
            return find_log_needs(anchor)
        case Value() | Moment() | OnList() | Newest() | Oldest() | Total():
            return {}
        case _:
            assert_never(source)


def find_span(atom: Atom) -> timedelta | None:
    """Return how far back the events that an atom looks at may lie; None for any distance."""
    match atom.source, atom.test:
        case (
            Newest()
            | Picked(which="last")
            | Followed(anchor=Newest())
            | Followed(anchor=Picked(which="last")),
            Window(start),
        ):
            return find_reach(start)
        case Total(window=Window(start)), _:
            return find_reach(start)
        case Lone(condition), _:
            spans = find_lookback(condition).values()
            return None if None in spans else max(filter(None, spans), default=timedelta(0))
        case _:
            return None


def _leaf_need(leaf: EventTest | AggregateTest) -> Need:
    if isinstance(leaf, EventTest):
        return Need(newest=1) if leaf.which == "last" else Need(oldest=True)
    return Need(reach=_to_micros(find_event_reach(leaf)))


def _total_reach(window: Window | None) -> int:
    """Return how long an event is needed itself; after that it counts for ever, or never again."""
    if window is None:
        return 0
    return _to_micros(find_reach(window.end if window.start is None else window.start))


def _to_micros(reach: timedelta | None) -> int:
    return NEVER if reach is None else reach // MICROSECOND


def prune_track(track: Track, need: Need, now: int) -> None:
    """Forget the instants of a track that are not needed, once enough of them have piled up."""
    number = _count_past(track.times, need, now)
    if number < AMPLE:
        return
    if need.oldest:
        track.first = min(track.first, track.times[0])
    values = chain(track.folded, (track.values or [])[:number])
    if need.distinct:
        track.forget(number, fold=frozenset(values))
    elif need.extremes:
        numbers = sorted(values)
        track.forget(number, fold=frozenset((numbers[0], numbers[-1])))
    else:
        track.forget(number)


def prune_log(log: Log, need: Need, now: int) -> None:
    """Forget the events of a log that are not needed, once enough of them have piled up."""
    number, first = _count_past(log.times, need, now), int(need.oldest)
    if number >= AMPLE:
        log.forget(first, number)


def may_remove_event(log: Log, event: Event, need: Need, now: int) -> bool:
    """Tell whether a log still has all that is needed without one of its events."""
    is_first = need.oldest and log.forgotten_to > DAWN and log.events[0] is event
    return not is_first and _has_newest(log, event._micros, need, now)


def may_remove_instant(track: Track, instant: int, value: Any, need: Need, now: int) -> bool:
    """Tell whether a track can answer exactly without an instant and its value.

    If the instant itself was forgotten, this depends on whether what is known of all that were
    forgotten can be computed without it.
    """
    if not _has_newest(track, instant, need, now):
        return False
    if track.find(instant, value) is not None or instant > track.forgotten_to:
        return True
    if need.distinct or (need.oldest and instant <= track.first):
        return False
    return not need.extremes or min(track.folded) < value < max(track.folded)


def _has_newest(kept: Log | Track, instant: int, need: Need, now: int) -> bool:
    """Tell whether the newest that are needed are known without one."""
    if kept.forgotten_to == DAWN:
        return True
    known = bisect_right(kept.times, now) - bisect_right(kept.times, kept.forgotten_to)
    return known - (kept.forgotten_to < instant <= now) >= need.newest


def _count_past(times: Sequence[int], need: Need, now: int) -> int:
    """Return how many of the oldest are no longer needed."""
    if len(times) < need.newest + AMPLE or need.reach == NEVER:
        return 0
    past = bisect_right(times, now)
    return min(past - need.newest, bisect_left(times, now - need.reach) if need.reach else past)
