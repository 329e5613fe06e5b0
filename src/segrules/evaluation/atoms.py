"""Atoms: each leaf of a canonical condition as a source and a test on its value.

At one instant a source has one value for one customer: an attribute's, an instant found among the
events, a number computed from them. So one look at the source answers all the tests on it: atoms
with the same source are a family.
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
    HasElement,
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
from segrules.meaning.triggers import moves_with_clock
from segrules.meaning.windows import refers_to_event


@frozen
class Value:
    """The value of an attribute."""

    path: tuple[str, ...]


@frozen
class Moment:
    """The instant that is an attribute's value; it may lie in the future."""

    path: tuple[str, ...]


@frozen
class OnList:
    """Whether the customer is on a list or in a cohort."""

    kind: Literal["list", "cohort"]
    name: str


@frozen
class Newest:
    """The instant of a stream's newest event; with rank 2 of the second newest, and so on."""

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
    """The instant that another source finds, if an event comes after it.

    newest: that event; if it is the k-th newest of its stream, k events come after the instant.
    """

    anchor: "Newest | Oldest | Picked"
    newest: Newest


@frozen
class Total:
    """A number computed from those of a stream's events that lie in a window."""

    function: Function
    distinct: bool
    stream: Stream
    window: Window | None


@frozen
class Lone:
    """A leaf by itself: its filter moves with the clock, or its window refers to an event."""

    condition: TermTest | EventTest | AggregateTest


Source: TypeAlias = Value | Moment | OnList | Newest | Oldest | Picked | Followed | Total | Lone
Instant: TypeAlias = Moment | Newest | Oldest | Picked | Followed
Test: TypeAlias = ValueTest | NumberTest | Window | None
Tests: TypeAlias = Sequence[tuple[int, Test]]
"""Tests on one source, each with its bit."""

Answers: TypeAlias = Callable[[History, int], tuple[int, int]]
"""Answers tests on one source by their bits, and tells up to when the answer holds at least."""


@frozen
class Atom:
    """A source and a test on its value. For an instant the test is the window it must lie in."""

    source: Source
    test: Test = None


def find_atom(leaf: Condition) -> Atom:
    """Return the source and the test of a canonical leaf."""
    match leaf:
        case ListTest(kind, name):
            return Atom(OnList(kind, name))
        case TermTest(Attribute(path), Lies(window)) if not refers_to_event(window):
            return Atom(Moment(path), window)
        case TermTest(_, Lies()):
            return Atom(Lone(leaf))
        case TermTest(_, HasElement()) if moves_with_clock(leaf):
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
            raise TypeError("only a leaf is an atom")
        case _:
            assert_never(leaf)


def is_lone(leaf: EventTest | AggregateTest) -> bool:
    """Tell whether a leaf's filter moves with the clock, or its window refers to an event.

    A count of the events after another event is not lone if a source finds that event.
    """
    if leaf.filter is not None and moves_with_clock(leaf.filter):
        return True
    if leaf.window is None or not refers_to_event(leaf.window):
        return False
    if isinstance(leaf, EventTest) or leaf.function != "count" or leaf.distinct:
        return True
    return _past(leaf.window).end is not None or _find_anchor(leaf.window.start) is None


def _find_anchor(cut: Cut | None) -> Atom | None:
    """Return the atom of the event that a cut lies after; None if no source finds it."""
    if not isinstance(cut, That) or cut.side != "after":
        return None
    anchor = cut.anchor
    if isinstance(anchor, AggregateTest):
        # `that` is the latest of the events that count.
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
    """Return the window of events that have happened: an end at now or later is no end."""
    match window:
        case None:
            return Window()
        case Window(start, Now() | PeriodStart(steps=1)):
            return Window(start)
        case _:
            return window
