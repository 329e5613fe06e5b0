"""Audience rules in plain words, kept exact with every event and every tick of the clock.

What is named here is public; everything else may change without notice.
"""

from segrules.audience.catalogue.files import Segment, SegmentError, load_segments
from segrules.audience.catalogue.origin import Origin
from segrules.audience.catalogue.refresh import Refresh
from segrules.audience.catalogue.timetable import Details
from segrules.audience.catalogue.usage import Use
from segrules.audience.engine import Engine
from segrules.audience.operations.backfill import Backfill
from segrules.audience.operations.preview import Preview
from segrules.audience.records.audit import AuditEntry
from segrules.audience.records.change import Cause, Change
from segrules.audience.records.consistency import Consistency
from segrules.audience.records.feed import ChangePage, FeedError
from segrules.audience.records.stats import Stats
from segrules.audience.records.verification import Verification
from segrules.audience.upkeep.forgotten import ForgottenError
from segrules.audience.upload import Upload
from segrules.cohorts.cohort import Cohort
from segrules.cohorts.json import CohortError
from segrules.evaluation.explanation import Explanation
from segrules.evaluation.verdict import Verdict
from segrules.facts.arguments import FactError
from segrules.facts.customer import Customer
from segrules.facts.event import Event
from segrules.ids import IdList, read_ids, write_ids
from segrules.language.diagnostics import Diagnostic, RuleError, SegrulesError
from segrules.language.limits import Limits
from segrules.language.source import Source, Span
from segrules.meaning.schema.definitions import Attribute, EventType, Property, SchemaError, Stage
from segrules.meaning.schema.schema import Schema
from segrules.meaning.triggers import Triggers
from segrules.plan.plan import Plan
from segrules.rule import Rule

__all__ = [
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
    "Details",
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
