"""A screen with colour and motion. The only module that imports `rich`."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Final, TextIO

from rich import box
from rich.console import Console
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

from segrules.cli.screen import Show, Step
from segrules.cli.shown import Part, Style, Table, make_presentable, presentable
from segrules.cli.wrapping import cut_table, fit_table, list_rows, wrap_parts

LOOKS: Final[Mapping[Style, str]] = {
    "good": "green",
    "bad": "bold red",
    "note": "cyan",
    "quiet": "dim",
    "strong": "bold",
}
GAP: Final = 3
"""The space between two columns of a table: what is around a cell on either side, and a rule."""
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

    @property
    def width(self) -> int:
        """Return the terminal's width."""
        return self.console.width

    def say(self, *parts: Part) -> None:
        """Print words in their styles."""
        self.console.print(_text(*wrap_parts(parts, self.width)), soft_wrap=True)

    def show(self, table: Table) -> None:
        """Print a table, or a list where the terminal's width has no room for it."""
        table = make_presentable(table)
        fitted = fit_table(table, self.width, GAP)
        if fitted is not None:
            self.console.print(_table(fitted, self.width))
            return
        for text in (table.title, ""):
            self.say((text, "strong")) if table.title else None
        for parts in list_rows(table):
            self.say(*parts)
        for text in ("", table.caption):
            self.say((text, "quiet")) if table.caption else None

    @contextmanager
    def animate(self) -> Iterator[Show]:
        """Show each table in place of the one before, and none at the end."""
        with Live(console=self.console, transient=True, refresh_per_second=FRAMES_A_SECOND) as live:
            try:
                yield lambda table: live.update(
                    _table(cut_table(make_presentable(table), self.width, GAP), self.width)
                )
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


def _table(table: Table, width: int) -> RichTable:
    """Return a table of rich, whose cells have line ends where they need any."""
    # An empty line sets each apart.
    title = _text(*wrap_parts([(table.title, "strong")], width), "\n")
    caption = _text("\n", *wrap_parts([(table.caption, "quiet")], width))
    made = RichTable(
        box=box.SIMPLE_HEAD,
        title=title if table.title else None,
        title_justify="left",
        caption=caption if table.caption else None,
        caption_justify="left",
        pad_edge=False,
        show_edge=False,
    )
    for column in table.columns:
        made.add_column(
            _text(column.title),
            justify="right" if column.is_number else "left",
            style=LOOKS[column.style] if column.style else "",
            no_wrap=True,
        )
    for row in table.rows:
        made.add_row(*map(Text, row))
    return made
