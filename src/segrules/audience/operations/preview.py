"""Who a rule would select, before anybody saves it."""

from collections.abc import Mapping, Sequence
from typing import Final

from attrs import frozen

from segrules.audience.core import State
from segrules.audience.upkeep.forgotten import check_missing
from segrules.audience.upkeep.people import Person
from segrules.audience.upkeep.upkeep import Upkeep
from segrules.evaluation.atoms import Atom
from segrules.plan.columns import Columns, find_rows
from segrules.plan.formula import sweep
from segrules.plan.plan import Plan, revise_plan
from segrules.plan.sweep import Histories, sweep_atoms
from segrules.rule import Rule

DRAFT: Final = ""
"""What a rule without a segment is called: no segment can have this name."""

SAMPLE: Final = 10


@frozen
class Preview:
    """Who a rule would select now, with nothing saved.

    customers: how many there are to choose from. members: who would be in. joins, leaves: how that
    differs from the segment it was compared with; without one, everybody joins. sample: some of the
    members to look at, always the same ones while the members are.
    """

    customers: int
    members: frozenset[str]
    joins: frozenset[str]
    leaves: frozenset[str]
    sample: tuple[str, ...] = ()

    @property
    def count(self) -> int:
        """How many customers would be in."""
        return len(self.members)

    @property
    def share(self) -> float:
        """The part of all customers that would be in, from 0 to 1."""
        return len(self.members) / self.customers if self.customers else 0.0


def preview_rule(state: State, rules: Mapping[str, Rule], segment: str, size: int) -> Preview:
    """Return who would be in a segment if rules were given to it and those that refer to it."""
    upkeep, now = state.upkeep, state.clock
    conditions = {name: rule.checked.condition for name, rule in rules.items()}
    plan = revise_plan(upkeep.plan, add=conditions, remove=conditions)
    check_missing(upkeep, plan, conditions, now)
    people = list(upkeep.population.by_id.values())
    columns = _find_columns(plan, segment, upkeep, people, now)
    everybody = (1 << len(people)) - 1
    inside = sweep(plan.formulas[segment].condition, columns.__getitem__, everybody)
    members = [people[row].id for row in find_rows(inside)]
    is_known = segment in state.directory.names
    current = upkeep.membership.members(segment) if is_known else frozenset()
    chosen = frozenset(members)
    return Preview(
        len(people), chosen, chosen - current, current - chosen, _pick_sample(members, size)
    )


def _find_columns(
    plan: Plan, segment: str, upkeep: Upkeep, people: Sequence[Person], now: int
) -> dict[Atom, int]:
    """Return the columns of a segment's atoms: what is true already, and what is asked anew."""
    old = upkeep.plan
    columns: dict[Atom, int] = {}
    atoms = plan.formulas[segment].atoms
    known = [atom for atom in atoms if atom in old.bits]
    if known:
        truths = Columns([person.truth for person in people], len(old.users))
        columns = {atom: truths[old.bits[atom]] for atom in known}
    fresh = [atom for atom in atoms if atom not in columns]
    histories = Histories([person.history for person in people], old.by_stream.keys())
    return columns | sweep_atoms(fresh, histories, now, plan.calendar)


def _pick_sample(members: Sequence[str], size: int) -> tuple[str, ...]:
    """Return some members, evenly spread over all of them."""
    step = max(1, len(members) // size) if size else len(members) + 1
    return tuple(members[::step][:size])
