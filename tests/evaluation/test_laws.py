"""The laws of the language, as properties."""

from datetime import UTC, datetime, timedelta

import pytest
from attrs import evolve
from hypothesis import example, given
from hypothesis import strategies as st

from segrules import Customer, Event, Limits, Rule, Schema, Verdict
from segrules.results import Triggers
from tests.strategies.store import (
    CENTRE,
    CONDITIONS,
    CUSTOMERS,
    EVENT_TYPES,
    FITTING_EVENTS,
    LITERALS,
    POINTS,
    QUOTED,
    RANGES,
    RULES,
    SCHEMA,
    WHENS,
    filters,
    instants,
    that_groups,
)

LIMITS = Limits(levels=16)
LATEST = CENTRE + timedelta(days=4000)
ZONES = ["UTC", "Europe/London", "America/Sao_Paulo", "America/New_York", "Australia/Lord_Howe"]


def make(text: str) -> Rule:
    return Rule(text, SCHEMA, lists=["picked"], cohorts=["march"], limits=LIMITS)


def ask(text: str, customer: Customer, at: datetime) -> Verdict:
    return make(text).verdict(customer, at=at)


def opposite(verdict: Verdict) -> Verdict:
    return evolve(verdict, holds=not verdict.holds)


# Law 2: every negative is an exact complement


@given(RULES | that_groups(), CUSTOMERS, instants())
def test_not(text: str, customer: Customer, at: datetime) -> None:
    """Exactly one of a rule and its opposite holds, and both stand equally long."""
    assert ask(f"NOT ({text})", customer, at) == opposite(ask(text, customer, at))


@st.composite
def negative_pairs(draw: st.DrawFn) -> tuple[str, str]:
    """Draw a condition, and the words that the language has for its opposite."""
    event_type, when = draw(EVENT_TYPES), draw(WHENS)
    kept = f"event of type '{event_type}'{draw(filters(event_type))}"
    which = draw(st.sampled_from(["any", "first", "last"]))
    low, high = draw(LITERALS), draw(LITERALS)
    bounds = draw(RANGES)
    word = draw(QUOTED)
    number = draw(st.sampled_from(["points", "spent", "average", "orderCount"]))
    instant = draw(st.sampled_from(["renewsAt", "lastOrderAt", "firstSeenAt"]))
    function = draw(st.sampled_from(["count of", "sum of total of"]))
    return draw(
        st.sampled_from(
            [
                (f"any {kept} {when}", f"no {kept} {when}"),
                (f"{which} {kept} {when}", f"{which} {kept} not {when}"),
                (f"no {kept} {when}", f"no {kept} not {when}"),
                (f"{instant} {when}", f"{instant} not {when}"),
                (f"{instant} is set", f"{instant} is not set"),
                (f"{number} = {low}", f"{number} != {low}"),
                (f"{number} in ({low}, {high})", f"{number} not in ({low}, {high})"),
                (f"{number} between {bounds}", f"{number} not between {bounds}"),
                (
                    f"avg of total of orders {when} = {low}",
                    f"avg of total of orders {when} != {low}",
                ),
                (f"{function} orders {when} >= {low}", f"{function} orders {when} < {low}"),
                (f"{function} orders {when} > {low}", f"{function} orders {when} <= {low}"),
                (f"address.city = {word}", f"address.city != {word}"),
                (f"address.city contains {word}", f"address.city not contains {word}"),
                (f"address.city starts with {word}", f"address.city not starts with {word}"),
                (f"tags contains all ({word}, 'vip')", f"tags not contains all ({word}, 'vip')"),
                ("tier in ('loyal', 'buyer')", "tier not in ('loyal', 'buyer')"),
                ("in segment 'picked'", "not in segment 'picked'"),
            ]
        )
    )


@given(negative_pairs(), CUSTOMERS, instants())
def test_negative_words(pair: tuple[str, str], customer: Customer, at: datetime) -> None:
    """Each negative word of the language is the exact opposite of its positive one."""
    positive, negative = pair
    assert ask(negative, customer, at) == opposite(ask(positive, customer, at))


