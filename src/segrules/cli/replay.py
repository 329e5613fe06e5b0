"""A store's events through an engine, in event time."""

from collections import Counter
from collections.abc import Iterator, Sequence
from datetime import datetime

from attrs import define, field, frozen

from segrules import Change, Engine, Schema, Segment
from segrules.cli.errors import MisuseError
from segrules.cli.records import CustomerRecord, EventRecord
from segrules.cli.store import Store


@frozen
class Course:
    """What a replay applies, in this order, and the instants at which it starts and ends."""

    customers: Sequence[CustomerRecord]
    events: Sequence[EventRecord]
    start: datetime
    end: datetime

    @property
    def steps(self) -> int:
        """How many steps there are: everybody's attributes, each event, the time after the last."""
        return len(self.events) + 2


@define
class Tally:
    """How many customers joined each segment and left it, and how often by the clock alone."""

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
    """Choose the events up to an instant and the instant at which the clock stops.

    Each of the two stands for the other where that is left out; without either the last event
    does. Events go by their time, or as they stand.
    """
    if until is not None and at is not None and at < until:
        raise MisuseError("--at lies before --until: there is no way back")
    until, end = (at if until is None else until), (until if at is None else at)
    events = [r for r in store.events if until is None or r.event.at <= until]
    if not as_is:
        events.sort(key=lambda record: record.event.at)
    if end is None:
        if not events:
            raise MisuseError("there are no events: say with --at at which instant to look")
        end = max(record.event.at for record in events)
    return Course(store.customers, events, events[0].event.at if events else end, end)


def make_engine(schema: Schema, segments: Sequence[Segment]) -> Engine:
    """Return an engine with segments."""
    engine = Engine(schema)
    engine.add_segments({segment.id: segment.rule for segment in segments})
    return engine


def replay(engine: Engine, course: Course) -> Iterator[tuple[Change, ...]]:
    """Yield the changes of each step.

    An event older than one before it is a late fact: it is applied, and the clock stays.
    """
    yield tuple(
        change
        for customer in course.customers
        for change in engine.set_attributes(customer.id, customer.attributes, at=course.start)
    )
    for record in course.events:
        event = record.event
        yield engine.apply(event, customer=record.customer, at=event.at)
    yield engine.advance_to(course.end)
