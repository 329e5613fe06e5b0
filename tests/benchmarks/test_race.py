from collections.abc import Callable

import pytest
from attrs import evolve

from benchmarks.contestants import Ours, Theirs, to_rows
from benchmarks.gates.live import compare, cut, race
from benchmarks.gates.operations import Operations, count_operations
from benchmarks.gates.storm import AFTER, weather
from benchmarks.profiles import (
    LATE,
    LATEST,
    brands,
    draw_adversarial,
    draw_segments,
    storm,
)
from benchmarks.results import NotAvailableError, UnequalError
from benchmarks.scale import QUICK
from benchmarks.workload import Size, Workload, make_workload
from segrules.meaning.calendar import to_micros

SMALL = Size(50, 700)
LATER = evolve(SMALL, late=LATE, latest=LATEST)
WORKLOADS: dict[str, Callable[[], list[Workload]]] = {
    "merchants": lambda: [make_workload(SMALL, draw_segments(60))],
    "nothing shared": lambda: [make_workload(SMALL, draw_adversarial(60))],
    "late": lambda: [make_workload(LATER, draw_segments(60))],
    "agency": lambda: brands(60, 700, 0.2),
}


@pytest.mark.parametrize("name", WORKLOADS)
def test_changes_are_those_of_re_evaluation(name: str) -> None:
    """On every profile the changes are the baseline's to the microsecond, and so are members."""
    taken = compare(WORKLOADS[name](), rounds=3)
    assert taken.changes > 20
    assert len(taken.first) == len(taken.second) == 3


def test_a_difference_is_no_result() -> None:
    """Where two contestants differ, nothing is reported."""
    few, many = (make_workload(SMALL, draw_segments(number)) for number in (20, 30))
    with pytest.raises(UnequalError, match="changes"):
        race([Ours(few)], [Theirs(many)], [cut(few, 1)])


def test_a_part_may_be_told() -> None:
    """A contestant with many segments may be held against one with the first of them."""
    few, many = (make_workload(SMALL, draw_segments(number)) for number in (20, 100))
    assert race([Ours(few)], [Ours(many, told=few.texts)], [cut(few, 2)]).changes > 20


def test_storm_is_weathered_exactly() -> None:
    """At the midnight everybody leaves, in whatever slices, while others join by live events."""
    workload = storm(200, 30)
    ours, theirs = Ours(workload), Theirs(workload)
    went = weather(ours.engine, workload.during)
    theirs.take(workload.during)
    theirs.feed()
    rest = theirs.base.advance_to(to_micros(AFTER))
    assert sorted([*theirs.rows(), *rest]) == to_rows(went.changes)
    assert theirs.members() == ours.members()
    assert sum(not change.joined for change in went.changes) == 1_200


def test_the_baseline_counts_exactly() -> None:
    """What re-evaluation does is the same in every run, so that its cost can be reckoned with."""
    workload = make_workload(SMALL, draw_segments(100))
    counts = set()
    for _ in range(2):
        theirs = Theirs(workload)
        theirs.take(workload.during)
        theirs.feed()
        counts.add((theirs.base.evaluations, theirs.base.wakeups, theirs.base.turned))
    assert counts == {(3_773, 172, 172)}


def test_operations() -> None:
    """At 500 segments an event asks at most 40 rules, and a recompute a hundred times as many."""
    try:
        counted = count_operations(QUICK.size(QUICK.live[500]))
    except NotAvailableError as error:
        pytest.skip(f"not available: {error}")
    assert counted.events == 2_400
    assert counted.evaluations_an_event <= 40
    assert counted.spurious_share <= 10
    assert counted.saved >= 100


def test_operations_are_reckoned() -> None:
    """A recompute asks every rule at every event and at every wake-up."""
    counted = Operations(events=10, changes=4, evaluations=60, wakeups=20, spurious=1)
    assert counted.evaluations_an_event == 6
    assert counted.spurious_share == 5
    assert counted.saved == 500 * 30 / 60
