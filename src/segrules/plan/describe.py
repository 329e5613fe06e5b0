"""The parts of a plan in words, for an engineer who wants to see what segments share.

The words are those of the rule language where it has any. They are for reading, not for parsing.
"""

from datetime import UTC, datetime
from decimal import Decimal
from typing import Any, assert_never

from segrules.evaluation.atoms import (
    Atom,
    Followed,
    Lone,
    Moment,
    Newest,
    Oldest,
    OnList,
    Picked,
    Source,
    Test,
    Total,
    Value,
)
from segrules.evaluation.streams import Stream
from segrules.language.quantities import count, describe_length
from segrules.meaning.calendar import DAWN, DAY, MICROSECOND, NEVER, to_datetime
from segrules.meaning.conditions import (
    AggregateTest,
    And,
    Condition,
    Contains,
    Cut,
    Equals,
    EventTest,
    Exactly,
    Fixed,
    HasAffix,
    HasElement,
    Inlined,
    InRange,
    IsOneOf,
    IsPresent,
    Lies,
    ListTest,
    Months,
    Not,
    Now,
    Or,
    PeriodStart,
    StageTest,
    TermTest,
    That,
    Whole,
    Window,
)


def describe_stream(stream: Stream) -> str:
    """Return in words which events belong to a stream."""
    words = [_events(stream.event_type, stream.filter)]
    if stream.since > DAWN:
        words.append(f"since {_instant(stream.since)}")
    if stream.before < NEVER:
        words.append(f"before {_instant(stream.before)}")
    if stream.property is not None:
        words.append(f"with {'.'.join(stream.property)}")
    return " ".join(words)


def describe_source(source: Source) -> str:
    """Return in words what a family looks at."""
    match source:
        case Value(path):
            return f"attribute {'.'.join(path)}"
        case Moment(path):
            return f"instant {'.'.join(path)}"
        case OnList(kind, name):
            return f"in {kind} {name!r}"
        case Newest(stream, 1):
            return f"newest of {describe_stream(stream)}"
        case Newest(stream, rank):
            return f"newest but {rank - 1} of {describe_stream(stream)}"
        case Oldest(stream):
            return f"first of {describe_stream(stream)}"
        case Picked(which, event_type, filter_):
            return f"{which} of {_events(event_type, None)}, if it has {_condition(filter_)}"
        case Followed(anchor, newest):
            return f"{describe_source(anchor)}, if before the {describe_source(newest)}"
        case Total(function, distinct, stream, window):
            number = f"{function} of distinct" if distinct else f"{function} of"
            return " ".join([number, describe_stream(stream), *_window(window)])
        case Lone(condition):
            return f"by itself: {_condition(condition)}"
        case _:
            assert_never(source)


def describe_atom(atom: Atom) -> str:
    """Return in words the test of an atom."""
    return _test(atom.test)


def _test(test: Test) -> str:
    match test:
        case None:
            return "is so"
        case Window():
            return " ".join(_window(test)) or "is there"
        case Lies(window):
            return " ".join(_window(window)) or "is there"
        case Equals(value):
            return f"= {_value(value)}"
        case IsOneOf(values):
            return f"in ({', '.join(map(_value, values))})"
        case Contains(values, every):
            return f"contains {'all' if every else 'any'} ({', '.join(map(_value, values))})"
        case HasAffix(where, text):
            return f"{where} with {_value(text)}"
        case IsPresent():
            return "is set"
        case HasElement(condition):
            return f"has {_condition(condition)}"
        case InRange(low, high, open_low, open_high):
            above = [] if low is None else [f"{'>' if open_low else '>='} {_value(low)}"]
            below = [] if high is None else [f"{'<' if open_high else '<='} {_value(high)}"]
            return " and ".join(above + below)
        case _:
            assert_never(test)


def _condition(condition: Condition) -> str:
    match condition:
        case And(terms) | Or(terms):
            word = " AND " if isinstance(condition, And) else " OR "
            return f"({word.join(map(_condition, terms))})"
        case Not(term):
            return f"NOT {_condition(term)}"
        case Inlined(condition=inner) | Whole(inner):
            return _condition(inner)
        case TermTest(term, test):
            return f"{'.'.join(term.path)} {_test(test)}"
        case EventTest(which, event_type, filter_, window):
            return " ".join([which, _events(event_type, filter_), *_window(window)])
        case AggregateTest():
            events = _events(condition.event_type, condition.filter)
            words = [condition.function, "of", events, *_window(condition.window)]
            return " ".join([*words, _test(condition.test)])
        case ListTest():
            return f"in {condition.kind} {condition.name!r}"
        case StageTest(name, _, test):
            return f"{name} {_test(test)}"
        case _:
            assert_never(condition)


def _events(event_type: str | None, filter_: Condition | None) -> str:
    kind = "any event" if event_type is None else event_type
    return kind if filter_ is None else f"{kind} has {_condition(filter_)}"


def _window(window: Window | None) -> list[str]:
    if window is None:
        return []
    if isinstance(window.start, Exactly) and (window.end is None or window.end == Now()):
        return [f"within {_span(window.start.micros)}"]
    after = [] if window.start is None else [f"after {_cut(window.start)}"]
    return after + ([] if window.end is None else [f"up to {_cut(window.end)}"])


def _cut(cut: Cut) -> str:
    match cut:
        case Fixed(instant):
            return _instant(instant)
        case Now():
            return "now"
        case Exactly(micros):
            return f"{_span(micros)} {'ago' if micros < 0 else 'ahead'}"
        case Months(months):
            return f"{count(abs(months), 'month')} {'ago' if months < 0 else 'ahead'}"
        case PeriodStart(unit, steps):
            return f"the start of this {unit}" + (f" {steps:+d}" if steps else "")
        case That(anchor):
            return f"that {anchor.event_type or 'event'}"
        case _:
            assert_never(cut)


def _instant(instant: int) -> str:
    moment = to_datetime(instant) or datetime.max.replace(tzinfo=UTC)
    return f"{moment:%Y-%m-%d}" if instant % DAY == 0 else f"{moment:%FT%TZ}"


def _span(micros: int) -> str:
    return describe_length(abs(micros) * MICROSECOND)


def _value(value: Any) -> str:
    match value:
        case Decimal():
            return f"{value:f}"
        case bool():
            return "true" if value else "false"
        case _:
            return repr(value)
