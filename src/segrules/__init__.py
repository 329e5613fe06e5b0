"""Audience rules in plain words, kept exact with every event and every tick of the clock.

What is named here is public, and so are `segrules.results`, what calls return, and
`segrules.errors`. Everything else may change without notice.
"""

from segrules.audience.catalogue.files import load_segments
from segrules.audience.catalogue.refresh import Refresh
from segrules.audience.catalogue.saving import save_segments
from segrules.audience.catalogue.segment import Origin, Segment, SegmentError, Use
from segrules.audience.engine import Engine
from segrules.audience.records.change import Change
from segrules.cohorts.cohort import Cohort
from segrules.evaluation.verdict import Verdict
from segrules.facts.arguments import FactError
from segrules.facts.customer import Customer
from segrules.facts.event import Event
from segrules.ids import parse_ids, read_ids, write_ids
from segrules.language import version
from segrules.language.diagnostics import RuleError, SegrulesError
from segrules.language.limits import Limits
from segrules.meaning.vocabulary import Undeclared
from segrules.rule import Rule
from segrules.schema.definitions import Attribute, EventType, Property, SchemaError, Stage
from segrules.schema.schema import Schema

__version__ = "0.1.0"
LANGUAGE_VERSION = version.LANGUAGE_VERSION

__all__ = [
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
