"""Canonical text of the tree as written. Parsing it gives an equal tree again."""

import unicodedata
from bisect import bisect_right
from decimal import Decimal
from typing import TypeAlias, assert_never

from segrules.language.syntax import (
    Affix,
    After,
    AggregateCondition,
    Aggregation,
    Ago,
    And,
    Before,
    Between,
    BetweenPoints,
    Boolean,
    Bound,
    CalendarPeriod,
    Comment,
    Comparison,
    Condition,
    Contains,
    Day,
    Derivation,
    Duration,
    EventCondition,
    EventSource,
    Has,
    InPeriod,
    Instant,
    IsSet,
    Membership,
    MovingPeriod,
    Name,
    Node,
    Not,
    Number,
    NumberBetween,
    NumberComparison,
    OneOf,
    Or,
    RuleText,
    Since,
    Text,
    That,
    TimeOf,
    Timing,
    Value,
    When,
    Within,
)
from segrules.language.words import IDENTIFIER, is_reserved

Printable: TypeAlias = (
    Node
    | Name
    | Bound
    | Duration
    | When
    | CalendarPeriod
    | MovingPeriod
    | EventSource
    | NumberComparison
    | NumberBetween
    | Derivation
)
"""Every part of a tree that has a text of its own."""

_ESCAPES = {"\\": r"\\", "'": r"\'", "\n": r"\n", "\t": r"\t"}
_PLAIN_DIGITS = 20


def format_rule(rule: RuleText) -> str:
    """Return a rule's canonical text: one conjunct per line, with its comments."""
    terms = rule.root.terms if isinstance(rule.root, And) else (rule.root,)
    above, beside, below = _place(rule.comments, terms)
    lines = []
    for i, term in enumerate(terms):
        conjunct = _operand(term) if isinstance(rule.root, And) else format_node(term)
        lines += above[i]
        lines.append(f"{'AND ' if i else ''}{conjunct}{beside[i]}")
    return "\n".join([*lines, *below])


def _place(
    comments: tuple[Comment, ...], terms: tuple[Node, ...]
) -> tuple[list[list[str]], list[str], list[str]]:
    """Return the comments above each conjunct, the one at its end, and those below all."""
    above: list[list[str]] = [[] for _ in terms]
    beside = ["" for _ in terms]
    below = []
    ends = [term.span.end for term in terms]
    for comment in comments:
        at = comment.span.start
        i = bisect_right(ends, at)
        inside = i < len(terms) and terms[i].span.start < at
        if i and not inside and not comment.own_line and not beside[i - 1]:
            beside[i - 1] = f"  {comment.text}"
        elif i < len(terms):
            above[i].append(comment.text)
        else:
            below.append(comment.text)
    return above, beside, below


def format_node(node: Printable) -> str:
    """Return the canonical text of any part of a tree, on one line."""
    match node:
        case And(terms=terms):
            return " AND ".join(map(_operand, terms))
        case Or(terms=terms):
            return " OR ".join(map(_operand, terms))
        case Not(term=Not() as term):
            return f"NOT {format_node(term)}"
        case Not(term=term):
            return f"NOT ({format_node(term)})"
        case Name(parts=parts):
            return ".".join(map(_part, parts))
        case Text() | Number() | Boolean() | Day() | Instant():
            return _value(node)
        case Within() | Since() | After() | Before() | BetweenPoints() | InPeriod():
            return _when(node)
        case Duration() | Ago() | That() | CalendarPeriod() | MovingPeriod():
            return _time(node)
        case Aggregation() | TimeOf() | EventSource() | NumberComparison() | NumberBetween():
            return _measure(node)
        case _:
            return _condition(node)


def _operand(node: Node) -> str:
    printed = format_node(node)
    return f"({printed})" if isinstance(node, And | Or) else printed


def _condition(node: Condition) -> str:
    match node:
        case Comparison(name=name, operator=operator, value=value):
            return f"{format_node(name)} {operator} {_value(value)}"
        case Between(name=name, low=low, high=high):
            words = f"between {format_node(low)} and {format_node(high)}"
        case OneOf(name=name, values=values):
            words = f"in {_list(values)}"
        case Contains(name=name, values=(value,)):
            words = f"contains {_value(value)}"
        case Contains(name=name, values=values, quantifier=quantifier):
            words = f"contains {quantifier} {_list(values)}"
        case Affix(name=name, where=where, text=text):
            words = f"{where} with {_value(text)}"
        case IsSet(name=name, negated=negated):
            return f"{format_node(name)} is {'not ' if negated else ''}set"
        case Has(name=name, filter=filter_):
            words = _has(filter_)
        case Timing(name=name, when=when):
            words = _when(when)
        case EventCondition():
            return _event(node)
        case AggregateCondition(aggregation=aggregation, test=test):
            return f"{_measure(aggregation)} {_measure(test)}"
        case Membership(kind=kind, name=text):
            return f"in {kind} {_value(text)}"
        case _:
            assert_never(node)
    return f"{format_node(name)} {'not ' if node.negated else ''}{words}"


