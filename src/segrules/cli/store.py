"""A store on disk: its schema, its segments, its customers and their events."""

from argparse import ArgumentParser, Namespace
from collections.abc import Iterable
from pathlib import Path
from typing import Final, TypeVar

from attrs import define, field, frozen

from segrules import Schema, Segment, load_segments
from segrules.cli.errors import LineError, MisuseError
from segrules.cli.records import (
    BadLine,
    CustomerRecord,
    EventRecord,
    read_customers,
    read_events,
)
from segrules.cli.screen import Screen
from segrules.language.quantities import count

T = TypeVar("T", CustomerRecord, EventRecord)

SCHEMA_FILE: Final = "schema.toml"
SEGMENTS_FILE: Final = "segments.toml"
BAD_LINES_SHOWN: Final = 10


@frozen
class Store:
    """Everything in a store's files, and the bad lines passed over.

    folder: where a schema was looked for; None if the options name one. files: those that were
    read.
    """

    folder: Path | None
    schema: Schema
    segments: tuple[Segment, ...]
    customers: tuple[CustomerRecord, ...]
    events: tuple[EventRecord, ...]
    bad: tuple[BadLine, ...]
    files: tuple[Path, ...] = ()


def add_store(parser: ArgumentParser) -> None:
    """Declare the files of a store."""
    parser.add_argument(
        "store",
        metavar="STORE",
        nargs="?",
        help="a folder with segments.toml, schema.toml, customers.jsonl and events.jsonl; the last "
        "two may be .gz, and without schema.toml the ready-made one is used",
    )
    for name in ("schema", "segments", "customers", "events"):
        parser.add_argument(
            f"--{name}", metavar="FILE", help=f"read the {name} from another file than the store's"
        )
    parser.add_argument(
        "--skip-bad",
        action="store_true",
        help="pass over lines that are not records, and report them at the end",
    )
    parser.add_argument(
        "--format", choices=("text", "json"), default="text", help="text to read, or json"
    )


def load_store(options: Namespace) -> Store:
    """Return the store in some files; raises a SegrulesError for the first that cannot be used.

    A line that is not a record raises LineError, or is kept aside if the options say so.
    """
    if options.store == "":
        raise MisuseError("the name of the STORE is empty")
    folder = None if options.store is None else Path(options.store)
    if folder is not None and not folder.is_dir():
        raise MisuseError(f"{folder}: there is no such folder")
    segments_file = _find("--segments", options.segments, folder, (SEGMENTS_FILE,))
    place = None if options.schema else folder or segments_file.parent
    schema = find_schema(options.schema, place)
    segments = load_segments(segments_file, schema)
    read = [segments_file, *_find_schema_files(options.schema, place)]
    lines = _Lines(skip_bad=options.skip_bad)
    customers: tuple[CustomerRecord, ...] = ()
    names = ("customers.jsonl", "customers.jsonl.gz")
    if options.customers or (folder and any((folder / name).exists() for name in names)):
        file = _find("--customers", options.customers, folder, names)
        read.append(file)
        customers = lines.keep(read_customers(file, schema))
    file = _find("--events", options.events, folder, ("events.jsonl", "events.jsonl.gz"))
    read.append(file)
    events = lines.keep(read_events(file, schema))
    return Store(place, schema, segments, customers, events, tuple(lines.bad), tuple(read))


def _find_schema_files(option: str | None, folder: Path | None) -> list[Path]:
    """Return the file of the schema, if it has one."""
    if option is not None:
        return [Path(option)]
    file = None if folder is None else folder / SCHEMA_FILE
    return [file] if file is not None and file.exists() else []


def find_schema(option: str | None, folder: Path | None) -> Schema:
    """Return the schema that an option names, or the one in a folder, or the ready-made one."""
    if option is not None:
        return Schema.load(option)
    if folder is not None and (folder / SCHEMA_FILE).exists():
        return Schema.load(folder / SCHEMA_FILE)
    return Schema.commerce()


def report_no_schema(folder: Path | None, errors: Screen) -> None:
    """Report that the ready-made schema is used, if a folder has none."""
    if folder is not None and not (folder / SCHEMA_FILE).exists():
        errors.say(f"{folder} has no {SCHEMA_FILE}: the ready-made schema of a store is used")


def report(store: Store, errors: Screen) -> None:
    """Report the lines that were passed over, and what the store does not have itself."""
    report_no_schema(store.folder, errors)
    rules = [segment.rule for segment in store.segments]
    for kind, empty in (
        ("list", {name for rule in rules for name in rule.lists}),
        ("cohort", {name for rule in rules for name in rule.cohorts}),
    ):
        for name in sorted(empty):
            errors.say(f"the {kind} `{name}` has no members here: they are not part of the files")
    for bad in store.bad[:BAD_LINES_SHOWN]:
        errors.say((str(bad), "bad"))
    if store.bad:
        more = len(store.bad) - BAD_LINES_SHOWN
        others = f", {more:,} of them not shown" if more > 0 else ""
        errors.say(f"passed over {count(len(store.bad), 'bad line')}{others}")


@define
class _Lines:
    skip_bad: bool
    bad: list[BadLine] = field(factory=list)

    def keep(self, records: Iterable[T | BadLine]) -> tuple[T, ...]:
        """Return the good records; keep the bad lines aside, or raise LineError for the first."""
        kept = []
        for record in records:
            if not isinstance(record, BadLine):
                kept.append(record)
            elif self.skip_bad:
                self.bad.append(record)
            else:
                raise LineError(f"{record} (--skip-bad passes over such lines)")
        return tuple(kept)


def _find(option: str, given: str | None, folder: Path | None, names: tuple[str, ...]) -> Path:
    """Return the file that an option names, or the first of some names in the folder."""
    if given is not None:
        return Path(given)
    if folder is None:
        raise MisuseError(f"name the STORE's folder, or a file with {option}")
    for name in names:
        if (folder / name).exists():
            return folder / name
    raise MisuseError(f"{folder}: has no {' or '.join(names)} (name another file with {option})")
