"""Places in a TOML text: its lines, its strings, and each character of these.

`tomllib` reads a text without saying where anything was. This finds the places in a text that
`tomllib` has read; of any other text the answer may be anything.
"""

import re
from collections.abc import Mapping, Sequence
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
"""How a basic string writes one character, or none where lines are folded."""
LINE: Final = re.compile(r"(?P<plain>\r\n|.)", re.DOTALL)
"""How a literal string writes one character."""
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


@frozen
class Line:
    """A header of a TOML text, or a key with its value.

    path: the keys of the table that a header opens, or of the value. table: the keys of the table
    that a header opens, or that the value is written in. span: where it is, from the start of its
    first line to the end of its last. value: where its value is; None for a header.
    """

    path: KeyPath
    table: KeyPath
    span: Span
    value: Span | None


@frozen
class Places:
    """Where things are in a TOML text. strings: the values that are strings, by their keys."""

    strings: Mapping[KeyPath, TomlString]
    lines: Sequence[Line]


def find_places(toml: str) -> Places:
    """Return the lines and strings of a TOML text, both in the order of the text."""
    reader = _Reader(toml)
    for token in TOKEN.finditer(toml):
        if token["string"] is not None:
            reader.read_string(_read_string(token["string"], token.start()))
        elif token["sign"] == "\n" and not reader.around:
            reader.end_line(token.end())
        elif token["sign"] is not None:
            reader.read_sign(token["sign"], Span(*token.span()))
        elif token["bare"] is not None:
            reader.read_bare(token["bare"], Span(*token.span()))
    reader.end_line(len(toml))
    return Places(reader.strings, reader.lines)


def find_strings(toml: str) -> Mapping[KeyPath, TomlString]:
    """Return the strings that are values in a TOML text by their keys, in the order of the text."""
    return find_places(toml).strings


def place_finding(found: Diagnostic, string: TomlString, toml: Source) -> Diagnostic:
    """Return what was found in a text that is a string of a TOML text, at its place in that."""
    related = None if found.related is None else string.place(found.related)
    return evolve(found, source=toml, span=string.place(found.span), related=related)


@define
class _Reader:
    """The place that a text has been read up to.

    key: the key that is being read, or None where a value is. table: the keys of the table that the
    header above opened. around: keys of the values that contain the place, from the outermost in,
    each with the number of its items so far if it is a list. open_brackets: how many of a header
    are open. lists: the number of the last item of each list of tables. line: the keys of the line,
    None before they are known. start, value: where the line's first token is, and its value.
    """

    text: str
    strings: dict[KeyPath, TomlString] = field(factory=dict)
    lines: list[Line] = field(factory=list)
    key: list[str] | None = field(factory=list)
    table: KeyPath = ()
    path: KeyPath = ()
    around: list[tuple[KeyPath, int | None]] = field(factory=list)
    open_brackets: int = 0
    lists: dict[KeyPath, int] = field(factory=dict)
    line: KeyPath | None = None
    start: int | None = None
    value: Span | None = None
    in_value: bool = False

    def read_string(self, string: TomlString) -> None:
        self._step(string.span)
        if self.key is not None:
            self.key.append(string.text)
        else:
            self.strings[self.path] = string

    def read_bare(self, word: str, span: Span) -> None:
        self._step(span)
        if self.key is not None:
            self.key.append(word)

    def read_sign(self, sign: str, span: Span) -> None:
        self._step(span)
        match sign:
            case "[" if self.key is not None:
                self.open_brackets += 1
            case "]" if self.open_brackets:
                self._end_header()
            case "=" if self.key is not None:
                base = self.around[-1][0] if self.around else self.table
                self.path, self.key = (*base, *self.key), None
                if not self.around:
                    self.line, self.in_value = self.path, True
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
            case _:  # a dot between keys, or a sign inside a number
                pass

    def end_line(self, end: int) -> None:
        """End a line that no value goes on after."""
        if self.line is not None and self.start is not None:
            start = self.text.rfind("\n", 0, self.start) + 1
            self.lines.append(Line(self.line, self.table, Span(start, end), self.value))
        self.key, self.open_brackets, self.in_value = [], 0, False
        self.line = self.start = self.value = None

    def _step(self, span: Span) -> None:
        if self.start is None:
            self.start = span.start
        if self.in_value:
            self.value = Span(self.value.start if self.value else span.start, span.end)

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
            if self.open_brackets > 1:
                self.lists[table] = self.lists.get(table, -1) + 1
            self.table = (*table, self.lists[table]) if table in self.lists else table
            self.line = self.table
        self.key = []


def _read_string(token: str, start: int) -> TomlString:
    is_long = token.startswith(('"""', "'''"))
    quotes = 3 if is_long else 1
    # A line end right after three quotes is not part of the string.
    breaks = 2 if token.startswith("\r\n", 3) else 1 if token.startswith("\n", 3) else 0
    first = quotes + breaks * is_long
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