@given(RULES, RULES, CUSTOMERS, instants())
def test_de_morgan(left: str, right: str, customer: Customer, at: datetime) -> None:
    """The opposite of AND is OR of the opposites, and the other way round."""
    for one, other in (("AND", "OR"), ("OR", "AND")):
        whole = ask(f"NOT (({left}) {one} ({right}))", customer, at)
        assert ask(f"NOT ({left}) {other} NOT ({right})", customer, at) == whole


# The verdict's promise


@given(RULES | that_groups(), CUSTOMERS, instants(), st.data())
def test_until_is_a_promise(
    text: str, customer: Customer, at: datetime, data: st.DataObject
) -> None:
    """Before `until` the answer is constant."""
    rule = make(text)
    verdict = rule.verdict(customer, at=at)
    until = verdict.until or LATEST
    assert until > at
    reach = int((until - at) / timedelta(microseconds=1)) - 1
    offsets = data.draw(st.lists(st.integers(0, reach), max_size=6))
    stops = [at + timedelta(microseconds=offset) for offset in [*offsets, reach]]
    stops += [moment for event in customer.events if at <= (moment := event.at) < until]
    for stop in stops:
        assert rule.matches(customer, at=stop) is verdict.holds


@given(CONDITIONS, CUSTOMERS, instants())
def test_until_is_exact(text: str, customer: Customer, at: datetime) -> None:
    """At the `until` of a single condition the answer is another one."""
    verdict = ask(text, customer, at)
    if verdict.until is not None:
        assert make(text).matches(customer, at=verdict.until) is not verdict.holds


# Triggers


@given(
    RULES | that_groups(), CUSTOMERS, CUSTOMERS, st.lists(FITTING_EVENTS, max_size=4), instants()
)
def test_triggers_suffice(
    text: str, customer: Customer, other: Customer, events: list[Event], at: datetime
) -> None:
    """Facts of a kind outside the triggers never change the answer."""
    rule = make(text)
    wakes = rule.triggers
    attributes = {
        name: (customer if name in wakes.attributes else other).attributes.get(name)
        for name in {*customer.attributes, *other.attributes}
    }
    changed = Customer(
        "c1",
        attributes,
        [*customer.events, *(event for event in events if not wakes.wakes_on(event.type))],
        lists=(customer if wakes.lists else other).lists,
        cohorts=(customer if wakes.cohorts else other).cohorts,
    )
    assert rule.verdict(changed, at=at) == rule.verdict(customer, at=at)


@given(RULES | that_groups(), CUSTOMERS, instants())
def test_clock_trigger_suffices(text: str, customer: Customer, at: datetime) -> None:
    """Without the clock among the triggers, nothing changes once all events have happened."""
    rule = make(text)
    if not rule.triggers.clock:
        settled = max([at, *(event.at for event in customer.events)])
        assert rule.verdict(customer, at=settled).until is None


@pytest.mark.parametrize(
    ("text", "triggers"),
    [
        ("lastOrderAt within 30 days", Triggers(frozenset({"purchase"}), clock=True)),
        ("lastOrderAt before 2026-03-01", Triggers(frozenset({"purchase"}))),
        ("spent > 500", Triggers(frozenset({"purchase"}))),
        ("recentSpend > 500", Triggers(frozenset({"purchase"}), clock=True)),
        ("no event of type 'cart'", Triggers(frozenset({"cart"}))),
        ("any event of type 'cart' since 2026-03-01", Triggers(frozenset({"cart"}))),
        ("any event of type 'cart' within 1 day", Triggers(frozenset({"cart"}), clock=True)),
        ("any event within 1 day", Triggers(frozenset({"*"}), clock=True)),
        ("points > 5", Triggers(attributes=frozenset({"points"}))),
        ("address.city = 'London'", Triggers(attributes=frozenset({"address"}))),
        ("optIn = true", Triggers(frozenset({"signup"}), frozenset({"optIn"}))),
        ("renewsAt within 1 day", Triggers(attributes=frozenset({"renewsAt"}), clock=True)),
        ("renewsAt in 2026", Triggers(attributes=frozenset({"renewsAt"}))),
        ("in segment 'picked'", Triggers(lists=frozenset({"picked"}))),
        ("in cohort 'march'", Triggers(cohorts=frozenset({"march"}))),
        (
            "any event of type 'cart' AND no event of type 'purchase' since that cart",
            Triggers(frozenset({"cart", "purchase"})),
        ),
    ],
)
def test_triggers_are_tight(text: str, triggers: Triggers) -> None:
    """A rule wakes on no more than its own words need."""
    assert make(text).triggers == triggers


