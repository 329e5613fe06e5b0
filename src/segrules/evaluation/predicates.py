"""Predicates: tests on a value, and on facts by their names, compiled to functions.

A text counts as the number or the instant that a test asks for, if it is one. Where a schema
declares a type the door has seen to it that no text is there; this is for names that have no
declared type.
"""

from collections.abc import Callable
from datetime import datetime
from decimal import Decimal
from fractions import Fraction
from types import MappingProxyType
from typing import Any, TypeAlias, assert_never

from segrules.facts.forms import as_instant, as_number
from segrules.facts.values import look_up
from segrules.meaning.calendar import DAWN, NEVER, to_micros
from segrules.meaning.conditions import (
    AggregateTest,
    And,
    Condition,
    Contains,
    Equals,
    EventTest,
    Fixed,
    HasAffix,
    HasElement,
    Inlined,
    InRange,
    IsOneOf,
    IsPresent,
    Lies,
    ListTest,
    Not,
    NumberTest,
    Or,
    StageTest,
    TermTest,
    ValueTest,
    Whole,
    Window,
)

Predicate: TypeAlias = Callable[[Any], bool]

NUMBERS = frozenset({int, Decimal})
SCALARS = NUMBERS | {str, bool, datetime}
TAGS = NUMBERS | {str}


def compile_test(test: ValueTest) -> Predicate:
    """Return the function that tells whether a value passes; None, a missing value, never does."""
    match test:
        case IsPresent():
            return lambda value: value is not None
        case Equals(wanted):
            kinds, plain = _kinds(wanted), _plain(wanted)
            if kinds is NUMBERS:
                return _compile_number(lambda value: bool(value == plain))
            return lambda value: type(value) in kinds and value == plain
        case IsOneOf(values):
            keys = frozenset(map(key, values))
            if any(type(value) in NUMBERS for value in values):
                return lambda value: (
                    type(value) in SCALARS
                    and (
                        key(value) in keys or (type(value) is str and key(as_number(value)) in keys)
                    )
                )
            return lambda value: type(value) in SCALARS and key(value) in keys
        case InRange():
            return _compile_range(test)
        case Contains():
            return _compile_contains(test)
        case HasAffix(where, text):
            test_affix = str.startswith if where == "starts" else str.endswith
            return lambda value: type(value) is str and test_affix(value, text)
        case Lies(window):
            return _compile_lies(window)
        case HasElement(condition):
            passes = compile_facts_test(condition)
            return lambda value: any(map(passes, list_objects(value)))
        case _:
            assert_never(test)


def list_objects(value: Any) -> list[Any]:
    """Return the objects in a list; none if the value is no list."""
    return [e for e in value if type(e) is MappingProxyType] if type(value) is tuple else []


def compile_facts_test(condition: Condition) -> Predicate:
    """Compile a condition on an event's properties or an object's fields, as a function of these.

    It must not move with the clock.
    """
    match condition:
        case TermTest(term, test):
            return compile_fact_test(term.path, test)
        case Not(inner):
            passes = compile_facts_test(inner)
            return lambda facts: not passes(facts)
        case Whole(inner):
            return compile_facts_test(inner)
        case And((one, other)):
            first, second = compile_facts_test(one), compile_facts_test(other)
            return lambda facts: first(facts) and second(facts)
        case And(terms):
            every = [compile_facts_test(term) for term in terms]
            return lambda facts: all(passes(facts) for passes in every)
        case Or(terms):
            some = [compile_facts_test(term) for term in terms]
            return lambda facts: any(passes(facts) for passes in some)
        case EventTest() | AggregateTest() | ListTest() | StageTest() | Inlined():
            raise TypeError("a filter asks only about an event's properties or an object's fields")
        case _:
            assert_never(condition)


def compile_number_test(test: NumberTest) -> Callable[[int | Decimal | Fraction | None], bool]:
    """Return the function that tests a number computed from events, exactly; None never passes."""
    plain, fractional = compile_test(test), _compile_fractional(test)
    return lambda value: (fractional if type(value) is Fraction else plain)(value)


def _compile_fractional(test: NumberTest) -> Predicate:
    """Return the test on a fraction, which Python compares exactly with fractions only."""
    match test:
        case IsPresent():
            return lambda _: True
        case Equals(wanted):
            exact = Fraction(wanted)
            return lambda value: bool(value == exact)
        case IsOneOf(values):
            each = frozenset(Fraction(v) for v in values)
            return lambda value: value in each
        case InRange(low, high, open_low, open_high):
            return _bounded(
                None if low is None else Fraction(low),
                None if high is None else Fraction(high),
                open_low=open_low,
                open_high=open_high,
            )
        case _:
            assert_never(test)


def key(value: Any) -> tuple[bool, Any]:
    """Return a key that is equal for equal scalars: the number 1 is not `true`."""
    return type(value) is bool, value


def compile_fact_test(path: tuple[str, ...], test: ValueTest) -> Predicate:
    """Return the function that tells whether the value at a path of facts passes."""
    direct = _compile_named(path[0], test) if len(path) == 1 else None
    if direct is not None:
        return direct
    get, passes = compile_path(path), compile_test(test)
    return lambda facts: passes(get(facts))


