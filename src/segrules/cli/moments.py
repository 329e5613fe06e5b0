"""Instants in options and in reports, in a store's time zone."""

from datetime import date, datetime, tzinfo

from segrules import FactError, Schema
from segrules.cli.errors import MisuseError
from segrules.data import to_text
from segrules.facts.door import to_moment
from segrules.facts.epoch import find_unit, guess_instant
from segrules.meaning.calendar import start_of_day, to_datetime, to_local


def read_moment(text: str, option: str, schema: Schema) -> datetime:
    """Return the instant of an option; a date is its first instant in the schema's time zone."""
    try:
        day = date.fromisoformat(text)
    except ValueError:
        try:
            return to_moment(text, option)
        except FactError as error:
            advice = "or a date such as `2026-03-14`"
            if find_unit(text) is not None:
                advice = f"write `{to_text(guess_instant(text))}`"
            raise MisuseError(f"{error}, {advice}") from None
    moment = to_datetime(start_of_day(day, schema._vocabulary.calendar))
    if moment is None:
        raise MisuseError(f"{option} lies beyond the calendar")
    return moment


def show_moment(moment: datetime, zone: tzinfo) -> str:
    """Return an instant as clocks in a time zone show it."""
    return f"{to_local(moment, zone):%Y-%m-%d %H:%M:%S %Z}"
