import io
from importlib.util import find_spec
from time import sleep

import pytest

from segrules.cli import terminal
from segrules.cli.screen import PlainScreen, format_table
from segrules.cli.shown import Column, Table, on_one_line, presentable
from segrules.cli.terminal import ColourChoice, open_screen

TABLE = Table((Column("Name"), Column("Size", is_number=True)), [("a", "1"), ("bcdef", "23")])


class Terminal(io.StringIO):
    """A stream that claims to be a terminal."""

    def isatty(self) -> bool:
        return True


def test_plain_tables() -> None:
    """Columns are as wide as their cells, numbers are on the right, and no line ends in spaces."""
    assert format_table(TABLE) == "Name   Size\na         1\nbcdef    23"
    assert format_table(Table((Column("A"), Column("B")), [], "T", "C")) == "T\n\nA  B\n\nC"


@pytest.mark.parametrize(
    ("stream", "colour", "is_plain"),
    [
        (io.StringIO, "auto", True),
        (io.StringIO, "always", False),
        (Terminal, "auto", False),
        (Terminal, "never", True),
    ],
)
def test_which_screen(
    stream: type[io.StringIO],
    colour: ColourChoice,
    is_plain: bool,  # noqa: FBT001  # a column of the table above
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """A terminal gets colour except with 'never', another stream only with 'always'."""
    pytest.importorskip("rich")
    monkeypatch.setenv("TERM", "xterm")
    assert isinstance(open_screen(stream(), colour), PlainScreen) is is_plain


@pytest.mark.parametrize(("name", "value"), [("TERM", "dumb"), ("NO_COLOR", "1")])
def test_environment(name: str, value: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """A dumb terminal, and NO_COLOR, get text without colour."""
    monkeypatch.setenv("TERM", "xterm")
    monkeypatch.setenv(name, value)
    out = Terminal()
    open_screen(out, "auto").say("very ", ("bad", "bad"))
    assert "31m" not in out.getvalue()


def test_without_rich_all_is_plain(monkeypatch: pytest.MonkeyPatch) -> None:
    """Without the extra, a terminal gets the same text as a file."""

    def find_no_rich(name: str) -> object:
        return None if name == "rich" else find_spec(name)

    monkeypatch.setattr(terminal, "find_spec", find_no_rich)
    monkeypatch.setenv("TERM", "xterm")
    out = Terminal()
    shown = open_screen(out, "always")
    shown.say("a ", ("b", "good"))
    shown.show(TABLE)
    with shown.progress("Replaying", 2) as step, shown.animate() as show:
        step()
        show(TABLE)
    assert out.getvalue() == "a b\n" + 2 * (format_table(TABLE) + "\n")
    assert not shown.is_live


def test_motion(monkeypatch: pytest.MonkeyPatch) -> None:
    """A progress bar and a live table disappear at the end."""
    pytest.importorskip("rich")
    monkeypatch.setenv("TERM", "xterm")
    out = Terminal()
    shown = open_screen(out, "auto")
    assert shown.is_live
    with shown.progress("Replaying", 2) as step:
        step()
    with shown.animate() as show:
        show(TABLE)
    assert "Replaying" in out.getvalue()
    assert out.getvalue().endswith("\x1b[2K")
    piped = io.StringIO()
    with open_screen(piped, "always").progress("Replaying", 2) as step:
        step()
    assert piped.getvalue() == ""


@pytest.mark.parametrize(("width", "height"), [(80, 24), (60, 30), (120, 40), (40, 10)])
def test_a_frame_fits(width: int, height: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """A live table with as many rows as a screen allows is less high than the terminal."""
    pytest.importorskip("rich")
    monkeypatch.setenv("TERM", "xterm")
    monkeypatch.setenv("COLUMNS", str(width))
    monkeypatch.setenv("LINES", str(height))
    out = Terminal()
    shown = open_screen(out, "auto")
    assert shown.rows is not None
    row = ("A name that is longer than a terminal is wide, by far and by all means", "1")
    with shown.animate() as show:
        show(Table(TABLE.columns, [row] * shown.rows, "Title", "Caption"))
        sleep(0.5)  # longer than a frame takes
    frame = out.getvalue()
    frame = frame[frame.index("Title") : frame.index("Caption")]
    assert frame.count("\n") == shown.rows + 5 < height


def test_a_long_name_is_whole(monkeypatch: pytest.MonkeyPatch) -> None:
    """A name that is wider than its column is folded, not cut."""
    pytest.importorskip("rich")
    monkeypatch.setenv("TERM", "xterm")
    monkeypatch.setenv("COLUMNS", "12")
    out = Terminal()
    open_screen(out, "auto").show(
        Table((Column("Name"), Column("Size")), [("abcdefghij", "1 2 3")])
    )
    letters = [line.split()[0] for line in out.getvalue().splitlines() if line.strip()]
    assert "abcdefghij" in "".join(letters)


def test_control_characters() -> None:
    """Characters that move the cursor or turn the text around are shown as one sign."""
    assert presentable("a\x1b[2J\tb\n\u202ec\x9b") == "a\ufffd[2J\tb\n\ufffdc\ufffd"
    assert on_one_line("a\tb\nc") == "a\ufffdb\ufffdc"
