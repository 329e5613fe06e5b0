"""Previews: the customers a rule would select, before it is saved."""

from collections.abc import Mapping, Sequence
from typing import Final

from attrs import frozen

from segrules.audience.catalogue.binding import bind, rebind
from segrules.audience.core import Core
from segrules.audience.upkeep.forgotten import check_missing
from segrules.audience.upkeep.people import Person
from segrules.data import Data, read_fields, write_fields
from segrules.evaluation.atoms import Atom
from segrules.evaluation.canonical import canonize
from segrules.language.quantities import count
from segrules.meaning.conditions import Condition
from segrules.plan.bits import Columns, find_rows
from segrules.plan.formula import compute_column, find_atoms
from segrules.plan.plan import revise_plan
from segrules.plan.sweep import Histories, sweep_atoms
from segrules.rule import Rule, condition_of

DRAFT: Final = ""
"""The name of a rule without a segment: no segment can have it."""

SAMPLE: Final = 10


@frozen(repr=False)
class Preview:
    """The customers a rule would select now, with nothing saved.

    customers: how many the engine knows. members: those the rule selects. joins, leaves: how they
    differ from the segment the rule was compared with; without one, all of them join. sample: some
    of the members to look at, the same ones as long as the members are the same.
    """

    customers: int
    members: frozenset[str]
    joins: frozenset[str]
    leaves: frozenset[str]
    sample: tuple[str, ...] = ()

    @classmethod
    def from_data(cls, data: object) -> "Preview":
        """Return the preview that `to_data` has written; raises DataError."""
        return read_fields(cls, data)

    def to_data(self) -> Data:
        """Return the preview as JSON types; `from_data` reads it back."""
        return write_fields(self)

    @property
    def count(self) -> int:
        """How many customers the rule selects."""
        return len(self.members)

    @property
    def share(self) -> float:
        """The share of all customers that the rule selects, from 0 to 1."""
        return len(self.members) / self.customers if self.customers else 0.0

    def __repr__(self) -> str:
        return (
            f"<Preview ({self.count:,} of {count(self.customers, 'customer')}, "
            f"{len(self.joins):,} join, {len(self.leaves):,} leave)>"
        )


def preview_rule(core: Core, rule: Rule | str, against: str | None, size: int) -> Preview:
    """Return the customers a rule selects now. against: the segment it would be given to."""
    catalogue, upkeep = core.catalogue, core.upkeep
    if against is None:
        current, bound = frozenset[str](), bind(catalogue, {DRAFT: rule})
    else:
        current = upkeep.find_members(catalogue.get_live(against))
        bound = rebind(catalogue, against, rule)
    members = select(core, bound, against or DRAFT)
    chosen = frozenset(members)
    return Preview(
        len(upkeep.population),
        chosen,
        chosen - current,
        current - chosen,
        _pick_sample(members, size),
    )


def select(core: Core, rules: Mapping[str, Rule], name: str) -> list[str]:
    """Return the ids of the customers that the rule of a name selects now.

    rules: all bound rules that would change together. Raises ForgottenError if the engine has
    forgotten events that they need.
    """
    upkeep, now = core.upkeep, core.clock
    if not upkeep.keeps_all:
        conditions = {each: condition_of(rule) for each, rule in rules.items()}
        plan = revise_plan(upkeep.plan, add=conditions)
        check_missing(upkeep, plan, conditions, now)
    people = list(upkeep.population.by_id.values())
    canonical = canonize(condition_of(rules[name]))
    columns = _find_columns(canonical, core, people)
    inside = compute_column(canonical, columns.__getitem__, (1 << len(people)) - 1)
    return [people[row].id for row in find_rows(inside)]


def _find_columns(canonical: Condition, core: Core, people: Sequence[Person]) -> dict[Atom, int]:
    """Return the columns of a condition's atoms at the clock."""
    plan, atoms = core.upkeep.plan, find_atoms(canonical)
    columns: dict[Atom, int] = {}
    # While deadlines are overdue, what is known of some customers is of an earlier instant.
    known = [atom for atom in atoms if not core.overdue and atom in plan.bits]
    if known:
        truths = Columns([person.truth for person in people], len(plan.users))
        columns = {atom: truths[plan.bits[atom]] for atom in known}
    fresh = [atom for atom in atoms if atom not in columns]
    histories = Histories([person.history for person in people], plan.by_stream.keys())
    return columns | sweep_atoms(fresh, histories, core.clock, plan.calendar)


def _pick_sample(members: Sequence[str], size: int) -> tuple[str, ...]:
    """Return some members, evenly spread over all of them."""
    number = min(size, len(members))
    return tuple(members[place * len(members) // number] for place in range(number))
