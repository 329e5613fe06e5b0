"""A midnight at which every deadline falls due, while live events go on coming.

The host lets the engine work in slices and takes a live event between two of them. An event that
comes just when a slice begins waits for all of it: that is the longest wait. Wall time, since that
is what somebody waits.
"""

from collections.abc import Sequence
from datetime import timedelta
from functools import partial
from inspect import signature
from statistics import median
from time import perf_counter
from typing import Any, Final

from attrs import frozen

from benchmarks.contestants import Ours, Theirs, to_rows
from benchmarks.measuring import collector_off
from benchmarks.profiles import STORM_TYPES, storm
from benchmarks.results import Row, at_most, require_equal
from benchmarks.scale import FULL, Scale
from benchmarks.workload import START, Fact
from segrules import Change
from segrules.meaning.calendar import to_micros

BUDGET: Final = 500
"""How many customers' deadlines the host lets the engine settle at a time."""

LIVE: Final = 1_000
"""Live events that wait to be taken, a millisecond apart; most find no storm any more."""

MIDNIGHT: Final = START + timedelta(days=1)
AFTER: Final = MIDNIGHT + timedelta(hours=1)


@frozen
class Weathered:
    """How a storm went: seconds in all, the wait of each live event, and the changes."""

    total: float
    waits: tuple[float, ...]
    changes: tuple[Change, ...]


def measure(scale: Scale) -> tuple[Row, ...]:
    """Measure a midnight; a smaller one has a share of the time."""
    workload = storm(scale.storm, LIVE)
    deadlines = scale.storm * len(STORM_TYPES)
    ours, theirs = Ours(workload), Theirs(workload)
    with collector_off():
        went = weather(ours.engine, workload.during)
    theirs.take(workload.during)
    theirs.feed()
    rest = theirs.base.advance_to(to_micros(AFTER))
    require_equal("changes", sorted([*theirs.rows(), *rest]), to_rows(went.changes))
    require_equal("members", theirs.members(), ours.members())
    name = f"{deadlines:,} deadlines at one midnight"
    return (
        Row(
            "storm",
            name,
            at_most(5 * scale.storm / FULL.storm, "s"),
            went.total,
            "s",
            f"{len(went.changes):,} changes",
            {"deadlines": deadlines, "total_s": went.total},
        ),
        Row(
            "storm",
            f"{name}, longest a live event waits",
            at_most(50, "ms"),
            max(went.waits) * 1000,
            "ms",
            f"median {median(went.waits) * 1000:.1f} ms; at most {BUDGET:,} customers at a time",
            {"slices": len(went.waits)},
        ),
    )


def weather(engine: Any, live: Sequence[Fact]) -> Weathered:
    """Let the midnight come, a slice and a live event in turn until nothing is outstanding."""
    slices = "budget" in signature(engine.advance_to).parameters
    advance = partial(engine.advance_to, budget=BUDGET) if slices else engine.advance_to
    changes: list[Change] = []
    waits: list[float] = []
    waiting = iter(live)
    start = perf_counter()
    behind = True
    while behind:
        fact = next(waiting)
        began = perf_counter()
        changes += advance(fact.at)
        changes += engine.apply(fact.event, customer=fact.customer, at=fact.at)
        waits.append(perf_counter() - began)
        behind = slices and engine.behind
    total = perf_counter() - start
    for fact in waiting:
        changes += engine.apply(fact.event, customer=fact.customer, at=fact.at)
    changes += engine.advance_to(AFTER)
    return Weathered(total, tuple(waits), tuple(changes))
