"""Literals against types: what a condition on a value asks, once the type is known."""

from datetime import date, datetime
from decimal import Decimal
from typing import TypeAlias, assert_never

from segrules.language.formatter import format_node
from segrules.language.source import Span
from segrules.language.syntax import (
    Affix,
    Ago,
    Between,
    Boolean,
    Bound,
    Comparison,
    Contains,
    Day,
    Instant,
    IsSet,
    Number,
    OneOf,
    Text,
    That,
    Value,
)
from segrules.meaning import conditions
from segrules.meaning.calendar import Calendar, end_of_day, start_of_day, to_micros
from segrules.meaning.findings import Findings, suggest
from segrules.meaning.vocabulary import ValueType, Word
from segrules.meaning.windows import Fixed, Window

ValueCondition: TypeAlias = Comparison | Between | OneOf | Contains | Affix | IsSet

_TYPE_OF: dict[type, ValueType] = {
    Text: "text",
    Number: "number",
    Boolean: "boolean",
    Day: "instant",
    Instant: "instant",
}


def check_test(
    condition: ValueCondition, word: Word, calendar: Calendar, findings: Findings
) -> tuple[conditions.ValueTest, ...] | None:
    """Return what a condition asks of a value, as tests one of which has to pass.

    Returns None where it cannot be asked, having said why. Negation is left to the caller.
    """
    match condition:
        case IsSet():
            return (conditions.IsPresent(),)
        case Contains():
            return _check_contains(condition, word, findings)
        case Affix(where=where, text=text):
            if word.type not in (None, "text"):
                _unlike(condition, word, f"`{where} with` asks for text", findings)
                return None
            return (conditions.HasAffix(where, text.value),)
        case Comparison():
            return _check_comparison(condition, word, calendar, findings)
        case Between(low=low, high=high):
            return _check_between(condition, low, high, word, findings)
        case OneOf(values=values):
            return _check_list(condition, values, word, calendar, findings)
        case _:
            assert_never(condition)


def check_instant(value: Bound, calendar: Calendar, findings: Findings) -> tuple[int, int] | None:
    """Return the cuts right before and right after a date, a datetime or a quoted one."""
    match value:
        case Day(day):
            return start_of_day(day, calendar), end_of_day(day, calendar)
        case Instant(moment):
            return to_micros(moment), to_micros(moment) + 1
        case Text(text):
            return _check_quoted(value, text, calendar, findings)
        case Number() | Boolean() | Ago() | That():
            return None
        case _:
            assert_never(value)


def _check_quoted(
    value: Text, text: str, calendar: Calendar, findings: Findings
) -> tuple[int, int] | None:
    try:
        if len(text) == len("2026-03-14"):
            day = date.fromisoformat(text)
            return start_of_day(day, calendar), end_of_day(day, calendar)
        moment = datetime.fromisoformat(text)
    except ValueError:
        return None
    if moment.tzinfo is None:
        findings.error(
            "naive-datetime",
            value.span,
            f"{format_node(value)} has no time zone",
            "end it with `Z` or an offset such as `+01:00`",
        )
        return None
    return to_micros(moment), to_micros(moment) + 1


def _check_comparison(
    condition: Comparison, word: Word, calendar: Calendar, findings: Findings
) -> tuple[conditions.ValueTest, ...] | None:
    operator, value = condition.operator, condition.value
    if word.type == "instant" or (word.type is None and isinstance(value, Day | Instant)):
        cuts = _instant_or_error(value, condition.name.parts, calendar, findings)
        return None if cuts is None else (conditions.Lies(_window(operator, *cuts)),)
    if operator not in ("=", "!=") and word.type in ("boolean", "tags"):
        findings.error(
            "unorderable-type",
            condition.span,
            f"`{'.'.join(condition.name.parts)}` is {_kind(word)}, which has no order",
            "use `contains`" if word.type == "tags" else "use `= true` or `= false`",
        )
        return None
    scalar = check_scalar(value, word, condition.name.parts, findings)
    if scalar is None:
        return None
    if operator in ("=", "!="):
        return (conditions.Equals(scalar),)
    if isinstance(scalar, bool):
        findings.error(
            "unorderable-type", value.span, f"`{format_node(value)}` has no order", "use `=`"
        )
        return None
    if operator in (">", ">="):
        return (conditions.InRange(low=scalar, open_low=operator == ">"),)
    return (conditions.InRange(high=scalar, open_high=operator == "<"),)


def _window(operator: str, before: int, after: int) -> Window:
    match operator:
        case ">":
            return Window(start=Fixed(after))
        case ">=":
            return Window(start=Fixed(before))
        case "<":
            return Window(end=Fixed(before))
        case "<=":
            return Window(end=Fixed(after))
        case _:
            return Window(Fixed(before), Fixed(after))


