"""Values as JSON types: what hosts get can be sent, kept and read back."""

import inspect
import json
from collections.abc import Callable
from contextlib import suppress
from datetime import UTC, datetime, time, timedelta, timezone
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from dateutil.rrule import DAILY, HOURLY, rrule, rruleset
from hypothesis import given
from hypothesis import strategies as st

import segrules
from segrules import (
    Cohort,
    Engine,
    Event,
    Limits,
    Origin,
    Refresh,
    Rule,
    Schema,
    Segment,
    SegrulesError,
    Use,
    Verdict,
    parse_ids,
    results,
)
from segrules.errors import CohortError, DataError, RuleError
from segrules.results import (
    Cause,
    ChangePage,
    Consistency,
    Difference,
    Misfit,
    Stats,
    Verification,
)
from tests.strategies.store import CONDITIONS
from tests.strategies.store import SCHEMA as STORE

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
SCHEMA = Schema.commerce()


def busy() -> Engine:
    """Return an engine that has done a little of everything."""
    engine = Engine(SCHEMA, feed_id="shop")
    engine.add_segment("buyers", "count of orders >= 1", origin=Origin("author", "ann"), by="ann")
    engine.add_segment("held", "in segment 'buyers'", refresh=Refresh.daily(time(4, 30)))
    engine.add_segment("spring", "any event within 2 days")
    engine.apply(Event("purchase", NOON, {"total": 80.5}, "e1"), customer="ann", at=NOON)
    engine.set_attributes("bob", {"country": "GB"}, at=NOON)
    engine.lists.add("press", ["ann"], at=NOON)
    engine.record_use("press", Use("campaign", "Spring"), by="bob")
    engine.advance_to(NOON + timedelta(days=3))
    engine.merge("bob", "ann", at=NOON + timedelta(days=3))
    with engine.backfill("import", at=NOON + timedelta(days=3)) as bulk:
        bulk.apply(Event("page_view", NOON), customer="cleo")
    return engine


ENGINE = busy()
STATS = Stats(
    1, 2, 3, 4, 5, 6, 7, 8, 9, 10, timedelta(seconds=1.5), timedelta(days=999_999_999), None
)
VALUES: list[Any] = [
    ENGINE.changes(),
    *ENGINE.changes(),
    *ENGINE.audit,
    *ENGINE.audiences.values(),
    *ENGINE.uses("buyers"),
    ENGINE.apply(Event("page_view", NOON, id="v9"), customer="ann", at=NOON + timedelta(days=3)),
    ENGINE.apply(Event("page_view", NOON, id="v9"), customer="ann", at=NOON + timedelta(days=3)),
    ENGINE.stats,
    STATS,
    ENGINE.consistent("buyers"),
    Consistency(("deadlines are overdue",)),
    ENGINE.verify(),
    Verification(3, 2, 1, (Difference("ann", "buyers", is_member=True, should_be=False),)),
    ENGINE.members("buyers", limit=1),
    ENGINE.preview("any event", against="buyers"),
    ENGINE.explain("buyers", "ann"),
    ENGINE.explain("held", "zoe"),
    ENGINE.segments["buyers"].rule.triggers,
    *(Cause(kind) for kind in ("clock", "edit", "refresh", "merge", "erasure")),
    Cause("event", "purchase"),
    Cause("attributes", attributes=("country", "city")),
    Cause("backfill", backfill="import"),
    *SCHEMA.names(),
    Misfit("not-a-number", "line_items[3].price", "is text", "a number", "text"),
    Misfit("float-id", "", "an id is not a float"),
    Verdict(holds=True),
    Verdict(holds=False, until=NOON),
    Origin("prompt", "everyone in Britain"),
    parse_ids("id\nann\nbob\nann\n\n"),
    ENGINE.lists.upload("vips", parse_ids("id\nann\nzoe\n\n"), unknown="add"),
    Cohort.capture("all", Rule("no event", SCHEMA), [], at=NOON),
]
RECEIVED = {name for name in results.__all__ if not name.islower()}
WITHOUT = {
    "DeclaredAttributes",
    "Audiences",
    "Backfill",
    "Cohorts",
    "Customers",
    "Lists",
    "Segments",
}
"""Doors and views, which are no values."""

READ_ONLY = {"Diagnostic", "SchemaFinding", "Source", "Span"}
"""What is wrong with a text: its data has places in the text, and not the text itself."""


@pytest.mark.parametrize("value", VALUES, ids=lambda value: type(value).__name__)
def test_values_are_read_back(value: Any) -> None:
    """What `to_data` gives is JSON, and `from_data` makes an equal value of it."""
    text = json.dumps(value.to_data())
    again = type(value).from_data(json.loads(text))
    assert again == value
    assert json.dumps(again.to_data()) == text


