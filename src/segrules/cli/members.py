"""`segrules members`: the customers in a segment at an instant."""

import json
import sys
from argparse import ArgumentParser, Namespace

from segrules.cli.asking import (
    add_instant,
    describe_moment,
    find_customers,
    find_moment,
    find_segment,
)
from segrules.cli.errors import FINE
from segrules.cli.shown import on_one_line
from segrules.cli.store import add_store, load_store, report
from segrules.cli.terminal import open_screen
from segrules.data import to_text
from segrules.language.quantities import count


def add_arguments(parser: ArgumentParser) -> None:
    """Declare the arguments of the command."""
    add_store(parser)
    parser.add_argument("--segment", metavar="ID", required=True, help="the segment to list")
    add_instant(parser)


def members(options: Namespace) -> int:
    """Print the ids of a segment's members and return the exit code."""
    store = load_store(options)
    errors = open_screen(sys.stderr, options.color)
    report(store, errors)
    segment = find_segment(store, options.segment)
    moment = find_moment(store, options.at)
    found = sorted(
        customer.id
        for customer in find_customers(store, moment.at)
        if segment.rule.matches(customer, at=moment.at)
    )
    if options.format == "json":
        data = {
            "segment": segment.name,
            "at": to_text(moment.at),
            "as_of": moment.as_of,
            "members": found,
        }
        print(json.dumps(data, indent=2))
        return FINE
    for customer in found:
        print(on_one_line(customer))
    of = f"{count(len(found), 'member')} of {segment.name}"
    errors.say((f"{of} at {describe_moment(moment, store)}", "quiet"))
    return FINE
