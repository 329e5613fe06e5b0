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
    IsSet,
    Membership,
    Name,
    Node,
    NumberBetween,
    OneOf,
    RuleText,
    That,
    TimeOf,
    Timing,
    When,
)
from segrules.meaning import conditions as meant
from segrules.meaning.checking.findings import Findings, closest, quote
from segrules.meaning.checking.literals import ValueCondition, check_test
from segrules.meaning.checking.lookup import Lookup
from segrules.meaning.checking.place import Anchor, Connective, Named, Place
from segrules.meaning.checking.size import DEEPEST, LARGEST, measure
from segrules.meaning.checking.timing import check_when
from segrules.meaning.conditions import Condition, Window
from segrules.meaning.vocabulary import (
    AttributeWord,
    References,
    Stages,
    Vocabulary,
    Word,
    describe_type,
)


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
    findings = Findings(source)
    checker = _Checker(Lookup(vocabulary, references, findings), limits, findings)
    condition = checker.check_node(rule.root, Place())
    _raise(findings)
    size, depth = measure(condition)
    if size > LARGEST or depth > DEEPEST:
        findings.error(
            "too-large",
            rule.root.span,
            "with all that it refers to, this rule comes to "
            + (
                f"more than {LARGEST:,} conditions"
                if size > LARGEST
                else f"conditions that nest more than {DEEPEST} deep"
            ),
            "refer to fewer segments and events, and to each only once",
        )
    _raise(findings)
    return Checked(condition, checker.parts)


def check_derivation(
    derivation: Derivation, source: Source, vocabulary: Vocabulary, limits: Limits = Limits()
) -> meant.AggregateTest | meant.EventTest:
    """Return what an attribute is derived from, as a template, or raise RuleError."""
    findings = Findings(source)
    lookup = Lookup(vocabulary, References(), findings)
    template: meant.AggregateTest | meant.EventTest
    if isinstance(derivation, TimeOf):
        template = meant.EventTest(derivation.which, lookup.event_type(derivation.event_type))
    else:
        checker = _Checker(lookup, limits, findings)
        template = checker.check_aggregation(derivation, Place(), meant.IsPresent())
    _raise(findings)
    return template


def _raise(findings: Findings) -> None:
    if findings.found:
        raise RuleError(findings.in_order())


