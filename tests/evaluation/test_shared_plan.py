"""Many rules as one plan, and what becomes of it when rules come and go."""

from collections.abc import Mapping

from hypothesis import given
from hypothesis import strategies as st

from segrules.evaluation.atoms import Newest, Source
from segrules.evaluation.streams import Stream
from segrules.plan.needs import Need
from segrules.plan.plan import Family, Plan, revise_plan
from tests.evaluation.facing import event, history, micros
from tests.evaluation.planned import CALENDAR, condition, kept, plan_of
from tests.strategies.store import CONDITIONS, RULES, that_groups

TEXTS = st.one_of(RULES, CONDITIONS, that_groups())


def check_the_rest(before: Plan, after: Plan, others: Mapping[str, object]) -> None:
    """Hold that segments which are in both plans are served by the same things."""
    for name in others:
        old, new = before.formulas[name], after.formulas[name]
        assert new is old
        for atom in new.atoms:
            assert after.bits[atom] == before.bits[atom]
            one, other = before.families[atom.source], after.families[atom.source]
            assert one.number == other.number
            if one.atoms == other.atoms:
                assert one is other
    readers = {
        subscription.reader.stream: subscription.reader for subscription in before.subscriptions
    }
    for subscription in after.subscriptions:
        assert readers.get(subscription.reader.stream, subscription.reader) is subscription.reader


def check_whole(plan: Plan) -> None:
    """Hold that the parts of a plan fit together."""
    used = {atom for formula in plan.formulas.values() for atom in formula.atoms}
    assert plan.bits.keys() == used
    assert len(set(plan.bits.values())) == len(plan.bits)
    assert plan.families.keys() == {atom.source for atom in used}
    assert len({family.number for family in plan.families.values()}) == len(plan.families)
    for family in plan.families.values():
        assert family.bits == sum(1 << plan.bits[atom] for atom in family.atoms)
    numbers = [formula.number for formula in plan.formulas.values()]
    assert len(set(numbers)) == len(numbers)
    for atom, place in plan.bits.items():
        for way in (0, 1):
            users = [s.number for s in plan.formulas.values() if s.atoms.get(atom, (0, 0))[way]]
            assert plan.users[place][way] == sum(1 << number for number in users)


@given(st.lists(TEXTS, min_size=1, max_size=5), TEXTS, st.data())
def test_revised(texts: list[str], text: str, data: st.DataObject) -> None:
    """Adding, editing and removing a segment leaves all others as they are."""
    plan = plan_of(*texts)
    check_whole(plan)
    added = revise_plan(plan, add={"new": condition(text)})
    check_whole(added)
    check_the_rest(plan, added, plan.formulas)
    name = data.draw(st.sampled_from(sorted(plan.formulas)))
    others = {other: None for other in added.formulas if other != name}
    edited = revise_plan(added, add={name: condition(text)}, remove=[name])
    check_whole(edited)
    check_the_rest(added, edited, others)
    assert edited.formulas[name].number == added.formulas[name].number
    removed = revise_plan(added, remove=[name])
    check_whole(removed)
    check_the_rest(added, removed, others)
    assert name not in removed.formulas


def families(plan: Plan) -> dict[Source, Family]:
    return dict(plan.families)


def test_same_rule_again() -> None:
    """A segment that says what others say adds nothing but its formula."""
    plan = plan_of("any event within 7 days", "points > 1")
    again = revise_plan(plan, add={"s2": condition("points > 1 AND no event within 7 days")})
    assert again.bits == plan.bits
    assert families(again) == families(plan)
    assert again.blank == plan.blank == 0


def test_shared_family() -> None:
    """Windows on the same event are one family, which is compiled anew when there is one more."""
    plan = plan_of("any event of type 'cart' within 7 days", "points > 1")
    more = revise_plan(plan, add={"s2": condition("no event of type 'cart' within 2 days")})
    source = Newest(Stream("cart"), 1)
    assert len(more.families) == 2
    assert more.families[source] is not plan.families[source]
    assert len(more.families[source].atoms) == 2
    assert more.families[source].number == plan.families[source].number
    less = revise_plan(more, remove=["s0"])
    assert less.bits.keys() < more.bits.keys()
    fresh = revise_plan(less, add={"s3": condition("country = 'GB'")})
    assert fresh.bits[next(iter(fresh.formulas["s3"].atoms))] == 0
    assert fresh.formulas["s3"].number == 0


def test_routes() -> None:
    """An event concerns the streams and families of its type, and those of every type."""
    plan = plan_of(
        "any event of type 'cart'",
        "any event of type 'cart' has total > 1",
        "last event of type 'cart' has total > 1",
        "any event within 2 days",
    )
    cart, view = plan.route("cart"), plan.route("view")
    assert [c.reader.stream.event_type for c in cart.subscriptions] == ["cart", "cart", None]
    assert [c.reader.stream.event_type for c in view.subscriptions] == [None]
    assert len(cart.families) == 1
    assert view is plan.elsewhere
    assert cart.need == Need(newest=1)
    assert view.need is None
    assert len(plan.subscriptions) == 3


def test_ways() -> None:
    """Attributes and lists lead to the families that look at them."""
    plan = plan_of(
        "points > 1 AND address.city is set AND renewsAt within 2 days",
        "in segment 'picked'",
        "any event of type 'view' AND renewsAt since that view",
        "sum of total of orders >= 0",
    )
    assert {name: len(found) for name, found in plan.by_attribute.items()} == {
        "points": 1,
        "address": 1,
        "renewsAt": 2,
    }
    assert len(plan.by_list["list", "picked"]) == 1
    assert len(plan.by_stream) == 2
    always = next(iter(plan.formulas["s3"].atoms))
    assert plan.blank == 1 << plan.bits[always]
    ann = kept(plan, history(event("view", 1), renewsAt=event("view", 2).at))
    assert {f.source for f in plan.find_families(ann)} >= {
        f.source for f in plan.by_attribute["renewsAt"]
    }
    truth = plan.blank
    for family in plan.find_families(ann):
        truth ^= (truth ^ family.look(ann, micros(3))[0]) & family.bits
    assert plan.formulas["s2"].holds(truth)
    assert not plan.formulas["s1"].holds(truth)


def test_nothing() -> None:
    """A plan of no segments asks nothing."""
    plan = Plan(CALENDAR)
    assert plan.route("cart").subscriptions == plan.subscriptions == ()
    assert plan.find_families(history(event("cart", 1), points=1)) == []
    empty = revise_plan(plan_of("points > 1"), remove=["s0"])
    assert (len(empty.bits), len(empty.users), empty.blank) == (0, 0, 0)


def test_numbers_written_otherwise() -> None:
    """Equal numbers are the same question and the same stream, however they are written."""
    plan = plan_of(
        "points > 1 AND any event of type 'cart' has total > 1",
        "points > 1.0 AND count of events of type 'cart' has total > 1.00 within 7 days >= 2",
    )
    assert len(plan.by_attribute["points"][0].atoms) == 1
    [subscription] = plan.subscriptions
    ann = history(event("cart", 1, total=5), event("cart", 2, total=5))
    ann.tracks[subscription.reader.name] = subscription.reader.gather(ann)
    ann.by_type.clear()
    assert all(family.look(ann, micros(3))[0] for family in subscription.families)
