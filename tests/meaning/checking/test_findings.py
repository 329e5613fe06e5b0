"""Findings in order, and suggestions for names."""

import pytest

from segrules.language.suggestions import find_closest, quote, suggest
from segrules.meaning.checking.findings import Findings
from segrules.results import Source, Span


def test_order() -> None:
    """Findings come in text order."""
    findings = Findings(Source("abc"))
    for start in (2, 0, 1):
        findings.report("code", Span(start, 3), str(start), "help", Span(0, 1), "note")
    assert [found.message for found in findings.in_order()] == ["0", "1", "2"]
    assert findings.found[0].related == Span(0, 1)


@pytest.mark.parametrize(
    ("word", "known", "advice"),
    [
        ("contry", ["country", "city"], "did you mean `country`?"),
        ("COUNTRY", ["country", "city"], "did you mean `country`?"),
        ("coun", ["country", "city"], "did you mean `country`?"),
        ("c", ["country", "city"], "one of: `city`, `country`"),
        ("total-spent", ["totalSpent", "total"], "did you mean `totalSpent`?"),
        ("zzz", ["country", "city"], "one of: `city`, `country`"),
        ("zzz", [], "there are no names"),
        ("q", "abcdefgh", "one of: `a`, `b`, `c`, `d`, `e`, `f`, `g`, `h`"),
        ("q", "abcdefghi", "one of: `a`, `b`, `c`, `d`, `e`, `f`, `g`, `h`, …"),
    ],
)
def test_suggestions(word: str, known: list[str], advice: str) -> None:
    """A name is suggested only when it is close; otherwise the names are listed."""
    assert suggest(word, known, "names") == advice


def test_names_as_they_are_written() -> None:
    """A suggestion can be copied into the rule."""
    assert suggest("cohor", ["cohort"], "names", "`{}`".format) == "did you mean `` `cohort` ``?"
    assert find_closest("b", ["a"]) is None


def test_quoting() -> None:
    """An author's words are put in backticks, on one short line."""
    assert quote("a") == "`a`"
    assert quote("a\nb") == "`a b`"
    assert quote("`a`") == "`` `a` ``"
    assert len(quote("x" * 1000)) < 100
