"""What is let in as a fact, and how."""

import copy
import json
import math
import pickle
import sys
from collections import UserDict
from collections.abc import Mapping
from datetime import UTC, date, datetime, timedelta, timezone, tzinfo
from decimal import Decimal
from enum import Enum
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given

from segrules import Customer, Engine, Event, FactError, Rule, Schema
from segrules.errors import ArgumentError
from segrules.facts.arguments import FIRST_INSTANT, LAST_INSTANT, to_instant
from segrules.facts.values import look_up, order_of, thaw
from tests.strategies.json import JSON

NOON = datetime(2026, 3, 14, 12, tzinfo=UTC)
SECOND = timedelta(seconds=1)


class Kind(str, Enum):  # noqa: UP042  # StrEnum prints as its value
    """An enumeration whose members are text, and print as their names."""

    PURCHASE = "purchase"


class Stamp(datetime):
    """A datetime as other libraries make them."""


class Vague(tzinfo):
    """A zone that does not know its offset."""

    def utcoffset(self, dt: datetime | None) -> None:  # noqa: ARG002  # the signature of tzinfo
        return None


def fact(value: object) -> Any:
    return Customer("c1", {"fact": value}).attributes["fact"]


def purchase(at: datetime = NOON, event_id: str | None = None, **properties: object) -> Event:
    return Event("purchase", at, properties, event_id)


# Numbers


def test_float_is_its_shortest_form() -> None:
    """A float is read as it prints."""
    assert fact(0.1) == Decimal("0.1")
    assert fact(1e-3) == Decimal("0.001")
    assert type(fact(0.5)) is Decimal


def test_numbers_keep_their_digits() -> None:
    """Whole numbers and decimals are kept exactly."""
    assert fact(10**308 + 1) == 10**308 + 1
    assert fact(Decimal("0.1000000000000000000000000000000001")) != fact(0.1)


def test_minus_zero() -> None:
    """Minus zero is zero."""
    for zero in (-0.0, Decimal("-0"), Decimal("0E-999")):
        assert str(fact(zero)) == "0"


@pytest.mark.parametrize(
    "value", [float("nan"), float("inf"), -float("inf"), 1e400, Decimal("NaN"), Decimal("sNaN")]
)
def test_not_finite(value: object) -> None:
    """NaN and the infinities are refused."""
    with pytest.raises(FactError, match=r"^`fact` is not a finite number$"):
        fact(value)


@pytest.mark.parametrize("value", [10**309, -(10**309), Decimal("1e309"), Decimal("1e-401")])
def test_beyond_numbers(value: object) -> None:
    """Numbers too large or too small are refused without being printed."""
    with pytest.raises(FactError) as caught:
        fact(value)
    assert len(str(caught.value)) < 90


def test_numbers_at_the_ends() -> None:
    """Every finite float is let in."""
    for value in (sys.float_info.max, -sys.float_info.max, sys.float_info.min, 5e-324):
        assert float(fact(value)) == value


def test_boolean_is_no_number() -> None:
    """True stays true, and is not 1."""
    assert fact(value=True) is True
    rule = Rule("points = 1", Schema.open())
    assert not rule.matches(Customer("c1", {"points": True}), at=NOON)
    assert rule.matches(Customer("c1", {"points": 1}), at=NOON)


# Text, tags, mappings


def test_enumerations() -> None:
    """Of an enumeration's member its text is taken, wherever it stands."""
    event = Event(Kind.PURCHASE, NOON, {"kind": Kind.PURCHASE, "tags": [Kind.PURCHASE]})
    assert (event.type, type(event.type)) == ("purchase", str)
    assert event.properties == {"kind": "purchase", "tags": frozenset({"purchase"})}
    assert {type(tag) for tag in event.properties["tags"]} == {str}


@pytest.mark.parametrize("tags", [["vip", "b2b"], ("vip", "b2b", "vip"), {"b2b", "vip"}])
def test_tags(tags: object) -> None:
    """Tags are a set, whatever collection they come in."""
    assert fact(tags) == frozenset({"vip", "b2b"})


def test_null_in_tags() -> None:
    """Null inside tags is no tag."""
    assert fact(["vip", None]) == frozenset({"vip"})
    assert fact([None]) == frozenset()


def test_tags_hold_numbers() -> None:
    """Tags are text and numbers, and equal numbers are one tag."""
    assert fact(["vip", 5, 5.0, 0.5]) == frozenset({"vip", 5, Decimal("0.5")})


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        ([], frozenset()),
        ([{"sku": "A", "price": 0.1}, {}], ({"sku": "A", "price": Decimal("0.1")}, {})),
        ([True, "a"], (True, "a")),
        ([[1, 2], ["a"], []], (frozenset({1, 2}), frozenset({"a"}), frozenset())),
        ([{"tags": ["a", None]}, None], ({"tags": frozenset({"a"})}, None)),
        ([NOON], (NOON,)),
    ],
)
def test_other_lists(values: object, expected: object) -> None:
    """Any other list keeps its elements in their order, and each of them is a fact."""
    assert fact(values) == expected
    assert type(fact(values)) is type(expected)


