"""Segments that come, change and go, and what becomes of all others."""

import pytest

from segrules import Engine, SegmentError, Use
from segrules.audience.upkeep.people import Person
from tests.audience.shop import DAY, NOON, purchase, shop, told, view


def person(engine: Engine, name: str) -> Person:
    return engine._core.upkeep.population.by_id[name]  # deadlines are not public


def deadlines(engine: Engine, name: str) -> dict[str, int]:
    """Return up to when the answers of each family stand."""
    families = {f.number: repr(source) for source, f in engine._core.upkeep.plan.families.items()}
    return {families[number]: due for number, due in person(engine, name).due.items()}


def test_others_alone() -> None:
    """A segment more, another rule or a segment less leaves all others' state alone."""
    engine = shop(
        fresh="any event within 2 days",
        rich="sum of total of orders within 7 days > 5",
        british="country = 'GB'",
    )
    engine.apply(purchase(), customer="ann", at=NOON)
    engine.set_attributes("ann", {"country": "GB"}, at=NOON)
    before, truth, plan = (
        deadlines(engine, "ann"),
        person(engine, "ann").truth,
        engine._core.upkeep.plan,
    )
    engine.add_segment("new", "any event of type 'page_view' within 9 days OR smsOptIn = true")
    engine.edit_segment("new", "any event of type 'signup' within 9 days OR emailOptIn = true")
    assert person(engine, "ann").truth == truth
    assert before.items() == deadlines(engine, "ann").items()
    assert engine.segments_of("ann") == {"fresh", "rich", "british"}
    assert all(
        engine._core.upkeep.plan.families[source] is family
        for source, family in plan.families.items()
    )
    engine.remove_segment("new")
    assert (person(engine, "ann").truth, deadlines(engine, "ann")) == (truth, before)
    assert told(engine.advance_to(NOON + 9 * DAY)) == [
        ("ann", "fresh", False, "clock"),
        ("ann", "rich", False, "clock"),
    ]


def test_numbers_are_used_again() -> None:
    """What a segment leaves behind is no trouble to the one that takes its number."""
    engine = shop(short="any event within 2 days", other="country = 'GB'")
    for name in ("ann", "bob"):
        engine.apply(view(), customer=name, at=NOON)
    engine.remove_segment("short")
    engine.add_segment("long", "any event of type 'purchase' within 5 days")
    engine.apply(purchase(1), customer="ann", at=NOON + DAY)
    engine.edit_segment("long", "any event of type 'page_view' within 3 days")
    assert engine.members("long") == {"ann", "bob"}
    assert told(engine.advance_to(NOON + 9 * DAY)) == [
        ("ann", "long", False, "clock"),
        ("bob", "long", False, "clock"),
    ]


@pytest.mark.parametrize("action", ["add", "edit", "remove", "replay"])
def test_while_behind(action: str) -> None:
    """What is overdue comes first, at its own instant: segments share what they look at."""
    engine = shop(fresh="any event within 2 days", warm="any event within 3 days")
    for name in ("ann", "bob"):
        engine.apply(view(), customer=name, at=NOON)
    assert len(engine.advance_to(NOON + 2 * DAY, budget=1)) == 1
    match action:
        case "add":
            changes = engine.add_segment("new", "any event within 4 days")
        case "edit":
            changes = engine.edit_segment("warm", "any event within 4 days")
        case "replay":
            changes = engine.add_segments({"new": "any event within 4 days"}, history=[])
        case _:
            changes = engine.remove_segment("warm")
    assert told(changes)[0] == ("bob", "fresh", False, "clock")
    assert changes[0].at == NOON + 2 * DAY
    assert not engine.behind
    assert engine.members("fresh") == frozenset()
    assert engine.verify()


def test_remove_says_nothing() -> None:
    """A segment that goes takes its members along without a word."""
    engine = shop(fresh="any event within 2 days")
    engine.lists.add("press", ["ann"])
    engine.apply(view(), customer="ann", at=NOON)
    token = engine.changes().token
    assert engine.remove_segment("fresh") == ()
    engine.lists.drop("press")
    assert engine.changes().token == token
    assert engine.segments_of("ann") == frozenset()
    assert engine.next_deadline is None


def test_lists_while_behind() -> None:
    """A list may change while deadlines are overdue; those come first."""
    engine = shop(fresh="any event within 2 days")
    engine.lists.add("press")
    for name in ("ann", "bob"):
        engine.apply(view(), customer=name, at=NOON)
    engine.advance_to(NOON + 2 * DAY, budget=1)
    assert told(engine.lists.edit("press", add=["cid"])) == [
        ("bob", "fresh", False, "clock"),
        ("cid", "press", True, "edit"),
    ]


def test_refused() -> None:
    """A name that is taken is refused, and nobody's deadlines come for it."""
    engine = shop(fresh="any event within 2 days")
    for name in ("ann", "bob"):
        engine.apply(view(), customer=name, at=NOON)
    engine.advance_to(NOON + 2 * DAY, budget=1)
    with pytest.raises(SegmentError):
        engine.add_segment("fresh", "no event")
    assert engine.behind


SALE, JOURNEY = Use("campaign", "Spring sale"), Use("journey", "Win back")


def test_uses() -> None:
    """Uses come in order, each once, behind the segments that refer to the audience."""
    engine = shop(vip="country = 'GB'", a="in segment 'vip'")
    for use in (SALE, JOURNEY, SALE):
        engine.record_use("vip", use, by="mia")
    assert engine.uses("vip") == (Use("segment", "a"), SALE, JOURNEY)
    assert engine.uses("a") == ()
    with pytest.raises(SegmentError, match="`vip` is used by `a`, the campaign `Spring sale`"):
        engine.remove_segment("vip")
    engine.end_use("vip", SALE, by="tom")
    assert engine.uses("vip") == (Use("segment", "a"), JOURNEY)
    assert [(e.action, e.names, e.by) for e in engine.audit[1:]] == [
        ("use", ("vip",), "mia"),
        ("use", ("vip",), "mia"),
        ("end use", ("vip",), "tom"),
    ]


def test_uses_that_cannot_be_recorded() -> None:
    """Segments are uses by their rules alone, and only what is recorded can end."""
    engine = shop()
    engine.lists.add("vip")
    with pytest.raises(SegmentError, match="rules say"):
        engine.record_use("vip", Use("segment", "a"))
    with pytest.raises(SegmentError, match="no use by the campaign `Spring sale` can end: it has"):
        engine.end_use("vip", SALE)
    with pytest.raises(SegmentError, match="its rule refers to it"):
        engine.end_use("vip", Use("segment", "a"))
    assert len(engine.audit) == 2
