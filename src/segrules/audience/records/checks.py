"""Checks on membership: whether it is complete now, and whether it is what the facts say."""

from collections.abc import Collection

from attrs import frozen

from segrules.audience.upkeep.replan import sweep_plan
from segrules.audience.upkeep.upkeep import Upkeep
from segrules.data import Data, read_fields, write_fields
from segrules.plan.bits import Columns, find_rows


@frozen
class Consistency:
    """True if membership is exact at the engine's clock; otherwise reasons, in words.

    While it is false, the last known members are returned.
    """

    reasons: tuple[str, ...] = ()

    @classmethod
    def from_data(cls, data: object) -> "Consistency":
        """Return the answer that `to_data` has written; raises DataError."""
        return read_fields(cls, data)

    def to_data(self) -> Data:
        """Return the answer as JSON types; `from_data` reads it back."""
        return write_fields(self)

    def __bool__(self) -> bool:
        return not self.reasons

    def __str__(self) -> str:
        return "; ".join(self.reasons) or "consistent"


@frozen
class Difference:
    """A customer whose membership differs from what the facts say."""

    customer: str
    segment: str
    is_member: bool
    should_be: bool

    @classmethod
    def from_data(cls, data: object) -> "Difference":
        """Return the difference that `to_data` has written; raises DataError."""
        return read_fields(cls, data)

    def to_data(self) -> Data:
        """Return the difference as JSON types; `from_data` reads it back."""
        return write_fields(self)


@frozen
class Verification:
    """What a recompute of the live segments has found; true if there are no differences.

    customers: how many were looked at. left_out: those with work outstanding, in a backfill or in
    overdue deadlines.
    """

    customers: int
    segments: int
    left_out: int
    differences: tuple[Difference, ...]

    @classmethod
    def from_data(cls, data: object) -> "Verification":
        """Return the result that `to_data` has written; raises DataError."""
        return read_fields(cls, data)

    def to_data(self) -> Data:
        """Return the result as JSON types; `from_data` reads it back."""
        return write_fields(self)

    def __bool__(self) -> bool:
        return not self.differences


def verify(upkeep: Upkeep, now: int, *, overdue: bool, waiting: Collection[str]) -> Verification:
    """Compute every live segment again for every customer, and compare.

    overdue: whether deadlines up to now may be left over. waiting: the customers for which a
    backfill has facts set aside.
    """
    everyone = list(upkeep.population.by_id.values())
    people = [
        person
        for person in everyone
        if person.id not in waiting
        and not (overdue and min(person.due.values(), default=now + 1) <= now)
    ]
    found = sweep_plan(upkeep.plan, people, now)
    held = Columns([person.held for person in people], 1 + max(upkeep.by_number, default=0))
    live = [each for each in upkeep.by_number.values() if each.schedule is None]
    differences = [
        Difference(people[row].id, each.name, is_member, not is_member)
        for each in live
        for row in find_rows(found[each.name] ^ held[each.number])
        for is_member in [bool(people[row].held >> each.number & 1)]
    ]
    return Verification(len(people), len(live), len(everyone) - len(people), tuple(differences))
