"""The dynamic segments of an engine: a mapping, and how they are added, edited and removed."""

from collections.abc import Iterable, Mapping
from datetime import datetime

from attrs import frozen

from segrules.audience.catalogue.binding import bind, rebind
from segrules.audience.catalogue.refresh import Refresh
from segrules.audience.catalogue.segment import (
    Dynamic,
    Origin,
    Segment,
    SegmentError,
    describe,
)
from segrules.audience.catalogue.view import View
from segrules.audience.core import Core
from segrules.audience.records.audit import Action, check_by
from segrules.audience.records.change import EDIT, Change
from segrules.audience.upkeep.forgotten import (
    ForgottenError,
    Missing,
    find_missing,
    forget_logs,
    gather_again,
    load_missing,
)
from segrules.audience.upkeep.replan import adopt_plan, sync_members
from segrules.audience.upkeep.timetable import mark_refreshed
from segrules.facts.arguments import ArgumentError, expect, kind_of, to_id
from segrules.facts.event import Event
from segrules.plan.plan import Plan, revise_plan
from segrules.rule import Rule, condition_of


class Segments(View[Segment]):
    """The dynamic segments an engine has, by name; read-only, and always up to date.

    An unknown name raises UnknownAudienceError, which is a KeyError.
    """

    def __init__(self, core: Core) -> None:
        known = core.catalogue
        super().__init__(
            core.lock, known.segments, lambda name: describe(known.get_segment(name)), "segment"
        )


@frozen
class Terms:
    """What a caller says of segments other than their rules.

    origin, refresh: Default: each segment's own, as it is or as its `Segment` says. by: who, for
    the audit log. history: events given again for a rule that asks about forgotten ones; None for
    none.
    """

    by: str | None
    origin: Origin | None
    refresh: Refresh | None
    history: list[tuple[str, Event]] | None = None

    def __attrs_post_init__(self) -> None:
        check_by(self.by)
        if self.origin is not None:
            expect(self.origin, Origin, "`origin`")
        if self.refresh is not None:
            expect(self.refresh, Refresh, "`refresh`")


def to_terms(
    by: str | None,
    origin: Origin | None,
    refresh: Refresh | None,
    history: Iterable[tuple[str, Event]] | None,
) -> Terms:
    """Return terms with the history read to its end; raise ArgumentError if an item is no pair."""
    if history is None:
        return Terms(by, origin, refresh)
    try:
        pairs = iter(history)
    except TypeError:
        raise ArgumentError(f"`history` must be pairs, not {kind_of(history)}") from None
    return Terms(by, origin, refresh, [_to_pair(pair) for pair in pairs])


def _to_pair(pair: object) -> tuple[str, Event]:
    match pair:
        case (str() | int() as customer, Event() as event):
            return to_id(customer, "a customer's id"), event
        case _:
            raise ArgumentError("`history` must be pairs of a customer and an `Event`")


def to_given(
    segments: Mapping[str, Rule | str | Segment] | Iterable[Segment],
) -> dict[str, Rule | str | Segment]:
    """Return what a caller gives to each segment, by name."""
    if isinstance(segments, Mapping):
        for name, given_as in segments.items():
            check_same_name(name, given_as)
        return dict(segments)
    if not isinstance(segments, Iterable):
        raise ArgumentError(
            "`segments` must be rules by the names of segments, or `Segment`s, not "
            f"{kind_of(segments)}"
        )
    given: dict[str, Rule | str | Segment] = {}
    for segment in segments:
        expect(segment, Segment, "each of `segments`")
        if segment.name in given:
            raise SegmentError(f"the segment `{segment.name}` is given twice")
        given[segment.name] = segment
    return given


def check_same_name(name: str, given: Rule | str | Segment) -> None:
    """Raise SegmentError if a `Segment` is given under another name than its own."""
    if isinstance(given, Segment) and given.name != name:
        raise SegmentError(f"the segment `{given.name}` is given under the name `{name}`")


def _rules_of(given: Mapping[str, Rule | str | Segment]) -> dict[str, Rule | str]:
    return {n: each.rule if isinstance(each, Segment) else each for n, each in given.items()}


def add_segments(
    core: Core, given: Mapping[str, Rule | str | Segment], terms: Terms
) -> tuple[Change, ...]:
    """Add dynamic segments, all or none."""
    for name in given:
        core.catalogue.check_free(name)
    return _set_rules(core, bind(core.catalogue, _rules_of(given)), given, "add", terms)


