"""The catalogue: one record for each audience of an engine, with all that is known of it.

INVARIANT: a name belongs to exactly one record: a dynamic segment, a list or a cohort. Removing
the record is all there is to removing the audience.
"""

from typing import TypeAlias, assert_never

from attrs import define, field

from segrules.audience.catalogue.segment import (
    SEGMENT,
    Dynamic,
    SegmentError,
    UnknownAudienceError,
    Use,
    check_name,
)
from segrules.cohorts.cohort import Cohort
from segrules.language.limits import Limits
from segrules.language.suggestions import suggest
from segrules.schema.schema import Schema


@define(eq=False)
class Listed:
    """A list of an engine: members picked by hand, each known to the engine."""

    name: str
    members: set[str] = field(factory=set)
    uses: dict[Use, None] = field(factory=dict)

    @property
    def count(self) -> int:
        """How many customers are on it."""
        return len(self.members)


@define(eq=False)
class Kept:
    """A cohort that an engine keeps. Its members need not be known to the engine."""

    name: str
    cohort: Cohort
    uses: dict[Use, None] = field(factory=dict)


Audience: TypeAlias = Dynamic | Listed | Kept


@define(eq=False)
class Catalogue:
    """The audiences of an engine by name, in the order in which they were added.

    segments, lists, cohorts: the same records, by kind. former: the fingerprints of the schemas
    that the engine has had before.
    """

    schema: Schema
    limits: Limits
    audiences: dict[str, Audience] = field(factory=dict)
    segments: dict[str, Dynamic] = field(factory=dict)
    lists: dict[str, Listed] = field(factory=dict)
    cohorts: dict[str, Kept] = field(factory=dict)
    former: set[str] = field(factory=set)

    def add(self, audience: Audience) -> None:
        """Add an audience whose name is free."""
        self.audiences[audience.name] = audience
        match audience:
            case Dynamic():
                self.segments[audience.name] = audience
            case Listed():
                self.lists[audience.name] = audience
            case Kept():
                self.cohorts[audience.name] = audience
            case _:
                assert_never(audience)

    def remove(self, name: str) -> None:
        """Remove an audience, with all that is known of it."""
        del self.audiences[name]
        for known in (self.segments, self.lists, self.cohorts):
            known.pop(name, None)

    def get(self, name: str) -> Audience:
        """Return an audience; raise UnknownAudienceError if there is none."""
        check_name(name)
        audience = self.audiences.get(name)
        if audience is None:
            advice = suggest(name, self.audiences, "audiences")
            raise UnknownAudienceError(
                f"unknown audience `{name}`: {advice}", code="unknown-audience", subject=name
            )
        return audience

    def get_live(self, name: str) -> Dynamic | Listed:
        """Return a segment or list; raise UnknownAudienceError if there is none."""
        check_name(name)
        match self.audiences.get(name):
            case Dynamic() | Listed() as audience:
                return audience
            case Kept():
                advice = "it is a cohort: find it in `engine.cohorts`"
            case None:
                known = self.segments.keys() | self.lists.keys()
                advice = suggest(name, known, "segments")
        raise UnknownAudienceError(
            f"unknown segment `{name}`: {advice}", code="unknown-segment", subject=name
        )

    def get_segment(self, name: str) -> Dynamic:
        """Return a dynamic segment; raise SegmentError for a list, UnknownAudienceError if none."""
        audience = self.get_live(name)
        if isinstance(audience, Listed):
            raise SegmentError(
                f"`{name}` is a list: it has members picked by hand and no rule",
                code="not-a-segment",
                subject=name,
            )
        return audience

    def get_list(self, name: str) -> Listed:
        """Return a list; raise SegmentError for a dynamic segment, UnknownAudienceError if none."""
        check_name(name)
        if name not in self.lists and name not in self.segments:
            advice = suggest(name, self.lists, "lists")
            raise UnknownAudienceError(
                f"unknown list `{name}`: {advice}", code="unknown-list", subject=name
            )
        audience = self.get_live(name)
        if isinstance(audience, Dynamic):
            raise SegmentError(
                f"`{name}` is dynamic: its members follow from its rule and cannot be edited; edit "
                "the rule, or edit a list of its members, as `lists.freeze` makes it",
                code="not-a-list",
                subject=name,
            )
        return audience

    def get_cohort(self, name: str) -> Kept:
        """Return a cohort; raise UnknownAudienceError if there is none."""
        audience = self.audiences.get(name) if isinstance(name, str) else None
        if not isinstance(audience, Kept):
            advice = suggest(str(name), self.cohorts, "cohorts")
            raise UnknownAudienceError(
                f"unknown cohort `{name}`: {advice}", code="unknown-cohort", subject=str(name)
            )
        return audience

    def check_free(self, name: str) -> None:
        """Raise SegmentError if a name is taken, or cannot be a name."""
        check_name(name)
        match self.audiences.get(name):
            case None:
                return
            case Kept():
                taken = f"there is a cohort `{name}` already: each audience has its name"
            case Listed():
                taken = f"there is a list `{name}` already: edit it, or drop it first"
            case Dynamic():
                taken = f"there is a segment `{name}` already: edit it, or remove it first"
        raise SegmentError(taken, code="name-taken", subject=name)

    def find_users(self, name: str) -> list[str]:
        """Return the segments that refer to an audience, directly or through others, in order."""
        reached = {name}
        while True:
            found = {
                user
                for user, each in self.segments.items()
                if reached & {*each.rule.segments, *each.rule.lists, *each.rule.cohorts}
            }
            if found <= reached:
                return [user for user in self.segments if user in reached - {name}]
            reached |= found

    def find_uses(self, audience: Audience) -> tuple[Use, ...]:
        """Return the uses of an audience: segments that refer to it first, then recorded ones."""
        users = (Use(SEGMENT, user) for user in self.find_users(audience.name))
        return (*users, *audience.uses)

    def check_unused(self, audience: Audience) -> None:
        """Raise SegmentError if an audience is in use, naming every user."""
        uses = self.find_uses(audience)
        if uses:
            names = ", ".join(map(str, uses))
            raise SegmentError(
                f"`{audience.name}` is used by {names}: change these first",
                code="in-use",
                subject=audience.name,
                findings=uses,
            )
