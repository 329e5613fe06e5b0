"""Many ints turned on their side."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from segrules.plan.bits import Columns, find_rows, to_column


@given(
    st.integers(0, 40).flatmap(
        lambda width: st.tuples(
            st.just(width), st.lists(st.integers(0, (1 << width) - 1), max_size=30)
        )
    )
)
def test_transposed(given_rows: tuple[int, list[int]]) -> None:
    """A column has the bit of each row that the row has of it."""
    width, rows = given_rows
    columns = Columns(rows, width)
    for place in range(width):
        expected = [number for number, row in enumerate(rows) if row >> place & 1]
        assert list(find_rows(columns[place])) == expected
        assert columns[place] == sum(1 << number for number in expected)


def test_example() -> None:
    """Four rows of nine bits are nine columns of four."""
    columns = Columns([0b1, 0b1_0000_0001, 0b10, 0], 9)
    assert [columns[place] for place in range(9)] == [0b11, 0b100, 0, 0, 0, 0, 0, 0, 0b10]
    assert list(find_rows(1 << 20 | 0b101)) == [0, 2, 20]


@pytest.mark.parametrize(
    ("digits", "column"), [(b"", 0), (b"0", 0), (b"1", 1), (b"011", 0b110), (b"100000001", 257)]
)
def test_to_column(digits: bytes, column: int) -> None:
    """The first digit is the first row's."""
    assert to_column(digits) == column


def test_nobody() -> None:
    """Of nobody there are columns too, without a bit in them."""
    assert Columns([], 0)[0] == Columns([], 9)[8] == 0
    assert list(find_rows(0)) == []
