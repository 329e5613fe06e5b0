"""Syntax and vocabulary → conditions: everything wrong is found at once, in text order."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Literal, assert_never

from attrs import define, evolve, field, frozen

from segrules.language import syntax
from segrules.language.diagnostics import RuleError
from segrules.language.formatter import format_node
from segrules.language.limits import Limits
from segrules.language.source import Source, Span
from segrules.language.syntax import (
    Affix,
    AggregateCondition,
    Aggregation,
    Ago,
    Between,
    BetweenPoints,
    Comparison,
    Contains,
    Derivation,
    EventCondition,
    EventSource,
    IsSet,
    Membership,
    Name,
    Node,
    NumberBetween,
    OneOf,
    RuleText,
    Text,
    That,
    TimeOf,
    Timing,
    When,
)
from segrules.meaning import conditions as meant
from segrules.meaning.conditions import Condition
from segrules.meaning.findings import Findings, suggest
from segrules.meaning.points import check_when
from segrules.meaning.values import ValueCondition, check_test
from segrules.meaning.vocabulary import AttributeWord, References, Stages, Vocabulary, Word
from segrules.meaning.windows import Window

Sort = Literal["and", "or", "not"]


@frozen
class Checked:
    """A rule's meaning: the whole, and that of each condition by its place in the text."""

    condition: Condition
    parts: Mapping[Span, Condition]


def check(
    rule: RuleText,
    source: Source,
    vocabulary: Vocabulary,
    references: References = References(),
    limits: Limits = Limits(),
) -> Checked:
    """Return what a rule means, or raise RuleError with everything that is wrong with it."""
    checker = _Checker(vocabulary, references, limits, Findings(source))
    condition = checker.check_node(rule.root, _Place())
    checker.raise_findings()
    return Checked(condition, checker.parts)


def check_derivation(
    derivation: Derivation, source: Source, vocabulary: Vocabulary, limits: Limits = Limits()
) -> meant.AggregateTest | meant.EventTest:
    """Return what an attribute is derived from, as a template, or raise RuleError."""
    checker = _Checker(vocabulary, References(), limits, Findings(source))
    template: meant.AggregateTest | meant.EventTest
    if isinstance(derivation, TimeOf):
        event_type = checker.check_event_type(derivation.event_type)
        template = meant.EventTest(derivation.which, event_type)
    else:
        template = checker.check_aggregation(derivation, _Place(), meant.IsPresent())
    checker.raise_findings()
    return template


@frozen
class _Named:
    """An event condition that `that` may name; `term` is None where it is negative."""

    event_type: str | None
    span: Span
    term: meant.EventTest | meant.AggregateTest | None


@define
class _Group:
    """An AND group and the event conditions that have been seen in it."""

    outer: "_Group | None" = None
    seen: list[_Named] = field(factory=list)


@frozen
class _Place:
    """Where in the tree a node stands.

    level: connectives from the root down to it. inside: the connective it stands directly in.
    event_type: within `has`, the type of the event asked about, and None for any.
    """

    level: int = 0
    inside: Sort | None = None
    group: _Group = field(factory=_Group)
    in_filter: bool = False
    event_type: str | None = None


