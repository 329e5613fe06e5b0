"""Activities: types of events, and which of their events a report counts."""

from collections.abc import Iterable, Mapping
from functools import partial
from typing import Any, Self

from attrs import field, frozen

from segrules import Customer, Event, Limits, Rule, RuleError, Schema
from segrules.evaluation.filters import Filter, compile_filter_of
from segrules.facts.arguments import ArgumentError, expect, to_name, to_names
from segrules.facts.customer import read_history
from segrules.language.formatter import format_node
from segrules.language.parser import parse
from segrules.language.syntax import EventCondition, Text
from segrules.meaning.conditions import AggregateTest
from segrules.results import Source
from segrules.rule import condition_of

NAME = "activity"
"""What errors call the text of an activity."""


@frozen(init=False, repr=False)
class Activity:
    """Events of a type, of several or of any, that pass a filter in the rule language.

    event_type: such as 'purchase', or several types; None for any. schema: the words that the
    filter may use. has: conditions on an event's own properties, such as "total > 50 AND coupon is
    set"; of several types each must have these. Default: every event.

    `str()` is the text that a rule would have. Raises RuleError with every finding.
    """

    event_type: str | tuple[str, ...] | None
    schema: Schema
    has: str | None
    _text: str = field(eq=False)
    _filters: Mapping[str | None, Filter | None] = field(eq=False)

    def __init__(
        self, event_type: str | Iterable[str] | None, schema: Schema, *, has: str | None = None
    ) -> None:
        types = _to_types(event_type)
        if has is not None:
            expect(has, str, "`has`")
            # Parsed alone first, so that it cannot close the bracket that goes around it.
            parse(Source(has, NAME), Limits())
        compiled = {each: _compile(each, has, schema) for each in types}
        node, _ = compiled[types[0]]
        own = format_node(node).removeprefix(f"any {_clause('event', types[0])}")
        self.__attrs_init__(
            event_type=types[0] if len(types) == 1 else tuple(str(each) for each in types),
            schema=schema,
            has=None if node.filter is None else format_node(node.filter),
            text=_clause("event", *types) + own,
            filters={each: keep for each, (_, keep) in compiled.items()},
        )

    @classmethod
    def any(cls, schema: Schema, *, has: str | None = None) -> Self:
        """Return the activity of events of any type."""
        return cls(None, schema, has=has)

    def events(self, customer: Customer, at: int) -> list[Event]:
        """Return a customer's events of this kind up to an instant, in order."""
        filters, is_any = self._filters, None in self._filters
        history = read_history(customer, self.schema._door)
        past = history.list_events(None, end=at + 1)
        found = [event for event in past if is_any or event.type in filters]
        if not any(filters.values()):
            return found
        keeps = ((event, filters[None if is_any else event.type]) for event in found)
        return [event for event, own in keeps if own is None or own.keep(event.properties, at)]

    def find_amount(self, name: str) -> tuple[str, ...]:
        """Return the path of a number in these events; raises RuleError if they have none.

        Of several types one has it at least.
        """
        parse(Source(f"{name} is set", NAME), Limits())
        refused: RuleError | None = None
        for event_type in self._filters:
            events = _clause("events", event_type)
            try:
                test = condition_of(Rule(f"sum of {name} of {events} > 0", self.schema, name=NAME))
            except RuleError as error:
                refused = refused or error
                continue
            assert isinstance(test, AggregateTest)  # noqa: S101  # what `sum of` means
            return test.property or ()
        assert refused is not None  # noqa: S101  # an activity has a type
        raise refused

    def __reduce__(self) -> tuple[Any, ...]:
        return partial(Activity, has=self.has), (self.event_type, self.schema)

    def __str__(self) -> str:
        return self._text

    def __repr__(self) -> str:
        return f"<Activity: {self}>"


def _to_types(given: str | Iterable[str] | None) -> tuple[str | None, ...]:
    """Return types of events in sorted order, each once; None alone is any type."""
    if given is None:
        return (None,)
    if isinstance(given, str) or not isinstance(given, Iterable):
        return (to_name(given, "an event type"),)
    types = sorted(to_names(given, "an activity's event types"))
    if not types:
        raise ArgumentError(
            "an activity has at least one event type: `Activity.any` counts events of any",
            code="no-event-type",
        )
    return tuple(types)


def _compile(
    event_type: str | None, has: str | None, schema: Schema
) -> tuple[EventCondition, Filter | None]:
    """Return what `any event` of a type is in a rule, and its filter; raises RuleError."""
    own = "" if has is None else f" has (\n{has}\n)"
    rule = Rule(f"any {_clause('event', event_type)}{own}", schema, name=NAME)
    node, test = rule._syntax.root, condition_of(rule)
    assert isinstance(node, EventCondition)  # noqa: S101  # what `any event` is
    assert isinstance(test, AggregateTest)  # noqa: S101  # what `any event` means
    return node, compile_filter_of(test, schema._vocabulary.calendar)


def _clause(noun: str, *types: str | None) -> str:
    """Return events of some types, as rules write it, several with `or` between them."""
    if None in types:
        return noun
    return f"{noun} of type {' or '.join(format_node(Text(each)) for each in types if each)}"
