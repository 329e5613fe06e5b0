"""The whole store at once: recompute of 500 segments, and the live count of a new rule.

Databases and data frames answer the same rules from the same facts, generated from one description;
their tables are loaded, and their statements prepared, before anything is timed. They count, while
segrules compares every membership with its index.
"""

from collections.abc import Callable, Mapping
from functools import partial
from importlib import import_module
from statistics import median
from typing import Any, Final, TypeAlias

from benchmarks.by_hand import RULES
from benchmarks.conditions import Condition, to_text
from benchmarks.contestants import new_engine
from benchmarks.measuring import interleave, middle, ratio
from benchmarks.profiles import draw_segments
from benchmarks.relational import to_expression
from benchmarks.results import TIMES, Row, at_least, at_most, require_equal
from benchmarks.scale import Scale
from benchmarks.tables import make_tables
from benchmarks.workload import (
    END,
    SCHEMA,
    START,
    Population,
    Size,
    make_facts,
    make_population,
    to_fact,
)
from segrules import Rule
from segrules.audience.upkeep.replan import find_columns

SEGMENTS: Final = 500
PEERS: Final = ("duckdb_sql", "numpy_arrays", "polars_frames")
GATE: Final = "DuckDB, a pass for each type"

Run: TypeAlias = Callable[[], object]

NEW_RULES: Final[Mapping[str, str]] = {
    **{name: rule.text for name, rule in RULES.items()},
    "a filter nobody has asked for": (
        "count of events of type 'product_view' has (category = 'bags' AND price < 60) "
        "within 10 days >= 2"
    ),
    "a window nobody has asked for": "sum of total of orders within 77 days > 210",
}
"""Rules that a merchant might be typing: the six that are also written by hand, and two more."""


def measure(scale: Scale) -> tuple[Row, ...]:
    """Measure both over one store."""
    population = make_population(scale.store.customers)
    segments = draw_segments(SEGMENTS)
    engine = full_engine(population, scale.store, segments)
    return (
        *_recompute(scale, population, segments, engine),
        *_sweep(scale, population, segments, engine),
        *_preview(scale, engine),
    )


def full_engine(population: Population, size: Size, segments: Mapping[str, Condition]) -> Any:
    """Return an engine that knows a store's facts, asked at their end."""
    engine = new_engine()
    for customer, attributes in population.attributes.items():
        engine.set_attributes(customer, attributes, at=START)
    for raw in make_facts(population, size):
        fact = to_fact(raw)
        engine.apply(fact.event, customer=fact.customer, at=fact.at)
    engine.advance_to(END)
    engine.add_segments({name: to_text(each) for name, each in segments.items()})
    return engine


