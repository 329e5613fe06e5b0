"""Periods of the calendar: their names, and the clauses of rules that mean them."""

from datetime import date

from attrs import frozen

from segrules.meaning.calendar import Calendar, PeriodUnit, start_of_period, to_datetime


@frozen
class Period:
    """A day, week, month, quarter or year in a schema's time zone, by its first day.

    It prints as `2026-03-14`, `week of 2026-03-09`, `2026-03`, `2026-Q1` or `2026`. A week is named
    by its first day, since a schema's weeks may start on any day.
    """

    unit: PeriodUnit
    first: date

    @property
    def clause(self) -> str:
        """The clause of a rule that means this period."""
        match self.unit:
            case "day":
                return f"on {self.first}"
            case "week":
                last = min(self.first.toordinal() + 6, date.max.toordinal())
                return f"between {self.first} and {date.fromordinal(last)}"
            case _:
                return f"in {self}"

    def __str__(self) -> str:
        text = self.first.isoformat()
        match self.unit:
            case "day":
                return text
            case "week":
                return f"week of {text}"
            case "month":
                return text[:7]
            case "quarter":
                return f"{text[:4]}-Q{(self.first.month + 2) // 3}"
            case _:
                return text[:4]


def find_period(instant: int, unit: PeriodUnit, calendar: Calendar) -> Period:
    """Return the period of the calendar that holds an instant."""
    begins = to_datetime(start_of_period(instant, "day", 0, calendar))
    # East of Greenwich the calendar's first day begins before it.
    day = date.min if begins is None else begins.astimezone(calendar.zone).date()
    match unit:
        case "day":
            return Period(unit, day)
        case "week":
            into = (day.weekday() - calendar.week_starts) % 7
            return Period(unit, date.fromordinal(max(day.toordinal() - into, 1)))
        case "month":
            return Period(unit, day.replace(day=1))
        case "quarter":
            return Period(unit, day.replace(month=(day.month - 1) // 3 * 3 + 1, day=1))
        case _:
            return Period(unit, day.replace(month=1, day=1))
