"""A rule: one immutable value made by four calls: parse, check, compile, done."""

from collections.abc import Collection, Mapping
from datetime import datetime, timedelta
from typing import Any

from attrs import field, frozen

from segrules.evaluation.evaluator import Evaluator, compile_condition
from segrules.evaluation.explanation import Explanation, Question, explain_rule
from segrules.evaluation.verdict import FOR_EVER, Verdict
from segrules.facts.arguments import FactError, kind_of, to_instant, to_names
from segrules.facts.customer import Customer
from segrules.language.diagnostics import Diagnostic, RuleError, SegrulesError
from segrules.language.formatter import format_rule
from segrules.language.limits import Limits
from segrules.language.mentions import mentioned_memberships
from segrules.language.parser import parse
from segrules.language.source import Source, Span
from segrules.language.syntax import And, Node, Not, Or, RuleText
from segrules.meaning.calendar import NEVER, to_datetime
from segrules.meaning.checking.checker import Checked, check
from segrules.meaning.schema.definitions import freeze
from segrules.meaning.schema.schema import Schema
from segrules.meaning.triggers import Triggers, find_lookback, find_triggers
from segrules.meaning.vocabulary import References

NO_RULES: Mapping[str, "Rule"] = {}


@frozen(init=False, eq=False, repr=False)
class Rule:
    """A rule that has been understood: a value to ask about customers.

    text: the rule's words. schema: the words it may use. segments: the dynamic segments it may
    refer to; what they mean is taken in. lists, cohorts: the hand-picked segments and the cohorts
    it may refer to; membership in these is looked up in the customer. limits: how large it may be.
    name: what errors call the text. Raises RuleError with every finding.

    Of these a rule keeps what it refers to. findings: what is legal and still worth a look.
    triggers: what can change the answer. lookback: how far back each event type's history is
    needed; None for all of it, and `*` for every type. Other attributes are not public.

    Rules are equal when they say the same, whatever their spacing and comments, of the same schema
    and segments. They are immutable, hashable, can be pickled, and are safe between threads.
    """

    text: str
    schema: Schema
    segments: Mapping[str, "Rule"]
    lists: frozenset[str]
    cohorts: frozenset[str]
    limits: Limits
    findings: tuple[Diagnostic, ...]
    triggers: Triggers
    lookback: Mapping[str, timedelta | None]
    syntax: RuleText = field()
    checked: Checked = field()
    evaluator: Evaluator = field()

    def __init__(
        self,
        text: str,
        schema: Schema,
        *,
        segments: Mapping[str, "Rule"] = NO_RULES,
        lists: Collection[str] = (),
        cohorts: Collection[str] = (),
        limits: Limits | None = None,
        name: str = "rule",
    ) -> None:
        if not isinstance(text, str):
            raise SegrulesError(f"a rule's text is `str`, not {kind_of(text)}")
        if not isinstance(schema, Schema):
            raise SegrulesError(f"a rule's schema is a `Schema`, not {kind_of(schema)}")
        if not isinstance(segments, Mapping) or not all(
            isinstance(rule, Rule) for rule in segments.values()
        ):
            raise SegrulesError("`segments` must be `Rule`s by the names of segments")
        if not isinstance(limits, Limits | None):
            raise SegrulesError(f"`limits` must be `Limits`, not {kind_of(limits)}")
        lists, cohorts = to_names(lists, "`lists`"), to_names(cohorts, "`cohorts`")
        limits = limits or Limits()
        source = Source(text, name)
        try:
            syntax = parse(source, limits)
            references = References(
                {key: rule.checked.condition for key, rule in segments.items()},
                frozenset(lists),
                frozenset(cohorts),
            )
            checked = check(syntax, source, schema.vocabulary, references, limits)
            evaluator = compile_condition(checked.condition, schema.vocabulary.calendar)
            triggers = find_triggers(checked.condition, schema.vocabulary)
            lookback = find_lookback(checked.condition)
        except RecursionError:
            raise RuleError([_too_nested(source)]) from None
        mentioned = {(m.kind, m.name.value) for m in mentioned_memberships(syntax.root)}
        self.__attrs_init__(
            text=text,
            schema=schema,
            segments=freeze({k: r for k, r in segments.items() if ("segment", k) in mentioned}),
            lists=frozenset(k for k in lists if ("segment", k) in mentioned),
            cohorts=frozenset(k for k in cohorts if ("cohort", k) in mentioned),
            limits=limits,
            findings=(),
            triggers=triggers,
            lookback=freeze(lookback),
            syntax=syntax,
            checked=checked,
            evaluator=evaluator,
        )

    def matches(self, customer: Customer, *, at: datetime) -> bool:
        """Tell whether a customer is in the audience at an instant; raises FactError if naive."""
        try:
            history = customer.history
        except AttributeError:
            raise _no_customer(customer) from None
        return self.evaluator.check(history, to_instant(at))

    def verdict(self, customer: Customer, *, at: datetime) -> Verdict:
        """Return the answer, and the instant up to which it stands without a new fact."""
        try:
            history = customer.history
        except AttributeError:
            raise _no_customer(customer) from None
        holds, until = self.evaluator.judge(history, to_instant(at))
        if until == NEVER:
            return FOR_EVER[holds]
        return Verdict(holds, to_datetime(until))

    def explain(self, customer: Customer, *, at: datetime, redact: bool = False) -> Explanation:
        """Return, for each condition, what was asked, what was found, and until when it stands.

        redact: leave the customer's values out.
        """
        if not isinstance(customer, Customer):
            raise _no_customer(customer)
        return explain_rule(
            _question(self),
            customer,
            to_instant(at),
            self.schema.vocabulary.calendar,
            redact=redact,
        )

    def __and__(self, other: "Rule") -> "Rule":
        if not isinstance(other, Rule):
            return NotImplemented
        return _combine(self, other, And((*_terms(self, And), *_terms(other, And))))

    def __or__(self, other: "Rule") -> "Rule":
        if not isinstance(other, Rule):
            return NotImplemented
        return _combine(self, other, Or((*_terms(self, Or), *_terms(other, Or))))

    def __invert__(self) -> "Rule":
        root = self.syntax.root
        return _combine(self, self, root.term if isinstance(root, Not) else Not(root))

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Rule):
            return NotImplemented
        return self is other or self._identity() == other._identity()

    def __hash__(self) -> int:
        return hash((self.syntax, self.schema))

    def _identity(self) -> tuple[Any, ...]:
        return self.syntax, self.schema, self.segments, self.lists, self.cohorts

    def __reduce__(self) -> tuple[Any, ...]:
        return _restore, (
            self.text,
            self.schema,
            dict(self.segments),
            self.lists,
            self.cohorts,
            self.limits,
        )

    def __str__(self) -> str:
        return format_rule(self.syntax)

    def __repr__(self) -> str:
        return f"Rule({str(self)!r}, {self.schema!r})"


