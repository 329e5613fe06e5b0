"""The text of a rule, and places in it."""

import re
import unicodedata

from attrs import frozen

_MARGIN = 100
_UNPRINTABLE = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff]")


@frozen
class Span:
    """A stretch of text: offsets of its first character and of the one after its last."""

    start: int
    end: int

    def to_data(self) -> dict[str, int]:
        """Return the offsets as JSON types."""
        return {"start": self.start, "end": self.end}


@frozen
class Source:
    """A text and the name that findings give it, such as a file's.

    is_file: whether the name is that of a file with this text. key: in a file of many texts, the
    key of the one in question.
    """

    text: str
    name: str = "rule"
    is_file: bool = False
    key: str | None = None

    def to_data(self) -> dict[str, str]:
        """Return the text and its name as JSON types."""
        return {"text": self.text, "name": self.name}


def locate(source: Source, offset: int) -> tuple[int, int]:
    """Return the line and the column of an offset, both counted from 1, columns in characters."""
    before = source.text[:offset].replace("\r\n", " \n").replace("\r", "\n")
    return before.count("\n") + 1, offset - (before.rfind("\n") + 1) + 1


def excerpt(source: Source, span: Span) -> str:
    """Return the first line that a span touches, and carets under the span, as two lines.

    The carets are right below the text in a terminal: tabs are repeated, and wide characters
    (Unicode's East Asian Width) count twice. Of a very long line only the part around the span is
    shown, and characters that would control a terminal are replaced.
    """
    start, end = _line_bounds(source.text, span.start)
    left, right = max(start, span.start - _MARGIN), min(end, span.start + _MARGIN)
    before = "…" * (left > start) + _printable(source.text[left : span.start])
    after = _printable(source.text[span.start : right]) + "…" * (right < end)
    marked = after[: max(span.end, span.start) - span.start]
    indent = "".join("\t" if c == "\t" else " " * _cells(c) for c in before)
    return f"{before}{after}\n{indent}{'^' * max(1, sum(map(_cells, marked)))}"


def _printable(text: str) -> str:
    return _UNPRINTABLE.sub("\ufffd", text)


def _line_bounds(text: str, offset: int) -> tuple[int, int]:
    start = max(text.rfind("\n", 0, offset), text.rfind("\r", 0, offset)) + 1
    ends = [i for i in (text.find("\n", offset), text.find("\r", offset)) if i >= 0]
    return start, min(ends, default=len(text))


def measure(text: str) -> int:
    """Return how many columns of a terminal a text takes."""
    return sum(map(_cells, text))


def _cells(character: str) -> int:
    if unicodedata.combining(character) or unicodedata.category(character) in {"Cf", "Me", "Mn"}:
        return 0
    return 2 if unicodedata.east_asian_width(character) in {"W", "F"} else 1
