"""Segments that come, change and go, and what becomes of all others."""

from collections.abc import Callable
from typing import Any

import pytest
from attrs import evolve

from segrules import Engine, Origin, Refresh, Rule, Segment, SegmentError, Use
from segrules.audience.upkeep.people import Person
from segrules.errors import ArgumentError
from tests.audience.shop import DAY, NOON, SCHEMA, purchase, shop, told, view


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
    """A name that is taken is refused, and no customer's deadline comes for it."""
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
    with pytest.raises(SegmentError, match="follow from their rules"):
        engine.record_use("vip", Use("segment", "a"))
    with pytest.raises(SegmentError, match="no use by the campaign `Spring sale` can end: it has"):
        engine.end_use("vip", SALE)
    with pytest.raises(SegmentError, match="its rule refers to it"):
        engine.end_use("vip", Use("segment", "a"))
    assert len(engine.audit) == 2


RULE = Rule("any event", SCHEMA)


@pytest.mark.parametrize(
    "wrong",
    [
        {"refresh": "daily"},
        {"origin": "me"},
        {"title": 5},
        {"description": None},
        {"rule": "any event"},
    ],
)
def test_a_segment_of_wrong_types(wrong: dict[str, Any]) -> None:
    """A segment's parts are checked when it is made, before any engine sees it."""
    with pytest.raises(ArgumentError, match=f"a segment's `{next(iter(wrong))}` cannot be"):
        Segment(**{"name": "a", "rule": RULE, **wrong})
    with pytest.raises(SegmentError, match="a name is text"):
        Segment("", RULE)


def test_a_segment_under_another_name() -> None:
    """A segment has one name: another one is refused, and changes nothing."""
    engine = shop(a="no event")
    acts: list[Callable[[], object]] = [
        lambda: engine.add_segments({"b": Segment("c", RULE)}),
        lambda: engine.add_segment("b", Segment("c", RULE)),
        lambda: engine.edit_segment("a", Segment("c", RULE)),
        lambda: engine.add_segments([Segment("b", RULE), Segment("b", RULE)]),
    ]
    for act in acts:
        with pytest.raises(SegmentError, match="given"):
            act()
    assert list(engine.segments) == ["a"]


def test_a_segment_as_a_value() -> None:
    """What a segment says is kept, comes back, and can be given again."""
    said = Segment("a", RULE, "Active", "Any event", Origin("author", "mia"), Refresh.daily())
    engine = shop()
    engine.add_segments([said])
    kept = engine.segments["a"]
    assert (kept.title, kept.description, kept.origin) == (
        said.title,
        said.description,
        said.origin,
    )
    assert (kept.refresh, kept.rule, kept.refreshed_at) == (said.refresh, RULE, NOON)
    engine.edit_segment("a", evolve(kept, title="Awake", refresh=Refresh.live()))
    assert (engine.segments["a"].title, engine.segments["a"].next_refresh) == ("Awake", None)
    engine.edit_segment("a", "no event")
    assert engine.segments["a"].title == "Awake"


@pytest.mark.parametrize("name", ["picked", "march", "nowhere", "", 5, None])
def test_mappings(name: Any) -> None:
    """Segments, lists and cohorts are mappings: a name of another kind is not in them."""
    engine = shop(a="no event")
    engine.lists.add("picked")
    engine.cohorts.take("march", "no event")
    for view_, own in ((engine.segments, "a"), (engine.lists, "picked"), (engine.cohorts, "march")):
        assert [*view_] == [own]
        assert len(view_) == len(dict(view_)) == 1
        assert own in view_
        if name != own:
            assert name not in view_
            assert view_.get(name) is None
            with pytest.raises(KeyError):
                _ = view_[name]
    assert repr(engine.lists) == "<Lists (1 list)>"


def test_items_are_of_one_moment() -> None:
    """What changes while items are looked at does not disturb them."""
    engine = shop(a="no event", b="any event")
    for name, segment in engine.segments.items():
        assert segment.name == name
        if "b" in engine.segments and name == "a":
            engine.remove_segment("b")
    assert [*engine.segments] == ["a"]
    assert engine.segments == dict(engine.segments)
    assert [each.name for each in engine.segments.values()] == ["a"]
