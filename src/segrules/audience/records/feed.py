"""The change feed: every change in order, to be read again from any place."""

from collections.abc import Iterator, Mapping
from secrets import token_hex
from typing import Final

from attrs import define, field, frozen

from segrules.audience.records.change import Change
from segrules.data import Data, read_fields, write_fields
from segrules.facts.arguments import ArgumentError, is_count, is_title
from segrules.language.diagnostics import SegrulesError

FEED_SIZE: Final = 100_000
LARGEST_FEED: Final = 1_000_000_000

DIGITS: Final = 18
"""How long the number in a token may be."""


class FeedError(SegrulesError, ValueError):
    """A token from which the change feed cannot be read."""


@frozen
class ChangePage:
    """Changes in order, and the token to read the next ones after."""

    changes: tuple[Change, ...]
    token: str

    @classmethod
    def from_data(cls, data: object) -> "ChangePage":
        """Return the page that `to_data` has written; raises DataError."""
        return read_fields(cls, data)

    def to_data(self) -> Data:
        """Return the page as JSON types; `from_data` reads it back."""
        return write_fields(self)

    def __iter__(self) -> Iterator[Change]:
        return iter(self.changes)

    def __len__(self) -> int:
        return len(self.changes)


@define(eq=False)
class Feed:
    """The newest changes, at least `size` of them, numbered from 1.

    Up to twice as many are kept, so that dropping the oldest costs little for each change. id: what
    tells this feed from others; a token is the id and a change's number. newest: the number of the
    newest change; 0 before the first.
    """

    size: int
    id: str = field(factory=lambda: token_hex(8))
    newest: int = 0
    _first: int = 0
    _changes: list[Change | None] = field(factory=list)

    def add(self, changes: list[Change]) -> None:
        """Add changes, in order, each with the token that is next."""
        self._changes.extend(changes)
        self.newest += len(changes)
        if len(self._changes) > 2 * self.size:
            dropped = len(self._changes) - self.size
            del self._changes[:dropped]
            self._first += dropped

    def token(self, number: int) -> str:
        """Return the token of the change with a number."""
        return f"{self.id}:{number}"

    def read(self, after: str | int | None, limit: int | None) -> ChangePage:
        """Return the changes after a token; with None, from the oldest that is kept.

        Raises FeedError if the token is of another feed or was never given out, or changes after it
        are gone, and ArgumentError for a limit that is not positive.
        """
        start = self._first if after is None else self._number_of(after)
        if limit is not None and not is_count(limit):
            raise ArgumentError("`limit` is the largest number of changes to read, from 1 on")
        if start < self._first:
            raise FeedError(
                f"the changes right after token `{self.token(start)}` are gone: the feed keeps the "
                f"newest {self.size:,}; read the members again, then go on from token "
                f"`{self.token(self.newest)}`",
                code="changes-gone",
                subject=self.token(start),
            )
        end = self.newest if limit is None else min(self.newest, start + limit)
        found = self._changes[start - self._first : end - self._first]
        return ChangePage(tuple(c for c in found if c is not None), self.token(end))

    def _number_of(self, token: str | int) -> int:
        """Return the number in a token of this feed; raises FeedError for any other token."""
        if type(token) is int and token == 0:
            return 0
        feed, mark, digits = token.rpartition(":") if isinstance(token, str) else ("", "", "")
        number = int(digits) if mark and digits.isdecimal() and len(digits) <= DIGITS else -1
        if number >= 0 and feed != self.id:
            raise FeedError(
                "this token is of another feed: read this engine's members, then go on from token "
                f"`{self.token(self.newest)}`",
                code="foreign-token",
                subject=str(token),
            )
        if not 0 <= number <= self.newest or token != self.token(number):
            raise FeedError(
                "unknown token: give one that `changes` has returned, 0 for the beginning, or None",
                code="unknown-token",
            )
        return number

    def forget(self, customers: Mapping[str, int]) -> None:
        """Erase the changes of customers, each up to a number; others keep their tokens."""
        self._changes = [
            None if change is not None and number <= customers.get(change.customer, 0) else change
            for number, change in enumerate(self._changes, self._first + 1)
        ]


def make_feed(size: int, id: str | None) -> Feed:  # noqa: A002  # as the feed calls it
    """Return a new feed, its id drawn by chance if it is None; raises ArgumentError."""
    if not is_count(size) or size > LARGEST_FEED:
        raise ArgumentError(f"`feed_size` is a number of changes, from 1 to {LARGEST_FEED:,}")
    if id is None:
        return Feed(size)
    if not is_title(id):
        raise ArgumentError("`feed_id` is text that is not empty and can be printed")
    return Feed(size, id)
