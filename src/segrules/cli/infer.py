"""`segrules schema infer`: the draft of a schema, from customers and events as JSON lines."""

from argparse import ArgumentParser, Namespace
from collections.abc import Iterable, Iterator
from pathlib import Path

from segrules import Customer, Event, Schema
from segrules.cli.errors import FINE, LineError
from segrules.cli.records import BadLine, read_facts


def add_arguments(parser: ArgumentParser) -> None:
    """Declare the arguments of the command."""
    parser.add_argument(
        "files",
        metavar="FILE",
        nargs="+",
        help="customers or events as JSON lines, or both in one file; a .gz is unpacked",
    )
    parser.add_argument(
        "--timezone",
        metavar="ZONE",
        default="UTC",
        help="where days begin, such as Europe/London. Default: UTC",
    )
    parser.add_argument(
        "--max-values",
        metavar="N",
        type=int,
        default=20,
        help="list the texts of a name that has at most this many; 0 lists none. Default: 20",
    )


def infer(options: Namespace) -> int:
    """Print the draft as TOML and return the exit code."""
    facts = _read_files(options.files)
    draft = Schema.observed(facts, timezone=options.timezone, max_values=options.max_values)
    print(draft.to_toml(), end="")
    return FINE


def _read_files(names: Iterable[str]) -> Iterator[Customer | Event]:
    """Yield the facts of files; raises LineError for the first line that has none."""
    for name in names:
        for fact in read_facts(Path(name)):
            if isinstance(fact, BadLine):
                raise LineError(str(fact))
            yield fact
