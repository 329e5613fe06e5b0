"""What an engine that forgets has to be told again."""

from datetime import timedelta

import pytest

from segrules import Engine, Event, FactError, RuleError, SegmentError
from segrules.errors import ArgumentError, ForgottenError
from tests.audience.shop import DAY, HOUR, NOON, purchase, shop, told, view

LATER = NOON + 30 * DAY


def seasoned(**segments: str) -> Engine:
    """Return an engine that has had one purchase at noon, and one thirty days later."""
    engine = shop("rules", **segments)
    engine.apply(purchase(0, event_id="o1"), customer="ann", at=NOON)
    engine.apply(purchase(30, event_id="o2"), customer="ann", at=LATER)
    return engine


def spans_of(engine: Engine, **rules: str) -> dict[str, timedelta | None]:
    """Return what would have to be told again; nothing changes by asking."""
    before = (dict(engine.segments), engine.audit, engine.changes().token)
    with pytest.raises(ForgottenError) as error:
        engine.add_segments(rules)
    assert (dict(engine.segments), engine.audit, engine.changes().token) == before
    return error.value.spans


@pytest.mark.parametrize(
    ("rule", "spans", "words"),
    [
        ("any event of type 'purchase'", {"purchase": None}, "all `purchase` events"),
        (
            "any event of type 'purchase' within 7 days",
            {"purchase": 7 * DAY},
            "the `purchase` events of the last 7 days",
        ),
        (
            "any event of type 'purchase' within 1 day",
            {"purchase": DAY},
            "the `purchase` events of the last 1 day",
        ),
        (
            "any event of type 'purchase' within 6 hours",
            {"purchase": 6 * HOUR},
            "the `purchase` events of the last 6 hours",
        ),
        (
            "any event of type 'purchase' within 1 hour",
            {"purchase": HOUR},
            "the `purchase` events of the last 1 hour",
        ),
        ("any event within 2 days", {"*": 2 * DAY}, "the events of every type of the last 2 days"),
        ("first event", {"*": None}, "all events of every type"),
        (
            "last event of type 'purchase' has total > 1 within 7 days",
            {"purchase": 7 * DAY},
            "the `purchase` events of the last 7 days",
        ),
        (
            "any event of type 'purchase' within 7 days AND count of orders within 2 days >= 3",
            {"purchase": 7 * DAY},
            "the `purchase` events of the last 7 days",
        ),
        (
            "sum of total of orders within 7 days > 1 AND any event within 9 days",
            {"purchase": 7 * DAY, "*": 9 * DAY},
            "the events of every type of the last 9 days and the `purchase` events of",
        ),
        (
            "sum of total of orders within 7 days > 1 OR sum of total of orders > 9",
            {"purchase": None},
            "all `purchase` events",
        ),
    ],
)
def test_spans(rule: str, spans: dict[str, timedelta | None], words: str) -> None:
    """A rule that asks about forgotten events says which, and how far back."""
    engine = seasoned()
    assert spans_of(engine, new=rule) == spans
    with pytest.raises(ForgottenError, match=f"`new` would need {words}"):
        engine.add_segment("new", rule)
    with pytest.raises(ForgottenError, match=f"the rule would need {words}"):
        engine.preview(rule)


@pytest.mark.parametrize(
    "rule",
    [
        "any event of type 'page_view'",
        "first event of type 'signup'",
        "country = 'GB'",
        "any event of type 'purchase' within 20 days AND any event of type 'page_view'",
    ],
)
def test_nothing_forgotten(rule: str) -> None:
    """What has never come, or long ago, is not forgotten."""
    engine = shop("rules")
    engine.apply(purchase(), customer="ann", at=NOON)
    engine.advance_to(LATER)
    assert engine.add_segment("new", rule) == ()
    assert engine.verify()


def test_kept_is_known() -> None:
    """What the rules keep answers others too, as far as it reaches."""
    engine = seasoned(three="count of orders within 90 days >= 3", rich="totalSpent > 1")
    for number, rule in enumerate(
        [
            "count of orders within 7 days >= 3",
            "sum of total of orders > 15",
            "avg of total of orders > 1",
        ]
    ):
        engine.add_segment(f"new {number}", rule)
    assert engine.segments_of("ann") == {"rich", "new 1", "new 2"}
    assert spans_of(engine, more="count of orders within 7 days >= 4") == {"purchase": 90 * DAY}


