"""Lines and tables that fit a width: broken between words, and never inside one."""

import re
from bisect import bisect_left
from collections.abc import Iterator, Sequence
from itertools import accumulate
from typing import Final

from attrs import evolve

from segrules.cli.shown import Part, Table, words_of
from segrules.language.source import measure

HANG: Final = 2
MARKS: Final = re.compile(r"(?P<gutter> +\| )?(?P<marks>[ \t]*\^+)")
"""The line of carets below an excerpt."""
MORE: Final = "…"
LEAST: Final = 2
"""How many columns a table has at least, however narrow it is."""


def wrap_parts(parts: Sequence[Part], width: int, hang: int = HANG) -> list[Part]:
    """Return words in their styles, with line ends where the next word would not fit.

    hang: how much further in a line goes on than it began.
    """
    words = [words_of(part) for part in parts]
    starts = list(accumulate(map(len, words), initial=0))
    breaks = list(_find_breaks("".join(words), width, hang))
    wrapped: list[Part] = []
    for part, word, start in zip(parts, words, starts, strict=False):
        pieces, end = [], 0
        for first, last, instead in breaks:
            if start <= first < start + len(word):
                pieces += [word[end : first - start], instead]
                end = last - start
            elif first < start < last:  # the rest of a gap that began in the part before
                end = last - start
        pieces.append(word[end:])
        wrapped.append("".join(pieces) if isinstance(part, str) else ("".join(pieces), part[1]))
    return wrapped


def wrap_text(text: str, width: int, hang: int = HANG) -> str:
    """Return a text with line ends where the next word would not fit."""
    return words_of(wrap_parts([text], width, hang)[0])


