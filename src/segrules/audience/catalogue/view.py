"""Views: audiences of one kind as a mapping that hosts read."""

from collections.abc import Callable, ItemsView, Iterator, Mapping, ValuesView
from threading import RLock
from typing import TypeVar

from segrules.audience.catalogue.segment import SegmentError, UnknownAudienceError
from segrules.language.quantities import count

T = TypeVar("T")


class View(Mapping[str, T]):
    """Records by name, each shown as hosts see it; always up to date.

    `items` and `values` are of one moment, whatever other threads do meanwhile; iteration is over
    the names there are when it begins.

    records: the names. find: returns what is shown for a name. noun: what one of them is called.
    A name without a record raises UnknownAudienceError, which is a KeyError.
    """

    def __init__(
        self, lock: RLock, records: Mapping[str, object], find: Callable[[str], T], noun: str
    ) -> None:
        self._lock, self._records, self._find, self._noun = lock, records, find, noun

    def __getitem__(self, name: str) -> T:
        with self._lock:
            try:
                return self._find(name)
            except SegmentError as error:
                # A name of another kind, or no name at all, is simply not in this mapping.
                raise UnknownAudienceError(
                    str(error), code=error.code, subject=error.subject
                ) from None

    def __contains__(self, name: object) -> bool:
        with self._lock:
            return name in self._records

    def __iter__(self) -> Iterator[str]:
        with self._lock:
            return iter(tuple(self._records))

    def items(self) -> ItemsView[str, T]:
        """Return names and what is shown for them, all of one moment."""
        with self._lock:
            return {name: self._find(name) for name in self._records}.items()

    def values(self) -> ValuesView[T]:
        """Return what is shown for each name, all of one moment."""
        with self._lock:
            return {name: self._find(name) for name in self._records}.values()

    def __len__(self) -> int:
        with self._lock:
            return len(self._records)

    def __repr__(self) -> str:
        return f"<{type(self).__name__} ({count(len(self), self._noun)})>"
