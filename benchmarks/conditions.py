"""Merchants' conditions as data, so that one description gives every contestant its own words.

`to_text` writes them in the language of segrules; the contestants that speak SQL, numpy or polars
each have a walk of their own over the same values. They are what the rules of `Schema.commerce()`
can say, without anything that another contestant could not.
"""

from datetime import timedelta
from typing import Literal, TypeAlias, assert_never

from attrs import field, frozen

Value: TypeAlias = str | int | bool | tuple[str, ...]
Operator: TypeAlias = Literal["=", "!=", ">", ">=", "<", "<=", "in", "not in", "contains", "is set"]
Recent: TypeAlias = Literal["within", "not within", "before"]

SECONDS = {"minutes": 60, "hours": 3600, "days": 86400}


@frozen
class Length:
    """A length of time, such as 30 days."""

    number: int
    unit: Literal["minutes", "hours", "days"]

    @property
    def micros(self) -> int:
        """The length in microseconds."""
        return self.number * SECONDS[self.unit] * 1_000_000

    @property
    def span(self) -> timedelta:
        """The length as Python has it."""
        return timedelta(microseconds=self.micros)

    def __str__(self) -> str:
        return f"{self.number} {self.unit}"


@frozen
class Compared:
    """A test on an attribute, or on a property of an event."""

    name: str
    operator: Operator
    value: Value = True


@frozen
class Stream:
    """Events of a type, or of every type; with tests, those that pass them all."""

    event_type: str | None
    tests: tuple[Compared, ...] = ()


@frozen
class Happened:
    """Any event of a stream, or none."""

    stream: Stream
    within: Length | None = None
    negated: bool = False


@frozen
class Counted:
    """The number of a stream's events, or of a property's different values among them."""

    stream: Stream
    within: Length | None
    operator: Operator
    number: int
    distinct: str | None = None


@frozen
class Reckoned:
    """A number computed from a property of a stream's events."""

    function: Literal["sum", "avg", "min", "max"]
    name: str
    stream: Stream
    within: Length | None
    operator: Operator
    number: int


@frozen
class Picked:
    """The first or last event of a type, which then has to pass the stream's tests."""

    which: Literal["first", "last"]
    stream: Stream
    within: Length | None = None


@frozen
class NotSince:
    """The latest event of a stream within a length of time, and none of another type since."""

    anchor: Stream
    within: Length
    event_type: str


@frozen
class Moment:
    """When a derived instant lies: the first or last event of a type."""

    name: Literal["firstOrderAt", "lastOrderAt", "firstSeenAt", "lastActivityAt"]
    lies: Recent
    length: Length


@frozen
class Derived:
    """A number that the schema derives from orders."""

    name: Literal["totalSpent", "ordersCount", "averageOrderValue"]
    operator: Operator
    number: int


@frozen
class Soon:
    """An attribute's instant, lying in the time to come."""

    name: str
    length: Length


@frozen
class Stage:
    """The customer's lifecycle stage is one of these."""

    values: tuple[str, ...]


@frozen
class All:
    """Every term holds."""

    terms: tuple["Condition", ...]


@frozen
class Either:
    """At least one term holds."""

    terms: tuple["Condition", ...]


@frozen
class Not:
    """The term does not hold."""

    term: "Condition" = field()


Condition: TypeAlias = (
    Compared
    | Happened
    | Counted
    | Reckoned
    | Picked
    | NotSince
    | Moment
    | Derived
    | Soon
    | Stage
    | All
    | Either
    | Not
)

ORDERS = Stream("purchase")

MOMENTS: dict[str, tuple[Literal["first", "last"], Stream]] = {
    "firstOrderAt": ("first", ORDERS),
    "lastOrderAt": ("last", ORDERS),
    "firstSeenAt": ("first", Stream(None)),
    "lastActivityAt": ("last", Stream(None)),
}
"""What the schema's derived instants are."""

