"""Tests on numbers computed from events, by their thresholds."""

from decimal import Decimal

import pytest

from segrules.evaluation.atoms import Total
from segrules.evaluation.numbers import compile_total
from segrules.evaluation.streams import Stream, compile_stream
from segrules.facts.history import History, Track
from segrules.language.syntax import Function
from segrules.meaning.calendar import DAY, NEVER
from segrules.meaning.conditions import (
    EventTest,
    Exactly,
    Fixed,
    InRange,
    IsPresent,
    NumberTest,
    That,
    Window,
)
from segrules.plan.needs import Need, prune_track
from tests.evaluation.facing import CALENDAR, event, history, micros

LAST_7 = Window(Exactly(-7 * DAY))
OLDER = Window(None, Exactly(-2 * DAY))
BETWEEN = Window(Exactly(-7 * DAY), Exactly(-2 * DAY))
INSTANTS = Stream("purchase")
NUMBERS = Stream("purchase", property=("total",), kept="numbers")
SCALARS = Stream("purchase", property=("total",), kept="scalars")
ANN = [
    event("purchase", 1, total=10),
    event("purchase", 3, total=30),
    event("purchase", 5, total=10),
    event("purchase", 20, total=5),
]
REFUNDED = [event("purchase", 1, total=10), event("purchase", 3, total=-4)]


def above(number: str, *, is_open: bool = False) -> NumberTest:
    return InRange(low=Decimal(number), open_low=is_open)


def source(function: Function, window: Window | None = None, *, distinct: bool = False) -> Total:
    stream = SCALARS if distinct and function == "count" else NUMBERS
    return Total(
        function, distinct, INSTANTS if function == "count" and not distinct else stream, window
    )


def ask(
    total: Total, tests: list[NumberTest], known: History, at: int, patience: int = NEVER
) -> tuple[list[int], int | None]:
    """Return which tests hold, and on which day that may change."""
    look = compile_total(
        total, [(1 << n, test) for n, test in enumerate(tests)], CALENDAR, patience
    )
    mask, until = look(known, micros(at))
    return [n for n in range(len(tests)) if mask >> n & 1], (
        None if until == NEVER else (until - micros(0)) // DAY
    )


def tracked(*events: object, total: Total) -> History:
    known = history(*events)  # type: ignore[arg-type]  # events
    reader = compile_stream(total.stream)
    known.tracks[reader.name] = reader.gather(known)
    return known


STEPS = [above("1"), above("10", is_open=True), above("20"), above("40"), above("50")]


@pytest.mark.parametrize("is_tracked", [False, True])
@pytest.mark.parametrize(
    ("total", "tests", "at", "answer"),
    [
        (source("count"), [above("1"), above("3"), above("4")], 6, ([0, 1], 20)),
        (source("count"), [above("1"), above("4")], 25, ([0, 1], None)),
        (source("count"), [above("1")], 0, ([], 1)),
        (source("count", LAST_7), [above("2"), above("3")], 6, ([0, 1], 8)),
        (source("count", BETWEEN), [above("1"), above("3")], 4, ([0], 7)),
        (source("count", OLDER), [above("1"), above("2")], 4, ([0], 5)),
        (source("count", OLDER), [above("1"), above("2")], 30, ([0, 1], None)),
        (source("sum"), STEPS, 6, ([0, 1, 2, 3, 4], None)),
        (source("sum", LAST_7), STEPS, 6, ([0, 1, 2, 3, 4], 8)),
        (source("sum", LAST_7), STEPS, 9, ([0, 1, 2, 3], 10)),
        (source("sum", LAST_7), STEPS, 15, ([], 20)),
        (source("sum", LAST_7), STEPS, 22, ([0], 27)),
        (source("sum", LAST_7), STEPS, 28, ([], None)),
        (source("avg"), [above("16"), above("17"), IsPresent()], 6, ([0, 2], 20)),
        (source("avg", LAST_7), [above("20", is_open=True), IsPresent()], 9, ([1], 12)),
        (source("avg"), [above("0"), IsPresent()], 0, ([], 1)),
        (source("min"), [above("5", is_open=True), above("10")], 6, ([0, 1], 20)),
        (source("max", LAST_7), [above("30")], 6, ([0], 10)),
        (source("max", LAST_7), [above("0")], 30, ([], None)),
        (source("count", distinct=True), [above("2"), above("3")], 6, ([0], 20)),
        (source("count", LAST_7, distinct=True), [above("2")], 9, ([0], 10)),
        (source("sum", distinct=True), [above("40"), above("41")], 6, ([0], 20)),
        (source("avg", distinct=True), [above("20"), above("21")], 6, ([0], 20)),
        (source("avg", LAST_7, distinct=True), [IsPresent()], 15, ([], 20)),
        (source("min", distinct=True), [above("10")], 6, ([0], 20)),
    ],
)
def test_numbers(
    total: Total, tests: list[NumberTest], at: int, answer: object, *, is_tracked: bool
) -> None:
    """A number is asked all its tests, and tells when the first of them turns."""
    known = tracked(*ANN, total=total) if is_tracked else history(*ANN)
    assert ask(total, tests, known, at) == answer


