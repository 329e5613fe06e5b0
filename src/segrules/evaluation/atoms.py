"""What a condition looks at: conditions that look at the same are one family.

A leaf condition is a test on a source. Of one customer at one instant a source has one value: an
attribute's, an instant found among the events, a number computed from them. So all the tests on it
are answered by looking once.
"""

from collections.abc import Callable, Sequence
from decimal import Decimal
from typing import Literal, TypeAlias, assert_never

from attrs import evolve, frozen

from segrules.evaluation.streams import Stream
from segrules.facts.history import History
from segrules.language.syntax import Function
from segrules.meaning.calendar import DAWN, NEVER
from segrules.meaning.conditions import (
    AggregateTest,
    And,
    Attribute,
    Condition,
    Cut,
    EventTest,
    Fixed,
    Inlined,
    InRange,
    Lies,
    ListTest,
    Not,
    Now,
    NumberTest,
    Or,
    PeriodStart,
    StageTest,
    TermTest,
    That,
    ValueTest,
    Whole,
    Window,
)
from segrules.meaning.triggers import leaves
from segrules.meaning.windows import is_moving, refers_to_event


@frozen
class Value:
    """The value of an attribute."""

    path: tuple[str, ...]


@frozen
class Moment:
    """The instant that is an attribute's value; it may lie in the future."""

    path: tuple[str, ...]


@frozen
class Listed:
    """Whether the customer is on a hand-picked list."""

    kind: Literal["segment", "cohort"]
    name: str


@frozen
class Newest:
    """The instant of a stream's newest event, or of the second newest and so on by `rank`."""

    stream: Stream
    rank: int


@frozen
class Oldest:
    """The instant of a stream's first event."""

    stream: Stream


@frozen
class Picked:
    """The instant of the first or last event of a type, if that very event passes a filter."""

    which: Literal["first", "last"]
    event_type: str | None
    filter: Condition


@frozen
class Followed:
    """The instant that another source finds, if so many events of a stream come after it."""

    anchor: "Newest | Oldest | Picked"
    newest: Newest


@frozen
class Total:
    """A number computed from a stream's events, as far as they lie in a window."""

    function: Function
    distinct: bool
    stream: Stream
    window: Window | None


@frozen
class Lone:
    """What is like no other: its filter moves with the clock, or it speaks of another event."""

    condition: TermTest | EventTest | AggregateTest


Source: TypeAlias = Value | Moment | Listed | Newest | Oldest | Picked | Followed | Total | Lone
Instant: TypeAlias = Moment | Newest | Oldest | Picked | Followed
Test: TypeAlias = ValueTest | NumberTest | Window | None
Tests: TypeAlias = Sequence[tuple[int, Test]]
"""Tests on one source, each with its bit."""

Answers: TypeAlias = Callable[[History, int], tuple[int, int]]
"""Answers tests on one source by their bits, and tells up to when the answer holds at least."""


@frozen
class Atom:
    """A source, and what is asked of its value; where it is an instant, in which window it lies."""

    source: Source
    test: Test = None


def find_atom(leaf: Condition) -> Atom:
    """Return what a canonical leaf looks at, and what it asks."""
    match leaf:
        case ListTest(kind, name):
            return Atom(Listed(kind, name))
        case TermTest(Attribute(path), Lies(window)) if not refers_to_event(window):
            return Atom(Moment(path), window)
        case TermTest(_, Lies()):
            return Atom(Lone(leaf))
        case TermTest(term, test):
            return Atom(Value(term.path), test)
        case EventTest() | AggregateTest() if is_lone(leaf):
            return Atom(Lone(leaf))
        case EventTest():
            return _find_pick(leaf)
        case AggregateTest():
            return _find_total(leaf)
        case And() | Or() | Not() | Whole() | StageTest() | Inlined():
            raise TypeError("only a leaf looks at anything itself")
        case _:
            assert_never(leaf)


def is_lone(leaf: EventTest | AggregateTest) -> bool:
    """Tell whether a filter moves with the clock, or a window speaks of another event.

    How many events come after another one is like other questions.
    """
    if leaf.filter is not None:
        tests = [each.test for each in leaves(leaf.filter) if isinstance(each, TermTest)]
        if any(isinstance(test, Lies) and is_moving(test.window) for test in tests):
            return True
    if leaf.window is None or not refers_to_event(leaf.window):
        return False
    if isinstance(leaf, EventTest) or leaf.function != "count" or leaf.distinct:
        return True
    return _past(leaf.window).end is not None or _find_anchor(leaf.window.start) is None


def _find_anchor(cut: Cut | None) -> Atom | None:
    """Return the event that a cut lies after, if it is one that a source finds by itself."""
    if not isinstance(cut, That) or cut.side != "after":
        return None
    anchor = cut.anchor
    if isinstance(anchor, AggregateTest):
        # Of any events that are meant, `that` is the latest.
        anchor = evolve(anchor, function="count", distinct=False, test=InRange(low=Decimal(1)))
    if is_lone(anchor):
        return None
    atom = find_atom(anchor)
    return atom if isinstance(atom.source, Newest | Oldest | Picked) else None


def _find_pick(leaf: EventTest) -> Atom:
    window = _past(leaf.window)
    if leaf.filter is not None:
        return Atom(Picked(leaf.which, leaf.event_type, leaf.filter), window)
    stream = Stream(leaf.event_type)
    return Atom(Newest(stream, 1) if leaf.which == "last" else Oldest(stream), window)


def _find_total(leaf: AggregateTest) -> Atom:
    window = _past(leaf.window)
    anchor = _find_anchor(window.start)
    if anchor is not None and isinstance(anchor.source, Newest | Oldest | Picked):
        newest = Newest(Stream(leaf.event_type, leaf.filter), _rank(leaf.test))
        return Atom(Followed(anchor.source, newest), anchor.test)
    counts = leaf.function == "count" and not leaf.distinct
    if counts and (window.end is None or isinstance(window.end, Fixed)):
        stream = Stream(leaf.event_type, leaf.filter, before=_instant(window.end, NEVER))
        rank = _rank(leaf.test)
        if rank == 1 or window.start is not None:
            return Atom(Newest(stream, rank), Window(window.start))
    start, end = window.start, window.end
    stream = Stream(
        leaf.event_type,
        leaf.filter,
        _instant(start, DAWN),
        _instant(end, NEVER),
        None if counts else leaf.property,
        "instants" if counts else "scalars" if leaf.function == "count" else "numbers",
    )
    rest = Window(
        None if isinstance(start, Fixed) else start, None if isinstance(end, Fixed) else end
    )
    source = Total(leaf.function, leaf.distinct, stream, None if rest == Window() else rest)
    return Atom(source, leaf.test)


def _rank(test: NumberTest) -> int:
    """Return k of the canonical `count >= k`."""
    assert isinstance(test, InRange)  # noqa: S101  # a canonical count has no other test
    assert isinstance(test.low, Decimal)  # noqa: S101  # the same
    return int(test.low)


def _instant(cut: Cut | None, otherwise: int) -> int:
    return cut.instant if isinstance(cut, Fixed) else otherwise


def _past(window: Window | None) -> Window:
    """Return a window for what has happened, which lies before now whatever the window says."""
    match window:
        case None:
            return Window()
        case Window(start, Now() | PeriodStart(steps=1)):
            return Window(start)
        case _:
            return window
