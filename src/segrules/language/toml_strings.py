"""Strings in a TOML text: where each is written, and where each of its characters is.

`tomllib` reads a text without saying where anything was. This finds the strings of a text that
`tomllib` has read; of any other text the answer may be anything.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Final, TypeAlias

from attrs import define, evolve, field, frozen

from segrules.language.diagnostics import Diagnostic
from segrules.language.source import Source, Span

KeyPath: TypeAlias = tuple[str | int, ...]
"""Keys from the outermost in, and the places in lists."""

STRING: Final = (
    r'"""(?:[^\\]|\\.)*?"{3,5}|' + r"'''.*?'{3,5}|" + r'"(?:[^"\\\n]|\\.)*"|' + r"'[^'\n]*'"
)
TOKEN: Final = re.compile(
    rf"#[^\n]*|(?P<string>{STRING})|(?P<sign>[\[\]{{}},.=\n])|(?P<bare>[^\s\[\]{{}},.=#\"']+)",
    re.DOTALL,
)
PIECE: Final = re.compile(
    r"(?P<fold>\\[ \t]*\r?\n\s*)|\\u(?P<u>.{4})|\\U(?P<U>.{8})|\\x(?P<x>..)|\\(?P<escape>.)|"
    r"(?P<plain>\r\n|.)",
    re.DOTALL,
)
"""What stands for one character of a basic string, or for none where lines are folded."""
LINE: Final = re.compile(r"(?P<plain>\r\n|.)", re.DOTALL)
"""What stands for one character of a literal string."""
ESCAPES: Final = {"b": "\b", "t": "\t", "n": "\n", "f": "\f", "r": "\r", "e": "\x1b"}


@frozen
class TomlString:
    """A string of a TOML text.

    text: what it says. span: where it is written, quotes included. characters: where each character
    of what it says is written. end: where the closing quotes begin.
    """

    text: str
    span: Span
    characters: Sequence[Span]
    end: int

    def place(self, span: Span) -> Span:
        """Return where a stretch of what the string says is written."""
        inside = self.characters[span.start : span.end]
        if inside:
            return Span(inside[0].start, inside[-1].end)
        at = self.characters[span.start].start if span.start < len(self.characters) else self.end
        return Span(at, at)


def find_strings(toml: str) -> dict[KeyPath, TomlString]:
    """Return every string that is a value in a TOML text, by its keys, in the order of the text."""
    reader = _Reader()
    for token in TOKEN.finditer(toml):
        if token["string"] is not None:
            reader.read_string(_read_string(token["string"], token.start()))
        elif token["sign"] is not None:
            reader.read_sign(token["sign"])
        elif token["bare"] is not None:
            reader.read_bare(token["bare"])
    return reader.found


def place_finding(found: Diagnostic, string: TomlString, toml: Source) -> Diagnostic:
    """Return what was found in a text that is a string of a TOML text, at its place in that."""
    related = None if found.related is None else string.place(found.related)
    return evolve(found, source=toml, span=string.place(found.span), related=related)


@define
class _Reader:
    """The keys of the place that a text has been read up to.

    key: the key that is being read, or None where a value is. table: the keys of the table that the
    header above opened. around: keys of the values that contain the place, from the outermost in,
    each with the number of its items so far if it is a list. headers: how many brackets of a header
    are open.
    """

    found: dict[KeyPath, TomlString] = field(factory=dict)
    key: list[str] | None = field(factory=list)
    table: KeyPath = ()
    path: KeyPath = ()
    around: list[tuple[KeyPath, int | None]] = field(factory=list)
    headers: int = 0
    lists: dict[KeyPath, int] = field(factory=dict)

    def read_string(self, string: TomlString) -> None:
        if self.key is not None:
            self.key.append(string.text)
        else:
            self.found[self.path] = string

    def read_bare(self, word: str) -> None:
        if self.key is not None:
            self.key.append(word)

    def read_sign(self, sign: str) -> None:
        match sign:
            case "[" if self.key is not None:
                self.headers += 1
            case "]" if self.headers:
                self._end_header()
            case "=" if self.key is not None:
                base = self.around[-1][0] if self.around else self.table
                self.path, self.key = (*base, *self.key), None
            case "[":
                self.around.append((self.path, 0))
                self.path = (*self.path, 0)
            case "{":
                self.around.append((self.path, None))
                self.key = []
            case "]" | "}":
                self.path, self.key = self.around.pop()[0], None
            case ",":
                self._next_item()
            case "\n" if not self.around:
                self.key, self.headers = [], 0
            case _:  # a dot between keys, or a sign inside a number
                pass

    def _next_item(self) -> None:
        base, items = self.around[-1]
        if items is None:
            self.key = []
        else:
            self.around[-1] = base, items + 1
            self.path = (*base, items + 1)

    def _end_header(self) -> None:
        """Open the table of a header; the second bracket of two finds that it is done."""
        if self.key:
            table: KeyPath = ()
            for key in self.key[:-1]:
                table = (*table, key)
                table = (*table, self.lists[table]) if table in self.lists else table
            table = (*table, self.key[-1])
            if self.headers > 1:
                self.lists[table] = self.lists.get(table, -1) + 1
            self.table = (*table, self.lists[table]) if table in self.lists else table
        self.key = []


def _read_string(token: str, start: int) -> TomlString:
    quotes = 3 if token.startswith(('"""', "'''")) else 1
    first = quotes
    if quotes == 3:  # a line end right after the quotes is not part of the string
        first += len(re.match(r"(?:\r?\n)?", token[3:])[0])  # type: ignore[index]  # it matches
    pieces = PIECE if token[0] == '"' else LINE
    written, places = [], []
    for piece in pieces.finditer(token, first, len(token) - quotes):
        if piece.lastgroup != "fold":
            written.append(_read_piece(piece.groupdict()))
            places.append(Span(start + piece.start(), start + piece.end()))
    end = start + len(token)
    return TomlString("".join(written), Span(start, end), places, end - quotes)


def _read_piece(piece: Mapping[str, str | None]) -> str:
    match piece:
        case {"plain": str(plain)}:
            return "\n" if plain == "\r\n" else plain
        case {"escape": str(escape)}:
            return ESCAPES.get(escape, escape)
        case _:
            return chr(int(piece["u"] or piece["U"] or piece["x"] or "0", 16))
