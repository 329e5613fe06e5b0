"""Elapsed periods: how many lie between a customer's start and a later instant.

Calendar periods begin at the same instant for every customer, such as the first of the month.
Rolling periods begin with each customer's start. Rolling hours, days and weeks are exact lengths;
rolling months, quarters and years step through the calendar as `within 1 month` does.

INVARIANT: the first rolling month is the time in which `within 1 month` holds of the start.
"""

from bisect import bisect_left
from collections.abc import Callable, Iterator
from typing import Final, Literal, TypeAlias, get_args

from segrules.meaning.calendar import (
    DAY,
    HOUR,
    SECOND,
    Calendar,
    PeriodUnit,
    start_of_period,
    to_datetime,
    to_local,
)
from segrules.meaning.conditions import Months
from segrules.meaning.periods import find_period
from segrules.meaning.windows import find_passing

PeriodName: TypeAlias = Literal["hour", "day", "week", "month", "quarter", "year"]
PERIODS: Final[tuple[PeriodName, ...]] = get_args(PeriodName)

Number: TypeAlias = Callable[[int], int]
"""Returns the number of the calendar period that holds an instant."""
Since: TypeAlias = Callable[[int], list[int]]
"""Returns how many periods after a start each instant lies, without the instants before it."""
Elapsed: TypeAlias = Callable[[list[int]], Since]
"""Prepares instants, which are in order, to be counted from any start."""

LENGTHS: Final = {"hour": HOUR, "day": DAY, "week": 7 * DAY}
MONTHS: Final = {"month": 1, "quarter": 3, "year": 12}
NEAR: Final = 3 * HOUR
"""More than clocks are ever changed by."""
FAR: Final = 27 * DAY
"""Less than any month."""


def number_periods(period: PeriodName, at: int, calendar: Calendar) -> Number:
    """Return a function that numbers the calendar's periods, for instants up to `at`.

    An hour is sixty minutes, counted from the day's first instant.
    """
    starts = _starts(period, at, calendar)
    passed = [-next(starts)]

    def number(instant: int) -> int:
        while passed[-1] < -instant:
            passed.append(-next(starts))
        return -bisect_left(passed, -instant)

    return number


def _starts(period: PeriodName, at: int, calendar: Calendar) -> Iterator[int]:
    """Yield the first instants of periods, the latest first."""
    unit: PeriodUnit = "day" if period == "hour" else period
    steps = 0
    while True:
        begins = start_of_period(at, unit, -steps, calendar)
        if period == "hour":
            ends = start_of_period(at, unit, 1 - steps, calendar)
            yield from reversed(range(begins, ends, HOUR))
        else:
            yield begins
        steps += 1


def name_period(instant: int, period: PeriodName, calendar: Calendar) -> str:
    """Return the name of the calendar's period that holds an instant."""
    if period != "hour":
        return str(find_period(instant, period, calendar))
    begins = start_of_period(instant, "day", 0, calendar)
    hour = to_datetime(instant - (instant - begins) % HOUR)
    assert hour is not None  # noqa: S101  # it lies no later than an event
    return to_local(hour, calendar.zone).isoformat(timespec="minutes")


def by_calendar(number: Number) -> Elapsed:
    """Count in periods of the calendar."""

    def measure(instants: list[int]) -> Since:
        numbers = [number(instant) for instant in instants]

        def since(begins: int) -> list[int]:
            own = number(begins)
            return [each - own for each in numbers[bisect_left(instants, begins) :]]

        return since

    return measure


def rolling(period: PeriodName, calendar: Calendar) -> Elapsed:
    """Count in periods that begin with each start."""
    if period in MONTHS:
        return _rolling_months(MONTHS[period], calendar)
    length = LENGTHS[period]

    def measure(instants: list[int]) -> Since:
        def since(begins: int) -> list[int]:
            later = instants[bisect_left(instants, begins) :]
            return [(instant - begins) // length for instant in later]

        return since

    return measure


def _rolling_months(months: int, calendar: Calendar) -> Elapsed:
    def measure(instants: list[int]) -> Since:
        places = [_place(instant, calendar) for instant in instants]

        def since(begins: int) -> list[int]:
            month, into = _place(begins, calendar)
            found = []
            for at in range(bisect_left(instants, begins), len(instants)):
                then, far = places[at]
                whole = then - month
                if not NEAR < abs(far - into) < FAR:
                    whole = _whole_months(begins, whole, instants[at], calendar)
                elif far < into:
                    whole -= 1
                found.append(whole // months)
            return found

        return since

    return measure


def _place(instant: int, calendar: Calendar) -> tuple[int, int]:
    """Return the month of an instant, counted from the year 0, and the clock's time within it."""
    moment = to_datetime(instant)
    assert moment is not None  # noqa: S101  # events and questions lie within the calendar
    local = to_local(moment, calendar.zone)
    into = local.day * DAY + local.hour * HOUR + (local.minute * 60 + local.second) * SECOND
    return local.year * 12 + local.month, into


def _whole_months(begins: int, guess: int, instant: int, calendar: Calendar) -> int:
    """Return the largest number of months for which `within … months` no longer holds of a start.

    The window itself decides, since close to the day short months and clock changes matter.
    """
    months = max(guess - 1, 0)
    while find_passing(Months(-months - 1), begins, calendar) <= instant:
        months += 1
    return months
