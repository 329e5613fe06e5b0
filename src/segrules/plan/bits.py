"""Bits: rows of bits turned on their side, one int for each bit with a bit for each row.

What takes a Python call for each customer in rows takes one for all of them in columns. A column is
cut out of the rows' bytes by slicing, made into text of zeros and ones by `bytes.translate`, and
read as a number in base 2; all of that runs at the speed of C, in linear time.
"""

from collections.abc import Iterator, Sequence
from typing import Final

DIGITS: Final = tuple(
    bytes(ord("1") if byte >> bit & 1 else ord("0") for byte in range(256)) for bit in range(8)
)
"""For each bit of a byte, the table from a byte to the digit of that bit."""


class Columns:
    """The columns of rows. width: how many bits a row has at most."""

    def __init__(self, rows: Sequence[int], width: int) -> None:
        self._bytes = max(1, (width + 7) // 8)
        self._rows = b"".join([row.to_bytes(self._bytes, "little") for row in rows])

    def __getitem__(self, place: int) -> int:
        """Return the column of a bit."""
        return to_column(self._rows[place >> 3 :: self._bytes].translate(DIGITS[place & 7]))


def to_column(digits: bytes | bytearray) -> int:
    """Return a column from its digits, one for each row."""
    return int(digits[::-1], 2) if digits else 0


def find_rows(column: int) -> Iterator[int]:
    """Yield the numbers of the rows whose bit is set in a column, in order."""
    return find_bits(column.to_bytes((column.bit_length() + 7) // 8, "little"))


def find_bits(data: bytes | bytearray) -> Iterator[int]:
    """Yield the places of the bits that are set, in order; each byte begins with its lowest."""
    for place, byte in enumerate(data):
        if byte:
            yield from (8 * place + bit for bit in range(8) if byte >> bit & 1)
