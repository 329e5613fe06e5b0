"""The index against a recompute: who is in what, and who should be."""

from attrs import frozen

from segrules.audience.core import State
from segrules.audience.upkeep.replan import sweep_plan
from segrules.plan.columns import Columns, find_rows


@frozen
class Difference:
    """A customer of whom index and recompute say different things."""

    customer: str
    segment: str
    is_member: bool
    should_be: bool


@frozen
class Verification:
    """What a recompute of live segments has found; true where it is what the index says.

    customers: how many were looked at. left_out: those of whom work is outstanding, in a backfill
    or overdue deadlines.
    """

    customers: int
    segments: int
    left_out: int
    differences: tuple[Difference, ...]

    def __bool__(self) -> bool:
        return not self.differences


def verify(state: State) -> Verification:
    """Answer every live segment anew about every customer, and compare."""
    upkeep, plan, now = state.upkeep, state.upkeep.plan, state.clock
    everybody = list(upkeep.population.by_id.values())
    people = [
        person
        for person in everybody
        if not (
            person.is_deferred
            or (state.overdue and min(person.due.values(), default=now + 1) <= now)
        )
    ]
    found = sweep_plan(plan, people, now)
    held = Columns([person.held for person in people], 1 + max(upkeep.names, default=0))
    differences = [
        Difference(people[row].id, segment, not (inside >> row & 1), bool(inside >> row & 1))
        for (segment, formula), inside in zip(plan.formulas.items(), found, strict=True)
        if segment not in upkeep.held_still
        for row in find_rows(inside ^ held[formula.number])
    ]
    return Verification(
        len(people),
        len(plan.formulas) - len(upkeep.held_still),
        len(everybody) - len(people),
        tuple(differences),
    )
