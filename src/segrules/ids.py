"""Customers' ids as CSV: read, with the outcome of every row, and written."""

import csv
import re
from collections.abc import Iterable, Iterator, Mapping
from collections.abc import Set as AbstractSet
from io import StringIO
from pathlib import Path
from typing import IO, Final, TypeAlias

from attrs import field, frozen

from segrules.data import Data, read_fields, write_fields
from segrules.facts.arguments import ArgumentError, kind_of, to_ids
from segrules.language.diagnostics import SegrulesError
from segrules.language.quantities import count
from segrules.language.suggestions import find_closest, quote
from segrules.schema.definitions import freeze

IdFile: TypeAlias = str | Path | IO[str] | IO[bytes]
"""The path of a CSV file, or an open one."""

BOM: Final = "\ufeff"
FILE_ENDINGS: Final = (".csv", ".tsv", ".txt")
DELIMITERS: Final[Mapping[str, str]] = {";": "`;`", "\t": "a tab", "|": "`|`", ",": "`,`"}
"""The delimiters that files usually have, as messages show them."""

UNCLOSED: Final = "a quote opens here and is never closed, so that nothing after it could be read"

_TROUBLE: Final[Mapping[str, str]] = {
    "unexpected end of data": UNCLOSED,
    "expected after": "text follows a closing quote; a quote inside quotes is written twice",
    "field limit": "a cell is too long to be an id",
}
"""What is wrong with a row, by a part of what the standard library says."""


_FLOAT: Final = re.compile(r"[+-]?\d+(?:[.,]\d*(?:[eE][+-]?\d+)?|[eE][+-]\d+)")
"""A number as spreadsheets and data frames write a float: 491712345678.0, 4.91712E+11."""


class IdsError(SegrulesError, ValueError):
    """A list of ids that cannot be read or written as asked."""


@frozen
class DuplicateRow:
    """A row with an id of an earlier row.

    row, first: the numbers of both rows.
    """

    row: int
    first: int
    id: str

    @classmethod
    def from_data(cls, data: object) -> "DuplicateRow":
        """Return the row that `to_data` has written; raises DataError."""
        return read_fields(cls, data)

    def to_data(self) -> Data:
        """Return the row as JSON types; `from_data` reads it back."""
        return write_fields(self)


@frozen
class BadRow:
    """A row without an id that can be used, and why; never its text."""

    row: int
    reason: str

    @classmethod
    def from_data(cls, data: object) -> "BadRow":
        """Return the row that `to_data` has written; raises DataError."""
        return read_fields(cls, data)

    def to_data(self) -> Data:
        """Return the row as JSON types; `from_data` reads it back."""
        return write_fields(self)


@frozen(repr=False)
class IdList:
    """The ids in CSV, and the outcome of every row.

    places: each id with the number of its first row, in the file's order.
    duplicates, bad: the other rows, in order. header: the cells of the row that was taken for the
    header; None if none was. column: that of the ids, as it was asked for.

    Row numbers are those of a spreadsheet: the first row is 1, the header counts, and a cell of
    several lines makes one row.
    """

    places: Mapping[str, int] = field(converter=freeze)
    duplicates: tuple[DuplicateRow, ...] = ()
    bad: tuple[BadRow, ...] = ()
    header: tuple[str, ...] | None = None
    column: str | int = 1

    @property
    def title(self) -> str | None:
        """The cell of the header above the ids; None if there is none."""
        if self.header is None:
            return None
        if isinstance(self.column, str):
            return self.column
        return self.header[self.column - 1] if self.column <= len(self.header) else None

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

    @classmethod
    def from_data(cls, data: object) -> "IdList":
        """Return the list that `to_data` has written; raises DataError."""
        return read_fields(cls, data)

    def to_data(self) -> Data:
        """Return the list as JSON types; `from_data` reads it back."""
        return write_fields(self)

    def __repr__(self) -> str:
        return (
            f"<IdList ({count(len(self.places), 'id')} in {count(self.rows, 'row')}, "
            f"{count(len(self.duplicates), 'duplicate')}, {len(self.bad):,} bad)>"
        )


