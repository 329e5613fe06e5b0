"""Questions about a store: which segment, which customers, and at which instant."""

from argparse import ArgumentParser
from collections import defaultdict
from collections.abc import Iterator
from datetime import datetime
from typing import Literal, TypeAlias

from attrs import frozen

from segrules import Customer, Event, Segment
from segrules.cli.errors import MisuseError
from segrules.cli.moments import read_moment, show_moment
from segrules.cli.store import Store
from segrules.language.suggestions import suggest

AsOf: TypeAlias = Literal["last event", "option"]
"""Where an instant comes from: it is that of the last event, or an option says it."""


@frozen
class Moment:
    """The instant that an answer is of, and where it comes from."""

    at: datetime
    as_of: AsOf


def add_instant(parser: ArgumentParser) -> None:
    """Declare the instant that is asked about."""
    parser.add_argument(
        "--at",
        metavar="INSTANT",
        help="the instant to ask about: ISO 8601 with an offset, or a date. Default: that of the "
        "last event",
    )


def find_moment(store: Store, option: str | None) -> Moment:
    """Return the instant of `--at`, or that of the last event; raises MisuseError if none is."""
    if option is not None:
        return Moment(read_moment(option, "--at", store.schema), "option")
    last = max((record.event.at for record in store.events), default=None)
    if last is None:
        raise MisuseError("there are no events: name an instant with --at")
    return Moment(last, "last event")


def describe_moment(moment: Moment, store: Store) -> str:
    """Return an instant in words, in the store's time zone."""
    shown = show_moment(moment.at, store.schema._vocabulary.calendar.zone)
    return f"{shown}, the last event" if moment.as_of == "last event" else shown


def find_segment(store: Store, name: str) -> Segment:
    """Return a segment of a store; raises MisuseError if it has none of that name."""
    segments = {each.name: each for each in store.segments}
    if name not in segments:
        raise MisuseError(f"unknown segment `{name}`: {suggest(name, segments, 'segments')}")
    return segments[name]


def find_customer(store: Store, customer: str) -> Customer:
    """Return a customer with the facts in the files; raises MisuseError if there are none."""
    attributes = {each.id: each.attributes for each in store.customers}
    events = [each.event for each in store.events if each.customer == customer]
    if customer not in attributes and not events:
        raise MisuseError(f"no line is about the customer `{customer}`")
    return Customer(customer, attributes.get(customer, {}), events)


def find_customers(store: Store, at: datetime) -> Iterator[Customer]:
    """Yield the customers that a replay of a store knows at an instant."""
    events = defaultdict[str, list[Event]](list)
    for record in store.events:
        if record.event.at <= at:
            events[record.customer].append(record.event)
    attributes = {each.id: each.attributes for each in store.customers}
    for customer in {**attributes, **events}:
        yield Customer(customer, attributes.get(customer, {}), events.get(customer, ()))