def _find_breaks(text: str, width: int, hang: int) -> Iterator[tuple[int, int, str]]:
    """Yield the gaps between words to be broken: start, end, and the text to put there."""
    start = 0
    for line in text.split("\n"):
        indent = len(line) - len(line.lstrip(" "))
        again = min(indent + hang, width // 2)
        taken, last = indent, None
        for word in re.finditer(r"[^ ]+", line):
            gap = 0 if last is None else word.start() - last
            size = measure(word[0])
            if last is not None and taken + gap + size > width:
                yield start + last, start + word.start(), "\n" + " " * again
                taken = again + size
            else:
                taken += gap + size
            last = word.end()
        start += len(line) + 1


def fit_excerpts(lines: Sequence[str], width: int | None) -> list[str]:
    """Return lines in which excerpts, with the carets below them, are cut to a width, at words."""
    fitted = list(lines)
    for place in range(1, len(fitted)):
        marked = MARKS.fullmatch(fitted[place])
        if width is not None and marked and measure(fitted[place - 1]) > width:
            skip = len(marked["gutter"] or "")
            pair = (fitted[place - 1][skip:], marked["marks"])
            text, marks = _cut_around(*pair, width - skip)
            fitted[place - 1] = fitted[place - 1][:skip] + text
            fitted[place] = (marked["gutter"] or "") + marks
    return fitted


def _cut_around(text: str, marks: str, width: int) -> tuple[str, str]:
    """Return the words around those marked that there is room for, and the marks below them."""
    columns = list(accumulate(map(measure, text), initial=0))
    first = bisect_left(columns, len(marks) - len(marks.lstrip()))
    last = bisect_left(columns, len(marks))
    words = [each.span() for each in re.finditer(r"[^ ]+", text)]
    inside = [n for n, (start, end) in enumerate(words) if start < last and end > first]
    nearest = max((n for n, (start, _) in enumerate(words) if start <= first), default=0)
    low, high = (inside[0], inside[-1]) if inside else (nearest, nearest)
    room = width - 2 * len(MORE) - 2

    def is_fit(low: int, high: int) -> bool:
        return measure(text[words[low][0] : words[high][1]]) <= room

    while high > low and not is_fit(low, high):
        high -= 1
    while (low > 0 and is_fit(low - 1, high)) or (high + 1 < len(words) and is_fit(low, high + 1)):
        if low > 0 and is_fit(low - 1, high):
            low -= 1
        if high + 1 < len(words) and is_fit(low, high + 1):
            high += 1
    start, end = words[low][0], words[high][1]
    before = f"{MORE} " if low else ""
    after = f" {MORE}" if high + 1 < len(words) else ""
    indent = "".join("\t" if c == "\t" else " " * measure(c) for c in before + text[start:first])
    return before + text[start:end] + after, indent + "^" * max(
        1, measure(text[first : min(last, end)])
    )


def fit_table(table: Table, width: int, gap: int) -> Table | None:
    """Return a table whose cells are broken into lines that fit, or None if its words do not."""
    columns = _cells_of(table)
    natural = [max(map(measure, cells)) for cells in columns]
    if sum(natural) + gap * (len(natural) - 1) <= width:
        return table
    least = [
        whole
        if column.is_number
        else max(measure(w) for cell in cells for w in [*cell.split(" "), ""])
        for whole, column, cells in zip(natural, table.columns, columns, strict=True)
    ]
    room = width - sum(least) - gap * (len(least) - 1)
    if room < 0:
        return None
    widths = _share(room, least, natural)
    broken = [
        tuple(_break_cell(cell, size) for cell, size in zip(row, widths, strict=True))
        for row in table.rows
    ]
    titles = [
        evolve(column, title=_break_cell(column.title, size))
        for column, size in zip(table.columns, widths, strict=True)
    ]
    return evolve(table, columns=tuple(titles), rows=broken)


def cut_table(table: Table, width: int, gap: int) -> Table:
    """Return a table with each row on one line: without columns, or words, that do not fit."""
    columns = [(title, *rest) for title, *rest in _cells_of(table)]
    sizes = [max(map(measure, cells)) for cells in columns]
    longest = max(measure(word) for cell in columns[0] for word in [*cell.split(" "), ""])
    kept = len(sizes)
    while kept > LEAST and longest + sum(sizes[1:kept]) + gap * (kept - 1) > width:
        kept -= 1
    room = width - sum(sizes[1:kept]) - gap * (kept - 1)
    rows = [(_cut_words(row[0], room), *row[1:kept]) for row in table.rows]
    return evolve(table, columns=table.columns[:kept], rows=rows)


def list_rows(table: Table) -> Iterator[list[Part]]:
    """Yield the lines of a table as a list: each row's first cell, and below it the others."""
    for row in table.rows:
        yield [(row[0], "strong")]
        for column, cell in zip(table.columns[1:], row[1:], strict=True):
            if cell:
                yield ["  ", column.title, ": ", (cell, column.style) if column.style else cell]


def _cells_of(table: Table) -> list[tuple[str, ...]]:
    """Return the title and the cells of each column."""
    titles = tuple(column.title for column in table.columns)
    return list(zip(titles, *table.rows, strict=True))


def _share(room: int, least: Sequence[int], natural: Sequence[int]) -> list[int]:
    """Return widths between the least and the natural ones, which share what room there is."""
    widths = list(least)
    wanting = sorted(range(len(widths)), key=lambda n: natural[n] - least[n])
    for done, place in enumerate(wanting):
        more = min(natural[place] - least[place], room // (len(wanting) - done))
        widths[place] += more
        room -= more
    return widths


def _break_cell(cell: str, width: int) -> str:
    lines = [""]
    for word in cell.split(" "):
        if lines[-1] and measure(lines[-1]) + 1 + measure(word) > width:
            lines.append(word)
        else:
            lines[-1] = f"{lines[-1]} {word}" if lines[-1] else word
    return "\n".join(lines)


def _cut_words(cell: str, width: int) -> str:
    if measure(cell) <= width:
        return cell
    kept = ""
    for word in cell.split(" "):
        longer = f"{kept} {word}" if kept else word
        if measure(longer) + 2 > width:
            break
        kept = longer
    return f"{kept} {MORE}" if kept else MORE
