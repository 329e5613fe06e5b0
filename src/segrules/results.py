"""What calls return and hosts do not make: for annotations."""

from segrules.audience.audiences import Audiences, Details
from segrules.audience.cohorts import Cohorts
from segrules.audience.customers import Customers
from segrules.audience.lists import Lists, Upload
from segrules.audience.operations.backfill import Backfill
from segrules.audience.operations.pages import MemberPage
from segrules.audience.operations.preview import Preview
from segrules.audience.records.audit import AuditEntry
from segrules.audience.records.change import Applied, Cause
from segrules.audience.records.checks import Consistency, Difference, Verification
from segrules.audience.records.feed import ChangePage
from segrules.audience.records.stats import Stats
from segrules.audience.segments import Segments
from segrules.evaluation.explanation import Explanation
from segrules.facts.misfits import Misfit
from segrules.ids import BadRow, DuplicateRow, IdList
from segrules.language.diagnostics import Diagnostic
from segrules.language.source import Source, Span
from segrules.meaning.triggers import Triggers
from segrules.schema.definitions import SchemaFinding
from segrules.schema.names import SchemaName
from segrules.schema.schema import DeclaredAttributes

__all__ = [
    "Applied",
    "Audiences",
    "AuditEntry",
    "Backfill",
    "BadRow",
    "Cause",
    "ChangePage",
    "Cohorts",
    "Consistency",
    "Customers",
    "DeclaredAttributes",
    "Details",
    "Diagnostic",
    "Difference",
    "DuplicateRow",
    "Explanation",
    "IdList",
    "Lists",
    "MemberPage",
    "Misfit",
    "Preview",
    "SchemaFinding",
    "SchemaName",
    "Segments",
    "Source",
    "Span",
    "Stats",
    "Triggers",
    "Upload",
    "Verification",
]
