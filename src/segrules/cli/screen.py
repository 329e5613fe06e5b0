"""Screens: where commands show text and tables, and the plain one, which any stream can take."""

import os
import shutil
from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from itertools import zip_longest
from typing import Final, Protocol, TextIO, TypeAlias

from segrules.cli.shown import Column, Part, Table, make_presentable, presentable, words_of
from segrules.cli.wrapping import fit_table, list_rows, wrap_text
from segrules.language.source import measure

GAP: Final = "  "

Show: TypeAlias = Callable[[Table], None]
Step: TypeAlias = Callable[[], None]


class Screen(Protocol):
    """A place to show text and tables.

    is_live: whether a table can take the place of the one before. rows: how many rows of such a
    table fit; None for any number. width: how many columns a line has; None for any number.
    """

    is_live: bool

    @property
    def rows(self) -> int | None:
        """Return how many rows of a table fit the screen; None for any number."""

    @property
    def width(self) -> int | None:
        """Return how many columns a line has; None for any number."""

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

    @property
    def width(self) -> int | None:
        """Return the width of a terminal, or of `COLUMNS`; None for any other stream."""
        is_limited = self.out.isatty() or os.environ.get("COLUMNS", "").isdecimal()
        return shutil.get_terminal_size().columns if is_limited else None

    def say(self, *parts: Part) -> None:
        """Print words without their styles."""
        text, width = presentable("".join(map(words_of, parts))), self.width
        self.out.write((text if width is None else wrap_text(text, width)) + "\n")

    def show(self, table: Table) -> None:
        """Print a table with two spaces between columns, or as a list where it does not fit."""
        self.out.write(format_table(table, self.width) + "\n")

    def animate(self) -> AbstractContextManager[Show]:
        """Show each table below the one before."""
        return nullcontext(self.show)

    def progress(self, label: str, total: int) -> AbstractContextManager[Step]:  # noqa: ARG002  # nothing to see
        """Count without showing it."""
        return nullcontext(lambda: None)


def format_table(table: Table, width: int | None = None) -> str:
    """Return a table as text, or as a list where a width has no room for it; None has for any."""
    table = make_presentable(table)
    fitted = table if width is None else fit_table(table, width, len(GAP))

    def wrap(text: str) -> str:
        return text if width is None else wrap_text(text, width)

    if fitted is not None:
        rows = _format_rows(fitted)
    else:
        rows = [wrap("".join(map(words_of, parts))) for parts in list_rows(table)]
    above = [wrap(table.title), ""] if table.title else []
    below = ["", wrap(table.caption)] if table.caption else []
    return "\n".join([*above, *rows, *below])


def _format_rows(table: Table) -> list[str]:
    """Return the lines of a table, its columns as wide as their cells."""
    titles = tuple(column.title for column in table.columns)
    rows = [[cell.split("\n") for cell in row] for row in (titles, *table.rows)]
    widths = [
        max(measure(line) for cell in cells for line in cell) for cells in zip(*rows, strict=True)
    ]
    return [
        _row(line, widths, table.columns)
        for row in rows
        for line in zip_longest(*row, fillvalue="")
    ]


def _row(cells: tuple[str, ...], widths: list[int], columns: tuple[Column, ...]) -> str:
    placed = (
        f"{room}{cell}" if column.is_number else f"{cell}{room}"
        for cell, room, column in (
            (cell, " " * (width - measure(cell)), column)
            for cell, width, column in zip(cells, widths, columns, strict=True)
        )
    )
    return GAP.join(placed).rstrip()