@given(JSON)
def test_any_json(value: Any) -> None:
    """Whatever JSON can say is a fact, and making it one again changes nothing."""
    known = fact(json.loads(json.dumps(value)))
    assert fact(thaw(known)) == known
    hash(repr(order_of(known)))


def test_nested() -> None:
    """Mappings may be nested, and are made exact all the way down."""
    assert fact({"a": UserDict({"b": 0.1})}) == {"a": {"b": Decimal("0.1")}}


def test_nested_too_deep() -> None:
    """Mappings nested without end are refused."""
    endless: dict[str, Any] = {}
    endless["a"] = endless
    with pytest.raises(FactError, match=r"nested more than 16 deep$"):
        fact(endless)


def test_place_is_named() -> None:
    """A refused value is named by its path; neither it nor a key that is no name is printed."""
    with pytest.raises(
        FactError, match=r"^`fact.card\[1\].number` cannot be `Fraction`: "
    ) as caught:
        fact({"card": [{}, {"number": Fraction(4111, 7)}]})
    assert "4111" not in str(caught.value)
    with pytest.raises(FactError, match=r"^`fact.….x` is not a finite number$"):
        fact({"ann@example.org": {"x": math.inf}})


def test_everything_at_once() -> None:
    """Everything that is wrong with an event is told at once, each with its path and code."""
    with pytest.raises(FactError) as caught:
        Event("", "noon", {"a": math.nan, "b": {"c": [1, 10**400]}}, 0.5)  # type: ignore[arg-type]
    assert [(each.code, each.path) for each in caught.value.findings] == [
        ("not-a-name", "type"),
        ("not-an-instant", "at"),
        ("number-not-finite", "a"),
        ("number-out-of-range", "b.c[1]"),
        ("float-id", "id"),
    ]


@pytest.mark.parametrize("value", [b"bytes", object(), 1j, iter("abc"), range(3)])
def test_no_facts(value: object) -> None:
    """What is no fact is refused."""
    with pytest.raises(FactError, match=r"a fact is text, a number"):
        fact(value)


@pytest.mark.parametrize("key", [1, None])
def test_names(key: object) -> None:
    """Names are text."""
    with pytest.raises(FactError, match="a name must be text"):
        Customer("c1", {key: 1})  # type: ignore[dict-item]
    with pytest.raises(FactError, match="a name in `fact` must be text"):
        fact({key: 1})


class Scalar:
    """A scalar as array libraries have them: it knows its own type, and Python's value."""

    dtype = shape = ()

    def __init__(self, value: object) -> None:
        self.value = value

    def tolist(self) -> object:
        return self.value


def test_scalars_of_array_libraries() -> None:
    """A number or a boolean of an array library is Python's own."""
    assert fact(Scalar(5)) == 5
    assert fact(Scalar(value=True)) is True
    assert fact([Scalar(5), Scalar("a")]) == frozenset({5, "a"})
    with pytest.raises(FactError):
        fact(Scalar(Scalar(5)))


@pytest.mark.parametrize("values", [["total"], "total", 5])
def test_no_mapping(values: Any) -> None:
    """Attributes and properties are mappings."""
    with pytest.raises(FactError, match=r"^a customer's attributes must be a mapping, not "):
        Customer("c1", values)
    with pytest.raises(FactError, match=r"^an event's properties must be a mapping, not "):
        Event("purchase", NOON, values)


def test_look_up() -> None:
    """A path that leads nowhere finds nothing."""
    facts: Mapping[str, Any] = {"a": {"b": None, "c": 1}, "d": "text"}
    assert look_up(facts, ("a", "c")) == 1
    assert [look_up(facts, p) for p in [("a", "b"), ("a", "x"), ("d", "b"), ("x", "y")]] == [
        None
    ] * 4


# Instants


def test_instants_move_to_utc() -> None:
    """The same instant in another zone is the same fact."""
    tokyo = timezone(timedelta(hours=9))
    assert fact(NOON.astimezone(tokyo)).tzinfo is UTC
    assert purchase(NOON.astimezone(tokyo)) == purchase(NOON)


