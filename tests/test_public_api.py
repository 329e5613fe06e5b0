"""The public names and signatures, frozen: a change here is a change for every host."""

import inspect
import pickle
import sys
import tomllib
from datetime import UTC, datetime
from pathlib import Path

import segrules
from segrules import errors, results, syntax
from segrules.language.version import LANGUAGE_VERSION
from segrules.results import Cause

NOW = datetime(2026, 3, 1, tzinfo=UTC)

NAMES = [
    "Attribute",
    "Change",
    "Cohort",
    "Customer",
    "Engine",
    "Event",
    "EventType",
    "FactError",
    "Limits",
    "Origin",
    "Property",
    "Refresh",
    "Rule",
    "RuleError",
    "Schema",
    "SchemaError",
    "Segment",
    "SegmentError",
    "SegrulesError",
    "Stage",
    "Undeclared",
    "Use",
    "Verdict",
    "load_segments",
    "parse_ids",
    "read_ids",
    "save_segments",
    "write_ids",
]

SIGNATURES = {
    "Backfill.amend": "(self, event, *, customer, missing_ok)",
    "Backfill.apply": "(self, event, *, customer)",
    "Backfill.retract": "(self, type, id, *, customer, missing_ok)",
    "Backfill.set_attributes": "(self, customer, attributes)",
    "Backfill.settle": "(self, *, budget)",
    "Cohort": (
        "(*, name, members, definition, schema_fingerprint, language_version, taken_at, "
        "newest_fact, erasures)"
    ),
    "Cohort.capture": "(name, rule, customers, *, at)",
    "Cohort.family": "(name, event_type, customers, schema, *, at, by)",
    "Cohort.from_data": "(data)",
    "Cohort.from_json": "(text)",
    "Cohort.named": "(self, name)",
    "Cohort.to_json": "(self)",
    "Cohort.without": "(self, customer)",
    "Cohorts.drop": "(self, name, *, by)",
    "Cohorts.keep": "(self, cohort, *, by)",
    "Cohorts.take": "(self, name, rule, *, by)",
    "Customer": "(id, attributes, events, *, lists, cohorts)",
    "Customer.from_data": "(data)",
    "Customer.to_data": "(self)",
    "Engine": "(schema, *, limits, retain, feed_size, feed_id, max_step)",
    "Engine.add_segment": "(self, segment, rule, *, by, origin, refresh, history)",
    "Engine.add_segments": "(self, segments, *, by, origin, refresh, history)",
    "Engine.advance_to": "(self, at, *, budget)",
    "Engine.amend": "(self, event, *, customer, at, by, missing_ok)",
    "Engine.apply": "(self, event, *, customer, at)",
    "Engine.backfill": "(self, name, *, at, by)",
    "Engine.changes": "(self, *, after, limit)",
    "Engine.consistent": "(self, segment)",
    "Engine.count": "(self, segment)",
    "Engine.customer": "(self, customer)",
    "Engine.edit_segment": "(self, segment, rule, *, by, origin, refresh, history)",
    "Engine.end_use": "(self, audience, use, *, by)",
    "Engine.evolve": "(self, schema, *, by)",
    "Engine.explain": "(self, segment, customer, *, redact)",
    "Engine.explain_plan": "(self)",
    "Engine.forget": "(self, customer, *, by)",
    "Engine.is_member": "(self, segment, customer)",
    "Engine.members": "(self, segment, *, after, limit)",
    "Engine.merge": "(self, anonymous, known, *, at, by, missing_ok)",
    "Engine.preview": "(self, rule, *, against, sample)",
    "Engine.record_use": "(self, audience, use, *, by)",
    "Engine.refresh": "(self, segment, *, at, by)",
    "Engine.remove_segment": "(self, segment, *, by)",
    "Engine.retract": "(self, type, id, *, customer, at, by, missing_ok)",
    "Engine.segments_of": "(self, customer)",
    "Engine.set_attributes": "(self, customer, attributes, *, at, by)",
    "Engine.snapshot": "(self, name, rule, *, by)",
    "Engine.uses": "(self, audience)",
    "Engine.verify": "(self)",
    "Event": "(type, at, properties, id)",
    "Event.from_data": "(data)",
    "Event.to_data": "(self)",
    "IdList": "(places, duplicates, bad, header, column)",
    "Lists.add": "(self, name, members, *, at, by)",
    "Lists.drop": "(self, name, *, by)",
    "Lists.edit": "(self, name, *, add, remove, at, by)",
    "Lists.freeze": "(self, segment, name, *, by)",
    "Lists.upload": ("(self, name, source, *, mode, column, header, delimiter, unknown, at, by)"),
    "Origin": "(kind, text)",
    "Refresh.custom": "(rule)",
    "Refresh.daily": "(at)",
    "Refresh.from_data": "(data)",
    "Refresh.live": "()",
    "Refresh.to_data": "(self)",
    "Refresh.on_demand": "()",
    "Rule": "(text, schema, *, segments, lists, cohorts, limits, name)",
    "Rule.explain": "(self, customer, *, at, redact)",
    "Rule.from_data": "(data, schema, *, name)",
    "Rule.matches": "(self, customer, *, at)",
    "Rule.to_data": "(self)",
    "Rule.verdict": "(self, customer, *, at)",
    "Schema": (
        "(*, attributes, events, collections, timezone, week_starts, is_open, undeclared, name)"
    ),
    "Schema.commerce": "(*, timezone, week_starts)",
    "Schema.from_data": "(data, *, name)",
    "Schema.load": "(path)",
    "Schema.names": "(self)",
    "Schema.observed": "(facts, *, timezone, week_starts, max_values)",
    "Schema.open": "(*, timezone, week_starts)",
    "Segment": ("(name, rule, title, description, origin, refresh, refreshed_at, next_refresh)"),
    "Segment.from_data": "(data, schema)",
    "Segment.to_data": "(self)",
    "Use": "(kind, name)",
    "load_segments": "(path, schema, *, lists, cohorts)",
    "parse_ids": "(text, *, column, header, delimiter)",
    "read_ids": "(source, *, column, header, delimiter)",
    "save_segments": "(segments, path)",
    "write_ids": "(ids, *, header, delimiter)",
}


