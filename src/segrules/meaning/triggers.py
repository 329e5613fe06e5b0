"""Triggers and lookback: what can change the answer to a rule, and how far back it looks."""

from collections.abc import Iterator, Mapping
from datetime import timedelta
from typing import Final, assert_never

from attrs import evolve, frozen

from segrules.data import Data, read_fields, write_fields
from segrules.meaning.conditions import (
    AggregateTest,
    Anchor,
    Attribute,
    Condition,
    Cut,
    Equals,
    EventTest,
    Exactly,
    IsOneOf,
    Lies,
    ListTest,
    Months,
    Now,
    PeriodStart,
    StageTest,
    TermTest,
    That,
    Window,
    parts,
)
from segrules.meaning.vocabulary import Vocabulary
from segrules.meaning.windows import is_moving

EVERY_TYPE: Final = "*"
"""Stands for events of every type."""

SLACK: Final = timedelta(days=2)
"""Room for a zone that changes its offset meanwhile, by up to a day where the date line moved."""

_LONGEST: Final = {"day": 1, "week": 7, "month": 31, "quarter": 92, "year": 366}
"""The days that a calendar period has at most."""


@frozen
class Triggers:
    """What can change the answer to a rule.

    events: the types of event, or `*` among them for every type. attributes: the names that a host
    sets, at the top level of a customer's attributes. lists, cohorts: by name. clock: whether time
    alone can, once all known events have happened.
    """

    events: frozenset[str] = frozenset()
    attributes: frozenset[str] = frozenset()
    lists: frozenset[str] = frozenset()
    cohorts: frozenset[str] = frozenset()
    clock: bool = False

    @classmethod
    def from_data(cls, data: object) -> "Triggers":
        """Return the triggers that `to_data` has written; raises DataError."""
        return read_fields(cls, data)

    def to_data(self) -> Data:
        """Return the triggers as JSON types; `from_data` reads them back."""
        return write_fields(self)

    def wakes_on(self, event_type: str) -> bool:
        """Tell whether an event of a type can change the answer."""
        return event_type in self.events or EVERY_TYPE in self.events


def moves_with_clock(condition: Condition) -> bool:
    """Tell whether a test on facts, or a filter, moves with the clock."""
    tests = [each.test for each in leaves(condition) if isinstance(each, TermTest)]
    return any(isinstance(test, Lies) and is_moving(test.window) for test in tests)


def find_triggers(condition: Condition, vocabulary: Vocabulary) -> Triggers:
    """Return what can change the answer to a condition."""
    events: set[str] = set()
    attributes: set[str] = set()
    lists: dict[str, set[str]] = {"list": set(), "cohort": set()}
    clock = False
    for leaf in leaves(condition):
        match leaf:
            case TermTest(term, test):
                clock |= isinstance(test, Lies) and is_moving(test.window)
                if isinstance(term, Attribute):
                    attributes.add(term.path[0])
                    entry = vocabulary.attributes.get(term.path)
                    events.update(entry.updated_by if entry is not None else ())
            case EventTest() | AggregateTest():
                events.add(leaf.event_type or EVERY_TYPE)
                clock |= leaf.window is not None and _passes_events(leaf.window)
            case ListTest(kind, name):
                lists[kind].add(name)
            case _:
                assert_never(leaf)
    return Triggers(
        frozenset({EVERY_TYPE} if EVERY_TYPE in events else events),
        frozenset(attributes),
        frozenset(lists["list"]),
        frozenset(lists["cohort"]),
        clock,
    )


def find_lookback(condition: Condition) -> Mapping[str, timedelta | None]:
    """Return how far back each event type's history is needed; None for all of it.

    `*` stands for every type. A window that starts at a date reaches further back as time goes on,
    and so needs all of it.
    """
    reach: dict[str, timedelta | None] = {}
    for leaf in leaves(condition):
        if isinstance(leaf, EventTest | AggregateTest):
            name = leaf.event_type or EVERY_TYPE
            needed = find_event_reach(leaf)
            known = reach.get(name, timedelta(0))
            reach[name] = None if known is None or needed is None else max(known, needed)
    return reach


def leaves(condition: Condition) -> Iterator[TermTest | EventTest | AggregateTest | ListTest]:
    """Yield each leaf of a condition, those in stages, segments, filters and `that` included."""
    if isinstance(condition, TermTest | EventTest | AggregateTest | ListTest):
        yield condition
    if isinstance(condition, StageTest):
        condition = _keep_deciding(condition)
    for part in parts(condition):
        yield from leaves(part)


def _keep_deciding(condition: StageTest) -> StageTest:
    """Return a test without the stages that come after the last one that can pass it."""
    passing = [
        place for place, (value, _) in enumerate(condition.stages) if _can_pass(value, condition)
    ]
    return evolve(condition, stages=condition.stages[: max(passing, default=-1) + 1])


def _can_pass(value: str, condition: StageTest) -> bool:
    match condition.test:
        case Equals(wanted):
            return value == wanted
        case IsOneOf(values):
            return value in values
        case _:
            return True


def _passes_events(window: Window) -> bool:
    """Tell whether an event that has happened enters or leaves a window by the clock alone."""
    # What has happened lies before now, and before the end of the period that holds now.
    open_end = window.end is None or isinstance(window.end, Now)
    if isinstance(window.end, PeriodStart):
        open_end = window.end.steps > 0
    moving = (Exactly, Months, PeriodStart)
    return isinstance(window.start, moving) or (not open_end and isinstance(window.end, moving))


def find_event_reach(leaf: Anchor) -> timedelta | None:
    """Return how far back a leaf's events may lie; None for any distance."""
    if leaf.window is None or (isinstance(leaf, EventTest) and leaf.which == "first"):
        return None
    if isinstance(leaf.window.start, That):
        # What comes after an event reaches no further back than the event itself.
        return find_event_reach(leaf.window.start.anchor)
    return find_reach(leaf.window.start)


def find_reach(cut: Cut | None) -> timedelta | None:
    """Return how far back from now a cut lies at most; None where it may lie at any distance."""
    match cut:
        case Now():
            return timedelta(0)
        case Exactly(micros):
            return timedelta(microseconds=max(0, -micros))
        case Months(months):
            return max(0, -months) * timedelta(days=_LONGEST["month"]) + SLACK
        case PeriodStart(unit, steps):
            return timedelta(days=_LONGEST[unit] * max(0, 1 - steps)) + SLACK
        case _:
            return None
