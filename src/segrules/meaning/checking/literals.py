"""Literals against types: what a condition on a value asks, once the type is known."""

import re
from decimal import Decimal
from typing import TypeAlias, assert_never

from attrs import evolve

from segrules.language.formatter import format_node
from segrules.language.mistakes.mistake import Mistake
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
    Name,
    Number,
    OneOf,
    Text,
    That,
    Value,
)
from segrules.language.words import Word as Said
from segrules.language.words import read_day, read_instant
from segrules.meaning import conditions
from segrules.meaning.calendar import Calendar, end_of_day, start_of_day, to_micros
from segrules.meaning.checking.findings import Findings, quote
from segrules.meaning.conditions import Fixed, Window
from segrules.meaning.vocabulary import ValueType, Word, describe_type

ValueCondition: TypeAlias = Comparison | Between | OneOf | Contains | Affix | IsSet
Tests: TypeAlias = tuple[conditions.ValueTest, ...]
"""What may be asked of a value: one of these has to pass."""

_TYPE_OF: dict[type, ValueType] = {
    Text: "text",
    Number: "number",
    Boolean: "boolean",
    Day: "instant",
    Instant: "instant",
}
_NUMBER = re.compile("-?(0|[1-9][0-9]*)([.][0-9]+)?")
_DAY = re.compile("[0-9]{4}-[0-9]{2}-[0-9]{2}")
_DAY_AND_TIME = re.compile("[0-9]{4}-[0-9]{2}-[0-9]{2}T.*")


