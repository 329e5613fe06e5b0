"""The command `segrules`: its arguments, and what becomes of errors."""

import os
import sys
from argparse import ArgumentParser, Namespace, RawDescriptionHelpFormatter
from collections.abc import Callable, Sequence
from importlib.metadata import version
from io import TextIOWrapper
from typing import Final, get_args

from attrs import frozen

from segrules import RuleError, SegrulesError
from segrules.cli import check, explain, fmt, run, triggers
from segrules.cli.errors import (
    BROKEN_PIPE,
    EXIT_CODES,
    FINDINGS,
    INTERRUPTED,
    MISUSE,
    LineError,
)
from segrules.cli.screen import presentable
from segrules.cli.terminal import ColourChoice

RUNNING: Final = """\
Replay a store's events in event time, and show who is in which segment.

Everybody's attributes are set at the instant of the first event. Then events are applied by their
time, or with --as-is in the order of their file, where one that is older than the one before it
comes late. Between events the clock runs, and members join and leave at the very instant.

--until leaves out later events, --at is where the clock stops; each stands for the other. With
both, --at shows what becomes of it all if nothing more happens.

An instant is ISO 8601 with an offset, or a date: its first instant in the schema's time zone."""


@frozen
class Command:
    """A command: what it is called, what it says of itself, takes and does."""

    name: str
    help: str
    description: str
    add_arguments: Callable[[ArgumentParser], None]
    carry_out: Callable[[Namespace], int]


COMMANDS: Final = (
    Command(
        "check",
        "find what is wrong with rules",
        "Find what is wrong with rules, with the place and what to do. A text that cannot be read\n"
        "gives its first mistake; one that can be read gives everything that is wrong at once.",
        check.add_arguments,
        check.check,
    ),
    Command(
        "fmt",
        "put rules in their canonical form",
        "Put rules in their canonical form. In a TOML file nothing else is touched, and comments "
        "stay.\nA single rule on standard input, or with --rule, is printed.",
        fmt.add_arguments,
        fmt.fmt,
    ),
    Command(
        "triggers",
        "show what wakes each rule",
        "Show for each rule what can change its answer, and how far back it looks.",
        triggers.add_arguments,
        triggers.triggers,
    ),
    Command(
        "explain",
        "show why a customer is in a segment, or is not",
        "Show why a customer is in a segment at an instant, or is not: what each condition asked, "
        "what\nwas found, and until when that stands.",
        explain.add_arguments,
        explain.explain,
    ),
    Command(
        "run",
        "replay a store's events and show its segments",
        RUNNING,
        run.add_arguments,
        run.run,
    ),
)


def main(arguments: Sequence[str] | None = None) -> int:
    """Carry out a command and return its exit code; every error is one message."""
    options, unknown = _parser().parse_known_args(arguments)
    if unknown:
        options.parser.error(f"unrecognized arguments: {' '.join(unknown)}")
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")
    try:
        code: int = options.command(options)
        sys.stdout.flush()
    except RuleError as error:
        return _complain(str(error), FINDINGS)
    except LineError as error:
        return _complain(f"segrules: {error}", FINDINGS)
    except SegrulesError as error:
        return _complain(f"segrules: {error}", MISUSE)
    except BrokenPipeError:
        # Whoever read has gone; what is still buffered must not be flushed at exit.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return BROKEN_PIPE
    except OSError as error:
        return _complain(f"segrules: {(error.strerror or str(error)).lower()}", MISUSE)
    except KeyboardInterrupt:
        return INTERRUPTED
    return code


def _complain(message: str, code: int) -> int:
    sys.stdout.flush()
    print(presentable(message), file=sys.stderr)
    return code


def _parser() -> ArgumentParser:
    parser = ArgumentParser(
        prog="segrules",
        description="Audience rules: check them, format them, and run them on events.",
        epilog=EXIT_CODES,
        formatter_class=RawDescriptionHelpFormatter,
        allow_abbrev=False,
    )
    parser.add_argument("--version", action="version", version=f"segrules {version('segrules')}")
    commands = parser.add_subparsers(title="commands", required=True, metavar="COMMAND")
    for command in COMMANDS:
        added = commands.add_parser(
            command.name,
            help=command.help,
            description=command.description,
            epilog=EXIT_CODES,
            formatter_class=RawDescriptionHelpFormatter,
            allow_abbrev=False,
        )
        command.add_arguments(added)
        added.add_argument(
            "--color",
            choices=get_args(ColourChoice),
            default="auto",
            help="colour and motion; by default in a terminal, if rich is installed",
        )
        added.set_defaults(command=command.carry_out, parser=added)
    return parser
