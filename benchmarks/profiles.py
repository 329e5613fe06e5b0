"""Profiles: which segments and facts there are, from a brand's to an adversary's.

brand, many, thousands: 60, 500 and 2,000 segments as merchants have them; the first of many are
fewer's. adversarial: every segment has a filter, a threshold and a window of its own. late: three
in ten events are late, by up to two weeks. agency: twelve brands with thirty template segments
each; an agency keeps its clients apart, so that is twelve engines. storm: every deadline falls due
at one midnight, while people go on shopping.
"""

from collections.abc import Mapping
from datetime import timedelta
from itertools import cycle
from random import Random
from typing import Final

from benchmarks.conditions import (
    Compared,
    Condition,
    Counted,
    Happened,
    Length,
    Reckoned,
    Stream,
    to_text,
)
from benchmarks.templates import MOVING, STANDING
from benchmarks.workload import (
    SEED,
    START,
    Fact,
    Population,
    Size,
    Workload,
    make_workload,
    seeded,
    to_fact,
)

MOVING_SHARE: Final = 0.6
"""The share of segments whose answers move with the clock."""

BRANDS: Final = 12
TEMPLATES: Final = 30
LATE: Final = 0.3
LATEST: Final = timedelta(days=14)
STORM_TYPES: Final = (
    "page_view",
    "product_view",
    "add_to_cart",
    "message_opened",
    "purchase",
    "cart_abandoned",
)
LONGEST_MINUTES: Final = 180 * 1440 - 60
MICROS_A_DAY: Final = 86_400_000_000


def draw_segments(number: int, seed: int = SEED) -> dict[str, Condition]:
    """Draw segments as merchants have them, no two the same; the first of many are fewer's."""
    rng = seeded("segments", seed)
    moving, standing = cycle(MOVING), cycle(STANDING)
    drawn: dict[str, Condition] = {}
    seen: set[str] = set()
    while len(drawn) < number:
        template = next(moving if _is_moving(len(drawn)) else standing)
        for _ in range(50):
            condition = template(rng)
            if to_text(condition) not in seen:
                seen.add(to_text(condition))
                drawn[f"{template.__name__} {len(drawn)}"] = condition
                break
    return drawn


def draw_adversarial(number: int) -> dict[str, Condition]:
    """Return segments that share nothing: each has its own filter, and its own window if any."""
    return {f"alone {n}": _alone(n, number) for n in range(number)}


def brands(customers: int, events: int, measured: float) -> list[Workload]:
    """Return an agency's clients: the same segments, cloned, and other people in each."""
    segments = draw_segments(TEMPLATES)
    size = Size(customers // BRANDS, events // BRANDS, measured=measured)
    return [make_workload(size, segments, SEED + brand) for brand in range(BRANDS)]


def storm(customers: int, live: int) -> Workload:
    """Return a day on which everybody does six things, each of which counts until midnight.

    During the midnight there are so many live events, a millisecond apart.
    """
    rng = seeded("storm")
    names = [f"c{n}" for n in range(customers)]
    day = round(START.timestamp()) * 1_000_000
    done = sorted(
        (day + rng.randrange(MICROS_A_DAY), name, kind) for name in names for kind in STORM_TYPES
    )
    before = tuple(
        to_fact((at, at, name, kind, f"e{n}", {})) for n, (at, name, kind) in enumerate(done)
    )
    during = tuple(_live(n, day + MICROS_A_DAY + n * 1000, rng, names) for n in range(live))
    texts = {f"{kind} today": f"any event of type '{kind}' in today" for kind in STORM_TYPES}
    return Workload(Population({name: {} for name in names}, ()), before, during, texts)


def _live(number: int, at: int, rng: Random, names: list[str]) -> Fact:
    kind = rng.choice(STORM_TYPES)
    return to_fact((at, at, rng.choice(names), kind, f"live-{number}", {}))


def _is_moving(number: int) -> bool:
    return int((number + 1) * MOVING_SHARE) > int(number * MOVING_SHARE)


def _alone(number: int, among: int) -> Condition:
    """Return the segment of a number: its threshold is found in no other of its type."""
    kinds: Mapping[str, str] = {
        "product_view": "price",
        "add_to_cart": "price",
        "cart_abandoned": "total",
        "purchase": "total",
    }
    kind = [*kinds][number % len(kinds)]
    threshold = Compared(kinds[kind], ">=", 20 + number // len(kinds))
    stream = Stream(kind, (threshold,))
    window = (
        Length(60 + number * LONGEST_MINUTES // among, "minutes") if _is_moving(number) else None
    )
    match number // len(kinds) % 3:
        case 0:
            return Happened(stream, window)
        case 1:
            return Counted(stream, window, ">=", 1 + number % 4)
        case _:
            return Reckoned("sum", kinds[kind], stream, window, ">", 50 + number)
