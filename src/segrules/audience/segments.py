"""Segments as a file of them says it, and rules that refer to each other by name."""

import tomllib
from collections.abc import Collection, Mapping
from pathlib import Path
from typing import Any

from attrs import frozen

from segrules.language.diagnostics import Diagnostic, RuleError, SegrulesError
from segrules.language.limits import Limits
from segrules.language.mentions import mentioned_memberships
from segrules.language.parser import parse
from segrules.language.source import Source
from segrules.language.syntax import Membership
from segrules.meaning.definitions import SchemaError
from segrules.meaning.schema import Schema
from segrules.meaning.structure import structure_as
from segrules.rule import NO_RULES, Rule


class SegmentError(SegrulesError):
    """A segment, or a file of segments, that cannot be used as asked."""


@frozen
class SegmentText:
    """A segment as a file says it."""

    rule: str
    name: str = ""
    description: str = ""


@frozen
class SegmentFile:
    """`[segments.<id>]` tables by their ids."""

    segments: Mapping[str, SegmentText]


@frozen
class Segment:
    """A dynamic segment: an id, words for people, and its rule."""

    id: str
    rule: Rule
    name: str = ""
    description: str = ""


def load_segments(
    path: str | Path, schema: Schema, *, lists: Collection[str] = (), cohorts: Collection[str] = ()
) -> tuple[Segment, ...]:
    """Read a TOML file of segments; they may refer to each other in any order.

    Raises SegmentError where the file is not one, and RuleError with every finding in its rules.
    """
    try:
        text = Path(path).read_text("utf-8-sig")
    except OSError as error:
        raise SegmentError(f"{path}: {(error.strerror or 'cannot be read').lower()}") from None
    except UnicodeDecodeError:
        raise SegmentError(f"{path}: is not UTF-8 text") from None
    return build_segments(read_segments(text, str(path)), schema, str(path), lists, cohorts)


def read_segments(text: str, name: str) -> Mapping[str, SegmentText]:
    """Return the segments that a TOML text holds; raises SegmentError naming text and key."""
    try:
        data: dict[str, Any] = tomllib.loads(text)
    except (ValueError, RecursionError) as error:
        raise SegmentError(f"{name}: is not TOML: {error}") from None
    try:
        return structure_as(SegmentFile, data, name).segments
    except SchemaError as error:
        raise SegmentError(str(error)) from None


def build_segments(
    texts: Mapping[str, SegmentText],
    schema: Schema,
    name: str,
    lists: Collection[str] = (),
    cohorts: Collection[str] = (),
) -> tuple[Segment, ...]:
    """Make segments out of their texts; raises RuleError with every finding."""
    rules = build_rules(
        {key: text.rule for key, text in texts.items()},
        schema,
        lists=lists,
        cohorts=cohorts,
        names={key: f"{name} [segments.{key}]" for key in texts},
    )
    return tuple(
        Segment(key, rules[key], text.name, text.description) for key, text in texts.items()
    )


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
    rules: dict[str, Rule] = {}
    for key in _in_order(references):
        circle = _circle(key, references)
        if circle:
            findings[key] = (_circle_finding(Source(texts[key], names[key]), circle),)
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


def _in_order(references: Mapping[str, list[Membership]]) -> list[str]:
    """Return the keys, each after those it refers to as far as there is no circle."""
    order: dict[str, None] = {}
    for start in references:
        trail = [(start, False)]
        open_keys: set[str] = set()
        while trail:
            key, done = trail.pop()
            if done:
                order[key] = None
            elif key not in order and key not in open_keys:
                open_keys.add(key)
                trail.append((key, True))
                trail.extend((each.name.value, False) for each in reversed(references[key]))
    return list(order)


def _circle(key: str, references: Mapping[str, list[Membership]]) -> list[Membership]:
    """Return the references that lead from a segment back to itself; none where there is no way."""
    trails: list[list[Membership]] = [[each] for each in references[key]]
    seen: set[str] = set()
    while trails:
        trail = trails.pop(0)
        reached = trail[-1].name.value
        if reached == key:
            return trail
        if reached not in seen:
            seen.add(reached)
            trails.extend([*trail, each] for each in references[reached])
    return []


def _circle_finding(source: Source, circle: list[Membership]) -> Diagnostic:
    steps = " → ".join(f"`{each.name.value}`" for each in circle)
    return Diagnostic(
        "cycle",
        f"the segment refers to itself: `{circle[-1].name.value}` → {steps}",
        source,
        circle[0].span,
        "a segment cannot depend on its own members; drop one of these references",
    )
