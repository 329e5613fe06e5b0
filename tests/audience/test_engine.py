"""The engine by example."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta, timezone

import pytest

from segrules import (
    Change,
    Engine,
    Event,
    FactError,
    Rule,
    RuleError,
    Schema,
    SegmentError,
    SegrulesError,
)
from segrules.results import Cause

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
SCHEMA = Schema.commerce()


def engine(**segments: str) -> Engine:
    made = Engine(SCHEMA)
    for segment, text in segments.items():
        made.add_segment(segment, text)
    return made


def purchase(at: datetime, total: float = 10, event_id: str | None = None) -> Event:
    return Event("purchase", at, {"total": total}, event_id)


def moves(changes: tuple[Change, ...]) -> list[tuple[str, bool, datetime, str]]:
    return [(c.segment, c.joined, c.at, c.cause.kind) for c in changes]


def test_event() -> None:
    """An event moves a customer at once, and is named as the cause."""
    shop = engine(buyers="count of orders >= 1")
    [change] = shop.apply(purchase(NOON, event_id="o1"), customer="ann", at=NOON + HOUR)
    assert change == Change(
        "ann", "buyers", joined=True, at=NOON + HOUR, cause=Cause("event", "purchase", "o1")
    )
    assert shop.members("buyers") == {"ann"}
    assert shop.segments_of("ann") == {"buyers"}
    assert shop.count("buyers") == 1


def test_untriggered_event() -> None:
    """An event of another type changes nothing."""
    shop = engine(buyers="count of orders >= 1")
    assert shop.apply(Event("page_view", NOON), customer="ann", at=NOON) == ()
    assert tuple(shop.customers) == ("ann",)


def test_clock() -> None:
    """Time alone moves members, at the very instant, however late the host looks."""
    shop = engine(fresh="any event within 2 days", silent="no event within 2 days")
    shop.apply(Event("page_view", NOON), customer="ann", at=NOON)
    assert shop.next_deadline == NOON + 2 * DAY
    assert shop.advance_to(NOON + 2 * DAY - timedelta(microseconds=1)) == ()
    assert moves(shop.advance_to(NOON + 9 * DAY)) == [
        ("fresh", False, NOON + 2 * DAY, "clock"),
        ("silent", True, NOON + 2 * DAY, "clock"),
    ]
    assert shop.now == NOON + 9 * DAY
    assert shop.next_deadline is None


def test_clock_before_event() -> None:
    """What falls due before an event is reported before what the event does."""
    shop = engine(fresh="any event within 2 days")
    shop.apply(Event("page_view", NOON), customer="ann", at=NOON)
    later = NOON + 5 * DAY
    assert moves(shop.apply(Event("page_view", later), customer="ann", at=later)) == [
        ("fresh", False, NOON + 2 * DAY, "clock"),
        ("fresh", True, later, "event"),
    ]


def test_late_event() -> None:
    """A late event counts from its own instant; what it changes, changes now."""
    shop = engine(fresh="any event of type 'purchase' within 2 days")
    shop.set_attributes("ann", {}, at=NOON)
    assert moves(shop.apply(purchase(NOON - DAY), customer="ann", at=NOON)) == [
        ("fresh", True, NOON, "event")
    ]
    assert shop.next_deadline == NOON + DAY
    assert shop.apply(purchase(NOON - 30 * DAY), customer="ann", at=NOON) == ()


def test_late_call() -> None:
    """An `at` in the engine's past leaves its clock where it stands."""
    shop = engine(buyers="count of orders >= 1")
    shop.advance_to(NOON)
    [change] = shop.apply(purchase(NOON - DAY), customer="ann", at=NOON - HOUR)
    assert change.at == shop.now == NOON
    assert shop.advance_to(NOON - DAY) == ()
    assert shop.now == NOON


def test_future_event() -> None:
    """An event in the future counts for nothing until the clock reaches it."""
    shop = engine(buyers="count of orders >= 1")
    assert shop.apply(purchase(NOON + DAY), customer="ann", at=NOON) == ()
    assert shop.count("buyers") == 0
    assert moves(shop.advance_to(NOON + DAY)) == [("buyers", True, NOON + DAY, "clock")]


def test_duplicate_event() -> None:
    """An event with an id is taken once; one without is never a duplicate."""
    shop = engine(second="count of orders >= 2")
    for _ in range(3):
        assert shop.apply(purchase(NOON, event_id="o1"), customer="ann", at=NOON) == ()
    assert shop.apply(purchase(NOON, event_id="o1"), customer="bob", at=NOON) == ()
    assert len(shop.apply(purchase(NOON), customer="ann", at=NOON)) == 1


