"""The calendar of a merchant: days, periods and steps of months in one time zone.

Instants are whole microseconds since 1970-01-01T00:00Z, as ints: aware datetimes do arithmetic on
wall-clock time, ints do not. Every function here is monotone in its instant, on every day of 23 or
25 hours and on every midnight that does not exist; that is what lets windows tile.
"""

from datetime import UTC, date, datetime, time, timedelta, tzinfo
from typing import Final, Literal, TypeAlias, assert_never
from zoneinfo import ZoneInfo

from attrs import frozen
from dateutil.relativedelta import relativedelta

PeriodUnit: TypeAlias = Literal["day", "week", "month", "quarter", "year"]

NEVER: Final = 1 << 63
"""Later than every instant."""
DAWN: Final = -(1 << 63)
"""Earlier than every instant."""

SECOND: Final = 1_000_000
HOUR: Final = 3_600 * SECOND
DAY: Final = 24 * HOUR

MICROSECOND: Final = timedelta(microseconds=1)
EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)


@frozen
class Calendar:
    """Where a day begins and a week starts. week_starts: 0 for Monday to 6 for Sunday."""

    zone: ZoneInfo
    week_starts: int = 0


def to_micros(moment: datetime) -> int:
    """Return an aware datetime as microseconds since 1970-01-01T00:00Z, exactly."""
    since = moment - EPOCH
    # A third of what it costs to divide by a microsecond.
    return (since.days * 86_400 + since.seconds) * 1_000_000 + since.microseconds


def to_datetime(instant: int) -> datetime | None:
    """Return an instant as a datetime in UTC; None for one that the calendar does not reach."""
    try:
        return EPOCH + timedelta(0, 0, instant)
    except OverflowError:
        return None


def to_local(moment: datetime, zone: tzinfo) -> datetime:
    """Return an instant in a time zone; as it is where the calendar ends too soon for that."""
    try:
        return moment.astimezone(zone)
    except OverflowError:
        return moment


def start_of_day(day: date, calendar: Calendar) -> int:
    """Return the first instant of a day: where midnight does not exist, what comes right after."""
    try:
        return first_at(datetime.combine(day, time.min), calendar.zone)
    except OverflowError:
        # East of Greenwich the first day of the calendar begins before it.
        return DAWN


def end_of_day(day: date, calendar: Calendar) -> int:
    """Return the first instant after a day."""
    return NEVER if day == date.max else start_of_day(day + timedelta(days=1), calendar)


def start_of_period(instant: int, unit: PeriodUnit, steps: int, calendar: Calendar) -> int:
    """Return where the period that holds an instant begins, or the one so many steps later."""
    return start_from(day_of(instant, calendar), unit, steps, calendar)


def start_from(day: date, unit: PeriodUnit, steps: int, calendar: Calendar) -> int:
    """Return where the period that holds a day begins, or the one so many steps later.

    Periods beyond either end of the calendar begin at DAWN or NEVER.
    """
    number = number_of(day, unit, calendar) + steps
    try:
        return start_of_day(_first_day(number, unit, calendar), calendar)
    except (OverflowError, ValueError):
        return DAWN if steps < 1 else NEVER


def number_of(day: date, unit: PeriodUnit, calendar: Calendar) -> int:
    """Return the number of the period that holds a day, counted from the calendar's beginning."""
    match unit:
        case "day":
            return day.toordinal()
        case "week":
            # 1 January of the year 1 is a Monday.
            return (day.toordinal() - 1 - calendar.week_starts) // 7
        case "month":
            return day.year * 12 + day.month - 1
        case "quarter":
            return day.year * 4 + (day.month - 1) // 3
        case "year":
            return day.year
        case _:
            assert_never(unit)


def _first_day(number: int, unit: PeriodUnit, calendar: Calendar) -> date:
    match unit:
        case "day":
            return date.fromordinal(number)
        case "week":
            return date.fromordinal(number * 7 + 1 + calendar.week_starts)
        case "month":
            return date(number // 12, number % 12 + 1, 1)
        case "quarter":
            return date(number // 4, number % 4 * 3 + 1, 1)
        case "year":
            return date(number, 1, 1)
        case _:
            assert_never(unit)


def cut_months_away(instant: int, months: int, calendar: Calendar) -> int:
    """Return the cut just after the instant so many calendar months away.

    Everything from the cut on lies later than that instant. Where the month has no such day, the
    step is clamped to the month's end, and the cut lies at the next month's first instant.
    """
    try:
        local = _local(instant, calendar.zone)
    except OverflowError:
        return DAWN if instant < 0 else NEVER
    try:
        if local.fold:
            # The hour is repeated: wall time has run back, the calendar must not.
            local = _local(_transition(local, calendar.zone) - 1, calendar.zone)
        day = local.date() + relativedelta(months=months)
        if day.day != local.day:
            return start_of_day(day + timedelta(days=1), calendar)
        wall = datetime.combine(day, local.time())
        first = first_at(wall, calendar.zone)
        return first + (1 if _exists(wall, calendar.zone) else 0)
    except (OverflowError, ValueError):
        return DAWN if months < 0 else NEVER


def _local(instant: int, zone: tzinfo) -> datetime:
    return (EPOCH + timedelta(microseconds=instant)).astimezone(zone)


def day_of(instant: int, calendar: Calendar) -> date:
    """Return the day that holds an instant; the calendar's first or last for one beyond it."""
    try:
        day = _local(instant, calendar.zone).date()
    except OverflowError:
        return date.min if instant < 0 else date.max
    # Where clocks go back across midnight, yesterday's date returns; the day does not.
    return day + timedelta(days=1) if end_of_day(day, calendar) <= instant else day


def first_at(wall: datetime, zone: tzinfo) -> int:
    """Return the first instant at which clocks in a zone show a wall time or a later one."""
    if _exists(wall, zone):
        return to_micros(wall.replace(tzinfo=zone))
    return _transition(wall, zone)


def _exists(wall: datetime, zone: tzinfo) -> bool:
    aware = wall.replace(tzinfo=zone)
    return aware.astimezone(UTC).astimezone(zone).replace(tzinfo=None) == wall


def _transition(wall: datetime, zone: tzinfo) -> int:
    """Return the instant at which clocks jump past a wall time, or back before it."""
    low, high = sorted(to_micros(wall.replace(tzinfo=zone, fold=fold)) for fold in (0, 1))
    before = _local(low, zone).utcoffset()
    while high - low > 1:
        middle = (low + high) // 2
        if _local(middle, zone).utcoffset() == before:
            low = middle
        else:
            high = middle
    return high
