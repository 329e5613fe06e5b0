"""The command `segrules`: its arguments, its commands, and its errors as messages."""

import os
import sys
from argparse import ArgumentParser, Namespace, RawDescriptionHelpFormatter
from collections.abc import Callable, Sequence
from importlib.metadata import version
from io import TextIOWrapper
from typing import Final, get_args

from attrs import frozen

from segrules import RuleError, SegrulesError
from segrules.cli import check, explain, fmt, infer, run, schemas, triggers
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
Replay a store's events in event time, and show how many customers are in each
segment.

Every customer's attributes are set at the instant of the first event. Then
events are applied in the order of time, or with --as-is in the order of the
file, where an event older than the one before it is late. Between events the
clock runs, and customers join and leave at the very instant.

--until leaves out later events, and --at is the instant at which the clock
stops. Each is the default of the other. With both, --at shows the segments if
nothing more happens.

An instant is ISO 8601 with an offset, or a date: its first instant in the
schema's time zone."""


@frozen
class Command:
    """A command: its name, help and arguments, and the function that carries it out."""

    name: str
    help: str
    description: str
    add_arguments: Callable[[ArgumentParser], None]
    carry_out: Callable[[Namespace], int]


COMMANDS: Final = (
    Command(
        "check",
        "find what is wrong with rules",
        "Find what is wrong with rules, with the place and what to do. A text that\n"
        "cannot be parsed has one finding, its first mistake; any other text shows\n"
        "every finding at once.",
        check.add_arguments,
        check.check,
    ),
    Command(
        "fmt",
        "put rules in their canonical form",
        "Put rules in their canonical form. In a TOML file nothing else changes, and\n"
        "comments stay. A rule from standard input, or from --rule, is printed.",
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
        "Show why a customer is in a segment at an instant, or is not: what each\n"
        "condition asked, what it found, and until when that holds.",
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
    Command(
        "schema",
        "draft a schema from customers and events",
        "Draft a schema from customers and events.",
        schemas.add_arguments,
        infer.infer,
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
        # The reader has gone; what is still buffered must not be flushed at exit.
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
            help="colour and motion; auto gives them to a terminal, if rich is installed",
        )
        added.set_defaults(command=command.carry_out, parser=added)
    return parser
