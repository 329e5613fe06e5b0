"""Cohorts that an engine keeps: taken at an instant, known to rules, and never changed."""

from bisect import bisect_right
from collections.abc import Iterable

from segrules.audience.catalogue.files import SegmentError
from segrules.audience.core import State
from segrules.audience.operations.preview import DRAFT, preview_rule
from segrules.audience.upkeep.upkeep import Upkeep
from segrules.cohorts.cohort import Cohort, take_cohort
from segrules.facts.arguments import kind_of
from segrules.meaning.calendar import DAWN
from segrules.rule import Rule


def snapshot(state: State, name: str, rule: Rule | str, by: str | None) -> Cohort:
    """Take a cohort of those whom a rule selects at the clock, and keep it."""
    state.directory.check_free(name)
    if state.now is None:
        raise SegmentError("nothing has happened yet: there is no instant to take a cohort at")
    if state.backfill is not None:
        raise SegmentError(
            f"the backfill `{state.backfill}` is open: a cohort never changes, so take it when "
            "all facts are there"
        )
    if state.overdue:
        raise SegmentError(
            "deadlines up to the clock are overdue: a cohort never changes, so call `advance_to` "
            "until none are"
        )
    rules = state.directory.bind({DRAFT: rule})
    members = preview_rule(state, rules, DRAFT, 0).members
    newest = find_newest(state.upkeep, state.now)
    cohort = take_cohort(name, rules[DRAFT], members, at=state.now, newest=newest)
    _keep(state, cohort)
    state.record("snapshot", (name,), by, customers=len(members))
    return cohort


def add_cohort(state: State, cohort: Cohort, by: str | None) -> None:
    """Keep a cohort that was made elsewhere."""
    if not isinstance(cohort, Cohort):
        raise SegmentError(f"a cohort is a `Cohort`, not {kind_of(cohort)}")
    state.directory.check_free(cohort.name)
    _keep(state, cohort)
    state.record("add", (cohort.name,), by, customers=len(cohort))


def remove_cohort(state: State, name: str, by: str | None) -> None:
    """Forget a cohort that nobody uses."""
    state.directory.check_unused_cohort(name)
    entry = ("cohort", name)
    for person in state.upkeep.population.by_id.values():
        if entry in person.history.lists:
            person.history.lists -= {entry}
    del state.upkeep.membership.cohorts[name]
    state.directory.drop(name)
    state.record("remove", (name,), by)


def erase(state: State, ids: Iterable[str]) -> bool:
    """Erase ids from every cohort; return whether any was in one."""
    known, members = state.directory.cohorts, state.upkeep.membership.cohorts
    is_found = False
    for customer in ids:
        for name, cohort in known.items():
            if customer in cohort:
                known[name] = cohort.without(customer)
                members[name] = known[name].members
                is_found = True
    return is_found


def find_newest(upkeep: Upkeep, now: int) -> int:
    """Return the instant of the newest event that has been taken, up to now; DAWN for none."""
    newest = upkeep.find_newest(now)
    people = upkeep.population.by_id.values() if upkeep.keeps_all else ()
    for person in people:
        for log in person.history.by_type.values():
            times = log.times
            place = len(times) if times[-1] <= now else bisect_right(times, now)
            newest = max(newest, times[place - 1] if place else DAWN)
    return newest


def _keep(state: State, cohort: Cohort) -> None:
    """Let rules know a cohort; no rule refers to it yet."""
    name, members = cohort.name, cohort.members
    state.directory.cohorts[name] = cohort
    state.upkeep.membership.cohorts[name] = members
    population = state.upkeep.population
    for person in population.by_id.values():
        if population.ids_of(person) & members:
            person.history.lists |= {("cohort", name)}
