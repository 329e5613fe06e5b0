"""Literals against types."""

from decimal import Decimal

import pytest

from segrules.language.syntax import Ago, Between, Duration, Name, Number, Text
from segrules.meaning.calendar import Calendar
from segrules.meaning.checking.findings import Findings
from segrules.meaning.checking.literals import check_instant, check_test
from segrules.meaning.conditions import Equals, Fixed, InRange, IsOneOf, Lies, Not, TermTest, Window
from segrules.meaning.vocabulary import Entry
from segrules.results import Source
from tests.meaning.shop import SHOP, mean
from tests.meaning.zones import at

UTC: Calendar = SHOP._vocabulary.calendar


@pytest.mark.parametrize(
    ("comparison", "start", "end"),
    [
        ("= 2026-01-14", "2026-01-14T00:00Z", "2026-01-15T00:00Z"),
        ("> 2026-01-14", "2026-01-15T00:00Z", None),
        (">= 2026-01-14", "2026-01-14T00:00Z", None),
        ("< 2026-01-14", None, "2026-01-14T00:00Z"),
        ("<= 2026-01-14", None, "2026-01-15T00:00Z"),
        ("= 2026-01-14T09:00:00Z", "2026-01-14T09:00Z", "2026-01-14T09:00:00.000001Z"),
        ("> 2026-01-14T09:00:00Z", "2026-01-14T09:00:00.000001Z", None),
        (">= '2026-01-14T09:00:00Z'", "2026-01-14T09:00Z", None),
        ("< '2026-01-14T10:00:00+01:00'", None, "2026-01-14T09:00Z"),
        ("<= 2026-01-14T09:00:00Z", None, "2026-01-14T09:00:00.000001Z"),
    ],
)
def test_instants(comparison: str, start: str | None, end: str | None) -> None:
    """A day is compared as a whole: equal is on it, greater is after it."""
    cuts = [None if each is None else Fixed(at(each)) for each in (start, end)]
    meant = mean(f"renewsAt {comparison}")
    assert isinstance(meant, TermTest)
    assert meant.test == Lies(Window(*cuts))


def test_negated() -> None:
    """`!=` is the opposite of `=`, so it holds where the value is missing."""
    assert mean("renewsAt != 2026-01-14") == Not(mean("renewsAt = 2026-01-14"))
    assert mean("points != 1") == Not(mean("points = 1"))


@pytest.mark.parametrize(
    ("text", "test"),
    [
        ("points = 1.0", Equals(Decimal(1))),
        ("points > 0.1", InRange(low=Decimal("0.1"), open_low=True)),
        ("points >= 1", InRange(low=Decimal(1))),
        ("points < 1", InRange(high=Decimal(1), open_high=True)),
        ("points <= 1", InRange(high=Decimal(1))),
        ("points in (1, 1.0, 2)", IsOneOf((Decimal(1), Decimal(2)))),
        ("optIn = true", Equals(value=True)),
        ("country = GB", Equals("GB")),
    ],
)
def test_scalars(text: str, test: object) -> None:
    """Numbers are exact, and equal values of a list are kept once."""
    meant = mean(text)
    assert isinstance(meant, TermTest)
    assert meant.test == test


def test_moving_ends_are_no_values() -> None:
    """A BETWEEN with an end that moves is a window, and never comes here."""
    low = Ago(Duration(1, "day"))
    between = Between(Name(("x",)), low, Number(Decimal(1)))
    findings = Findings(Source("x"))
    with pytest.raises(TypeError, match="is a window"):
        check_test(between, Entry(None), UTC, findings)
    assert check_instant(low, UTC, findings) is None
    assert check_instant(Text("2026-02"), UTC, findings) is None
    assert not findings.found
