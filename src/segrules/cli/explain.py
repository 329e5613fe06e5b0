"""`segrules explain`: why a customer is in a segment at an instant, or is not in it."""

import json
import sys
from argparse import ArgumentParser, Namespace

from segrules.cli.asking import (
    add_instant,
    describe_moment,
    find_customer,
    find_moment,
    find_segment,
)
from segrules.cli.errors import FINE
from segrules.cli.screen import Screen
from segrules.cli.store import add_store, load_store, report
from segrules.cli.terminal import open_screen
from segrules.data import to_text
from segrules.results import Explanation


def add_arguments(parser: ArgumentParser) -> None:
    """Declare the arguments of the command."""
    add_store(parser)
    parser.add_argument("--customer", metavar="ID", required=True, help="the customer to explain")
    parser.add_argument("--segment", metavar="ID", required=True, help="the segment in question")
    add_instant(parser)
    parser.add_argument(
        "--redact", action="store_true", help="leave the customer's values and times out"
    )


def explain(options: Namespace) -> int:
    """Print what the rule asked and what it found, and return the exit code."""
    store = load_store(options)
    report(store, open_screen(sys.stderr, options.color))
    rule = find_segment(store, options.segment).rule
    customer = find_customer(store, options.customer)
    moment = find_moment(store, options.at)
    explanation = rule.explain(customer, at=moment.at, redact=options.redact)
    if options.format == "json":
        asked = {
            "customer": options.customer,
            "segment": options.segment,
            "at": to_text(moment.at),
            "as_of": moment.as_of,
        }
        print(json.dumps(asked | explanation.to_data(), indent=2))
        return FINE
    screen = open_screen(sys.stdout, options.color)
    answer = "is in" if explanation.holds else "is not in"
    screen.say(
        options.customer,
        " ",
        (answer, "good" if explanation.holds else "bad"),
        f" {options.segment} at {describe_moment(moment, store)}",
    )
    screen.say()
    _show(screen, explanation)
    return FINE


def _show(screen: Screen, explanation: Explanation) -> None:
    for line in str(explanation).split("\n"):
        holds = line.lstrip().startswith("yes")
        mark = len(line) - len(line.lstrip()) + 3
        screen.say((line[:mark], "good" if holds else "bad"), line[mark:])
