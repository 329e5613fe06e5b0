"""Direct answers: the shapes that most rules are made of, by the shortest way.

A family answers many tests on a source, for an engine that keeps tracks. A rule asks one, of a
customer whose logs hold every event, and nearly always about an instant after all of them. So it is
answered straight from the logs, as somebody would by hand; where an event still lies ahead, the
family tells until when the answer stands.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterable
from decimal import Decimal
from typing import Any, Final, TypeAlias

from attrs import evolve, frozen

from segrules.evaluation.accumulator import compile_reduction
from segrules.evaluation.atoms import Atom, Followed, Instant, Listed, Newest, Total, Value
from segrules.evaluation.bounds import compile_window, refuse
from segrules.evaluation.filters import compile_filter
from segrules.evaluation.instants import compile_finder, find_ages
from segrules.evaluation.predicates import (
    NUMBERS,
    Predicate,
    compile_fact_test,
    compile_number_test,
    compile_path,
    compile_test,
)
from segrules.evaluation.streams import Stream, compile_stream
from segrules.facts.event import Event, look_up
from segrules.facts.exact import EXACT, add_up
from segrules.facts.history import EMPTY, History, Log
from segrules.meaning.calendar import NEVER, Calendar
from segrules.meaning.conditions import InRange, IsPresent, NumberTest, Window

Check: TypeAlias = Callable[[History, int], bool]
Judge: TypeAlias = Callable[[History, int], tuple[bool, int]]
Spot: TypeAlias = Callable[[History, int], int | None]
"""Finds an instant."""
Find: TypeAlias = Callable[[History, int], Iterable[Event]]
"""Finds events, with a number or without."""

LOOK_UP: Final = 1
GLANCE: Final = 3
PAIR: Final = 6
SCAN: Final = 12
SURVEY: Final = 24
"""What checks cost, in look-ups of a value: one event, two, some of a type, or all in a window."""


@frozen
class Evaluator:
    """A compiled condition: `check(history, at)`, and `judge(history, at)` with its `until`.

    cost: what the check costs, since cheap conditions are asked first. facts: the same question,
    put to a customer's attributes, where it is about nothing else.
    """

    check: Check
    judge: Judge
    cost: int
    facts: Predicate | None = None


def compile_direct(atom: Atom, calendar: Calendar, family: Evaluator) -> Evaluator:
    """Compile an atom to the shortest way to its answer; `family` is the long one."""
    match _simplify(atom):
        case Atom(Value(path), test) if not isinstance(test, Window | None):
            return ask_facts(compile_fact_test(path, test), LOOK_UP)
        case Atom(Listed(kind, name)):
            return _ask_lists((kind, name))
        case Atom(Newest() | Followed() as source, Window() as window):
            ages = find_ages(window)
            if ages is None or ages[0] >= ages[1]:
                return family
            return _compile_aged(source, ages, calendar, family)
        case Atom(Total() as source, InRange() | IsPresent() as test):
            return _compile_number(source, test, calendar, family)
        case _:
            return family


def _simplify(atom: Atom) -> Atom:
    """Return `count >= k` of all there ever was as a test on the k-th newest."""
    match atom:
        case Atom(Total("count", False, stream, None), InRange(Decimal() as low)):
            return Atom(Newest(stream, int(low)), Window())
        case _:
            return atom


def ask_facts(passes: Predicate, cost: int) -> Evaluator:
    """Compile a test on a customer's attributes."""
    return Evaluator(
        lambda history, _: passes(history.attributes),
        lambda history, _: (passes(history.attributes), NEVER),
        cost,
        passes,
    )


def _ask_lists(entry: tuple[str, str]) -> Evaluator:
    return Evaluator(
        lambda history, _: entry in history.lists,
        lambda history, _: (entry in history.lists, NEVER),
        LOOK_UP,
    )


def _when_quiet(event_type: str | None, judge: Judge, long_way: Judge) -> Judge:
    """Return the judge that takes the long way where an event of a type still lies ahead."""

    def quiet(history: History, at: int) -> tuple[bool, int]:
        times = history.log(event_type).times
        return (long_way if times and times[-1] > at else judge)(history, at)

    return quiet


