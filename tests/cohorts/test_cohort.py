"""Cohorts: snapshots that never change."""

import pickle
from collections.abc import Set as AbstractSet
from datetime import UTC, datetime, timedelta
from operator import and_, or_, sub
from typing import Any, get_args

import pytest
from attrs.exceptions import FrozenInstanceError
from hypothesis import given
from hypothesis import strategies as st

from segrules import Cohort, Customer, Engine, Event, FactError, Rule, RuleError, Schema
from segrules.cohorts.cohort import describe
from segrules.errors import ArgumentError, CohortError
from segrules.language.version import LANGUAGE_VERSION
from segrules.meaning.calendar import PeriodUnit
from tests.strategies.crowd import CROWDS
from tests.strategies.store import SCHEMA as SMALL
from tests.strategies.store import event_conditions, instants

SHOP = Schema.commerce(timezone="Europe/London")
NOW = datetime(2026, 7, 1, 12, tzinfo=UTC)
MARCH = "first event of type 'purchase' in 2026-03"
WIN_BACK = "any event of type 'flow_step_received' has flow = 'win-back' in 2026-Q1"
HOLIDAY = "first event of type 'signup' between 2025-11-01 and 2025-12-31"


def did(event_type: str, when: str, **properties: object) -> Event:
    return Event(event_type, datetime.fromisoformat(when).replace(tzinfo=UTC), properties)


CUSTOMERS = [
    Customer(
        "ann",
        events=[
            did("signup", "2025-11-05T10:00"),
            did("purchase", "2026-03-02T09:00"),
            did("purchase", "2026-06-28T09:00"),
        ],
    ),
    Customer(
        "bob",
        events=[
            did("purchase", "2026-02-27T09:00"),
            did("purchase", "2026-03-09T09:00"),
            did("flow_step_received", "2026-01-09T09:00", flow="win-back"),
        ],
    ),
    Customer(
        "eve",
        events=[
            did("signup", "2025-12-31T23:59:59"),
            did("purchase", "2026-03-31T22:30"),
            did("flow_step_received", "2026-03-31T09:00", flow="welcome"),
        ],
    ),
    Customer("kim", events=[did("purchase", "2026-03-31T23:30")]),  # April in London
    Customer("new"),
]


def capture(text: str, *, at: datetime = NOW) -> Cohort:
    return Cohort.capture("cohort", Rule(text, SHOP), CUSTOMERS, at=at)


# Taking one


@pytest.mark.parametrize(
    ("text", "members"),
    [(MARCH, {"ann", "eve"}), (WIN_BACK, {"bob"}), (HOLIDAY, {"ann", "eve"})],
)
def test_three_cohorts_that_merchants_keep(text: str, members: set[str]) -> None:
    """A month's first-orderers, whoever received a flow in a quarter, a holiday's customers."""
    assert capture(text).members == members


def test_what_a_cohort_carries() -> None:
    """Who, by which definition, as of when, and having seen what."""
    cohort = Cohort.capture("March 2026 first-orderers", Rule(MARCH, SHOP), CUSTOMERS, at=NOW)
    assert cohort.name == "March 2026 first-orderers"
    assert cohort.definition == MARCH
    assert cohort.schema_fingerprint == SHOP.fingerprint
    assert cohort.language_version == LANGUAGE_VERSION
    assert cohort.taken_at == NOW
    assert cohort.newest_fact == datetime(2026, 6, 28, 9, tzinfo=UTC)
    assert cohort.erasures == 0
    assert repr(cohort) == (
        "<Cohort 'March 2026 first-orderers' (2 customers, taken 2026-07-01T12:00:00Z)>"
    )


def test_it_reads_as_a_set() -> None:
    """`in`, `len` and iteration in sorted order."""
    cohort = capture(MARCH)
    assert "ann" in cohort
    assert "bob" not in cohort
    assert 5 not in cohort
    assert (len(cohort), list(cohort)) == (2, ["ann", "eve"])


def test_facts_that_lie_ahead_count_for_nothing() -> None:
    """Neither for who is in it, nor for the newest fact it has seen."""
    cohort = capture("any event of type 'purchase'", at=datetime(2026, 3, 9, 9, tzinfo=UTC))
    assert cohort.members == {"ann", "bob"}
    assert cohort.newest_fact == datetime(2026, 3, 9, 9, tzinfo=UTC)
    early = capture("any event", at=datetime(2025, 1, 1, tzinfo=UTC))
    assert (early.members, early.newest_fact) == (frozenset(), None)


def test_no_customers() -> None:
    """There may be nobody."""
    cohort = Cohort.capture("none", Rule("any event", SHOP), [], at=NOW)
    assert (len(cohort), cohort.newest_fact) == (0, None)