def test_names() -> None:
    """The package exports these names and no others."""
    assert segrules.__all__ == NAMES
    assert len(NAMES) == 28
    assert all(hasattr(segrules, name) for name in NAMES)


def test_versions() -> None:
    """The package tells its version, as the project has it, and the language's."""
    project = tomllib.loads((Path(__file__).parent.parent / "pyproject.toml").read_text("utf-8"))
    assert segrules.__version__ == project["project"]["version"]
    assert segrules.LANGUAGE_VERSION == LANGUAGE_VERSION


def test_doors() -> None:
    """What one only receives, and every error, has a door of its own; no name has two."""
    for door in (results, syntax, errors):
        assert door.__all__ == sorted(door.__all__)
        assert all(hasattr(door, name) for name in door.__all__)
    assert not set(results.__all__) & {*NAMES, *errors.__all__, *syntax.__all__}
    assert not set(syntax.__all__) & {*NAMES, *errors.__all__}
    raised = {
        name
        for module in list(sys.modules.values())
        if module.__name__.startswith("segrules.")
        and not module.__name__.startswith(("segrules.cli", "segrules.insight"))
        for name, value in vars(module).items()
        if isinstance(value, type)
        and issubclass(value, segrules.SegrulesError)
        and value.__module__ == module.__name__
    }
    assert raised <= set(errors.__all__)


def test_parents_of_errors() -> None:
    """Errors are caught as Python's own are."""
    for name in errors.__all__:
        error = getattr(errors, name)
        assert issubclass(error, segrules.SegrulesError)
        assert error is segrules.SegrulesError or issubclass(error, ValueError)
    assert issubclass(errors.ArgumentError, TypeError)
    assert issubclass(errors.UnknownAudienceError, LookupError)


def test_signatures() -> None:
    """Calls take these arguments, in this order, after the star by keyword only."""
    found = {}
    for path in SIGNATURES:
        value: object = segrules if hasattr(segrules, path.split(".")[0]) else results
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
        segrules.Refresh.custom("FREQ=DAILY;BYHOUR=6"),
        segrules.Use("campaign", "Spring sale"),
    ]
    for value in values:
        copy = pickle.loads(pickle.dumps(value))
        assert copy == value
        assert hash(copy) == hash(value)
    customer = segrules.Customer("c1", {"country": "GB"}, [segrules.Event("purchase", NOW)])
    copy = pickle.loads(pickle.dumps(customer))
    assert (copy.id, copy.attributes, copy.events) == ("c1", {"country": "GB"}, customer.events)
