"""Edits of a TOML text that leave everything else as it is: comments, order, quotes and spaces."""

from collections.abc import Iterable, Sequence

from attrs import define, field, frozen

from segrules.language.source import Span
from segrules.language.toml_places import KeyPath, Line, Places, find_places
from segrules.language.toml_values import write_key


@frozen
class Edit:
    """A stretch of a text, and the text to put there."""

    span: Span
    text: str


@define
class TomlEditor:
    """Edits of a TOML text, to be made all at once, with `finish`.

    original: the text before any of the edits, with line ends of one character. text: the same with
    its last line ended, which is what edits are of.
    """

    original: str
    text: str = field(init=False)
    places: Places = field(init=False)
    edits: list[Edit] = field(factory=list)
    added: list[str] = field(factory=list)

    def __attrs_post_init__(self) -> None:
        is_ended = not self.original or self.original.endswith("\n")
        self.text = self.original if is_ended else self.original + "\n"
        self.places = find_places(self.text)

    def find_lines(self, path: KeyPath) -> list[Line]:
        """Return the lines of what is at some keys, or inside it."""
        return [line for line in self.places.lines if line.path[: len(path)] == path]

    def insert(self, at: int, text: str) -> None:
        """Put a text at a place; what is put there first comes first."""
        self.edits.append(Edit(Span(at, at), text))

    def insert_after(self, line: Line, path: KeyPath, value: str) -> None:
        """Put a key with its value on a line of its own below another, in the table of that."""
        key = ".".join(write_key(str(each)) for each in path[len(line.table) :])
        self.insert(line.span.end, f"{key} = {value}\n")

    def insert_on_top(self, path: KeyPath, value: str) -> None:
        """Put a key with its value in the outermost table."""
        outer = [line for line in self.places.lines if not line.table]
        if outer:
            self.insert_after(outer[-1], path, value)
            return
        at = self._find_lead(self.places.lines[0]) if self.places.lines else len(self.text)
        self.insert(at, f"{'.'.join(write_key(str(each)) for each in path)} = {value}\n\n")

    def replace_value(self, line: Line, value: str) -> None:
        """Give the key of a line another value."""
        if line.value is not None:
            self.edits.append(Edit(line.value, value))

    def cut(self, lines: Iterable[Line]) -> None:
        """Remove lines, and nothing else."""
        self.edits += [Edit(line.span, "") for line in lines]

    def remove(self, lines: Iterable[Line]) -> None:
        """Remove lines with the comments among them, right below them, and right above a header.

        Comments that an empty line sets apart stay, and so do those at the very top of the text and
        those right above the line that follows.
        """
        gone = {line.span.start for line in lines}
        run: list[Line] = []
        for line in [*self.places.lines, None]:
            if line is not None and line.span.start in gone:
                run.append(line)
            elif run:
                self.edits.append(Edit(self._stretch(run, line), ""))
                run = []

    def append(self, paragraph: str) -> None:
        """Put a paragraph at the end, an empty line above it."""
        self.added.append(paragraph)

    def finish(self) -> str:
        """Return the text with all edits made."""
        if not self.edits and not self.added:
            return self.original
        pieces, end = [], 0
        for edit in sorted(self.edits, key=lambda each: (each.span.start, each.span.end)):
            pieces += [self.text[end : edit.span.start], edit.text]
            end = edit.span.end
        done = "".join([*pieces, self.text[end:]])
        for paragraph in self.added:
            if done and not done.endswith("\n\n"):
                done += "\n"
            done += paragraph
        return done

    def _stretch(self, run: Sequence[Line], following: Line | None) -> Span:
        """Return the stretch of lines that are removed together."""
        lead = self._find_lead(run[0]) if run[0].value is None else 0
        limit = len(self.text) if following is None else self._find_lead(following)
        end = run[-1].span.end
        for is_more in (_is_comment, _is_blank):
            while end < limit and is_more(self._line_at(end)):
                end += len(self._line_at(end))
        return Span(lead or run[0].span.start, end)

    def _find_lead(self, line: Line) -> int:
        """Return where the comments right above a line begin, or the line itself."""
        start = line.span.start
        while start:
            above = self.text.rfind("\n", 0, start - 1) + 1
            if not _is_comment(self.text[above:start]):
                break
            start = above
        return start

    def _line_at(self, start: int) -> str:
        end = self.text.find("\n", start)
        return self.text[start:] if end < 0 else self.text[start : end + 1]


def _is_comment(line: str) -> bool:
    return line.lstrip().startswith("#")


def _is_blank(line: str) -> bool:
    return not line.strip()