def _event(node: EventCondition) -> str:
    words = [f"{node.which} event{_of_type(node.event_type)}{_filtered(node.filter)}"]
    if node.when is not None:
        words += ["not"] * node.negated
        words.append(_when(node.when))
    return " ".join(words)


def _measure(
    node: Aggregation | TimeOf | EventSource | NumberComparison | NumberBetween,
) -> str:
    match node:
        case Aggregation(function=function, property=property_, distinct=distinct, when=when):
            subject = f"{format_node(property_)} of " if property_ else ""
            return (
                f"{function} of {'distinct ' if distinct else ''}{subject}"
                f"{format_node(node.source)}{_filtered(node.filter)}"
                f"{' ' + _when(when) if when else ''}"
            )
        case TimeOf(which=which, event_type=event_type):
            return f"time of {which} event{_of_type(event_type)}"
        case EventSource(event_type=event_type):
            return f"events{_of_type(event_type)}"
        case NumberComparison(operator=operator, value=value):
            return f"{operator} {_value(value)}"
        case NumberBetween(low=low, high=high):
            return f"between {_value(low)} and {_value(high)}"
        case _:
            assert_never(node)


def _of_type(event_type: Text | None) -> str:
    return f" of type {_value(event_type)}" if event_type else ""


def _filtered(filter_: Node | None) -> str:
    return f" {_has(filter_)}" if filter_ else ""


def _has(filter_: Node) -> str:
    printed = format_node(filter_)
    return f"has ({printed})" if isinstance(filter_, And | Or | Not) else f"has {printed}"


# Time


def _when(when: When) -> str:
    match when:
        case Within(duration=duration, ahead=ahead):
            return f"within {'next ' if ahead else ''}{_time(duration)}"
        case Since(point=point):
            return f"since {format_node(point)}"
        case After(point=point):
            return f"after {format_node(point)}"
        case Before(point=point):
            return f"before {format_node(point)}"
        case BetweenPoints(low=low, high=high):
            return f"between {format_node(low)} and {format_node(high)}"
        case InPeriod(period=period):
            return f"{'on' if period.unit == 'day' else 'in'} {_time(period)}"
        case _:
            assert_never(when)


def _time(node: Duration | Ago | That | CalendarPeriod | MovingPeriod) -> str:
    match node:
        case Duration(amount=amount, unit=unit):
            return f"{amount} {unit}{'' if amount == 1 else 's'}"
        case Ago(duration=duration):
            return f"{_time(duration)} ago"
        case That(event_type=event_type):
            return f"that {event_type if _is_bare(event_type) else _quote(event_type)}"
        case MovingPeriod(which=which, unit="day"):
            return "today" if which == "this" else "yesterday"
        case MovingPeriod(which=which, unit=unit):
            return f"{which} {unit}"
        case CalendarPeriod(unit=unit, first_day=first):
            iso = first.isoformat()
            quarter = (first.month + 2) // 3
            return {
                "day": iso, "month": iso[:7], "quarter": f"{iso[:4]}-Q{quarter}", "year": iso[:4],
            }[unit]  # fmt: skip
        case _:
            assert_never(node)


# Words


def _part(part: str) -> str:
    return part if _is_bare(part) else f"`{part}`"


def _is_bare(word: str) -> bool:
    return IDENTIFIER.fullmatch(word) is not None and not is_reserved(word)


def _list(values: tuple[Value, ...]) -> str:
    return f"({', '.join(map(_value, values))})"


def _value(value: Value) -> str:
    match value:
        case Text(value=text):
            return _quote(text)
        case Number(value=number):
            return _number(number)
        case Boolean(value=truth):
            return "true" if truth else "false"
        case Day(value=day):
            return day.isoformat()
        case Instant(value=instant):
            return instant.isoformat().replace("+00:00", "Z")
        case _:
            assert_never(value)


def _quote(text: str) -> str:
    return f"'{''.join(map(_character, text))}'"


def _character(character: str) -> str:
    if character in _ESCAPES:
        return _ESCAPES[character]
    # a control character or a separator of lines
    if unicodedata.category(character) in {"Cc", "Zl", "Zp"}:
        return f"\\u{ord(character):04x}"
    return character


def _number(number: Decimal) -> str:
    """Return a number with every digit, and with an exponent only if it has very many zeros."""
    if not number:
        return "0"
    if abs(number.adjusted()) <= _PLAIN_DIGITS:
        plain = format(number, "f")
        return plain.rstrip("0").rstrip(".") if "." in plain else plain
    sign, digits, _ = number.as_tuple()
    first, rest = str(digits[0]), "".join(map(str, digits[1:])).rstrip("0")
    return f"{'-' * sign}{first}{'.' * bool(rest)}{rest}e{number.adjusted()}"
