"""Every error that segrules raises, to catch; `segrules.insight` has another, InsightError.

All are SegrulesErrors. Most are ValueErrors too; ArgumentError is a TypeError, and
UnknownAudienceError a LookupError.
"""

from segrules.audience.catalogue.segment import SegmentError, UnknownAudienceError
from segrules.audience.records.feed import FeedError
from segrules.audience.upkeep.forgotten import ForgottenError
from segrules.cohorts.json import CohortError
from segrules.data import DataError
from segrules.facts.arguments import ArgumentError, FactError
from segrules.ids import IdsError
from segrules.language.diagnostics import RuleError, SegrulesError
from segrules.schema.definitions import SchemaError

__all__ = [
    "ArgumentError",
    "CohortError",
    "DataError",
    "FactError",
    "FeedError",
    "ForgottenError",
    "IdsError",
    "RuleError",
    "SchemaError",
    "SegmentError",
    "SegrulesError",
    "UnknownAudienceError",
]
