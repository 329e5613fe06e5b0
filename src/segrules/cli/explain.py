"""`segrules explain`: why a customer is in a segment at an instant, or is not in it."""

import json
import sys
from argparse import ArgumentParser, Namespace
from datetime import UTC, datetime

from segrules import Customer, Rule
from segrules.cli.errors import FINE, MisuseError
from segrules.cli.moments import read_moment, show_moment
from segrules.cli.screen import Screen
from segrules.cli.store import Store, add_store, load_store, report_bad_lines
from segrules.cli.terminal import open_screen
from segrules.data import to_text
from segrules.meaning.checking.findings import suggest
from segrules.results import Explanation


def add_arguments(parser: ArgumentParser) -> None:
    """Declare the arguments of the command."""
    add_store(parser)
    parser.add_argument("--customer", metavar="ID", required=True, help="the customer to explain")
    parser.add_argument("--segment", metavar="ID", required=True, help="the segment in question")
    parser.add_argument("--at", metavar="INSTANT", help="the instant to ask about. Default: now")
    parser.add_argument(
        "--redact", action="store_true", help="leave the customer's values and times out"
    )


def explain(options: Namespace) -> int:
    """Print what the rule asked and what it found, and return the exit code."""
    store = load_store(options)
    report_bad_lines(store, open_screen(sys.stderr, options.color))
    # The only place in segrules that reads a clock: at a terminal, the question is about now.
    at = read_moment(options.at, "--at", store.schema) if options.at else datetime.now(UTC)
    rule = _rule(store, options.segment)
    explanation = rule.explain(_customer(store, options.customer), at=at, redact=options.redact)
    if options.format == "json":
        asked = {"customer": options.customer, "segment": options.segment, "at": to_text(at)}
        print(json.dumps(asked | explanation.to_data(), indent=2))
        return FINE
    screen = open_screen(sys.stdout, options.color)
    answer = "is in" if explanation.holds else "is not in"
    screen.say(
        options.customer,
        " ",
        (answer, "good" if explanation.holds else "bad"),
        f" {options.segment} at {show_moment(at, store.schema._vocabulary.calendar.zone)}",
    )
    screen.say()
    _show(screen, explanation)
    return FINE


def _show(screen: Screen, explanation: Explanation) -> None:
    for line in str(explanation).split("\n"):
        holds = line.lstrip().startswith("yes")
        mark = len(line) - len(line.lstrip()) + 3
        screen.say((line[:mark], "good" if holds else "bad"), line[mark:])


def _rule(store: Store, segment: str) -> Rule:
    rules = {each.name: each.rule for each in store.segments}
    if segment not in rules:
        raise MisuseError(f"unknown segment `{segment}`: {suggest(segment, rules, 'segments')}")
    return rules[segment]


def _customer(store: Store, customer: str) -> Customer:
    """Return a customer with the facts in the files; raises MisuseError if there are none."""
    attributes = {each.id: each.attributes for each in store.customers}
    events = [each.event for each in store.events if each.customer == customer]
    if customer not in attributes and not events:
        raise MisuseError(f"no line is about the customer `{customer}`")
    return Customer(customer, attributes.get(customer, {}), events)
