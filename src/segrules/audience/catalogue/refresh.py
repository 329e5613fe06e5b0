"""Refreshes: when a segment's members are found: with every fact, at set times, or on demand."""

from collections.abc import Iterable, Iterator
from datetime import date, datetime, time
from typing import Any, Final, Literal, TypeAlias

from attrs import define, field, frozen
from dateutil.rrule import rrule, rruleset

from segrules.facts.arguments import ArgumentError, kind_of
from segrules.meaning.calendar import NEVER, Calendar, first_at, to_datetime, to_local

RefreshKind: TypeAlias = Literal["live", "daily", "on_demand", "custom"]

THREE: Final = time(3)


@frozen(repr=False)
class Refresh:
    """How a dynamic segment's members are kept up.

    Made by `live`, `daily`, `on_demand` and `custom`. All but `live` hold the members between
    refreshes; `str()` is words. kind: which of these. at: of `daily`, the time of day. rule: of
    `custom`, the rrule or rruleset.
    """

    kind: RefreshKind = "live"
    at: time | None = None
    rule: Any = None

    def __attrs_post_init__(self) -> None:
        match self:
            case Refresh("live" | "on_demand", None, None) | Refresh("daily", time(), None):
                return
            case Refresh("custom", None, rrule() | rruleset()):
                return
            case _:
                raise ArgumentError(
                    "a refresh is made by `Refresh.live`, `daily`, `on_demand` or `custom`"
                )

    @classmethod
    def live(cls) -> "Refresh":
        """Keep members exact, with every fact and every tick of the clock; the default."""
        return cls()

    @classmethod
    def daily(cls, at: time = THREE) -> "Refresh":
        """Find members every day, at a time of day in the schema's zone."""
        if not isinstance(at, time) or at.tzinfo is not None:
            raise ArgumentError(
                "a daily refresh is `at` a `time` without a zone, such as `time(3, 0)`: it is the "
                "schema's"
            )
        return cls("daily", at)

    @classmethod
    def on_demand(cls) -> "Refresh":
        """Find members only when `Engine.refresh` is called."""
        return cls("on_demand")

    @classmethod
    def custom(cls, rule: rrule | rruleset) -> "Refresh":
        """Find members at the times of an rrule or an rruleset of `dateutil`.

        Naive times are wall time in the schema's zone, aware ones in their own. One that does not
        exist on its day moves to the first instant after the gap; one that exists twice counts
        once, the first time.
        """
        if not isinstance(rule, rrule | rruleset):
            raise ArgumentError(
                f"a custom refresh is an `rrule` or `rruleset` of `dateutil`, not {kind_of(rule)}"
            )
        try:
            next(iter(rule), None)
        except TypeError:
            raise ArgumentError(
                "the times of a custom refresh are all naive, or all aware: these are mixed"
            ) from None
        return cls("custom", rule=rule)

    def __str__(self) -> str:
        match self.kind:
            case "daily":
                return f"daily at {self.at}".removesuffix(":00")
            case "custom" if isinstance(self.rule, rrule):
                return f"custom, {' '.join(str(self.rule).split())}"
            case _:
                return self.kind.replace("_", " ")

    def __repr__(self) -> str:
        return f"<Refresh {self}>"


@define(eq=False)
class Schedule:
    """When a segment that holds its members was refreshed, and when it is refreshed next.

    refreshed_at, due: instants; None before the first refresh, NEVER for no next one. times: the
    instants after `due`. missed: the ids of customers of whom an open backfill had facts set aside
    at a refresh.
    """

    refresh: Refresh
    refreshed_at: int | None = None
    due: int = NEVER
    times: Iterator[int] = field(factory=lambda: iter(()))
    missed: set[str] = field(factory=set)


def find_times(refresh: Refresh, calendar: Calendar, after: int) -> Iterator[int]:
    """Yield the instants at which a refresh is due, later than an instant, each once, in order."""
    latest = after
    for wall in _find_walls(refresh, calendar, after):
        try:
            instant = first_at(wall.replace(tzinfo=None), wall.tzinfo or calendar.zone)
        except OverflowError:
            continue
        if instant > latest and to_datetime(instant) is not None:
            yield instant
            latest = instant


def _find_walls(refresh: Refresh, calendar: Calendar, after: int) -> Iterable[datetime]:
    """Return the times of day, in order, from an instant on or from long before."""
    if refresh.kind == "custom":
        walls: Iterable[datetime] = refresh.rule
        return walls
    moment = to_datetime(after)
    if refresh.at is None or moment is None:
        return ()
    first, at = to_local(moment, calendar.zone).date(), refresh.at
    days = range(first.toordinal(), date.max.toordinal() + 1)
    return (datetime.combine(date.fromordinal(day), at) for day in days)
