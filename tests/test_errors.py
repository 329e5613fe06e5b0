"""Errors: what each carries for a host to act on, and what none of them says."""

import copy
import importlib
import pickle
import pkgutil
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

import segrules
from segrules import (
    Cohort,
    Customer,
    Engine,
    Event,
    Origin,
    Refresh,
    Rule,
    RuleError,
    Schema,
    SchemaError,
    Segment,
    SegmentError,
    SegrulesError,
    Use,
    load_segments,
    parse_ids,
    read_ids,
)
from segrules.errors import (
    ArgumentError,
    CohortError,
    DataError,
    FactError,
    FeedError,
    ForgottenError,
    IdsError,
    UnknownAudienceError,
)
from segrules.insight import Activity, InsightError, Retention, as_table, draw_heatmap, retention
from tests.audience.shop import DAY, NOON, SCHEMA, purchase

ANOTHER = Schema.open()
BUYERS = Rule("count of orders >= 1", SCHEMA)
LARGE = Rule("any event of type 'purchase' has total > 5", SCHEMA)
NAIVE = datetime(2026, 3, 1)  # noqa: DTZ001  # what must fail
TWICE = [Customer("ann"), Customer("ann")]


def every_error() -> list[type[SegrulesError]]:
    """Return every class of error that the library has, the root first."""
    for module in pkgutil.walk_packages(segrules.__path__, "segrules."):
        if not module.name.endswith(("__main__", "heatmap", "rich_screen")):
            importlib.import_module(module.name)
    return list(_with_subclasses(SegrulesError))


def _with_subclasses(kind: type[SegrulesError]) -> Iterator[type[SegrulesError]]:
    if kind.__module__.startswith("segrules."):
        yield kind
        for each in kind.__subclasses__():
            yield from _with_subclasses(each)


def refused(act: Callable[[], object]) -> SegrulesError:
    """Return the error that a call raises."""
    with pytest.raises(SegrulesError) as caught:
        act()
    return caught.value


def example(kind: type[SegrulesError]) -> SegrulesError:
    """Return an error of a class, with all that it can carry."""
    if issubclass(kind, RuleError):
        return refused(lambda: Rule("totalSpend > 5 AND country = 5", SCHEMA, name="vip"))
    if issubclass(kind, SchemaError):
        return refused(lambda: Schema.from_data({"attributes": {"a": "nmber"}}, name="shop"))
    if issubclass(kind, ForgottenError):
        return ForgottenError(["vip", ""], {"purchase": timedelta(days=90), "*": None})
    return kind("it is so", code="a-code", subject="vip", findings=[Use("campaign", "spring")])


@pytest.mark.parametrize("kind", every_error())
@pytest.mark.parametrize(
    "again", [copy.copy, copy.deepcopy, lambda e: pickle.loads(pickle.dumps(e))]
)
def test_errors_travel(kind: type[SegrulesError], again: Callable[[Any], Any]) -> None:
    """Every error survives a copy and pickle, with text, code, subject, findings and all else."""
    error = example(kind)
    other = again(error)
    assert type(other) is type(error) is kind
    assert str(other) == str(error) != ""
    assert other.args == error.args
    assert vars(other) == vars(error)
    assert (other.code, other.subject, other.findings) == (
        error.code,
        error.subject,
        error.findings,
    )


def test_parents() -> None:
    """Each error is also the error that Python has for such a case."""
    parents = {
        kind.__name__: {p.__name__ for p in kind.__mro__ if p.__module__ == "builtins"}
        - {"Exception", "BaseException", "object"}
        for kind in every_error()
    }
    values = "RuleError SchemaError FactError SegmentError IdsError CohortError FeedError DataError"
    assert parents == {
        **dict.fromkeys(["SegrulesError", "MisuseError", "LineError"], frozenset()),
        **dict.fromkeys(
            [*values.split(), "ForgottenError", "InsightError"], frozenset({"ValueError"})
        ),
        "ArgumentError": {"TypeError", "ValueError"},
        "UnknownAudienceError": {"ValueError", "LookupError", "KeyError"},
    }