def test_the_definition_is_canonical() -> None:
    """The same definition has one text, without the author's spacing and comments."""
    assert capture("country='GB' and any event  # ours").definition == (
        "country = 'GB'\nAND any event"
    )


def test_segments_in_the_definition_say_what_they_meant() -> None:
    """A segment may be edited later: its meaning is written down as a comment."""
    lapsed = Rule("no event within 60 days AND any event", SHOP)
    gone = Rule("in segment 'lapsed' AND totalSpent = 0", SHOP, segments={"lapsed": lapsed})
    rule = Rule(
        "in segment 'gone' OR in segment 'lapsed'", SHOP, segments={"gone": gone, "lapsed": lapsed}
    )
    assert describe(rule) == (
        "in segment 'gone' OR in segment 'lapsed'\n"
        "# segment 'gone': in segment 'lapsed' AND totalSpent = 0\n"
        "# segment 'lapsed': no event within 60 days AND any event"
    )
    names = {"gone": gone, "lapsed": lapsed}
    assert Rule(describe(rule), SHOP, segments=names) == rule


def test_bad_input() -> None:
    """Errors name the place and what to do, and no customer."""
    rule = Rule(MARCH, SHOP)
    with pytest.raises(FactError, match="`at`"):
        Cohort.capture("x", rule, CUSTOMERS, at=datetime(2026, 7, 1))  # noqa: DTZ001
    with pytest.raises(ArgumentError, match="must be a `Rule`, not `str`"):
        Cohort.capture("x", MARCH, CUSTOMERS, at=NOW)  # type: ignore[arg-type]
    with pytest.raises(ArgumentError, match="customer 1 must be a `Customer`, not `str`"):
        Cohort.capture("x", rule, ["ann"], at=NOW)  # type: ignore[list-item]
    with pytest.raises(FactError, match="customers 1 and 6 have the same id") as caught:
        Cohort.capture("x", rule, [*CUSTOMERS, CUSTOMERS[0]], at=NOW)
    assert "ann" not in str(caught.value)
    for name in ("", "a\nb", 5):
        with pytest.raises(CohortError, match="a cohort's name is text that is not empty"):
            Cohort.capture(name, rule, CUSTOMERS, at=NOW)  # type: ignore[arg-type]


# It never changes


def test_it_is_frozen() -> None:
    """No field can be set, and what it was made of may change as it likes."""
    members = {"ann"}
    cohort = Cohort(
        name="x",
        members=members,
        definition=MARCH,
        schema_fingerprint=None,
        language_version=None,
        taken_at=NOW,
    )
    members.add("bob")
    assert cohort.members == {"ann"}
    with pytest.raises(FrozenInstanceError):
        cohort.members = frozenset()  # type: ignore[misc]


def test_equal_cohorts() -> None:
    """Cohorts are values: equal, hashed, pickled by what they hold."""
    one, other = capture(MARCH), capture(MARCH)
    assert one == other
    assert hash(one) == hash(other)
    assert one.content_hash == other.content_hash
    assert pickle.loads(pickle.dumps(one)) == one
    assert one != capture(HOLIDAY)


@pytest.mark.parametrize(
    "changed",
    [
        {"name": "y"},
        {"members": ["ann", "bob"]},
        {"definition": "any event"},
        {"schema_fingerprint": "f"},
        {"language_version": "2.0"},
        {"taken_at": NOW + timedelta(microseconds=1)},
        {"newest_fact": NOW},
        {"erasures": 1},
    ],
)
def test_the_hash_covers_everything(changed: dict[str, Any]) -> None:
    """Whatever is otherwise, the hash is another."""
    said: dict[str, Any] = {
        "name": "x",
        "members": ["ann"],
        "definition": MARCH,
        "schema_fingerprint": "e",
        "language_version": "1.0",
        "taken_at": NOW,
    }
    assert Cohort(**said).content_hash != Cohort(**said | changed).content_hash


def test_named() -> None:
    """The same cohort under another name."""
    cohort = capture(MARCH).named("March")
    assert (cohort.name, list(cohort)) == ("March", ["ann", "eve"])


# Erasure


def test_erasure() -> None:
    """Whoever is erased is gone and counted; all else stays as it was."""
    cohort = capture(MARCH)
    erased = cohort.without("ann")
    assert (list(erased), erased.erasures) == (["eve"], 1)
    assert erased.without("ann") is erased
    assert (erased.name, erased.definition, erased.taken_at, erased.newest_fact) == (
        cohort.name,
        cohort.definition,
        cohort.taken_at,
        cohort.newest_fact,
    )
    assert erased.content_hash != cohort.content_hash
    assert "ann" not in erased.to_json()
    assert len(cohort) == 2


# Algebra


