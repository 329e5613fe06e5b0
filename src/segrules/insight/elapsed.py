"""Elapsed periods: how many lie between a customer's start and a later instant.

Calendar periods begin at the same instant for every customer, such as the first of the month.
Rolling periods begin with each customer's start. Rolling hours, days and weeks are exact lengths;
rolling months, quarters and years step through the calendar as `within 1 month` does.

INVARIANT: the first rolling month is the time in which `within 1 month` holds of the start.

INVARIANT: what counting costs grows with the instants, not with the time between them; hours are
counted through the years between only where these are within reach.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Callable
from datetime import date, timedelta
from functools import cache
from itertools import accumulate, pairwise
from typing import Final, Literal, TypeAlias, get_args

from attrs import frozen

from segrules.facts.arguments import FIRST_INSTANT
from segrules.meaning.calendar import (
    DAWN,
    DAY,
    HOUR,
    NEVER,
    SECOND,
    Calendar,
    day_of,
    end_of_day,
    number_of,
    start_of_day,
    to_datetime,
    to_local,
)
from segrules.meaning.conditions import Months
from segrules.meaning.periods import find_period
from segrules.meaning.windows import find_passing

PeriodName: TypeAlias = Literal["hour", "day", "week", "month", "quarter", "year"]
PERIODS: Final[tuple[PeriodName, ...]] = get_args(PeriodName)

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
YEAR: Final = 10_000
"""More than the hours of any year."""


@frozen
class Numbers:
    """Numbers for the calendar's periods, larger for later ones.

    find: returns that of the period that holds an instant. between: returns how many periods lie
    between two of them, the earlier given first.
    """

    find: Callable[[int], int]
    between: Callable[[int, int], int]


def number_periods(period: PeriodName, calendar: Calendar, reach: int) -> Numbers:
    """Return numbers for the calendar's periods.

    An hour is sixty minutes, counted from the day's first instant. reach: how many hours between
    two are counted exactly; if there are more, the count is too low, and still above it.
    """
    find_day = _find_days(calendar)
    if period == "hour":
        return _number_hours(find_day, calendar, reach)
    number = cache(lambda ordinal: number_of(date.fromordinal(ordinal), period, calendar))
    return Numbers(lambda instant: number(find_day(instant)), lambda one, other: other - one)


def _find_days(calendar: Calendar) -> Callable[[int], int]:
    """Return a function that finds the day that holds an instant, and keeps those it has seen."""

    @cache
    def look(utc_day: int) -> tuple[int, list[int]]:
        """Return the day at the beginning of a day of UTC, and where further ones begin in it."""
        first, last = (day_of(utc_day * DAY + into, calendar).toordinal() for into in (0, DAY - 1))
        later = range(first + 1, last + 1)
        return first, [start_of_day(date.fromordinal(each), calendar) for each in later]

    def find(instant: int) -> int:
        first, later = look(instant // DAY)
        return first + bisect_right(later, instant)

    return find


def _number_hours(find_day: Callable[[int], int], calendar: Calendar, reach: int) -> Numbers:
    """Return numbers for hours: the year's, times YEAR, and the hour's within it.

    Days of 23½ hours have 24 that begin on them, so that hours are counted day by day, in each year
    that is asked about and once.
    """
    measure = cache(lambda year: _measure_year(year, calendar))

    def find(instant: int) -> int:
        day = date.fromordinal(find_day(instant))
        starts, hours = measure(day.year)
        place = day.timetuple().tm_yday - 1
        return day.year * YEAR + hours[place] + max(instant - starts[place], 0) // HOUR

    @cache
    def count_years(first: int, last: int) -> int:
        """Return the hours of the years from the first on until the last begins."""
        if first == last:
            return 0
        whole = (_start_of_year(last, calendar) - _start_of_year(first + 1, calendar)) // HOUR
        if whole <= reach:
            whole = sum(measure(year)[1][-1] for year in range(first + 1, last))
        return measure(first)[1][-1] + whole

    def between(one: int, other: int) -> int:
        (first, begun), (last, come) = divmod(one, YEAR), divmod(other, YEAR)
        return count_years(first, last) - begun + come

    return Numbers(find, between)


def _measure_year(year: int, calendar: Calendar) -> tuple[list[int], list[int]]:
    """Return where each day of a year begins, and how many hours of the year lie before it.

    Both end with what follows the year's last day.
    """
    first, last = date(year, 1, 1), date(year, 12, 31)
    days = [first + timedelta(days=k) for k in range((last - first).days + 1)]
    starts = [_start_of_day(day, calendar) for day in days]
    ends = end_of_day(last, calendar)
    starts.append(starts[-1] + DAY if ends == NEVER else ends)
    lengths = (-(-(ends - begins) // HOUR) for begins, ends in pairwise(starts))
    return starts, list(accumulate(lengths, initial=0))


def _start_of_year(year: int, calendar: Calendar) -> int:
    return _start_of_day(date(year, 1, 1), calendar)


def _start_of_day(day: date, calendar: Calendar) -> int:
    """Return the first instant of a day, also where that lies before the calendar's first."""
    begins = start_of_day(day, calendar)
    return end_of_day(day, calendar) - DAY if begins == DAWN else begins


def name_period(instant: int, period: PeriodName, calendar: Calendar) -> str:
    """Return the name of the calendar's period that holds an instant."""
    if period != "hour":
        return str(find_period(instant, period, calendar))
    begins = _start_of_day(day_of(instant, calendar), calendar)
    hour = to_datetime(max(instant - (instant - begins) % HOUR, FIRST_INSTANT))
    assert hour is not None  # noqa: S101  # it lies no later than an event
    return to_local(hour, calendar.zone).isoformat(timespec="minutes")


def by_calendar(numbers: Numbers) -> Elapsed:
    """Count in periods of the calendar."""
    find, between = numbers.find, numbers.between

    def measure(instants: list[int]) -> Since:
        found = [find(instant) for instant in instants]

        def since(begins: int) -> list[int]:
            own = find(begins)
            return [between(own, each) for each in found[bisect_left(instants, begins) :]]

        return since

    return measure


def in_brackets(elapsed: Elapsed, brackets: tuple[int, ...]) -> Elapsed:
    """Count in brackets of periods, given the last period of each; what follows is one more."""

    def measure(instants: list[int]) -> Since:
        since = elapsed(instants)
        return lambda begins: [bisect_left(brackets, period) for period in since(begins)]

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