@define
class _Checker:
    """One walk over one tree. After an error it goes on with a stand-in, to find the others."""

    vocabulary: Vocabulary
    references: References
    limits: Limits
    findings: Findings
    parts: dict[Span, Condition] = field(factory=dict)

    def raise_findings(self) -> None:
        if self.findings.found:
            raise RuleError(self.findings.in_order())

    def check_node(self, node: Node, place: _Place) -> Condition:
        match node:
            case syntax.And(terms):
                group = place.group if place.inside == "and" else _Group(place.group)
                below = self._enter(node, place, "and", group)
                return meant.And(tuple(self.check_node(term, below) for term in terms))
            case syntax.Or(terms):
                below = self._enter(node, place, "or", place.group)
                return meant.Or(
                    tuple(
                        self.check_node(term, evolve(below, group=_Group(place.group)))
                        for term in terms
                    )
                )
            case syntax.Not(term):
                below = self._enter(node, place, "not", _Group(place.group))
                negated = meant.Not(self.check_node(term, below))
                if isinstance(term, EventCondition) and term.event_type is not None:
                    self._name(term.event_type.value, term.span, None, place)
                return negated
            case _:
                condition = self._check_condition(node, place)
                if not place.in_filter:
                    self.parts[node.span] = condition
                return condition

    def _enter(self, node: Node, place: _Place, sort: Sort, group: _Group) -> _Place:
        level = place.level + (place.inside != sort)
        if level > self.limits.levels >= place.level:
            self.findings.error(
                "too-deep",
                node.span,
                f"level {level} of AND, OR and NOT starts here; {self.limits.levels} are allowed",
                "make this group a segment of its own and refer to it with `in segment '…'`, "
                "or flatten it: `NOT (a OR b)` is `NOT a AND NOT b`",
            )
        return evolve(place, level=level, inside=sort, group=group)

    def _check_condition(self, node: syntax.Condition, place: _Place) -> Condition:
        match node:
            case Membership():
                return self._check_membership(node)
            case EventCondition():
                return self._check_event(node, place)
            case AggregateCondition(aggregation, test):
                asked, negated = _number_test(test)
                condition = self.check_aggregation(aggregation, place, asked)
                return meant.Not(condition) if negated else condition
            case Timing(name, when, negated):
                return self._check_timing(node, name, when, place, negated=negated)
            case Between(name, low, high, negated) if self._is_timed(node, place):
                when = BetweenPoints(low, high, span=node.span)
                return self._check_timing(node, name, when, place, negated=negated)
            case Comparison() | Between() | OneOf() | Contains() | Affix() | IsSet():
                return self._check_value(node, place)
            case _:
                assert_never(node)

    def _check_value(self, node: ValueCondition, place: _Place) -> Condition:
        word = self._find_word(node.name, place)
        if word is None:
            return _STAND_IN
        tests = check_test(node, word, self.vocabulary.calendar, self.findings)
        if tests is None:
            return _STAND_IN
        asked = tuple(_ask(node.name, word, test, place) for test in tests)
        condition = asked[0] if len(asked) == 1 else meant.Or(asked)
        negated = node.operator == "!=" if isinstance(node, Comparison) else node.negated
        return meant.Not(condition) if negated else condition

    def _is_timed(self, node: Between, place: _Place) -> bool:
        known = self._known_words(place).get(node.name.parts)
        moving = isinstance(node.low, Ago | That) or isinstance(node.high, Ago | That)
        dated = isinstance(node.low, syntax.Day | syntax.Instant)
        return moving or (known.type == "instant" if known and known.type else dated)

    def _check_timing(
        self,
        node: Timing | Between,
        name: Name,
        when: When,
        place: _Place,
        *,
        negated: bool,
    ) -> Condition:
        word = self._find_word(name, place)
        if word is None:
            return _STAND_IN
        if word.type not in (None, "instant"):
            self.findings.error(
                "unlike-types",
                node.span,
                f"`{'.'.join(name.parts)}` is {_SAID[word.type]}, and this asks when it was",
                "ask it of an attribute that holds a time, or of an event",
            )
            return _STAND_IN
        window = self._check_when(when, place, of_event=False)
        if window is None:
            return _STAND_IN
        condition = _ask(name, word, meant.Lies(window), place)
        return meant.Not(condition) if negated else condition

    def _check_when(self, when: When, place: _Place, *, of_event: bool) -> Window | None:
        return check_when(
            when,
            self.vocabulary.calendar,
            lambda that: self._find_that(that, place),
            self.findings,
            of_event=of_event,
        )

    def _check_event(self, node: EventCondition, place: _Place) -> Condition:
        event_type = self.check_event_type(node.event_type)
        kept = self._check_filter(node.filter, event_type, place)
        window = None if node.when is None else self._check_when(node.when, place, of_event=True)
        test: meant.EventTest | meant.AggregateTest
        if node.which in ("first", "last"):
            which: Literal["first", "last"] = "first" if node.which == "first" else "last"
            test = meant.EventTest(which, event_type, kept, window)
        else:
            test = meant.AggregateTest(
                function="count",
                property=None,
                distinct=False,
                event_type=event_type,
                filter=kept,
                window=window,
                test=meant.InRange(low=Decimal(1)),
            )
        negative = (node.which == "no") != node.negated
        self._name(event_type, node.span, None if negative else test, place)
        return meant.Not(test) if negative else test

    def check_aggregation(
        self, node: Aggregation, place: _Place, test: meant.NumberTest
    ) -> meant.AggregateTest:
        event_type = self._check_source(node.source)
        path = None if node.property is None else self._check_summand(node, event_type)
        kept = self._check_filter(node.filter, event_type, place)
        window = None if node.when is None else self._check_when(node.when, place, of_event=True)
        if node.function != "count" and node.property is None:
            self.findings.error(
                "aggregate-of-nothing",
                node.span,
                f"`{node.function}` needs a property of the events",
                f"such as `{node.function} of total of {format_node(node.source)}`",
            )
        return meant.AggregateTest(
            node.function, path, node.distinct, event_type, kept, window, test
        )

    def _check_summand(self, node: Aggregation, event_type: str | None) -> tuple[str, ...] | None:
        if node.property is None:
            return None
        word = self._find_word(node.property, _Place(in_filter=True, event_type=event_type))
        if word is None:
            return None
        said = ".".join(node.property.parts)
        if node.function != "count" and word.type not in (None, "number"):
            self.findings.error(
                "unlike-types",
                node.property.span,
                f"`{said}` is {_SAID[word.type]}, and `{node.function}` needs a number",
            )
        if node.distinct and word.type == "tags":
            self.findings.error(
                "unlike-types",
                node.property.span,
                f"`{said}` is a set of tags, and `distinct` needs single values",
            )
        return node.property.parts

    def _check_source(self, source: Name | EventSource) -> str | None:
        if isinstance(source, EventSource):
            return self.check_event_type(source.event_type)
        name = ".".join(source.parts)
        known = self.vocabulary.collections
        if name in known or self.vocabulary.is_open:
            return known.get(name, name)
        advice = suggest(name, known, "collections")
        if name in self.vocabulary.events:
            advice = f"write `events of type '{name}'`"
        self.findings.error(
            "unknown-collection", source.span, f"unknown collection `{name}`", advice
        )
        return None

    def check_event_type(self, event_type: Text | None) -> str | None:
        if event_type is None:
            return None
        known = self.vocabulary.events
        if event_type.value not in known and not self.vocabulary.is_open:
            self.findings.error(
                "unknown-event-type",
                event_type.span,
                f"unknown event type `{event_type.value}`",
                suggest(event_type.value, known, "event types"),
            )
        return event_type.value

    def _check_filter(
        self, node: Node | None, event_type: str | None, place: _Place
    ) -> Condition | None:
        if node is None:
            return None
        below = _Place(level=place.level, in_filter=True, event_type=event_type)
        return self.check_node(node, below)

    def _check_membership(self, node: Membership) -> Condition:
        name = node.name.value
        if node.kind == "segment" and name in self.references.segments:
            return meant.Inlined(name, self.references.segments[name])
        lists = self.references.lists if node.kind == "segment" else self.references.cohorts
        if name not in lists and not self.vocabulary.is_open:
            known = {*lists, *(self.references.segments if node.kind == "segment" else ())}
            self.findings.error(
                f"unknown-{node.kind}",
                node.name.span,
                f"unknown {node.kind} `{name}`",
                suggest(name, known, f"{node.kind}s")
                if known
                else f"there are no {node.kind}s yet",
            )
        return meant.ListTest(node.kind, name)

    def _known_words(self, place: _Place) -> Mapping[tuple[str, ...], Word]:
        if not place.in_filter:
            return self.vocabulary.attributes
        if place.event_type is not None:
            return self.vocabulary.events.get(place.event_type, {})
        return _merged(self.vocabulary.events)

    def _find_word(self, name: Name, place: _Place) -> Word | None:
        known = self._known_words(place)
        if name.parts in known:
            return known[name.parts]
        if self.vocabulary.is_open:
            return Word(None)
        if place.in_filter and place.event_type not in (None, *self.vocabulary.events):
            return None
        said = ".".join(name.parts)
        kind = "property" if place.in_filter else "attribute"
        owner = f" of `{place.event_type}` events" if place.event_type else ""
        names = [".".join(parts) for parts in known]
        advice = suggest(said, names, f"{'properties' if place.in_filter else 'attributes'}{owner}")
        self.findings.error(f"unknown-{kind}", name.span, f"unknown {kind} `{said}`{owner}", advice)
        return None

    def _name(
        self,
        event_type: str | None,
        span: Span,
        term: meant.EventTest | meant.AggregateTest | None,
        place: _Place,
    ) -> None:
        if place.inside == "and":
            place.group.seen.append(_Named(event_type, span, term))

    def _find_that(self, that: That, place: _Place) -> meant.EventTest | meant.AggregateTest | None:
        if place.in_filter:
            self.findings.error(
                "that-in-filter",
                that.span,
                "`that` cannot be used inside `has`",
                "put the time after the filter: `has (…) since that …`",
            )
            return None
        group: _Group | None = place.group
        while group is not None:
            for named in reversed(group.seen):
                if named.event_type == that.event_type:
                    return self._positive(named, that)
            group = group.outer
        self.findings.error(
            "dangling-that",
            that.span,
            f"`that {that.event_type}` names no event",
            f"put a condition such as `any event of type '{that.event_type}'` before it, "
            "joined to it by AND",
        )
        return None

    def _positive(self, named: _Named, that: That) -> meant.EventTest | meant.AggregateTest | None:
        if named.term is None:
            self.findings.error(
                "negative-that",
                that.span,
                f"`that {that.event_type}` names an event that is not there",
                "name the event with `any`, `first` or `last`, outside NOT",
                named.span,
                "the condition it names finds no event when it holds",
            )
        return named.term


