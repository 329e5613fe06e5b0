"""The timetable: when segments that hold their members between refreshes are refreshed."""

from collections.abc import Collection, Iterable

from attrs import define

from segrules.audience.catalogue.catalogue import Catalogue
from segrules.audience.catalogue.refresh import Refresh, Schedule, find_times
from segrules.audience.catalogue.segment import Dynamic
from segrules.meaning.calendar import DAWN, NEVER, Calendar


@define(eq=False)
class Timetable:
    """The schedules of a catalogue's segments.

    next: the instant at which the next refresh is due; NEVER for none, and DAWN while the engine
    has no clock.
    """

    catalogue: Catalogue
    calendar: Calendar
    next: int = NEVER

    def schedule(self, segment: Dynamic, refresh: Refresh | None, now: int | None) -> None:
        """Set how a segment is refreshed, its members just found; None: as before.

        now: the clock; None while there is none. After the last segment `find_next` must follow.
        """
        known = segment.schedule
        if known is not None:
            known.missed.clear()
            if refresh in (None, known.refresh):
                return
        segment.schedule = None
        if refresh is not None and refresh.kind != "live":
            segment.schedule = Schedule(refresh)
            if now is not None:
                self._begin(segment.schedule, now)

    def begin(self, now: int) -> None:
        """Start every schedule at the engine's first instant."""
        for segment in self.catalogue.segments.values():
            if segment.schedule is not None:
                self._begin(segment.schedule, now)
        self.find_next(now)

    def pop_due(self) -> list[Dynamic]:
        """Return the segments that are due next, and move each to its next time."""
        due = [
            segment
            for segment in self.catalogue.segments.values()
            if segment.schedule is not None and segment.schedule.due == self.next
        ]
        for segment in due:
            if segment.schedule is not None:
                segment.schedule.due = next(segment.schedule.times, NEVER)
        self.find_next(self.next)
        return due

    def find_next(self, now: int | None) -> None:
        """Find when the next refresh is due. now: the clock; None while there is none."""
        schedules = [each.schedule for each in self.catalogue.segments.values() if each.schedule]
        due = min((schedule.due for schedule in schedules), default=NEVER)
        self.next = DAWN if schedules and now is None else due

    def _begin(self, schedule: Schedule, now: int) -> None:
        schedule.times = find_times(schedule.refresh, self.calendar, now)
        schedule.due = next(schedule.times, NEVER)


def mark_refreshed(
    segments: Iterable[Dynamic], instant: int | None, waiting: Collection[str]
) -> None:
    """Record a refresh of segments. waiting: ids of customers with facts set aside."""
    for segment in segments:
        if segment.schedule is not None:
            segment.schedule.refreshed_at = instant
            segment.schedule.missed.update(waiting)
