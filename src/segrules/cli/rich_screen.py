"""A screen with colour and motion, through `rich`; the only module that imports it."""

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

from segrules.cli.screen import Part, Show, Step, Style, Table

LOOKS: Final[Mapping[Style, str]] = {
    "good": "green",
    "bad": "bold red",
    "note": "cyan",
    "quiet": "dim",
    "strong": "bold",
}
FRAMES_A_SECOND: Final = 12


class _Console(Console):
    """A console that leaves a broken pipe to whoever has a code for it."""

    def on_broken_pipe(self) -> None:
        """Let it out."""
        raise BrokenPipeError


class RichScreen:
    """A terminal, or what is told to look like one."""

    def __init__(self, out: TextIO, *, is_terminal: bool) -> None:
        self.is_live = is_terminal
        self.console = _Console(file=out, force_terminal=True, highlight=False, emoji=False)

    def say(self, *parts: Part) -> None:
        """Print the words with their looks."""
        self.console.print(_text(*parts), soft_wrap=True)

    def show(self, table: Table) -> None:
        """Print a table that fits the width there is."""
        self.console.print(_table(table))

    @contextmanager
    def animate(self) -> Iterator[Show]:
        """Show each table in the place of the one before, and nothing in the end."""
        with Live(console=self.console, transient=True, refresh_per_second=FRAMES_A_SECOND) as live:
            yield lambda table: live.update(_table(table))

    @contextmanager
    def progress(self, label: str, total: int) -> Iterator[Step]:
        """Count steps with a bar that goes when it is full."""
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
        text.append(words, LOOKS[style] if style else "")
    return text


def _table(table: Table) -> RichTable:
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
        )
    for row in table.rows:
        made.add_row(*map(_text, row))
    return made
