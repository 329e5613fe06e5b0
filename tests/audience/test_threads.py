"""One engine and many threads: nobody ever sees half a change."""

import sys
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import Literal

import pytest

from segrules import Engine, SegmentError
from tests.audience.shop import DAY, HOUR, NOON, purchase, shop, view

BOTH: list[Literal["all", "rules"]] = ["all", "rules"]
PEOPLE = [f"c{number}" for number in range(12)]
ROUNDS = 40


@pytest.fixture(autouse=True)
def _hurry() -> Iterator[None]:
    """Let threads take turns as often as can be."""
    interval = sys.getswitchinterval()
    sys.setswitchinterval(1e-6)
    yield
    sys.setswitchinterval(interval)


def together(*actions: Callable[[], object]) -> None:
    """Do things at once, each in a thread of its own; an error in any of them is raised."""
    start = Barrier(len(actions))

    def begin(action: Callable[[], object]) -> None:
        start.wait()
        action()

    with ThreadPoolExecutor(len(actions)) as pool:
        for done in [pool.submit(begin, action) for action in actions]:
            done.result()


def halves(retain: Literal["all", "rules"]) -> Engine:
    """Return an engine in which everybody is always in one of two segments."""
    engine = shop(
        retain,
        fresh="any event within 2 days",
        silent="NOT (in segment 'fresh')",
        buyers="count of orders >= 3",
    )
    for name in PEOPLE:
        engine.set_attributes(name, {}, at=NOON)
    return engine


def write(engine: Engine, people: list[str]) -> None:
    for number in range(ROUNDS):
        for name in people:
            day = number / 4
            if number % 3:
                engine.apply(purchase(day), customer=name, at=NOON + day * DAY)
            else:
                engine.set_attributes(name, {"country": "GB"}, at=NOON + day * DAY)


@pytest.mark.parametrize("retain", BOTH)
def test_halves(retain: Literal["all", "rules"]) -> None:
    """Whoever looks at a customer, or at the feed, sees every change as a whole."""
    engine = halves(retain)

    def look() -> None:
        for _ in range(ROUNDS):
            for name in PEOPLE:
                segments = engine.segments_of(name)
                assert ("fresh" in segments) is not ("silent" in segments)

    def look_at_all() -> None:
        for _ in range(ROUNDS):
            assert engine.members("buyers") <= set(PEOPLE)
            assert engine.preview("in segment 'fresh' OR in segment 'silent'").count == len(PEOPLE)
            assert engine.preview("in segment 'fresh' AND in segment 'silent'").count == 0
            assert engine.verify()

    def follow() -> None:
        # Both halves of a change come at once: read from anywhere on, they are never torn apart.
        token: str | int = 0
        inside = {"fresh": set[str](), "silent": set[str]()}
        while token != engine.changes().token or not inside["silent"] | inside["fresh"]:
            page = engine.changes(after=token)
            token = page.token
            for change in page:
                if change.segment in inside:
                    members = inside[change.segment]
                    (members.add if change.joined else members.remove)(change.customer)
            assert not inside["fresh"] & inside["silent"]
            assert inside["fresh"] | inside["silent"] == set(PEOPLE)

    together(
        lambda: write(engine, PEOPLE[:6]),
        lambda: write(engine, PEOPLE[6:]),
        lambda: [engine.advance_to(NOON + n * HOUR) for n in range(ROUNDS)],
        look,
        look_at_all,
        follow,
    )
    assert engine.members("buyers") == set(PEOPLE)
    assert engine.verify()


