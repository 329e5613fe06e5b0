"""Every error that segrules raises, to catch."""

from segrules.audience.feed import FeedError
from segrules.audience.replay import ForgottenError
from segrules.audience.segments import SegmentError
from segrules.audience.snapshot import CohortError
from segrules.evaluation.facts import FactError
from segrules.language.diagnostics import RuleError, SegrulesError
from segrules.meaning.definitions import SchemaError

__all__ = [
    "CohortError",
    "FactError",
    "FeedError",
    "ForgottenError",
    "RuleError",
    "SchemaError",
    "SegmentError",
    "SegrulesError",
]
