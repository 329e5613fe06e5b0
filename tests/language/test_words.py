"""What a single word means."""

from datetime import UTC, datetime
from decimal import Context, Decimal, localcontext

import pytest

from segrules.language.formatter import format_node
from segrules.language.syntax import Comparison, Instant, Name, Number, Text, Timing, Within
from tests.language.reading import parts, refusal, root


@pytest.mark.parametrize(
    ("written", "unit"),
    [
        (words, unit)
        for unit, spellings in {
            "second": "s second seconds",
            "minute": "min minute minutes",
            "hour": "h hour hours",
            "day": "d day days D DAYS",
            "week": "w week weeks",
            "month": "mo month months",
            "quarter": "quarter quarters",
            "year": "y year years",
        }.items()
        for words in spellings.split()
    ],
)
@pytest.mark.parametrize("space", ["", " ", "\n"])
def test_a_duration_takes_any_spelling_of_its_unit(written: str, unit: str, space: str) -> None:
    """`24h`, `24 hours` and `24 hour` are one duration."""
    node = root(f"a within 24{space}{written}")
    assert isinstance(node, Timing)
    assert isinstance(node.when, Within)
    assert node.when.duration.amount == 24
    assert node.when.duration.unit == unit


def test_units_are_not_reserved() -> None:
    """A short unit may be a name, a value or the beginning of one."""
    assert root("d = h AND hours = days AND min_age > 3 AND monthly = y")


def test_the_long_s_of_old_prints_is_an_s() -> None:
    """Letters that are one but for their case are one in a unit as well."""
    assert root("a within 3 \u017feconds") == root("a within 3 seconds")


@pytest.mark.parametrize(
    ("written", "value"),
    [
        ("'a'", "a"),
        ('"a"', "a"),
        ("a", "a"),
        ("NaN", "NaN"),
        ('"it\'s"', "it's"),
        ("'say \"hi\"'", 'say "hi"'),
        (r"'it\'s'", "it's"),
        (r'"a\"b"', 'a"b'),
        (r"'a\\b\n\t'", "a\\b\n\t"),
        (r"'\u00e9\u00E9'", "éé"),
        (r"'\ud83d\ude00'", "😀"),
        ("'# -- (AND'", "# -- (AND"),
        ("'\u2028'", "\u2028"),
    ],
)
def test_text_is_what_is_between_its_quotes(written: str, value: str) -> None:
    """Either kind of quotes, escapes, or none around a single word."""
    assert root(f"a = {written}") == Comparison(Name(("a",)), "=", Text(value))


@pytest.mark.parametrize(
    ("written", "value"),
    [
        ("5", "5"),
        ("-5", "-5"),
        ("-0", "0"),
        ("-0.00", "0"),
        ("1.50", "1.5"),
        ("0.1", "0.1"),
        ("1e3", "1000"),
        ("1.5E-3", "0.0015"),
        ("9e308", "9e308"),
        ("1e-400", "1e-400"),
        ("0e999", "0"),
        ("1" * 300, "1" * 300),
    ],
)
def test_numbers_are_exact(written: str, value: str) -> None:
    """Every digit counts, and there is one zero."""
    node = root(f"a = {written}")
    assert isinstance(node, Comparison)
    assert node.value == Number(Decimal(value))
    assert not node.value.value.is_signed() or written.startswith("-")


def test_numbers_mean_the_same_in_any_decimal_context() -> None:
    """A host that rounds to three digits and traps nothing changes no number and no refusal."""
    with localcontext(Context(prec=3, traps=[])):
        assert format_node(root("a = 1.23456789")) == "a = 1.23456789"
        assert refusal("a = 1e99999999999999999999999").code == "number-range"


def test_there_is_no_negative_zero() -> None:
    """-0 is 0, in sign as well."""
    node = root("a = -0")
    assert isinstance(node, Comparison)
    assert isinstance(node.value, Number)
    assert not node.value.value.is_signed()


@pytest.mark.parametrize(
    "written", ["2026-03-14T09:30Z", "2026-03-14T09:30:00.0Z", "2026-03-14T10:30+01:00"]
)
def test_an_instant_is_aware(written: str) -> None:
    """Every way to write an instant gives the same instant."""
    node = root(f"a = {written}")
    assert isinstance(node, Comparison)
    assert node.value == Instant(datetime(2026, 3, 14, 9, 30, tzinfo=UTC))


def test_names_have_parts_and_backticks() -> None:
    """A dot parts a name, except inside backticks; a backtick takes any other character in."""
    assert root("a.`b c`.d is set") == root("`a`.`b c`.`d` is set")
    assert [p.parts for p in parts(root("`a.b`.c is set")) if isinstance(p, Name)] == [("a.b", "c")]
    assert [p.parts for p in parts(root("größe is set")) if isinstance(p, Name)] == [("größe",)]
