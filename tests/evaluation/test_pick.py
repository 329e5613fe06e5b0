"""What `first event`, `last event` and `that` find, and where an attribute's instant lies."""

import pytest

from segrules.evaluation.pick import compile_event_test, compile_lies, finders
from segrules.meaning.calendar import DAY, NEVER
from segrules.meaning.conditions import (
    AggregateTest,
    Equals,
    EventTest,
    Exactly,
    InRange,
    Lies,
    Now,
    Property,
    TermTest,
    That,
    Window,
)
from tests.evaluation.facing import CALENDAR, WEEK, day, event, history, micros

GIFT = TermTest(Property(("gift",)), Equals(value=True))
SOON = TermTest(Property(("due",)), Lies(Window(Now(), Exactly(2 * DAY))))


def any_of(window: Window | None, kept: TermTest | None = None) -> AggregateTest:
    return AggregateTest("count", None, False, "purchase", kept, window, InRange(low=1))  # type: ignore[arg-type]  # noqa: FBT003


KNOWN = history(
    event("purchase", 1),
    event("purchase", 4, gift=True, due=day(12)),
    event("purchase", 12),
)


@pytest.mark.parametrize(
    ("condition", "at", "answer"),
    [
        (EventTest("first", "purchase"), 0, (False, 1)),
        (EventTest("first", "purchase"), 1, (True, None)),
        (EventTest("last", "purchase"), 5, (True, 12)),
        (EventTest("last", "purchase"), 12, (True, None)),
        (EventTest("first", "purchase", GIFT), 5, (False, None)),
        (EventTest("last", "purchase", GIFT), 5, (True, 12)),
        (EventTest("first", "purchase", None, WEEK), 5, (True, 8)),
        (EventTest("first", "purchase", None, WEEK), 8, (False, None)),
        (EventTest("last", "purchase", None, WEEK), 5, (True, 11)),
        (EventTest("last", "purchase", SOON), 5, (False, 10)),
        (EventTest("last", "purchase", SOON), 10, (True, 12)),
        (EventTest("last", None), 5, (True, 12)),
        (EventTest("last", "view"), 5, (False, None)),
    ],
)
def test_events(condition: EventTest, at: int, answer: tuple[bool, int | None]) -> None:
    """The first or last event there is gives the answer, and tells when it may change."""
    holds, turn = answer
    look = compile_event_test(condition, CALENDAR)
    assert look(KNOWN, micros(at)) == (holds, NEVER if turn is None else micros(turn))


@pytest.mark.parametrize(
    ("anchor", "at", "found", "turn"),
    [
        (EventTest("first", "purchase"), 5, 1, None),
        (EventTest("first", "purchase", GIFT), 5, None, None),
        (EventTest("last", "purchase"), 5, 4, 12),
        (any_of(None), 5, 4, 12),
        (any_of(None), 0, None, 1),
        (any_of(WEEK), 5, 4, 11),
        (any_of(WEEK), 11, None, 12),
        (any_of(None, GIFT), 12, 4, None),
        (any_of(None, SOON), 5, None, 10),
        (any_of(None, SOON), 10, 4, 12),
    ],
)
def test_that(
    anchor: EventTest | AggregateTest, at: int, found: int | None, turn: int | None
) -> None:
    """`that` is the event its condition finds: for `any` the latest that satisfies it."""
    event_found, turns = finders(CALENDAR)(That(anchor, "after"))(KNOWN, micros(at))
    assert (event_found and event_found.micros) == (None if found is None else micros(found))
    assert turns == (NEVER if turn is None else micros(turn))


def test_lies() -> None:
    """An attribute's instant may lie ahead; what is no instant lies nowhere."""
    look = compile_lies(("due",), Window(Now(), Exactly(2 * DAY)), CALENDAR)
    known = history(due=day(9))
    assert look(known, micros(5)) == (False, micros(7))
    assert look(known, micros(7)) == (True, micros(9))
    assert look(known, micros(9)) == (False, NEVER)
    assert look(history(due="2026-03-10"), micros(5)) == (False, NEVER)
    assert look(history(), micros(5)) == (False, NEVER)


def test_lies_since_that() -> None:
    """An attribute's instant may be asked against an event, until that is another one."""
    since = Window(That(EventTest("last", "purchase"), "after"), Now())
    look = compile_lies(("due",), since, CALENDAR)
    known = history(event("purchase", 4), event("purchase", 12), due=day(5))
    assert look(known, micros(6)) == (True, micros(12))
    assert look(known, micros(12)) == (False, NEVER)
