"""Customers' ids in a CSV file: in, with an account of every row, and out."""

import csv
from collections.abc import Iterable, Iterator, Mapping, Sized
from collections.abc import Set as AbstractSet
from io import StringIO
from pathlib import Path
from typing import IO, Final, TypeAlias

from attrs import field, frozen

from segrules.facts.arguments import kind_of, to_names
from segrules.language.diagnostics import SegrulesError
from segrules.meaning.checking.findings import find_closest, quote
from segrules.meaning.schema.definitions import freeze

IdSource: TypeAlias = str | bytes | Path | IO[str] | IO[bytes]
"""CSV itself, as text or UTF-8, the path of a file of it, or an open file."""

BOM: Final = "\ufeff"
FILE_ENDINGS: Final = (".csv", ".tsv", ".txt")

UNCLOSED: Final = "a quote opens here and is never closed, so that nothing after it could be read"

_TROUBLE: Final[Mapping[str, str]] = {
    "unexpected end of data": UNCLOSED,
    "expected after": "text stands right behind a closing quote; a quote inside quotes is written "
    "twice",
    "field limit": "a cell is too long to be an id",
}
"""What is wrong with a row, by a part of what the standard library says."""


class IdsError(SegrulesError, ValueError):
    """A list of ids that cannot be read or written as asked."""


@frozen
class DuplicateRow:
    """A row with an id that has stood before. row, first: row numbers."""

    row: int
    first: int
    id: str


@frozen
class BadRow:
    """A row without an id that can be used, and why; never what it says."""

    row: int
    reason: str


@frozen(repr=False)
class IdList:
    """The ids in a CSV file, and what became of every row.

    places: each id with the number of the row in which it first stands, in the file's order.
    duplicates, bad: the other rows, in order. Row numbers are those of a spreadsheet: the first row
    is 1, the header counts, and a cell of several lines makes one row.
    """

    places: Mapping[str, int] = field(converter=freeze)
    duplicates: tuple[DuplicateRow, ...] = ()
    bad: tuple[BadRow, ...] = ()

    @property
    def ids(self) -> tuple[str, ...]:
        """Each id once, in the file's order."""
        return tuple(self.places)

    @property
    def is_whole(self) -> bool:
        """Whether the file was read to its end: no quote was left open."""
        return all(row.reason != UNCLOSED for row in self.bad)

    @property
    def rows(self) -> int:
        """How many rows were read, without the header."""
        return len(self.places) + len(self.duplicates) + len(self.bad)

    def __repr__(self) -> str:
        return (
            f"<IdList ({_count(self.places, 'id')} in {self.rows:,} rows, "
            f"{_count(self.duplicates, 'duplicate')}, {len(self.bad):,} bad)>"
        )


def read_ids(
    source: IdSource, *, column: str | int = 1, header: bool = True, delimiter: str = ","
) -> IdList:
    """Return the ids in a column of CSV, and what became of every row.

    source: a text is the CSV itself; a file is named by a `Path`. column: a name in the header, or
    a number from 1. header: whether the first row names the columns. An id is taken as it stands,
    spaces included. Raises IdsError for what is no UTF-8 text, and for a column that is not
    there; a row that cannot be used is told in the result.
    """
    _check_delimiter(delimiter)
    name, text = _open(source)
    rows = _split(text, delimiter)
    titles = next(rows, (1, []))[1] if header else None
    place = _find_column(column, titles, name)
    places: dict[str, int] = {}
    duplicates: list[DuplicateRow] = []
    bad: list[BadRow] = []
    for number, cells in rows:
        found = _pick(cells, place)
        if isinstance(found, BadRow):
            bad.append(BadRow(number, found.reason))
        elif found in places:
            duplicates.append(DuplicateRow(number, places[found], found))
        else:
            places[found] = number
    return IdList(places, tuple(duplicates), tuple(bad))


