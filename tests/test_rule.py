"""Rules as values."""

import inspect
import pickle
import sys
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from segrules import (
    Customer,
    Engine,
    Event,
    FactError,
    Limits,
    Rule,
    RuleError,
    Schema,
    SegrulesError,
    Verdict,
)
from segrules.errors import ArgumentError
from segrules.results import Triggers

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
SCHEMA = Schema.commerce()
ANN = Customer(
    "ann",
    {"country": "GB", "tags": ["vip"]},
    [Event("purchase", NOW - timedelta(days=d), {"total": 80.5}, f"o{d}") for d in (20, 30, 40)],
)

CART_ABANDONERS = """lifecycleStage in (engaged, converted, loyal)
AND last event of type 'cart_abandoned' within 24 hours
AND no event of type 'purchase' since that cart_abandoned"""
VIP_AT_RISK = """lifecycleStage = 'loyal'
AND lastActivityAt within 60 days
AND lastActivityAt not within 14 days"""
MOBILE_SHOPPERS = """totalSpent > 250
AND country = 'GB'
AND any event of type 'page_view' has device = 'mobile'
AND count of orders > 2"""


def make(text: str) -> Rule:
    return Rule(text, SCHEMA)


@pytest.mark.parametrize("text", [CART_ABANDONERS, VIP_AT_RISK, MOBILE_SHOPPERS])
def test_product_page(text: str) -> None:
    """The product page's examples run unchanged, and mean the same once formatted."""
    rule = make(text)
    assert make(str(rule)) == rule


def test_cart_abandoners() -> None:
    """A cart left an hour ago selects; a purchase after it, or a day, does not."""
    rule = make(CART_ABANDONERS)
    left = Event("cart_abandoned", NOW - timedelta(hours=1))
    ann = Customer("ann", events=[*ANN.events, left])
    assert rule.matches(ann, at=NOW)
    assert rule.verdict(ann, at=NOW).until == NOW + timedelta(hours=23)
    bought = Customer("ann", events=[*ann.events, Event("purchase", NOW)])
    assert not rule.matches(bought, at=NOW)
    assert not rule.matches(ann, at=NOW + timedelta(hours=23))


def test_vip_at_risk() -> None:
    """Loyal, silent for two weeks, not for two months."""
    rule = make(VIP_AT_RISK)
    silent_since = NOW - timedelta(days=20)
    for days, expected in ((13, False), (14, True), (59, True), (60, False)):
        assert rule.matches(ANN, at=silent_since + timedelta(days=days)) is expected
    assert rule.verdict(ANN, at=NOW).until == silent_since + timedelta(days=60)


def test_mobile_shoppers() -> None:
    """Spend, country, a mobile visit and a third order are all needed."""
    view = Event("page_view", NOW, {"device": "mobile"})
    rich = Event("purchase", NOW, {"total": 100})
    assert not make(MOBILE_SHOPPERS).matches(ANN, at=NOW)
    ann = Customer("ann", {"country": "GB"}, [*ANN.events, view, rich])
    assert make(MOBILE_SHOPPERS).matches(ann, at=NOW)


def test_equality() -> None:
    """Rules are equal by canonical text and schema, however they were written."""
    one, other = (
        make("totalSpent>500 and country = GB"),
        make("totalSpent > 500 AND country = 'GB'"),
    )
    assert one == other
    assert hash(one) == hash(other)
    assert str(one) == str(other)
    assert one == make(f"# whom we love\n{one.text}")
    assert one != make("totalSpent > 501 AND country = 'GB'")
    assert one != Rule(one.text, Schema.commerce(timezone="Europe/London"))
    assert one != one.text
    assert one == Rule(one.text, Schema.commerce())


def test_references() -> None:
    """What a segment means is taken in, and counts in equality; unused references do not."""
    loyal, rich = make("lifecycleStage = 'loyal'"), make("totalSpent > 100")
    text = "NOT (in segment 'them') AND in cohort 'march'"
    rule = Rule(text, SCHEMA, segments={"them": loyal, "other": rich}, cohorts=["march", "april"])
    assert dict(rule.segments) == {"them": loyal}
    assert rule.cohorts == {"march"}
    assert rule != Rule(text, SCHEMA, segments={"them": rich}, cohorts=["march"])
    assert pickle.loads(pickle.dumps(rule)) == rule
    listed = Customer("bob", cohorts=["march"])
    assert rule.matches(listed, at=NOW)
    assert rule.triggers.cohorts == {"march"}
    assert rule.triggers.wakes_on("purchase")