def check_test(
    condition: ValueCondition, word: Word, calendar: Calendar, findings: Findings
) -> Tests | None:
    """Return what a condition asks of a value; None where it cannot be asked, having said why.

    Negation is left to the caller.
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
        case Between():
            return _check_between(condition, word, findings)
        case OneOf():
            return _check_list(condition, word, calendar, findings)
        case _:
            assert_never(condition)


def check_instant(value: Bound, calendar: Calendar, findings: Findings) -> tuple[int, int] | None:
    """Return the cuts right before and right after a date or a datetime, quoted or not.

    Returns None for what is neither, having said why if it looks like one.
    """
    match value:
        case Day(day):
            return start_of_day(day, calendar), end_of_day(day, calendar)
        case Instant(moment):
            return to_micros(moment), to_micros(moment) + 1
        case Text(text) if _DAY.fullmatch(text) or _DAY_AND_TIME.fullmatch(text):
            try:
                unquoted = _read(text, value)
            except Mistake as mistake:
                findings.add(mistake)
                return None
            return check_instant(unquoted, calendar, findings)
        case Text() | Number() | Boolean() | Ago() | That():
            return None
        case _:
            assert_never(value)


def _read(text: str, value: Text) -> Day | Instant:
    if _DAY.fullmatch(text):
        return read_day(Said("DATE", text, value.span))
    return read_instant(Said("DATETIME", text, value.span))


def _check_comparison(
    condition: Comparison, word: Word, calendar: Calendar, findings: Findings
) -> Tests | None:
    name, operator, value = condition.name, condition.operator, condition.value
    if word.type == "instant" or (word.type is None and isinstance(value, Day | Instant)):
        cuts = _check_cuts(value, name, calendar, findings)
        return None if cuts is None else (conditions.Lies(_window(operator, *cuts)),)
    if operator in ("=", "!="):
        scalar = _check_scalar(value, word, name, findings)
        return None if scalar is None else (conditions.Equals(scalar),)
    if word.type in ("boolean", "tags"):
        advice = "use `contains`" if word.type == "tags" else "use `= true` or `= false`"
        _unorderable(condition, word, findings, advice)
        return None
    # What is compared with, other than what is equal, need not be a value that occurs.
    scalar = _check_scalar(value, evolve(word, values=()), name, findings)
    if isinstance(scalar, bool):
        said = quote(format_node(value))
        findings.error("unorderable-type", value.span, f"{said} has no order", "use `=`")
        return None
    if scalar is None:
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


def _check_between(condition: Between, word: Word, findings: Findings) -> Tests | None:
    low, high = condition.low, condition.high
    if isinstance(low, Ago | That) or isinstance(high, Ago | That):
        raise TypeError("a condition between moving points is a window")
    if word.type in ("boolean", "tags"):
        _unorderable(condition, word, findings)
        return None
    unlisted = evolve(word, values=())
    ends = [_check_scalar(end, unlisted, condition.name, findings) for end in (low, high)]
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
                f"{quote(format_node(low))} and {quote(format_node(high))} "
                "are of unlike types or have no order",
                "give two numbers, two texts or two points in time",
            )
            return None


def _check_list(
    condition: OneOf, word: Word, calendar: Calendar, findings: Findings
) -> Tests | None:
    name, values = condition.name, condition.values
    if word.type == "tags":
        _unlike(condition, word, "`in` asks for one value", findings, "use `contains any (…)`")
        return None
    dated = any(isinstance(value, Day | Instant) for value in values)
    if word.type == "instant" or (word.type is None and dated):
        cuts = [_check_cuts(value, name, calendar, findings) for value in values]
        lies = [conditions.Lies(_window("=", *pair)) for pair in cuts if pair is not None]
        return tuple(dict.fromkeys(lies)) if len(lies) == len(values) else None
    scalars = [_check_scalar(value, word, name, findings) for value in values]
    known = dict.fromkeys((type(scalar), scalar) for scalar in scalars if scalar is not None)
    if None in scalars:
        return None
    return (conditions.IsOneOf(tuple(scalar for _, scalar in known)),)


def _check_contains(condition: Contains, word: Word, findings: Findings) -> Tests | None:
    if word.type not in (None, "tags", "text"):
        _unlike(condition, word, "`contains` asks for tags or text", findings)
        return None
    texts: list[str] = []
    for value in condition.values:
        if isinstance(value, Text):
            texts.append(value.value)
            if word.type == "tags":
                _check_listed(value, word, condition.name, findings)
        else:
            findings.error(
                "unlike-types",
                value.span,
                f"{quote(format_node(value))} is not text, and `contains` looks for text",
                _in_quotes(value),
            )
    if len(texts) < len(condition.values):
        return None
    wanted, every = tuple(dict.fromkeys(texts)), condition.quantifier == "all"
    return (conditions.Contains(wanted, every, word.type),)


def _check_scalar(
    value: Value, word: Word, name: Name, findings: Findings
) -> conditions.Scalar | None:
    """Return a literal's value where its type is the word's; otherwise say what is wrong."""
    kind = _TYPE_OF[type(value)]
    if (word.type is not None and kind != word.type) or isinstance(value, Day | Instant):
        findings.error(
            "unlike-types",
            value.span,
            f"{quote(format_node(name))} is {describe_type(word.type)}, "
            f"and {quote(format_node(value))} is {describe_type(kind)}",
            _conversion(value, word.type),
        )
        return None
    if isinstance(value, Text):
        _check_listed(value, word, name, findings)
    return value.value


def _check_listed(value: Text, word: Word, name: Name, findings: Findings) -> None:
    if word.values and value.value not in word.values:
        findings.error(
            "unlisted-value",
            value.span,
            f"{quote(format_node(name))} is never {quote(format_node(value))}",
            findings.suggest(value.value, word.values, "values"),
        )


def _check_cuts(
    value: Value, name: Name, calendar: Calendar, findings: Findings
) -> tuple[int, int] | None:
    before = len(findings.found)
    cuts = check_instant(value, calendar, findings)
    if cuts is None and len(findings.found) == before:
        findings.error(
            "unlike-types",
            value.span,
            f"{quote(format_node(name))} is compared as a time, and {quote(format_node(value))} "
            f"is {describe_type(_TYPE_OF[type(value)])}",
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
    name = quote(format_node(condition.name))
    message = f"{name} is {describe_type(word.type)}, and {asked}"
    findings.error("unlike-types", condition.span, message, help)


def _unorderable(
    condition: Comparison | Between,
    word: Word,
    findings: Findings,
    help: str | None = None,  # noqa: A002  # the part's name in every diagnostic
) -> None:
    name = quote(format_node(condition.name))
    message = f"{name} is {describe_type(word.type)}, which has no order"
    findings.error("unorderable-type", condition.span, message, help)


def _conversion(value: Value, wanted: ValueType | None) -> str | None:
    match value, wanted:
        case Text(text), "number" if _NUMBER.fullmatch(text):
            return f"write `{text}` without quotes"
        case Text("true" | "false" as text), "boolean":
            return f"write `{text}` without quotes"
        case _, "text":
            return _in_quotes(value)
        case _, "tags":
            return "use `contains`"
        case _, "boolean":
            return "compare with `true` or `false`"
        case _:
            return None


def _in_quotes(value: Value) -> str:
    return f"write `'{format_node(value)}'` in quotes"