def edit_segment(
    core: Core, name: str, rule: Rule | str | Segment, terms: Terms
) -> tuple[Change, ...]:
    """Give a dynamic segment another rule; the rules of segments that refer to it follow."""
    core.catalogue.get_segment(name)
    check_same_name(name, rule)
    given = {name: rule}
    rules = rebind(core.catalogue, name, _rules_of(given)[name])
    return _set_rules(core, rules, given, "edit", terms)


def _set_rules(
    core: Core,
    rules: Mapping[str, Rule],
    given: Mapping[str, Rule | str | Segment],
    action: Action,
    terms: Terms,
) -> tuple[Change, ...]:
    """Give segments bound rules, in one step; raises ForgottenError.

    given: what the caller said of those it named; the other rules refer to these.
    """
    upkeep = core.upkeep
    conditions = {name: condition_of(rule) for name, rule in rules.items()}
    plan = revise_plan(upkeep.plan, add=conditions)
    missing = find_missing(upkeep, plan, core.clock)
    if terms.history is None and missing.spans:
        raise ForgottenError(rules, missing.spans)
    # Nothing may change if one of the events is refused.
    history = [(customer, core.door.read_event(event)) for customer, event in terms.history or ()]
    again = gather_again(upkeep, history)
    changes = core.catch_up_all()
    load_missing(missing, again, core.clock)
    for name, rule in rules.items():
        _put_segment(core, name, rule, plan, given.get(name), terms)
    _use_plan(core, plan, missing)
    noted = _find_members(core, [core.catalogue.segments[name] for name in rules], given, terms)
    facts = sum(len(log.events) for history in again.values() for log in history.by_type.values())
    core.audit(
        action, tuple(rules), terms.by, customers=len(again), facts=facts, changes=len(noted)
    )
    return (*changes, *noted)


def _put_segment(
    core: Core,
    name: str,
    rule: Rule,
    plan: Plan,
    given: Rule | str | Segment | None,
    terms: Terms,
) -> None:
    """Add a segment's record, or give it its new rule."""
    segment = core.catalogue.segments.get(name)
    if segment is None:
        formula = plan.formulas[name]
        segment = Dynamic(name, rule, formula.number, formula.holds)
        core.catalogue.add(segment)
    segment.rule = rule
    if isinstance(given, Segment):
        segment.title, segment.description = given.title, given.description
        segment.origin = given.origin
    if given is not None and terms.origin is not None:
        segment.origin = terms.origin


def _find_members(
    core: Core,
    segments: list[Dynamic],
    given: Mapping[str, Rule | str | Segment],
    terms: Terms,
) -> list[Change]:
    """Schedule segments that have new rules, and return the changes of their members.

    A segment that holds its members gets them found if the caller named it.
    """
    upkeep = core.upkeep
    named = [segment for segment in segments if segment.name in given]
    for segment in named:
        said = given[segment.name]
        own = said.refresh if isinstance(said, Segment) else None
        core.timetable.schedule(segment, terms.refresh or own, core.now)
    core.timetable.find_next(core.now)
    mark_refreshed(named, core.now, core.waiting)
    upkeep.find_live()
    found = [each for each in segments if each.name in given or each.schedule is None]
    people = list(upkeep.population.by_id.values())
    return core.publish(sync_members(upkeep, people, found), EDIT)


def _use_plan(core: Core, plan: Plan, missing: Missing) -> None:
    """Use another plan, what is missing for it loaded; drop events it needs no more."""
    upkeep, old = core.upkeep, core.upkeep.plan
    upkeep.known_after = missing.known_after
    adopt_plan(upkeep, plan, core.clock)
    if not upkeep.keeps_all:
        gone = [t for t in upkeep.seen if old.route(t).need and not plan.route(t).need]
        forget_logs(upkeep.population.by_id.values() if gone else (), gone)


def remove_segment(core: Core, name: str, by: str | None) -> tuple[Change, ...]:
    """Remove a dynamic segment that is not in use; return overdue changes of other segments."""
    segment = core.catalogue.get_segment(name)
    core.catalogue.check_unused(segment)
    changes = core.catch_up_all()
    core.upkeep.remove_members(segment)
    core.catalogue.remove(name)
    core.timetable.find_next(core.now)
    plan = revise_plan(core.upkeep.plan, remove=[name])
    _use_plan(core, plan, find_missing(core.upkeep, plan, core.clock))
    core.audit("remove", (name,), by)
    return tuple(changes)


def refresh_segment(
    core: Core, name: str, at: datetime | None, by: str | None
) -> tuple[Change, ...]:
    """Find the members of a segment again, whatever its schedule."""
    segment = core.catalogue.get_segment(name)
    changes = core.advance(core.instant_of(at))
    noted = core.refresh([segment], core.clock)
    core.audit("refresh", (name,), by, changes=len(noted))
    return (*changes, *noted)
