"""`segrules schema`: schemas in files."""

import json
import sys
from argparse import ArgumentParser, Namespace
from pathlib import Path
from typing import Any

from segrules import Schema, SchemaError
from segrules.cli.errors import FINDINGS, FINE, MisuseError
from segrules.cli.files import read_text
from segrules.cli.findings import show_text
from segrules.cli.store import SCHEMA_FILE
from segrules.cli.terminal import open_screen
from segrules.language.quantities import count
from segrules.language.source import locate
from segrules.results import SchemaFinding


def add_arguments(parser: ArgumentParser) -> None:
    """Declare the arguments of `segrules schema check`."""
    parser.add_argument(
        "files",
        metavar="FILE",
        nargs="+",
        help="a file with a schema (.toml), or a folder with a schema.toml",
    )
    parser.add_argument(
        "--format", choices=("text", "json"), default="text", help="text to read, or json"
    )


def check_schemas(options: Namespace) -> int:
    """Print everything that is wrong with schemas and return the exit code."""
    names = [_name_file(name) for name in options.files]
    for name in names:
        read_text(name)  # a file that cannot be read is misuse, and not a finding
    screen = open_screen(sys.stdout, options.color)
    findings: list[dict[str, Any]] = []
    for name in names:
        try:
            schema = Schema.load(name)
        except SchemaError as error:
            findings += [_data(name, found) for found in error.findings]
            if options.format == "text":
                show_text(screen, str(error))
        else:
            if options.format == "text":
                size = f"{count(len(schema.attributes), 'attribute')}, "
                size += count(len(schema.events), "event type")
                screen.say(f"{name}: ", ("ok", "good"), f" ({size})")
    if options.format == "json":
        print(json.dumps(findings, indent=2))
    return FINDINGS if findings else FINE


def _name_file(name: str) -> str:
    if not Path(name).is_dir():
        return name
    file = Path(name) / SCHEMA_FILE
    if not file.exists():
        raise MisuseError(f"{name}: is a folder without {SCHEMA_FILE}: name a file")
    return str(file)


def _data(name: str, found: SchemaFinding) -> dict[str, Any]:
    """Return a finding as JSON types; line and column are None if it is not inside a text."""
    line, column = (None, None)
    if found.cause is not None:
        line, column = locate(found.cause.source, found.cause.span.start)
    return {
        "file": name,
        "key": found.key,
        "line": line,
        "column": column,
        "message": found.message,
        "help": found.help,
    }
