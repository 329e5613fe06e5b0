"""A history imported in bulk beside the same history one event at a time.

One at a time is meant in both ways in which a host might do it: every event at the instant of the
import, and every event at its own instant, as if it were live. Memberships are the same in the end.
"""

from collections.abc import Callable, Mapping
from functools import partial
from typing import Any, Final

from benchmarks.contestants import new_engine, offered
from benchmarks.measuring import Seconds, collector_off, cpu_seconds, middle, ratio
from benchmarks.profiles import draw_segments
from benchmarks.results import TIMES, Row, at_least, require_equal
from benchmarks.scale import Scale
from benchmarks.workload import END, START, Size, Workload, make_workload

IN_BULK, AT_ONCE, AS_LIVE = "in bulk", "at the import's instant", "each at its own instant"
FEW, MANY = 60, 500
PART: Final = 5
"""By how much the store is smaller where there are many segments."""


def measure(scale: Scale) -> tuple[Row, ...]:
    """Measure with a brand's segments over the whole store, and with many over a part of it."""
    offered(new_engine(), "backfill")
    part = Size(scale.store.customers // PART, scale.store.events // PART)
    return (
        *_rows(make_workload(scale.store, draw_segments(FEW)), scale.imports),
        *_rows(make_workload(part, draw_segments(MANY)), scale.imports),
    )


def _rows(workload: Workload, rounds: int) -> list[Row]:
    events = len(workload.before) + len(workload.during)
    taken = _time(workload, rounds)
    costs = {name: middle(each, events) for name, each in taken.items()}
    return [
        Row(
            "backfill",
            f"{events:,} events {way} ÷ in bulk, N={len(workload.texts)}",
            at_least(4),
            ratio(taken[way], taken[IN_BULK]),
            TIMES,
            f"{costs[way]:.3g} against {costs[IN_BULK]:.3g} µs an event",
            {"one_us": costs[way], "bulk_us": costs[IN_BULK]},
        )
        for way in (AT_ONCE, AS_LIVE)
    ]


def _time(workload: Workload, rounds: int) -> dict[str, Seconds]:
    ways = {IN_BULK: _in_bulk, AT_ONCE: _at_once, AS_LIVE: _as_live}
    taken: dict[str, list[float]] = {name: [] for name in ways}
    for _ in range(rounds):
        found: dict[str, Mapping[str, frozenset[str]]] = {}
        for name, way in ways.items():
            engine = new_engine()
            engine.add_segments(workload.texts)
            with collector_off():
                taken[name].append(cpu_seconds(partial(way, engine, workload)))
            found[name] = {segment: engine.members(segment) for segment in engine.segments}
        for name in (AT_ONCE, AS_LIVE):
            require_equal(name, found[IN_BULK], found[name])
    return {name: tuple(seconds) for name, seconds in taken.items()}


def _in_bulk(engine: Any, workload: Workload) -> None:
    with engine.backfill("history", at=END) as bulk:
        for customer, attributes in workload.population.attributes.items():
            bulk.set_attributes(customer, attributes)
        apply: Callable[..., object] = bulk.apply
        for facts in (workload.before, workload.during):
            for fact in facts:
                apply(fact.event, customer=fact.customer)


def _at_once(engine: Any, workload: Workload) -> None:
    for customer, attributes in workload.population.attributes.items():
        engine.set_attributes(customer, attributes, at=END)
    apply = engine.apply
    for facts in (workload.before, workload.during):
        for fact in facts:
            apply(fact.event, customer=fact.customer, at=END)


def _as_live(engine: Any, workload: Workload) -> None:
    for customer, attributes in workload.population.attributes.items():
        engine.set_attributes(customer, attributes, at=START)
    apply = engine.apply
    for facts in (workload.before, workload.during):
        for fact in facts:
            apply(fact.event, customer=fact.customer, at=fact.at)
    engine.advance_to(END)
