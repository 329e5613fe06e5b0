"""What commands show: words in their styles, and tables."""

from collections.abc import Sequence
from typing import Final, Literal, TypeAlias

from attrs import evolve, frozen

Style: TypeAlias = Literal["good", "bad", "note", "quiet", "strong"]
Part: TypeAlias = str | tuple[str, Style]
"""Words, and their style on a screen that has styles."""

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


def words_of(part: Part) -> str:
    """Return words without their style."""
    return part if isinstance(part, str) else part[0]


def presentable(text: str) -> str:
    """Return a text fit for a terminal: texts of files may hold any character."""
    return text.translate(CLEAN_TEXT)


def on_one_line(text: str) -> str:
    """Return a text fit for one line of a terminal."""
    return text.translate(CLEAN)


def make_presentable(table: Table) -> Table:
    """Return a table fit for a terminal, each cell on one line."""
    return evolve(
        table,
        rows=[tuple(map(on_one_line, row)) for row in table.rows],
        title=presentable(table.title),
        caption=presentable(table.caption),
    )