def test_shorter_then_longer() -> None:
    """What was enough for a short window is not taken for all there was."""
    engine = shop("rules")
    engine.apply(purchase(0), customer="ann", at=NOON)
    engine.advance_to(LATER)
    engine.add_segment("week", "any event of type 'purchase' within 7 days")
    assert spans_of(engine, more="any event of type 'purchase' within 60 days") == {
        "purchase": 60 * DAY
    }
    engine.add_segments(
        {"more": "any event of type 'purchase' within 60 days"}, history=[("ann", purchase())]
    )
    assert engine.members("more") == {"ann"}
    engine.add_segment("month", "any event of type 'purchase' within 31 days")
    assert engine.members("month") == {"ann"}


def test_replayed_short_then_longer() -> None:
    """The same of what has been told again."""
    engine = seasoned()
    engine.add_segments(
        {"week": "count of orders within 7 days >= 1"}, history=[("ann", purchase(30, 10, "o2"))]
    )
    assert engine.members("week") == {"ann"}
    rule = "count of orders since 2026-02-01 >= 1 AND no event of type 'purchase' before 2026-03-20"
    assert spans_of(engine, more=rule) == {"purchase": None}
    # As time goes on, what is known of reaches further back.
    engine.advance_to(LATER + 20 * DAY)
    engine.add_segment("longer", "count of orders within 26 days >= 1")
    assert engine.members("longer") == {"ann"}


def test_others_stay_exact() -> None:
    """Whatever else looks at the same events goes on to be exact."""
    engine = seasoned(
        first="first event of type 'purchase' in 2026-03",
        older="count of orders before 20 days ago >= 1",
    )
    rule = "count of orders within 7 days >= 2"
    assert spans_of(engine, new=rule) == {"purchase": None}
    engine.add_segments(
        {"new": rule}, history=[("ann", purchase(0, 10, "o1")), ("ann", purchase(30, 10, "o2"))]
    )
    engine.apply(purchase(31), customer="ann", at=LATER + DAY)
    assert engine.segments_of("ann") == {"first", "older", "new"}


def test_exact_from_then_on() -> None:
    """An engine that was told again answers as one that has forgotten nothing."""
    rule = (
        "sum of total of orders within 14 days > 15 OR last event of type 'purchase' has total > 50"
    )
    facts = [purchase(day, day, f"o{day}") for day in range(25)]
    lean, full = shop("rules"), shop("all")
    for engine in (lean, full):
        for each in facts:
            engine.apply(each, customer="ann", at=each.at)
    assert spans_of(lean, new=rule) == {"purchase": None}
    changes = lean.add_segments({"new": rule}, history=[("ann", each) for each in facts], by="mia")
    assert told(changes) == told(full.add_segment("new", rule)) == [("ann", "new", True, "edit")]
    for day in range(25, 60, 5):
        for engine in (lean, full):
            engine.apply(purchase(day, 60 - day), customer="ann", at=NOON + day * DAY)
        assert lean.members("new") == full.members("new")
    assert told(lean.advance_to(NOON + 90 * DAY)) == told(full.advance_to(NOON + 90 * DAY))


def test_only_what_has_been_had() -> None:
    """Of events it has not had nothing is learnt, nor of customers it does not know."""
    for engine in (shop("rules"), shop("all")):
        engine.apply(purchase(0, 10, "o1"), customer="ann", at=NOON)
        facts = [
            ("ann", purchase(0, 10, "o1")),
            ("ann", purchase(0, 10, "o2")),
            ("bob", purchase(0, 10, "o3")),
        ]
        engine.add_segments(
            {"twice": "count of orders >= 2", "once": "count of orders >= 1"}, history=facts
        )
        assert engine.segments_of("ann") == {"once"}
        assert tuple(engine.customers) == ("ann",)
        assert told(engine.apply(purchase(0, 10, "o2"), customer="ann", at=NOON)) == [
            ("ann", "twice", True, "event")
        ]