# Instants that are inside a window from one age up to another


def _compile_aged(
    source: Newest | Followed, ages: tuple[int, int], calendar: Calendar, family: Evaluator
) -> Evaluator:
    match source:
        case Newest(Stream(event_type), rank) if source.stream == Stream(event_type):
            return _compile_plain(event_type, rank, ages, family)
        case _:
            cost = PAIR if isinstance(source, Followed) else SCAN
    entered, left = ages
    spot, weigh = _compile_spot(source, calendar, left), _compile_weighing(entered, left)

    def check(history: History, at: int) -> bool:
        instant = spot(history, at)
        return instant is not None and entered <= at - instant < left

    def judge(history: History, at: int) -> tuple[bool, int]:
        instant = spot(history, at)
        return (False, NEVER) if instant is None else weigh(instant, at)

    return Evaluator(check, _when_quiet(None, judge, family.judge), cost)


def _compile_weighing(entered: int, left: int) -> Callable[[int, int], tuple[bool, int]]:
    """Return the function that tells whether an instant is inside, and until when."""

    def weigh(instant: int, at: int) -> tuple[bool, int]:
        age = at - instant
        if age < entered:
            return False, instant + entered
        if age >= left:
            return False, NEVER
        return True, instant + left if left < NEVER else NEVER

    return weigh


def _compile_plain(
    event_type: str | None, rank: int, ages: tuple[int, int], family: Evaluator
) -> Evaluator:
    """Compile a test on the newest event of a type, the second newest and so on."""
    entered, left = ages
    name, absent = _of_type(event_type)
    weigh, long_way = _compile_weighing(entered, left), family.judge

    def check(history: History, at: int) -> bool:
        times = (history.by_type.get(name, absent) or history.log(None)).times
        past = len(times)
        if past and times[-1] > at:
            past = bisect_right(times, at)
        return past >= rank and entered <= at - times[past - rank] < left

    def judge(history: History, at: int) -> tuple[bool, int]:
        times = (history.by_type.get(name, absent) or history.log(None)).times
        if times and times[-1] > at:
            return long_way(history, at)
        return weigh(times[-rank], at) if len(times) >= rank else (False, NEVER)

    return Evaluator(check, judge, GLANCE)


def _of_type(event_type: str | None) -> tuple[str, Log | None]:
    """Return by what name to ask for a log, and what to take where there is none of that name.

    For all types none is taken: no type has an empty name.
    """
    return (event_type, EMPTY) if event_type else ("", None)


def _compile_spot(source: Instant, calendar: Calendar, left: int = NEVER) -> Spot:
    """Return the function that finds an instant; one of an age from `left` on need not be found."""
    match source:
        case Newest(Stream(event_type), rank) if source.stream == Stream(event_type):
            return _spot_newest(event_type, rank)
        case Newest(Stream(event_type, filter_), rank) if (
            filter_ is not None and source.stream == Stream(event_type, filter_)
        ):
            keep = compile_filter(filter_, calendar).keep
            return _spot_kept(event_type, keep, rank, left)
        case Followed(anchor, newest):
            before = _compile_spot(anchor, calendar, left)
            return _spot_followed(before, _compile_spot(newest, calendar))
        case _:
            find = compile_finder(source, calendar)
            return lambda history, at: find(history, at)[0]


def _spot_newest(event_type: str | None, rank: int) -> Spot:
    name, absent = _of_type(event_type)

    def spot(history: History, at: int) -> int | None:
        times = (history.by_type.get(name, absent) or history.log(None)).times
        past = len(times)
        if past and times[-1] > at:
            past = bisect_right(times, at)
        return times[past - rank] if past >= rank else None

    return spot


def _spot_kept(
    event_type: str | None, keep: Callable[[Event, int], bool], rank: int, left: int
) -> Spot:
    def spot(history: History, at: int) -> int | None:
        missing, oldest = rank, at - left
        for event in reversed(history.log(event_type).events):
            instant = event.micros
            if instant <= oldest:
                return None
            if instant <= at and keep(event, at):
                missing -= 1
                if not missing:
                    return instant
        return None

    return spot


