"""Where the strings of a TOML text are."""

import re
import tomllib
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from segrules.language.toml_places import KeyPath, TomlString, find_strings
from segrules.results import Span

ESCAPED = {"\b": "\\b", "\t": "\\t", "\n": "\\n", "\f": "\\f", "\r": "\\r", '"': '\\"'}


def walk(data: object, path: KeyPath = ()) -> Iterator[tuple[KeyPath, str]]:
    """Yield the texts in data with their keys."""
    match data:
        case str():
            yield path, data
        case dict():
            for key, value in data.items():
                yield from walk(value, (*path, key))
        case list():
            for place, value in enumerate(data):
                yield from walk(value, (*path, place))


def written(toml: str, string: TomlString) -> list[str]:
    """Return how each character of a string is written."""
    return [toml[place.start : place.end] for place in string.characters]


def read_as(piece: str) -> str:
    """Return the character that a piece of TOML stands for, as `tomllib` reads it."""
    if piece in ('"', "\n", "\r\n") or not piece.startswith("\\"):
        return piece.replace("\r\n", "\n")
    return str(tomllib.loads(f'x = "{piece}"')["x"])


def escape(text: str, style: Callable[[str], bool]) -> str:
    """Return a text as the inside of a basic string; style says what is escaped though it can be.

    as it is.
    """
    return "".join(
        ESCAPED.get(c, f"\\u{ord(c):04x}" if ord(c) < 0x10000 else f"\\U{ord(c):08x}")
        if style(c) and c != "\\"
        else {"\\": "\\\\"}.get(c, c)
        for c in text
    )


def needs(c: str) -> bool:
    return c in '"\n\r' or (not c.isprintable() and c != "\t")


FORMS: list[Callable[[str], str]] = [
    lambda text: '"' + escape(text, needs) + '"',
    lambda text: '"' + escape(text, lambda _: True) + '"',
    lambda text: '"""\n' + escape(text, needs) + '"""',
    lambda text: (
        '"""' + escape(text, lambda c: needs(c) and c != "\n").replace("\n", "\\n") + '"""'
    ),
    lambda text: '"""\\\n  \n ' + escape(text, lambda _: True).replace("\\n", "\n\\\n  ") + '"""',
    lambda text: "'''\n" + text + "'''",
    lambda text: "'" + text + "'",
]

TEXTS = st.text(
    st.sampled_from("ab '\"\\\n\t#=[]{},.é🙂") | st.characters(codec="utf-8"), max_size=9
)
KEYS = st.sampled_from(["a", "b-c", "1", '"x y"', "'p.q'", '"\\"r"', "rule"])


@st.composite
def values(draw: st.DrawFn) -> str:
    """Draw a text as TOML, in one of the ways that can write it."""
    text = draw(TEXTS)
    ways = [form(text) for form in FORMS]
    return draw(st.sampled_from([way for way in ways if reads_as(way, text)]))


def reads_as(way: str, text: str) -> bool:
    try:
        return bool(tomllib.loads(f"x = {way}") == {"x": text})
    except tomllib.TOMLDecodeError:
        return False


def inline() -> st.SearchStrategy[str]:
    """Return values with strings inside lists and inline tables."""
    plain = values() | st.sampled_from(["1.5", "true", "1979-05-27 07:32:00", "[]", "{}"])
    return st.recursive(
        plain,
        lambda inner: (
            st.lists(inner, max_size=3).map(
                lambda items: "[ # a [comment = '\n" + ",\n ".join(items) + "]"
            )
            | st.lists(st.tuples(KEYS, inner), max_size=3, unique_by=lambda pair: pair[0]).map(
                lambda pairs: "{" + ", ".join(f"{key} = {value}" for key, value in pairs) + "}"
            )
        ),
        max_leaves=4,
    )


