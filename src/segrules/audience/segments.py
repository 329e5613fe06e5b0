"""The dynamic segments of an engine, as a mapping."""

from collections.abc import Iterator, Mapping

from segrules.audience.catalogue.segment import Segment, describe
from segrules.audience.core import Core
from segrules.language.quantities import count


class Segments(Mapping[str, Segment]):
    """The dynamic segments an engine has, by name; read-only, and always up to date.

    An unknown name raises UnknownAudienceError, which is a KeyError.
    """

    def __init__(self, core: Core) -> None:
        self._core = core

    def __getitem__(self, name: str) -> Segment:
        with self._core.lock:
            return describe(self._core.catalogue.get_segment(name))

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