# Law 5: order of arrival means nothing


@given(RULES | that_groups(), CUSTOMERS, instants(), st.randoms())
def test_arrival(text: str, customer: Customer, at: datetime, chance: object) -> None:
    """Events in any order of arrival, some of them twice, give the same answer."""
    events = [*customer.events, *(event for event in customer.events if event.id)]
    chance.shuffle(events)  # type: ignore[attr-defined]  # hypothesis' own Random
    again = Customer(
        "c1",
        customer.attributes,
        events,
        lists=customer.lists,
        cohorts=customer.cohorts,
    )
    assert again.events == customer.events
    rule = make(text)
    assert rule.verdict(again, at=at) == rule.verdict(customer, at=at)


# Law 4: windows tile


def schema_in(zone: str) -> Schema:
    return Schema.from_data(
        {
            "timezone": zone,
            "attributes": {"moment": "instant"},
            "events": {"purchase": {"properties": {"total": "number"}}},
        }
    )


SCHEMAS = {zone: schema_in(zone) for zone in ZONES}
CHANGES_OF_CLOCKS = [
    datetime(2018, 2, 18, tzinfo=UTC),
    datetime(2018, 11, 4, tzinfo=UTC),
    datetime(2026, 3, 8, tzinfo=UTC),
    datetime(2026, 3, 29, tzinfo=UTC),
    datetime(2026, 4, 4, 15, tzinfo=UTC),
    datetime(2026, 10, 25, tzinfo=UTC),
    datetime(2024, 2, 29, tzinfo=UTC),
]
NEAR = st.builds(
    lambda centre, halves, tick: centre + timedelta(minutes=30 * halves, microseconds=tick),
    st.sampled_from(CHANGES_OF_CLOCKS),
    st.integers(-2400, 2400),
    st.sampled_from([0, 0, 1, -1]),
)
CLOSE = st.builds(
    lambda centre, halves, tick: centre + timedelta(minutes=30 * halves, microseconds=tick),
    st.sampled_from(CHANGES_OF_CLOCKS),
    st.integers(-60, 60),
    st.sampled_from([0, 0, 1, -1]),
)
MOMENTS = NEAR | CLOSE

PAST = [
    ["before 7 days ago", "between 7 days ago and 2 days ago", "within 2 days"],
    ["before 2 months ago", "between 2 months ago and 1 month ago", "within 1 month"],
    ["before 1 year ago", "between 1 year ago and 1 quarter ago", "since 1 quarter ago"],
    ["before 3 hours ago", "between 3 hours ago and 30 min ago", "within 30 min"],
]
FIXED = [
    ["before 2026-03-29", "on 2026-03-29", "on 2026-03-30", "after 2026-03-30"],
    ["before 2018-11-03", "on 2018-11-03", "on 2018-11-04", "after 2018-11-04"],
    ["before 2018-02-17", "on 2018-02-17", "on 2018-02-18", "after 2018-02-18"],
    ["before 2026-03-01", "in 2026-03", "in 2026-04", "after 2026-04-30"],
    ["before 2026-01-01", "in 2026-Q1", "in 2026-Q2", "after 2026-06-30"],
    ["before 2018-01-01", "in 2018", "between 2019-01-01 and 2026-12-31", "after 2026-12-31"],
    ["before 2026-04-01T15:00Z", "between 2026-04-01T15:00Z and 2026-04-05", "after 2026-04-05"],
]  # fmt: skip


