"""Literals against types: the tests that a condition makes of a value, once its type is known."""

import re
from decimal import Decimal
from typing import TypeAlias, assert_never

from attrs import evolve

from segrules.language import syntax as written
from segrules.language.formatter import format_node
from segrules.language.mistakes.mistake import Mistake
from segrules.language.suggestions import quote
from segrules.language.words import Word, read_day, read_instant
from segrules.meaning import conditions as meant
from segrules.meaning.calendar import Calendar, end_of_day, start_of_day, to_micros
from segrules.meaning.checking.findings import Findings
from segrules.meaning.checking.objects import advise_on_objects
from segrules.meaning.checking.ranges import report_empty
from segrules.meaning.operators import takes
from segrules.meaning.vocabulary import Entry, ValueType, describe_type

ValueCondition: TypeAlias = (
    written.Comparison
    | written.Between
    | written.OneOf
    | written.Contains
    | written.Affix
    | written.IsSet
)
Tests: TypeAlias = tuple[meant.ValueTest, ...]
"""Tests of one value; at least one has to pass."""

_TYPE_OF: dict[type, ValueType] = {
    written.Text: "text",
    written.Number: "number",
    written.Boolean: "boolean",
    written.Day: "instant",
    written.Instant: "instant",
}
_NUMBER = re.compile("-?(0|[1-9][0-9]*)([.][0-9]+)?")
_DAY = re.compile("[0-9]{4}-[0-9]{2}-[0-9]{2}")
_DAY_AND_TIME = re.compile("[0-9]{4}-[0-9]{2}-[0-9]{2}T.*")


def check_test(
    condition: ValueCondition, entry: Entry, calendar: Calendar, findings: Findings
) -> Tests | None:
    """Return the tests a condition makes of a value; None, with a finding, if it cannot be asked.

    Negation is left to the caller.
    """
    match condition:
        case written.IsSet():
            return (meant.IsPresent(),)
        case _ if entry.type == "objects":
            advice = advise_on_objects(condition, entry)
            _report_unlike(condition, entry, "only `has` asks about them", findings, advice)
            return None
        case written.Contains():
            return _check_contains(condition, entry, findings)
        case written.Affix(where=where, text=text):
            if not takes(entry.type, f"{where} with"):
                _report_unlike(condition, entry, f"`{where} with` asks for text", findings)
                return None
            return (meant.HasAffix(where, text.value),)
        case written.Comparison():
            return _check_comparison(condition, entry, calendar, findings)
        case written.Between():
            return _check_between(condition, entry, findings)
        case written.OneOf():
            return _check_list(condition, entry, calendar, findings)
        case _:
            assert_never(condition)


def check_instant(
    value: written.Bound, calendar: Calendar, findings: Findings
) -> tuple[int, int] | None:
    """Return the cuts right before and right after a date or a datetime, quoted or not.

    Returns None for any other value, with a finding if it looks like one of these.
    """
    match value:
        case written.Day(day):
            return start_of_day(day, calendar), end_of_day(day, calendar)
        case written.Instant(moment):
            return to_micros(moment), to_micros(moment) + 1
        case written.Text(text) if _DAY.fullmatch(text) or _DAY_AND_TIME.fullmatch(text):
            try:
                unquoted = _read_quoted(text, value)
            except Mistake as mistake:
                findings.add(mistake)
                return None
            return check_instant(unquoted, calendar, findings)
        case written.Text() | written.Number() | written.Boolean() | written.Ago() | written.That():
            return None
        case _:
            assert_never(value)


def _read_quoted(text: str, value: written.Text) -> written.Day | written.Instant:
    if _DAY.fullmatch(text):
        return read_day(Word("DATE", text, value.span))
    return read_instant(Word("DATETIME", text, value.span))


