"""How findings print."""

import json

import pytest

from segrules import RuleError, SegrulesError
from segrules.language.diagnostics import as_json, as_plain, as_text
from segrules.language.parser import parse
from segrules.results import Diagnostic, Source, Span

SOURCE = Source("a = 1\nAND (b == 2", "vip.rule")
PLAIN = Diagnostic("syntax", "something is off", SOURCE, Span(6, 9))
FULL = Diagnostic(
    "unknown-operator",
    "`==` is not an operator",
    SOURCE,
    Span(13, 15),
    help="write `=`",
    related=Span(10, 11),
    related_note="it was opened here",
)


def test_a_finding_for_people_shows_the_place_and_what_to_do() -> None:
    """Message, place, line, carets, note, help and link, each on a line of its own."""
    assert as_text([FULL]).split("\n") == [
        "error[unknown-operator]: `==` is not an operator",
        "  at vip.rule:2:8",
        "   2 | AND (b == 2",
        "     |        ^^",
        "  note: it was opened here",
        "  at vip.rule:2:5",
        "   2 | AND (b == 2",
        "     |     ^",
        "  help: write `=`",
        "  more: docs/findings.md#unknown-operator",
    ]


def test_a_finding_without_help_or_note_leaves_their_lines_out() -> None:
    """Nothing is printed for what is not there."""
    assert as_text([PLAIN]).split("\n") == [
        "error[syntax]: something is off",
        "  at vip.rule:2:1",
        "   2 | AND (b == 2",
        "     | ^^^",
        "  more: docs/findings.md#syntax",
    ]


def test_plain_findings_are_one_per_line() -> None:
    """The plain form is what editors and `grep` read."""
    assert as_plain([PLAIN, FULL]).split("\n") == [
        "vip.rule:2:1: error: something is off [syntax]",
        "vip.rule:2:8: error: `==` is not an operator [unknown-operator] (write `=`)",
    ]
    assert str(FULL) == as_plain([FULL])


def test_findings_as_json_hold_every_field() -> None:
    """The JSON form names offsets, lines and columns of both places."""
    plain, full = json.loads(as_json([PLAIN, FULL]))
    assert full == {
        "code": "unknown-operator",
        "severity": "error",
        "message": "`==` is not an operator",
        "file": None,
        "key": None,
        "source": "vip.rule",
        "span": {"start": 13, "end": 15, "line": 2, "column": 8},
        "help": "write `=`",
        "related": {
            "note": "it was opened here",
            "start": 10,
            "end": 11,
            "line": 2,
            "column": 5,
        },
        "link": "docs/findings.md#unknown-operator",
    }
    assert plain["related"] is None
    assert plain["help"] is None


def test_an_error_prints_all_its_findings() -> None:
    """A RuleError is a SegrulesError that prints everything that is wrong."""
    error = RuleError([PLAIN, FULL])
    assert isinstance(error, SegrulesError)
    assert error.findings == (PLAIN, FULL)
    assert str(error) == as_text([PLAIN]) + "\n\n" + as_text([FULL])


def test_an_error_about_half_a_character_can_be_printed() -> None:
    """What is wrong with a text can be shown wherever text can be shown."""
    with pytest.raises(RuleError) as caught:
        parse(Source("a = '\ud800'"))
    str(caught.value).encode()
    as_plain(caught.value.findings).encode()
    as_json(caught.value.findings).encode()