def _recompute(
    scale: Scale, population: Population, segments: Mapping[str, Condition], engine: Any
) -> list[Row]:
    counts = tuple(engine.count(name) for name in segments)
    peers, missing = _prepare_peers(scale, population, segments)
    for name, run in peers.items():
        require_equal(name, counts, run())
    ours, how = _recomputation(engine, segments)
    taken = interleave({"segrules": ours, **peers}, max(3, scale.rounds // 2))
    seconds = {name: middle(each, scale=1) for name, each in taken.items()}
    store = f"{len(segments)} rules and {scale.store.customers:,} customers"
    rows = [
        Row(
            "recompute",
            f"{store}, {name} ÷ segrules",
            at_least(3) if name == GATE else None,
            ratio(taken[name], taken["segrules"]),
            TIMES,
            f"{seconds['segrules']:.3g} s by {how}, against {seconds[name]:.3g} s",
            {"segrules_s": seconds["segrules"], "peer_s": seconds[name]},
        )
        for name in peers
    ]
    return rows + [
        Row("recompute", f"{store}, {peer}", None, None, TIMES, note)
        for peer, note in missing.items()
    ]


def _sweep(
    scale: Scale, population: Population, segments: Mapping[str, Condition], engine: Any
) -> list[Row]:
    """Measure the rules alone, where what they ask of each customer is known already.

    A database has it as columns of numbers and instants, segrules as each customer's truth.
    """
    what = f"{len(segments)} rules over answers that are known, DuckDB ÷ segrules"
    try:
        module = import_module("benchmarks.peers.duckdb_sql")
    except ImportError as error:
        return [Row("recompute", what, None, None, TIMES, f"not available: {error.name}")]
    expressions = {name: to_expression(each, END) for name, each in segments.items()}
    tables = make_tables(population, make_facts(population, scale.store))
    run = module.prepare_ready(tables, expressions)
    upkeep = engine._core.upkeep  # a part of the engine by itself
    people = upkeep.population.by_id.values()
    asked = [upkeep.catalogue.segments[name] for name in segments]

    def sweep() -> tuple[int, ...]:
        found = find_columns(upkeep.plan, [person.truth for person in people], asked)
        return tuple(members.bit_count() for members in found)

    require_equal("sweep", run(), sweep())
    taken = interleave({"segrules": sweep, "DuckDB": run}, max(3, scale.rounds // 2))
    seconds = {name: middle(each, scale=1) for name, each in taken.items()}
    note = f"{seconds['segrules']:.3g} s against {seconds['DuckDB']:.3g} s"
    figures = {"segrules_s": seconds["segrules"], "peer_s": seconds["DuckDB"]}
    times = ratio(taken["DuckDB"], taken["segrules"])
    return [Row("recompute", what, None, times, TIMES, note, figures)]


def _prepare_peers(
    scale: Scale, population: Population, segments: Mapping[str, Condition]
) -> tuple[dict[str, Run], dict[str, str]]:
    """Return what each peer runs, and why the others cannot."""
    expressions = {name: to_expression(each, END) for name, each in segments.items()}
    tables = make_tables(population, make_facts(population, scale.store))
    peers: dict[str, Run] = {}
    missing: dict[str, str] = {}
    for name in PEERS:
        try:
            module = import_module(f"benchmarks.peers.{name}")
        except ImportError as error:
            missing[name] = f"not available: {error.name} is not installed"
            continue
        peers.update(module.prepare(tables, expressions))
    return peers, missing


def _recomputation(engine: Any, segments: Mapping[str, Condition]) -> tuple[Run, str]:
    """Return our recompute: `verify`, or where there is none a preview of each rule in turn."""
    if hasattr(engine, "verify"):
        require_equal("verify", (), tuple(engine.verify().differences))
        return engine.verify, "`verify`"
    texts = [to_text(each) for each in segments.values()]
    return (lambda: [engine.preview(text).count for text in texts]), "`preview` of each"


def _preview(scale: Scale, engine: Any) -> list[Row]:
    _check_previews(engine)
    work = {name: partial(engine.preview, text) for name, text in NEW_RULES.items()}
    taken = interleave(work, scale.rounds)
    took = {name: middle(seconds, scale=1e3) for name, seconds in taken.items()}
    slowest = max(took, key=lambda name: took[name])
    what = f"live count of a new rule over {scale.store.customers:,} customers, the slowest of"
    return [
        Row(
            "preview",
            f"{what} {len(took)}",
            at_most(100 * scale.share, "ms"),
            took[slowest],
            "ms",
            f"{slowest}; median {median(took.values()):.3g} ms",
            {f"{name} ms": each for name, each in took.items()},
        )
    ]


def _check_previews(engine: Any) -> None:
    """Hold the counts against rules asked one customer at a time."""
    rules = {name: Rule(text, SCHEMA) for name, text in NEW_RULES.items()}
    counted = dict.fromkeys(rules, 0)
    for name in engine.customers:
        customer = engine.customer(name)
        for key, rule in rules.items():
            counted[key] += rule.matches(customer, at=END)
    require_equal(
        "previews", counted, {key: engine.preview(text).count for key, text in NEW_RULES.items()}
    )