def write_ids(ids: Iterable[str], *, header: str = "customer_id", delimiter: str = ",") -> str:
    """Return ids as CSV with a header, each once; `read_ids` reads the same ids back.

    They come in the order given, and those of a set in sorted order. Lines end as RFC 4180 has it,
    so open a file to write this to with `newline=""`. Raises FactError for what is no id.
    """
    _check_delimiter(delimiter)
    names = to_names(sorted(ids) if isinstance(ids, AbstractSet) else ids, "ids")
    out = StringIO(newline="")
    writer = csv.writer(out, delimiter=delimiter, lineterminator="\r\n")
    writer.writerows([title] for title in (header, *names))
    return out.getvalue()


def _count(things: Sized, noun: str) -> str:
    return f"{len(things):,} {noun}{'' if len(things) == 1 else 's'}"


def _check_delimiter(delimiter: str) -> None:
    if not isinstance(delimiter, str) or len(delimiter) != 1 or delimiter in '"\r\n':
        raise IdsError("a delimiter is one character, such as `,`, `;` or a tab")


def _open(source: IdSource) -> tuple[str, str]:
    """Return what errors call a source, and its text."""
    name, read = "the list", source
    if isinstance(source, Path):
        name = str(source) if str(source).isprintable() else ascii(str(source))
        try:
            read = source.read_bytes()
        except OSError as error:
            reason = (error.strerror or "cannot be read").lower()
            raise IdsError(f"{name}: {reason}") from None
    elif not isinstance(source, str | bytes) and hasattr(source, "read"):
        read = source.read()
    if isinstance(read, bytes):
        try:
            read = read.decode()
        except UnicodeDecodeError:
            raise IdsError(f"{name}: is not UTF-8 text: save it as `CSV UTF-8`") from None
    if not isinstance(read, str):
        raise IdsError(f"a list is CSV, a `Path` or an open file, not {kind_of(source)}")
    if isinstance(source, str) and read.endswith(FILE_ENDINGS) and "\n" not in read:
        raise IdsError("a text is taken for the CSV itself: name a file by its `Path`")
    return name, read.removeprefix(BOM)


def _split(text: str, delimiter: str) -> Iterator[tuple[int, list[str] | BadRow]]:
    """Yield every row with its number: its cells, or what keeps it from being read."""
    reader = csv.reader(StringIO(text, newline=""), delimiter=delimiter, strict=True)
    number = 0
    while True:
        number += 1
        try:
            yield number, next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            reasons = [said for part, said in _TROUBLE.items() if part in str(error)]
            yield number, BadRow(number, reasons[0] if reasons else "this is no row of CSV")


def _find_column(column: str | int, titles: list[str] | BadRow | None, name: str) -> int:
    """Return the place of a column, from 0; raises IdsError where there is none such."""
    if isinstance(column, int) and not isinstance(column, bool):
        if column < 1:
            raise IdsError("columns are numbered from 1")
        return column - 1
    if not isinstance(column, str):
        raise IdsError(f"a column is a name or a number, not {kind_of(column)}")
    if titles is None:
        raise IdsError("without a header columns have no names: give the column's number")
    if isinstance(titles, BadRow):
        raise IdsError(f"{name}: the header cannot be read: {titles.reason}")
    known = [title.strip() for title in titles]
    if known.count(column) > 1:
        raise IdsError(f"{name}: two columns are called {quote(column)}: give its number")
    if column not in known:
        # Where there is no header after all, these are a customer's: only a near miss is shown.
        near = find_closest(column, known)
        advice = f"did you mean {quote(near)}?" if near else "give its name, or its number from 1"
        raise IdsError(f"{name}: the header has no column {quote(column)}: {advice}")
    return known.index(column)


def _pick(cells: list[str] | BadRow, place: int) -> str | BadRow:
    match cells:
        case BadRow():
            return cells
        case []:
            return BadRow(0, "the row is empty")
        case _ if place >= len(cells):
            columns = f"{len(cells)} column{'' if len(cells) == 1 else 's'}"
            return BadRow(0, f"the row has {columns}, and ids stand in column {place + 1}")
        case _:
            return cells[place] or BadRow(0, "the id is empty")