def test_same_instant() -> None:
    """`since that` is strictly later: two events of one instant are neither before nor after."""
    shop = engine(
        open="last event of type 'cart_abandoned' within 24h "
        "AND no event of type 'purchase' since that cart_abandoned"
    )
    for order in (("cart_abandoned", "purchase"), ("purchase", "cart_abandoned")):
        for event_type in order:
            shop.apply(Event(event_type, NOON), customer=order[0], at=NOON)
        assert shop.segments_of(order[0]) == {"open"}


def test_attributes() -> None:
    """Attributes are set and unset one by one, and only a change of value wakes a rule."""
    shop = engine(british="country = 'GB'", tagged="tags contains 'vip'")
    assert moves(shop.set_attributes("ann", {"country": "GB", "tags": ["vip"]}, at=NOON)) == [
        ("british", True, NOON, "attributes"),
        ("tagged", True, NOON, "attributes"),
    ]
    assert shop.set_attributes("ann", {"country": "GB"}, at=NOON) == ()
    [change] = shop.set_attributes("ann", {"country": None}, at=NOON)
    assert (change.segment, change.joined) == ("british", False)
    assert change.cause == Cause("attributes", attributes=("country",))
    assert shop.segments_of("ann") == {"tagged"}
    assert shop.customer("ann").attributes["tags"] == {"vip"}


def test_attributes_of_unlike_type() -> None:
    """The number 1 and `true` are different values, on their own and inside others."""
    shop = Engine(Schema.open())
    shop.add_segment("flagged", "flag = true OR deep.flag = true")
    for name, facts in (("flag", 1), ("deep", {"flag": 1})):
        shop.set_attributes("ann", {name: facts}, at=NOON)
        assert shop.count("flagged") == 0
    assert len(shop.set_attributes("ann", {"flag": True}, at=NOON)) == 1
    assert len(shop.set_attributes("ann", {"flag": None}, at=NOON)) == 1
    assert len(shop.set_attributes("ann", {"deep": {"flag": True}}, at=NOON)) == 1


def test_new_customer() -> None:
    """A rule that is true without any facts selects a customer with the first fact."""
    shop = engine(silent="no event of type 'purchase'", buyers="count of orders >= 1")
    assert shop.members("silent") == frozenset()
    assert moves(shop.set_attributes("ann", {}, at=NOON)) == [("silent", True, NOON, "attributes")]
    assert moves(shop.apply(purchase(NOON), customer="bob", at=NOON)) == [
        ("buyers", True, NOON, "event")
    ]
    assert shop.segments_of("nobody") == frozenset()
    assert shop.customer("nobody").events == ()


def test_add_segment() -> None:
    """A segment that is added selects whoever it should, at once."""
    shop = engine()
    shop.apply(purchase(NOON), customer="ann", at=NOON)
    assert moves(shop.add_segment("buyers", "count of orders within 7 days >= 1")) == [
        ("buyers", True, NOON, "edit")
    ]
    assert shop.next_deadline == NOON + 7 * DAY


def test_add_segments() -> None:
    """Segments that refer to each other are added in any order, all or none."""
    shop = engine()
    shop.apply(purchase(NOON), customer="ann", at=NOON)
    with pytest.raises(RuleError):
        shop.add_segments({"users": "in segment 'buyers'", "buyers": "count of ordrs > 0"})
    assert not shop.segments
    changes = shop.add_segments({"users": "in segment 'buyers'", "buyers": "count of orders > 0"})
    assert {change.segment for change in changes} == {"users", "buyers"}


def test_cohorts() -> None:
    """A rule about a cohort that the engine does not keep is refused."""
    rule = Rule("in cohort 'march'", SCHEMA, cohorts=["march"])
    with pytest.raises(RuleError, match="unknown cohort `march`"):
        engine().add_segment("them", rule)


def test_edit_segment() -> None:
    """An edit is one step: members who stay are not moved, and old deadlines are void."""
    shop = engine(buyers="count of orders within 7 days >= 1")
    shop.apply(purchase(NOON, 5), customer="ann", at=NOON)
    shop.apply(purchase(NOON, 50), customer="bob", at=NOON)
    changes = shop.edit_segment("buyers", "sum of total of orders > 20")
    assert [(c.customer, c.joined, c.cause.kind) for c in changes] == [("ann", False, "edit")]
    assert shop.next_deadline is None
    assert shop.advance_to(NOON + 30 * DAY) == ()