def _check_comparison(
    condition: written.Comparison, entry: Entry, calendar: Calendar, findings: Findings
) -> Tests | None:
    name, operator, value = condition.name, condition.operator, condition.value
    if entry.type == "instant" or (
        entry.type is None and isinstance(value, written.Day | written.Instant)
    ):
        cuts = _check_cuts(value, name, calendar, findings)
        return None if cuts is None else (meant.Lies(_make_window(operator, *cuts)),)
    if operator in ("=", "!="):
        scalar = _check_scalar(value, entry, name, findings)
        return None if scalar is None else (meant.Equals(scalar),)
    if not takes(entry.type, operator):
        advice = "use `contains`" if entry.type == "tags" else "use `= true` or `= false`"
        _report_unorderable(condition, entry, findings, advice)
        return None
    # Greater and less may compare with a value that the schema does not list.
    scalar = _check_scalar(value, evolve(entry, values=()), name, findings)
    if isinstance(scalar, bool):
        said = quote(format_node(value))
        findings.report("unorderable-type", value.span, f"{said} has no order", "use `=`")
        return None
    if scalar is None:
        return None
    if operator in (">", ">="):
        return (meant.InRange(low=scalar, open_low=operator == ">"),)
    return (meant.InRange(high=scalar, open_high=operator == "<"),)


def _make_window(operator: str, before: int, after: int) -> meant.Window:
    match operator:
        case ">":
            return meant.Window(start=meant.Fixed(after))
        case ">=":
            return meant.Window(start=meant.Fixed(before))
        case "<":
            return meant.Window(end=meant.Fixed(before))
        case "<=":
            return meant.Window(end=meant.Fixed(after))
        case _:
            return meant.Window(meant.Fixed(before), meant.Fixed(after))


def _check_between(condition: written.Between, entry: Entry, findings: Findings) -> Tests | None:
    low, high = condition.low, condition.high
    if isinstance(low, written.Ago | written.That) or isinstance(high, written.Ago | written.That):
        raise TypeError("a condition between moving points is a window")
    if not takes(entry.type, "between"):
        _report_unorderable(condition, entry, findings)
        return None
    unlisted = evolve(entry, values=())
    ends = [_check_scalar(end, unlisted, condition.name, findings) for end in (low, high)]
    match ends:
        case [str() as least, str() as most]:
            if least > most:
                report_empty(low, high, findings)
            return (meant.InRange(least, most),)
        case [Decimal() as least, Decimal() as most]:
            if least > most:
                report_empty(low, high, findings)
            return (meant.InRange(least, most),)
        case [None, _] | [_, None]:
            return None
        case _:
            findings.report(
                "unlike-types",
                condition.span,
                f"{quote(format_node(low))} and {quote(format_node(high))} "
                "are of unlike types or have no order",
                "give two numbers, two texts or two points in time",
            )
            return None


def _check_list(
    condition: written.OneOf, entry: Entry, calendar: Calendar, findings: Findings
) -> Tests | None:
    name, values = condition.name, condition.values
    if not takes(entry.type, "in"):
        _report_unlike(
            condition, entry, "`in` asks for one value", findings, "use `contains any (…)`"
        )
        return None
    dated = any(isinstance(value, written.Day | written.Instant) for value in values)
    if entry.type == "instant" or (entry.type is None and dated):
        cuts = [_check_cuts(value, name, calendar, findings) for value in values]
        lies = [meant.Lies(_make_window("=", *pair)) for pair in cuts if pair is not None]
        return tuple(dict.fromkeys(lies)) if len(lies) == len(values) else None
    scalars = [_check_scalar(value, entry, name, findings) for value in values]
    known = dict.fromkeys((type(scalar), scalar) for scalar in scalars if scalar is not None)
    if None in scalars:
        return None
    return (meant.IsOneOf(tuple(scalar for _, scalar in known)),)


