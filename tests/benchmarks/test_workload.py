from collections import Counter
from collections.abc import Iterator
from datetime import timedelta
from hashlib import sha256

import pytest
from attrs import evolve

from benchmarks.conditions import (
    STAGES,
    All,
    Condition,
    Counted,
    Either,
    Happened,
    Moment,
    Not,
    NotSince,
    Picked,
    Reckoned,
    Soon,
    Stream,
    to_text,
)
from benchmarks.profiles import (
    BRANDS,
    LATE,
    LATEST,
    STORM_TYPES,
    TEMPLATES,
    brands,
    draw_adversarial,
    draw_segments,
    storm,
)
from benchmarks.workload import EVENT_TYPES, SCHEMA, Size, make_facts, make_population
from segrules import Rule, Schema

SIZE = Size(200, 4_000)


def facts(size: Size = SIZE) -> list[tuple[object, ...]]:
    return [*make_facts(make_population(size.customers), size)]


def digest(value: object) -> str:
    return sha256(repr(value).encode()).hexdigest()[:16]


def parts(condition: Condition) -> Iterator[Condition]:
    """Yield a condition and what it is made of."""
    yield condition
    match condition:
        case All(terms) | Either(terms):
            for term in terms:
                yield from parts(term)
        case Not(term):
            yield from parts(term)
        case _:
            pass


def test_facts_are_the_same_everywhere() -> None:
    """A seed gives the same customers and events on every machine and in every run."""
    assert facts() == facts()
    assert digest(facts()) == "42853fc9be081488"
    assert digest(make_population(50).attributes) == "1821780eb0a18959"


def test_rules_are_the_same_everywhere() -> None:
    """A seed gives the same rules, and no two of them are the same."""
    texts = [to_text(each) for each in draw_segments(500).values()]
    assert digest(texts) == "bd3c17940e7ce741"
    assert len(set(texts)) == 500


def test_fewer_segments_are_the_first_of_more() -> None:
    """Ten segments are the first ten of two thousand."""
    many = draw_segments(2_000)
    for number in (10, 60, 500):
        assert [*draw_segments(number).items()] == [*many.items()][:number]


@pytest.mark.parametrize("number", [10, 60, 200])
def test_six_in_ten_move_with_the_clock(number: int) -> None:
    """Six in ten rules are such that time alone may change the answer."""
    for drawn in (draw_segments(number), draw_adversarial(number)):
        rules = [Rule(to_text(each), SCHEMA) for each in drawn.values()]
        assert sum(rule.triggers.clock for rule in rules) == number * 6 // 10


def test_no_rule_asks_about_a_search() -> None:
    """Of the seven types one is named by no rule; those about any activity hear of it, too."""
    rules = [Rule(to_text(each), SCHEMA) for each in draw_segments(500).values()]
    named = {kind for rule in rules for kind in rule.triggers.events}
    assert named & {*EVENT_TYPES} == {*EVENT_TYPES} - {"search"}
    assert "*" in named


def test_windows() -> None:
    """Windows reach from an hour to half a year."""
    lengths = set()
    for segment in draw_segments(500).values():
        for part in parts(segment):
            match part:
                case Happened() | Counted() | Reckoned() | Picked() | NotSince():
                    lengths.add(part.within)
                case Moment() | Soon():
                    lengths.add(part.length)
                case _:
                    pass
    spans = sorted(length.span for length in lengths if length is not None)
    assert (spans[0], spans[-1]) == (timedelta(hours=1), timedelta(days=180))


def test_an_adversary_shares_nothing() -> None:
    """No two adversarial segments ask about the same events."""
    streams = [
        part.stream
        for segment in draw_adversarial(500).values()
        for part in parts(segment)
        if isinstance(part, Happened | Counted | Reckoned)
    ]
    assert len(set(streams)) == len(streams) == 500
    assert Stream("purchase") not in streams


def test_customers_are_busy_like_zipf() -> None:
    """A tenth of the customers do more than a quarter of everything, and nobody does most of it."""
    done = Counter(row[2] for row in facts(Size(2_000, 24_000)))
    busiest = done.most_common(200)
    assert sum(number for _, number in busiest) > 24_000 / 4
    assert busiest[0][1] < 24_000 / 100


def test_one_in_a_hundred_is_late() -> None:
    """One percent of the events come late, by up to an hour; in the late profile three in ten."""
    for size in (Size(200, 20_000), evolve(SIZE, late=LATE, latest=LATEST)):
        delays = [row[0] - row[1] for row in make_facts(make_population(200), size)]
        late = [delay for delay in delays if delay]
        assert len(late) / len(delays) == pytest.approx(size.late, rel=0.15)
        assert size.latest * 0.9 < timedelta(microseconds=max(late)) < size.latest


def test_refunds() -> None:
    """Some orders are refunds, with a negative total."""
    totals = [
        row[5]["total"] for row in make_facts(make_population(200), SIZE) if row[3] == "purchase"
    ]
    assert 0.02 < sum(total < 0 for total in totals) / len(totals) < 0.09


def test_agency() -> None:
    """An agency's brands have the same segments and other people."""
    clients = brands(240, 2_400, 0.2)
    assert len(clients) == BRANDS
    assert all(len(client.texts) == TEMPLATES for client in clients)
    assert len({digest(client.texts) for client in clients}) == 1
    assert len({digest(client.population.attributes) for client in clients}) == BRANDS


def test_storm() -> None:
    """In the storm everybody has six things that count until the same midnight."""
    workload = storm(20, 5)
    done = Counter((fact.customer, fact.event.type) for fact in workload.before)
    assert len(done) == len(workload.before) == 20 * len(STORM_TYPES)
    assert all(fact.at > workload.before[-1].at for fact in workload.during)


def test_stages_are_those_of_the_schema() -> None:
    """The stages that every contestant knows are what the schema says."""
    defined = Schema.commerce().attributes["lifecycleStage"].stages
    assert [(stage.value, Rule(stage.rule, SCHEMA)) for stage in defined] == [
        (value, Rule(to_text(condition), SCHEMA)) for value, condition in STAGES
    ]
