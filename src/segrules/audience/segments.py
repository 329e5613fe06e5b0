"""The dynamic segments of an engine, as a mapping."""

from collections.abc import Iterator, Mapping

from segrules.audience.catalogue.catalogue import Dynamic
from segrules.audience.catalogue.refresh import Refresh
from segrules.audience.catalogue.segment import Segment
from segrules.audience.core import Core
from segrules.language.quantities import count
from segrules.meaning.calendar import to_datetime


class Segments(Mapping[str, Segment]):
    """The dynamic segments an engine has, by name; read-only, and always up to date.

    An unknown name raises UnknownAudienceError, which is a KeyError.
    """

    def __init__(self, core: Core) -> None:
        self._core = core

    def __getitem__(self, name: str) -> Segment:
        with self._core.lock:
            return _describe(self._core.catalogue.get_segment(name))

    def __contains__(self, name: object) -> bool:
        with self._core.lock:
            return name in self._core.catalogue.segments

    def __iter__(self) -> Iterator[str]:
        with self._core.lock:
            return iter(tuple(self._core.catalogue.segments))

    def __len__(self) -> int:
        with self._core.lock:
            return len(self._core.catalogue.segments)

    def __repr__(self) -> str:
        return f"<Segments ({count(len(self), 'segment')})>"


def _describe(segment: Dynamic) -> Segment:
    """Return a segment's record as the value that hosts see."""
    schedule = segment.schedule
    return Segment(
        segment.name,
        segment.rule,
        segment.title,
        segment.description,
        segment.origin,
        Refresh.live() if schedule is None else schedule.refresh,
        None
        if schedule is None or schedule.refreshed_at is None
        else to_datetime(schedule.refreshed_at),
        None if schedule is None else to_datetime(schedule.due),
    )