def _spot_followed(before: Spot, newest: Spot) -> Spot:
    def spot(history: History, at: int) -> int | None:
        instant = before(history, at)
        if instant is None:
            return None
        later = newest(history, at)
        return instant if later is not None and later > instant else None

    return spot


# Numbers computed from the values of a property


def _compile_number(
    source: Total, test: NumberTest, calendar: Calendar, family: Evaluator
) -> Evaluator:
    stream, path, judge = source.stream, source.stream.property, family.judge
    if stream.kept != "numbers" or path is None:
        return family
    entered, left = find_ages(source.window or Window()) or (NEVER, NEVER)
    is_recent = entered <= 0
    find = _find_recent(source, left, calendar) if is_recent else _find_inside(source, calendar)
    numbers = _compile_numbers(path)
    compute = compile_reduction(source.function, distinct=source.distinct)
    passes = compile_number_test(test) if source.function == "avg" else compile_test(test)

    def check(history: History, at: int) -> bool:
        return passes(compute(numbers(find(history, at))))

    if source.window is None:
        judge = _when_quiet(
            stream.event_type, lambda history, at: (check(history, at), NEVER), judge
        )
    elif is_recent and source.function == "sum" and not source.distinct:
        falling = _compile_falling(find, compile_path(path), passes, left, judge)
        judge = _when_quiet(stream.event_type, falling, judge)
    return Evaluator(check, judge, SURVEY)


def _find_recent(source: Total, left: int, calendar: Calendar) -> Find:
    """Return the function that finds the events up to an age."""
    name, absent = _of_type(source.stream.event_type)
    keeps = _compile_keeps(source.stream, calendar)

    def find(history: History, at: int) -> Iterable[Event]:
        log = history.by_type.get(name, absent) or history.log(None)
        times = log.times
        past = len(times)
        if past and times[-1] > at:
            past = bisect_right(times, at)
        inside = log.events[bisect_right(times, at - left) : past]
        return inside if keeps is None else filter(keeps, inside)

    return find


def _find_inside(source: Total, calendar: Calendar) -> Find:
    """Return the function that finds the events in any window."""
    event_type, keeps = source.stream.event_type, _compile_keeps(source.stream, calendar)
    span = compile_window(source.window, calendar, refuse).span

    def find(history: History, at: int) -> Iterable[Event]:
        log = history.log(event_type)
        start, end, _ = span(history, at)
        low = bisect_left(log.times, start)
        inside = log.events[low : bisect_left(log.times, min(end, at + 1))]
        return inside if keeps is None else filter(keeps, inside)

    return find


def _compile_keeps(stream: Stream, calendar: Calendar) -> Callable[[Event], bool] | None:
    """Return what tells whether an event belongs, with a number or without."""
    return compile_stream(evolve(stream, property=None, kept="instants"), calendar).keeps


def _compile_numbers(path: tuple[str, ...]) -> Callable[[Iterable[Event]], list[Any]]:
    """Return the function that takes the numbers at a path of events' properties."""
    if len(path) == 1:
        name = path[0]
        return lambda events: [v for e in events if type(v := e.properties.get(name)) in NUMBERS]
    return lambda events: [v for e in events if type(v := look_up(e.properties, path)) in NUMBERS]


def _compile_falling(
    find: Find,
    get: Callable[[Any], Any],
    passes: Callable[[Decimal], bool],
    left: int,
    long_way: Judge,
) -> Judge:
    """Compile a test on a sum into which nothing more comes: without refunds it only falls."""

    def judge(history: History, at: int) -> tuple[bool, int]:
        inside = [
            (e.micros, v) for e in find(history, at) if type(v := get(e.properties)) in NUMBERS
        ]
        if any(value < 0 for _, value in inside):
            return long_way(history, at)
        rest = add_up([value for _, value in inside])
        if not passes(rest):
            return False, NEVER
        for instant, value in inside:
            rest = EXACT.subtract(rest, value)
            if not passes(rest):
                return True, instant + left
        return True, NEVER

    return judge
