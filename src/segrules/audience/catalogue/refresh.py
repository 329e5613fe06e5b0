"""Refreshes: when a segment's members are found: with every fact, at set times, or on demand."""

from collections.abc import Iterable, Iterator
from datetime import date, datetime, time
from typing import Any, Final, Literal, TypeAlias

from attrs import define, field, frozen
from dateutil.rrule import rrule, rruleset

from segrules.audience.catalogue.recurrence import (
    Recurrence,
    identify,
    read,
    read_text,
    skip,
    write,
)
from segrules.data import Data, misfit, read_object
from segrules.facts.arguments import ArgumentError, kind_of
from segrules.meaning.calendar import NEVER, Calendar, first_at, to_datetime, to_local

RefreshKind: TypeAlias = Literal["live", "daily", "on_demand", "custom"]

THREE: Final = time(3)

_KINDS: Final = {"kind": RefreshKind, "at": time | None, "rule": Any}
"""The keys of a refresh's data, and what is under each."""


@frozen(repr=False)
class Refresh:
    """How a dynamic segment's members are kept up.

    Made by `live`, `daily`, `on_demand` and `custom`. All but `live` hold the members between
    refreshes; `str()` is words, and schedules are equal when they say the same. kind: which of
    these. at: of `daily`, the time of day. rule: of `custom`, the rrule or rruleset.
    """

    kind: RefreshKind = "live"
    at: time | None = None
    rule: Any = field(default=None, eq=identify)

    def __attrs_post_init__(self) -> None:
        match self:
            case Refresh("live" | "on_demand", None, None) | Refresh("daily", time(), None):
                return
            case Refresh("custom", None, rrule() | rruleset()):
                return
            case _:
                raise ArgumentError(
                    "a refresh is made by `Refresh.live`, `daily`, `on_demand` or `custom`",
                    subject="refresh",
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
                "schema's",
                subject="at",
            )
        return cls("daily", at)

    @classmethod
    def on_demand(cls) -> "Refresh":
        """Find members only when `Engine.refresh` is called."""
        return cls("on_demand")

    @classmethod
    def custom(cls, rule: Recurrence | str) -> "Refresh":
        """Find members at the times of an rrule or an rruleset of `dateutil`.

        rule: also as text, `FREQ=DAILY;BYHOUR=6`. Without a `DTSTART` the text counts from midnight
        of 1 January 2001, a Monday: `FREQ=WEEKLY` is Mondays at 0:00.

        Naive times are wall time in the schema's zone, aware ones in their own. One that does not
        exist on its day moves to the first instant after the gap; one that exists twice counts
        once, the first time.
        """
        if isinstance(rule, str):
            rule = read_text(rule)
        if not isinstance(rule, rrule | rruleset):
            raise ArgumentError(
                "a custom refresh is an `rrule` or `rruleset` of `dateutil`, or the text of one, "
                f"not {kind_of(rule)}",
                subject="rule",
            )
        try:
            next(iter(rule), None)
        except TypeError:
            raise ArgumentError(
                "the times of a custom refresh are all naive, or all aware: these are mixed",
                subject="rule",
            ) from None
        return cls("custom", rule=rule)

    @classmethod
    def from_data(cls, data: object) -> "Refresh":
        """Return the refresh that `to_data` has written; raises DataError and ArgumentError."""
        given = read_object(data, _KINDS, optional=("at", "rule"))
        match given:
            case {"kind": "custom", "rule": rule}:
                return cls.custom(read(rule))
            case {"kind": "daily", "at": time() as at}:
                return cls.daily(at)
            case {"kind": "daily"}:
                raise misfit("at", "a daily refresh has a time of day")
            case {"kind": "custom"}:
                raise misfit("rule", "a custom refresh has a rule")
            case _:
                return cls(given["kind"])

    def to_data(self) -> Data:
        """Return the refresh as JSON types; `from_data` reads it back.

        An rrule is its text. Raises ArgumentError for a rule in a time zone without a name.
        """
        at = None if self.at is None else self.at.isoformat()
        return {
            "kind": self.kind,
            "at": at,
            "rule": None if self.rule is None else write(self.rule),
        }

    def __str__(self) -> str:
        match self.kind:
            case "daily":
                return f"daily at {self.at}".removesuffix(":00")
            case "custom" if isinstance(self.rule, rrule):
                return " ".join(str(identify(self.rule)).split())
            case _:
                return self.kind.replace("_", " ")

    def __repr__(self) -> str:
        return f"<Refresh {'custom, ' if self.kind == 'custom' else ''}{self}>"


@define(eq=False)
class Schedule:
    """When a segment that holds its members was refreshed, and when it is refreshed next.

    refreshed_at, due: instants; None before the first refresh, NEVER for no next one. times: the
    instants after `due`. missed: at a refresh, the ids of customers with facts that an open
    backfill had set aside.
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
    moment = to_datetime(after)
    if refresh.kind == "custom":
        walls: Iterable[datetime] = refresh.rule if moment is None else skip(refresh.rule, moment)
        return walls
    if refresh.at is None or moment is None:
        return ()
    first, at = to_local(moment, calendar.zone).date(), refresh.at
    days = range(first.toordinal(), date.max.toordinal() + 1)
    return (datetime.combine(date.fromordinal(day), at) for day in days)
