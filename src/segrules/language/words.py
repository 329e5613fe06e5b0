"""The words of a text, and what a single word means: its number, text, date, duration or name."""

import re
from datetime import UTC, date, datetime
from decimal import Context, Decimal, InvalidOperation

from attrs import frozen

from segrules.language.limits import LARGEST_EXPONENT, SMALLEST_EXPONENT, is_in_reach
from segrules.language.mistakes.mistake import Mistake
from segrules.language.source import Span
from segrules.language.suggestions import shorten
from segrules.language.syntax import (
    CalendarPeriod,
    Day,
    Duration,
    Instant,
    Name,
    Number,
    Text,
    Unit,
)

IDENTIFIER = re.compile(r"[^\W\d]\w*")

# fmt: off
RESERVED = frozenset(
    {
        "after", "ago", "all", "and", "any", "avg", "before", "between", "cohort", "contains",
        "count", "distinct", "ends", "event", "events", "false", "first", "has", "in", "is",
        "last", "max", "min", "month", "next", "no", "not", "of", "on", "or", "quarter",
        "segment", "set", "since", "starts", "sum", "that", "this", "today", "true", "type",
        "week", "with", "within", "year", "yesterday",
    }
)
# fmt: on
"""The keywords, in lower case. A name that is one of them is written in backticks."""

UNITS: dict[str, Unit] = {
    "s": "second", "second": "second", "seconds": "second",
    "min": "minute", "minute": "minute", "minutes": "minute",
    "h": "hour", "hour": "hour", "hours": "hour",
    "d": "day", "day": "day", "days": "day",
    "w": "week", "week": "week", "weeks": "week",
    "mo": "month", "month": "month", "months": "month",
    "quarter": "quarter", "quarters": "quarter",
    "y": "year", "year": "year", "years": "year",
}  # fmt: skip
"""The words for units of time, and the unit that each means."""

_LONGEST: dict[Unit, int] = {
    "second": 31_536_000_000,
    "minute": 525_600_000,
    "hour": 8_760_000,
    "day": 365_000,
    "week": 52_000,
    "month": 12_000,
    "quarter": 4_000,
    "year": 1_000,
}
"""A thousand years in each unit: any present date leaves the calendar room for as much."""

_QUOTED_PART = re.compile(r"`([^`]+)`|([^.`]+)")
_ESCAPE = re.compile(r"\\(u[0-9a-fA-F]{4}|.)")
_ESCAPES = {"\\": "\\", "'": "'", '"': '"', "n": "\n", "t": "\t"}
_DATETIME = re.compile(
    # 24:00 is the next day's midnight to some and an error to others
    r"[0-9]{4}-[0-9]{2}-[0-9]{2}T(?!24)[0-9]{2}:[0-9]{2}(:[0-9]{2}(\.[0-9]{1,6})?)?"
    r"(?P<offset>(Z|[+-][0-9]{2}:[0-9]{2})?)"
)


@frozen
class Word:
    """A word of a text: its kind, as the grammar names it, its characters and its place."""

    kind: str
    text: str
    span: Span


def is_reserved(word: str) -> bool:
    """Tell whether a word, in any case, is a keyword."""
    return word.isascii() and word.lower() in RESERVED


def read_name(word: Word) -> Name:
    """Read a name, whose parts may be in backticks."""
    parts = []
    for quoted, bare in _QUOTED_PART.findall(word.text):
        if is_reserved(bare):
            raise Mistake(
                "reserved-word",
                f"`{bare}` is a reserved word",
                word.span,
                f"to use it in a name, write it in backticks: `` `{bare}` ``",
            )
        parts.append(quoted or bare)
    return Name(tuple(parts), span=word.span)


def read_text(word: Word) -> Text:
    """Read text in quotes."""
    body = word.text[1:-1]
    if "\\" not in body:
        return Text(body, span=word.span)
    for escape in _ESCAPE.finditer(body):
        if len(escape[1]) == 1 and escape[1] not in _ESCAPES:
            start = word.span.start + 1 + escape.start()
            raise Mistake(
                "bad-escape",
                f"`{escape[0]}` is not an escape",
                Span(start, start + len(escape[0])),
                r"the escapes are `\\`, `\'`, `\"`, `\n`, `\t` and `\u0041`; "
                r"a backslash itself is written `\\`",
            )
    units = _ESCAPE.sub(lambda e: _ESCAPES.get(e[1]) or chr(int(e[1][1:], 16)), body)
    try:
        # a pair of surrogates is one character
        text = units.encode("utf-16", "surrogatepass").decode("utf-16")
    except UnicodeDecodeError as error:
        raise Mistake(
            "bad-escape",
            "half of a surrogate pair is not a character",
            word.span,
            r"write both halves, such as `\ud83d\ude00`, or the character itself",
        ) from error
    return Text(text, span=word.span)


