"""Facts as JSON: nothing is lost, and what is not a fact is refused by its path."""

import json
from collections.abc import Mapping
from contextlib import suppress
from datetime import UTC, datetime, timedelta, timezone
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from segrules import Customer, Event, SegrulesError
from segrules.errors import DataError, FactError
from segrules.facts.json import read_facts, write_facts
from tests.strategies.store import CUSTOMERS, EVENTS

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)

NUMBERS = st.integers() | st.decimals(allow_nan=False, allow_infinity=False)
KEYS = st.text(min_size=1) | st.sampled_from(["$list", "$object", "$instant", "$ref", "a.b"])
SCALARS = (
    st.none()
    | st.booleans()
    | st.text()
    | NUMBERS
    | st.datetimes(timezones=st.just(UTC)).map(lambda moment: moment.replace(fold=0))
    | st.frozensets(st.text() | NUMBERS)
    | st.frozensets(st.booleans() | st.text())
)
VALUES = st.recursive(
    SCALARS, lambda inner: st.lists(inner).map(tuple) | st.dictionaries(KEYS, inner), max_leaves=12
)
JSON: st.SearchStrategy[Any] = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text() | st.just(b"bytes"),
    lambda inner: st.lists(inner) | st.dictionaries(KEYS, inner) | st.dictionaries(SCALARS, inner),
    max_leaves=12,
)


def exactly(value: Any) -> Any:
    """Return a value with the type of everything in it: to Python 1, True and 1.0 are equal."""
    match value:
        case Mapping():
            return {key: exactly(each) for key, each in value.items()}
        case tuple():
            return tuple(exactly(each) for each in value)
        case frozenset():
            return frozenset(exactly(each) for each in value)
        case _:
            return type(value).__name__, repr(value)


@given(st.dictionaries(KEYS, VALUES))
def test_reading_and_writing_is_the_identity(facts: dict[str, Any]) -> None:
    """Facts written as JSON are read back the same, of the same types, to the last digit."""
    text = json.dumps(write_facts(facts))
    assert exactly(read_facts(json.loads(text), "facts")) == exactly(facts)


def test_forms() -> None:
    """What JSON has is as it is, and only what it lacks has a mark."""
    facts = {
        "sku": "A-1",
        "count": 3,
        "gift": True,
        "note": None,
        "tags": frozenset({"b", "a", 3}),
        "lines": ({"price": Decimal("80.50")}, None),
        "sizes": (1, 2),
        "at": NOON,
        "ref": {"$ref": 5},
    }
    assert write_facts(facts) == {
        "sku": "A-1",
        "count": 3,
        "gift": True,
        "note": None,
        "tags": [3, "a", "b"],
        "lines": [{"price": {"$decimal": "80.50"}}, None],
        "sizes": {"$list": [1, 2]},
        "at": {"$instant": "2026-03-01T12:00:00Z"},
        "ref": {"$object": {"$ref": 5}},
    }


@pytest.mark.parametrize(
    ("data", "path"),
    [
        ([], "facts"),
        ({"a": {"$decimal": "secret"}}, "facts.a.$decimal"),
        ({"a": {"$decimal": 5}}, "facts.a.$decimal"),
        ({"a": {"$instant": "2026-03-01"}}, "facts.a.$instant"),
        ({"a": {"$instant": "0001-01-01T00:00:00+14:00"}}, "facts.a.$instant"),
        ({"a": [1, {"$secret": 5}]}, "facts.a[1]"),
        ({"a": {"$list": "secret"}}, "facts.a.$list"),
        ({"a": {"$tags": [{}]}}, "facts.a.$tags"),
        ({"a": {"$object": 5}}, "facts.a.$object"),
        ({"a": {5: 6}}, "facts.a"),
        ({"a": b"secret"}, "facts.a"),
    ],
)
def test_misfits(data: object, path: str) -> None:
    """What `to_data` cannot have written is refused with its path, and never shown."""
    with pytest.raises(DataError) as refused:
        read_facts(data, "facts")
    assert (refused.value.code, refused.value.subject) == ("data", path)
    assert str(refused.value).startswith(f"{path}: ")
    assert "secret" not in str(refused.value)