@pytest.mark.parametrize("zone", [None, Vague()])  # type: ignore[abstract]  # enough of a zone
def test_naive(zone: tzinfo | None) -> None:
    """A datetime without a time zone is refused everywhere."""
    naive = datetime(2026, 3, 14, tzinfo=zone)
    with pytest.raises(FactError, match=r"^`fact` has no time zone: "):
        fact(naive)
    with pytest.raises(FactError, match=r"^an event's `at` has no time zone: "):
        purchase(naive)
    with pytest.raises(FactError, match=r"^`at` has no time zone: "):
        to_instant(naive)
    with pytest.raises(FactError, match=r"^`at` has no time zone: "):
        Rule("points = 1", Schema.open()).verdict(Customer("c1"), at=naive)


def test_no_instant() -> None:
    """What is no datetime is no instant."""
    with pytest.raises(FactError, match=r"^an event's `at` must be an aware datetime, not text$"):
        Event("purchase", "2026-03-14")  # type: ignore[arg-type]
    with pytest.raises(FactError, match=r"^`at` must be an aware datetime, not a number$"):
        to_instant(0.5)  # type: ignore[arg-type]


def test_instants() -> None:
    """An instant is the same in every zone; beyond the calendar there is none."""
    west = timezone(timedelta(hours=-1))
    noon = datetime(2026, 3, 14, 12, 0, 0, 7, tzinfo=UTC)
    assert to_instant(noon) == to_instant(noon.astimezone(west)) == 1_773_489_600_000_007
    assert to_instant(datetime.max.replace(tzinfo=UTC)) == LAST_INSTANT
    assert to_instant(datetime.min.replace(tzinfo=UTC)) == FIRST_INSTANT
    with pytest.raises(FactError, match=r"^`at` lies beyond the calendar$"):
        to_instant(datetime.max.replace(tzinfo=west))


def test_bare_date() -> None:
    """A bare date is refused, since it is no instant."""
    with pytest.raises(FactError, match=r"^`fact` is a date without a time: "):
        fact(date(2026, 3, 14))


def test_beyond_the_calendar() -> None:
    """An instant that UTC has no date for is refused."""
    with pytest.raises(FactError, match=r"^`fact` lies beyond the calendar$"):
        fact(datetime.max.replace(tzinfo=timezone(-SECOND)))


def test_other_datetimes() -> None:
    """A subclass of datetime is an instant like any other."""
    stamp = Stamp(2026, 3, 14, 12, tzinfo=UTC)
    assert type(fact(stamp)) is datetime
    rule = Rule("seen within 1 day", Schema.open())
    assert rule.matches(Customer("c1", {"seen": stamp}), at=NOON)


# Events


def test_event() -> None:
    """An event has its type, instant, properties and id."""
    event = purchase(event_id="e1", total=80)
    assert (event.type, event.at, event.id) == ("purchase", NOON, "e1")
    assert event.properties == {"total": 80}
    assert repr(event) == "<Event 'e1' 'purchase' at 2026-03-14T12:00:00+00:00>"
    assert repr(purchase()) == "<Event 'purchase' at 2026-03-14T12:00:00+00:00>"


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("", NOON), "an event's type must be text that is not empty"),
        ((5, NOON), "an event's type must be text, not a number"),
        (("purchase", NOON, {}, ""), "an event's id must be text that is not empty"),
        (("purchase", NOON, {}, 7.0), "an event's id must be text: an id is text"),
        (("purchase", NOON, {}, True), "an event's id must be text, not true or false"),
    ],
)
def test_event_refused(arguments: tuple[Any, ...], said: str) -> None:
    """An event's type and id are text that is not empty."""
    with pytest.raises(FactError) as caught:
        Event(*arguments)
    assert str(caught.value).startswith(said)


def test_numpy() -> None:
    """What numpy hands over is read as Python's own numbers and booleans, by its shortest form."""
    numpy = pytest.importorskip("numpy")
    assert fact(numpy.int64(5)) == 5
    assert type(fact(numpy.int64(5))) is int
    assert fact(numpy.float32(0.1)) == fact(numpy.float64(0.1)) == Decimal("0.1")
    assert fact(numpy.bool_(True)) is True  # noqa: FBT003  # a scalar of numpy
    assert fact(numpy.array(["a", "b"])) == frozenset({"a", "b"})
    assert Customer(numpy.int64(7)).id == "7"


def test_ids_are_text() -> None:
    """A whole number is read as the text of an id."""
    assert Event("purchase", NOON, {}, 7).id == "7"
    assert Customer(7).id == "7"


@pytest.mark.parametrize("number", [10**5000, -(10**100)], ids=["long", "negative"])
def test_numbers_with_too_many_digits(number: int) -> None:
    """A number with more digits than Python prints is refused like any other that is too large."""
    for make in (
        lambda: Event("purchase", NOON, id=number),
        lambda: Customer(number),
        lambda: Event("purchase", NOON, {"tags": {10 * number**4, "a"}}),
    ):
        with pytest.raises(FactError):
            make()
    unknown: object = number
    assert unknown not in Engine(Schema.open()).customers


