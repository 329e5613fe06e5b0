"""The audit log."""

import inspect
from collections.abc import Callable

import pytest

from segrules import Engine, Event, Schema, Use, parse_ids
from segrules.errors import ArgumentError
from segrules.results import AuditEntry, Cohorts, Lists
from tests.audience.shop import DAY, NOON, purchase, shop, view


def test_actions() -> None:
    """Whatever is done besides the facts of every day is noted: what, when, by whom, how many."""
    engine = shop("rules", buyers="count of orders >= 1")
    engine.apply(view(), customer="ann", at=NOON)
    engine.apply(purchase(), customer="bob", at=NOON)
    engine.edit_segment("buyers", "count of orders >= 2", by="mia")
    engine.add_segments(
        {"views": "count of events of type 'page_view' > 0"}, history=[("ann", view())], by="mia"
    )
    engine.remove_segment("views")
    with engine.backfill("import", at=NOON + DAY, by="job") as bulk:
        bulk.apply(purchase(), customer="bob")
        bulk.set_attributes("cid", {"country": "GB"})
    engine.merge("ann", "bob", at=NOON + DAY, by="login")
    engine.forget("bob", by="privacy")
    engine.forget("bob", by="privacy")
    later = NOON + DAY
    assert engine.audit[0].at is None
    assert engine.audit[1:] == (
        AuditEntry("edit", ("buyers",), NOON, "mia", changes=1),
        AuditEntry("add", ("views",), NOON, "mia", customers=1, facts=1, changes=1),
        AuditEntry("remove", ("views",), NOON, None),
        AuditEntry("backfill", ("import",), later, "job", customers=2, facts=2, changes=1),
        AuditEntry("merge", (), later, "login", customers=2),
        AuditEntry("forget", (), later, "privacy", customers=1, changes=1),
        AuditEntry("forget", (), later, "privacy"),
    )


def test_data() -> None:
    """An entry is JSON as well."""
    engine = shop(buyers="no event")
    [first] = engine.audit
    assert first.to_data() == {
        "action": "add",
        "names": ["buyers"],
        "at": None,
        "by": None,
        "customers": 0,
        "facts": 0,
        "changes": 0,
    }
    engine.forget("nobody")
    assert engine.audit[-1].to_data()["at"] == "2026-03-01T12:00:00Z"


def test_the_log_is_bounded() -> None:
    """The log keeps as many actions as the feed keeps changes: the newest."""
    engine = Engine(Schema.commerce(), feed_size=2)
    for number in range(4):
        engine.add_segment(f"segment {number}", "country = 'GB'")
    assert [entry.names for entry in engine.audit] == [("segment 2",), ("segment 3",)]


def fill(engine: Engine, by: str) -> None:
    with engine.backfill("import", at=NOON, by=by):
        pass


WIDER = Schema.from_data(
    Schema.commerce().to_data() | {"undeclared": {"attributes": "keep"}}, name="wider"
)

ACTS: dict[str, Callable[[Engine, str], object]] = {
    "Engine.add_segment": lambda e, by: e.add_segment("new", "any event", by=by),
    "Engine.add_segments": lambda e, by: e.add_segments({"new": "any event"}, by=by),
    "Engine.edit_segment": lambda e, by: e.edit_segment("active", "no event", by=by),
    "Engine.remove_segment": lambda e, by: e.remove_segment("active", by=by),
    "Engine.refresh": lambda e, by: e.refresh("active", by=by),
    "Engine.snapshot": lambda e, by: e.snapshot("now", "any event", by=by),
    "Engine.record_use": lambda e, by: e.record_use("vips", Use("campaign", "x"), by=by),
    "Engine.end_use": lambda e, by: e.end_use("active", Use("journey", "y"), by=by),
    "Engine.backfill": lambda e, by: e.backfill("import", at=NOON, by=by).__exit__(
        None, None, None
    ),
    "Engine.set_attributes": lambda e, by: e.set_attributes(
        "ann", {"country": "GB"}, at=NOON, by=by
    ),
    "Engine.amend": lambda e, by: e.amend(
        Event("page_view", NOON, id="v"), customer="ann", at=NOON, missing_ok=True, by=by
    ),
    "Engine.retract": lambda e, by: e.retract(
        "page_view", "v", customer="ann", at=NOON, missing_ok=True, by=by
    ),
    "Engine.evolve": lambda e, by: e.evolve(WIDER, by=by),
    "Engine.merge": lambda e, by: e.merge("bob", "ann", at=NOON, by=by),
    "Engine.forget": lambda e, by: e.forget("ann", by=by),
    "Lists.add": lambda e, by: e.lists.add("new", ["ann"], by=by),
    "Lists.edit": lambda e, by: e.lists.edit("vips", remove=["ann"], by=by),
    "Lists.upload": lambda e, by: e.lists.upload("vips", parse_ids("id\nann"), by=by),
    "Lists.freeze": lambda e, by: e.lists.freeze("active", "new", by=by),
    "Lists.drop": lambda e, by: e.lists.drop("vips", by=by),
    "Cohorts.take": lambda e, by: e.cohorts.take("now", "any event", by=by),
    "Cohorts.keep": lambda e, by: e.cohorts.keep(e.cohorts["march"].named("now"), by=by),
    "Cohorts.drop": lambda e, by: e.cohorts.drop("march", by=by),
}


def busy() -> Engine:
    engine = shop(active="any event")
    engine.lists.add("vips", ["ann", "bob"])
    engine.snapshot("march", "any event")
    return engine


@pytest.mark.parametrize("name", ACTS)
def test_by(name: str) -> None:
    """The log says who acts; a `by` that is not text is refused, and changes nothing."""
    engine = busy()
    if name == "Engine.end_use":
        engine.record_use("active", Use("journey", "y"))
    before = (engine.audit, dict(engine.audiences), engine.changes(), tuple(engine.customers))
    with pytest.raises(ArgumentError, match="`by` must be text or None, not `int`"):
        ACTS[name](engine, 5)  # type: ignore[arg-type]  # what must fail
    assert before == (
        engine.audit,
        dict(engine.audiences),
        engine.changes(),
        tuple(engine.customers),
    )
    ACTS[name](engine, "ann")
    assert [entry.by for entry in engine.audit[len(before[0]) :]] == ["ann"]


def test_everything_a_person_may_do_is_here() -> None:
    """The acts above are all that take `by`, and all that change audiences take it."""
    found = {
        f"{kind.__name__}.{name}"
        for kind in (Engine, Lists, Cohorts)
        for name, method in inspect.getmembers(kind, inspect.isfunction)
        if name[0] != "_" and "by" in inspect.signature(method).parameters
    }
    assert found == ACTS.keys()
