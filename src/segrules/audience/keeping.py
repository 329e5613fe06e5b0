"""The half of an engine that is kept by hand: lists, cohorts, and who uses what."""

from datetime import datetime

from segrules.audience import anchoring
from segrules.audience.answers import Answers
from segrules.audience.catalogue.files import SegmentError
from segrules.audience.catalogue.usage import Use
from segrules.audience.records.change import Change
from segrules.audience.upload import (
    UnknownIds,
    Upload,
    UploadMode,
    check_upload,
    freeze_segment,
    upload,
)
from segrules.cohorts.cohort import Cohort
from segrules.facts.arguments import kind_of, to_instant
from segrules.ids import IdSource, read_ids
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

    # Lists

    def upload_list(  # noqa: PLR0913  # a file, and what to do with it
        self,
        segment: str,
        source: IdSource,
        *,
        mode: UploadMode = "add",
        column: str | int = 1,
        header: bool = True,
        delimiter: str = ",",
        unknown: UnknownIds = "skip",
        at: datetime | None = None,
        by: str | None = None,
    ) -> Upload:
        """Let the ids in a CSV file into a static segment, or out of it; says what became of each.

        A segment that is not there is made, unless ids are to be removed. source, column, header,
        delimiter: as in `read_ids`. mode: `add` the ids, `replace` all members by them, or `remove`
        them. unknown: whether ids of customers nobody has heard of are left out, `skip`, or known
        from now on, `add`. at: the engine's clock where left out. Raises SegmentError for what
        cannot be read, for a dynamic segment, and where there is no clock yet.
        """
        found = read_ids(source, column=column, header=header, delimiter=delimiter)
        with self._lock:
            check_upload(self._state, segment, mode, unknown)
            instant = self._instant(at)
            return upload(self._state, segment, found, mode, unknown, instant, by)

    def freeze_segment(
        self, segment: str, name: str, *, by: str | None = None
    ) -> tuple[Change, ...]:
        """Make a static segment of the members that a dynamic one has now.

        Raises SegmentError for a segment that is not dynamic, and for a name that is taken.
        """
        with self._lock:
            return freeze_segment(self._state, segment, name, by)

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

    def _instant(self, at: datetime | None) -> int:
        """Return an instant that a host gives, or the clock's; raises SegmentError for neither."""
        if at is not None:
            return to_instant(at)
        if self._state.now is None:
            raise SegmentError("nothing has happened yet: say when with `at`")
        return self._state.now


def _check_use(use: Use) -> Use:
    if not isinstance(use, Use):
        raise SegmentError(f"a use is a `Use`, not {kind_of(use)}")
    return use
