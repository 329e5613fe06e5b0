"""Verdicts: the answer to a rule at an instant, and until when it holds."""

from datetime import datetime
from typing import Final

from attrs import frozen

from segrules.data import Data, read_fields, write_fields


@frozen
class Verdict:
    """Whether a rule holds, and the instant up to which that cannot change without a new fact.

    until: an aware datetime in UTC, later than the instant asked about; None means never by itself.
    Before it the answer is constant. For a rule of one condition it is the very instant of change;
    for combinations it is as tight as the parts allow, and may come early.
    """

    holds: bool
    until: datetime | None = None

    @classmethod
    def from_data(cls, data: object) -> "Verdict":
        """Return the verdict that `to_data` has written; raises DataError."""
        return read_fields(cls, data)

    def to_data(self) -> Data:
        """Return the verdict as JSON types; `from_data` reads it back."""
        return write_fields(self)

    def __bool__(self) -> bool:
        return self.holds


FOR_EVER: Final = (Verdict(holds=False), Verdict(holds=True))
"""The verdicts that hold until a fact arrives, by their answers: most are one of these."""