def shop() -> Engine:
    """Return an engine with an audience of each kind, of which two are in use."""
    engine = Engine(SCHEMA)
    engine.advance_to(NOON)
    engine.lists.add("vip", ["ann"])
    engine.add_segment("buyers", BUYERS)
    engine.add_segment("both", "in segment 'buyers' AND in segment 'vip'")
    engine.snapshot("spring", BUYERS)
    engine.record_use("spring", Use("campaign", "may"))
    return engine


def rules_only() -> Engine:
    engine = Engine(SCHEMA, retain="rules")
    engine.add_segment("buyers", BUYERS)
    engine.apply(purchase(event_id="o1"), customer="ann", at=NOON)
    engine.apply(purchase(event_id="o1"), customer="bob", at=NOON)
    return engine


def in_backfill(act: Callable[[Engine], object]) -> Callable[[Engine], object]:
    """Return an act that is done while a backfill is open."""

    def done(engine: Engine) -> object:
        with engine.backfill("history", at=NOON):
            return act(engine)

    return done


def report(**asked: Any) -> Retention:
    """Return a report on no customers."""
    asked = {"activity": Activity("purchase", SCHEMA), "period": "month", "at": NOON, **asked}
    return retention([], **asked)


def spring(engine: Engine, **changed: object) -> Cohort:
    """Return the cohort that is read from changed data."""
    return Cohort.from_data(engine.cohorts["spring"].to_data() | changed)


def over(engine: Engine) -> None:
    backfill = engine.backfill("history", at=NOON)
    with backfill:
        pass
    backfill.apply(purchase(), customer="ann")


def behind(engine: Engine) -> None:
    engine.add_segment("lately", "any event of type 'purchase' within 1 days")
    for number in range(3):
        engine.apply(purchase(), customer=f"c{number}", at=NOON)
    engine.advance_to(NOON + 5 * DAY, budget=1)
    engine.snapshot("summer", BUYERS)


Act = Callable[[Engine], object]

UNKNOWN: list[tuple[Act, str, str]] = [
    (lambda e: e.members("nope"), "unknown-segment", "nope"),
    (lambda e: e.count("nope"), "unknown-segment", "nope"),
    (lambda e: e.is_member("nope", "ann"), "unknown-segment", "nope"),
    (lambda e: e.explain("nope", "ann"), "unknown-segment", "nope"),
    (lambda e: e.consistent("nope"), "unknown-segment", "nope"),
    (lambda e: e.refresh("nope"), "unknown-segment", "nope"),
    (lambda e: e.edit_segment("nope", BUYERS), "unknown-segment", "nope"),
    (lambda e: e.remove_segment("nope"), "unknown-segment", "nope"),
    (lambda e: e.preview(BUYERS, against="nope"), "unknown-segment", "nope"),
    (lambda e: e.segments["nope"], "unknown-segment", "nope"),
    (lambda e: e.segments["vip"], "not-a-segment", "vip"),
    (lambda e: e.members("spring"), "unknown-segment", "spring"),
    (lambda e: e.lists["nope"], "unknown-list", "nope"),
    (lambda e: e.lists["buyers"], "not-a-list", "buyers"),
    (lambda e: e.lists.edit("nope", add=["ann"]), "unknown-list", "nope"),
    (lambda e: e.lists.upload("nope", parse_ids("id\nann"), mode="remove"), "unknown-list", "nope"),
    (lambda e: e.lists.drop("nope"), "unknown-list", "nope"),
    (lambda e: e.lists.freeze("nope", "new"), "unknown-segment", "nope"),
    (lambda e: e.cohorts["nope"], "unknown-cohort", "nope"),
    (lambda e: e.cohorts["vip"], "unknown-cohort", "vip"),
    (lambda e: e.cohorts.drop("nope"), "unknown-cohort", "nope"),
    (lambda e: e.audiences["nope"], "unknown-audience", "nope"),
    (lambda e: e.uses("nope"), "unknown-audience", "nope"),
    (lambda e: e.record_use("nope", Use("campaign", "may")), "unknown-audience", "nope"),
    (lambda e: e.end_use("nope", Use("campaign", "may")), "unknown-audience", "nope"),
]  # fmt: skip


