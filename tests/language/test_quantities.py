"""Numbers and lengths of time in words."""

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from segrules.language.quantities import LENGTHS, count, describe_length, describe_roughly


def test_count() -> None:
    """One thing is singular; every other number, 0 included, is plural."""
    assert [count(n, "segment") for n in (0, 1, 2_000)] == [
        "0 segments",
        "1 segment",
        "2,000 segments",
    ]
    assert count(1, "family", "families") == "1 family"
    assert count(3, "family", "families") == "3 families"


@pytest.mark.parametrize(
    ("length", "words"),
    [
        (timedelta(days=30), "30 days"),
        (timedelta(hours=36), "36 hours"),
        (timedelta(minutes=1), "1 minute"),
        (timedelta(microseconds=1_000_001), "1,000,001 microseconds"),
        (timedelta(0), "0 days"),
    ],
)
def test_exact(length: timedelta, words: str) -> None:
    """A length is in the largest unit of which it is a whole number."""
    assert describe_length(length) == words


@given(st.timedeltas(min_value=timedelta(0)))
def test_nothing_is_lost(length: timedelta) -> None:
    """An exact length can be read back."""
    number, unit = describe_length(length).replace(",", "").split()
    assert int(number) * dict(LENGTHS)[unit.removesuffix("s")] == length


@pytest.mark.parametrize(
    ("length", "words"),
    [
        (timedelta(days=2, hours=3, minutes=4), "2 days 3 hours"),
        (timedelta(hours=1, seconds=5), "1 hour 5 seconds"),
        (timedelta(seconds=1, microseconds=5), "1 second"),
        (timedelta(microseconds=5), "0 seconds"),
    ],
)
def test_rough(length: timedelta, words: str) -> None:
    """A length is in its two largest units."""
    assert describe_roughly(length) == words
