"""When a segment's members are found anew: with every fact, at set times, or when asked."""

from collections.abc import Iterable, Iterator
from datetime import date, datetime, time
from typing import Any, Final, Literal, TypeAlias

from attrs import frozen
from dateutil.rrule import rrule, rruleset

from segrules.facts.arguments import kind_of
from segrules.language.diagnostics import SegrulesError
from segrules.meaning.calendar import Calendar, first_at, to_datetime, to_local

RefreshKind: TypeAlias = Literal["live", "daily", "on_demand", "custom"]

THREE: Final = time(3)


@frozen(repr=False)
class Refresh:
    """How a dynamic segment's members are kept up.

    Made by `live`, `daily`, `on_demand` and `custom`. All but the first hold the members still
    between refreshes. kind: which of these. at: of `daily`, the time of day. rule: of `custom`, the
    rrule or rruleset. Prints as words.
    """

    kind: RefreshKind = "live"
    at: time | None = None
    rule: Any = None

    @classmethod
    def live(cls) -> "Refresh":
        """Keep members exact, with every fact and every tick of the clock; as segments are."""
        return cls()

    @classmethod
    def daily(cls, at: time = THREE) -> "Refresh":
        """Find members anew every day, at a time of day in the schema's zone."""
        if not isinstance(at, time) or at.tzinfo is not None:
            raise SegrulesError(
                "a daily refresh is `at` a `time` without a zone, such as `time(3, 0)`: it is the "
                "schema's"
            )
        return cls("daily", at)

    @classmethod
    def on_demand(cls) -> "Refresh":
        """Find members anew only when `Engine.refresh` is called."""
        return cls("on_demand")

    @classmethod
    def custom(cls, rule: rrule | rruleset) -> "Refresh":
        """Find members anew at the times of an rrule or an rruleset of `dateutil`.

        Naive times are wall time in the schema's zone, aware ones in their own. One that does not
        exist on its day moves to the first instant after the gap; one that exists twice counts
        once, the first time.
        """
        if not isinstance(rule, rrule | rruleset):
            raise SegrulesError(
                f"a custom refresh is an `rrule` or `rruleset` of `dateutil`, not {kind_of(rule)}"
            )
        try:
            next(iter(rule), None)
        except TypeError:
            raise SegrulesError(
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