@pytest.mark.parametrize(("act", "code", "subject"), UNKNOWN)
def test_unknown(act: Act, code: str, subject: str) -> None:
    """A name that no audience of the kind has is a LookupError; code and subject say which."""
    error = refused(lambda: act(shop()))
    assert type(error) is UnknownAudienceError
    assert (error.code, error.subject) == (code, subject)


SEGMENTS: list[tuple[Act, str, str]] = [
    (lambda e: e.add_segment("buyers", BUYERS), "name-taken", "buyers"),
    (lambda e: e.add_segment("vip", BUYERS), "name-taken", "vip"),
    (lambda e: e.add_segment("spring", BUYERS), "name-taken", "spring"),
    (lambda e: e.add_segments({"new": BUYERS, "vip": BUYERS}), "name-taken", "vip"),
    (lambda e: e.lists.add("buyers", []), "name-taken", "buyers"),
    (lambda e: e.lists.add("vip", []), "name-taken", "vip"),
    (lambda e: e.lists.upload("spring", parse_ids("id\nann")), "name-taken", "spring"),
    (lambda e: e.lists.freeze("buyers", "vip"), "name-taken", "vip"),
    (lambda e: e.snapshot("vip", BUYERS), "name-taken", "vip"),
    (lambda e: e.cohorts.keep(e.cohorts["spring"]), "name-taken", "spring"),
    (lambda e: e.remove_segment("buyers"), "in-use", "buyers"),
    (lambda e: e.lists.drop("vip"), "in-use", "vip"),
    (lambda e: e.cohorts.drop("spring"), "in-use", "spring"),
    (lambda e: e.edit_segment("vip", BUYERS), "not-a-segment", "vip"),
    (lambda e: e.explain("vip", "ann"), "not-a-segment", "vip"),
    (lambda e: e.lists.edit("buyers", add=["ann"]), "not-a-list", "buyers"),
    (lambda e: e.lists.upload("buyers", parse_ids("id\nann")), "not-a-list", "buyers"),
    (lambda e: e.record_use("vip", Use("segment", "both")), "use-of-segment", "vip"),
    (lambda e: e.end_use("vip", Use("segment", "both")), "use-of-segment", "vip"),
    (lambda e: e.end_use("spring", Use("campaign", "june")), "unknown-use", "spring"),
    (lambda e: e.add_segment("new", Rule("no event", ANOTHER)), "another-schema", "new"),
    (lambda e: e.add_segment("new", Segment("old", BUYERS)), "another-name", "old"),
    (lambda e: e.add_segments([Segment("new", BUYERS)] * 2), "segment-twice", "new"),
    (lambda e: e.add_segment("", BUYERS), "not-a-name", "segment"),
    (lambda _: Use("", "may"), "not-a-name", "kind"),
    (lambda _: Use("campaign", "\n"), "not-a-name", "name"),
    (lambda _: Origin("author", " "), "bad-argument", "text"),
    (lambda _: Origin("writer", "Ann"), "bad-argument", "kind"),  # type: ignore[arg-type]  # what must fail
    (lambda _: Engine(SCHEMA).lists.add("new", ["ann"]), "no-clock", "at"),
    (lambda _: Engine(SCHEMA).snapshot("new", BUYERS), "no-clock", "new"),
    (in_backfill(lambda e: e.backfill("other", at=NOON)), "backfill-open", "history"),
    (in_backfill(lambda e: e.snapshot("new", BUYERS)), "backfill-open", "history"),
    (over, "backfill-over", "history"),
    (behind, "behind", "summer"),
    (lambda _: rules_only().customer("ann"), "needs-all-events", "retain"),
    (lambda _: load_segments("nowhere.toml", SCHEMA), "unreadable-file", "nowhere.toml"),
]  # fmt: skip


