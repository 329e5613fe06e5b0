"""Statistics: what an engine has done so far, and how far membership lags behind the facts."""

from collections import deque
from collections.abc import Mapping
from datetime import timedelta
from math import ceil
from typing import Final

from attrs import define, field, frozen

from segrules.audience.upkeep.upkeep import Upkeep
from segrules.data import Data, read_fields, write_fields
from segrules.meaning.calendar import MICROSECOND

SAMPLE: Final = 10_000
"""How many of the newest changes the quantiles of the lag are computed from."""


@frozen
class Stats:
    """Figures of an engine since it was made.

    events: new events taken. repeated: events that were seen before, and corrections that changed
    nothing. late: events and corrections that were late, as `Applied` says; those of backfills do
    not count. amended, retracted: amendments and retractions taken. changes: of membership.
    deadlines: how many are set now. evaluations: how often a segment was evaluated for a customer.
    wakeups: how often a customer's deadlines fell due; spurious: at how many of these no answer
    changed.

    lag_p50, lag_p95, lag_max: median, 95th percentile and maximum of the lag; None before the first
    change. The lag of a change runs from the instant of the fact that caused it, which is an
    event's own or that at which a deadline fell due, to the engine's clock when the change was
    returned. The first two are taken from the newest 10,000 changes that events or the clock
    caused. Facts of a backfill do not count.

    unlisted: how many values were let in that an open enumeration does not list, by its key in the
    schema.
    """

    events: int
    repeated: int
    late: int
    amended: int
    retracted: int
    changes: int
    deadlines: int
    evaluations: int
    wakeups: int
    spurious: int
    lag_p50: timedelta | None
    lag_p95: timedelta | None
    lag_max: timedelta | None
    unlisted: Mapping[str, int] = field(factory=dict, hash=False)

    @classmethod
    def from_data(cls, data: object) -> "Stats":
        """Return the figures that `to_data` has written; raises DataError."""
        return read_fields(cls, data)

    def to_data(self) -> Data:
        """Return the figures as JSON types; `from_data` reads them back."""
        return write_fields(self)


@define(eq=False)
class Lags:
    """Lags in microseconds: the newest, and the longest of all."""

    newest: deque[int] = field(factory=lambda: deque(maxlen=SAMPLE))
    longest: int | None = None

    def add(self, lag: int, times: int) -> None:
        """Add a lag, a number of times; a fact known before it happens has no lag."""
        if not times:
            return
        lag = max(lag, 0)
        self.newest.extend([lag] * times)
        self.longest = lag if self.longest is None else max(self.longest, lag)

    def quantile(self, share: float) -> timedelta | None:
        """Return the lag that a share of the newest does not exceed (nearest rank)."""
        if not self.newest:
            return None
        ranked = sorted(self.newest)
        return ranked[ceil(share * len(ranked)) - 1] * MICROSECOND

    @property
    def maximum(self) -> timedelta | None:
        """The longest lag of all."""
        return None if self.longest is None else self.longest * MICROSECOND


def sum_up(upkeep: Upkeep, lags: Lags, changes: int, unlisted: Mapping[str, int]) -> Stats:
    """Return the figures so far. changes: how many there have been."""
    counters = upkeep.counters
    return Stats(
        events=counters.events,
        repeated=counters.repeated,
        late=counters.late,
        amended=counters.amended,
        retracted=counters.retracted,
        changes=changes,
        deadlines=sum(len(person.due) for person in upkeep.population.by_id.values()),
        evaluations=counters.evaluations,
        wakeups=counters.wakeups,
        spurious=counters.spurious,
        lag_p50=lags.quantile(0.5),
        lag_p95=lags.quantile(0.95),
        lag_max=lags.maximum,
        unlisted=dict(unlisted),
    )
