"""How answers are kept up."""

from datetime import datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from segrules import Event, Limits, Rule
from segrules.audience.catalogue.catalogue import Catalogue
from segrules.audience.catalogue.segment import Dynamic
from segrules.audience.upkeep.people import Person, Population
from segrules.audience.upkeep.upkeep import Upkeep
from segrules.facts.history import History
from segrules.meaning.calendar import to_micros
from segrules.plan.plan import revise_plan
from tests.audience.shop import DAY, NOON, SCHEMA, purchase, shop, told, view
from tests.evaluation.planned import condition, plan_of
from tests.strategies.store import (
    CONDITIONS,
    FITTING_ATTRIBUTES,
    FITTING_EVENTS,
    RULES,
    instants,
    that_groups,
)

TEXTS = st.lists(st.one_of(RULES, CONDITIONS, that_groups()), min_size=1, max_size=6)


def keep(texts: list[str], *, keeps_all: bool = True) -> Upkeep:
    """Return the upkeep of segments."""
    catalogue, plan = Catalogue(SCHEMA, Limits()), plan_of(*texts)
    upkeep = Upkeep(catalogue, plan, keeps_all=keeps_all)
    for name, formula in plan.formulas.items():
        rule = Rule("country = 'GB'", SCHEMA)  # its formula decides, not its rule
        catalogue.add(Dynamic(name, rule, formula.number, formula.holds))
    upkeep.use_plan(plan)
    return upkeep


def should(upkeep: Upkeep, truth: int) -> int:
    """Return the segments that hold for a truth, found by asking all of them."""
    return sum(1 << s.number for s in upkeep.plan.formulas.values() if s.holds(truth))


@given(TEXTS, st.lists(st.integers(min_value=0), min_size=1, max_size=6))
def test_no_segment_is_missed(texts: list[str], truths: list[int]) -> None:
    """Whatever flips, those asked by polarity are all that change."""
    upkeep = keep(texts)
    person = upkeep.get_or_add("ann")
    everything = (1 << len(upkeep.plan.users)) - 1
    upkeep.apply_flips(person, 0, is_new=True)
    assert person.held == should(upkeep, upkeep.plan.blank)
    for truth in truths:
        before, target = person.held, truth & everything
        moves = upkeep.apply_flips(person, person.truth ^ target)
        assert person.truth == target
        assert person.held == should(upkeep, target)
        moved = sum(1 << segment.number for _, segment, _ in moves)
        assert moved == before ^ person.held
        assert all(joined is bool(person.held >> s.number & 1) for _, s, joined in moves)


@given(
    TEXTS,
    st.lists(st.one_of(FITTING_EVENTS, FITTING_ATTRIBUTES), min_size=1, max_size=8),
    instants(),
    st.booleans(),
)
def test_truth(texts: list[str], facts: list[object], at: datetime, keeps_all: bool) -> None:  # noqa: FBT001  # drawn by hypothesis
    """After every fact the truth is what all families say, found one by one."""
    upkeep, now = keep(texts, keeps_all=keeps_all), to_micros(at)
    person = upkeep.get_or_add("ann")
    for fact in facts:
        if isinstance(fact, Event):
            flips = upkeep.add_event(person, fact, now) or 0
        else:
            attributes = History(attributes=fact)  # type: ignore[arg-type]  # attributes
            flips = upkeep.set_attributes(person, attributes.attributes, now)[0]
        upkeep.apply_flips(person, flips)
        families = upkeep.plan.families.values()
        assert person.truth == sum(family.look(person.history, now)[0] for family in families)
        for family in families:
            until = family.look(person.history, now)[1]
            assert person.due.get(family.number, 1 << 63) == until


def test_several_streams() -> None:
    """A family that looks at several streams is asked when all of them know an event."""
    for retain in ("all", "rules"):
        engine = shop(
            retain,
            dear="any event of type 'purchase' has total > 5",
            again="any event of type 'purchase' "
            "AND any event of type 'purchase' has total > 5 since that purchase",
        )
        engine.apply(purchase(0, 1), customer="ann", at=NOON)
        assert told(engine.apply(purchase(1, 9), customer="ann", at=NOON + DAY)) == [
            ("ann", "dear", True, "event")
        ]
        assert engine.verify()


def test_equal_numbers() -> None:
    """Rules that write a number differently share the events that they ask about."""
    engine = shop(
        "rules",
        one="any event of type 'purchase' has total > 5",
        two="count of orders has total > 5.0 within 2 days >= 2",
    )
    for _ in range(2):
        engine.apply(purchase(0, 9), customer="ann", at=NOON)
    assert engine.segments_of("ann") == {"one", "two"}


def test_untriggered() -> None:
    """An event that no rule asks about is counted, and asks nobody."""
    engine = shop("rules", buyers="count of orders >= 1")
    engine.apply(view(), customer="ann", at=NOON)
    assert (engine.stats.events, engine.stats.evaluations) == (1, 0)
    [ann] = engine._core.upkeep.population.by_id.values()  # what is kept is not public
    assert (ann.history.by_type, ann.history.tracks) == ({}, {})


@pytest.mark.parametrize("retain", ["all", "rules"])
def test_bounded(retain: str) -> None:
    """What is kept of a customer is bounded by the rules, not by the events."""
    sizes = []
    for number in (50, 500):
        engine = shop(
            retain,  # type: ignore[arg-type]  # one of the two
            fresh="count of orders within 7 days >= 3",
            rich="sum of total of orders > 50",
            dear="last event of type 'purchase' has total > 50",
        )
        for each in range(number):
            engine.apply(purchase(each / 10), customer="ann", at=NOON + DAY * each / 10)
        [ann] = engine._core.upkeep.population.by_id.values()  # what is kept is not public
        tracks, logs = ann.history.tracks.values(), ann.history.by_type.values()
        sizes.append(sum(len(t.times) for t in tracks) + sum(len(log.times) for log in logs))
        assert engine.verify()
    assert (sizes[0] * 5 < sizes[1]) is (retain == "all")
    assert retain == "all" or sizes[1] < 40


def test_population() -> None:
    """Customers are known by id and by number; the number of one who is gone stays free."""
    population = Population()
    ann = population.add("ann", History(), 5)
    bob = population.add("bob", History(), 5)
    assert (ann.number, bob.number, len(population)) == (0, 1, 2)
    population.remove(ann)
    cid = population.add("cid", History(), 5)
    assert population.by_number == [None, bob, cid]
    assert list(population.by_id) == ["bob", "cid"]
    assert isinstance(cid, Person)


def test_follow() -> None:
    """Another plan is followed at once; who is new joins what it says of nobody's facts."""
    upkeep = keep(["any event"])
    plan = revise_plan(upkeep.plan, add={"s9": condition("no event")})
    formula = plan.formulas["s9"]
    rule = Rule("no event", SCHEMA)
    upkeep.catalogue.add(Dynamic("s9", rule, formula.number, formula.holds))
    upkeep.use_plan(plan)
    assert upkeep.joined_blank == 1 << plan.formulas["s9"].number
    [(ann, segment, joined)] = upkeep.apply_flips(upkeep.get_or_add("ann"), 0, is_new=True)
    assert (ann.id, segment.name, joined) == ("ann", "s9", True)
