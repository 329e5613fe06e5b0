"""Activities: a type of event, and which of its events a report counts."""

from functools import partial
from typing import Any

from attrs import field, frozen

from segrules import Customer, Event, Limits, Rule, Schema
from segrules.evaluation.filters import Filter, compile_filter_of
from segrules.facts.arguments import expect, to_name
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
    """Events of a type that pass a filter in the rule language.

    event_type: such as 'purchase'. schema: the words that the filter may use. has: conditions on an
    event's own properties, such as "total > 50 AND coupon is set". Default: every event of the
    type.

    `str()` is the text that a rule would have. Raises RuleError with every finding.
    """

    event_type: str
    schema: Schema
    has: str | None
    _text: str = field(eq=False)
    _filter: Filter | None = field(eq=False)

    def __init__(self, event_type: str, schema: Schema, *, has: str | None = None) -> None:
        clause = f"event of type {format_node(Text(to_name(event_type, 'an event type')))}"
        if has is not None:
            expect(has, str, "`has`")
            # Parsed alone first, so that it cannot close the bracket that goes around it.
            parse(Source(has, NAME), Limits())
            clause += f" has (\n{has}\n)"
        rule = Rule(f"any {clause}", schema, name=NAME)
        node, test = rule._syntax.root, condition_of(rule)
        assert isinstance(node, EventCondition)  # noqa: S101  # what `any event` is
        assert isinstance(test, AggregateTest)  # noqa: S101  # what `any event` means
        self.__attrs_init__(
            event_type=event_type,
            schema=schema,
            has=None if node.filter is None else format_node(node.filter),
            text=format_node(node).removeprefix("any "),
            filter=compile_filter_of(test, schema._vocabulary.calendar),
        )

    def events(self, customer: Customer, at: int) -> list[Event]:
        """Return a customer's events of this kind up to an instant, in order."""
        wanted = self.event_type
        found = [e for e in customer.events if e.type == wanted and e._micros <= at]
        if self._filter is None:
            return found
        keep = self._filter.keep
        return [event for event in found if keep(event.properties, at)]

    def find_amount(self, name: str) -> tuple[str, ...]:
        """Return the path of a number in these events; raises RuleError if they have none."""
        parse(Source(f"{name} is set", NAME), Limits())
        events = f"events of type {format_node(Text(self.event_type))}"
        test = condition_of(Rule(f"sum of {name} of {events} > 0", self.schema, name=NAME))
        assert isinstance(test, AggregateTest)  # noqa: S101  # what `sum of` means
        return test.property or ()

    def __reduce__(self) -> tuple[Any, ...]:
        return partial(Activity, has=self.has), (self.event_type, self.schema)

    def __str__(self) -> str:
        return self._text

    def __repr__(self) -> str:
        return f"<Activity: {self}>"
