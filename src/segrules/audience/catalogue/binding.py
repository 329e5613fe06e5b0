"""Rules that refer to each other's segments by name."""

from collections.abc import Collection, Mapping

from segrules.language.diagnostics import Diagnostic, RuleError
from segrules.language.limits import Limits
from segrules.language.mentions import mentioned_memberships
from segrules.language.parser import parse
from segrules.language.source import Source
from segrules.language.syntax import Membership
from segrules.meaning.checking.findings import quote
from segrules.meaning.dependencies import put_in_order
from segrules.meaning.schema.schema import Schema
from segrules.rule import NO_RULES, Rule


def build_rules(
    texts: Mapping[str, str],
    schema: Schema,
    *,
    known: Mapping[str, Rule] = NO_RULES,
    lists: Collection[str] = (),
    cohorts: Collection[str] = (),
    limits: Limits | None = None,
    names: Mapping[str, str] | None = None,
) -> dict[str, Rule]:
    """Make rules out of texts that may refer to each other; raises RuleError with every finding.

    known: rules by the names of segments that stand already. A circle of references is found and
    named.
    """
    names = names or {key: f"segment {key}" for key in texts}
    findings: dict[str, tuple[Diagnostic, ...]] = {}
    references: dict[str, list[Membership]] = {}
    for key, text in texts.items():
        try:
            tree = parse(Source(text, names[key]), limits or Limits())
        except RuleError as error:
            findings[key], references[key] = error.findings, []
            continue
        references[key] = [
            each
            for each in mentioned_memberships(tree.root)
            if each.kind == "segment" and each.name.value in texts
        ]
    needs = {key: [each.name.value for each in found] for key, found in references.items()}
    order, circles = put_in_order(needs)
    for circle in circles:
        for place, key in enumerate(circle):
            turned = [*circle[place:], *circle[: place + 1]]
            source = Source(texts[key], names[key])
            findings[key] = (_circle_finding(source, references[key], turned),)
    rules: dict[str, Rule] = {}
    for key in order:
        if key in findings:
            continue
        try:
            rules[key] = Rule(
                texts[key],
                schema,
                segments={**known, **rules},
                # What is wrong with another segment is said there, not at every mention of it.
                lists={*lists, *(texts.keys() - rules.keys() - {key})},
                cohorts=cohorts,
                limits=limits,
                name=names[key],
            )
        except RuleError as error:
            findings[key] = error.findings
    if findings:
        raise RuleError([found for key in texts for found in findings.get(key, ())])
    return {key: rules[key] for key in texts}


def _circle_finding(source: Source, found: list[Membership], circle: list[str]) -> Diagnostic:
    steps = " → ".join(map(quote, circle))
    return Diagnostic(
        "cycle",
        f"the segment refers to itself: {steps}",
        source,
        next(each.span for each in found if each.name.value == circle[1]),
        "a segment cannot depend on its own members; drop one of these references",
    )
