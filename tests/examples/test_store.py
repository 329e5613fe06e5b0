"""The store's half year through the engine, compared with the reference."""

from argparse import ArgumentParser
from collections import Counter
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from attrs import frozen

from segrules import Change, Customer, Engine, Event
from segrules.cli.course import Course, Tally, make_engine, play_course, plot_course
from segrules.cli.store import Store, add_store, load_store
from segrules.evaluation.reference import holds_at
from segrules.meaning.calendar import to_micros
from segrules.rule import condition_of
from tests.pace import SLOW

STORE = Path(__file__).parents[2] / "examples" / "store"
MICROSECOND = timedelta(microseconds=1)
EVERY = 1 if SLOW else 6
"""How many weeks lie between two looks."""


@frozen
class Replayed:
    """An engine after a replay, and what its changes come to."""

    engine: Engine
    tally: Tally
    instants: list[datetime]


@pytest.fixture(scope="module")
def store() -> Store:
    parser = ArgumentParser()
    add_store(parser)
    return load_store(parser.parse_args([str(STORE)]))


@pytest.fixture(scope="module")
def replayed(store: Store) -> Replayed:
    """Return the store after its last event, with events applied in the order of time."""
    engine, tally = make_engine(store.schema, store.segments), Tally()
    instants: list[datetime] = []
    for changes in play_course(engine, plot_course(store, until=None, at=None)):
        for change in changes:
            tally.note(change)
            instants.append(change.at)
    return Replayed(engine, tally, instants)


def find_instants(course: Course) -> list[datetime]:
    """Return instants all over the replay: at events, right beside them, and at calendar turns."""
    events = [record.event.at for record in course.events]
    chosen = [events[len(events) * n // 7] for n in range(1, 7)]
    return sorted(
        {
            *chosen,
            *(course.start + timedelta(days=7 * n, hours=5) for n in range(1, 25, EVERY)),
            chosen[1] + timedelta(hours=24),
            chosen[2] + timedelta(days=30),
            chosen[2] + timedelta(days=30) - MICROSECOND,
            chosen[4] + timedelta(hours=1) + MICROSECOND,
            datetime(2024, 3, 1, tzinfo=UTC),
            datetime(2024, 3, 31, 1, tzinfo=UTC),  # the clocks go forward
            datetime(2024, 5, 31, 23, tzinfo=UTC),  # London's first of June
            datetime(2024, 6, 24, 12, 34, 56, 789, tzinfo=UTC),
            course.end.at,
            course.end.at + timedelta(days=45),
        }
    )


def build_customers(store: Store) -> list[Customer]:
    """Return every customer with all events; those ahead of an instant have not happened yet."""
    events: dict[str, list[Event]] = {}
    for record in store.events:
        events.setdefault(record.customer, []).append(record.event)
    return [Customer(c.id, c.attributes, events.get(c.id, ())) for c in store.customers]


def test_members_are_those_of_the_reference(store: Store) -> None:
    """At many instants, every segment has exactly its members, as do the changes added up."""
    course = plot_course(store, until=None, at=None)
    engine = make_engine(store.schema, store.segments)
    customers = build_customers(store)
    added_up: dict[str, set[str]] = {segment.name: set() for segment in store.segments}

    def note(changes: tuple[Change, ...]) -> None:
        for change in changes:
            members = added_up[change.segment]
            assert (change.customer in members) is not change.joined
            (members.add if change.joined else members.remove)(change.customer)

    for customer in course.customers:
        note(engine.set_attributes(customer.id, customer.attributes, at=course.start))
    waiting = iter(course.events)
    record = next(waiting, None)
    for instant in find_instants(course):
        while record is not None and record.event.at <= instant:
            note(engine.apply(record.event, customer=record.customer, at=record.event.at))
            record = next(waiting, None)
        note(engine.advance_to(instant))
        at = to_micros(instant)
        for segment in store.segments:
            condition, calendar = condition_of(segment.rule), store.schema._vocabulary.calendar
            expected = {c.id for c in customers if holds_at(condition, c, at, calendar)}
            assert engine.members(segment.name) == expected, (segment.name, instant)
            assert added_up[segment.name] == expected
    assert record is None


def test_every_segment_lives(store: Store, replayed: Replayed) -> None:
    """Each segment has had members, most of them have some in the end, and time moves most."""
    engine, tally = replayed.engine, replayed.tally
    ids = {segment.name for segment in store.segments}
    assert len(ids) >= 20
    assert {key for key, count in tally.joined.items() if count} == ids
    assert sum(engine.count(key) > 0 for key in ids) >= 20
    assert sum(tally.by_clock[key] > 0 for key in ids) >= 20
    assert replayed.instants == sorted(replayed.instants)
    counts = Counter({key: tally.joined[key] - tally.left[key] for key in ids})
    assert counts == {key: engine.count(key) for key in ids}


def test_the_order_of_the_file_does_not_matter(store: Store, replayed: Replayed) -> None:
    """In the order of the file, customer by customer and so mostly late, the end is the same."""
    engine = make_engine(store.schema, store.segments)
    for _ in play_course(engine, plot_course(store, until=None, at=None, as_is=True)):
        pass
    for key in replayed.engine.segments:
        assert engine.members(key) == replayed.engine.members(key)
