"""A screen with colour and motion. The only module that imports `rich`."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Final, TextIO

from rich import box
from rich.console import Console, OverflowMethod
from rich.live import Live
from rich.progress import (
    BarColumn,
    Progress,
    TaskProgressColumn,
    TextColumn,
    TimeRemainingColumn,
)
from rich.table import Table as RichTable
from rich.text import Text

from segrules.cli.screen import Part, Show, Step, Style, Table, on_one_line, presentable

LOOKS: Final[Mapping[Style, str]] = {
    "good": "green",
    "bad": "bold red",
    "note": "cyan",
    "quiet": "dim",
    "strong": "bold",
}
FRAMES_A_SECOND: Final = 12
LINES_AROUND_ROWS: Final = 7
"""A table's title, head, rules and caption, and the line of the cursor."""


class _Console(Console):
    """A console that leaves a broken pipe to the command, which has an exit code for it."""

    def on_broken_pipe(self) -> None:
        """Raise BrokenPipeError."""
        raise BrokenPipeError


class RichScreen:
    """A terminal, or a stream that gets the colours of one."""

    def __init__(self, out: TextIO, *, is_terminal: bool) -> None:
        self.is_live = is_terminal
        self.console = _Console(file=out, force_terminal=True, highlight=False, emoji=False)

    @property
    def rows(self) -> int:
        """Return how many rows of a table fit the terminal."""
        return max(1, self.console.height - LINES_AROUND_ROWS)

    def say(self, *parts: Part) -> None:
        """Print words in their styles."""
        self.console.print(_text(*parts), soft_wrap=True)

    def show(self, table: Table) -> None:
        """Print a table that fits the terminal's width."""
        self.console.print(_table(table))

    @contextmanager
    def animate(self) -> Iterator[Show]:
        """Show each table in place of the one before, and none at the end."""
        with Live(console=self.console, transient=True, refresh_per_second=FRAMES_A_SECOND) as live:
            try:
                yield lambda table: live.update(_table(table, is_cut=True))
            finally:
                # The last frame is shown whole, however high it is: let it be an empty one.
                live.update(Text(), refresh=True)

    @contextmanager
    def progress(self, label: str, total: int) -> Iterator[Step]:
        """Count steps with a bar that disappears when it is full."""
        columns = (
            TextColumn("{task.description}"),
            BarColumn(),
            TaskProgressColumn(),
            TimeRemainingColumn(),
        )
        with Progress(
            *columns, console=self.console, transient=True, disable=not self.is_live
        ) as bar:
            task = bar.add_task(label, total=total)
            yield lambda: bar.advance(task)


def _text(*parts: Part) -> Text:
    text = Text()
    for part in parts:
        words, style = (part, None) if isinstance(part, str) else part
        text.append(presentable(words), LOOKS[style] if style else "")
    return text


def _table(table: Table, *, is_cut: bool = False) -> RichTable:
    """Return a table of rich. is_cut: each row takes one line, and long cells are cut."""
    made = RichTable(
        box=box.SIMPLE_HEAD,
        title=_text((table.title, "strong")) if table.title else None,
        title_justify="left",
        caption=_text((table.caption, "quiet")) if table.caption else None,
        caption_justify="left",
        pad_edge=False,
    )
    for column in table.columns:
        made.add_column(
            _text(column.title),
            justify="right" if column.is_number else "left",
            style=LOOKS[column.style] if column.style else "",
            no_wrap=column.is_number,
            overflow="fold",  # a long name goes on in the next line, so that it can be copied
        )
    for row in table.rows:
        made.add_row(*(_cell(cell, is_cut=is_cut) for cell in row))
    return made


def _cell(cell: str, *, is_cut: bool) -> Text:
    how: OverflowMethod | None = "ellipsis" if is_cut else None
    return Text(on_one_line(cell), no_wrap=is_cut or None, overflow=how)
