"""The segments of an engine by name: rules that may refer to each other, and hand-picked lists."""

from collections.abc import Mapping

from attrs import define, field

from segrules.audience.catalogue.binding import build_rules
from segrules.audience.catalogue.files import SegmentError, check_name
from segrules.audience.catalogue.origin import Origin
from segrules.audience.catalogue.usage import Usage, Use
from segrules.cohorts.cohort import Cohort
from segrules.facts.arguments import kind_of
from segrules.language.limits import Limits
from segrules.meaning.checking.findings import suggest
from segrules.meaning.schema.schema import Schema
from segrules.rule import Rule


@define(eq=False)
class Directory:
    """Dynamic segments by name with their rules, the names of static ones, and cohorts, in order.

    No two of them have the same name. origins: of dynamic segments, where anybody has said it.
    usage: who uses what, besides the segments themselves.
    """

    schema: Schema
    limits: Limits
    rules: dict[str, Rule] = field(factory=dict)
    lists: dict[str, None] = field(factory=dict)
    cohorts: dict[str, Cohort] = field(factory=dict)
    origins: dict[str, Origin] = field(factory=dict)
    usage: Usage = field(factory=Usage)

    @property
    def names(self) -> tuple[str, ...]:
        """Every segment's name."""
        return (*self.rules, *self.lists)

    def bind(self, rules: Mapping[str, Rule | str]) -> dict[str, Rule]:
        """Make rules, each name in them meaning the engine's own segment.

        Raises RuleError, and SegmentError for what an engine cannot keep.
        """
        ready: dict[str, Rule] = {}
        for segment, rule in rules.items():
            if isinstance(rule, Rule):
                self._check_rule(segment, rule)
                if not (rule.segments or rule.lists or rule.cohorts):
                    ready[segment] = rule
            elif not isinstance(rule, str):
                raise SegmentError(
                    f"a segment has a `Rule` or the text of one, not {kind_of(rule)}"
                )
        texts = {s: str(r) if isinstance(r, Rule) else r for s, r in rules.items()}
        known = {s: r for s, r in self.rules.items() if s not in rules}
        made = build_rules(
            {s: text for s, text in texts.items() if s not in ready},
            self.schema,
            known=known | ready,
            lists=self.lists,
            cohorts=self.cohorts,
            limits=self.limits,
            names={segment: f"segment {segment}" if segment else "draft" for segment in texts},
        )
        return {segment: ready.get(segment) or made[segment] for segment in rules}

    def _check_rule(self, segment: str, rule: Rule) -> None:
        if rule.schema != self.schema:
            raise SegmentError(f"the rule of `{segment}` was made for another schema")

    def rebind(self, segment: str, rule: Rule | str) -> dict[str, Rule]:
        """Make the rules that stand when a segment gets another: its own and its users'."""
        users = {user: self.rules[user].text for user in self.users(segment)}
        return self.bind({segment: rule, **users})

    def users(self, segment: str) -> list[str]:
        """Return the segments that refer to an audience, directly or through others, in order."""
        reached = {segment}
        while True:
            found = {
                user
                for user, rule in self.rules.items()
                if reached & {*rule.segments, *rule.lists, *rule.cohorts}
            }
            if found <= reached:
                return [user for user in self.rules if user in reached - {segment}]
            reached |= found

    def check_free(self, segment: str) -> None:
        """Raise SegmentError where a name is taken or no name."""
        check_name(segment)
        if segment in self.rules or segment in self.lists:
            raise SegmentError(
                f"there is a segment `{segment}` already: edit it, or remove it first"
            )
        if segment in self.cohorts:
            raise SegmentError(f"there is a cohort `{segment}` already: each audience has its name")

    def check_known(self, segment: str) -> None:
        """Raise SegmentError where there is no such segment."""
        check_name(segment)
        if segment not in self.rules and segment not in self.lists:
            advice = suggest(str(segment), self.names, "segments")
            if segment in self.cohorts:
                advice = "it is a cohort: ask `cohort` for it"
            raise SegmentError(f"unknown segment `{segment}`: {advice}")

    def check_dynamic(self, segment: str) -> None:
        """Raise SegmentError where there is no such segment, or it has no rule."""
        self.check_known(segment)
        if segment in self.lists:
            raise SegmentError(f"`{segment}` is static: it has members picked by hand and no rule")

    def check_static(self, segment: str) -> None:
        """Raise SegmentError where there is no such segment, or it has a rule."""
        self.check_known(segment)
        if segment not in self.lists:
            raise SegmentError(
                f"`{segment}` is dynamic: its rule says who is in it, and would undo what a hand "
                "does; edit the rule, or pick from a static copy, as `freeze_segment` makes it"
            )

    def check_unused(self, segment: str) -> None:
        """Raise SegmentError where there is no such segment, or it is in use."""
        self.check_known(segment)
        self._check_unused(segment)

    def check_cohort(self, cohort: str) -> None:
        """Raise SegmentError where there is no such cohort."""
        if not isinstance(cohort, str) or cohort not in self.cohorts:
            advice = suggest(str(cohort), self.cohorts, "cohorts")
            raise SegmentError(f"unknown cohort `{cohort}`: {advice}")

    def check_unused_cohort(self, cohort: str) -> None:
        """Raise SegmentError where there is no such cohort, or it is in use."""
        self.check_cohort(cohort)
        self._check_unused(cohort)

    def check_audience(self, audience: str) -> None:
        """Raise SegmentError for what is neither a segment nor a cohort."""
        if not isinstance(audience, str) or audience not in self.cohorts:
            self.check_known(audience)

    def find_uses(self, audience: str) -> tuple[Use, ...]:
        """Return who uses an audience: segments that refer to it, and what has been recorded."""
        return self.usage.find(audience, self.users(audience))

    def _check_unused(self, audience: str) -> None:
        uses = self.find_uses(audience)
        if uses:
            names = ", ".join(map(str, uses))
            raise SegmentError(f"`{audience}` is used by {names}: change these first")

    def drop(self, audience: str) -> None:
        """Forget an audience that nobody uses, and where it came from."""
        for known in (self.rules, self.lists, self.cohorts, self.origins):
            known.pop(audience, None)
        self.usage.drop(audience)


def to_rules(rules: Mapping[str, Rule | str]) -> dict[str, Rule | str]:
    """Return rules by the names of their segments; raises SegmentError for what is no mapping."""
    if not isinstance(rules, Mapping):
        raise SegmentError(f"`rules` must be rules by the names of segments, not {kind_of(rules)}")
    return dict(rules)
