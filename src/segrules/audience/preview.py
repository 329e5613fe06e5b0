"""Who a rule would select, before anybody saves it."""

from collections.abc import Callable, Mapping, Sequence
from typing import Final

from attrs import frozen

from segrules.audience.columns import Columns, find_rows, to_column
from segrules.audience.population import Person
from segrules.audience.replay import check_gap
from segrules.audience.state import State
from segrules.audience.upkeep import Upkeep
from segrules.evaluation.families import compile_family
from segrules.evaluation.plan import Plan, revise_plan
from segrules.evaluation.skeleton import sweep
from segrules.evaluation.sources import Atom
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
    check_gap(upkeep, plan, conditions, now)
    people = list(upkeep.population.by_id.values())
    column = _columns(plan, upkeep, people, now)
    inside = sweep(plan.skeletons[segment].condition, column, (1 << len(people)) - 1)
    members = [people[row].id for row in find_rows(inside)]
    is_known = segment in state.directory.names
    current = upkeep.membership.members(segment) if is_known else frozenset()
    chosen = frozenset(members)
    return Preview(
        len(people), chosen, chosen - current, current - chosen, _pick_sample(members, size)
    )


def _columns(
    plan: Plan, upkeep: Upkeep, people: Sequence[Person], now: int
) -> Callable[[Atom], int]:
    """Return the function that answers an atom for all: out of their truth, or else anew."""
    old = upkeep.plan
    truths = Columns([person.truth for person in people], len(old.users))
    histories = [person.history for person in people]
    known: dict[Atom, int] = {}

    def column(atom: Atom) -> int:
        if atom not in known:
            if atom in old.bits:
                known[atom] = truths[old.bits[atom]]
            else:
                look = compile_family(atom.source, [(1, atom.test)], plan.calendar, patience=1)
                known[atom] = to_column(bytes([48 + look(each, now)[0] for each in histories]))
        return known[atom]

    return column


def _pick_sample(members: Sequence[str], size: int) -> tuple[str, ...]:
    """Return some members, evenly spread over all of them."""
    step = max(1, len(members) // size) if size else len(members) + 1
    return tuple(members[::step][:size])