def test_every_value_has_data() -> None:
    """Every public value has `to_data`, and `from_data` if it can be made again."""
    made = {"Change", "Cohort", "Customer", "Event", "Origin", "Refresh", "Rule", "Schema"}
    made |= {"Segment", "Use", "Verdict"}
    for name in (RECEIVED | made) - WITHOUT:
        value = getattr(segrules, name, None) or getattr(results, name)
        assert inspect.isfunction(value.to_data), name
        assert hasattr(value, "from_data") is (name not in READ_ONLY), name


@pytest.mark.parametrize("value", VALUES, ids=lambda value: type(value).__name__)
def test_bad_data(value: Any) -> None:
    """Data that lacks a key, has one more or another type under one is refused by its path."""
    data, kind = json.loads(json.dumps(value.to_data())), type(value)
    for bad in (None, 5, "secret", [], [data], data | {"secret": 1}, data | {5: 1}):
        with pytest.raises((DataError, CohortError)) as refused:
            kind.from_data(bad)
        assert "secret" not in str(refused.value)
    for key in data:
        for wrong in (5.5, b"secret", {"secret": [1]}, ["secret", 5], [["secret"]]):
            with pytest.raises(SegrulesError) as misfit:
                kind.from_data(data | {key: wrong})
            assert "secret" not in str(misfit.value)
            if isinstance(misfit.value, DataError):
                assert str(misfit.value.subject).startswith(key)
        with suppress(SegrulesError):
            kind.from_data({name: each for name, each in data.items() if name != key})


def test_paths() -> None:
    """Errors lead to the key, through lists and values inside values."""
    page = ENGINE.changes().to_data()
    page["changes"][1]["cause"]["kind"] = "whim"
    with pytest.raises(DataError, match=r"^changes\[1\]\.cause\.kind: expected one of `event`"):
        ChangePage.from_data(page)
    page["changes"][0]["at"] = None
    with pytest.raises(DataError, match=r"^changes\[0\]\.at: expected text, found null"):
        ChangePage.from_data(page)


@given(st.timedeltas())
def test_lengths_of_time(length: timedelta) -> None:
    """A length of time is exact to the microsecond, whatever its length."""
    stats = Stats(0, 0, 0, 0, 0, 0, 0, 0, 0, 0, length, None, None)
    assert Stats.from_data(json.loads(json.dumps(stats.to_data()))) == stats


@given(st.datetimes(timezones=st.timezones()) | st.just(datetime.max.replace(tzinfo=UTC)))
def test_instants(until: datetime) -> None:
    """An instant is exact to the microsecond, in any zone and in any year."""
    try:
        until = until.astimezone(UTC)
    except OverflowError:
        return
    verdict = Verdict(holds=True, until=until)
    assert Verdict.from_data(json.loads(json.dumps(verdict.to_data()))) == verdict


# Rules and segments


@given(CONDITIONS, CONDITIONS)
def test_rules(one: str, other: str) -> None:
    """A rule is read back equal, with the segments, lists and cohorts that it refers to."""
    try:
        inner = Rule(one, STORE, lists=["picked"], cohorts=["march"])
        text = f"in segment 'inner' AND ({other})"
        known = {"lists": ["picked"], "cohorts": ["march"], "limits": Limits(levels=9)}
        outer = Rule(text, STORE, segments={"inner": inner}, **known)  # type: ignore[arg-type]
    except RuleError:
        return
    again = Rule.from_data(json.loads(json.dumps(outer.to_data())), STORE)
    assert again == outer
    assert (again.text, again.limits, again.triggers) == (outer.text, outer.limits, outer.triggers)


def test_a_rule_in_words() -> None:
    """A rule's data has its text, its references, its limits and the language's version."""
    inner = Rule("country = 'GB'", SCHEMA)
    rule = Rule(
        "in segment 'british'  # and more\nAND in segment 'press' AND in cohort 'march'",
        SCHEMA,
        segments={"british": inner, "unused": inner},
        lists=["press"],
        cohorts=["march"],
    )
    limits = {"levels": 4, "characters": 50_000}
    common = {"language_version": segrules.LANGUAGE_VERSION, "limits": limits}
    assert rule.to_data() == {
        "text": rule.text,
        "segments": {
            "british": {
                "text": inner.text,
                "segments": {},
                "lists": [],
                "cohorts": [],
                **common,
            }
        },
        "lists": ["press"],
        "cohorts": ["march"],
        **common,
    }
    assert Rule.from_data({"text": "country = 'GB'"}, SCHEMA) == inner


