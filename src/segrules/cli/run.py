"""`segrules run`: a store's events, replayed through its segments in event time."""

import json
import sys
from argparse import ArgumentParser, Namespace
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from datetime import datetime
from pathlib import Path
from time import perf_counter
from typing import Any

from attrs import frozen

from segrules import Change, Engine
from segrules.cli.asking import describe_moment
from segrules.cli.course import Course, Tally, make_engine, play_course, plot_course
from segrules.cli.errors import FINE, MisuseError
from segrules.cli.files import STDIN, refusal
from segrules.cli.moments import read_moment, show_moment
from segrules.cli.screen import Screen
from segrules.cli.shown import Column, Table
from segrules.cli.store import Store, add_store, load_store, report
from segrules.cli.terminal import open_screen
from segrules.cli.watching import watch
from segrules.data import to_text
from segrules.language.quantities import count

Note = Callable[[Change], None]


@frozen
class Outcome:
    """A replay that has ended, and how long it took."""

    store: Store
    course: Course
    engine: Engine
    tally: Tally
    seconds: float


def add_arguments(parser: ArgumentParser) -> None:
    """Declare the arguments of the command."""
    add_store(parser)
    parser.add_argument(
        "--until", metavar="INSTANT", help="leave out the events after this instant"
    )
    parser.add_argument(
        "--at",
        metavar="INSTANT",
        help="show the segments at this instant: the clock runs on to it after the last event",
    )
    parser.add_argument(
        "--as-is",
        action="store_true",
        help="apply events in the order of the file, older ones as late facts, not by their time",
    )
    parser.add_argument("--watch", action="store_true", help="show membership day by day")
    parser.add_argument(
        "--changes",
        metavar="FILE",
        help="write every change with its cause as a JSON line; - for standard output",
    )


def run(options: Namespace) -> int:
    """Replay a store, show its segments and return the exit code."""
    store = load_store(options)
    until, at = (
        None if text is None else read_moment(text, option, store.schema)
        for option, text in (("--until", options.until), ("--at", options.at))
    )
    errors = open_screen(sys.stderr, options.color)
    try:
        course = plot_course(store, until=until, at=at, as_is=options.as_is)
    except MisuseError:
        report(store, errors)  # they may be why
        raise
    _refuse_inputs(options.changes, store)
    # JSON has standard output to itself, if it was asked for; all else goes to standard error.
    is_taken = options.changes == STDIN
    screen = errors if is_taken else open_screen(sys.stdout, options.color)
    outcome = _play(store, course, options, screen, errors)
    if options.format == "json":
        print(json.dumps(_data(outcome), indent=2), file=sys.stderr if is_taken else sys.stdout)
    else:
        screen.show(_table(outcome))
    report(store, errors)
    if store.events and not course.events:
        errors.say(f"no event is before {_local(course.end.at, outcome)}")
    number, seconds = len(course.events), outcome.seconds
    speed = f"{count(number, 'event')} in {seconds:.1f} s: {number / seconds:,.0f} events/s"
    errors.say((speed, "quiet"))
    return FINE


def _refuse_inputs(changes: str | None, store: Store) -> None:
    """Raise MisuseError if the changes would be written over a file of the store."""
    if changes is None or changes == STDIN or not Path(changes).exists():
        return
    if any(file.exists() and Path(changes).samefile(file) for file in store.files):
        raise MisuseError(f"--changes {changes}: is a file of the store: name another")


def _play(
    store: Store, course: Course, options: Namespace, screen: Screen, errors: Screen
) -> Outcome:
    engine, tally = make_engine(store.schema, store.segments), Tally()
    zone = store.schema._vocabulary.calendar.zone
    started = perf_counter()
    with ExitStack() as stack:
        notes: list[Note] = [tally.note]
        step: Callable[[], None] | None = None
        if options.changes is not None:
            notes.append(stack.enter_context(_writing(options.changes)))
        if options.watch:
            watched = errors if options.format == "json" else screen
            notes.append(stack.enter_context(watch(watched, store.segments, zone)))
        elif options.changes != STDIN or not sys.stdout.isatty():
            step = stack.enter_context(errors.progress("Replaying", course.steps))
        for changes in play_course(engine, course):
            for change in changes:
                for note in notes:
                    note(change)
            if step is not None:
                step()
    return Outcome(store, course, engine, tally, perf_counter() - started)


@contextmanager
def _writing(path: str) -> Iterator[Note]:
    """Return a context that writes changes to a file as JSON lines."""
    if path == STDIN:
        yield lambda change: print(_line(change))
        return
    try:
        file = Path(path).open("w", encoding="utf-8")  # noqa: SIM115  # closed below
    except (OSError, ValueError) as error:
        raise refusal(path, error) from None
    with file:
        yield lambda change: print(_line(change), file=file)


def _line(change: Change) -> str:
    """Return a change as a line of JSON, without its place in a feed that ends with the run."""
    return json.dumps(change._replace(token=None).to_data())


def _table(outcome: Outcome) -> Table:
    engine, tally = outcome.engine, outcome.tally
    customers = len(engine.customers) or 1
    rows = [
        (
            segment.title or segment.name,
            f"{engine.count(segment.name):,}",
            f"{engine.count(segment.name) / customers:.1%}",
            f"{tally.joined[segment.name]:,}",
            f"{tally.left[segment.name]:,}",
            f"{tally.by_clock[segment.name]:,}",
        )
        for segment in outcome.store.segments
    ]
    numbers = ("Share", "Joined", "Left", "By clock")
    ended = describe_moment(outcome.course.end, outcome.store)
    return Table(
        (
            Column("Segment"),
            Column("Members", is_number=True, style="strong"),
            *(Column(title, is_number=True) for title in numbers),
        ),
        rows,
        title=f"{count(len(rows), 'segment')} at {ended}",
        caption=_caption(outcome),
    )


def _caption(outcome: Outcome) -> str:
    course, tally = outcome.course, outcome.tally
    days = (course.end.at - course.start).days
    total, by_clock = tally.joined.total() + tally.left.total(), tally.by_clock.total()
    return (
        f"{count(len(course.events), 'event')} "
        f"of {count(len(outcome.engine.customers), 'customer')} "
        f"over {count(days, 'day')}, from {_local(course.start, outcome)}\n"
        f"{count(total, 'change')}, {by_clock:,} of them by the clock alone"
    )


def _local(moment: datetime, outcome: Outcome) -> str:
    return show_moment(moment, outcome.store.schema._vocabulary.calendar.zone)


def _data(outcome: Outcome) -> dict[str, Any]:
    """Return the outcome as JSON types."""
    engine, tally, course = outcome.engine, outcome.tally, outcome.course
    customers = len(engine.customers) or 1
    return {
        "from": to_text(course.start),
        "at": to_text(course.end.at),
        "as_of": course.end.as_of,
        "customers": len(engine.customers),
        "events": len(course.events),
        "bad_lines": len(outcome.store.bad),
        "changes": tally.joined.total() + tally.left.total(),
        "changes_by_clock": tally.by_clock.total(),
        "segments": [
            {
                "id": segment.name,
                "name": segment.title,
                "members": engine.count(segment.name),
                "share": round(engine.count(segment.name) / customers, 6),
                "joined": tally.joined[segment.name],
                "left": tally.left[segment.name],
                "by_clock": tally.by_clock[segment.name],
            }
            for segment in outcome.store.segments
        ],
    }
