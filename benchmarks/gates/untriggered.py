"""What an event costs that no rule asks about, beside the least that a host's own store does."""

from bisect import insort
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any, TypeAlias

from attrs import define, field

from benchmarks.conditions import to_text
from benchmarks.contestants import load, new_engine
from benchmarks.measuring import Seconds, interleave, middle, ratio
from benchmarks.profiles import draw_segments
from benchmarks.results import TIMES, Row, at_most, require_equal
from benchmarks.scale import Scale
from benchmarks.workload import SCHEMA, Workload, make_workload
from segrules import Event, Rule

UNTRIGGERED = "search"
FEW, MANY = 10, 500

Batch: TypeAlias = list[tuple[Event, str, datetime, int]]
"""Searches: the event, its customer, when, and its number."""


@define
class Kept:
    """A customer in a host's own store."""

    ids: set[str] = field(factory=set)
    events: list[Event] = field(factory=list)


class BareStore:
    """The least that keeps events: by customer, each id once, in the order of time."""

    def __init__(self) -> None:
        self.customers: dict[str, Kept] = {}

    def append(self, event: Event, customer: str) -> None:
        """Keep an event, unless its id has been seen."""
        kept = self.customers.get(customer)
        if kept is None:
            kept = self.customers[customer] = Kept()
        if event.id is not None:
            if event.id in kept.ids:
                return
            kept.ids.add(event.id)
        events = kept.events
        if not events or event._micros > events[-1]._micros:
            events.append(event)
        else:
            insort(events, event, key=lambda e: e._micros)


def measure(scale: Scale) -> tuple[Row, ...]:
    """Measure an engine of 10 and one of 500 segments, and the bare store."""
    workload = make_workload(scale.size(1_000), {})
    engines = {n: _engine(workload, n) for n in (FEW, MANY)}
    bare = BareStore()
    for fact in workload.before:
        bare.append(fact.event, fact.customer)
    batches = _batches(workload, scale.untriggered)
    _check(engines, bare, next(batches))
    rounds = [[next(batches) for _ in range(scale.rounds * 2)] for _ in range(2)]
    appended = _time(engines, bare, rounds[0], made_first=True)
    made = _time(engines, bare, rounds[1], made_first=False)
    figures = {
        f"{name}_{kind}_us": middle(seconds, scale.untriggered)
        for kind, taken in (("apply", appended), ("make_and_apply", made))
        for name, seconds in taken.items()
    }
    return (
        Row(
            "untriggered",
            "untriggered event ÷ bare lookup and append",
            at_most(2),
            ratio(appended["many"], appended["bare"]),
            TIMES,
            f"with {MANY} segments; the event is there already",
            figures,
        ),
        Row(
            "untriggered",
            "the same, making the event included",
            None,
            ratio(made["many"], made["bare"]),
            TIMES,
            "both make the same `Event`",
        ),
        Row(
            "untriggered",
            "untriggered event, N=500 ÷ N=10",
            at_most(1.3),
            ratio(appended["many"], appended["few"]),
            TIMES,
        ),
    )


def quiet_segments(number: int) -> dict[str, str]:
    """Return rules that do not hear of a search, as those about any activity do."""
    drawn = {name: to_text(each) for name, each in draw_segments(number * 2).items()}
    quiet = {
        name: text
        for name, text in drawn.items()
        if not Rule(text, SCHEMA).triggers.wakes_on(UNTRIGGERED)
    }
    return dict([*quiet.items()][:number])


def _engine(workload: Workload, number: int) -> Any:
    engine = new_engine()
    load(engine, workload)
    engine.add_segments(quiet_segments(number))
    return engine


def _batches(workload: Workload, size: int) -> Iterator[Batch]:
    """Yield ever new searches, a microsecond apart, by customers as busy as they are."""
    at, number = workload.turn, 0
    busy = [fact.customer for fact in workload.during]
    while True:
        batch = []
        for _ in range(size):
            number, at = number + 1, at + timedelta(microseconds=1)
            batch.append((_search(at, number), busy[number % len(busy)], at, number))
        yield batch


def _search(at: datetime, number: int) -> Event:
    return Event(UNTRIGGERED, at=at, properties={"query": "shoes"}, id=f"s{number}")


def _check(engines: dict[int, Any], bare: BareStore, batch: Batch) -> None:
    _append(bare, batch)
    for engine in engines.values():
        members = {name: engine.members(name) for name in engine.segments}
        _apply(engine, batch)
        require_equal("searches", members, {n: engine.members(n) for n in engine.segments})
        for _, customer, _, _ in batch[:50]:
            kept = bare.customers[customer].events
            require_equal("the store", tuple(kept), engine.customer(customer).events)


def _time(
    engines: dict[int, Any], bare: BareStore, batches: list[Batch], *, made_first: bool
) -> dict[str, Seconds]:
    append = _append if made_first else _make_and_append
    apply = _apply if made_first else _make_and_apply
    waiting = {name: iter(batches) for name in ("bare", "few", "many")}
    return interleave(
        {
            "bare": lambda: append(bare, next(waiting["bare"])),
            "few": lambda: apply(engines[FEW], next(waiting["few"])),
            "many": lambda: apply(engines[MANY], next(waiting["many"])),
        },
        len(batches),
    )


def _append(bare: BareStore, batch: Batch) -> None:
    append = bare.append
    for event, customer, _, _ in batch:
        append(event, customer)


def _make_and_append(bare: BareStore, batch: Batch) -> None:
    append = bare.append
    for _, customer, at, number in batch:
        append(_search(at, number), customer)


def _apply(engine: Any, batch: Batch) -> None:
    apply = engine.apply
    for event, customer, at, _ in batch:
        apply(event, customer=customer, at=at)


def _make_and_apply(engine: Any, batch: Batch) -> None:
    apply = engine.apply
    for _, customer, at, number in batch:
        apply(_search(at, number), customer=customer, at=at)
