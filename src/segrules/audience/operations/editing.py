"""Segments that come, change and go, and members that are picked by hand."""

from collections.abc import Collection, Iterable, Mapping

from attrs import frozen

from segrules.audience.catalogue.files import SegmentError
from segrules.audience.catalogue.origin import Origin
from segrules.audience.catalogue.refresh import Refresh
from segrules.audience.core import State
from segrules.audience.records.audit import Action
from segrules.audience.records.change import EDIT, Change
from segrules.audience.upkeep.forgotten import (
    check_missing,
    find_missing,
    forget_logs,
    gather_told,
    load_missing,
)
from segrules.audience.upkeep.replan import adopt_plan, settle
from segrules.facts.arguments import FactError, kind_of, to_name
from segrules.facts.event import Event
from segrules.plan.plan import Plan, revise_plan
from segrules.rule import Rule


@frozen
class Terms:
    """What a host says of segments besides their rules.

    origin, refresh: None leaves what there is, or what is usual. by: who, for the audit log.
    """

    by: str | None
    origin: Origin | None
    refresh: Refresh | None

    def __attrs_post_init__(self) -> None:
        for value, kind in ((self.origin, Origin), (self.refresh, Refresh)):
            if not isinstance(value, kind | None):
                name = kind.__name__
                raise SegmentError(f"`{name.lower()}` is a `{name}`, not {kind_of(value)}")


def install(
    state: State, rules: Mapping[str, Rule], given: Collection[str], action: Action, terms: Terms
) -> tuple[Change, ...]:
    """Give segments rules that are ready, in one step; raises ForgottenError.

    given: those of them that the host has named; the others refer to these.
    """
    plan = _revise(state, rules)
    check_missing(state.upkeep, plan, rules, state.clock)
    changes, by = _catch_up(state), terms.by
    if terms.origin is not None:
        state.directory.origins |= dict.fromkeys(given, terms.origin)
    noted = _adopt(state, rules, plan, given, terms.refresh)
    state.record(action, tuple(rules), by, changes=len(noted))
    return (*changes, *noted)


def replay(
    state: State,
    rules: Mapping[str, Rule | str],
    facts: Collection[tuple[str, Event]],
    by: str | None,
) -> tuple[Change, ...]:
    """Give segments rules that ask about events of the past, which are told once more."""
    directory, upkeep = state.directory, state.upkeep
    for segment in rules:
        if segment not in directory.rules:
            directory.check_free(segment)
    users = [u for segment in rules for u in directory.users(segment) if u not in rules]
    bound = directory.bind({**rules, **{user: directory.rules[user].text for user in users}})
    plan = _revise(state, bound)
    for _, event in facts:
        state.admit(event)
    told = gather_told(upkeep, facts)
    changes = _catch_up(state)
    load_missing(find_missing(upkeep, plan, state.clock), told, state.clock)
    noted = _adopt(state, bound, plan, rules.keys(), None)
    number = sum(len(log.events) for history in told.values() for log in history.by_type.values())
    state.record("replay", tuple(bound), by, customers=len(told), facts=number, changes=len(noted))
    return (*changes, *noted)


def to_told(facts: Iterable[tuple[str, Event]]) -> list[tuple[str, Event]]:
    """Return pairs of a customer and an event, all of them read; raises FactError for others."""
    try:
        pairs = iter(facts)
    except TypeError:
        raise FactError(f"`events` must be pairs, not {kind_of(facts)}") from None
    return [_to_pair(pair) for pair in pairs]


def _to_pair(pair: object) -> tuple[str, Event]:
    match pair:
        case (str() as customer, Event() as event):
            return to_name(customer, "a customer's id"), event
        case _:
            raise FactError("`events` must be pairs of a customer and an `Event`")


def _revise(state: State, rules: Mapping[str, Rule]) -> Plan:
    conditions = {segment: rule.checked.condition for segment, rule in rules.items()}
    return revise_plan(state.upkeep.plan, add=conditions, remove=conditions)


def _catch_up(state: State) -> list[Change]:
    """Do what is overdue: what one segment shares with others is about to be asked anew."""
    return state.advance(state.clock) if state.overdue else []


def _adopt(
    state: State,
    rules: Mapping[str, Rule],
    plan: Plan,
    given: Collection[str],
    refresh: Refresh | None,
) -> list[Change]:
    """Go by a plan in which segments have these rules; return who joins and leaves them.

    The members of a segment that holds them are found anew where it is itself among the given.
    """
    upkeep, timetable = state.upkeep, state.timetable
    _follow(state, plan)
    for segment in rules:
        if segment not in upkeep.membership.numbers:
            upkeep.membership.add_segment(segment, plan.formulas[segment].number)
    state.directory.rules.update(rules)
    for segment in given:
        timetable.put(segment, refresh, state.now)
    timetable.note(given, state.now, upkeep.deferred)
    upkeep.hold_still(frozenset(timetable.schedules))
    found = [segment for segment in rules if segment in given or segment not in upkeep.held_still]
    people = [person for person in upkeep.population.by_id.values() if not person.is_deferred]
    return state.note(settle(upkeep, people, found), EDIT)


def _follow(state: State, plan: Plan) -> None:
    upkeep, old = state.upkeep, state.upkeep.plan
    upkeep.known_after = find_missing(upkeep, plan, state.clock).known_after
    adopt_plan(upkeep, plan, state.clock)
    if not upkeep.keeps_all:
        gone = [t for t in upkeep.seen if old.route(t).need and not plan.route(t).need]
        forget_logs(upkeep.population.by_id.values() if gone else (), gone)


def remove_segment(state: State, segment: str, by: str | None) -> tuple[Change, ...]:
    """Forget a segment that nobody refers to; return what was overdue."""
    directory, upkeep = state.directory, state.upkeep
    directory.check_unused(segment)
    changes: list[Change] = []
    if segment in directory.lists:
        for customer in upkeep.membership.lists.pop(segment):
            upkeep.population.by_id[customer].history.lists -= {("list", segment)}
    else:
        changes = _catch_up(state)
        upkeep.membership.remove_segment(segment)
        state.timetable.drop(segment)
        upkeep.hold_still(upkeep.held_still - {segment})
        _follow(state, revise_plan(upkeep.plan, remove=[segment]))
    directory.drop(segment)
    state.record("remove", (segment,), by)
    return tuple(changes)


def refresh_segment(state: State, segment: str, instant: int, by: str | None) -> tuple[Change, ...]:
    """Find the members of a segment anew that may hold them."""
    changes = state.advance(instant)
    noted = state.refresh([segment], state.clock)
    state.record("refresh", (segment,), by, changes=len(noted))
    return (*changes, *noted)


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
    entry, members = ("list", segment), upkeep.membership.lists[segment]
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