def test_lists() -> None:
    """Whether a customer is on a list is looked up in the customer."""
    rule = Rule("in segment 'press'", SCHEMA, lists=["press"])
    assert rule.matches(Customer("bob", lists=["press"]), at=NOW)
    assert not rule.matches(Customer("bob"), at=NOW)
    assert rule.triggers == Triggers(lists=frozenset({"press"}))


@pytest.mark.parametrize(
    ("text", "help_"),
    [
        ("in cohort 'press'", "it is a list: write `in segment 'press'`"),
        ("in cohort 'uk'", "it is a segment: write `in segment 'uk'`"),
        ("in segment 'march'", "it is a cohort: write `in cohort 'march'`"),
    ],
)
def test_reference_of_another_kind(text: str, help_: str) -> None:
    """A name of another kind of audience gets the right words."""
    with pytest.raises(RuleError) as error:
        Rule(
            text,
            SCHEMA,
            segments={"uk": make("country = 'GB'")},
            lists=["press"],
            cohorts=["march"],
        )
    assert error.value.findings[0].help == help_


def test_joins_explain_themselves() -> None:
    """Parts of joined rules keep apart in an explanation, though both began at one place."""
    british, american = make("country = 'GB'"), make("country = 'US'")
    joined = (british & american) | (american & ~british)
    assert joined == make(str(joined))
    told = joined.explain(ANN, at=NOW)
    assert told == make(str(joined)).explain(ANN, at=NOW)
    assert [part.asked for part in told.parts[0].parts] == ["country = 'GB'", "country = 'US'"]


def test_joins_too_large() -> None:
    """Joined rules keep to the limits of the first, and errors show the text of the whole."""
    flat = Limits(levels=1)
    either = Rule("country = 'GB' OR country = 'US'", SCHEMA, limits=flat)
    with pytest.raises(RuleError) as error:
        _ = either & make("totalSpent > 500")
    [finding] = error.value.findings
    assert finding.code == "too-deep"
    place = slice(finding.span.start, finding.span.end)
    assert finding.source.text[place] == "(country = 'GB' OR country = 'US')"
    short = Rule("country = 'GB'", SCHEMA, limits=Limits(characters=20))
    with pytest.raises(RuleError, match="characters"):
        _ = short | make("totalSpent > 500")


def test_combination() -> None:
    """Rules combine as their texts would, and `~` is an exact complement."""
    british, rich = make("country = 'GB'"), make("totalSpent > 500 OR tags contains 'vip'")
    assert str(british & rich) == "country = 'GB'\nAND (totalSpent > 500 OR tags contains 'vip')"
    assert (british | rich) == make("country = 'GB' OR totalSpent > 500 OR tags contains 'vip'")
    assert ~~british == british
    for rule in (british, rich, british & rich, british | rich):
        assert (~rule).matches(ANN, at=NOW) is not rule.matches(ANN, at=NOW)


def test_combination_keeps_references() -> None:
    """Each side brings its segments; two meanings of one name are refused."""
    one = Rule("in segment 'x'", SCHEMA, segments={"x": make("country = 'GB'")})
    other = Rule("in segment 'y'", SCHEMA, lists=["y"])
    both = one & other
    assert both.matches(Customer("a", {"country": "GB"}, lists=["y"]), at=NOW)
    clash = Rule("in segment 'x'", SCHEMA, segments={"x": make("country = 'US'")})
    with pytest.raises(SegrulesError, match="different audiences by `x`"):
        _ = one | clash


def test_combination_of_schemas() -> None:
    """Rules of different schemas do not combine."""
    with pytest.raises(SegrulesError, match="share a schema"):
        _ = make("country = 'GB'") & Rule("country = 'GB'", Schema.open())


def test_combination_too_deep() -> None:
    """A combination is checked like any rule."""
    deep = make("NOT (country = 'GB' OR NOT (city = 'Bath' AND email is set))")
    with pytest.raises(RuleError) as error:
        _ = deep & make("country = 'US'")
    assert [finding.code for finding in error.value.findings] == ["too-deep"]


def test_immutable() -> None:
    """Nothing about a rule can be set."""
    rule = make("country = 'GB'")
    with pytest.raises(AttributeError):
        rule.text = "country = 'US'"  # type: ignore[misc]  # what must fail