@given(JSON)
def test_any_data_is_read_or_refused(data: object) -> None:
    """Data of any shape is read or refused; no other error comes out."""
    for kind in (Event, Customer):
        for given_as in (data, {"type": "a", "at": "2026-03-01T12:00:00Z", "properties": data}):
            with suppress(SegrulesError):
                kind.from_data(given_as)
    with suppress(SegrulesError):
        Customer.from_data({"id": "ann", "attributes": data})


def test_too_deep() -> None:
    """Data nested without end is refused."""
    deep: Any = []
    for _ in range(100_000):
        deep = [deep]
    with pytest.raises(DataError, match="nested too deep"):
        Event.from_data({"type": "a", "at": "2026-03-01T12:00:00Z", "properties": {"a": deep}})


@given(EVENTS)
def test_events(event: Event) -> None:
    """An event is read back as it was, by the standard library's JSON."""
    again = Event.from_data(json.loads(json.dumps(event.to_data())))
    assert again == event
    assert exactly(again.properties) == exactly(event.properties)


@given(CUSTOMERS)
def test_customers(customer: Customer) -> None:
    """A customer is read back with every fact, list and cohort."""
    again = Customer.from_data(json.loads(json.dumps(customer.to_data())))
    assert (again.id, again.events) == (customer.id, customer.events)
    assert (again.lists, again.cohorts) == (customer.lists, customer.cohorts)
    assert exactly(again.attributes) == exactly(customer.attributes)


def test_an_event_in_words() -> None:
    """An event's data has its four parts, the instant in UTC."""
    at = NOON.astimezone(timezone(timedelta(hours=1)))
    data = Event("purchase", at, {"total": 80.5, "tags": ["b", "a"]}, "e1").to_data()
    assert data == {
        "type": "purchase",
        "at": "2026-03-01T12:00:00Z",
        "properties": {"total": {"$decimal": "80.5"}, "tags": ["a", "b"]},
        "id": "e1",
    }
    least = Event.from_data({"type": "purchase", "at": "2026-03-01T13:00:00+01:00"})
    assert least == Event("purchase", NOON)


@pytest.mark.parametrize(
    ("data", "error", "said"),
    [
        (5, DataError, "expected an object, found a number"),
        ({"type": "a"}, DataError, "the key `at` is missing"),
        ({"type": "a", "at": "secret"}, DataError, "at: expected an instant with its time zone"),
        ({"type": "a", "at": "2026-03-01T12:00:00"}, DataError, "at: expected an instant with its"),
        ({"type": 5, "at": "2026-03-01T12:00:00Z"}, DataError, "type: expected text, found a num"),
        ({"secret": 5}, DataError, "unknown key: the keys are `type`, `at`, `properties`, `id`"),
        ({"type": "", "at": "2026-03-01T12:00:00Z"}, FactError, "an event's type must be text"),
    ],
)
def test_bad_events(data: object, error: type[SegrulesError], said: str) -> None:
    """What is no event's data is refused by its key."""
    with pytest.raises(error) as refused:
        Event.from_data(data)
    assert str(refused.value).startswith(said)
    assert "secret" not in str(refused.value)


def test_paths_lead_through_all_levels() -> None:
    """An event inside a customer is named by its place."""
    event = {"type": "a", "at": "2026-03-01T12:00:00Z", "properties": {"x": {"$decimal": "?"}}}
    with pytest.raises(DataError) as refused:
        Customer.from_data({"id": "ann", "events": [event | {"properties": {}}, event]})
    assert refused.value.subject == "events[1].properties.x.$decimal"


@pytest.mark.parametrize("text", ["sNaN", "NaN", "Infinity", "five"])
def test_numbers_are_finite(text: str) -> None:
    """A number that is none is refused by its path, in tags too."""
    data = Event("x", datetime(2026, 1, 1, tzinfo=UTC)).to_data()
    with pytest.raises(DataError, match=r"properties\.l\[0\]"):
        Event.from_data(data | {"properties": {"l": [{"$decimal": text}]}})