@pytest.mark.parametrize(("act", "code", "subject"), SEGMENTS)
def test_segments(act: Act, code: str, subject: str) -> None:
    """What cannot be done with an audience is told apart by the code of a SegmentError."""
    error = refused(lambda: act(shop()))
    assert type(error) is SegmentError
    assert (error.code, error.subject) == (code, subject)


def test_who_uses() -> None:
    """An audience in use names its uses as findings, segments first."""
    engine = shop()
    assert refused(lambda: engine.lists.drop("vip")).findings == (Use("segment", "both"),)
    assert refused(lambda: engine.cohorts.drop("spring")).findings == (Use("campaign", "may"),)


ARGUMENTS: list[tuple[Act, str | None]] = [
    (lambda _: Engine(5), "schema"),  # type: ignore[arg-type]  # what must fail, here and below
    (lambda _: Engine(SCHEMA, limits=5), "limits"),  # type: ignore[arg-type]
    (lambda _: Engine(SCHEMA, retain="some"), "retain"),  # type: ignore[arg-type]
    (lambda _: Engine(SCHEMA, feed_size=0), "feed_size"),
    (lambda _: Engine(SCHEMA, feed_id=""), "feed_id"),
    (lambda _: Rule(5, SCHEMA), "text"),  # type: ignore[arg-type]
    (lambda _: Rule("no event", None), "schema"),  # type: ignore[arg-type]
    (lambda _: Rule("no event", SCHEMA, segments=["a"]), "segments"),  # type: ignore[arg-type]
    (lambda _: Rule("no event", SCHEMA, lists="vip"), "lists"),
    (lambda _: BUYERS.matches("ann", at=NOON), "customer"),  # type: ignore[arg-type]
    (lambda _: Customer("ann", events=5), "events"),  # type: ignore[arg-type]
    (lambda _: Customer("ann", events=[5]), "events"),  # type: ignore[list-item]
    (lambda _: Customer("ann", lists="vip"), "lists"),
    (lambda e: e.add_segment("new", 5), "rule"),  # type: ignore[arg-type]
    (lambda e: e.add_segment("new", BUYERS, by=5), "by"),  # type: ignore[arg-type]
    (lambda e: e.add_segment("new", BUYERS, origin=5), "origin"),  # type: ignore[arg-type]
    (lambda e: e.add_segment("new", BUYERS, refresh=5), "refresh"),  # type: ignore[arg-type]
    (lambda e: e.add_segments(5), "segments"),  # type: ignore[arg-type]
    (lambda e: e.add_segments(["new"]), "segments"),  # type: ignore[list-item]
    (lambda e: e.add_segments({}, history=5), "history"),  # type: ignore[arg-type]
    (lambda e: e.add_segments({}, history=["ann"]), "history"),  # type: ignore[list-item]
    (lambda _: Engine(SCHEMA, max_step=5), "max_step"),  # type: ignore[arg-type]
    (lambda e: e.advance_to(NOON, budget=0), "budget"),
    (lambda e: e.backfill("history", at=NOON).settle(budget=0), "budget"),
    (lambda e: e.preview(BUYERS, sample=-1), "sample"),
    (lambda e: e.members("vip", limit=0), "limit"),
    (lambda e: e.members("vip", after=-1, limit=1), "after"),
    (lambda e: e.changes(limit=0), "limit"),
    (lambda e: e.merge("ann", "bob", at=NOON, missing_ok=1), "missing_ok"),  # type: ignore[arg-type]
    (lambda e: e.record_use("vip", "may"), "use"),  # type: ignore[arg-type]
    (lambda e: e.cohorts.keep("spring"), "cohort"),  # type: ignore[arg-type]
    (lambda e: e.lists.add("new", "ann"), "members"),
    (lambda e: e.lists.upload("vip", parse_ids("ann"), mode="put"), "mode"),  # type: ignore[arg-type]
    (lambda e: e.lists.upload("vip", parse_ids("ann"), unknown="ask"), "unknown"),  # type: ignore[arg-type]
    (lambda e: e.lists.upload("vip", parse_ids("ann"), column=2), "source"),
    (lambda _: Segment("new", 5), "rule"),  # type: ignore[arg-type]
    (lambda _: Refresh("daily"), "refresh"),
    (lambda _: Refresh.daily(time(3, tzinfo=UTC)), "at"),
    (lambda _: Refresh.custom(5), "rule"),  # type: ignore[arg-type]
    (lambda _: Cohort.capture("new", 5, [], at=NOON), "rule"),  # type: ignore[arg-type]
    (lambda _: Cohort.capture("new", BUYERS, 5, at=NOON), "customers"),  # type: ignore[arg-type]
    (lambda _: Cohort.capture("new", BUYERS, [5], at=NOON), "customers"),  # type: ignore[list-item]
    (lambda _: Cohort.family("new", "purchase", [], SCHEMA, at=NOON, by="hour"), "by"),  # type: ignore[arg-type]
    (lambda _: parse_ids(5), "text"),  # type: ignore[arg-type]
    (lambda _: read_ids(5), "source"),  # type: ignore[arg-type]
    (lambda _: parse_ids("ann", column=1.5), "column"),  # type: ignore[arg-type]
    (lambda _: load_segments(5, SCHEMA), "path"),  # type: ignore[arg-type]
    (lambda _: load_segments("a.toml", 5), "schema"),  # type: ignore[arg-type]
    (lambda _: report(activity=5), "activity"),
]  # fmt: skip


