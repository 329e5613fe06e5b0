"""Audience rules in plain words, kept exact with every event and every tick of the clock.

What is named here is public; everything else may change without notice.
"""

from segrules.audience.change import Cause, Change
from segrules.audience.cohort import Cohort
from segrules.audience.engine import Engine
from segrules.audience.id_list import IdList, read_ids, write_ids
from segrules.audience.preview import Preview
from segrules.audience.segments import Segment, SegmentError, load_segments
from segrules.audience.snapshot import CohortError
from segrules.evaluation.customer import Customer
from segrules.evaluation.explanation import Explanation
from segrules.evaluation.facts import Event, FactError
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
    "Cause",
    "Change",
    "Cohort",
    "CohortError",
    "Customer",
    "Diagnostic",
    "Engine",
    "Event",
    "EventType",
    "Explanation",
    "FactError",
    "IdList",
    "Limits",
    "Preview",
    "Property",
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
    "Triggers",
    "Verdict",
    "load_segments",
    "read_ids",
    "write_ids",
]