def test_events_themselves() -> None:
    """Events whose properties are asked about are kept once more, of whoever has had any."""
    engine = seasoned(dear="last event of type 'purchase' has total > 5", views="first event")
    engine.apply(view(), customer="bob", at=LATER)
    engine.add_segment("dearer", "last event of type 'purchase' has total > 50")
    rules = {
        "gift": "last event of type 'page_view' has path = '/gift'",
        "views": "count of events of type 'page_view' >= 1",
    }
    assert spans_of(engine, gift=rules["gift"]) == {"page_view": None}
    gift = Event("page_view", NOON, {"path": "/gift"}, "v1")
    engine.apply(gift, customer="bob", at=LATER)
    facts = [("bob", view()), ("bob", gift), ("ann", purchase(0, 10, "o1"))]
    engine.add_segment("gift", rules["gift"], history=facts)
    engine.edit_segment("views", rules["views"], history=facts)
    assert engine.members("gift") == engine.members("views") == {"bob"}
    assert engine.members("dear") == {"ann"}
    assert engine.verify()


def test_told_twice() -> None:
    """An event that is told twice counts once."""
    engine = seasoned()
    facts = [("ann", purchase(0, 10, "o1"))] * 3
    engine.add_segments(
        {"twice": "count of orders >= 2", "once": "count of orders >= 1"}, history=facts
    )
    assert engine.segments_of("ann") == {"once"}


def test_together() -> None:
    """Segments that refer to each other are added and edited in one step, with their users."""
    engine = seasoned(base="country = 'GB'")
    engine.add_segment("user", "NOT (in segment 'base')")
    history = [("ann", purchase(0, 10, "o1")), ("ann", purchase(30, 10, "o2"))]
    changes = engine.add_segments(
        {
            "second": "in segment 'first' AND NOT (in segment 'base')",
            "first": "count of orders within 7 days >= 1",
        },
        history=history,
    )
    assert sorted(told(changes)) == [
        ("ann", "first", True, "edit"),
        ("ann", "second", True, "edit"),
    ]
    changes = engine.edit_segment("base", "sum of total of orders >= 20", history=history)
    assert sorted(told(changes)) == [
        ("ann", "base", True, "edit"),
        ("ann", "second", False, "edit"),
        ("ann", "user", False, "edit"),
    ]
    assert set(engine.audit[-1].names) == {"base", "second", "user"}


def test_bad_input() -> None:
    """Bad input is refused, and nothing is learnt."""
    engine = seasoned(base="country = 'GB'")
    engine.lists.add("press")
    before = (dict(engine.segments), engine.audit, engine.now)
    good = {"new": "count of orders >= 1"}
    for rules, facts, error in (
        ({"new": "count of ordrs"}, [], RuleError),
        ({"press": "no event"}, [], SegmentError),
        ({"": "no event"}, [], SegmentError),
        (good, [("ann", purchase(0, 10, "o1")), ("ann", Event("sneeze", NOON))], FactError),
        (good, [("ann", purchase(0, 10, "o1")), ("", purchase())], FactError),
        (good, [("ann", "purchase")], ArgumentError),
    ):
        with pytest.raises(error):
            engine.add_segments(rules, history=facts)  # type: ignore[arg-type]  # what must fail
        assert (dict(engine.segments), engine.audit, engine.now) == before
    assert spans_of(engine, new="count of orders >= 1") == {"purchase": None}


def test_forgotten_for_good() -> None:
    """When no rule asks for events themselves any more, they are not kept any longer."""
    engine = seasoned(dear="last event of type 'purchase' has total > 50", other="any event")
    engine.apply(purchase(30, 60, "o3"), customer="ann", at=LATER)
    assert engine.members("dear") == {"ann"}
    engine.remove_segment("dear")
    assert spans_of(engine, dear="last event of type 'purchase' has total > 50") == {
        "purchase": None
    }
    [ann] = engine._core.upkeep.population.by_id.values()  # what is kept is not public
    assert ann.history.by_type == {}


def test_values_are_asked_for_later() -> None:
    """Who has only had sums kept is exact too, once a segment asks for single values."""
    engine = shop("rules", spent="sum of total of orders within 90 days > 50")
    engine.apply(purchase(-9, 70), customer="ann", at=NOON)
    engine.apply(purchase(-9, 70), customer="bob", at=NOON)
    engine.add_segment("big", "max of total of orders within 20 days > 60")
    assert engine.members("big") == {"ann", "bob"}
    engine.apply(purchase(0, 80), customer="bob", at=NOON)
    engine.apply(purchase(0, 10), customer="ann", at=NOON)
    assert engine.members("big") == {"ann", "bob"}
    engine.advance_to(NOON + 12 * DAY)
    assert engine.members("big") == {"bob"}
    assert engine.verify()