def test_edit_reaches_users() -> None:
    """An edit changes the segments that refer to the edited one, too."""
    shop = engine(base="country = 'GB'", outer="NOT (in segment 'base')")
    shop.add_segment("outermost", "in segment 'outer'")
    shop.set_attributes("ann", {"country": "GB"}, at=NOON)
    assert shop.segments_of("ann") == {"base"}
    shop.edit_segment("base", "country = 'US'")
    assert shop.segments_of("ann") == {"outer", "outermost"}
    assert shop.segments["outermost"].rule.triggers.attributes == {"country"}


def test_edit_into_circle() -> None:
    """A circle of references is refused and named, and nothing changes."""
    shop = engine(base="country = 'GB'", outer="NOT (in segment 'base')")
    with pytest.raises(RuleError) as error:
        shop.edit_segment("base", "in segment 'outer'")
    assert {finding.code for finding in error.value.findings} == {"cycle"}
    assert str(shop.segments["base"].rule) == "country = 'GB'"


def test_diamond() -> None:
    """Two ways to the same segment are no circle."""
    shop = engine(
        base="country = 'GB'",
        left="in segment 'base' AND emailOptIn = true",
        right="in segment 'base' AND smsOptIn = true",
        top="in segment 'left' OR in segment 'right'",
    )
    shop.set_attributes("ann", {"country": "GB", "smsOptIn": True}, at=NOON)
    assert shop.segments_of("ann") == {"base", "right", "top"}


def test_remove_segment() -> None:
    """A segment in use is not removed, and says who uses it; a free one is, deadlines and all."""
    shop = engine(base="any event within 2 days", outer="in segment 'base'")
    shop.apply(Event("page_view", NOON), customer="ann", at=NOON)
    with pytest.raises(SegmentError, match="`base` is used by `outer`"):
        shop.remove_segment("base")
    shop.remove_segment("outer")
    shop.remove_segment("base")
    assert not shop.segments
    assert shop.segments_of("ann") == frozenset()
    assert shop.next_deadline is None
    shop.add_segment("base", "no event")
    assert shop.advance_to(NOON + 9 * DAY) == ()


def test_lists() -> None:
    """A static segment's members are picked by hand, and rules see them."""
    shop = engine()
    assert shop.lists.add("press") == ()
    shop.add_segment("guests", "in segment 'press' AND NOT (country = 'US')")
    assert (
        moves(shop.lists.edit("press", add=["ann", "bob"], at=NOON))
        == [
            ("press", True, NOON, "edit"),
            ("guests", True, NOON, "edit"),
        ]
        * 2
    )
    assert shop.lists.edit("press", add=["ann"]) == ()
    assert [c.segment for c in shop.lists.edit("press", remove=["ann", "zoe"])] == [
        "press",
        "guests",
    ]
    assert shop.members("press") == shop.members("guests") == {"bob"}
    assert shop.customer("bob").lists == {"press"}
    with pytest.raises(SegmentError, match="`press` is used by `guests`"):
        shop.lists.drop("press")


def test_unknown_customer_taken_off_a_list() -> None:
    """Taking somebody unknown off a list makes nobody known, and moves nobody."""
    shop = engine(silent="no event")
    shop.lists.add("press", at=NOON)
    assert shop.lists.edit("press", remove=["zoe"], at=NOON) == ()
    assert tuple(shop.customers) == ()
    assert [c.joined for c in shop.lists.edit("press", add=["ann"], remove=["ann"], at=NOON)] == [
        True,
        True,
        False,
    ]
    assert shop.members("press") == frozenset()


def test_list_removed() -> None:
    """A list that is dropped leaves nothing behind for one of the same name."""
    shop = engine(open="no event")
    shop.lists.add("press", ["ann"], at=NOON)
    shop.lists.drop("press")
    assert shop.customer("ann").lists == frozenset()
    shop.lists.add("press")
    shop.add_segment("guests", "in segment 'press'")
    assert shop.members("guests") == frozenset()


