"""The audit log."""

from segrules import Engine, Schema
from segrules.results import AuditEntry
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