@pytest.mark.parametrize(("act", "subject"), ARGUMENTS)
def test_arguments(act: Act, subject: str) -> None:
    """A bad argument is an ArgumentError whose subject is the argument's name."""
    error = refused(lambda: act(shop()))
    assert type(error) is ArgumentError
    assert (error.code, error.subject) == ("bad-argument", subject)


OTHERS: list[tuple[Act, type[SegrulesError], str, str | None]] = [
    (lambda _: BUYERS & Rule("no event", ANOTHER), ArgumentError, "another-schema", None),
    (
        lambda _: Rule("no event", SCHEMA, segments={"a": BUYERS}, lists=["a"]),
        ArgumentError,
        "ambiguous-audience",
        "a",
    ),
    (lambda _: Refresh.custom("FREQ=NEVER"), ArgumentError, "rrule", "rule"),
    (lambda _: Activity([], SCHEMA), ArgumentError, "no-event-type", None),
    (lambda e: e.advance_to(NAIVE), FactError, "no-time-zone", "at"),
    (lambda e: e.advance_to(5), FactError, "not-an-instant", "at"),  # type: ignore[arg-type]
    (lambda e: e.advance_to("2026-03-01"), FactError, "not-an-instant", "at"),  # type: ignore[arg-type]
    (lambda e: e.segments_of(""), FactError, "not-a-name", "id"),
    (lambda e: e.segments_of(1.5), FactError, "float-id", "id"),  # type: ignore[arg-type]
    (lambda e: e.lists.add("new", [1.5]), FactError, "float-id", "members"),  # type: ignore[list-item]
    (lambda e: e.backfill("", at=NOON), FactError, "not-a-name", "name"),
    (lambda _: Event("", NOON), FactError, "not-a-name", "type"),
    (lambda e: e.set_attributes("ann", 5, at=NOON), FactError, "wrong-type", None),  # type: ignore[arg-type]
    (
        lambda e: e.set_attributes("ann", {"born": date(2026, 3, 1)}, at=NOON),
        FactError,
        "date-without-time",
        "born",
    ),
    (lambda e: e.advance_to(NOON + 9999 * DAY), FactError, "clock-step", "at"),
    (lambda e: e.amend(purchase(), customer="ann", at=NOON), FactError, "no-event-id", "purchase"),
    (
        lambda e: e.retract("purchase", "o9", customer="ann", at=NOON),
        FactError,
        "unknown-event",
        "purchase",
    ),
    (lambda e: e.merge("ann", "ann", at=NOON), FactError, "same-customer", "anonymous"),
    (lambda e: e.merge("zoe", "ann", at=NOON), FactError, "unknown-customer", "anonymous"),
    (lambda e: e.members("vip", after="zoe", limit=1), FactError, "unknown-customer", "after"),
    (lambda _: rules_only().merge("ann", "bob", at=NOON), FactError, "same-event-id", "anonymous"),
    (
        lambda _: Cohort.capture("new", BUYERS, TWICE, at=NOON),
        FactError,
        "customer-twice",
        "customers",
    ),
    (lambda _: rules_only().add_segment("new", LARGE), ForgottenError, "events-forgotten", "new"),
    (lambda _: rules_only().preview(LARGE), ForgottenError, "events-forgotten", None),
    (lambda e: e.changes(after="nonsense"), FeedError, "unknown-token", "after"),
    (lambda _: parse_ids("id\nann", column="key"), IdsError, "no-column", "the list"),
    (lambda _: read_ids("nowhere.csv"), IdsError, "unreadable-file", "nowhere.csv"),
    (lambda _: Cohort.from_json("{}"), CohortError, "not-a-cohort", "format"),
    (lambda e: spring(e, name="other"), CohortError, "cohort-changed", "other"),
    (lambda e: spring(e, format=9), CohortError, "cohort-format", "format"),
    (lambda e: e.cohorts["spring"].named(""), CohortError, "not-a-name", "name"),
    (lambda _: Use.from_data({"kind": "campaign", "name": 5}), DataError, "data", "name"),
    (
        lambda _: Schema.from_data({"attributes": {"a": "nmber"}}, name="shop"),
        SchemaError,
        "schema",
        "shop",
    ),
    (lambda e: e.evolve(ANOTHER), SchemaError, "narrowed-schema", "open"),
    (lambda _: Rule("totalSpend > 5", SCHEMA, name="vip"), RuleError, "unknown-attribute", "vip"),
    (
        lambda e: e.add_segment("new", "in segment 'nope'"),
        RuleError,
        "unknown-segment",
        "segment new",
    ),
    (lambda _: as_table(report(), measure="sum"), InsightError, "bad-argument", "measure"),  # type: ignore[arg-type]
    (lambda _: as_table(report(), measure="revenue"), InsightError, "no-revenue", "measure"),
    (lambda _: draw_heatmap(report()), InsightError, "empty-report", None),
    (lambda _: report(starts="last"), InsightError, "bad-argument", "starts"),
    (
        lambda _: report(start=Activity("purchase", ANOTHER)),
        InsightError,
        "another-schema",
        "start",
    ),
]  # fmt: skip


