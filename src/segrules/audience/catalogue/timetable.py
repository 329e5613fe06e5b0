"""Which segments hold their members still, and when each is refreshed."""

from collections.abc import Collection, Iterable, Iterator
from datetime import datetime

from attrs import define, field, frozen

from segrules.audience.catalogue.origin import Origin
from segrules.audience.catalogue.refresh import Refresh, find_times
from segrules.meaning.calendar import DAWN, NEVER, Calendar, to_datetime


@frozen
class Details:
    """What is known of a dynamic segment besides its rule and its members.

    origin: where it came from, if anybody has said so. refresh: how its members are kept up.
    refreshed_at: of one that holds its members, when they were last found; next_refresh: when they
    are due to be. Both are in UTC, and None for a live segment and before the engine's clock
    stands.
    """

    origin: Origin | None
    refresh: Refresh
    refreshed_at: datetime | None
    next_refresh: datetime | None


@define(eq=False)
class Schedule:
    """A segment that holds its members. due: when it is refreshed next."""

    refresh: Refresh
    refreshed_at: int | None = None
    due: int = NEVER
    times: Iterator[int] = field(factory=lambda: iter(()))


@define(eq=False)
class Timetable:
    """Segments that hold their members between refreshes, by name.

    next: the instant at which the next refresh is due; NEVER for none, and DAWN until the clock
    stands. missed: by segment, the numbers of customers who were left out of a refresh.
    """

    calendar: Calendar
    schedules: dict[str, Schedule] = field(factory=dict)
    next: int = NEVER
    missed: dict[str, set[int]] = field(factory=dict)

    def put(self, segment: str, refresh: Refresh | None, now: int | None) -> None:
        """Have a segment whose members have just been found refreshed like this; None: as before.

        now: the clock; None while there is none.
        """
        known = self.schedules.get(segment)
        self.missed.pop(segment, None)
        if known is not None and refresh in (None, known.refresh):
            return
        self.drop(segment)
        if refresh is not None and refresh.kind != "live":
            schedule = self.schedules[segment] = Schedule(refresh)
            if now is not None:
                self._begin(schedule, now)
            self._find_next(has_begun=now is not None)

    def drop(self, segment: str) -> None:
        """Have a segment live, or gone."""
        self.missed.pop(segment, None)
        if self.schedules.pop(segment, None) is not None:
            self._find_next(has_begun=self.next != DAWN)

    def begin(self, now: int) -> None:
        """Reckon from the engine's first instant on."""
        for schedule in self.schedules.values():
            self._begin(schedule, now)
        self._find_next(has_begun=True)

    def take(self) -> list[str]:
        """Return the segments that are due next, and put each to its next time."""
        segments = [name for name, each in self.schedules.items() if each.due == self.next]
        for segment in segments:
            schedule = self.schedules[segment]
            schedule.due = next(schedule.times, NEVER)
        self._find_next(has_begun=True)
        return segments

    def note(self, segments: Iterable[str], instant: int | None, left_out: Collection[int]) -> None:
        """Note a refresh, and the numbers of customers who were left out of it."""
        for segment in segments:
            if segment in self.schedules:
                self.schedules[segment].refreshed_at = instant
                if left_out:
                    self.missed.setdefault(segment, set()).update(left_out)

    def describe(self, segment: str, origin: Origin | None) -> Details:
        """Return what is known of a dynamic segment."""
        schedule = self.schedules.get(segment)
        if schedule is None:
            return Details(origin, Refresh.live(), None, None)
        at = schedule.refreshed_at
        refreshed_at = None if at is None else to_datetime(at)
        return Details(origin, schedule.refresh, refreshed_at, to_datetime(schedule.due))

    def _begin(self, schedule: Schedule, now: int) -> None:
        schedule.times = find_times(schedule.refresh, self.calendar, now)
        schedule.due = next(schedule.times, NEVER)

    def _find_next(self, *, has_begun: bool) -> None:
        due = (schedule.due for schedule in self.schedules.values())
        self.next = min(due, default=NEVER) if has_begun or not self.schedules else DAWN