def test_beyond_the_calendar() -> None:
    """An instant that UTC has no date for is refused, and changes nothing."""
    shop = engine(british="country = 'GB'")
    for at in (
        datetime.max.replace(tzinfo=timezone(-5 * HOUR)),
        datetime.min.replace(tzinfo=timezone(5 * HOUR)),
    ):
        with pytest.raises(FactError, match="beyond the calendar"):
            shop.set_attributes("ann", {"country": "GB"}, at=at)
        with pytest.raises(FactError, match="beyond the calendar"):
            shop.advance_to(at)
    assert (shop.now, tuple(shop.customers), shop.members("british")) == (None, (), frozenset())
    last = datetime.max.replace(tzinfo=UTC)
    [change] = shop.set_attributes("ann", {"country": "GB"}, at=last)
    assert change.at == shop.now == last


def test_facts_are_read_only() -> None:
    """What an engine gives out cannot be used to change what it knows."""
    shop = engine()
    shop.set_attributes("ann", {"tags": ["vip"]}, at=NOON)
    shop.apply(purchase(NOON), customer="ann", at=NOON)
    ann = shop.customer("ann")
    with pytest.raises(TypeError):
        ann.attributes["country"] = "GB"  # type: ignore[index]  # what must fail
    with pytest.raises(TypeError):
        ann.events[0].properties["total"] = 500  # type: ignore[index]  # what must fail


def test_add_list_with_members() -> None:
    """A static segment may begin with members, once there is an instant to begin at."""
    shop = engine(known="no event")
    with pytest.raises(SegmentError, match="pass `at=`"):
        shop.lists.add("press", ["ann"])
    assert list(shop.segments) == ["known"]
    assert moves(shop.lists.add("press", ["ann"], at=NOON)) == [
        ("press", True, NOON, "edit"),
        ("known", True, NOON, "edit"),
    ]


def test_preview() -> None:
    """A preview says who would be in, join and leave, and saves nothing."""
    shop = engine(buyers="count of orders >= 1")
    for name, total in (("ann", 5), ("bob", 50)):
        shop.apply(purchase(NOON, total), customer=name, at=NOON)
    shop.apply(Event("page_view", NOON), customer="cat", at=NOON)
    seen = shop.preview("totalSpent > 20 OR any event of type 'page_view'", against="buyers")
    assert (seen.count, seen.customers, round(seen.share, 3)) == (2, 3, 0.667)
    assert seen.joins == {"cat"}
    assert seen.leaves == {"ann"}
    assert shop.preview("count of orders >= 1").joins == {"ann", "bob"}
    shop.add_segment("user", "in segment 'buyers'")
    with pytest.raises(RuleError):
        shop.preview("in segment 'user'", against="buyers")
    shop.add_segment("preview", "in segment 'buyers'")
    assert shop.preview("in segment 'preview'").members == {"ann", "bob"}
    assert shop.members("buyers") == {"ann", "bob"}
    assert engine().preview("no event").share == 0


def test_explain() -> None:
    """An engine explains why a customer is in a segment, as of its clock."""
    shop = engine(buyers="count of orders >= 1")
    with pytest.raises(SegmentError, match="no clock yet"):
        shop.explain("buyers", "ann")
    shop.apply(purchase(NOON), customer="ann", at=NOON)
    assert str(shop.explain("buyers", "ann")).startswith("yes count of orders >= 1: 1, the last")
    assert not shop.explain("buyers", "nobody").holds


def test_repr() -> None:
    """An engine shows itself as a sentence."""
    shop = engine(fresh="any event within 2 days")
    assert repr(shop) == "<Engine (1 segment, 0 customers, no change by the clock)>"
    shop.apply(Event("page_view", NOON), customer="ann", at=NOON)
    assert repr(shop).endswith("1 customer, next change 2026-03-03T12:00:00Z)>")


def test_rules_as_values() -> None:
    """A rule made elsewhere is taken as it is, if it is of the same schema."""
    shop = engine(base="country = 'GB'")
    rule = Rule("country = 'US'", SCHEMA)
    shop.add_segment("us", rule)
    assert shop.segments["us"].rule is rule
    elsewhere = Rule("in segment 'base'", SCHEMA, segments={"base": rule})
    shop.add_segment("here", elsewhere)
    shop.set_attributes("ann", {"country": "GB"}, at=NOON)
    assert shop.segments_of("ann") == {"base", "here"}
    with pytest.raises(SegmentError, match="another schema"):
        shop.add_segment("odd", Rule("country = 'US'", Schema.open()))