def test_rules_that_are_refused() -> None:
    """A rule of another version, another schema or no text at all is refused."""
    data = Rule("country = 'GB'", SCHEMA).to_data()
    with pytest.raises(DataError, match=r"^language_version: .* another version") as refused:
        Rule.from_data(data | {"language_version": "99.0"}, SCHEMA)
    assert refused.value.subject == "language_version"
    with pytest.raises(DataError, match=r"^text: expected text, found null"):
        Rule.from_data(data | {"text": None}, SCHEMA)
    with pytest.raises(DataError, match=r"^limits\.levels: expected a number, found text"):
        Rule.from_data(data | {"limits": {"levels": "4"}}, SCHEMA)
    with pytest.raises(RuleError, match="unknown attribute"):
        Rule.from_data(data, Schema())
    inner = data | {"text": "contry = 'GB'"}
    with pytest.raises(RuleError, match="at segment inner:1:1"):
        Rule.from_data(data | {"segments": {"inner": inner}}, SCHEMA)
    deep = data
    for _ in range(100_000):
        deep = data | {"segments": {"inner": deep}}
    with pytest.raises(DataError, match="nested too deep"):
        Rule.from_data(deep, SCHEMA)


def test_segments() -> None:
    """A segment of an engine is read back with everything known of it."""
    for segment in ENGINE.segments.values():
        data = json.loads(json.dumps(segment.to_data()))
        assert data["kind"] == segment.kind == "segment"
        assert Segment.from_data(data, SCHEMA) == segment
    least = {"name": "all", "rule": {"text": "no event"}}
    assert Segment.from_data(least, SCHEMA) == Segment("all", Rule("no event", SCHEMA))
    with pytest.raises(DataError, match=r"^refresh\.kind: expected one of `live`"):
        Segment.from_data(least | {"refresh": {"kind": "weekly"}}, SCHEMA)
    with pytest.raises(DataError, match=r"^kind: expected one of `segment`"):
        Segment.from_data(least | {"kind": "list"}, SCHEMA)


# Refreshes

TOKYO = timezone(timedelta(hours=9))
LONDON = ZoneInfo("Europe/London")


def both_dates() -> rruleset:
    made = rruleset()
    made.rrule(rrule(DAILY, dtstart=datetime(2026, 3, 2, 9, tzinfo=LONDON)))
    made.rdate(datetime(2026, 3, 29, 1, 30, tzinfo=LONDON))
    made.exrule(rrule(DAILY, dtstart=datetime(2026, 4, 2, 9, tzinfo=LONDON), count=2))
    made.exdate(datetime(2026, 3, 3, 9, tzinfo=UTC))
    return made


REFRESHES: list[Callable[[], Refresh]] = [
    Refresh.live,
    Refresh.on_demand,
    lambda: Refresh.daily(time(3, 0, 1, 5)),
    lambda: Refresh.custom("FREQ=DAILY;BYHOUR=6"),
    lambda: Refresh.custom("DTSTART;TZID=Europe/London:20260302T090000\nRRULE:FREQ=WEEKLY;WKST=SU"),
    lambda: Refresh.custom(rrule(HOURLY, interval=5, dtstart=datetime(2026, 3, 2, tzinfo=TOKYO))),
    lambda: Refresh.custom(
        rrule(
            DAILY,
            dtstart=datetime(2026, 3, 2, tzinfo=UTC),
            until=datetime(2026, 5, 2, 7, tzinfo=LONDON),
            byweekday=(0, 4),
            byhour=(0, 6),
        )
    ),
    lambda: Refresh.custom(both_dates()),
    lambda: Refresh.custom(rruleset()),
]


@pytest.mark.parametrize("make", REFRESHES)
def test_refreshes(make: Callable[[], Refresh]) -> None:
    """A schedule is read back equal; two that say the same are equal and hash alike."""
    one, other = make(), make()
    assert one == other
    assert hash(one) == hash(other)
    again = Refresh.from_data(json.loads(json.dumps(one.to_data())))
    assert again == one
    assert again.to_data() == one.to_data()
    assert sum(one == other() for other in REFRESHES) == 1


def test_a_refresh_in_words() -> None:
    """An rrule is its text, the start and its zone included."""
    daily = Refresh.custom(rrule(DAILY, dtstart=datetime(2026, 3, 2, 9, tzinfo=LONDON)))
    text = "DTSTART;TZID=Europe/London:20260302T090000\nRRULE:FREQ=DAILY"
    assert daily.to_data() == {"kind": "custom", "at": None, "rule": text}
    assert Refresh.daily().to_data() == {"kind": "daily", "at": "03:00:00", "rule": None}
    for data in ({"kind": "daily"}, {"kind": "custom"}, {"kind": "custom", "rule": 5}):
        with pytest.raises(DataError):
            Refresh.from_data(data)


def test_reprs_are_short() -> None:
    """Values that may hold very many customers print in one line."""
    [first, *_] = ENGINE.changes()
    assert repr(first) == "<Change 'ann' joined 'buyers' at 2026-03-01T12:00:00Z>"
    found = ENGINE.preview("any event", against="buyers")
    assert repr(found) == "<Preview (2 of 3 customers, 1 join, 0 leave)>"
    assert repr(ENGINE.members("buyers", limit=1)) == "<MemberPage (1 member, the last)>"
    assert repr(ENGINE.customers) == "<Customers (3 customers)>"