def _check_contains(condition: written.Contains, entry: Entry, findings: Findings) -> Tests | None:
    if entry.type not in (None, "tags", "text"):
        _report_unlike(condition, entry, "`contains` asks for tags or text", findings)
        return None
    found: list[str | Decimal] = []
    for value in condition.values:
        if isinstance(value, written.Text) or (
            isinstance(value, written.Number) and entry.type != "text"
        ):
            found.append(value.value)
            if entry.type == "tags":
                _check_listed(value, entry, condition.name, findings)
        else:
            sought = "text" if entry.type == "text" else "text or a number"
            findings.report(
                "unlike-types",
                value.span,
                f"{quote(format_node(value))} is not {sought}, and `contains` looks for {sought}",
                _advise_quotes(value),
            )
    if len(found) < len(condition.values):
        return None
    wanted, every = tuple(dict.fromkeys(found)), condition.quantifier == "all"
    return (meant.Contains(wanted, every, entry.type),)


def _check_scalar(
    value: written.Value, entry: Entry, name: written.Name, findings: Findings
) -> meant.Scalar | None:
    """Return a literal's value if its type is the entry's; None, with a finding, if not."""
    kind = _TYPE_OF[type(value)]
    if (entry.type is not None and kind != entry.type) or isinstance(
        value, written.Day | written.Instant
    ):
        findings.report(
            "unlike-types",
            value.span,
            f"{quote(format_node(name))} is {describe_type(entry.type)}, "
            f"and {quote(format_node(value))} is {describe_type(kind)}",
            _advise_conversion(value, entry.type),
        )
        return None
    if isinstance(value, written.Text):
        _check_listed(value, entry, name, findings)
    return value.value


def _check_listed(
    value: written.Text | written.Number, entry: Entry, name: written.Name, findings: Findings
) -> None:
    if entry.values and entry.closed and value.value not in entry.values:
        findings.report(
            "unlisted-value",
            value.span,
            f"{quote(format_node(name))} is never {quote(format_node(value))}",
            findings.suggest(str(value.value), entry.values, "values"),
        )


def _check_cuts(
    value: written.Value, name: written.Name, calendar: Calendar, findings: Findings
) -> tuple[int, int] | None:
    before = len(findings.found)
    cuts = check_instant(value, calendar, findings)
    if cuts is None and len(findings.found) == before:
        findings.report(
            "unlike-types",
            value.span,
            f"{quote(format_node(name))} is compared as a time, and {quote(format_node(value))} "
            f"is {describe_type(_TYPE_OF[type(value)])}",
            "give a date such as `2026-03-14`, or ask `within 30 days`",
        )
    return cuts


def _report_unlike(
    condition: ValueCondition,
    entry: Entry,
    asked: str,
    findings: Findings,
    help: str | None = None,  # noqa: A002  # the part's name in every diagnostic
) -> None:
    name = quote(format_node(condition.name))
    message = f"{name} is {describe_type(entry.type)}, and {asked}"
    findings.report("unlike-types", condition.span, message, help)


def _report_unorderable(
    condition: written.Comparison | written.Between,
    entry: Entry,
    findings: Findings,
    help: str | None = None,  # noqa: A002  # the part's name in every diagnostic
) -> None:
    name = quote(format_node(condition.name))
    message = f"{name} is {describe_type(entry.type)}, which has no order"
    findings.report("unorderable-type", condition.span, message, help)


def _advise_conversion(value: written.Value, wanted: ValueType | None) -> str | None:
    match value, wanted:
        case written.Text(text), "number" if _NUMBER.fullmatch(text):
            return f"write `{text}` without quotes"
        case written.Text("true" | "false" as text), "boolean":
            return f"write `{text}` without quotes"
        case _, "text":
            return _advise_quotes(value)
        case _, "tags":
            return "use `contains`"
        case _, "boolean":
            return "compare with `true` or `false`"
        case _:
            return None


def _advise_quotes(value: written.Value) -> str:
    return f"write `'{format_node(value)}'` in quotes"
