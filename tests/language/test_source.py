"""Places in a text."""

import pytest

from segrules.language.source import excerpt, locate
from segrules.results import Source, Span


@pytest.mark.parametrize(
    ("text", "offset", "place"),
    [
        ("", 0, (1, 1)),
        ("abc", 0, (1, 1)),
        ("abc", 3, (1, 4)),
        ("a\nbc", 2, (2, 1)),
        ("a\nbc", 4, (2, 3)),
        ("a\r\nbc", 3, (2, 1)),
        ("a\r\nbc", 4, (2, 2)),
        ("a\rbc", 2, (2, 1)),
        ("a\n\n", 3, (3, 1)),
        ("\ta", 1, (1, 2)),
        ("😀a", 1, (1, 2)),
        ("é\u0301a", 2, (1, 3)),
    ],
)
def test_lines_and_columns_count_from_one_and_columns_in_characters(
    text: str, offset: int, place: tuple[int, int]
) -> None:
    """Every kind of line break counts once, and a tab or an emoji is one column."""
    assert locate(Source(text), offset) == place


@pytest.mark.parametrize(
    ("text", "span", "carets"),
    [
        ("abc", Span(1, 2), " ^"),
        ("abc", Span(0, 3), "^^^"),
        ("abc", Span(3, 3), "   ^"),
        ("\tab", Span(1, 3), "\t^^"),
        ("😀 a", Span(2, 3), "   ^"),
        ("a = 😀", Span(4, 5), "    ^^"),
        ("e\u0301 a", Span(3, 4), "  ^"),
        ("a\u200db", Span(2, 3), " ^"),
        ("日本 = 1", Span(0, 2), "^^^^"),
    ],
)
def test_carets_are_below_what_they_mark(text: str, span: Span, carets: str) -> None:
    """Carets line up in a terminal, whatever characters are before them."""
    assert excerpt(Source(text), span) == f"{text}\n{carets}"


@pytest.mark.parametrize("line_break", ["\n", "\r\n", "\r"])
def test_an_excerpt_is_one_line(line_break: str) -> None:
    """Only the first line that a span touches is shown, and marked to its end at most."""
    source = Source(line_break.join(["one", "two", "three"]))
    start = source.text.index("wo")
    assert excerpt(source, Span(start, start + 1)) == "two\n ^"
    assert excerpt(source, Span(start, len(source.text))) == "two\n ^^"


def test_a_long_line_is_cut_around_the_mark() -> None:
    """A megabyte on one line does not fill the screen."""
    source = Source("x" * 500 + "!" + "y" * 500)
    line, carets = excerpt(source, Span(500, 501)).split("\n")
    assert line == "…" + "x" * 100 + "!" + "y" * 99 + "…"
    assert line[carets.index("^")] == "!"
    assert carets.count("^") == 1


def test_an_excerpt_holds_nothing_that_a_terminal_obeys() -> None:
    """Control characters and halves of characters are replaced, one for one."""
    text = "a\x00b\x1b[2Jc\ud800d"
    line, carets = excerpt(Source(text), Span(1, 2)).split("\n")
    assert line == "a\ufffdb\ufffd[2Jc\ufffdd"
    assert carets == " ^"
