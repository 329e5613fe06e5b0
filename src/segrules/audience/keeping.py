"""The half of an engine that is kept by hand: lists, cohorts, and who uses what."""

from datetime import datetime

from segrules.audience import anchoring
from segrules.audience.answers import Answers
from segrules.audience.cohort import Cohort
from segrules.audience.segments import SegmentError
from segrules.audience.usage import Use
from segrules.evaluation.facts import kind_of, to_instant
from segrules.rule import Rule


class Keeping(Answers):
    """What people put into an engine themselves, besides rules and facts."""

    # Cohorts

    def snapshot(self, name: str, rule: Rule | str, *, by: str | None = None) -> Cohort:
        """Take a cohort of those whom a rule selects now, and keep it under a name.

        It is taken at the engine's clock. From then on rules may say `in cohort` of it, and it
        never changes. by: who does this, for the audit log. Raises RuleError, and SegmentError for
        a name that is taken, before the first instant, and while a backfill is open or deadlines
        are overdue; ForgottenError for a rule that asks about events that have been forgotten.
        """
        with self._lock:
            return anchoring.snapshot(self._state, name, rule, by)

    def add_cohort(self, cohort: Cohort, *, by: str | None = None) -> None:
        """Keep a cohort that was made elsewhere: by algebra, from JSON, of a family.

        Members of whom the engine has not heard are in it when they show up. Raises SegmentError
        for a name that is taken.
        """
        with self._lock:
            anchoring.add_cohort(self._state, cohort, by)

    def remove_cohort(self, name: str, *, by: str | None = None) -> None:
        """Forget a cohort; raises SegmentError while it is in use, naming every user."""
        with self._lock:
            anchoring.remove_cohort(self._state, name, by)

    # Uses

    def record_use(self, audience: str, use: Use) -> None:
        """Note that something uses a segment or a cohort, which then cannot be removed.

        Noting it again changes nothing. Raises SegmentError for an unknown audience.
        """
        with self._lock:
            self._state.directory.check_audience(audience)
            self._state.directory.usage.record(audience, _check_use(use))

    def end_use(self, audience: str, use: Use) -> None:
        """Note that something uses an audience no more; raises SegmentError where it did not."""
        with self._lock:
            self._state.directory.check_audience(audience)
            self._state.directory.usage.end(audience, _check_use(use))

    def _instant(self, at: datetime | None, *, needed: bool) -> int | None:
        if at is not None:
            return to_instant(at)
        if needed and self._state.now is None:
            raise SegmentError("nothing has happened yet: say when with `at`")
        return self._state.now


def _check_use(use: Use) -> Use:
    if not isinstance(use, Use):
        raise SegmentError(f"a use is a `Use`, not {kind_of(use)}")
    return use
