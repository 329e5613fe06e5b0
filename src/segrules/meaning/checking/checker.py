"""The checker: from syntax and a vocabulary to conditions.

Everything that is wrong with a rule is found at once, and reported in text order.
"""

from collections.abc import Mapping
from decimal import Decimal
from typing import Literal, assert_never

from attrs import define, evolve, field, frozen

from segrules.language import syntax as written
from segrules.language.diagnostics import RuleError
from segrules.language.formatter import format_node
from segrules.language.limits import Limits
from segrules.language.source import Source, Span
from segrules.language.suggestions import find_closest, quote
from segrules.meaning import conditions as meant
from segrules.meaning.checking.findings import Findings
from segrules.meaning.checking.literals import ValueCondition, check_test
from segrules.meaning.checking.lookup import Lookup
from segrules.meaning.checking.objects import advise_on_objects, has_objects
from segrules.meaning.checking.place import Connective, Named, Place
from segrules.meaning.checking.ranges import report_empty
from segrules.meaning.checking.size import DEEPEST, LARGEST, measure
from segrules.meaning.checking.timing import check_window
from segrules.meaning.operators import takes
from segrules.meaning.vocabulary import (
    AttributeEntry,
    Entry,
    References,
    StagedAttribute,
    Vocabulary,
    describe_type,
)


@frozen
class Checked:
    """A rule's meaning: the whole, and that of each condition by its place in the text."""

    condition: meant.Condition
    parts: Mapping[Span, meant.Condition]