BAD: list[tuple[Callable[[Engine], object], str]] = [
    (lambda e: e.apply(Event("purchse", NOON), customer="ann", at=NOON + DAY), "did you mean"),
    (lambda e: e.apply(Event("purchase", NOON, {"total": "secret"}), customer="ann", at=NOON + DAY),
     "`total` of `purchase` events must be a number, not text"),
    (lambda e: e.apply(purchase(NOON), customer="", at=NOON + DAY), "customer's id"),
    (lambda e: e.apply(purchase(NOON), customer="ann", at=NOON.replace(tzinfo=None)), "time zone"),
    (lambda e: e.apply("purchase", customer="ann", at=NOON), "must be an `Event`"),  # type: ignore[arg-type]  # what must fail
    (lambda e: e.set_attributes("ann", {"cuntry": "GB"}, at=NOON + DAY), "did you mean `country`"),
    (lambda e: e.set_attributes("ann", {"totalSpent": 5}, at=NOON + DAY), "cannot be set"),
    (lambda e: e.set_attributes("ann", {"lifecycleStage": "loyal"}, at=NOON), "cannot be set"),
    (lambda e: e.set_attributes("ann", {"country": "GB", "tags": "secret"}, at=NOON), "a list of"),
    (lambda e: e.set_attributes("ann", {"loyaltyPoints": float("nan")}, at=NOON + DAY), "finite"),
    (lambda e: e.advance_to(NOON.replace(tzinfo=None)), "time zone"),
    (lambda e: e.add_segment("buyers", "no event"), "already"),
    (lambda e: e.add_segment("", "no event"), "not empty"),
    (lambda e: e.add_segment("new", "no evnt"), "rule|event"),
    (lambda e: e.add_segment("new", 5), "not `int`"),  # type: ignore[arg-type]  # what must fail
    (lambda e: e.add_segment("new", "in segment 'buyer'"), "did you mean .*buyers"),
    (lambda e: e.edit_segment("buyrs", "no event"), "did you mean `buyers`"),
    (lambda e: e.edit_segment("picked", "no event"), "is a list"),
    (lambda e: e.lists.edit("buyers", add=["ann"]), "dynamic"),
    (lambda e: e.lists.edit("nowhere", add=["ann"]), "unknown list"),
    (lambda e: e.lists.edit("picked", add="ann", at=NOON), "collection"),
    (lambda e: e.remove_segment("nowhere"), "unknown segment"),
    (lambda e: e.members("nowhere"), "unknown segment"),
    (lambda e: e.members([]), "a name is text"),  # type: ignore[call-overload]  # what must fail
    (lambda e: e.add_segment("a\x1b[31m", "no event"), "can be printed"),
    (lambda e: e.set_attributes("ann", [], at=NOON), "must be a mapping"),  # type: ignore[arg-type]  # what must fail
    (lambda _: Engine("schema.toml"), "an engine's schema"),  # type: ignore[arg-type]  # what must fail
    (lambda e: e.count("nowhere"), "unknown segment"),
    (lambda e: e.preview("no event", against="nowhere"), "unknown segment"),
]  # fmt: skip


def state_of(shop: Engine) -> list[object]:
    """Return what bad input must leave as it is."""
    ann = shop.customer("ann")
    audiences = [dict(shop.segments), dict(shop.lists), dict(shop.cohorts)]
    known = [shop.segments_of("ann"), ann.events, ann.attributes, shop.customers]
    return [*audiences, *known, shop.now, shop.next_deadline, shop.audit]


@pytest.mark.parametrize(("act", "words"), BAD)
def test_bad_input(act: Callable[[Engine], object], words: str) -> None:
    """Bad input gets a clear error without the customer's value, and changes nothing."""
    shop = engine(buyers="count of orders within 2 days >= 1")
    shop.lists.add("picked")
    shop.apply(purchase(NOON), customer="ann", at=NOON)
    before = state_of(shop)
    with pytest.raises(SegrulesError, match=words) as error:
        act(shop)
    assert "secret" not in str(error.value)
    assert state_of(shop) == before


def test_threads() -> None:
    """Calls from many threads leave what the same calls in a row would."""
    shop = engine(third="count of orders >= 3", fresh="any event within 2 days")

    def act(number: int) -> None:
        name = f"c{number % 7}"
        shop.apply(purchase(NOON, event_id=f"o{number}"), customer=name, at=NOON)
        assert shop.members("third") <= set(shop.customers)

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(act, range(70)))
    everyone = {f"c{n}" for n in range(7)}
    assert shop.members("third") == shop.members("fresh") == everyone
    assert {c.customer for c in shop.advance_to(NOON + 9 * DAY)} == everyone
