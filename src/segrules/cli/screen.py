"""Screens: where commands show text and tables, and the plain one, which any stream can take."""

from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager, nullcontext
from typing import Final, Literal, Protocol, TextIO, TypeAlias

from attrs import frozen

Style: TypeAlias = Literal["good", "bad", "note", "quiet", "strong"]
Part: TypeAlias = str | tuple[str, Style]
"""Words, and their style on a screen that has styles."""

GAP: Final = "  "
CONTROLS: Final = (
    *range(0x20),
    *range(0x7F, 0xA0),
    0x061C,
    0x200E,
    0x200F,
    *range(0x2028, 0x202F),
    *range(0x2066, 0x206A),
)
"""Characters that move a terminal's cursor, or turn the direction of the text around."""
CLEAN: Final = dict.fromkeys(CONTROLS, "\ufffd")
CLEAN_TEXT: Final = {key: sign for key, sign in CLEAN.items() if chr(key) not in "\n\t"}


@frozen
class Column:
    """A column's title, whether it holds numbers, and the style of its cells."""

    title: str
    is_number: bool = False
    style: Style | None = None


@frozen
class Table:
    """Rows of cells under columns, with a title above and a caption below."""

    columns: tuple[Column, ...]
    rows: Sequence[tuple[str, ...]]
    title: str = ""
    caption: str = ""


Show: TypeAlias = Callable[[Table], None]
Step: TypeAlias = Callable[[], None]


class Screen(Protocol):
    """A place to show text and tables.

    is_live: whether a table can take the place of the one before. rows: how many rows of such a
    table fit; None for any number.
    """

    is_live: bool

    @property
    def rows(self) -> int | None:
        """Return how many rows of a table fit the screen; None for any number."""

    def say(self, *parts: Part) -> None:
        """Print one line, or text of several."""

    def show(self, table: Table) -> None:
        """Print a table."""

    def animate(self) -> AbstractContextManager[Show]:
        """Return a context in which each table takes the place of the one before."""

    def progress(self, label: str, total: int) -> AbstractContextManager[Step]:
        """Return a context that counts steps up to a total, and shows how far it is."""


class PlainScreen:
    """Plain text: for pipes and files, and for terminals without `rich`."""

    is_live = False
    rows = None

    def __init__(self, out: TextIO) -> None:
        self.out = out

    def say(self, *parts: Part) -> None:
        """Print words without their styles."""
        words = (part if isinstance(part, str) else part[0] for part in parts)
        self.out.write(presentable("".join(words)) + "\n")

    def show(self, table: Table) -> None:
        """Print a table with two spaces between columns."""
        self.say(format_table(table))

    def animate(self) -> AbstractContextManager[Show]:
        """Show each table below the one before."""
        return nullcontext(self.show)

    def progress(self, label: str, total: int) -> AbstractContextManager[Step]:  # noqa: ARG002  # nothing to see
        """Count without showing it."""
        return nullcontext(lambda: None)


def format_table(table: Table) -> str:
    """Return a table as text, its columns as wide as their cells."""
    titles = tuple(column.title for column in table.columns)
    rows = [tuple(map(on_one_line, row)) for row in table.rows]
    widths = [max(map(len, cells)) for cells in zip(titles, *rows, strict=True)]
    lines = [_row(cells, widths, table.columns) for cells in (titles, *rows)]
    above = [table.title, ""] if table.title else []
    below = ["", table.caption] if table.caption else []
    return "\n".join([*above, *lines, *below])


def presentable(text: str) -> str:
    """Return a text fit for a terminal: texts of files may hold any character."""
    return text.translate(CLEAN_TEXT)


def on_one_line(text: str) -> str:
    """Return a text fit for one line of a terminal."""
    return text.translate(CLEAN)


def _row(cells: tuple[str, ...], widths: list[int], columns: tuple[Column, ...]) -> str:
    placed = (
        cell.rjust(width) if column.is_number else cell.ljust(width)
        for cell, width, column in zip(cells, widths, columns, strict=True)
    )
    return GAP.join(placed).rstrip()