def check(
    rule: written.RuleText,
    source: Source,
    vocabulary: Vocabulary,
    references: References = References(),
    limits: Limits = Limits(),
) -> Checked:
    """Return what a rule means, or raise RuleError with everything that is wrong with it."""
    findings = Findings(source)
    checker = _Checker(Lookup(vocabulary, references, findings), limits, findings)
    condition = checker.check_node(rule.root, Place())
    _raise_found(findings)
    size, depth = measure(condition)
    if size > LARGEST or depth > DEEPEST:
        findings.report(
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
    _raise_found(findings)
    return Checked(condition, checker.parts)


def check_derivation(
    derivation: written.Derivation,
    source: Source,
    vocabulary: Vocabulary,
    limits: Limits = Limits(),
) -> meant.Anchor:
    """Return what an attribute is derived from, as a template, or raise RuleError."""
    findings = Findings(source)
    lookup = Lookup(vocabulary, References(), findings)
    template: meant.Anchor
    if isinstance(derivation, written.TimeOf):
        template = meant.EventTest(
            derivation.which, lookup.resolve_event_type(derivation.event_type)
        )
    else:
        checker = _Checker(lookup, limits, findings)
        template = checker.check_aggregation(derivation, Place(), meant.IsPresent())
    _raise_found(findings)
    return template


def _raise_found(findings: Findings) -> None:
    if findings.found:
        raise RuleError(findings.in_order())


@define
class _Checker:
    """One walk over one tree. After an error it goes on with a stand-in, to find the others."""

    lookup: Lookup
    limits: Limits
    findings: Findings
    parts: dict[Span, meant.Condition] = field(factory=dict)

    def check_node(self, node: written.Node, place: Place) -> meant.Condition:
        match node:
            case written.And(terms):
                below = self._under(node, place, "and")
                return meant.And(tuple(self.check_node(term, below) for term in terms))
            case written.Or(terms):
                below = self._under(node, place, "or")
                return meant.Or(tuple(self.check_node(term, below) for term in terms))
            case written.Not(term):
                negated = meant.Not(self.check_node(term, self._under(node, place, "not")))
                if isinstance(term, written.EventCondition) and term.event_type is not None:
                    place.name(Named(term.event_type.value, term.span, None))
                return negated
            case _:
                condition = self._check_condition(node, place)
                if not place.in_filter:
                    self.parts[node.span] = condition
                return condition

    def _under(self, node: written.Node, place: Place, connective: Connective) -> Place:
        below = place.under(connective)
        allowed = self.limits.levels
        if below.level > allowed >= place.level:
            self.findings.report(
                "too-deep",
                node.span,
                f"level {below.level} of AND, OR and NOT starts here; {allowed} are allowed",
                "make this group a segment of its own and refer to it with `in segment '…'`, "
                "or flatten it: `NOT (a OR b)` is `NOT a AND NOT b`",
            )
        return below

    def _check_condition(self, node: written.Condition, place: Place) -> meant.Condition:
        match node:
            case written.Membership():
                return self.lookup.resolve_membership(node)
            case written.EventCondition():
                return self._check_event(node, place)
            case written.AggregateCondition(aggregation, test):
                if isinstance(test, written.NumberBetween) and test.low.value > test.high.value:
                    report_empty(test.low, test.high, self.findings)
                asked, negated = _read_number_test(test)
                return _negate(self.check_aggregation(aggregation, place, asked), negated=negated)
            case written.Has():
                return self._check_has(node, place)
            case written.Timing(name, when, negated):
                return self._check_timing(node, name, when, place, negated=negated)
            case written.Between(name, low, high, negated) if self._is_timed(node, place):
                when = written.BetweenPoints(low, high, span=node.span)
                return self._check_timing(node, name, when, place, negated=negated)
            case (
                written.Comparison()
                | written.Between()
                | written.OneOf()
                | written.Contains()
                | written.Affix()
                | written.IsSet()
            ):
                return self._check_value(node, place)
            case _:
                assert_never(node)

    def _check_has(self, node: written.Has, place: Place) -> meant.Condition:
        entry = self.lookup.resolve_entry(node.name, place, node)
        if entry is None or not has_objects(node, entry, self.findings):
            return _STAND_IN
        kept = self.check_node(node.filter, place.within_list(format_node(node.name), entry))
        return _negate(_ask(node.name, entry, meant.HasElement(kept), place), negated=node.negated)

    def _check_value(self, node: ValueCondition, place: Place) -> meant.Condition:
        entry = self.lookup.resolve_entry(node.name, place, node)
        if entry is None:
            return _STAND_IN
        tests = check_test(node, entry, self.lookup.vocabulary.calendar, self.findings)
        if tests is None:
            return _STAND_IN
        asked = tuple(_ask(node.name, entry, test, place) for test in tests)
        condition = asked[0] if len(asked) == 1 else meant.Whole(meant.Or(asked))
        negated = node.operator == "!=" if isinstance(node, written.Comparison) else node.negated
        return _negate(condition, negated=negated)

    def _is_timed(self, node: written.Between, place: Place) -> bool:
        """Tell whether a BETWEEN asks when something was."""
        bounds = (node.low, node.high)
        if any(isinstance(bound, written.Ago | written.That) for bound in bounds):
            return True
        known = self.lookup.find_entries(place).get(node.name.parts)
        if known is None or known.type is None:
            return any(isinstance(bound, written.Day | written.Instant) for bound in bounds)
        return known.type == "instant"

    def _check_timing(
        self,
        node: written.Timing | written.Between,
        name: written.Name,
        when: written.When,
        place: Place,
        *,
        negated: bool,
    ) -> meant.Condition:
        entry = self.lookup.resolve_entry(name, place, node)
        window = self._check_window(when, place, of_event=False)
        if entry is None:
            return _STAND_IN
        if not takes(entry.type, "within"):
            self.findings.report(
                "unlike-types",
                node.span,
                f"{quote(format_node(name))} is {describe_type(entry.type)}, "
                "and this asks when it was",
                advise_on_objects(node, entry)
                or "ask it of an attribute that holds a time, or of an event",
            )
            return _STAND_IN
        if window is None:
            return _STAND_IN
        return _negate(_ask(name, entry, meant.Lies(window), place), negated=negated)

    def _check_window(
        self, when: written.When, place: Place, *, of_event: bool
    ) -> meant.Window | None:
        return check_window(
            when,
            self.lookup.vocabulary.calendar,
            lambda that: self._find_that(that, place),
            self.findings,
            of_event=of_event,
        )

    def _check_event(self, node: written.EventCondition, place: Place) -> meant.Condition:
        event_type = self.lookup.resolve_event_type(node.event_type)
        kept = self._check_filter(node.filter, event_type, place)
        window = None if node.when is None else self._check_window(node.when, place, of_event=True)
        test: meant.Anchor
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
        self, node: written.Aggregation, place: Place, test: meant.NumberTest
    ) -> meant.AggregateTest:
        event_type = self.lookup.resolve_source(node.source)
        path = self._check_summand(node, event_type)
        kept = self._check_filter(node.filter, event_type, place)
        window = None if node.when is None else self._check_window(node.when, place, of_event=True)
        bare = node.function != "count" and node.property is None
        if bare and self.lookup.find_attribute(node.source) is None:
            self.findings.report(
                "aggregate-of-nothing",
                node.span,
                f"`{node.function}` needs a property of the events",
                f"such as `{node.function} of total of {format_node(node.source)}`",
            )
        return meant.AggregateTest(
            node.function, path, node.distinct, event_type, kept, window, test
        )

    def _check_summand(
        self, node: written.Aggregation, event_type: str | None
    ) -> tuple[str, ...] | None:
        if node.property is None:
            return None
        entry = self.lookup.resolve_entry(node.property, Place().within(event_type))
        if entry is None:
            return None
        said = f"{quote(format_node(node.property))} is {describe_type(entry.type)}"
        if node.function != "count" and entry.type not in (None, "number"):
            self.findings.report(
                "unlike-types", node.property.span, f"{said}, and `{node.function}` needs a number"
            )
        elif node.distinct and entry.type in ("tags", "objects"):
            self.findings.report(
                "unlike-types", node.property.span, f"{said}, and `distinct` needs single values"
            )
        return node.property.parts

    def _check_filter(
        self, node: written.Node | None, event_type: str | None, place: Place
    ) -> meant.Condition | None:
        return None if node is None else self.check_node(node, place.within(event_type))

    def _find_that(self, that: written.That, place: Place) -> meant.Anchor | None:
        said = quote(format_node(that))
        if place.in_filter:
            self.findings.report(
                "that-in-filter",
                that.span,
                f"{said} cannot be used inside `has`",
                "put the time after the filter: `has (…) since that …`",
            )
            return None
        named = place.group.find(that.event_type)
        if named is None:
            event_type = format_node(written.Text(that.event_type))
            advice = (
                f"put {quote(f'any event of type {event_type}')} before it, joined to it by AND"
            )
            close = find_closest(that.event_type, place.group.event_types())
            if close is not None:
                advice = f"did you mean {quote(format_node(written.That(close)))}?"
            self.findings.report("dangling-that", that.span, f"{said} names no event", advice)
            return None
        if named.anchor is None:
            self.findings.report(
                "negative-that",
                that.span,
                f"{said} names an event that is not there",
                "name the event with `any`, `first` or `last`, outside NOT",
                named.span,
                "the condition it names finds no event when it holds",
            )
        return named.anchor