@define
class _Checker:
    """One walk over one tree. After an error it goes on with a stand-in, to find the others."""

    lookup: Lookup
    limits: Limits
    findings: Findings
    parts: dict[Span, Condition] = field(factory=dict)

    def check_node(self, node: Node, place: Place) -> Condition:
        match node:
            case syntax.And(terms):
                below = self._under(node, place, "and")
                return meant.And(tuple(self.check_node(term, below) for term in terms))
            case syntax.Or(terms):
                below = self._under(node, place, "or")
                return meant.Or(tuple(self.check_node(term, below) for term in terms))
            case syntax.Not(term):
                negated = meant.Not(self.check_node(term, self._under(node, place, "not")))
                if isinstance(term, EventCondition) and term.event_type is not None:
                    place.name(Named(term.event_type.value, term.span, None))
                return negated
            case _:
                condition = self._check_condition(node, place)
                if not place.in_filter:
                    self.parts[node.span] = condition
                return condition

    def _under(self, node: Node, place: Place, connective: Connective) -> Place:
        below = place.under(connective)
        allowed = self.limits.levels
        if below.level > allowed >= place.level:
            self.findings.error(
                "too-deep",
                node.span,
                f"level {below.level} of AND, OR and NOT starts here; {allowed} are allowed",
                "make this group a segment of its own and refer to it with `in segment '…'`, "
                "or flatten it: `NOT (a OR b)` is `NOT a AND NOT b`",
            )
        return below

    def _check_condition(self, node: syntax.Condition, place: Place) -> Condition:
        match node:
            case Membership():
                return self.lookup.membership(node)
            case EventCondition():
                return self._check_event(node, place)
            case AggregateCondition(aggregation, test):
                asked, negated = _number_test(test)
                return _negate(self.check_aggregation(aggregation, place, asked), negated=negated)
            case Timing(name, when, negated):
                return self._check_timing(node, name, when, place, negated=negated)
            case Between(name, low, high, negated) if self._is_timed(node, place):
                when = BetweenPoints(low, high, span=node.span)
                return self._check_timing(node, name, when, place, negated=negated)
            case Comparison() | Between() | OneOf() | Contains() | Affix() | IsSet():
                return self._check_value(node, place)
            case _:
                assert_never(node)

    def _check_value(self, node: ValueCondition, place: Place) -> Condition:
        word = self.lookup.word(node.name, place)
        if word is None:
            return _STAND_IN
        tests = check_test(node, word, self.lookup.vocabulary.calendar, self.findings)
        if tests is None:
            return _STAND_IN
        asked = tuple(_ask(node.name, word, test, place) for test in tests)
        condition = asked[0] if len(asked) == 1 else meant.Whole(meant.Or(asked))
        negated = node.operator == "!=" if isinstance(node, Comparison) else node.negated
        return _negate(condition, negated=negated)

    def _is_timed(self, node: Between, place: Place) -> bool:
        """Tell whether a BETWEEN asks when something was."""
        bounds = (node.low, node.high)
        if any(isinstance(bound, Ago | That) for bound in bounds):
            return True
        known = self.lookup.words(place).get(node.name.parts)
        if known is None or known.type is None:
            return any(isinstance(bound, syntax.Day | syntax.Instant) for bound in bounds)
        return known.type == "instant"

    def _check_timing(
        self, node: Timing | Between, name: Name, when: When, place: Place, *, negated: bool
    ) -> Condition:
        word = self.lookup.word(name, place)
        window = self._check_when(when, place, of_event=False)
        if word is None:
            return _STAND_IN
        if word.type not in (None, "instant"):
            self.findings.error(
                "unlike-types",
                node.span,
                f"{quote(format_node(name))} is {describe_type(word.type)}, "
                "and this asks when it was",
                "ask it of an attribute that holds a time, or of an event",
            )
            return _STAND_IN
        if window is None:
            return _STAND_IN
        return _negate(_ask(name, word, meant.Lies(window), place), negated=negated)

    def _check_when(self, when: When, place: Place, *, of_event: bool) -> Window | None:
        return check_when(
            when,
            self.lookup.vocabulary.calendar,
            lambda that: self._find_that(that, place),
            self.findings,
            of_event=of_event,
        )

    def _check_event(self, node: EventCondition, place: Place) -> Condition:
        event_type = self.lookup.event_type(node.event_type)
        kept = self._check_filter(node.filter, event_type, place)
        window = None if node.when is None else self._check_when(node.when, place, of_event=True)
        test: Anchor
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
        place.name(Named(event_type, node.span, None if negative else test))
        return _negate(test, negated=negative)

    def check_aggregation(
        self, node: Aggregation, place: Place, test: meant.NumberTest
    ) -> meant.AggregateTest:
        event_type = self.lookup.source(node.source)
        path = self._check_summand(node, event_type)
        kept = self._check_filter(node.filter, event_type, place)
        window = None if node.when is None else self._check_when(node.when, place, of_event=True)
        bare = node.function != "count" and node.property is None
        if bare and self.lookup.attribute(node.source) is None:
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
        word = self.lookup.word(node.property, Place().within(event_type))
        if word is None:
            return None
        said = f"{quote(format_node(node.property))} is {describe_type(word.type)}"
        if node.function != "count" and word.type not in (None, "number"):
            self.findings.error(
                "unlike-types", node.property.span, f"{said}, and `{node.function}` needs a number"
            )
        elif node.distinct and word.type == "tags":
            self.findings.error(
                "unlike-types", node.property.span, f"{said}, and `distinct` needs single values"
            )
        return node.property.parts

    def _check_filter(
        self, node: Node | None, event_type: str | None, place: Place
    ) -> Condition | None:
        return None if node is None else self.check_node(node, place.within(event_type))

    def _find_that(self, that: That, place: Place) -> Anchor | None:
        said = quote(format_node(that))
        if place.in_filter:
            self.findings.error(
                "that-in-filter",
                that.span,
                f"{said} cannot be used inside `has`",
                "put the time after the filter: `has (…) since that …`",
            )
            return None
        named = place.group.find(that.event_type)
        if named is None:
            event_type = format_node(syntax.Text(that.event_type))
            advice = (
                f"put {quote(f'any event of type {event_type}')} before it, joined to it by AND"
            )
            close = closest(that.event_type, place.group.event_types())
            if close is not None:
                advice = f"did you mean {quote(format_node(That(close)))}?"
            self.findings.error("dangling-that", that.span, f"{said} names no event", advice)
            return None
        if named.anchor is None:
            self.findings.error(
                "negative-that",
                that.span,
                f"{said} names an event that is not there",
                "name the event with `any`, `first` or `last`, outside NOT",
                named.span,
                "the condition it names finds no event when it holds",
            )
        return named.anchor


_STAND_IN = meant.Or(())


def _negate(condition: Condition, *, negated: bool) -> Condition:
    return meant.Not(condition) if negated else condition


def _ask(name: Name, word: Word, test: meant.ValueTest, place: Place) -> Condition:
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
        case _:
            assert_never(test)
