"""The course of a replay: a store's facts in order, played through an engine in event time."""

from collections import Counter
from collections.abc import Iterator, Sequence
from datetime import datetime

from attrs import define, field, frozen

from segrules import Change, Cohort, Engine, Schema, Segment
from segrules.cli.asking import Moment, find_moment
from segrules.cli.errors import MisuseError
from segrules.cli.records import CustomerRecord, EventRecord
from segrules.cli.store import Store
from segrules.meaning.calendar import EPOCH


@frozen
class Course:
    """The facts that a replay applies, in this order, and the instants of its start and end."""

    customers: Sequence[CustomerRecord]
    events: Sequence[EventRecord]
    start: datetime
    end: Moment

    @property
    def steps(self) -> int:
        """How many steps there are: all attributes, each event, and the time after the last."""
        return len(self.events) + 2


@define
class Tally:
    """How often customers joined and left each segment, and how often by the clock alone."""

    joined: Counter[str] = field(factory=Counter)
    left: Counter[str] = field(factory=Counter)
    by_clock: Counter[str] = field(factory=Counter)

    def note(self, change: Change) -> None:
        """Count a change."""
        (self.joined if change.joined else self.left)[change.segment] += 1
        if change.cause.kind == "clock":
            self.by_clock[change.segment] += 1


def plot_course(
    store: Store, *, until: datetime | None, at: datetime | None, as_is: bool = False
) -> Course:
    """Return the course of a store's facts; raises MisuseError if its options exclude each other.

    until: later events are left out. at: the instant at which the clock stops. Each is the default
    of the other; without either, the instant of the last event. as_is: events keep the order of the
    file. Default: the order of time.
    """
    if until is not None and at is not None and at < until:
        raise MisuseError("--at is before --until: the clock only runs forward")
    until, end = (at if until is None else until), (until if at is None else at)
    events = [r for r in store.events if until is None or r.event.at <= until]
    if not as_is:
        events.sort(key=lambda record: record.event.at)
    moment = find_moment(store, None) if end is None else Moment(end, "option")
    return Course(store.customers, events, events[0].event.at if events else moment.at, moment)


def make_engine(schema: Schema, segments: Sequence[Segment]) -> Engine:
    """Return an engine with segments, all of them live; lists and cohorts have no members."""
    # A replay takes events' own instants for its clock, however far apart they are.
    engine = Engine(schema, max_step=None)
    for name in sorted({name for segment in segments for name in segment.rule.lists}):
        engine.lists.add(name)
    for name, rule in {n: s.rule for s in segments for n in s.rule.cohorts}.items():
        engine.cohorts.keep(Cohort.capture(name, rule, [], at=EPOCH))
    engine.add_segments({segment.name: segment.rule for segment in segments})
    return engine


def play_course(engine: Engine, course: Course) -> Iterator[tuple[Change, ...]]:
    """Yield the changes of each step.

    An event older than one before it is a late fact: the engine applies it, and its clock stays.
    """
    yield tuple(
        change
        for customer in course.customers
        for change in engine.set_attributes(customer.id, customer.attributes, at=course.start)
    )
    for record in course.events:
        event = record.event
        yield engine.apply(event, customer=record.customer, at=event.at)
    yield engine.advance_to(course.end.at)