def read_bare_word(word: Word) -> Text:
    """Read text without quotes."""
    if word.text.lower() == "null":
        raise Mistake(
            "null-value",
            f"`{word.text}` is not a value",
            word.span,
            "to ask whether a value is missing, write `is not set`",
        )
    if not IDENTIFIER.fullmatch(word.text):
        raise unquoted(word)
    return Text(word.text, span=word.span)


def unquoted(word: Word) -> Mistake:
    """Return the mistake of text that needs quotes."""
    plain = word.text.replace("`", "").replace("'", "\\'")
    return Mistake(
        "unquoted-text",
        f"`{shorten(plain)}` needs quotes to be text",
        word.span,
        f"write `'{shorten(plain)}'`",
    )


def read_number(word: Word) -> Number:
    """Read an exact decimal."""
    if re.match("-?0[0-9]", word.text):
        raise Mistake(
            "leading-zero",
            f"`{shorten(word.text)}` begins with a needless 0",
            word.span,
            "write text in quotes, and thousands without a comma",
        )
    value: Decimal | None
    try:
        # the host's own context may take what is out of range for not a number
        value = Decimal(word.text, Context(traps=[InvalidOperation]))
    except InvalidOperation:
        value = None
    if value is None or not is_in_reach(value):
        raise Mistake(
            "number-range",
            f"`{shorten(word.text)}` is larger or finer than a number can be",
            word.span,
            f"numbers lie between 1e{SMALLEST_EXPONENT} and 1e{LARGEST_EXPONENT}",
        )
    return Number(value or Decimal(0), span=word.span)


def read_duration(word: Word) -> Duration:
    """Read a length of time, such as `30 days`."""
    unit_word = word.text.lstrip("0123456789")
    amount = word.text.removesuffix(unit_word)
    # casefold, since the long s of old prints matches an s in the grammar, too
    unit = UNITS[unit_word.strip().casefold()]
    longest = _LONGEST[unit]
    if len(amount.lstrip("0")) > len(str(longest)) or int(amount) > longest:
        raise Mistake(
            "duration-range",
            f"`{shorten(word.text)}` is longer than a thousand years",
            word.span,
            f"at most {longest} {unit}s",
        )
    return Duration(int(amount), unit, span=word.span)


def read_day(word: Word) -> Day:
    """Read a bare date."""
    return Day(_date(word, word.text), span=word.span)


def read_instant(word: Word) -> Instant:
    """Read a date and time with its offset from UTC."""
    shape = _DATETIME.fullmatch(word.text)
    if shape is None:
        raise _impossible(word, "a date and time", "2026-03-14T09:30:00Z")
    if not shape["offset"]:
        raise Mistake(
            "naive-datetime",
            f"`{word.text}` does not say in which time zone",
            word.span,
            f"add the offset from UTC: `{word.text}Z` or `{word.text}+01:00`",
        )
    try:
        value = datetime.fromisoformat(word.text)
        value.astimezone(UTC)
    except (ValueError, OverflowError) as error:
        raise _impossible(word, "a date and time", "2026-03-14T09:30:00Z") from error
    return Instant(value, span=word.span)


def read_period(word: Word) -> CalendarPeriod:
    """Read a day, a month, a quarter or a year of the calendar."""
    match word.kind:
        case "DATE":
            return CalendarPeriod("day", _date(word, word.text), span=word.span)
        case "YEAR_MONTH":
            return CalendarPeriod("month", _date(word, f"{word.text}-01"), span=word.span)
        case "YEAR_QUARTER":
            return CalendarPeriod("quarter", _first_day_of_quarter(word), span=word.span)
        case _:
            return CalendarPeriod("year", _first_day_of_year(word), span=word.span)


def _first_day_of_quarter(word: Word) -> date:
    year, quarter = word.text.upper().split("-Q")
    if quarter not in {"1", "2", "3", "4"}:
        raise _impossible(word, "a quarter", "2026-Q1")
    return _date(word, f"{year}-{3 * int(quarter) - 2:02}-01")


def _first_day_of_year(word: Word) -> date:
    if not re.fullmatch("[0-9]{4}", word.text):
        raise Mistake(
            "missing-list",
            f"`{shorten(word.text)}` is neither a list nor a period",
            word.span,
            f"write a list in parentheses: `({shorten(word.text)})`; a year has four digits",
        )
    return _date(word, f"{word.text}-01-01")


def _date(word: Word, iso: str) -> date:
    try:
        return date.fromisoformat(iso)
    except ValueError as error:
        raise _impossible(word, "a date", "2026-03-14") from error


def _impossible(word: Word, what: str, example: str) -> Mistake:
    return Mistake(
        "impossible-date",
        f"`{shorten(word.text)}` is not {what} of the calendar",
        word.span,
        f"a real one is written like `{example}`",
    )