def read_ids(
    source: IdFile, *, column: str | int = 1, header: bool = True, delimiter: str = ","
) -> IdList:
    """Return the ids in a column of a CSV file, and the outcome of every row.

    source: a path, or an open file, of UTF-8. column: a name in the header, or a number from 1.
    header: whether the first row names the columns.

    An id is taken as it is, spaces included. Raises IdsError if the file or its header cannot be
    read, if it is not UTF-8 or has no such column; a row that cannot be used is in the result.
    """
    name, text = _open(source)
    return _parse(text, name, column, header=header, delimiter=delimiter)


def parse_ids(
    text: str | bytes, *, column: str | int = 1, header: bool = True, delimiter: str = ","
) -> IdList:
    """Return the ids in a column of CSV, and the outcome of every row.

    text: the CSV itself, as text or as bytes of UTF-8.

    Otherwise as `read_ids`.
    """
    if not isinstance(text, str | bytes):
        raise ArgumentError(
            f"CSV is text or bytes, not {kind_of(text)}: `read_ids` reads a file", subject="text"
        )
    if isinstance(text, str) and text.endswith(FILE_ENDINGS) and "\n" not in text:
        raise IdsError(
            "this text is a path, not CSV: `read_ids` reads a file", code="not-csv", subject="text"
        )
    return _parse(_decode(text, "the list"), "the list", column, header=header, delimiter=delimiter)


def _parse(text: str, name: str, column: str | int, *, header: bool, delimiter: str) -> IdList:
    _check_delimiter(delimiter)
    rows = _split(text, delimiter)
    titles = next(rows, (1, None))[1] if header else None
    if isinstance(titles, BadRow):
        advice = "" if titles.reason == UNCLOSED else ": is `delimiter` right?"
        raise IdsError(
            f"{name}: the header cannot be read: {titles.reason}{advice}",
            code="bad-header",
            subject=name,
        )
    place = _find_column(column, [] if header and titles is None else titles, name)
    places: dict[str, int] = {}
    duplicates: list[DuplicateRow] = []
    bad: list[BadRow] = []
    widest = len(titles or ())
    for number, cells in rows:
        widest = widest if isinstance(cells, BadRow) else max(widest, len(cells))
        found = _pick(cells, place, number)
        if isinstance(found, BadRow):
            bad.append(found)
        elif found in places:
            duplicates.append(DuplicateRow(number, places[found], found))
        else:
            places[found] = number
    if 0 < widest <= place:
        columns = count(widest, "column")
        raise IdsError(
            f"{name}: there is no column {place + 1}: its rows have {columns} at most: is "
            "`delimiter` right?",
            code="no-column",
            subject=name,
        )
    top = None if titles is None else tuple(titles)
    return IdList(places, tuple(duplicates), tuple(bad), top, column)


def find_delimiter(found: IdList) -> str | None:
    """Return a delimiter that seems to have been meant: every cell of the column contains it."""
    cells = [*found.ids, *([] if found.title is None else [found.title])]
    if not found.ids:
        return None
    return next((sign for sign in DELIMITERS if all(sign in cell for cell in cells)), None)


def name_sign(sign: str) -> str:
    """Return how a message shows a delimiter."""
    return DELIMITERS[sign]


def reads_like_float(text: str) -> bool:
    """Tell whether an id reads like a number with a decimal point or an exponent."""
    return _FLOAT.fullmatch(text.strip()) is not None


def write_ids(
    ids: Iterable[str | int], *, header: str = "customer_id", delimiter: str = ","
) -> str:
    """Return ids as CSV with a header, each once; `parse_ids` reads the same ids back.

    They come in the order given, and those of a set in sorted order. Lines end as RFC 4180 has it,
    so open a file to write this to with `newline=""`. Raises FactError if a value is not an id.
    """
    _check_delimiter(delimiter)
    names = to_ids(ids, "ids")
    if isinstance(ids, AbstractSet):
        names = tuple(sorted(names))
    out = StringIO(newline="")
    writer = csv.writer(out, delimiter=delimiter, lineterminator="\r\n")
    writer.writerows([title] for title in (header, *names))
    return out.getvalue()


