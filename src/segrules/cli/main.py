"""The command `segrules`: its commands, and its errors as messages."""

import os
import sys
from argparse import Namespace
from collections.abc import Sequence
from io import TextIOWrapper
from typing import Final

from segrules import RuleError, SegrulesError
from segrules.cli import check, explain, fmt, infer, members, run, schema, triggers
from segrules.cli.arguments import Command, make_parser, parse_arguments
from segrules.cli.errors import (
    BROKEN_PIPE,
    FINDINGS,
    FINE,
    INTERRUPTED,
    MISUSE,
    LineError,
)
from segrules.cli.findings import show_text
from segrules.cli.terminal import ColourChoice, open_screen

RUNNING: Final = """\
Replay a store's events in event time, and show how many customers are in each
segment.

Every customer's attributes are set at the instant of the first event. Then
events are applied in the order of time, or with --as-is in the order of the
file, where an event older than the one before it is late. Between events the
clock runs, and customers join and leave at the very instant. Every segment is
kept live, also one whose file says another refresh.

--until leaves out later events, and --at is the instant at which the clock
stops. Each is the default of the other; without both it is the last event.
With both, --at shows the segments if nothing more happens.

An instant is ISO 8601 with an offset, or a date: its first instant in the
schema's time zone."""

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
        "members",
        "list the customers in a segment",
        "List the ids of the customers in a segment at an instant, in their order.",
        members.add_arguments,
        members.members,
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
        "check schemas, and draft them",
        "Check and draft schemas: the words that rules may use.",
        inner=(
            Command(
                "check",
                "find what is wrong with schemas",
                "Find everything that is wrong with files of schemas, with the key and what to do.",
                schema.add_arguments,
                schema.check_schemas,
            ),
            Command(
                "infer",
                "draft a schema from customers and events",
                "Print the draft of a schema, which reads all of these customers and events: "
                "types, forms, the texts of names that have few, and how many have each name. "
                "Comments say what it leaves out, and why.",
                infer.add_arguments,
                infer.infer,
            ),
        ),
    ),
)


def main(arguments: Sequence[str] | None = None) -> int:
    """Carry out a command and return its exit code; every error is one message.

    Without a command the help is shown.
    """
    parser = make_parser(COMMANDS)
    options = parse_arguments(parser, sys.argv[1:] if arguments is None else arguments)
    if options.command is None:
        options.parser.print_help()
        return FINE
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")
    try:
        code: int = options.command(options)
        sys.stdout.flush()
    except RuleError as error:
        return _complain(str(error), FINDINGS, options)
    except LineError as error:
        return _complain(f"segrules: {error}", FINDINGS, options)
    except SegrulesError as error:
        return _complain(f"segrules: {error}", MISUSE, options)
    except BrokenPipeError:
        # The reader has gone; what is still buffered must not be flushed at exit.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return BROKEN_PIPE
    except OSError as error:
        return _complain(f"segrules: {(error.strerror or str(error)).lower()}", MISUSE, options)
    except KeyboardInterrupt:
        return INTERRUPTED
    return code


def _complain(message: str, code: int, options: Namespace) -> int:
    sys.stdout.flush()
    colour: ColourChoice = options.color
    show_text(open_screen(sys.stderr, colour), message)
    return code