def _check_between(
    condition: Between, low: Bound, high: Bound, word: Word, findings: Findings
) -> tuple[conditions.ValueTest, ...] | None:
    name = ".".join(condition.name.parts)
    if isinstance(low, Ago | That) or isinstance(high, Ago | That):
        raise TypeError("a condition between moving points is a window")
    if word.type in ("boolean", "tags"):
        findings.error(
            "unorderable-type",
            condition.span,
            f"`{name}` is {_kind(word)}, which has no order",
        )
        return None
    ends = [check_scalar(end, word, condition.name.parts, findings) for end in (low, high)]
    match ends:
        case [str() as least, str() as most]:
            return (conditions.InRange(least, most),)
        case [Decimal() as least, Decimal() as most]:
            return (conditions.InRange(least, most),)
        case [None, _] | [_, None]:
            return None
        case _:
            findings.error(
                "unlike-types",
                condition.span,
                f"{format_node(low)} and {format_node(high)} are of unlike types or have no order",
                "give two numbers, two texts or two points in time",
            )
            return None


def _check_list(
    condition: OneOf,
    values: tuple[Value, ...],
    word: Word,
    calendar: Calendar,
    findings: Findings,
) -> tuple[conditions.ValueTest, ...] | None:
    parts = condition.name.parts
    dated = [v for v in values if isinstance(v, Day | Instant)]
    if word.type == "instant" or (word.type is None and dated):
        cuts = [_instant_or_error(v, parts, calendar, findings) for v in values]
        lies = tuple(
            conditions.Lies(Window(Fixed(pair[0]), Fixed(pair[1])))
            for pair in cuts
            if pair is not None
        )
        return lies if len(lies) == len(values) else None
    if word.type == "tags":
        _unlike(condition, word, "`in` asks for one value", findings, "use `contains any (…)`")
        return None
    scalars = [check_scalar(v, word, parts, findings) for v in values]
    known = tuple(dict.fromkeys((type(s), s) for s in scalars if s is not None))
    if any(s is None for s in scalars):
        return None
    return (conditions.IsOneOf(tuple(s for _, s in known)),)


def _check_contains(
    condition: Contains, word: Word, findings: Findings
) -> tuple[conditions.ValueTest, ...] | None:
    if word.type not in (None, "tags", "text"):
        _unlike(condition, word, "`contains` asks for tags or text", findings)
        return None
    texts: list[str] = []
    for value in condition.values:
        if isinstance(value, Text):
            texts.append(value.value)
            if word.type == "tags":
                _check_listed(value, word, condition.name.parts, findings)
        else:
            findings.error(
                "unlike-types",
                value.span,
                f"`{format_node(value)}` is not text, and `contains` looks for text",
                f"write `'{format_node(value)}'` in quotes",
            )
    if len(texts) < len(condition.values):
        return None
    wanted, every = tuple(dict.fromkeys(texts)), condition.quantifier == "all"
    return (conditions.Contains(wanted, every, word.type),)


def check_scalar(
    value: Value, word: Word, parts: tuple[str, ...], findings: Findings
) -> conditions.Scalar | None:
    """Return a literal's value where its type is the word's; otherwise say what is wrong."""
    kind = _TYPE_OF[type(value)]
    if (word.type is not None and kind != word.type) or isinstance(value, Day | Instant):
        findings.error(
            "unlike-types",
            value.span,
            f"`{'.'.join(parts)}` is {_kind(word)}, and `{format_node(value)}` is {_article(kind)}",
            _conversion(value, word.type),
        )
        return None
    if isinstance(value, Text):
        _check_listed(value, word, parts, findings)
    return value.value


def _check_listed(value: Text, word: Word, parts: tuple[str, ...], findings: Findings) -> None:
    if word.values and value.value not in word.values:
        findings.error(
            "unlisted-value",
            value.span,
            f"`{'.'.join(parts)}` is never {format_node(value)}",
            suggest(value.value, word.values, "values"),
        )


def _instant_or_error(
    value: Value, parts: tuple[str, ...], calendar: Calendar, findings: Findings
) -> tuple[int, int] | None:
    before = len(findings.found)
    cuts = check_instant(value, calendar, findings)
    if cuts is None and len(findings.found) == before:
        kind = _TYPE_OF[type(value)]
        findings.error(
            "unlike-types",
            value.span,
            f"`{'.'.join(parts)}` is a time, and `{format_node(value)}` is {_article(kind)}",
            "give a date such as `2026-03-14`, or ask `within 30 days`",
        )
    return cuts


def _unlike(
    condition: ValueCondition,
    word: Word,
    asked: str,
    findings: Findings,
    help: str | None = None,  # noqa: A002  # the part's name in every diagnostic
) -> None:
    name = ".".join(condition.name.parts)
    span: Span = condition.span
    findings.error("unlike-types", span, f"`{name}` is {_kind(word)}, and {asked}", help)


def _conversion(value: Value, wanted: ValueType | None) -> str | None:
    match value, wanted:
        case Text(text), "number" if _is_number(text):
            return f"write `{text}` without quotes"
        case Text("true" | "false"), "boolean":
            return f"write `{value.value}` without quotes"
        case ((Number() | Boolean() | Day()), "text"):
            return f"write `'{format_node(value)}'` in quotes"
        case _, "tags":
            return "use `contains`"
        case _, "boolean":
            return "compare with `true` or `false`"
        case _:
            return None


def _is_number(text: str) -> bool:
    return text.strip().lstrip("-").replace(".", "", 1).isdecimal()


def _kind(word: Word) -> str:
    return "untyped" if word.type is None else _article(word.type)


def _article(kind: ValueType) -> str:
    return {
        "text": "text",
        "number": "a number",
        "boolean": "true or false",
        "instant": "a time",
        "tags": "a set of tags",
    }[kind]
