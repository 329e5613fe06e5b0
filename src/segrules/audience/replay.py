"""What an engine that forgets would have to be told again before a new rule can be answered."""

from collections.abc import Iterable, Mapping
from datetime import timedelta

from attrs import define, field

from segrules.audience.population import Person
from segrules.audience.segments import SegmentError
from segrules.audience.upkeep import Upkeep
from segrules.evaluation.facts import Event
from segrules.evaluation.history import History
from segrules.evaluation.needs import prune_log, prune_track
from segrules.evaluation.plan import Channel, Plan
from segrules.meaning.calendar import DAWN, MICROSECOND
from segrules.meaning.conditions import Condition
from segrules.meaning.triggers import EVERY_TYPE, find_lookback


class ForgottenError(SegmentError):
    """A rule that asks about events which the engine has forgotten.

    spans: by event type, or `*` for every type, how far back the events are needed; None for all.
    """

    def __init__(self, segments: Iterable[str], spans: Mapping[str, timedelta | None]) -> None:
        self.spans = dict(spans)
        names = ", ".join(f"`{segment}`" for segment in segments)
        events = " and ".join(_say_span(*each) for each in sorted(self.spans.items()))
        super().__init__(
            f"{names} would need {events}, which this engine has forgotten (it retains what its "
            "rules ask): add what is new by `replay`, with these events once more"
        )


def _say_span(event_type: str, span: timedelta | None) -> str:
    events = "events of every type" if event_type == EVERY_TYPE else f"`{event_type}` events"
    return f"all {events}" if span is None else f"the {events} of the last {_say_time(span)}"


def _say_time(span: timedelta) -> str:
    days = span / timedelta(days=1)
    return f"{days:g} days" if days >= 1 else f"{span / timedelta(hours=1):g} hours"


@define(eq=False)
class Gap:
    """What of a plan an engine cannot answer: streams, and types whose events are asked for."""

    channels: list[Channel] = field(factory=list)
    types: set[str] = field(factory=set)

    def __bool__(self) -> bool:
        return bool(self.channels or self.types)

    def spans(self, conditions: Iterable[Condition]) -> dict[str, timedelta | None]:
        """Return how far back the events are needed, by type."""
        wanted = {channel.reader.stream.event_type or EVERY_TYPE for channel in self.channels}
        wanted |= self.types
        spans: dict[str, timedelta | None] = {}
        for condition in conditions:
            for event_type, span in find_lookback(condition).items():
                if event_type in wanted or event_type == EVERY_TYPE or EVERY_TYPE in wanted:
                    known = spans.get(event_type, timedelta(0))
                    longer = None if known is None or span is None else max(known, span)
                    spans[event_type] = longer
        return spans


def find_gap(upkeep: Upkeep, plan: Plan) -> Gap:
    """Return what of another plan could not be answered out of what is kept."""
    gap = Gap()
    if upkeep.keeps_all:
        return gap
    old = {channel.reader.name: channel for channel in upkeep.plan.channels}
    for channel in plan.channels:
        known = old.get(channel.reader.name)
        event_type = channel.reader.stream.event_type
        has_come = bool(upkeep.seen) if event_type is None else event_type in upkeep.seen
        if has_come and (known is None or not known.need.covers(channel.need)):
            gap.channels.append(channel)
    for event_type in upkeep.seen:
        need, kept = plan.route(event_type).need, upkeep.plan.route(event_type).need
        if need is not None and (kept is None or not kept.covers(need)):
            gap.types.add(event_type)
    return gap


def load_gap(gap: Gap, histories: Mapping[Person, History], plan: Plan, now: int) -> None:
    """Give customers what fills a gap, out of events that came once more."""
    for person, told in histories.items():
        for channel in gap.channels:
            track = channel.reader.gather(told)
            if track.times:
                prune_track(track, channel.need, now)
                person.history.tracks[channel.reader.name] = track
        for event_type in gap.types & told.by_type.keys():
            log, need = told.by_type[event_type], plan.route(event_type).need
            if need is not None:
                prune_log(log, need, now)
                person.history.by_type[event_type] = log
        person.history.forget_all()
        for log in told.by_type.values():
            for event in log.events:
                person.history.is_new(event)


def check_gap(upkeep: Upkeep, plan: Plan, conditions: Mapping[str, Condition], now: int) -> None:
    """Raise ForgottenError where segments cannot be answered out of what is kept."""
    gap = find_gap(upkeep, plan)
    if not gap:
        return
    spans = {
        event_type: span
        for event_type, span in gap.spans(conditions.values()).items()
        if _has_come(upkeep, event_type, span, now)
    }
    if spans:
        raise ForgottenError(conditions, spans)


def _has_come(upkeep: Upkeep, event_type: str, span: timedelta | None, now: int) -> bool:
    """Tell whether an event of a type has come that lies within a span."""
    newest = (
        max(upkeep.seen.values(), default=DAWN)
        if event_type == EVERY_TYPE
        else upkeep.seen.get(event_type, DAWN)
    )
    return newest > (DAWN if span is None else now - span // MICROSECOND)


def gather_told(upkeep: Upkeep, facts: Iterable[tuple[str, Event]]) -> dict[Person, History]:
    """Return events that come once more, by the customers who are known."""
    told: dict[Person, History] = {}
    for customer, event in facts:
        person = upkeep.population.by_id.get(customer)
        if person is not None:
            told.setdefault(person, History()).add(event)
    return told