STAGES: tuple[tuple[str, Condition], ...] = (
    (
        "churned",
        All(
            (
                Counted(ORDERS, None, ">=", 1),
                Moment("lastActivityAt", "not within", Length(180, "days")),
            )
        ),
    ),
    ("loyal", Counted(ORDERS, None, ">=", 3)),
    ("converted", Counted(ORDERS, None, ">=", 1)),
    (
        "engaged",
        Either(
            (
                Happened(Stream("add_to_cart"), Length(90, "days")),
                Happened(Stream("cart_abandoned"), Length(90, "days")),
                Counted(Stream("page_view"), Length(30, "days"), ">=", 3),
            )
        ),
    ),
    ("visitor", Happened(Stream(None))),
)
"""The stages of `Schema.commerce()`, in their order."""


def expand(condition: Derived) -> Counted | Reckoned:
    """Return what a derived number is computed from."""
    match condition.name:
        case "ordersCount":
            return Counted(ORDERS, None, condition.operator, condition.number)
        case "totalSpent":
            return Reckoned("sum", "total", ORDERS, None, condition.operator, condition.number)
        case "averageOrderValue":
            return Reckoned("avg", "total", ORDERS, None, condition.operator, condition.number)
        case _:
            assert_never(condition.name)


def to_text(condition: Condition) -> str:
    """Return the rule that says this in the language of segrules."""
    match condition:
        case Compared():
            return _test(condition)
        case Happened(stream, within, negated):
            return f"{'no' if negated else 'any'} {_event(stream)}{_within(within)}"
        case Counted(stream, within, operator, number, distinct):
            what = f"distinct {distinct} of " if distinct else ""
            return f"count of {what}{_events(stream)}{_within(within)} {operator} {number}"
        case Reckoned(function, name, stream, within, operator, number):
            return f"{function} of {name} of {_events(stream)}{_within(within)} {operator} {number}"
        case Picked(which, stream, within):
            return f"{which} {_event(stream)}{_within(within)}"
        case NotSince(anchor, within, event_type):
            found = "any" if anchor.tests else "last"
            return (
                f"{found} {_event(anchor)}{_within(within)} "
                f"AND no event of type '{event_type}' since that {anchor.event_type}"
            )
        case Moment(name, lies, length):
            return f"{name} {lies} {length}" + (" ago" if lies == "before" else "")
        case Derived(name, operator, number):
            return f"{name} {operator} {number}"
        case Soon(name, length):
            return f"{name} within next {length}"
        case Stage(values):
            return _test(Compared("lifecycleStage", "in", values))
        case All(terms):
            return " AND ".join(_inside(term, Either) for term in terms)
        case Either(terms):
            return " OR ".join(_inside(term, All, NotSince) for term in terms)
        case Not(term):
            return f"NOT ({to_text(term)})"
        case _:
            assert_never(condition)


def _inside(condition: Condition, *kinds: type) -> str:
    text = to_text(condition)
    return f"({text})" if isinstance(condition, kinds) else text


def _event(stream: Stream) -> str:
    kind = "event" if stream.event_type is None else f"event of type '{stream.event_type}'"
    return kind + _has(stream)


def _events(stream: Stream) -> str:
    match stream.event_type:
        case None:
            return "events" + _has(stream)
        case "purchase":
            return "orders" + _has(stream)
        case kind:
            return f"events of type '{kind}'" + _has(stream)


def _has(stream: Stream) -> str:
    if not stream.tests:
        return ""
    said = " AND ".join(map(_test, stream.tests))
    return f" has ({said})" if len(stream.tests) > 1 else f" has {said}"


def _within(within: Length | None) -> str:
    return "" if within is None else f" within {within}"


def _test(test: Compared) -> str:
    if test.operator == "is set":
        return f"{test.name} is set"
    return f"{test.name} {test.operator} {_value(test.value)}"


def _value(value: Value) -> str:
    match value:
        case bool():
            return str(value).lower()
        case str():
            return f"'{value}'"
        case tuple():
            return "(" + ", ".join(f"'{each}'" for each in value) + ")"
        case _:
            return str(value)
