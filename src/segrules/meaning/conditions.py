"""The tree as meant: tests on what is known of a customer.

Names are resolved, sugar is gone, negation is only ever `Not`, and every window lies between two
cuts. Nodes are frozen data, so that equal conditions are equal values.

Values in tests are text, exact numbers (int or Decimal) and booleans. Instants are never compared:
a test on an instant asks in which window it lies.
"""

from collections.abc import Iterator
from decimal import Decimal
from typing import Literal, TypeAlias, assert_never

from attrs import field, frozen

from segrules.language.syntax import Function
from segrules.meaning.calendar import PeriodUnit

Scalar: TypeAlias = str | bool | Decimal


def _typed(value: Scalar) -> tuple[type, Scalar]:
    """Return what makes a value equal to another: Python takes `True` for 1, rules do not."""
    return type(value), value


def _each_typed(values: tuple[Scalar, ...]) -> tuple[tuple[type, Scalar], ...]:
    return tuple(map(_typed, values))


# What is looked at


@frozen
class Attribute:
    """A customer's attribute: the keys that lead to it through nested mappings."""

    path: tuple[str, ...]


@frozen
class Property:
    """A property of the event at hand: the keys that lead to it."""

    path: tuple[str, ...]


@frozen
class Field:
    """A field of the object at hand, in the nearest list around: the keys that lead to it."""

    path: tuple[str, ...]


Term: TypeAlias = Attribute | Property | Field

# Cuts in the line of time, and the window between two of them


@frozen
class Fixed:
    """The cut right before an instant."""

    instant: int


@frozen
class Now:
    """The cut right after now."""


@frozen
class Exactly:
    """The cut right after now, moved by microseconds: backwards where negative."""

    micros: int


@frozen
class Months:
    """The cut right after now, moved by calendar months: backwards where negative."""

    months: int


@frozen
class PeriodStart:
    """The cut before the calendar period that holds now, moved by a number of periods."""

    unit: PeriodUnit
    steps: int


@frozen
class That:
    """The cut right before or right after the event that another condition finds."""

    anchor: "Anchor"
    side: Literal["before", "after"]


MovingCut: TypeAlias = Now | Exactly | Months | PeriodStart
Cut: TypeAlias = Fixed | MovingCut | That


@frozen
class Window:
    """The time from one cut to another; None leaves a side open."""

    start: Cut | None = None
    end: Cut | None = None


# What is asked of a value. Asked of a missing value, each of these is false.


@frozen
class Equals:
    """The same type and the same value."""

    value: Scalar = field(eq=_typed)


@frozen
class InRange:
    """A number or a text between two ends; None leaves an end open, `open_` leaves it out."""

    low: Decimal | str | None = None
    high: Decimal | str | None = None
    open_low: bool = False
    open_high: bool = False


@frozen
class IsOneOf:
    """Equal to one of several values."""

    values: tuple[Scalar, ...] = field(eq=_each_typed)


@frozen
class Contains:
    """Tags with these elements, or a text with these substrings: any of them, or every one.

    A number is an element of tags only. kind: which of the two the schema declares; None where
    either will do, and so will a mixed list with these elements.
    """

    values: tuple[str | Decimal, ...]
    every: bool = False
    kind: Literal["tags", "text"] | None = None


@frozen
class HasAffix:
    """Text that starts or ends with a text."""

    where: Literal["starts", "ends"]
    text: str


@frozen
class IsPresent:
    """Not missing."""


@frozen
class Lies:
    """An instant inside a window."""

    window: Window


@frozen
class HasElement:
    """A list in which some object passes a filter on its fields."""

    filter: "Condition"


ValueTest: TypeAlias = (
    Equals | InRange | IsOneOf | Contains | HasAffix | IsPresent | Lies | HasElement
)
NumberTest: TypeAlias = Equals | InRange | IsOneOf | IsPresent

# Conditions


@frozen
class TermTest:
    """A test on an attribute, a property of the event at hand, or a field of the object at hand."""

    term: Term
    test: ValueTest


@frozen
class EventTest:
    """The first or last event of a type (None: of any type) passes the filter and the window."""

    which: Literal["first", "last"]
    event_type: str | None
    filter: "Condition | None" = None
    window: Window | None = None


@frozen
class AggregateTest:
    """A number computed from the events of a type that pass the filter and lie in the window."""

    function: Function
    property: tuple[str, ...] | None
    distinct: bool
    event_type: str | None
    filter: "Condition | None"
    window: Window | None
    test: NumberTest


Anchor: TypeAlias = EventTest | AggregateTest
"""A condition that finds an event."""


@frozen
class ListTest:
    """The customer is on a list or in a cohort."""

    kind: Literal["list", "cohort"]
    name: str


@frozen
class StageTest:
    """A test on an attribute made of stages: the value of the first stage whose condition holds.

    Where none holds the attribute is missing.
    """

    name: str
    stages: "tuple[tuple[str, Condition], ...]"
    test: ValueTest


@frozen
class Inlined:
    """A dynamic segment's condition in the place of its name. It means what its condition means."""

    name: str
    condition: "Condition"


@frozen
class Whole:
    """One condition of the author's that is made of several tests, such as a list of dates.

    It means what they mean together. Its answer turns when the whole turns, not with each test.
    """

    condition: "Condition"


@frozen
class And:
    """Every term holds; with no terms, always."""

    terms: "tuple[Condition, ...]"


@frozen
class Or:
    """At least one term holds; with no terms, never."""

    terms: "tuple[Condition, ...]"


@frozen
class Not:
    """The term does not hold."""

    term: "Condition"


Condition: TypeAlias = (
    TermTest | EventTest | AggregateTest | ListTest | StageTest | Inlined | Whole | And | Or | Not
)


def parts(condition: Condition) -> Iterator[Condition]:
    """Yield what a condition is directly made of, the anchors of its windows included."""
    match condition:
        case And(terms) | Or(terms):
            yield from terms
        case Not(inner) | Inlined(condition=inner) | Whole(inner):
            yield inner
        case StageTest(stages=stages):
            for _, inner in stages:
                yield inner
        case EventTest() | AggregateTest():
            if condition.filter is not None:
                yield condition.filter
            if condition.window is not None:
                yield from _find_anchors(condition.window)
        case TermTest(_, Lies(window)):
            yield from _find_anchors(window)
        case TermTest(_, HasElement(inner)):
            yield inner
        case TermTest() | ListTest():
            pass
        case _:
            assert_never(condition)


def _find_anchors(window: Window) -> Iterator[Anchor]:
    for cut in (window.start, window.end):
        if isinstance(cut, That):
            yield cut.anchor