@pytest.mark.parametrize("retain", BOTH)
def test_edit_is_one_step(retain: Literal["all", "rules"]) -> None:
    """While a segment is edited its members are the old or the new ones, never some of each."""
    engine = shop(retain, chosen="country = 'GB'", gb="country = 'GB'", us="country = 'US'")
    for number, name in enumerate(PEOPLE):
        engine.set_attributes(name, {"country": "GB" if number % 2 else "US"}, at=NOON)
    british, american = engine.members("gb"), engine.members("us")

    def edit() -> None:
        for number in range(ROUNDS):
            engine.edit_segment("chosen", f"country = '{'GB' if number % 2 else 'US'}'")

    def look() -> None:
        for _ in range(ROUNDS * 4):
            assert engine.members("chosen") in (british, american)
            assert engine.count("chosen") == len(PEOPLE) / 2
            assert engine.preview("in segment 'chosen'").members in (british, american)

    def live() -> None:
        for number in range(ROUNDS):
            engine.apply(view(number / 24), customer=PEOPLE[0], at=NOON + number * HOUR)

    def come_and_go() -> None:
        for _ in range(ROUNDS):
            engine.add_segment("brief", "any event of type 'page_view' within 3 hours")
            engine.remove_segment("brief")

    together(edit, look, look, live)
    assert engine.members("chosen") == british
    if retain == "all":
        together(edit, look, live, come_and_go)
    assert engine.verify()


@pytest.mark.parametrize("retain", BOTH)
def test_backfill(retain: Literal["all", "rules"]) -> None:
    """A backfill in one thread and live facts in others: each customer changes as a whole."""
    engine = halves(retain)
    engine.add_segment("rich", "sum of total of orders >= 100")
    engine.add_segment("poor", "NOT (in segment 'rich')")
    filled = PEOPLE[:8]

    def fill() -> None:
        with engine.backfill("import", at=NOON) as bulk:
            for number in range(12):
                for name in filled:
                    bulk.apply(purchase(-number, 10), customer=name)
            while bulk.settle(budget=1):
                pass
        assert {change.customer for change in bulk.changes} == set(filled)

    def look() -> None:
        for _ in range(ROUNDS):
            for name in PEOPLE:
                segments = engine.segments_of(name)
                assert ("fresh" in segments) is not ("silent" in segments)
                assert ("rich" in segments) is not ("poor" in segments)
            assert engine.verify()

    def another() -> None:
        for _ in range(ROUNDS):
            try:
                with engine.backfill("another", at=NOON) as bulk:
                    bulk.apply(view(), customer=PEOPLE[-1])
            except SegmentError as error:
                assert "one at a time" in str(error)  # noqa: PT017  # or none is raised

    together(
        fill,
        look,
        lambda: [engine.apply(view(), customer=name, at=NOON) for name in PEOPLE * 4],
    )
    together(look, another, lambda: write(engine, PEOPLE[8:]))
    assert engine.members("rich") >= set(filled)
    assert engine.consistent("rich")
    assert engine.verify()


@pytest.mark.parametrize("retain", BOTH)
def test_merge_and_forget(retain: Literal["all", "rules"]) -> None:
    """A customer is there as a whole, or is not."""
    engine = halves(retain)

    def merge() -> None:
        for number, name in enumerate(PEOPLE[:6]):
            engine.merge(name, f"known{number}", at=NOON)

    def forget() -> None:
        for name in PEOPLE[6:]:
            engine.forget(name)

    def look() -> None:
        for _ in range(ROUNDS):
            assert engine.preview("in segment 'fresh' OR in segment 'silent'").share == 1
            for name in engine.customers:
                assert len(engine.segments_of(name) & {"fresh", "silent"}) <= 1
            assert engine.verify()

    together(merge, forget, look, lambda: write(engine, ["live"]))
    assert set(engine.customers) == {*(f"known{number}" for number in range(6)), "live"}
    assert not {change.customer for change in engine.changes()} & set(PEOPLE[6:])


def test_same_event_from_all_sides() -> None:
    """However many bring the same event, one of them takes it."""
    engine = shop(once="count of orders >= 1", twice="count of orders >= 2")
    found: list[int] = []
    event = purchase(event_id="o1")

    def bring() -> None:
        found.append(len(engine.apply(event, customer="ann", at=NOON)))

    together(*[bring] * 8)
    assert sorted(found) == [0] * 7 + [1]
    assert engine.segments_of("ann") == {"once"}
