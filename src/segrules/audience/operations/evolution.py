"""Evolution: an engine goes on with a schema that adds, widens or describes.

definitions narrowed, rules that would differ, facts that would not fit → refused and listed
else → the rules in the words of the new schema, the facts as it reads them; no answer moves
"""

from collections.abc import Iterable, Iterator
from typing import Final

from segrules.audience.catalogue.binding import restate
from segrules.audience.catalogue.catalogue import Catalogue
from segrules.audience.catalogue.segment import SegmentError
from segrules.audience.core import Core
from segrules.audience.records.audit import check_by
from segrules.audience.upkeep.reread import Reread, find_turned, reread_facts, use_reread
from segrules.audience.upkeep.upkeep import Upkeep
from segrules.facts.arguments import expect
from segrules.facts.door import open_door
from segrules.language.diagnostics import RuleError
from segrules.language.suggestions import quote
from segrules.meaning.conditions import AggregateTest, Condition, EventTest, Property, TermTest
from segrules.meaning.dependencies import put_in_order
from segrules.meaning.triggers import leaves
from segrules.meaning.vocabulary import Vocabulary
from segrules.plan.plan import Family
from segrules.rule import Rule, condition_of
from segrules.schema.definitions import SchemaError, SchemaFinding
from segrules.schema.evolution import KEEP, compare
from segrules.schema.schema import Schema

REMOVE: Final = "declare it under another name, or remove the segment first"


def evolve(core: Core, schema: Schema, by: str | None) -> None:
    """Use another schema from now on, or raise SchemaError with all that keeps it from that."""
    check_by(by)
    expect(schema, Schema, "the schema to go on with", "schema")
    with core.lock:
        catalogue, upkeep = core.catalogue, core.upkeep
        if schema == catalogue.schema:
            return
        if core.backfill is not None:
            raise SegmentError(
                f"the backfill `{core.backfill.name}` is open: evolve the schema when it is over",
                code="backfill-open",
                subject=core.backfill.name,
            )
        old, new = catalogue.schema._vocabulary, schema._vocabulary
        _refuse(schema, "narrowed-schema", compare(old, new))
        rules, changed = _restate_rules(catalogue, schema)
        _refuse(schema, "changed-rule", changed)
        door = open_door(new, schema.fingerprint)
        rereads, unfit = reread_facts(upkeep, old, door)
        _refuse(schema, "unfit-facts", unfit)
        _refuse(schema, "changed-answer", _find_changed(upkeep, rereads, core.clock))
        _refuse(schema, "changed-answer", _find_forgotten(upkeep, old, new))
        catalogue.former.add(catalogue.schema.fingerprint)
        catalogue.schema = schema
        for name, rule in rules.items():
            catalogue.segments[name].rule = rule
        for reread in rereads:
            use_reread(upkeep, reread, core.clock)
        for path, number in core.door.unlisted.items():
            # What was counted when it came in has been read again, but is counted once.
            door.unlisted[path] = number
        core.door = door
        facts = sum(reread.count for reread in rereads)
        core.audit("evolve", (schema.name,), by, customers=len(rereads), facts=facts)


def _refuse(schema: Schema, code: str, findings: Iterable[SchemaFinding]) -> None:
    """Raise SchemaError if anything was found."""
    found = tuple(findings)
    if found:
        raise SchemaError(schema.name, found, code)


def _restate_rules(
    catalogue: Catalogue, schema: Schema
) -> tuple[dict[str, Rule], list[SchemaFinding]]:
    """Return the rules of segments in another schema, and those that would mean something else."""
    rules: dict[str, Rule] = {}
    findings: list[SchemaFinding] = []
    known = {name: each.rule for name, each in catalogue.segments.items()}
    order, _ = put_in_order({name: rule.segments for name, rule in known.items()})
    for name in order:
        rule, key = known[name], f"segments.{name}"
        # What is wrong with another segment is reported there, not at every mention of it.
        if not rule.segments.keys() <= rules.keys():
            continue
        try:
            made = restate(rule, schema, rules, name)
        except RuleError as error:
            findings += [SchemaFinding(key, f.message, f.help, f) for f in error.findings]
            continue
        if condition_of(made) == condition_of(rule):
            rules[name] = made
        else:
            findings.append(SchemaFinding(key, "its rule would mean something else", KEEP))
    return rules, findings


def _find_changed(upkeep: Upkeep, rereads: Iterable[Reread], now: int) -> Iterator[SchemaFinding]:
    """Yield the segments whose questions kept facts would answer differently."""
    turned = set[Family]()
    for reread in rereads:
        turned |= find_turned(upkeep, reread, now)
    atoms = {atom for family in turned for atom in family.atoms}
    for name, formula in upkeep.plan.formulas.items():
        if atoms & formula.atoms.keys():
            message = "kept facts, read by the types that are declared now, change its answers"
            yield SchemaFinding(f"segments.{name}", message, REMOVE)


def _find_forgotten(upkeep: Upkeep, old: Vocabulary, new: Vocabulary) -> Iterator[SchemaFinding]:
    """Yield the segments that ask events of any type for what forgotten ones may have had."""
    if upkeep.keeps_all or new.is_open:
        return
    fresh = {
        event_type: new.events[event_type].keys() - old.events.get(event_type, {}).keys()
        for event_type in upkeep.seen
        if event_type in new.events
    }
    for name, segment in upkeep.catalogue.segments.items():
        for path in sorted(_find_asked(condition_of(segment.rule))):
            for event_type, paths in fresh.items():
                if any(_overlap(path, each) for each in paths):
                    said = quote(".".join(path))
                    message = (
                        f"it asks for {said} of events of any type, and this engine has forgotten "
                        f"what {quote(event_type)} events had there"
                    )
                    yield SchemaFinding(f"segments.{name}", message, REMOVE)


def _find_asked(condition: Condition) -> set[tuple[str, ...]]:
    """Return the properties that a condition asks for of events of any type."""
    asked: set[tuple[str, ...]] = set()
    for leaf in leaves(condition):
        if not isinstance(leaf, EventTest | AggregateTest) or leaf.event_type is not None:
            continue
        if isinstance(leaf, AggregateTest) and leaf.property is not None:
            asked.add(leaf.property)
        for inner in () if leaf.filter is None else leaves(leaf.filter):
            if isinstance(inner, TermTest) and isinstance(inner.term, Property):
                asked.add(inner.term.path)
    return asked


def _overlap(one: tuple[str, ...], other: tuple[str, ...]) -> bool:
    """Tell whether one path leads through the other."""
    shorter = min(len(one), len(other))
    return one[:shorter] == other[:shorter]
