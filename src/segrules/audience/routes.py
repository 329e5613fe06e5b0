"""Which segments a fact may concern: the triggers of every rule, turned around."""

from collections.abc import Mapping

from attrs import frozen

from segrules.meaning.triggers import EVERY_TYPE
from segrules.rule import Rule


@frozen
class Routes:
    """Segments by what wakes them, each in the order in which they were added.

    by_type: for the event types that some rule names; every_type: for all others.
    """

    by_type: Mapping[str, tuple[str, ...]]
    every_type: tuple[str, ...]
    by_attribute: Mapping[str, tuple[str, ...]]
    by_list: Mapping[str, tuple[str, ...]]


def find_routes(rules: Mapping[str, Rule]) -> Routes:
    """Return which segments each kind of fact may concern."""
    triggers = {segment: rule.triggers for segment, rule in rules.items()}
    types = {t for each in triggers.values() for t in each.events} - {EVERY_TYPE}
    attributes = {a for each in triggers.values() for a in each.attributes}
    lists = {s for each in triggers.values() for s in each.segments}
    return Routes(
        by_type={
            event_type: tuple(s for s, each in triggers.items() if each.wakes_on(event_type))
            for event_type in types
        },
        every_type=tuple(s for s, each in triggers.items() if EVERY_TYPE in each.events),
        by_attribute={
            name: tuple(s for s, each in triggers.items() if name in each.attributes)
            for name in attributes
        },
        by_list={
            name: tuple(s for s, each in triggers.items() if name in each.segments)
            for name in lists
        },
    )
