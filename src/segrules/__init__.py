"""Audience rules in plain words, kept exact with every event and every tick of the clock.

What is named here is public; everything else may change without notice.
"""

from segrules.audience.audit import AuditEntry
from segrules.audience.bulk import Backfill
from segrules.audience.change import Cause, Change
from segrules.audience.cohort import Cohort
from segrules.audience.consistency import Consistency
from segrules.audience.engine import Engine
from segrules.audience.feed import ChangePage, FeedError
from segrules.audience.id_list import IdList, read_ids, write_ids
from segrules.audience.origin import Origin
from segrules.audience.preview import Preview
from segrules.audience.replay import ForgottenError
from segrules.audience.schedule import Refresh
from segrules.audience.segments import Segment, SegmentError, load_segments
from segrules.audience.snapshot import CohortError
from segrules.audience.stats import Stats
from segrules.audience.timetable import Details
from segrules.audience.upload import Upload
from segrules.audience.usage import Use
from segrules.audience.verification import Verification
from segrules.evaluation.customer import Customer
from segrules.evaluation.explanation import Explanation
from segrules.evaluation.facts import Event, FactError
from segrules.evaluation.plan import Plan
from segrules.evaluation.verdict import Verdict
from segrules.language.diagnostics import Diagnostic, RuleError, SegrulesError
from segrules.language.limits import Limits
from segrules.language.source import Source, Span
from segrules.meaning.definitions import Attribute, EventType, Property, SchemaError, Stage
from segrules.meaning.schema import Schema
from segrules.meaning.triggers import Triggers
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
