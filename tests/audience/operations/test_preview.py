"""Who a rule would select."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from segrules import Customer, Engine, Limits
from segrules.errors import ArgumentError
from tests.audience.shop import DAY, NOON, purchase, shop, view
from tests.strategies.crowd import CROWDS
from tests.strategies.store import CENTRE, RULES, SCHEMA


def crowd(number: int) -> Engine:
    """Return an engine in which customers have 0, 1, 2, 3, 0 … purchases."""
    engine = shop(buyers="count of orders >= 1")
    for each in range(number):
        engine.set_attributes(f"c{each}", {}, at=NOON)
        for _ in range(each % 4):
            engine.apply(purchase(), customer=f"c{each}", at=NOON)
    return engine


def test_against() -> None:
    """Compared with a segment it says who would join and who would leave."""
    engine = crowd(8)
    engine.add_segment("user", "NOT (in segment 'buyers')")
    found = engine.preview("count of orders >= 2 OR count of orders = 0", against="buyers")
    assert found.members == {"c0", "c2", "c3", "c4", "c6", "c7"}
    assert found.joins == {"c0", "c4"}
    assert found.leaves == {"c1", "c5"}
    assert (found.count, found.customers, found.share) == (6, 8, 0.75)
    assert list(engine.segments) == ["buyers", "user"]
    assert engine.count("buyers") == 6


def test_alone() -> None:
    """Without a segment everybody joins; of nobody the share is nothing."""
    found = crowd(4).preview("in segment 'buyers' AND count of orders within 2 days < 3")
    assert found.members == found.joins == {"c1", "c2"}
    assert found.leaves == frozenset()
    assert shop().preview("no event").share == 0.0


def test_against_a_list() -> None:
    """A rule may be compared with members that were picked by hand."""
    engine = crowd(4)
    engine.lists.add("press", ["c0", "c1"])
    engine.add_segment("guests", "in segment 'press'")
    found = engine.preview("count of orders >= 1", against="press")
    assert found.joins == {"c2", "c3"}
    assert found.leaves == {"c0"}
    assert engine.members("guests") == {"c0", "c1"}


@pytest.mark.parametrize(
    ("size", "sample"),
    [
        (0, ()),
        (1, ("c1",)),
        (3, ("c1", "c5", "c9")),
        (99, ("c1", "c2", "c3", "c5", "c6", "c7", "c9", "c10", "c11")),
    ],
)
def test_sample(size: int, sample: tuple[str, ...]) -> None:
    """A sample is spread over all members, and the same as long as they are."""
    engine = crowd(12)
    assert engine.preview("count of orders >= 1", sample=size).sample == sample


@pytest.mark.parametrize("sample", [-1, True, 1.5, "1"])
def test_bad_sample(sample: int) -> None:
    """A sample that is no number of members is refused."""
    with pytest.raises(ArgumentError, match="sample"):
        shop().preview("no event", sample=sample)


def test_everything_forgotten() -> None:
    """A rule may ask about events of which every one has been let go of since."""
    engine = shop(
        "rules",
        back="any event of type 'page_view' within 6 hours "
        "AND last event of type 'purchase' since that page_view",
    )
    for _ in range(20):
        engine.apply(view(-2), customer="ann", at=NOON)
    engine.advance_to(NOON + 30 * DAY)
    rule = "last event of type 'page_view' has path = '/gift' within 7 days"
    assert engine.preview(rule).count == 0
    assert engine.add_segment("gift", rule) == ()
    assert engine.verify()


def test_nothing_saved() -> None:
    """Nothing is changed by looking: no deadline, no plan, no entry in the audit log."""
    engine = crowd(4)
    before = (
        repr(engine._core.upkeep.plan),
        engine.next_deadline,
        engine.audit,
        engine.changes().token,
    )
    engine.preview("count of orders within 2 days >= 1")
    engine.preview("any event of type 'page_view' within 2 days", against="buyers")
    assert (
        repr(engine._core.upkeep.plan),
        engine.next_deadline,
        engine.audit,
        engine.changes().token,
    ) == before
    assert engine.apply(view(), customer="c0", at=NOON) == ()
    assert engine.advance_to(NOON + 9 * DAY) == ()


@given(CROWDS, RULES, RULES, st.sampled_from(["all", "rules"]))
def test_as_then_added(customers: list[Customer], text: str, other: str, retain: str) -> None:
    """A preview selects whom the segment then has, when it is added and when it is edited."""
    engine = Engine(SCHEMA, limits=Limits(levels=12), retain=retain)  # type: ignore[arg-type]  # one of the two
    text, other = (each.replace("in cohort 'march'", "no event") for each in (text, other))
    engine.lists.add("picked")
    engine.add_segments({"one": text, "other": other})
    for customer in customers:
        facts = {n: v for n, v in customer.attributes.items() if n == "points" and type(v) is int}
        engine.set_attributes(customer.id, facts, at=CENTRE)
    for rule, segment in ((f"({text}) OR ({other})", "new"), (f"NOT ({text})", "one")):
        found = engine.preview(rule, against=segment if segment == "one" else None)
        before = engine.members("one") if segment == "one" else frozenset()
        if segment == "one":
            engine.edit_segment(segment, rule)
        else:
            engine.add_segment(segment, rule)
        assert found.members == engine.members(segment)
        assert found.joins == found.members - before
        assert found.leaves == before - found.members


@pytest.mark.parametrize("size", [0, 1, 7, 10, 19, 25])
def test_sample_is_spread(size: int) -> None:
    """A sample reaches over all members, not only over the first."""
    engine = shop()
    for each in range(19):
        engine.set_attributes(f"c{each:02}", {}, at=NOON)
    sample = engine.preview("no event", sample=size).sample
    assert len(sample) == len(set(sample)) == min(size, 19)
    if size == 10:
        assert sample[-1] >= "c17"


def test_while_behind() -> None:
    """A preview is of the clock, whatever is overdue: it agrees with the rule itself."""
    engine = shop(day="any event within 1 day")
    for name in ("ann", "bob", "cid"):
        engine.apply(view(), customer=name, at=NOON)
    engine.advance_to(NOON + 9 * DAY, budget=1)
    assert engine.behind
    assert engine.count("day") > 0
    for text in (
        "any event within 1 day",
        "any event within 1 day AND NOT (any event within 25 h)",
    ):
        assert engine.preview(text).members == frozenset()


def test_in_a_backfill() -> None:
    """A preview is of the facts there are: those of a backfill come at its end."""
    engine = shop(buyers="any event of type 'purchase'")
    engine.apply(purchase(), customer="ann", at=NOON)
    with engine.backfill("import", at=NOON) as bulk:
        bulk.apply(purchase(), customer="new")
        for text in ("any event of type 'purchase'", "last event of type 'purchase' within 5 days"):
            assert engine.preview(text).members == {"ann"}
    assert engine.preview("any event of type 'purchase'").members == {"ann", "new"}
