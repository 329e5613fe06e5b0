"""What an engine tells of itself: changes as they come, actions, and figures."""

from collections import deque
from collections.abc import Iterable
from datetime import datetime

from attrs import define, field

from segrules.audience.records.audit import AuditEntry
from segrules.audience.records.change import Cause, Change
from segrules.audience.records.feed import Feed
from segrules.audience.records.stats import Lags, Stats
from segrules.audience.upkeep.upkeep import Move, Upkeep
from segrules.meaning.calendar import to_datetime


@define(eq=False)
class Ledger:
    """The feed, the audit log and the lags of an engine. The log keeps as many as the feed."""

    feed: Feed
    audit: deque[AuditEntry] = field(init=False)
    lags: Lags = field(factory=Lags)

    def __attrs_post_init__(self) -> None:
        self.audit = deque(maxlen=self.feed.size)

    def note(self, upkeep: Upkeep, moves: Iterable[Move], at: int, cause: Cause) -> list[Change]:
        """Return moves as changes, and keep them in the feed."""
        moment, names = to_moment(at), upkeep.names
        changes = [
            Change(person.id, names[number], joined, moment, cause)
            for person, number, joined in moves
        ]
        self.feed.add(changes)
        return changes

    def note_list(
        self, customer: str, segment: str, at: int, cause: Cause, *, joined: bool
    ) -> list[Change]:
        """Return a move into a static segment or out of it as a change, and keep it in the feed."""
        changes = [Change(customer, segment, joined, to_moment(at), cause)]
        self.feed.add(changes)
        return changes

    def sum_up(self, upkeep: Upkeep) -> Stats:
        """Return the figures so far."""
        counters = upkeep.counters
        return Stats(
            events=counters.events,
            changes=self.feed.token,
            deadlines=sum(len(person.due) for person in upkeep.population.by_id.values()),
            evaluations=counters.evaluations,
            wakeups=counters.wakeups,
            spurious=counters.spurious,
            lag_p50=self.lags.quantile(0.5),
            lag_p95=self.lags.quantile(0.95),
            lag_max=self.lags.maximum,
        )


def to_moment(instant: int) -> datetime:
    """Return an instant of an engine's clock as a datetime in UTC."""
    moment = to_datetime(instant)
    assert moment is not None  # noqa: S101  # a clock only ever stands at a datetime
    return moment