def _compile_named(name: str, test: ValueTest) -> Predicate | None:
    """Return a test that looks the value up itself, for the most frequent tests; else None."""
    match test:
        case Equals(str() as text):
            return lambda facts: text == facts.get(name)
        case Equals(bool() as truth):
            return lambda facts: facts.get(name) is truth
        case IsOneOf(values) if _are_texts(values):
            texts = frozenset(values)
            return lambda facts: type(value := facts.get(name)) is str and value in texts
        case Contains((value,), _, "tags"):
            only = _plain(value)
            return lambda facts: type(value := facts.get(name)) is frozenset and only in value
        case InRange(Decimal() as exact, None, is_open):
            low = _plain(exact)
            passes = _compile_number((lambda v: v > low) if is_open else (lambda v: v >= low))
            if is_open:
                return lambda facts: (
                    value > low
                    if type(value := facts.get(name)) in NUMBERS
                    else value is not None and passes(value)
                )
            return lambda facts: (
                value >= low
                if type(value := facts.get(name)) in NUMBERS
                else value is not None and passes(value)
            )
        case _:
            return None


def compile_path(path: tuple[str, ...]) -> Callable[[Any], Any]:
    """Return the function that looks a value up at a path; it returns None if there is none."""
    if len(path) == 1:
        name = path[0]
        return lambda facts: facts.get(name)
    return lambda facts: look_up(facts, path)


def _compile_contains(test: Contains) -> Predicate:
    is_in, is_within = _compile_is_in(test), _compile_is_within(test)
    match test.kind:
        case "tags":
            return lambda value: type(value) is frozenset and is_in(value)
        case "text":
            return lambda value: type(value) is str and is_within(value)

    def contains(value: Any) -> bool:
        if type(value) is str:
            return is_within(value)
        if type(value) is tuple:
            return is_in(frozenset(each for each in value if type(each) in TAGS))
        return type(value) is frozenset and is_in(value)

    return contains


def _compile_is_in(test: Contains) -> Predicate:
    """Return the test on a set of tags."""
    wanted = frozenset(map(_plain, test.values))
    return wanted.issubset if test.every else lambda tags: not wanted.isdisjoint(tags)


def _compile_is_within(test: Contains) -> Predicate:
    """Return the test on a text, in which no number is found."""
    texts = [value for value in test.values if isinstance(value, str)]
    if len(test.values) == len(texts) == 1:
        only = texts[0]
        return lambda text: only in text
    if not test.every:
        return lambda text: any(part in text for part in texts)
    only_texts = len(texts) == len(test.values)
    return lambda text: only_texts and all(part in text for part in texts)


def _compile_lies(window: Window) -> Predicate:
    """Return the test on where an instant lies, for a window between dates."""
    start, end = _instant(window.start, DAWN), _instant(window.end, NEVER)

    def lies(value: Any) -> bool:
        moment = as_instant(value)
        return type(moment) is datetime and start <= to_micros(moment) < end

    return lies


def _instant(cut: object, otherwise: int) -> int:
    if cut is None:
        return otherwise
    if isinstance(cut, Fixed):
        return cut.instant
    raise TypeError("where an instant lies now is not asked of a value alone")


def _compile_range(test: InRange) -> Predicate:
    end = test.high if test.low is None else test.low
    kinds = _kinds(end)
    low, high = _plain(test.low), _plain(test.high)
    if kinds is NUMBERS:
        return _compile_number(
            _bounded(low, high, open_low=test.open_low, open_high=test.open_high)
        )
    if high is None and not test.open_low:
        return lambda value: type(value) in kinds and value >= low
    within = _bounded(low, high, open_low=test.open_low, open_high=test.open_high)
    return lambda value: type(value) in kinds and within(value)


def _compile_number(passes: Predicate) -> Predicate:
    """Return a test on numbers as one on any value, of which a text may be a number."""

    def test(value: Any) -> bool:
        if type(value) in NUMBERS:
            return passes(value)
        return type(value) is str and type(read := as_number(value)) in NUMBERS and passes(read)

    return test


def _bounded(low: Any, high: Any, *, open_low: bool, open_high: bool) -> Predicate:
    if high is None:
        return (lambda v: v > low) if open_low else (lambda v: v >= low)
    if low is None:
        return (lambda v: v < high) if open_high else (lambda v: v <= high)
    above = _bounded(low, None, open_low=open_low, open_high=False)
    below = _bounded(None, high, open_low=False, open_high=open_high)
    return lambda v: above(v) and below(v)


def _are_texts(values: tuple[Any, ...]) -> bool:
    return all(type(value) is str for value in values)


def _plain(value: Any) -> Any:
    """Return a whole number as an int, which compares with ints in a fraction of the time."""
    return int(value) if type(value) is Decimal and value == value.to_integral_value() else value


def _kinds(value: object) -> frozenset[type]:
    return NUMBERS if type(value) in NUMBERS else frozenset({type(value)})