def test_naive_instant() -> None:
    """A naive instant is refused by name."""
    with pytest.raises(FactError, match="`at` has no time zone"):
        make("country = 'GB'").matches(ANN, at=NOW.replace(tzinfo=None))
    with pytest.raises(FactError, match="`at` must be an aware datetime"):
        make("country = 'GB'").matches(ANN, at="now")  # type: ignore[arg-type]  # what must fail


def test_not_text() -> None:
    """Only text is read as a rule."""
    with pytest.raises(ArgumentError, match="must be a `Customer`, not `dict`"):
        make("country = 'GB'").matches({"id": "ann"}, at=NOW)  # type: ignore[arg-type]  # what must fail
    with pytest.raises(ArgumentError, match="must be a `Customer`, not `str`"):
        make("country = 'GB'").verdict("ann", at=NOW)  # type: ignore[arg-type]  # what must fail
    with pytest.raises(ArgumentError, match="events must be a collection"):
        Customer("ann", events=Event("purchase", NOW))  # type: ignore[arg-type]  # what must fail
    with pytest.raises(TypeError):
        _ = make("country = 'GB'") & 5  # type: ignore[operator]  # what must fail
    with pytest.raises(TypeError):
        _ = make("country = 'GB'") | 5  # type: ignore[operator]  # what must fail
    with pytest.raises(SegrulesError, match="text must be a `str`, not `int`"):
        Rule(5, SCHEMA)  # type: ignore[arg-type]  # what must fail
    with pytest.raises(SegrulesError, match="schema must be a `Schema`, not `str`"):
        Rule("country = 'GB'", "shop.toml")  # type: ignore[arg-type]  # what must fail
    with pytest.raises(SegrulesError, match="`lists` must be a collection"):
        Rule("in segment 'vip'", SCHEMA, lists="vip")
    with pytest.raises(ArgumentError, match="lists must be a collection"):
        Customer("ann", lists="vip")


def test_limits() -> None:
    """A host sets how large a rule may be."""
    with pytest.raises(RuleError):
        Rule("country = 'GB' AND city = 'Bath'", SCHEMA, limits=Limits(levels=0))
    with pytest.raises(RuleError):
        Rule("country = 'GB'", SCHEMA, limits=Limits(characters=5))


def test_triggers() -> None:
    """A rule wakes on what its own words need, and on nothing else."""
    rule = make("lastOrderAt within 30 days")
    assert rule.triggers == Triggers(events=frozenset({"purchase"}), clock=True)
    assert not rule.triggers.wakes_on("page_view")
    cart = make("any event of type 'cart_abandoned' within 24h")
    assert cart.triggers.events == {"cart_abandoned"}
    assert make("whatsappOptIn = true").triggers == Triggers(
        events=frozenset({"opted_in", "opted_out"}), attributes=frozenset({"whatsappOptIn"})
    )
    assert make("no event within 30 days").triggers.wakes_on("anything")


def test_triggers_of_stages() -> None:
    """Stages after the last one that is asked for decide nothing, and wake nothing."""
    assert make("lifecycleStage = 'engaged'").triggers.wakes_on("add_to_cart")
    loyal = make("lifecycleStage in ('loyal', 'converted')")
    assert set(loyal.lookback) == {"purchase", "*"}
    assert "add_to_cart" in make("lifecycleStage is set").lookback


def test_lookback() -> None:
    """A rule says how much history of each event type it needs."""
    rule = make(
        "count of orders within 90 days >= 2 AND any event of type 'search' within 24h "
        "AND any event of type 'page_view'"
    )
    assert dict(rule.lookback) == {
        "purchase": timedelta(days=90),
        "search": timedelta(hours=24),
        "page_view": None,
    }


def test_explanation() -> None:
    """Each condition says what was asked, what was found, and until when it holds."""
    explained = make(VIP_AT_RISK).explain(ANN, at=NOW)
    assert explained.holds
    assert [part.asked for part in explained.parts] == VIP_AT_RISK.replace("AND ", "").split("\n")
    assert explained.parts[0].found == "'loyal'"
    assert "20 days ago" in explained.parts[1].found
    assert explained.until == make(VIP_AT_RISK).verdict(ANN, at=NOW).until
    assert "'GB'" in str(make("country = 'GB'").explain(ANN, at=NOW))
    hidden = make(VIP_AT_RISK).explain(ANN, at=NOW, redact=True)
    assert "2026" not in str(hidden)
    assert "loyal" not in hidden.parts[0].found


