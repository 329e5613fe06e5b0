"""Seeded workloads: who the customers are, what they do and when, and which segments are asked.

Nothing here reads a clock: the same seed and sizes give the same facts and rules on every machine.
"""

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, timedelta
from itertools import accumulate
from random import Random
from typing import Any, Final, TypeAlias

from attrs import frozen

from benchmarks.conditions import Condition, to_text
from benchmarks.templates import (
    CAMPAIGNS,
    CATEGORIES,
    CHANNELS,
    COUNTRIES,
    DEVICES,
    LANGUAGES,
    PATHS,
    TAGS,
)
from segrules import Event, Schema
from segrules.meaning.calendar import to_datetime, to_micros

SEED: Final = 20260301
SCHEMA: Final = Schema.commerce()
START: Final = datetime(2026, 1, 5, tzinfo=UTC)
DAYS: Final = 180
END: Final = START + timedelta(days=DAYS)
EVENT_TYPES: Final[Mapping[str, float]] = {
    "page_view": 0.48,
    "product_view": 0.18,
    "add_to_cart": 0.10,
    "message_opened": 0.09,
    "search": 0.06,
    "purchase": 0.05,
    "cart_abandoned": 0.04,
}
"""How often each type comes. No rule names `search`; those about any activity hear of it, too."""


@frozen
class Fact:
    """An event of a customer, and when the host learns of it."""

    at: datetime
    customer: str
    event: Event


@frozen
class Population:
    """Customers with the attributes that the host sets, and how busy each of them is."""

    attributes: Mapping[str, Mapping[str, Any]]
    busyness: tuple[float, ...]

    @property
    def ids(self) -> tuple[str, ...]:
        """Who there is."""
        return tuple(self.attributes)


@frozen
class Size:
    """How large a workload is, and which part of its time is measured."""

    customers: int
    events: int
    late: float = 0.01
    latest: timedelta = timedelta(hours=1)
    measured: float = 0.2


@frozen
class Workload:
    """Customers, what they did before the measurement, what they do in it, and the rules."""

    population: Population
    before: tuple[Fact, ...]
    during: tuple[Fact, ...]
    texts: Mapping[str, str]

    @property
    def turn(self) -> datetime:
        """The instant at which the measured part begins."""
        return self.before[-1].at


RawFact: TypeAlias = tuple[int, int, str, str, str, dict[str, Any]]
"""When the host learns of it, when it happened, its customer, type, id and properties."""


def make_workload(size: Size, segments: Mapping[str, Condition], seed: int = SEED) -> Workload:
    """Return a workload of a size that has these segments."""
    population = make_population(size.customers, seed)
    facts = tuple(to_fact(raw) for raw in make_facts(population, size, seed))
    cut = round(len(facts) * (1 - size.measured))
    texts = {name: to_text(condition) for name, condition in segments.items()}
    return Workload(population, facts[:cut], facts[cut:], texts)


def make_population(customers: int, seed: int = SEED) -> Population:
    """Draw customers; how busy they are falls off like Zipf's law, flattened at the top."""
    rng = seeded("customers", seed)
    attributes = {f"c{n}": _attributes(rng) for n in range(customers)}
    return Population(attributes, tuple((rank + 50) ** -0.8 for rank in range(customers)))


def _attributes(rng: Random) -> dict[str, Any]:
    born = START + timedelta(seconds=rng.randrange(365 * 86400))
    known: dict[str, Any] = {
        "country": rng.choices(COUNTRIES, range(len(COUNTRIES), 0, -1))[0],
        "language": rng.choice(LANGUAGES),
        "acquisitionChannel": rng.choice(CHANNELS),
        "emailOptIn": rng.random() < 0.55,
        "loyaltyPoints": rng.randrange(0, 2500),
        "birthday": born,
        "tags": [tag for tag in TAGS if rng.random() < 0.06],
    }
    return {name: value for name, value in known.items() if rng.random() < 0.95}


def seeded(what: str, seed: int = SEED) -> Random:
    """Return the source of chance for one purpose, so that none disturbs another."""
    return Random(f"{seed} {what}")  # noqa: S311  # a workload is no secret


def make_facts(population: Population, size: Size, seed: int = SEED) -> Iterator[RawFact]:
    """Yield what happens, in the order in which the host learns of it."""
    rng = seeded("events", seed)
    start, end = to_micros(START), to_micros(END)
    instants = sorted(rng.randrange(start, end) for _ in range(size.events))
    customers = rng.choices(
        population.ids, cum_weights=[*accumulate(population.busyness)], k=size.events
    )
    kinds = rng.choices(
        [*EVENT_TYPES], cum_weights=[*accumulate(EVENT_TYPES.values())], k=size.events
    )
    latest = size.latest // timedelta(microseconds=1)
    for number, (learned, customer, kind) in enumerate(
        zip(instants, customers, kinds, strict=True)
    ):
        delay = rng.randrange(1, latest) if rng.random() < size.late else 0
        yield learned, learned - delay, customer, kind, f"e{number}", _properties(kind, rng)


def to_fact(raw: RawFact) -> Fact:
    """Return a fact as segrules takes it."""
    learned, happened, customer, kind, name, properties = raw
    event = Event(kind, at=to_instant(happened), properties=properties, id=name)
    return Fact(to_instant(learned), customer, event)


def to_instant(micros: int) -> datetime:
    """Return an instant of the workload as an aware datetime."""
    moment = to_datetime(micros)
    assert moment is not None
    return moment


def _properties(kind: str, rng: Random) -> dict[str, Any]:
    match kind:
        case "page_view":
            return {"path": rng.choice(PATHS), "device": rng.choices(DEVICES, (6, 3, 1))[0]}
        case "product_view":
            category = rng.choice(CATEGORIES)
            product = f"{category}-{rng.randrange(12)}"
            return {"product_id": product, "category": category, "price": _price(rng)}
        case "add_to_cart":
            product = f"{rng.choice(CATEGORIES)}-{rng.randrange(12)}"
            return {"product_id": product, "quantity": rng.randint(1, 3), "price": _price(rng)}
        case "cart_abandoned":
            return {"total": _price(rng)}
        case "purchase":
            order = {"total": _price(rng), "items": rng.randint(1, 5)}
            if rng.random() < 0.05:
                return {"total": -order["total"], "items": 1}
            return order | ({"coupon": "WELCOME"} if rng.random() < 0.2 else {})
        case "message_opened":
            return {"campaign": rng.choice(CAMPAIGNS), "channel": "email"}
        case _:
            return {"query": rng.choice(CATEGORIES)}


def _price(rng: Random) -> float:
    return round(min(rng.lognormvariate(4.3, 0.6), 900), 2)