def test_refunds() -> None:
    """A sum may rise as well as fall by what leaves, so each event that leaves is looked at."""
    total = source("sum", LAST_7)
    known = tracked(*REFUNDED, total=total)
    assert ask(total, [above("6"), above("7")], known, 4) == ([0], 8)
    assert ask(total, [above("-4")], known, 4) == ([0], None)
    assert ask(total, [above("-4", is_open=True)], known, 4) == ([0], 8)
    assert ask(total, [above("-3")], known, 8) == ([], 10)


def test_foresight() -> None:
    """Without refunds the sums say which event has to leave; the nearest threshold comes first."""
    total = source("sum", LAST_7)
    known = tracked(*ANN[:3], total=total)
    assert ask(total, [above("50")], known, 6) == ([0], 8)
    assert ask(total, [above("40")], known, 6) == ([0], 10)
    assert ask(total, [above("40", is_open=True)], known, 6) == ([0], 8)
    assert ask(total, [above("10")], known, 6) == ([0], 12)
    assert ask(total, [above("0")], known, 6) == ([0], None)
    assert ask(total, [above("0", is_open=True)], known, 6) == ([0], 12)
    assert ask(total, [above("51")], known, 6) == ([], None)
    assert ask(total, [above("-1")], known, 6) == ([0], None)


def test_patience() -> None:
    """Whoever gives up looking names an instant up to which the answer stands at least."""
    total = source("count", LAST_7)
    known = tracked(*ANN[:3], total=total)
    assert ask(total, [above("1")], known, 6) == ([0], 12)
    assert ask(total, [above("1")], known, 6, patience=2) == ([0], 10)
    assert ask(total, [above("1")], known, 6, patience=1) == ([0], 8)


def test_forgotten() -> None:
    """What is forgotten counts for what has no beginning."""
    for function, answer in (("count", [0, 1]), ("sum", [0, 1]), ("avg", [0]), ("max", [0, 1])):
        total = source(function)  # type: ignore[arg-type]  # these are functions
        known = tracked(*(event("purchase", n, total=n) for n in range(1, 21)), total=total)
        [track] = known.tracks.values()
        tests = [above("10"), above("20")]
        assert ask(total, tests, known, 30)[0] == answer
        prune_track(track, Need(newest=2, extremes=function == "max"), micros(30))
        assert track.forgotten == 18
        assert ask(total, tests, known, 30)[0] == answer


def test_without_sums() -> None:
    """The sum of a track that keeps none is nothing."""
    total = source("sum", LAST_7)
    known = history()
    known.tracks[compile_stream(total.stream).name] = Track(values=[])
    assert ask(total, [above("0"), above("1")], known, 3) == ([0], None)


def test_not_another_event() -> None:
    """A window that speaks of another event is asked by itself."""
    window = Window(That(EventTest("last", "cart"), "after"), Fixed(0))
    with pytest.raises(TypeError, match="another event"):
        compile_total(source("sum", window), [(1, above("1"))], CALENDAR, 1)
