"""What calls return and nobody makes: for annotations."""

from segrules.audience.audit import AuditEntry
from segrules.audience.bulk import Backfill
from segrules.audience.change import Cause
from segrules.audience.consistency import Consistency
from segrules.audience.feed import ChangePage
from segrules.audience.id_list import IdList
from segrules.audience.preview import Preview
from segrules.audience.stats import Stats
from segrules.audience.timetable import Details
from segrules.audience.upload import Upload
from segrules.audience.verification import Verification
from segrules.evaluation.explanation import Explanation
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