@pytest.mark.parametrize(("act", "kind", "code", "subject"), OTHERS)
def test_others(act: Act, kind: type[SegrulesError], code: str, subject: str | None) -> None:
    """Every other refusal has a class, a code and a subject, all of them stable."""
    error = refused(lambda: act(shop()))
    assert type(error) is kind
    assert (error.code, error.subject) == (code, subject)


@pytest.mark.parametrize("act", [row[0] for row in (*UNKNOWN, *SEGMENTS, *ARGUMENTS, *OTHERS)])
def test_pickled(act: Act) -> None:
    """Whatever an error carries, other processes can be sent it."""
    error = refused(lambda: act(shop()))
    other = pickle.loads(pickle.dumps(error))
    assert type(other) is type(error)
    assert (str(other), vars(other)) == (str(error), vars(error))


SECRETS = st.text("§¶ßðđŋħłøæ", min_size=6, max_size=12)

PRIVATE: list[Callable[[Engine, str, str], object]] = [
    lambda e, who, _: e.merge(who, who, at=NOON),
    lambda e, who, _: e.merge(who, "ann", at=NOON),
    lambda e, who, _: e.members("vip", after=who, limit=1),
    lambda e, who, _: e.explain("nope", who),
    lambda e, who, what: e.set_attributes(who, {"country": [what]}, at=NOON),
    lambda e, who, what: e.set_attributes(who, {"loyaltyPoints": what}, at=NOON),
    lambda e, who, what: e.set_attributes(who, {"totalSpent": what}, at=NOON),
    lambda e, who, what: e.set_attributes(who, {"seen": [what, object()]}, at=NOON),
    lambda e, who, what: e.set_attributes(who, {"seen": {what: object()}}, at=NOON),
    lambda e, who, what: e.set_attributes(who, what, at=NOON),  # type: ignore[arg-type]  # what must fail
    lambda e, who, what: e.apply(sale(what, who), customer=who, at=NOON),
    lambda e, who, what: e.amend(purchase(0, 5, what), customer=who, at=NOON),
    lambda e, who, what: e.retract("purchase", what, customer=who, at=NOON),
    lambda e, who, what: e.apply(what, customer=who, at=NOON),  # type: ignore[arg-type]  # the same
    lambda e, who, what: e.apply(purchase(), customer=who, at=what),  # type: ignore[arg-type]  # the same
    lambda _, who, what: Event("purchase", what, id=who),  # type: ignore[arg-type]  # the same
    lambda _, who, what: Customer(who, {"a": {what: object()}}),
    lambda _, who, what: Customer(who, events=what),  # type: ignore[arg-type]  # the same
    lambda _, who, what: Customer(who, lists=what),
    lambda _, who, __: Cohort.capture("new", BUYERS, [Customer(who)] * 2, at=NOON),
    lambda e, who, _: e.lists.add("new", who),
    lambda e, who, what: e.lists.add("new", [who, what.encode()]),  # type: ignore[list-item]  # the same
    lambda e, who, what: e.add_segments({"new": BUYERS}, history=[(who, what)]),  # type: ignore[list-item]  # the same
    lambda e, who, _: upload(e, who, f"{who}\n"),
    lambda e, who, what: upload(e, who, f"id\n{what}\n"),
    lambda e, who, what: upload(e, who, f'id\n{who}\n"{what}\n'),
    lambda _, who, what: parse_ids(f'"{who}\n{what}'),
    lambda _, who, what: parse_ids(f"id\n{who}\n{what}", column=3),
    lambda _, who, what: SCHEMA.customer(who, {"city": what}, [{"type": "purchase", "at": what}]),
    lambda _, who, what: Customer.from_data({"id": who, "events": [what]}),
    lambda _, who, what: Event.from_data({"type": "purchase", "at": what, "id": who}),
    lambda e, who, _: spring(e, members=[who]),
    lambda e, who, _: spring(e, members=who),
]  # fmt: skip


def sale(total: object, event_id: str) -> Event:
    return Event("purchase", NOON, {"total": total}, event_id)


def upload(engine: Engine, customer: str, text: str) -> None:
    """Replace a list that a customer is on by the ids in a text."""
    engine.lists.edit("vip", add=[customer])
    engine.lists.upload("vip", parse_ids(text), mode="replace")


@pytest.mark.parametrize("act", PRIVATE)
@given(customer=SECRETS, value=SECRETS)
def test_nothing_about_a_customer(
    act: Callable[[Engine, str, str], object], customer: str, value: str
) -> None:
    """No error has a customer's id or value, in its text, its subject or what it found."""
    error = refused(lambda: act(shop(), customer, f"{value}!"))
    said = f"{error}\n{error!r}\n{vars(error)}\n{[vars_of(each) for each in error.findings]}"
    assert customer not in said
    assert value not in said
    assert error.code in said


def vars_of(finding: Any) -> object:
    return finding.to_data()
