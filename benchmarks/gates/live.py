"""A live event, exact expiry included, beside re-evaluating the rules that it triggers.

Both are fed the same slices in turn. After each, the changes have to be the same, instant for
instant; at the end the memberships are.
"""

from collections.abc import Mapping, Sequence
from functools import partial
from typing import Final, TypeAlias

from attrs import evolve, frozen

from benchmarks.contestants import Contestant, Ours, Theirs
from benchmarks.measuring import Seconds, collector_off, cpu_seconds, middle, ratio
from benchmarks.profiles import (
    BRANDS,
    LATE,
    LATEST,
    TEMPLATES,
    brands,
    draw_adversarial,
    draw_segments,
)
from benchmarks.results import TIMES, Limit, Row, at_least, at_most, require_equal
from benchmarks.scale import Scale
from benchmarks.workload import Fact, Workload, make_workload

MUST: Final[Mapping[int, float]] = {60: 2, 500: 4, 2_000: 10}
FEW, MANY = 10, 2_000

Slices: TypeAlias = list[tuple[Fact, ...]]


@frozen
class Taken:
    """Seconds by slice of two contestants, the facts in a slice, and the changes in all.

    values: seconds that the second takes besides for its changes as segrules' values.
    """

    first: Seconds
    second: Seconds
    values: Seconds
    facts: int
    changes: int


def measure(scale: Scale) -> tuple[Row, ...]:
    """Measure each number of segments, the profiles, and how the cost grows."""
    return (*_by_number(scale), *_profiles(scale), _growth(scale))


def race(
    first: Sequence[Contestant], second: Sequence[Contestant], slices: Sequence[Slices]
) -> Taken:
    """Feed slice after slice to two sides; each is as many contestants as there are slices."""
    taken: tuple[list[float], list[float]] = ([], [])
    values: list[float] = []
    changes = 0
    rounds = range(len(slices[0]))
    for number in rounds:
        for contestant, own in [
            *zip(first, slices, strict=True),
            *zip(second, slices, strict=True),
        ]:
            contestant.take(own[number])
        with collector_off():
            for place in (0, 1) if number % 2 else (1, 0):
                side = (first, second)[place]
                taken[place].append(cpu_seconds(partial(_feed, side)))
            values.append(cpu_seconds(lambda: [each.values() for each in second]))
        for left, right in zip(first, second, strict=True):
            rows = left.rows()
            require_equal("changes", rows, right.rows())
            changes += len(rows)
    for left, right in zip(first, second, strict=True):
        require_equal("members", left.members(), right.members())
    size = sum(len(fact) for own in slices for fact in own) // len(rounds)
    return Taken(tuple(taken[0]), tuple(taken[1]), tuple(values), size, changes)


def cut(workload: Workload, rounds: int) -> Slices:
    """Return the measured facts in slices of one length."""
    size = len(workload.during) // rounds
    return [workload.during[n * size : (n + 1) * size] for n in range(rounds)]


def compare(workloads: Sequence[Workload], rounds: int) -> Taken:
    """Race segrules against re-evaluation, an engine for each workload."""
    ours = [Ours(workload) for workload in workloads]
    theirs = [Theirs(workload) for workload in workloads]
    return race(ours, theirs, [cut(workload, rounds) for workload in workloads])


def _by_number(scale: Scale) -> list[Row]:
    rows = []
    for number, customers in scale.live.items():
        workload = make_workload(scale.size(customers), draw_segments(number))
        taken = compare([workload], scale.rounds)
        what = f"live event, N={number:,}, re-evaluation ÷ segrules"
        limit = at_least(MUST[number]) if number in MUST else None
        rows.append(_row(what, limit, taken, number, customers))
    return rows


def _profiles(scale: Scale) -> list[Row]:
    size = scale.size(scale.profile)
    late = evolve(size, late=LATE, latest=LATEST)
    alone = make_workload(size, draw_adversarial(scale.alone))
    slow = make_workload(late, draw_segments(scale.alone))
    clients = brands(size.customers, size.events, size.measured)
    named = {
        f"nothing shared, N={scale.alone}": [alone],
        f"three in ten late by up to two weeks, N={scale.alone}": [slow],
        f"agency, {BRANDS} engines of {TEMPLATES} segments": clients,
    }
    return [
        _row(
            f"{name}, re-evaluation ÷ segrules",
            None,
            compare(workloads, scale.rounds),
            len(workloads[0].texts),
            size.customers,
        )
        for name, workloads in named.items()
    ]


def _row(what: str, limit: Limit | None, taken: Taken, segments: int, customers: int) -> Row:
    ours, theirs, values = (
        middle(each, taken.facts) for each in (taken.first, taken.second, taken.values)
    )
    return Row(
        "live",
        what,
        limit,
        ratio(taken.second, taken.first),
        TIMES,
        f"{ours:,.0f} against {theirs:,.0f} µs an event, {theirs + values:,.0f} with its changes "
        f"as the same values; {customers:,} customers",
        {
            "segments": segments,
            "customers": customers,
            "events": taken.facts * len(taken.first),
            "changes": taken.changes,
            "segrules_us": ours,
            "reevaluation_us": theirs,
            "values_us": values,
        },
    )


def _growth(scale: Scale) -> Row:
    """Compare few segments with many, the few being among the many."""
    size = scale.size(scale.spread)
    few, many = (make_workload(size, draw_segments(number)) for number in (FEW, MANY))
    taken = race([Ours(few)], [Ours(many, told=few.texts)], [cut(few, scale.rounds)])
    costs = [middle(each, taken.facts) for each in (taken.first, taken.second)]
    return Row(
        "live",
        f"cost of an event, N={MANY:,} ÷ N={FEW}",
        at_most(60),
        ratio(taken.second, taken.first),
        TIMES,
        f"{costs[1]:,.0f} against {costs[0]:,.1f} µs, {size.customers:,} customers",
        {"few_us": costs[0], "many_us": costs[1]},
    )


def _feed(side: Sequence[Contestant]) -> None:
    for contestant in side:
        contestant.feed()
