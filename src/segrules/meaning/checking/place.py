"""Places in a tree: how deep, in which group, and what `that` may name there."""

from typing import Literal, TypeAlias

from attrs import define, evolve, field, frozen

from segrules.language.source import Span
from segrules.meaning.conditions import Anchor
from segrules.meaning.vocabulary import Entry

Connective: TypeAlias = Literal["and", "or", "not"]


@frozen
class Named:
    """A condition on events that `that` may name; `anchor` is None where it is negative."""

    event_type: str | None
    span: Span
    anchor: Anchor | None


@define
class Group:
    """An AND group, and the conditions on events seen in it so far."""

    outer: "Group | None" = None
    seen: list[Named] = field(factory=list)

    def find(self, event_type: str) -> Named | None:
        """Return the nearest condition on a type of event, here or in a group around."""
        for named in reversed(self.seen):
            if named.event_type == event_type:
                return named
        return None if self.outer is None else self.outer.find(event_type)

    def event_types(self) -> set[str]:
        """Return the types of all conditions that `that` may name, negative ones included."""
        around = set() if self.outer is None else self.outer.event_types()
        return around | {each.event_type for each in self.seen if each.event_type is not None}


@frozen
class Place:
    """Where in the tree a node is.

    level: connectives from the root down to it. inside: the connective it is directly in.
    in_filter: within `has`; `event_type` is then the type of the event asked about, None for any.
    objects: within `has` of a list, what the vocabulary says of the nearest such list, which is
    `list_name`.
    """

    level: int = 0
    inside: Connective | None = None
    group: Group = field(factory=Group)
    in_filter: bool = False
    event_type: str | None = None
    objects: Entry | None = None
    list_name: str = ""

    def under(self, connective: Connective) -> "Place":
        """Return the place of the terms of a connective that is here."""
        same = self.inside == connective
        group = Group(self.group) if connective == "and" and not same else self.group
        return evolve(self, level=self.level + (not same), inside=connective, group=group)

    def within(self, event_type: str | None) -> "Place":
        """Return the place of a filter on events of a type; levels are counted on."""
        return Place(level=self.level, in_filter=True, event_type=event_type)

    def within_list(self, name: str, objects: Entry) -> "Place":
        """Return the place of a filter on the objects in a list; levels are counted on."""
        return Place(level=self.level, in_filter=True, objects=objects, list_name=name)

    def name(self, named: Named) -> None:
        """Let later conditions of the same AND group, and of groups in it, say `that`."""
        if self.inside == "and":
            self.group.seen.append(named)
