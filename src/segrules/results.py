"""What calls return and nobody makes: for annotations."""

from segrules.audience.catalogue.timetable import Details
from segrules.audience.operations.backfill import Backfill
from segrules.audience.operations.preview import Preview
from segrules.audience.records.audit import AuditEntry
from segrules.audience.records.change import Cause
from segrules.audience.records.consistency import Consistency
from segrules.audience.records.feed import ChangePage
from segrules.audience.records.stats import Stats
from segrules.audience.records.verification import Verification
from segrules.audience.upload import Upload
from segrules.evaluation.explanation import Explanation
from segrules.ids import IdList
from segrules.language.diagnostics import Diagnostic
from segrules.language.source import Source, Span
from segrules.meaning.triggers import Triggers

__all__ = [
    "AuditEntry",
    "Backfill",
    "Cause",
    "ChangePage",
    "Consistency",
    "Details",
    "Diagnostic",
    "Explanation",
    "IdList",
    "Preview",
    "Source",
    "Span",
    "Stats",
    "Triggers",
    "Upload",
    "Verification",
]