def count_inside(windows: list[str], zone: str, moment: datetime, at: datetime) -> set[int]:
    """Return in how many of some windows an attribute lies, and an event."""
    schema = SCHEMAS[zone]
    known = Customer("c1", {"moment": moment})
    did = Customer("c1", events=[Event("purchase", moment)])
    return {
        sum(Rule(form.format(when), schema).matches(who, at=at) for when in windows)
        for form, who in (("moment {}", known), ("any event of type 'purchase' {}", did))
    }


@given(st.sampled_from(PAST), st.sampled_from(ZONES), MOMENTS, MOMENTS | st.none())
def test_past_windows_tile(
    windows: list[str], zone: str, moment: datetime, at: datetime | None
) -> None:
    """What has happened lies in exactly one of adjacent windows up to now."""
    later = max(moment, at or moment + timedelta(days=31))
    assert count_inside(windows, zone, moment, later) == {1}


@given(st.sampled_from(FIXED), st.sampled_from(ZONES), MOMENTS)
def test_periods_tile(windows: list[str], zone: str, moment: datetime) -> None:
    """Every instant lies in exactly one of adjacent days, months, quarters or years."""
    assert count_inside(windows, zone, moment, LATEST) == {1}


@given(st.sampled_from(["week", "month", "quarter", "year"]), st.sampled_from(ZONES), MOMENTS)
def test_periods_follow_each_other(unit: str, zone: str, moment: datetime) -> None:
    """What leaves this period comes at that very instant into the last."""
    customer = Customer("c1", {"moment": moment})
    this = Rule(f"moment in this {unit}", SCHEMAS[zone]).verdict(customer, at=moment)
    last = Rule(f"moment in last {unit}", SCHEMAS[zone])
    assert this.holds
    assert this.until is not None
    assert last.matches(customer, at=this.until)
    assert not last.matches(customer, at=this.until - timedelta(microseconds=1))


@given(st.sampled_from(ZONES), MOMENTS)
@example("America/Sao_Paulo", datetime(2018, 2, 18, 2, 30, tzinfo=UTC))
def test_today_becomes_yesterday(zone: str, moment: datetime) -> None:
    """What leaves today comes at that very instant into yesterday."""
    customer = Customer("c1", {"moment": moment})
    today = Rule("moment on today", SCHEMAS[zone]).verdict(customer, at=moment)
    assert today.holds
    assert today.until is not None
    assert Rule("moment on yesterday", SCHEMAS[zone]).matches(customer, at=today.until)


@given(POINTS, instants(), instants())
def test_before_and_since_tile(point: str, moment: datetime, at: datetime) -> None:
    """What is known lies before a point, or since it, or after it and ahead."""
    customer = Customer("c1", {"renewsAt": moment})
    before = ask(f"renewsAt before {point}", customer, at).holds
    since = ask(f"renewsAt since {point}", customer, at).holds
    assert not (before and since)
    assert before or since or moment > at


# Lookback


@given(RULES | that_groups(), CUSTOMERS, instants())
def test_lookback(text: str, customer: Customer, at: datetime) -> None:
    """Events older than a rule looks back change nothing."""
    rule = make(text)
    reach = rule.lookback

    def is_needed(event: Event) -> bool:
        spans = [reach[name] for name in (event.type, "*") if name in reach]
        return any(span is None or event.at >= at - span for span in spans)

    kept = Customer(
        customer.id,
        customer.attributes,
        [event for event in customer.events if is_needed(event)],
        lists=customer.lists,
        cohorts=customer.cohorts,
    )
    assert rule.matches(kept, at=at) is rule.matches(customer, at=at)