def test_first_orderers_who_are_still_active() -> None:
    """A cohort and a segment in one line."""
    engine = Engine(SHOP)
    engine.add_segment("still-active", "any event within 30 days")
    for customer in CUSTOMERS:
        for event in customer.events:
            engine.apply(event, customer=customer.id, at=event.at)
    engine.advance_to(NOW)
    march = capture(MARCH).named("March 2026 first-orderers")

    active = march & engine.members("still-active")

    assert active.members == {"ann"}
    assert active.name == "March 2026 first-orderers & {1 customer}"
    assert active.definition == f"({MARCH}) & {{1 customer}}"
    turned = engine.members("still-active") & march
    assert (turned.members, turned.taken_at) == (active.members, active.taken_at)


def test_how_combinations_read() -> None:
    """A name and a definition that say how it was made, in the order in which it was."""
    march, gift = capture(MARCH).named("march"), capture(HOLIDAY).named("gift")
    both = (march & gift) - frozenset({"ann", "x"})
    assert both.name == "(march & gift) - {2 customers}"
    assert both.definition == f"(({MARCH}) & ({HOLIDAY})) - {{2 customers}}"
    assert ({"bob"} | march).name == "{1 customer} | march"
    assert ({"ann", "bob"} - march).members == {"bob"}
    long = capture("country = 'GB' AND any event")
    assert (long | march).definition == f"(\ncountry = 'GB'\nAND any event\n) | ({MARCH})"


def test_what_combinations_carry() -> None:
    """The latest instants of their parts, and what their parts have in common."""
    early = capture(MARCH, at=datetime(2026, 3, 10, tzinfo=UTC))
    other = Cohort.capture("o", Rule("any event", Schema.open()), CUSTOMERS[:1], at=NOW)
    both = early | other
    assert both.taken_at == NOW
    assert both.newest_fact == datetime(2026, 6, 28, 9, tzinfo=UTC)
    assert both.schema_fingerprint is None
    assert both.language_version == LANGUAGE_VERSION
    assert (early & {"ann"}).schema_fingerprint == SHOP.fingerprint
    empty = Cohort.capture("e", Rule("any event", SHOP), [], at=NOW)
    assert (empty | empty).newest_fact is None


def test_erasures_of_combinations() -> None:
    """At most so many are missing because they were erased."""
    one, two = capture(MARCH).without("ann"), capture("any event").without("ann").without("bob")
    assert (one & two).erasures == 1
    assert (one | two).erasures == 3
    assert (one - two).erasures == 1
    assert (two - {"x"}).erasures == (two & {"x"}).erasures == 2
    assert ({"x"} - two).erasures == 0


def test_cohorts_combine_with_sets_of_ids_alone() -> None:
    """Anything else is refused as Python refuses it."""
    cohort: Any = capture(MARCH)
    for other in (["ann"], "ann", None, 5):
        for sign in (and_, or_, sub):
            for pair in ((cohort, other), (other, cohort)):
                with pytest.raises(TypeError):
                    sign(*pair)
    with pytest.raises(FactError, match="each of the ids must be text"):
        cohort & {0.5}


IDS = st.frozensets(st.sampled_from("abcdef"))


def of(ids: AbstractSet[str]) -> Cohort:
    return Cohort(
        name="x",
        members=ids,
        definition="any event",
        schema_fingerprint="f",
        language_version="1.0",
        taken_at=NOW,
    )


@given(IDS, IDS, IDS)
def test_the_laws_of_sets(a: frozenset[str], b: frozenset[str], c: frozenset[str]) -> None:
    """Members combine as sets do, whether both sides are cohorts or one is a set."""
    x, y, z = of(a), of(b), of(c)
    pairs: list[Any] = [(x, y), (x, b), (a, y)]
    for sign in (and_, or_, sub):
        assert all(sign(*pair).members == sign(a, b) for pair in pairs)
    assert (x & (y | z)).members == ((x & y) | (x & z)).members
    assert (x - (y & z)).members == ((x - y) | (x - z)).members
    assert ((x & y) & z).members == (x & (y & z)).members
    assert (x & x).members == (x | x).members == a
    assert not (x - x).members
    assert x.members == a


# JSON


@given(
    st.text(st.characters(exclude_categories=["Cs", "Cc"]), min_size=1).filter(str.isprintable),
    st.frozensets(st.text(min_size=1)),
    instants(),
    st.one_of(st.none(), instants()),
    st.integers(0, 5),
)
def test_json_and_back(
    name: str, members: frozenset[str], at: datetime, newest: datetime | None, erasures: int
) -> None:
    """Whatever a cohort holds, its JSON holds exactly, in one text."""
    cohort = Cohort(
        name=name,
        members=members,
        definition=MARCH,
        schema_fingerprint=None,
        language_version=LANGUAGE_VERSION,
        taken_at=at,
        newest_fact=newest,
        erasures=erasures,
    )
    back = Cohort.from_json(cohort.to_json())
    assert back == cohort
    assert back.to_json() == cohort.to_json()


