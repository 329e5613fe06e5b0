"""Segments that come, change and go, and members that are picked by hand."""

from collections.abc import Collection, Iterable, Mapping

from segrules.audience.adoption import adopt_plan, settle
from segrules.audience.audit import Deed
from segrules.audience.change import EDIT, Change
from segrules.audience.replay import check_gap, find_gap, gather_told, load_gap
from segrules.audience.state import State
from segrules.evaluation.facts import Event, FactError, to_name
from segrules.evaluation.plan import Plan, revise_plan
from segrules.rule import Rule


def install(
    state: State, rules: Mapping[str, Rule], deed: Deed, by: str | None
) -> tuple[Change, ...]:
    """Give segments rules that are ready, in one step; raises ForgottenError."""
    conditions = {segment: rule.checked.condition for segment, rule in rules.items()}
    plan = revise_plan(state.upkeep.plan, add=conditions, remove=conditions)
    check_gap(state.upkeep, plan, conditions, state.clock)
    return _adopt(state, rules, plan, deed, by)


def replay(
    state: State,
    rules: Mapping[str, Rule | str],
    facts: Iterable[tuple[str, Event]],
    by: str | None,
) -> tuple[Change, ...]:
    """Give segments rules that ask about events of the past, which are told once more."""
    directory, upkeep = state.directory, state.upkeep
    bound: dict[str, Rule] = {}
    for segment, rule in rules.items():
        if segment in directory.rules:
            bound |= directory.rebind(segment, rule)
        else:
            directory.check_free(segment)
            bound |= directory.bind({segment: rule})
    conditions = {segment: rule.checked.condition for segment, rule in bound.items()}
    plan = revise_plan(upkeep.plan, add=conditions, remove=conditions)
    told = gather_told(upkeep, (_admit(state, *fact) for fact in facts))
    load_gap(find_gap(upkeep, plan), told, plan, state.clock)
    return _adopt(state, bound, plan, "replay", by, len(told))


def _admit(state: State, customer: str, event: Event) -> tuple[str, Event]:
    if not isinstance(event, Event):
        raise FactError(f"an event must be an `Event`, not `{type(event).__name__}`")
    state.admit(event)
    return to_name(customer, "a customer's id"), event


def _adopt(
    state: State,
    rules: Mapping[str, Rule],
    plan: Plan,
    deed: Deed,
    by: str | None,
    customers: int = 0,
) -> tuple[Change, ...]:
    upkeep = state.upkeep
    adopt_plan(upkeep, plan, state.clock)
    for segment in rules:
        if segment not in upkeep.membership.numbers:
            upkeep.membership.add_segment(segment, plan.skeletons[segment].number)
    state.directory.rules.update(rules)
    people = [person for person in upkeep.population.by_id.values() if not person.is_deferred]
    changes = state.note(settle(upkeep, people, rules), EDIT)
    state.record(deed, tuple(rules), by, customers=customers, changes=len(changes))
    return tuple(changes)


def remove_segment(state: State, segment: str, by: str | None) -> None:
    """Forget a segment that nobody refers to."""
    directory, upkeep = state.directory, state.upkeep
    directory.check_unused(segment)
    if segment in directory.lists:
        for customer in upkeep.membership.lists.pop(segment):
            upkeep.population.by_id[customer].history.lists -= {("segment", segment)}
        del directory.lists[segment]
    else:
        upkeep.membership.remove_segment(segment)
        del directory.rules[segment]
        adopt_plan(upkeep, revise_plan(upkeep.plan, remove=[segment]), state.clock)
    state.record("remove", (segment,), by)


def add_list(state: State, segment: str) -> None:
    """Make room for a static segment."""
    state.directory.lists[segment] = None
    state.upkeep.membership.lists[segment] = set()


def pick(
    state: State, segment: str, add: Collection[str], remove: Iterable[str], instant: int | None
) -> tuple[Change, ...]:
    """Let customers into a static segment by hand, and out of it."""
    upkeep = state.upkeep
    changes = [] if instant is None else state.advance(instant)
    entry, members = ("segment", segment), upkeep.membership.lists[segment]
    known = upkeep.population.by_id
    # Whoever is unknown is on no list: taking them off does not make them known.
    dropped = [customer for customer in remove if customer in known or customer in add]
    for customer, member in [*((c, True) for c in add), *((c, False) for c in dropped)]:
        is_new = customer not in known
        person = upkeep.meet(customer)
        lists = person.history.lists
        person.history.lists = lists | {entry} if member else lists - {entry}
        if (customer in members) is not member:
            (members.add if member else members.remove)(customer)
            changes += state.ledger.note_list(customer, segment, state.clock, EDIT, joined=member)
        families = upkeep.plan.by_list.get(entry, ())
        flips = 0 if person.is_deferred else upkeep.judge(person, families, state.clock)
        changes += state.turn(person, flips, EDIT, is_new=is_new)
    return tuple(changes)
