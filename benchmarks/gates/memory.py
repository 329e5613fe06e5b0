"""What a customer's history takes, beside a list of event dicts, and how it grows.

Memory is what tracemalloc says is held after the facts were told and dropped by the teller, less
what was held before the first event. Events come one at a time, each at its own instant, so that an
engine forgets as it goes. The feed of changes, which a host bounds as it likes, is as small as can
be. The dicts of the gate share every name and every word that comes twice, as a careful host's
would; those that come straight from JSON share nothing, and are told beside.
"""

import gc
import json
import tracemalloc
from collections.abc import Callable, Iterator
from typing import Any, Final

from benchmarks.conditions import to_text
from benchmarks.contestants import new_engine
from benchmarks.profiles import draw_segments
from benchmarks.results import TIMES, Row, at_least, at_most, require_equal
from benchmarks.scale import Scale
from benchmarks.workload import (
    END,
    START,
    Population,
    RawFact,
    Size,
    make_facts,
    make_population,
    to_fact,
)

DENSITY: Final = 97
"""Events a customer."""

MORE: Final = 5
FEW, MANY = 60, 500


def measure(scale: Scale) -> tuple[Row, ...]:
    """Measure an engine that retains what its rules can ask."""
    new_engine(retain="rules")
    return (*_rows(scale, FEW), *_rows(scale, MANY))


def _rows(scale: Scale, segments: int) -> list[Row]:
    small = Size(scale.remembered, scale.remembered * DENSITY)
    large = Size(small.customers, small.events * MORE)
    population = make_population(small.customers)
    dicts = _held_by_dicts(make_facts(population, small), _as_it_is)
    parsed = _held_by_dicts(make_facts(population, small), _from_json)
    held, members = _held_by_engine("rules", segments, population, small)
    _, expected = _held_by_engine("all", segments, population, small)
    require_equal("retained", expected, members)
    grown, _ = _held_by_engine("rules", segments, population, large)
    each = {"dicts": dicts, "parsed": parsed, "held": held, "grown": grown}
    figures = {f"{name}_bytes": size / small.customers for name, size in each.items()}
    return [
        Row(
            "memory",
            f"event dicts ÷ segrules, {DENSITY} events a customer, N={segments}",
            at_least(4),
            dicts / held,
            TIMES,
            f"{figures['held_bytes']:,.0f} against {figures['dicts_bytes']:,.0f} bytes a customer",
            figures,
        ),
        Row(
            "memory",
            f"the same, dicts straight from JSON, N={segments}",
            None,
            parsed / held,
            TIMES,
        ),
        Row(
            "memory",
            f"growth for {MORE}{TIMES} the events, N={segments}",
            at_most(2),
            grown / held,
            TIMES,
        ),
    ]


def _held_by_dicts(facts: Iterator[RawFact], make: Callable[[RawFact], dict[str, Any]]) -> int:
    """Return the bytes of a host's lists of events by customer."""
    gc.collect()
    tracemalloc.start()
    store: dict[str, list[dict[str, Any]]] = {}
    for raw in facts:
        store.setdefault(raw[2], []).append(make(raw))
    gc.collect()
    held, _ = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    return held


def _as_it_is(raw: RawFact) -> dict[str, Any]:
    event = to_fact(raw).event
    return {"type": event.type, "at": event.at, "id": event.id, "properties": raw[5]}


def _from_json(raw: RawFact) -> dict[str, Any]:
    sent = _as_it_is(raw) | {"at": raw[1]}
    event: dict[str, Any] = json.loads(json.dumps(sent))
    return event | {"at": to_fact(raw).event.at}


def _held_by_engine(
    retain: str, segments: int, population: Population, size: Size
) -> tuple[int, dict[str, frozenset[str]]]:
    """Return the bytes that an engine takes for the events, and the memberships it comes to."""
    engine = new_engine(retain=retain, feed_size=1)
    engine.add_segments({name: to_text(each) for name, each in draw_segments(segments).items()})
    for customer, attributes in population.attributes.items():
        engine.set_attributes(customer, attributes, at=START)
    gc.collect()
    tracemalloc.start()
    for raw in make_facts(population, size):
        fact = to_fact(raw)
        engine.apply(fact.event, customer=fact.customer, at=fact.at)
    engine.advance_to(END)
    del raw, fact
    gc.collect()
    held, _ = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    return held, {name: engine.members(name) for name in engine.segments}
