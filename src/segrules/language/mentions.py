"""The names that a rule's text mentions, before a schema says what they mean."""

from collections.abc import Iterator

from segrules.language.syntax import (
    AggregateCondition,
    And,
    EventCondition,
    Membership,
    Name,
    Node,
    Not,
    Or,
)


def conditions_in(node: Node) -> Iterator[Node]:
    """Yield the conditions under a node, in text order, without those inside `has`."""
    match node:
        case And(terms) | Or(terms):
            for term in terms:
                yield from conditions_in(term)
        case Not(term):
            yield from conditions_in(term)
        case _:
            yield node


def mentioned_attributes(node: Node) -> list[Name]:
    """Return the names of the attributes that a rule mentions, in text order."""
    skip = (EventCondition, AggregateCondition, Membership, And, Or, Not)
    return [c.name for c in conditions_in(node) if not isinstance(c, skip)]


def mentioned_memberships(node: Node) -> list[Membership]:
    """Return the conditions on segments and cohorts, in text order."""
    return [c for c in conditions_in(node) if isinstance(c, Membership)]