# Properties


@given(CROWDS, event_conditions(), instants())
def test_capture_asks_the_rule(crowd: list[Customer], text: str, at: datetime) -> None:
    """In a cohort is whoever matches, and the newest fact is the newest of anybody's by then."""
    rule = Rule(text, SMALL)
    cohort = Cohort.capture("x", rule, iter(crowd), at=at)
    assert cohort.members == {c.id for c in crowd if rule.matches(c, at=at)}
    seen = [e.at for c in crowd for e in c.events if e.at <= at]
    assert cohort.newest_fact == max(seen, default=None)


@given(CROWDS, event_conditions(), instants(), instants())
def test_what_comes_after_changes_nothing(
    crowd: list[Customer], text: str, at: datetime, later: datetime
) -> None:
    """A cohort taken again as of the same instant, with newer facts known, is the same."""
    late = [
        Customer(c.id, c.attributes, [*c.events, Event("purchase", max(at, later) + timedelta(1))])
        for c in crowd
    ]
    rule = Rule(text, SMALL)
    assert Cohort.capture("x", rule, crowd, at=at) == Cohort.capture("x", rule, late, at=at)


# Families


def test_family() -> None:
    """A cohort for each month of the first order, in order of time."""
    family = Cohort.family("first order", "purchase", CUSTOMERS, SHOP, at=NOW)
    assert [(cohort.name, list(cohort)) for cohort in family] == [
        ("first order 2026-02", ["bob"]),
        ("first order 2026-03", ["ann", "eve"]),
        ("first order 2026-04", ["kim"]),
    ]
    assert family[1].definition == MARCH
    assert family[1].newest_fact == datetime(2026, 6, 28, 9, tzinfo=UTC)


def test_family_by_week() -> None:
    """Weeks start on the schema's day and go by their first one."""
    sunday = Schema.commerce(week_starts="sunday")
    family = Cohort.family("first", "purchase", CUSTOMERS, sunday, by="week", at=NOW)
    assert [cohort.name for cohort in family] == [
        "first week of 2026-02-22",
        "first week of 2026-03-01",
        "first week of 2026-03-29",
    ]
    assert family[1].definition == (
        "first event of type 'purchase' between 2026-03-01 and 2026-03-07"
    )


def test_family_of_nobody() -> None:
    """Where nobody began there is no cohort; what was no event yet began nothing."""
    long_ago = datetime(2020, 1, 1, tzinfo=UTC)
    assert Cohort.family("first", "purchase", CUSTOMERS, SHOP, at=long_ago) == ()


def test_family_with_bad_input() -> None:
    """Unknown words get the advice that rules give."""
    with pytest.raises(RuleError) as caught:
        Cohort.family("first", "purchse", CUSTOMERS, SHOP, at=NOW)
    assert "did you mean `purchase`?" in str(caught.value)
    with pytest.raises(ArgumentError, match=r"unknown period `months`: did you mean `month`\?"):
        Cohort.family("first", "purchase", CUSTOMERS, SHOP, by="months", at=NOW)  # type: ignore[arg-type]
    with pytest.raises(ArgumentError, match="unknown period `5`: one of: `day`"):
        Cohort.family("first", "purchase", CUSTOMERS, SHOP, by=5, at=NOW)  # type: ignore[arg-type]


@given(CROWDS, st.sampled_from(get_args(PeriodUnit)), instants())
def test_a_family_is_its_definitions(crowd: list[Customer], by: PeriodUnit, at: datetime) -> None:
    """Each cohort of a family is the capture of its definition, and everybody is in one of them."""
    family = Cohort.family("first", "purchase", crowd, SMALL, by=by, at=at)
    for cohort in family:
        rule = Rule(cohort.definition, SMALL)
        assert cohort == Cohort.capture(cohort.name, rule, crowd, at=at)
    began = Rule("any event of type 'purchase'", SMALL)
    ids = [customer for cohort in family for customer in cohort]
    assert sorted(ids) == sorted(c.id for c in crowd if began.matches(c, at=at))


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("definition", 5),
        ("schema_fingerprint", 5),
        ("language_version", b"1"),
        ("erasures", "x"),
        ("erasures", True),
        ("taken_at", None),
    ],
)
def test_misfits(field: str, value: object) -> None:
    """A cohort of the wrong types is refused when it is made, not when it is written."""
    fields = {
        "name": "x",
        "members": ["ann"],
        "definition": "no event",
        "schema_fingerprint": None,
        "language_version": None,
        "taken_at": NOW,
    }
    with pytest.raises((ArgumentError, FactError), match=field if value is not None else "instant"):
        Cohort(**{**fields, field: value})  # type: ignore[arg-type]  # what must fail
