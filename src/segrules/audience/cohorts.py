"""The cohorts of an engine: audiences that were taken at an instant and never change."""

from bisect import bisect_right

from segrules.audience.catalogue.binding import bind
from segrules.audience.catalogue.catalogue import Kept
from segrules.audience.catalogue.segment import SegmentError
from segrules.audience.catalogue.view import View
from segrules.audience.core import Core
from segrules.audience.operations.preview import DRAFT, select
from segrules.audience.records.audit import check_by
from segrules.audience.upkeep.upkeep import Upkeep
from segrules.cohorts.cohort import Cohort, take_cohort
from segrules.facts.arguments import expect
from segrules.meaning.calendar import DAWN
from segrules.rule import Rule


class Cohorts(View[Cohort]):
    """The cohorts an engine keeps, by name, always up to date.

    Rules refer to them by `in cohort`. An unknown name raises UnknownAudienceError, which is a
    KeyError. In every method `by` says who acts, for the audit log.
    """

    def __init__(self, core: Core) -> None:
        self._core = core
        known = core.catalogue
        super().__init__(
            core.lock, known.cohorts, lambda name: known.get_cohort(name).cohort, "cohort"
        )

    def take(self, name: str, rule: Rule | str, *, by: str | None = None) -> Cohort:
        """Capture the customers a rule selects at the engine's clock, and keep them as a cohort.

        Raises RuleError, ForgottenError if the rule needs events that the engine has forgotten, and
        SegmentError if the name is taken, the engine has no clock yet, a backfill is open or
        deadlines are overdue.
        """
        check_by(by)
        with self._core.lock:
            core = self._core
            core.catalogue.check_free(name)
            if core.now is None:
                raise SegmentError(
                    "the engine has no clock yet: there is no instant to take a cohort at"
                )
            if core.backfill is not None:
                raise SegmentError(
                    f"the backfill `{core.backfill.name}` is open: a cohort never changes, so take "
                    "it when all facts are there"
                )
            if core.overdue:
                raise SegmentError(
                    "deadlines up to the clock are overdue: a cohort never changes, so call "
                    "`advance_to` until none are"
                )
            bound = bind(core.catalogue, {DRAFT: rule})
            members = select(core, bound, DRAFT)
            newest = _find_newest(core.upkeep, core.now)
            cohort = take_cohort(name, bound[DRAFT], members, at=core.now, newest=newest)
            _keep(core, cohort)
            core.audit("snapshot", (name,), by, customers=len(members))
            return cohort

    def keep(self, cohort: Cohort, *, by: str | None = None) -> None:
        """Keep a cohort made elsewhere: by algebra, from JSON, of a family.

        Members unknown to the engine stay unknown until their first fact. Raises SegmentError if
        the name is taken.
        """
        check_by(by)
        expect(cohort, Cohort, "a cohort")
        with self._core.lock:
            self._core.catalogue.check_free(cohort.name)
            _keep(self._core, cohort)
            self._core.audit("add", (cohort.name,), by, customers=len(cohort))

    def drop(self, name: str, *, by: str | None = None) -> None:
        """Remove a cohort.

        Raises SegmentError while it is in use, naming every user, and UnknownAudienceError if there
        is none.
        """
        check_by(by)
        with self._core.lock:
            core, entry = self._core, ("cohort", name)
            core.catalogue.check_unused(core.catalogue.get_cohort(name))
            for person in core.upkeep.population.by_id.values():
                if entry in person.history.lists:
                    person.history.lists -= {entry}
            core.catalogue.remove(name)
            core.audit("remove", (name,), by)


def _keep(core: Core, cohort: Cohort) -> None:
    """Add a cohort to the catalogue and to its members' facts; no rule refers to it yet."""
    core.catalogue.add(Kept(cohort.name, cohort))
    population = core.upkeep.population
    for person in population.by_id.values():
        if population.ids_of(person) & cohort.members:
            person.history.lists |= {("cohort", cohort.name)}


def _find_newest(upkeep: Upkeep, now: int) -> int:
    """Return the instant of the newest event up to now; DAWN for none."""
    newest = upkeep.find_newest(now)
    people = upkeep.population.by_id.values() if upkeep.keeps_all else ()
    for person in people:
        for log in person.history.by_type.values():
            times = log.times
            place = bisect_right(times, now)
            newest = max(newest, times[place - 1] if place else DAWN)
    return newest