def test_event_is_frozen() -> None:
    """Nothing about an event can be set or deleted."""
    event = purchase()
    with pytest.raises(AttributeError):
        event.type = "refund"  # type: ignore[misc]  # what must fail
    with pytest.raises(AttributeError):
        del event.id
    with pytest.raises(AttributeError):
        event.note = "new"  # type: ignore[attr-defined]  # what must fail


def test_inputs_are_copied() -> None:
    """What a host changes afterwards changes no fact."""
    nested: dict[str, Any] = {"ship": {"city": "London"}, "tags": ["vip"]}
    event = Event("purchase", NOON, nested)
    customer = Customer("c1", nested, events := [event])
    nested["ship"]["city"] = "Paris"
    nested["tags"].append("b2b")
    events.clear()
    for facts in (event.properties, customer.attributes):
        assert facts == {"ship": {"city": "London"}, "tags": frozenset({"vip"})}
    assert customer.events == (event,)


def test_equal_events() -> None:
    """Events are equal where all that they say is, and then have one hash."""
    assert purchase(total=80) == purchase(total=80)
    assert hash(purchase(total=80)) == hash(purchase(total=80))
    assert purchase(total=80) != purchase(total=81)
    assert purchase(event_id="e1", total=80) != purchase(event_id="e1", total=81)
    assert purchase(event_id="e1") != purchase(event_id="e2")
    assert purchase() != "purchase"


def test_pickled_event() -> None:
    """An event can be pickled and copied."""
    event = purchase(event_id="e1", total=0.1, ship={"city": "London"}, tags=["vip"])
    assert pickle.loads(pickle.dumps(event)) == event
    assert copy.deepcopy(event) == event


# Customers


def test_order() -> None:
    """Events stand in the order of time, whatever the order in which they arrive."""
    first, second, third = purchase(NOON), purchase(NOON + SECOND), purchase(NOON + 2 * SECOND)
    assert Customer("c1", events=[third, first, second]).events == (first, second, third)


def test_order_at_one_instant() -> None:
    """At one instant events stand in the order of their ids, those without before them."""
    one, two, three = purchase(), purchase(event_id="a"), purchase(event_id="b")
    assert Customer("c1", events=[three, two, one]).events == (one, two, three)


def test_order_by_content() -> None:
    """At one instant events without an id stand in the order of their content."""
    kinds: list[object] = [5, 0.5, True, "x", NOON, ["vip", "b2b"], {"b": 1, "a": 2}, None]
    events = [purchase(what=kind) for kind in kinds]
    standing = Customer("c1", events=events).events
    assert Customer("c1", events=reversed(events)).events == standing
    assert Customer("c1", events=events[3:] + events[:3]).events == standing
    assert len(standing) == len(kinds)


def test_one_id_is_one_event() -> None:
    """An id seen before is the same event; without an id no event is taken for another."""
    twice = [purchase(event_id="e1"), purchase(NOON + SECOND), purchase(event_id="e1"), purchase()]
    assert len(Customer("c1", events=twice).events) == 3
    assert len(Customer("c1", events=[purchase(), purchase()]).events) == 2


def test_history_grows() -> None:
    """A history takes events one by one, and says whether each was new."""
    history = Customer("c1", events=[purchase(event_id="e1")])._history
    assert not history.add(purchase(event_id="e1"))
    assert history.add(Event("cart", NOON, id="e2"))
    assert [event.type for event in history.log(None).events] == ["purchase", "cart"]
    assert history.log("cart").times == [history.log("purchase").times[0]]
    assert history.log("view").events == []


def test_customer_refused() -> None:
    """A customer has an id, and events that are events."""
    with pytest.raises(FactError, match="a customer's id must be text"):
        Customer("")
    with pytest.raises(
        ArgumentError, match=r"^each of a customer's events must be an `Event`, not `dict`$"
    ):
        Customer("c1", events=[{"type": "purchase"}])  # type: ignore[list-item]


@pytest.mark.parametrize(
    "customer",
    [
        Customer("c1"),
        Customer("c1", {"a": {"b": 0.1}}, [purchase()], lists=["s"], cohorts=["c"]),
    ],
    ids=["empty", "full"],
)
def test_pickled_customer(customer: Customer) -> None:
    """A customer can be pickled and copied, without any facts too."""
    for again in (pickle.loads(pickle.dumps(customer)), copy.deepcopy(customer)):
        assert repr(again) == repr(customer)
        for name in ("id", "attributes", "events", "lists", "cohorts"):
            assert getattr(again, name) == getattr(customer, name)
        assert again._history.lists == customer._history.lists
        assert again._history is not customer._history


def test_customer_prints() -> None:
    """A customer prints as an id and a number of events, and no value."""
    assert repr(Customer("c1", {"card": "4111"}, [purchase()])) == "<Customer 'c1' (1 events)>"