_STAND_IN = meant.Or(())


def _negate(condition: meant.Condition, *, negated: bool) -> meant.Condition:
    return meant.Not(condition) if negated else condition


def _ask(name: written.Name, entry: Entry, test: meant.ValueTest, place: Place) -> meant.Condition:
    """Return a test on what an entry of the vocabulary means."""
    if place.objects is not None:
        return meant.TermTest(meant.Field(name.parts), test)
    if place.in_filter:
        return meant.TermTest(meant.Property(name.parts), test)
    if not isinstance(entry, AttributeEntry):
        return meant.TermTest(meant.Attribute(name.parts), test)
    match entry.meaning, test:
        case meant.Attribute(), _:
            return meant.TermTest(entry.meaning, test)
        case StagedAttribute(attribute, stages), _:
            return meant.StageTest(attribute, stages, test)
        case meant.EventTest(), meant.Lies(window):
            return evolve(entry.meaning, window=window)
        case meant.AggregateTest(), meant.Equals() | meant.InRange() | meant.IsOneOf():
            return evolve(entry.meaning, test=test)
        case _:
            # Whether a derived attribute is set: the template asks just that.
            return entry.meaning


def _read_number_test(
    test: written.NumberComparison | written.NumberBetween,
) -> tuple[meant.NumberTest, bool]:
    """Return what is asked of a number, and whether its opposite is meant."""
    match test:
        case written.NumberBetween(low, high):
            return meant.InRange(low.value, high.value), False
        case written.NumberComparison("=" | "!=" as operator, value):
            return meant.Equals(value.value), operator == "!="
        case written.NumberComparison(">" | ">=" as operator, value):
            return meant.InRange(low=value.value, open_low=operator == ">"), False
        case written.NumberComparison(operator, value):
            return meant.InRange(high=value.value, open_high=operator == "<"), False
        case _:
            assert_never(test)
