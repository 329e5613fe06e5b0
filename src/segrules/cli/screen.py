"""What commands show: plain text anywhere, colour and motion where a terminal can take them."""

from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager, nullcontext
from typing import Final, Literal, Protocol, TextIO, TypeAlias

from attrs import frozen

Style: TypeAlias = Literal["good", "bad", "note", "quiet", "strong"]
Part: TypeAlias = str | tuple[str, Style]
"""Words, and how they look where there are looks."""

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
"""Characters that move a terminal's cursor, or turn round the direction of what follows."""
CLEAN: Final = dict.fromkeys(CONTROLS, "\ufffd")
CLEAN_TEXT: Final = {key: sign for key, sign in CLEAN.items() if chr(key) not in "\n\t"}


@frozen
class Column:
    """A column's title, whether it holds numbers, and how its cells look."""

    title: str
    is_number: bool = False
    style: Style | None = None


@frozen
class Table:
    """Rows of cells under columns, and what stands above and below them."""

    columns: tuple[Column, ...]
    rows: Sequence[tuple[str, ...]]
    title: str = ""
    caption: str = ""


Show: TypeAlias = Callable[[Table], None]
Step: TypeAlias = Callable[[], None]


class Screen(Protocol):
    """Somewhere to show things.

    is_live: whether what was shown can be shown anew. rows: how many rows of a table can then be
    seen at once; None for as many as there are.
    """

    is_live: bool

    @property
    def rows(self) -> int | None:
        """Return how many rows of a table that moves can be seen at once."""

    def say(self, *parts: Part) -> None:
        """Print one line, or text of several."""

    def show(self, table: Table) -> None:
        """Print a table."""

    def animate(self) -> AbstractContextManager[Show]:
        """Return a context whose tables each take the place of the one before."""

    def progress(self, label: str, total: int) -> AbstractContextManager[Step]:
        """Return a context that counts steps up to a total, in sight of whoever waits."""


class PlainScreen:
    """Text alone: for pipes and files, and where `rich` is not installed."""

    is_live = False
    rows = None

    def __init__(self, out: TextIO) -> None:
        self.out = out

    def say(self, *parts: Part) -> None:
        """Print the words without their looks."""
        words = (part if isinstance(part, str) else part[0] for part in parts)
        self.out.write(presentable("".join(words)) + "\n")

    def show(self, table: Table) -> None:
        """Print columns apart by two spaces."""
        self.say(format_table(table))

    def animate(self) -> AbstractContextManager[Show]:
        """Show each table below the one before."""
        return nullcontext(self.show)

    def progress(self, label: str, total: int) -> AbstractContextManager[Step]:  # noqa: ARG002  # nothing to see
        """Count in silence."""
        return nullcontext(lambda: None)


def format_table(table: Table) -> str:
    """Print a table with its columns as wide as they need to be."""
    titles = tuple(column.title for column in table.columns)
    rows = [tuple(map(on_one_line, row)) for row in table.rows]
    widths = [max(map(len, cells)) for cells in zip(titles, *rows, strict=True)]
    lines = [_row(cells, widths, table.columns) for cells in (titles, *rows)]
    above = [table.title, ""] if table.title else []
    below = ["", table.caption] if table.caption else []
    return "\n".join([*above, *lines, *below])


def presentable(text: str) -> str:
    """Return what may be sent to a terminal: what a file says may hold any character."""
    return text.translate(CLEAN_TEXT)


def on_one_line(text: str) -> str:
    """Return what may be sent to a terminal and takes one line there."""
    return text.translate(CLEAN)


def _row(cells: tuple[str, ...], widths: list[int], columns: tuple[Column, ...]) -> str:
    placed = (
        cell.rjust(width) if column.is_number else cell.ljust(width)
        for cell, width, column in zip(cells, widths, columns, strict=True)
    )
    return GAP.join(placed).rstrip()