_STAND_IN = meant.Or(())
_SAID = {
    None: "untyped",
    "text": "text",
    "number": "a number",
    "boolean": "true or false",
    "instant": "a time",
    "tags": "a set of tags",
}


def _ask(name: Name, word: Word, test: meant.ValueTest, place: _Place) -> Condition:
    """Return a test on what a word stands for."""
    if place.in_filter:
        return meant.TermTest(meant.Property(name.parts), test)
    if not isinstance(word, AttributeWord):
        return meant.TermTest(meant.Attribute(name.parts), test)
    match word.term, test:
        case meant.Attribute(), _:
            return meant.TermTest(word.term, test)
        case Stages(attribute, stages), _:
            return meant.StageTest(attribute, stages, test)
        case meant.EventTest(), meant.Lies(window):
            return evolve(word.term, window=window)
        case meant.AggregateTest(), meant.Equals() | meant.InRange() | meant.IsOneOf():
            return evolve(word.term, test=test)
        case _:
            # Whether a derived attribute is set: the template asks just that.
            return word.term


def _number_test(
    test: syntax.NumberComparison | NumberBetween,
) -> tuple[meant.NumberTest, bool]:
    """Return what is asked of a number, and whether its opposite is meant."""
    match test:
        case NumberBetween(low, high):
            return meant.InRange(low.value, high.value), False
        case syntax.NumberComparison("=" | "!=" as operator, value):
            return meant.Equals(value.value), operator == "!="
        case syntax.NumberComparison(">" | ">=" as operator, value):
            return meant.InRange(low=value.value, open_low=operator == ">"), False
        case syntax.NumberComparison(operator, value):
            return meant.InRange(high=value.value, open_high=operator == "<"), False


def _merged(
    events: Mapping[str, Mapping[tuple[str, ...], Word]],
) -> Mapping[tuple[str, ...], Word]:
    """Return the properties of events of any type; one that differs in type goes untyped."""
    words: dict[tuple[str, ...], Word] = {}
    for properties in events.values():
        for path, word in properties.items():
            same = words.get(path, word).type == word.type
            words[path] = Word(word.type if same else None)
    return words
