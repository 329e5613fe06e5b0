"""The public names and signatures, frozen: a change here is a change for every host."""

import inspect
import pickle
from datetime import UTC, datetime

import segrules
from segrules.results import Cause

NOW = datetime(2026, 3, 1, tzinfo=UTC)

NAMES = [
    "Attribute",
    "AuditEntry",
    "Backfill",
    "Cause",
    "Change",
    "ChangePage",
    "Cohort",
    "CohortError",
    "Consistency",
    "Customer",
    "Segment",
    "Diagnostic",
    "Engine",
    "Event",
    "EventType",
    "Explanation",
    "FactError",
    "FeedError",
    "ForgottenError",
    "IdList",
    "Limits",
    "Origin",
    "Plan",
    "Preview",
    "Property",
    "Refresh",
    "Rule",
    "RuleError",
    "Schema",
    "SchemaError",
    "Segment",
    "SegmentError",
    "SegrulesError",
    "Source",
    "Span",
    "Stage",
    "Stats",
    "Triggers",
    "Upload",
    "Use",
    "Verdict",
    "Verification",
    "load_segments",
    "read_ids",
    "write_ids",
]

SIGNATURES = {
    "Cohort": (
        "(*, name, members, definition, schema_fingerprint, language_version, taken_at, "
        "newest_fact, erasures)"
    ),
    "Cohort.capture": "(name, rule, customers, *, at)",
    "Cohort.family": "(name, event_type, customers, schema, *, at, by)",
    "Cohort.from_json": "(text)",
    "Cohort.named": "(self, name)",
    "Cohort.to_json": "(self)",
    "Cohort.without": "(self, customer)",
    "Customer": "(id, attributes, events, *, lists, cohorts)",
    "Engine": "(schema, *, limits, retain, feed_size)",
    "Engine.add_list": "(self, segment, members, *, at)",
    "Engine.add_segment": "(self, segment, rule, *, by, origin, refresh)",
    "Engine.add_segments": "(self, rules, *, by, origin, refresh)",
    "Engine.advance_to": "(self, at, *, budget)",
    "Engine.apply": "(self, event, *, customer, at)",
    "Engine.count": "(self, segment)",
    "Engine.customer": "(self, customer)",
    "Engine.edit_list": "(self, segment, *, add, remove, at)",
    "Engine.edit_segment": "(self, segment, rule, *, by, origin, refresh)",
    "Engine.explain": "(self, segment, customer, *, redact)",
    "Engine.members": "(self, segment)",
    "Engine.preview": "(self, rule, *, against, sample)",
    "Engine.remove_segment": "(self, segment, *, by)",
    "Engine.rule": "(self, segment)",
    "Engine.segments_of": "(self, customer)",
    "Engine.set_attributes": "(self, customer, attributes, *, at)",
    "Event": "(type, at, properties, id)",
    "Rule": "(text, schema, *, segments, lists, cohorts, limits, name)",
    "Rule.explain": "(self, customer, *, at, redact)",
    "Rule.matches": "(self, customer, *, at)",
    "Rule.verdict": "(self, customer, *, at)",
    "Schema": "(*, attributes, events, collections, timezone, week_starts, is_open, name)",
    "Schema.commerce": "(*, timezone, week_starts)",
    "Schema.from_data": "(data, *, name)",
    "Schema.load": "(path)",
    "Schema.open": "(*, timezone, week_starts)",
    "IdList": "(places, duplicates, bad)",
    "load_segments": "(path, schema, *, lists, cohorts)",
    "read_ids": "(source, *, column, header, delimiter)",
    "write_ids": "(ids, *, header, delimiter)",
    "Engine.backfill": "(self, name, *, at, by)",
    "Engine.changes": "(self, *, after, limit)",
    "Engine.consistent": "(self, segment)",
    "Engine.forget": "(self, customer, *, by)",
    "Engine.merge": "(self, anonymous, known, *, at, by)",
    "Engine.replay": "(self, rules, events, *, by)",
    "Engine.verify": "(self)",
    "Engine.add_cohort": "(self, cohort, *, by)",
    "Engine.cohort": "(self, name)",
    "Engine.details": "(self, segment)",
    "Engine.end_use": "(self, audience, use)",
    "Engine.freeze_segment": "(self, segment, name, *, by)",
    "Engine.record_use": "(self, audience, use)",
    "Engine.refresh": "(self, segment, *, at, by)",
    "Engine.remove_cohort": "(self, name, *, by)",
    "Engine.snapshot": "(self, name, rule, *, by)",
    "Engine.upload_list": (
        "(self, segment, source, *, mode, column, header, delimiter, unknown, at, by)"
    ),
    "Engine.uses": "(self, audience)",
    "Origin": "(kind, text)",
    "Refresh.custom": "(rule)",
    "Refresh.daily": "(at)",
    "Refresh.live": "()",
    "Refresh.on_demand": "()",
    "Use": "(kind, name)",
    "Backfill.apply": "(self, event, *, customer)",
    "Backfill.set_attributes": "(self, customer, attributes)",
    "Backfill.settle": "(self, *, budget)",
    "Plan.explain": "(self)",
}


def test_names() -> None:
    """The package exports these names and no others."""
    assert segrules.__all__ == NAMES
    assert all(hasattr(segrules, name) for name in NAMES)


def test_signatures() -> None:
    """Calls take these arguments, in this order, after the star by keyword only."""
    found = {}
    for path in SIGNATURES:
        value: object = segrules
        for name in path.split("."):
            value = getattr(value, name)
        assert callable(value)
        parameters = inspect.signature(value).parameters.values()
        found[path] = "(" + ", ".join(_shown(list(parameters))) + ")"
    assert found == SIGNATURES


def _shown(parameters: list[inspect.Parameter]) -> list[str]:
    names = [p.name for p in parameters if p.kind is not p.KEYWORD_ONLY]
    keyword = [p.name for p in parameters if p.kind is p.KEYWORD_ONLY]
    return [*names, "*", *keyword] if keyword else names


def test_engine_is_whole() -> None:
    """Every public name of an engine is in the list above, or an answer without arguments."""
    public = {name for name in dir(segrules.Engine) if not name.startswith("_")}
    listed = {path.split(".")[1] for path in SIGNATURES if path.startswith("Engine.")}
    answers = {
        name
        for name in public
        if isinstance(inspect.getattr_static(segrules.Engine, name), property)
    }
    assert public == listed | answers


def test_values() -> None:
    """What hosts keep and send survives pickling, equal to what it was."""
    schema = segrules.Schema.commerce()
    values = [
        schema,
        segrules.Rule("totalSpent > 500", schema),
        segrules.Event("purchase", NOW, {"total": 80}, "e1"),
        segrules.Verdict(holds=True, until=NOW),
        segrules.Limits(),
        Cause("clock"),
        segrules.Origin("author", "ann"),
        segrules.Refresh.daily(),
        segrules.Use("campaign", "Spring sale"),
    ]
    for value in values:
        copy = pickle.loads(pickle.dumps(value))
        assert copy == value
        assert hash(copy) == hash(value)
    customer = segrules.Customer("c1", {"country": "GB"}, [segrules.Event("purchase", NOW)])
    copy = pickle.loads(pickle.dumps(customer))
    assert (copy.id, copy.attributes, copy.events) == ("c1", {"country": "GB"}, customer.events)
