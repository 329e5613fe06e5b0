"""The change feed: every change in order, to be read again from any place."""

from collections.abc import Iterator, Mapping

from attrs import define, field, frozen

from segrules.audience.records.change import Change
from segrules.facts.arguments import ArgumentError, is_count
from segrules.language.diagnostics import SegrulesError


class FeedError(SegrulesError, ValueError):
    """A token from which the change feed cannot be read."""


@frozen
class ChangePage:
    """Changes in order, and the token to read the next ones after."""

    changes: tuple[Change, ...]
    token: int

    def __iter__(self) -> Iterator[Change]:
        return iter(self.changes)

    def __len__(self) -> int:
        return len(self.changes)


@define(eq=False)
class Feed:
    """The newest changes, at least `size` of them, each with a token that only ever grows.

    Up to twice as many are kept, so that dropping the oldest costs little for each change.
    """

    size: int
    token: int = 0
    _first: int = 0
    _changes: list[Change | None] = field(factory=list)

    def add(self, changes: list[Change]) -> None:
        """Add changes, in order."""
        self._changes.extend(changes)
        self.token += len(changes)
        if len(self._changes) > 2 * self.size:
            dropped = len(self._changes) - self.size
            del self._changes[:dropped]
            self._first += dropped

    def read(self, after: int | None, limit: int | None) -> ChangePage:
        """Return the changes after a token; with None, from the oldest that is kept.

        Raises FeedError if the token was never given out, or changes after it are gone, and
        ArgumentError for a limit that is not positive.
        """
        start = self._first if after is None else after
        if not is_count(start, least=0) or start > self.token:
            raise FeedError("unknown token: give one that `changes` has returned")
        if limit is not None and not is_count(limit):
            raise ArgumentError("`limit` is the largest number of changes to read, from 1 on")
        if start < self._first:
            raise FeedError(
                f"the changes right after token {start} are gone: the feed keeps the newest "
                f"{self.size:,}; read the members again, then go on from token {self.token}"
            )
        end = self.token if limit is None else min(self.token, start + limit)
        found = self._changes[start - self._first : end - self._first]
        return ChangePage(tuple(change for change in found if change is not None), end)

    def forget(self, customers: Mapping[str, int]) -> None:
        """Erase the changes of customers, each up to a token; other changes keep their tokens."""
        self._changes = [
            None if change is not None and token <= customers.get(change.customer, 0) else change
            for token, change in enumerate(self._changes, self._first + 1)
        ]
