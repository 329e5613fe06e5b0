"""Binding: rules that refer to audiences by name become rules that know what the names mean."""

from collections.abc import Collection, Iterable, Mapping
from collections.abc import Set as AbstractSet
from typing import Final

from attrs import evolve

from segrules.audience.catalogue.catalogue import Catalogue
from segrules.audience.catalogue.segment import SegmentError
from segrules.facts.arguments import ArgumentError, kind_of
from segrules.language.diagnostics import Diagnostic, RuleError
from segrules.language.limits import Limits
from segrules.language.mentions import mentioned_memberships
from segrules.language.names import AskNames
from segrules.language.parser import parse
from segrules.language.source import Source
from segrules.language.suggestions import quote
from segrules.language.syntax import Membership, RuleText
from segrules.meaning.dependencies import put_in_order
from segrules.rule import NO_RULES, Known, Rule, check_rule
from segrules.schema.schema import Schema

ADDED_BY: Final = {
    "unknown-segment": "with `engine.lists.add` if it is a list, or `engine.add_segment`",
    "unknown-cohort": "with `engine.cohorts.keep`",
}
"""How an engine gets what a finding's rule refers to, by the finding's code."""


def bind(catalogue: Catalogue, rules: Mapping[str, Rule | str]) -> dict[str, Rule]:
    """Return rules in which each name means the engine's own audience.

    A rule of a schema that the engine had before means what its text means in the present one.
    Raises RuleError, and SegmentError for what an engine cannot keep.
    """
    ready: dict[str, Rule] = {}
    for name, rule in rules.items():
        if isinstance(rule, Rule):
            is_former = rule.schema.fingerprint in catalogue.former
            if rule.schema != catalogue.schema and not is_former:
                raise SegmentError(
                    f"the rule of `{name}` was made for another schema",
                    code="another-schema",
                    subject=name,
                )
            if not (rule.segments or rule.lists or rule.cohorts):
                ready[name] = restate(rule, catalogue.schema, NO_RULES, name)
        elif not isinstance(rule, str):
            raise ArgumentError(
                f"a segment has a `Rule` or the text of one, not {kind_of(rule)}", subject="rule"
            )
    texts = {n: r.text if isinstance(r, Rule) else r for n, r in rules.items() if n not in ready}
    kept = {n: each.rule for n, each in catalogue.segments.items() if n not in rules}
    labels = {name: f"segment {name}" if name else "draft" for name in texts}
    try:
        made = build_rules(
            texts,
            catalogue.schema,
            known=kept | ready,
            lists=catalogue.lists.keys(),
            cohorts=catalogue.cohorts.keys(),
            limits=catalogue.limits,
            names=labels,
        )
    except RuleError as error:
        of_rules = {
            labels[n] for n, rule in rules.items() if isinstance(rule, Rule) and n in labels
        }
        raise RuleError([_advise(found, of_rules) for found in error.findings]) from None
    return {name: ready.get(name) or made[name] for name in rules}


def _advise(found: Diagnostic, of_rules: AbstractSet[str]) -> Diagnostic:
    """Return a finding with advice of its own if the rule was made with a name the engine lacks.

    of_rules: what findings call the texts of rules that have been made before.
    """
    if found.source.name not in of_rules or found.code not in ADDED_BY:
        return found
    return evolve(found, help=f"the engine does not have it: add it first, {ADDED_BY[found.code]}")


def rebind(catalogue: Catalogue, name: str, rule: Rule | str) -> dict[str, Rule]:
    """Return the rules that result when a segment gets another rule: its own and its users'."""
    users = {user: catalogue.segments[user].rule.text for user in catalogue.find_users(name)}
    return bind(catalogue, {name: rule, **users})


def restate(rule: Rule, schema: Schema, segments: Mapping[str, Rule], name: str) -> Rule:
    """Return what a rule's text means in a schema; the rule itself if it is the rule's own.

    segments: rules of that schema, of which the text may name some. name: the rule's segment.
    Raises RuleError.
    """
    if rule.schema == schema:
        return rule
    return Rule(
        rule.text,
        schema,
        segments={each: segments[each] for each in rule.segments},
        lists=rule.lists,
        cohorts=rule.cohorts,
        limits=rule.limits,
        name=f"segment {name}" if name else "draft",
    )


def build_rules(
    texts: Mapping[str, str],
    schema: Schema,
    *,
    known: Mapping[str, Rule] = NO_RULES,
    lists: Collection[str] = (),
    cohorts: Collection[str] = (),
    limits: Limits | None = None,
    names: Mapping[str, str],
) -> dict[str, Rule]:
    """Return the rules of texts that may refer to each other, each parsed once.

    known: rules of other segments by name. names: what errors call each text. Raises RuleError with
    every finding, circles of references included.
    """
    limits = limits or Limits()
    sources = {key: Source(text, names[key]) for key, text in texts.items()}
    trees, findings = _parse_all(sources, limits, lambda: schema._names)
    references = {key: _find_references(tree, texts.keys()) for key, tree in trees.items()}
    needs = {key: [m.name.value for m in references.get(key, ())] for key in texts}
    order, circles = put_in_order(needs)
    for circle in circles:
        for place, key in enumerate(circle):
            turned = [*circle[place:], *circle[: place + 1]]
            findings[key] = (_circle_finding(sources[key], references[key], turned),)
    # What is wrong with another segment is reported there, not at every mention of it.
    context = Known(dict(known), {*lists, *findings}, frozenset(cohorts))
    rules: dict[str, Rule] = {}
    for key in order:
        if key in findings:
            continue
        try:
            rules[key] = check_rule(trees[key], sources[key], schema, context, limits)
        except RuleError as error:
            findings[key] = error.findings
            context.lists.add(key)
        else:
            context.add_segment(key, rules[key])
    if findings:
        raise RuleError([found for key in texts for found in findings.get(key, ())])
    return {key: rules[key] for key in texts}


def _parse_all(
    sources: Mapping[str, Source], limits: Limits, ask_names: AskNames
) -> tuple[dict[str, RuleText], dict[str, tuple[Diagnostic, ...]]]:
    """Return the trees of texts, and the findings of those that cannot be parsed."""
    trees: dict[str, RuleText] = {}
    findings: dict[str, tuple[Diagnostic, ...]] = {}
    for key, source in sources.items():
        try:
            trees[key] = parse(source, limits, ask_names)
        except RuleError as error:
            findings[key] = error.findings
    return trees, findings


def _find_references(tree: RuleText, keys: AbstractSet[str]) -> list[Membership]:
    """Return the mentions in a rule of segments among some keys."""
    found: Iterable[Membership] = mentioned_memberships(tree.root)
    return [each for each in found if each.kind == "segment" and each.name.value in keys]


def _circle_finding(source: Source, found: list[Membership], circle: list[str]) -> Diagnostic:
    steps = " → ".join(map(quote, circle))
    return Diagnostic(
        "cycle",
        f"the segment refers to itself: {steps}",
        source,
        next(each.span for each in found if each.name.value == circle[1]),
        "a segment cannot depend on its own members; drop one of these references",
    )
