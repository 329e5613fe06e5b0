"""The segments of an engine by name: rules that may refer to each other, and hand-picked lists."""

from collections.abc import Mapping

from attrs import define, field

from segrules.audience.references import build_rules
from segrules.audience.segments import SegmentError, check_name
from segrules.language.limits import Limits
from segrules.meaning.findings import suggest
from segrules.meaning.schema import Schema
from segrules.rule import Rule


@define(eq=False)
class Directory:
    """Dynamic segments by name with their rules, and the names of static ones, in order."""

    schema: Schema
    limits: Limits
    rules: dict[str, Rule] = field(factory=dict)
    lists: dict[str, None] = field(factory=dict)

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
                if not (rule.segments or rule.lists):
                    ready[segment] = rule
            elif not isinstance(rule, str):
                raise SegmentError(
                    f"a segment has a `Rule` or the text of one, not `{type(rule).__name__}`"
                )
        texts = {s: str(r) if isinstance(r, Rule) else r for s, r in rules.items()}
        known = {s: r for s, r in self.rules.items() if s not in rules}
        made = build_rules(
            {s: text for s, text in texts.items() if s not in ready},
            self.schema,
            known=known | ready,
            lists=self.lists,
            limits=self.limits,
            names={segment: f"segment {segment}" if segment else "draft" for segment in texts},
        )
        return {segment: ready.get(segment) or made[segment] for segment in rules}

    def _check_rule(self, segment: str, rule: Rule) -> None:
        if rule.schema != self.schema:
            raise SegmentError(f"the rule of `{segment}` was made for another schema")
        if rule.cohorts:
            names = ", ".join(f"`{name}`" for name in sorted(rule.cohorts))
            raise SegmentError(
                f"the rule of `{segment}` refers to the cohort {names}, and an engine keeps none: "
                "ask the rule about customers whose `cohorts` you give"
            )

    def rebind(self, segment: str, rule: Rule | str) -> dict[str, Rule]:
        """Make the rules that stand when a segment gets another: its own and its users'."""
        users = {user: self.rules[user].text for user in self.users(segment)}
        return self.bind({segment: rule, **users})

    def users(self, segment: str) -> list[str]:
        """Return the segments that refer to a segment, directly or through others, in order."""
        reached = {segment}
        while True:
            found = {
                user for user, rule in self.rules.items() if reached & {*rule.segments, *rule.lists}
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

    def check_known(self, segment: str) -> None:
        """Raise SegmentError where there is no such segment."""
        check_name(segment)
        if segment not in self.rules and segment not in self.lists:
            advice = suggest(str(segment), self.names, "segments")
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
                f"`{segment}` is dynamic: its rule says who is in it, not a hand; "
                "edit the rule, or add a static segment"
            )

    def check_unused(self, segment: str) -> None:
        """Raise SegmentError where there is no such segment, or others refer to it."""
        self.check_known(segment)
        users = self.users(segment)
        if users:
            names = ", ".join(f"`{user}`" for user in users)
            raise SegmentError(f"`{segment}` is used by {names}: change these first")
