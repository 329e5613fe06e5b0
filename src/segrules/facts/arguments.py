"""Arguments that hosts pass, checked once: types, names, collections of names, and instants."""

import re
from collections.abc import Iterable, Mapping
from datetime import UTC, date, datetime
from decimal import Decimal
from numbers import Integral
from typing import Final, TypeVar

from segrules.language.diagnostics import SegrulesError
from segrules.meaning.calendar import EPOCH, to_micros

T = TypeVar("T")

FIRST_INSTANT: Final = to_micros(datetime.min.replace(tzinfo=UTC))
LAST_INSTANT: Final = to_micros(datetime.max.replace(tzinfo=UTC))

_BEYOND_IDS: Final = 10**100
_NAMED: Final = re.compile(r"(?:.*\s)?`(\w+)`|(?:.*'s |(?:each of )?(?:an? |the )?)(\w+)")


class FactError(SegrulesError, ValueError):
    """A fact that is refused. The error names the place, never the customer's value.

    findings: everything that is wrong with the fact, as `Misfit`s, if several things can be.
    """

    code = "bad-fact"


class ArgumentError(SegrulesError, TypeError, ValueError):
    """An argument of the wrong type or out of range. The error never names the value."""

    code = "bad-argument"


def expect(value: object, kind: type[T], what: str, subject: str | None = None) -> T:
    """Return a value of the right type; raises ArgumentError if it is of another.

    what: the argument in words, such as "an engine's schema". subject: its name. Default: the name
    in these words.
    """
    if not isinstance(value, kind):
        article = "an" if kind.__name__[0] in "AEIO" else "a"
        raise ArgumentError(
            f"{what} must be {article} `{kind.__name__}`, not {kind_of(value)}",
            subject=subject or find_name(what),
        )
    return value


def find_name(what: str) -> str | None:
    """Return the name of an argument out of words that end in it: "a rule's text", "`at`".

    None if they do not.
    """
    found = _NAMED.fullmatch(what)
    return None if found is None else found[1] or found[2]


def is_count(value: object, *, least: int = 1) -> bool:
    """Tell whether a value is a whole number, at least `least`."""
    return isinstance(value, int) and not isinstance(value, bool) and value >= least


def check_count(value: object, what: str, *, least: int = 1) -> None:
    """Raise ArgumentError if a value is not a whole number, or below the least.

    what: what the argument is, its name in backticks first: "`limit` is the largest number".
    """
    if not is_count(value, least=least):
        raise ArgumentError(f"{what}, from {least} on", subject=what.split("`")[1])


def is_title(value: object) -> bool:
    """Tell whether a value can name an audience or its use: text, not empty, printable."""
    return isinstance(value, str) and value != "" and value.isprintable()


def to_name(value: object, where: str) -> str:
    """Return a name, which is text that is not empty; raises FactError for anything else."""
    if isinstance(value, str) and value:
        return str.__str__(value)
    expected = "text that is not empty" if value == "" else f"text, not {describe_kind(value)}"
    raise FactError(f"{where} must be {expected}", code="not-a-name", subject=find_name(where))


def id_or_none(value: object) -> str | None:
    """Return an id as text; None for what cannot be one."""
    try:
        return to_id(value, "an id")
    except FactError:
        return None


def to_id(value: object, where: str) -> str:
    """Return an id as text that is not empty; a whole number is read as its digits.

    Raises FactError for anything else.
    """
    if type(value) is not bool and isinstance(value, Integral):
        if abs(int(value)) < _BEYOND_IDS:
            return str(int(value))
        said = f"{where} has too many digits"
        raise FactError(said, code="number-out-of-range", subject=find_name(where))
    if isinstance(value, float):
        raise FactError(
            f"{where} must be text: an id is text or a whole number, and a column of floats has "
            "lost digits",
            code="float-id",
            subject=find_name(where),
        )
    return to_name(value, where)


def to_ids(values: Iterable[str | int], where: str) -> tuple[str, ...]:
    """Return each id of a collection once, in order; raises as `to_names` and `to_id` do."""
    if isinstance(values, str) or not isinstance(values, Iterable):
        raise ArgumentError(
            f"{where} must be a collection of ids, not {kind_of(values)}", subject=find_name(where)
        )
    return tuple(dict.fromkeys(to_id(value, f"each of {where}") for value in values))


def to_names(values: Iterable[str], where: str) -> tuple[str, ...]:
    """Return each name of a collection once, in order.

    Raises ArgumentError if it is not a collection, which a single text is not either, and FactError
    if any of the names is not a name.
    """
    if isinstance(values, str) or not isinstance(values, Iterable):
        raise ArgumentError(
            f"{where} must be a collection of names, not {kind_of(values)}",
            subject=find_name(where),
        )
    return tuple(dict.fromkeys(to_name(value, f"each of {where}") for value in values))


def kind_of(value: object) -> str:
    """Return the name of a value's type, as errors give it in place of the value."""
    return f"`{type(value).__name__}`"


def describe_kind(value: object) -> str:  # one line for each kind
    """Return the kind of a value in words, as errors give it in place of the value."""
    match value:
        case None:
            return "nothing"
        case bool():
            return "true or false"
        case str():
            return "text"
        case int() | float() | Decimal():
            return "a number"
        case datetime():
            return "an instant"
        case date():
            return "a date without a time"
        case Mapping():
            return "a mapping"
        case list() | tuple() | set() | frozenset():
            return "a list"
        case _:
            return kind_of(value)


def to_utc(moment: object, where: str) -> datetime:
    """Return an aware datetime in UTC; raises FactError for anything else."""
    if not isinstance(moment, datetime):
        found = describe_kind(moment)
        raise FactError(
            f"{where} must be an aware datetime, not {found}",
            code="not-an-instant",
            subject=find_name(where),
        )
    if moment.tzinfo is None or moment.utcoffset() is None:
        raise FactError(
            f"{where} has no time zone: give an aware datetime, such as `datetime.now(UTC)`",
            code="no-time-zone",
            subject=find_name(where),
        )
    try:
        utc = moment.astimezone(UTC)
    except OverflowError:
        raise FactError(
            f"{where} lies beyond the calendar",
            code="beyond-the-calendar",
            subject=find_name(where),
        ) from None
    # Other libraries' datetimes are subclasses; inside there is one kind.
    return utc if type(utc) is datetime else datetime.combine(utc.date(), utc.time(), UTC)


def to_instant(at: datetime) -> int:
    """Return the instant that a caller asks about, in microseconds; raises FactError if naive."""
    if type(at) is datetime and at.tzinfo is UTC:
        # The usual case, and never beyond the calendar.
        since = at - EPOCH
        return (since.days * 86_400 + since.seconds) * 1_000_000 + since.microseconds
    try:
        instant = to_micros(at)
    except (TypeError, OverflowError):
        return to_micros(to_utc(at, "`at`"))
    if not FIRST_INSTANT <= instant <= LAST_INSTANT:
        raise FactError("`at` lies beyond the calendar", code="beyond-the-calendar", subject="at")
    return instant