@st.composite
def documents(draw: st.DrawFn) -> str:
    """Draw a document of headers, lists of tables, dotted keys and comments."""
    lines = []
    for _ in range(draw(st.integers(0, 8))):
        keys = draw(st.lists(KEYS, min_size=1, max_size=3))
        dotted = draw(st.sampled_from([".", " . "])).join(keys)
        match draw(st.integers(0, 3)):
            case 0:
                lines.append(f"[{dotted}] # 'x' = [")
            case 1:
                lines.append(f"[[ {dotted} ]]")
            case _:
                lines.append(f"{dotted} = {draw(inline())} # \"y\" = '''")
    return "\n".join(lines) + draw(st.sampled_from(["", "\n"]))


@given(documents(), st.booleans())
def test_strings_are_found(toml: str, crlf: bool) -> None:  # noqa: FBT001  # drawn
    """Every string is found by its keys, and each character where it is written."""
    toml = re.sub(r"(?<!\r)\n", "\r\n", toml) if crlf else toml
    try:
        data = tomllib.loads(toml)
    except tomllib.TOMLDecodeError:
        return
    found = find_strings(toml)
    assert {path: each.text for path, each in found.items()} == dict(walk(data))
    for each in found.values():
        assert [read_as(piece) for piece in written(toml, each)] == list(each.text)
        assert toml[each.span.start] == toml[each.span.end - 1]
        assert toml[each.span.start] in "\"'"


@given(values(), st.sampled_from(["[t]\nr = {}", "t = {{ q = 'x', r = {} }}", "t.r = {} # '"]))
def test_every_form(value: str, around: str) -> None:
    """A text is found in all forms that can write it, however the tables are written."""
    toml = around.format(value)
    string = find_strings(toml)["t", "r"]
    assert string.text == tomllib.loads(toml)["t"]["r"]
    assert toml[string.span.start : string.span.end] == value
    assert [read_as(piece) for piece in written(toml, string)] == list(string.text)


@pytest.mark.parametrize(
    ("toml", "path", "span", "expected"),
    [
        ("r = 'abc'", ("r",), Span(1, 2), "b"),
        ('r = "a\\"bc"', ("r",), Span(1, 3), '\\"b'),
        ('r = "a\\u00e9bc"', ("r",), Span(2, 3), "b"),
        ("r = '''\nabc\ndef'''", ("r",), Span(4, 7), "def"),
        ("r = '''\r\nabc\r\ndef'''", ("r",), Span(3, 5), "\r\nd"),
        ('r = """a\\\n   bc"""', ("r",), Span(0, 1), "a"),
        ('r = """a\\\n   bc"""', ("r",), Span(1, 2), "b"),
        ("r = ''", ("r",), Span(0, 0), ""),
        ("r = '''ab'''''", ("r",), Span(2, 4), "''"),
        ("[[s]]\n[[s]]\nr = 'abc'", ("s", 1, "r"), Span(3, 3), ""),
        ("[[s]]\n[s.t]\nr = 'abc'", ("s", 0, "t", "r"), Span(0, 1), "a"),
    ],
)
def test_a_stretch(toml: str, path: KeyPath, span: Span, expected: str) -> None:
    """A stretch of what a string says leads to how that stretch is written."""
    place = find_strings(toml)[path].place(span)
    assert toml[place.start : place.end] == expected


def test_the_end_of_an_empty_string() -> None:
    """A place in an empty string is between its quotes."""
    for toml in ("r = ''", 'r = """"""', "r = '''\n'''"):
        place = find_strings(toml)["r",].place(Span(0, 0))
        assert toml[: place.start].count(toml[4]) * 2 == toml.count(toml[4])


def test_data_is_not_mistaken() -> None:
    """Headers of lists of lists have their own numbers."""
    toml = "[[a]]\n[[a.b]]\nr='1'\n[[a.b]]\nr='2'\n[[a]]\n[[a.b]]\nr='3'\n"
    data: dict[str, Any] = tomllib.loads(toml)
    assert {path: s.text for path, s in find_strings(toml).items()} == dict(walk(data))
