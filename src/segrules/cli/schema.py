"""`segrules schema`: schemas in files."""

import json
import sys
from argparse import ArgumentParser, Namespace
from pathlib import Path
from typing import Any

from segrules import Schema, SchemaError
from segrules.cli.errors import FINDINGS, FINE, MisuseError
from segrules.cli.faults import place_faults
from segrules.cli.files import read_text
from segrules.cli.findings import show_text
from segrules.cli.github import as_github
from segrules.cli.shown import presentable
from segrules.cli.store import SCHEMA_FILE
from segrules.cli.terminal import open_screen
from segrules.language.quantities import count
from segrules.language.source import locate
from segrules.results import Diagnostic, SchemaFinding, Source


def add_arguments(parser: ArgumentParser) -> None:
    """Declare the arguments of `segrules schema check`."""
    parser.add_argument(
        "files",
        metavar="FILE",
        nargs="+",
        help="a file with a schema (.toml), or a folder with a schema.toml",
    )
    parser.add_argument(
        "--format",
        choices=("text", "json", "github"),
        default="text",
        help="text to read, json, or github for annotations in a workflow of GitHub. Default: text",
    )


def check_schemas(options: Namespace) -> int:
    """Print everything that is wrong with schemas and return the exit code."""
    names = [_name_file(name) for name in options.files]
    # A file that cannot be read is misuse, and not a finding.
    files = [Source(read_text(name), name, is_file=True) for name in names]
    screen = open_screen(sys.stdout, options.color)
    findings: list[tuple[SchemaFinding, Diagnostic]] = []
    for name, file in zip(names, files, strict=True):
        try:
            schema = Schema.load(name)
        except SchemaError as error:
            findings += zip(error.findings, place_faults(error, file), strict=True)
            if options.format == "text":
                show_text(screen, str(error))
        else:
            if options.format == "text":
                size = f"{count(len(schema.attributes), 'attribute')}, "
                size += count(len(schema.events), "event type")
                screen.say(f"{name}: ", ("ok", "good"), f" ({size})")
    if options.format == "json":
        print(json.dumps([_data(*each) for each in findings], indent=2))
    if options.format == "github":
        print(presentable(as_github(place for _, place in findings)), end="\n" * bool(findings))
    return FINDINGS if findings else FINE


def _name_file(name: str) -> str:
    if not Path(name).is_dir():
        return name
    file = Path(name) / SCHEMA_FILE
    if not file.exists():
        raise MisuseError(f"{name}: is a folder without {SCHEMA_FILE}: name a file")
    return str(file)


def _data(found: SchemaFinding, place: Diagnostic) -> dict[str, Any]:
    """Return a finding and its place in the file as JSON types."""
    line, column = locate(place.source, place.span.start)
    return {
        "file": place.source.name,
        "key": found.key,
        "line": line,
        "column": column,
        "message": found.message,
        "help": found.help,
    }
