"""Forgotten events: what an engine must be given again before a new rule can be evaluated."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import timedelta

from attrs import define, field

from segrules.audience.catalogue.segment import SegmentError
from segrules.audience.upkeep.people import Person
from segrules.audience.upkeep.upkeep import Upkeep
from segrules.facts.event import Event
from segrules.facts.history import History
from segrules.language.quantities import describe_length
from segrules.meaning.calendar import DAWN, MICROSECOND
from segrules.meaning.triggers import EVERY_TYPE
from segrules.plan.needs import Need, find_span, prune_log, prune_track
from segrules.plan.plan import Family, Plan, Subscription


class ForgottenError(SegmentError):
    """A rule that asks about events which the engine has forgotten.

    spans: by event type, or `*` for every type, how far back from the engine's clock the events are
    needed, those still to come included; None for all.
    """

    def __init__(self, segments: Iterable[str], spans: Mapping[str, timedelta | None]) -> None:
        self.spans = dict(spans)
        names = ", ".join(f"`{segment}`" for segment in segments if segment) or "the rule"
        events = " and ".join(_describe_span(*each) for each in sorted(self.spans.items()))
        super().__init__(
            f"{names} would need {events}, which this engine has forgotten (it retains what its "
            "rules ask): give these events again with `history=`"
        )


def _describe_span(event_type: str, span: timedelta | None) -> str:
    events = "events of every type" if event_type == EVERY_TYPE else f"`{event_type}` events"
    return f"all {events}" if span is None else f"the {events} of the last {describe_length(span)}"


@define(eq=False)
class Missing:
    """What of a plan an engine cannot answer out of what it keeps.

    subscriptions: streams that must be read again. types: event types whose events are needed, and
    what is needed of them. spans: how far back, by type. known_after: after which instant all
    events of a stream, or of a type, are known once what is missing has been loaded.
    """

    subscriptions: list[Subscription] = field(factory=list)
    types: dict[str, Need] = field(factory=dict)
    spans: dict[str, timedelta | None] = field(factory=dict)
    known_after: dict[tuple[str, str], int] = field(factory=dict)

    def need(self, event_type: str, span: timedelta | None) -> None:
        """Widen how far back events of a type are needed."""
        known = self.spans.get(event_type, timedelta(0))
        self.spans[event_type] = None if known is None or span is None else max(known, span)


def find_missing(upkeep: Upkeep, plan: Plan, now: int) -> Missing:
    """Return what of another plan cannot be answered out of what is kept."""
    missing = Missing()
    if upkeep.keeps_all:
        return missing
    kept = {
        subscription.reader.name: subscription.need for subscription in upkeep.plan.subscriptions
    }
    for subscription in plan.subscriptions:
        name, event_type = subscription.reader.name, subscription.reader.stream.event_type
        is_kept = name in kept and kept[name].covers(subscription.need)
        key = ("track", name)
        if _is_missing(
            missing, upkeep, key, event_type, subscription.families, now, is_kept=is_kept
        ):
            missing.subscriptions.append(subscription)
    for event_type in upkeep.seen:
        route, known = plan.route(event_type), upkeep.plan.route(event_type).need
        if route.need is None:
            continue
        is_kept = known is not None and known.covers(route.need)
        key = ("log", event_type)
        if _is_missing(missing, upkeep, key, event_type, route.families, now, is_kept=is_kept):
            missing.types[event_type] = route.need
    return missing


def _is_missing(
    missing: Missing,
    upkeep: Upkeep,
    key: tuple[str, str],
    event_type: str | None,
    families: Iterable[Family],
    now: int,
    *,
    is_kept: bool,
) -> bool:
    """Tell whether families look further back than events are known, and record both."""
    spans = [find_span(atom) for family in families for atom in family.atoms]
    span = max((each for each in spans if each is not None), default=timedelta(0))
    is_open = None in spans
    start = DAWN if is_open else now - span // MICROSECOND
    # Of what has not been kept so far, everything later than the newest event will be known.
    known_after = upkeep.known_after.get(key, DAWN) if is_kept else _newest(upkeep, event_type)
    missing.known_after[key] = min(known_after, start)
    if known_after > start:
        missing.need(EVERY_TYPE if event_type is None else event_type, None if is_open else span)
    return known_after > start


def _newest(upkeep: Upkeep, event_type: str | None) -> int:
    if event_type is None:
        return max(upkeep.seen.values(), default=DAWN)
    return upkeep.seen.get(event_type, DAWN)


def load_missing(missing: Missing, histories: Mapping[Person, History], now: int) -> None:
    """Give customers what is missing, out of events that were sent again."""
    for person, given in histories.items():
        for subscription in missing.subscriptions:
            track = subscription.reader.gather(given)
            if track.times:
                prune_track(track, subscription.need, now)
                person.history.tracks[subscription.reader.name] = track
        for event_type in missing.types.keys() & given.by_type.keys():
            log = person.history.by_type[event_type] = given.by_type[event_type]
            prune_log(log, missing.types[event_type], now)
        person.history.forget_all()


def check_missing(upkeep: Upkeep, plan: Plan, segments: Iterable[str], now: int) -> None:
    """Raise ForgottenError if segments cannot be answered out of what is kept."""
    missing = find_missing(upkeep, plan, now)
    if missing.spans:
        raise ForgottenError(segments, missing.spans)


def gather_again(upkeep: Upkeep, facts: Iterable[tuple[str, Event]]) -> dict[Person, History]:
    """Return events that are given again, by the customers who have had them."""
    given: dict[Person, History] = {}
    for customer, event in facts:
        person = upkeep.population.by_id.get(customer)
        if person is not None and _has_had(person.history, event):
            given.setdefault(person, History()).add(event)
    return given


def _has_had(history: History, event: Event) -> bool:
    """Tell whether a customer has had an event, and it was not taken back."""
    key = None if event.id is None else (event.type, event.id)
    return key is None or (key in history.ids and key not in history.retracted)


def forget_logs(people: Iterable[Person], types: Sequence[str]) -> None:
    """Remove customers' events of types whose events no rule needs any more."""
    for person in people:
        for event_type in types:
            person.history.by_type.pop(event_type, None)
        person.history.forget_all()