def _check_delimiter(delimiter: str) -> None:
    if not isinstance(delimiter, str) or len(delimiter) != 1 or delimiter in '"\r\n':
        raise IdsError(
            "a delimiter is one character, such as `,`, `;` or a tab",
            code="bad-delimiter",
            subject="delimiter",
        )


def _open(source: IdFile) -> tuple[str, str]:
    """Return what errors call a file, and its text."""
    if isinstance(source, str) and "\n" in source:
        raise IdsError(
            "this text is no path: `parse_ids` reads CSV itself",
            code="not-a-path",
            subject="source",
        )
    if isinstance(source, str | Path):
        name = str(source) if str(source).isprintable() else ascii(str(source))
        try:
            data = Path(source).read_bytes()
        except OSError as error:
            reason = (error.strerror or "cannot be read").lower()
        except ValueError:
            reason = "is not a path"
        else:
            return name, _decode(data, name)
        raise IdsError(f"{name}: {reason}", code="unreadable-file", subject=name)
    if not hasattr(source, "read"):
        raise ArgumentError(
            f"ids are read from a path or an open file, not {kind_of(source)}: `parse_ids` reads "
            "CSV itself",
            subject="source",
        )
    try:
        read: object = source.read()
    except UnicodeDecodeError:
        raise _not_utf_8("the list") from None
    except (OSError, ValueError):
        said = "the list: the open file cannot be read"
        raise IdsError(said, code="unreadable-file", subject="source") from None
    if not isinstance(read, str | bytes):
        raise ArgumentError(
            f"an open file gives text or bytes, not {kind_of(read)}", subject="source"
        )
    return "the list", _decode(read, "the list")


def _decode(read: str | bytes, name: str) -> str:
    if isinstance(read, bytes):
        try:
            read = read.decode()
        except UnicodeDecodeError:
            raise _not_utf_8(name) from None
    return read.removeprefix(BOM)


def _not_utf_8(name: str) -> IdsError:
    said = f"{name}: is not UTF-8 text: save it as `CSV UTF-8`"
    return IdsError(said, code="not-utf-8", subject=name)


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


def _find_column(column: str | int, titles: list[str] | None, name: str) -> int:
    """Return the place of a column, from 0; raises IdsError where there is none such."""
    if isinstance(column, int) and not isinstance(column, bool):
        if column < 1:
            raise IdsError("columns are numbered from 1", code="no-column", subject="column")
        return column - 1
    if not isinstance(column, str):
        raise ArgumentError(
            f"a column is a name or a number, not {kind_of(column)}", subject="column"
        )
    if titles is None:
        raise IdsError(
            "without a header columns have no names: give the column's number",
            code="no-column",
            subject="column",
        )
    known = [title.strip() for title in titles]
    if known.count(column) == 1:
        return known.index(column)
    if column in known:
        raise IdsError(
            f"{name}: two columns are called {quote(column)}: give its number",
            code="ambiguous-column",
            subject=name,
        )
    advice = _advise(column, known)
    raise IdsError(
        f"{name}: the header has no column {quote(column)}: {advice}",
        code="no-column",
        subject=name,
    )


def _advise(column: str, known: list[str]) -> str:
    """Return what to do about a column that a header lacks."""
    for title in known:
        for sign in DELIMITERS:
            if column in (part.strip(' "') for part in title.split(sign)):
                return f"it is there between {DELIMITERS[sign]}: pass delimiter={sign!r}"
    # Without a header these may be a customer's values: only a near miss is shown.
    near = find_closest(column, known)
    return f"did you mean {quote(near)}?" if near else "give its name, or its number from 1"


def _pick(cells: list[str] | BadRow, place: int, number: int) -> str | BadRow:
    match cells:
        case BadRow():
            return cells
        case []:
            return BadRow(number, "the row is empty")
        case _ if place >= len(cells):
            columns = count(len(cells), "column")
            return BadRow(number, f"the row has {columns}, and ids are in column {place + 1}")
        case _:
            return cells[place] or BadRow(number, "the id is empty")