def test_explanation_of_segment() -> None:
    """A segment that is referred to is explained, part by part, in its place."""
    inner = make("country = 'GB' AND totalSpent > 1000")
    rule = Rule("NOT (in segment 'rich')", SCHEMA, segments={"rich": inner})
    assert str(rule.explain(ANN, at=NOW)).split("\n") == [
        "yes not this: it does not hold",
        "  no  in segment 'rich': not in `rich`",
        "    no  all of these: 1 of 2 hold",
        "      yes country = 'GB': 'GB'",
        "      no  totalSpent > 1000: 241.5",
    ]


def test_until_of_a_list() -> None:
    """A list of dates is one condition, and says the very instant at which it turns."""
    days = [datetime(2026, 1, 1, 12, tzinfo=UTC), datetime(2026, 2, 2, 12, tzinfo=UTC)]
    ann = Customer("ann", events=[Event("purchase", day) for day in days])
    rule = make("lastOrderAt in (2026-01-01, 2026-02-02)")
    assert rule.verdict(ann, at=days[0]) == Verdict(holds=True, until=None)
    assert rule.verdict(ann, at=days[0] - timedelta(days=9)).until == days[0]


def test_little_stack() -> None:
    """Where a host leaves too little stack for a deep rule, that is said, and nothing breaks."""
    deep = "country = 'GB'"
    for number in range(60):
        deep = f"(city = 'x' {'AND' if number % 2 else 'OR'} {deep})"
    limit = sys.getrecursionlimit()
    for room in range(60, 400, 20):
        try:
            sys.setrecursionlimit(len(inspect.stack(0)) + room)
            with pytest.raises(RuleError):
                make(deep)
        finally:
            sys.setrecursionlimit(limit)


def test_repr() -> None:
    """A rule shows its words and its schema."""
    assert repr(make("country = GB")).startswith("Rule(\"country = 'GB'\", <Schema 'commerce'")


def test_threads() -> None:
    """One rule may be asked from many threads at once, the first time included."""
    texts = [VIP_AT_RISK, CART_ABANDONERS, MOBILE_SHOPPERS] * 10
    with ThreadPoolExecutor(8) as pool:
        rules = list(pool.map(make, texts))
        answers = list(pool.map(lambda rule: rule.matches(ANN, at=NOW), rules * 5))
    assert answers == [True, False, False] * 50


def test_recursion_limit() -> None:
    """However little stack a host leaves, hostile text gives a RuleError and nothing else."""
    texts = ["(" * 100_000, "NOT " * 100_000 + "a = 1", "a = 1 AND " * 100_000, "\0", "\ud800"]
    limit = sys.getrecursionlimit()
    for text in texts:
        try:
            sys.setrecursionlimit(300)
            with pytest.raises(RuleError):
                make(text)
        finally:
            sys.setrecursionlimit(limit)


@pytest.mark.parametrize("wrong", [5, "any event", object()])
def test_wrong_types(wrong: Any) -> None:
    """What is no mapping of rules, no limits and no customer is refused in words."""
    with pytest.raises(SegrulesError, match="`segments`"):
        Rule("no event", SCHEMA, segments=wrong)
    with pytest.raises(SegrulesError, match="`segments`"):
        Rule("no event", SCHEMA, segments={"base": wrong})
    with pytest.raises(SegrulesError, match="`limits`"):
        Rule("no event", SCHEMA, limits=wrong)
    with pytest.raises(SegrulesError, match="`limits`"):
        Engine(SCHEMA, limits=wrong)
    with pytest.raises(ArgumentError):
        Rule("no event", SCHEMA).explain(wrong, at=NOW)


def test_one_name_two_kinds() -> None:
    """A name is a segment or a list, in one rule and in rules that are joined."""
    listed = Rule("in segment 'vip'", SCHEMA, lists=["vip"])
    dynamic = Rule("in segment 'vip'", SCHEMA, segments={"vip": make("country = 'GB'")})
    with pytest.raises(ArgumentError, match="different audiences by `vip`"):
        _ = listed | dynamic
    with pytest.raises(ArgumentError, match="different audiences by `vip`"):
        _ = dynamic & listed
    with pytest.raises(ArgumentError, match="`vip` cannot be both"):
        Rule("in segment 'vip'", SCHEMA, lists=["vip"], segments={"vip": make("country = 'GB'")})