def _no_customer(found: object) -> FactError:
    return FactError(f"a rule is asked about a `Customer`, not {kind_of(found)}")


def _too_nested(source: Source) -> Diagnostic:
    return Diagnostic(
        "too-nested",
        "this rule nests deeper than the program's stack allows here",
        source,
        Span(0, len(source.text)),
        "split the rule into segments, or call with more stack left",
    )


def _question(rule: Rule) -> Question:
    segments = {name: _question(each) for name, each in rule.segments.items()}
    return Question(rule.syntax.root, rule.checked, segments)


def _terms(rule: Rule, kind: type[And | Or]) -> tuple[Node, ...]:
    root = rule.syntax.root
    return root.terms if isinstance(root, kind) else (root,)


def _combine(left: Rule, right: Rule, root: Node) -> Rule:
    if left.schema != right.schema:
        raise SegrulesError("rules combine only where they share a schema")
    clashing = {
        k for k in left.segments if right.segments.get(k, left.segments[k]) != left.segments[k]
    }
    if clashing:
        names = ", ".join(f"`{name}`" for name in sorted(clashing))
        raise SegrulesError(f"the rules mean different segments by {names}")
    return Rule(
        format_rule(RuleText(root)),
        left.schema,
        segments={**left.segments, **right.segments},
        lists=left.lists | right.lists,
        cohorts=left.cohorts | right.cohorts,
        limits=left.limits,
    )


def _restore(
    text: str,
    schema: Schema,
    segments: Mapping[str, Rule],
    lists: frozenset[str],
    cohorts: frozenset[str],
    limits: Limits,
) -> Rule:
    return Rule(text, schema, segments=segments, lists=lists, cohorts=cohorts, limits=limits)
