"""A rule: one immutable value made by parsing and checking; it compiles when first asked."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime, timedelta
from functools import cached_property
from typing import Any, Final

from attrs import define, evolve, field, fields, frozen, has

from segrules.data import Data, misfit, read_object, write_fields
from segrules.evaluation.evaluator import Evaluator, compile_condition
from segrules.evaluation.explanation import Explanation, Question, explain_rule
from segrules.evaluation.verdict import FOR_EVER, Verdict
from segrules.facts.arguments import ArgumentError, expect, to_instant, to_names
from segrules.facts.customer import Customer, as_read, read_history
from segrules.facts.history import History
from segrules.language.diagnostics import Diagnostic, RuleError
from segrules.language.formatter import format_rule
from segrules.language.limits import Limits
from segrules.language.mentions import mentioned_memberships
from segrules.language.parser import parse
from segrules.language.source import Source, Span
from segrules.language.syntax import And, Node, Not, Or, RuleText
from segrules.language.version import LANGUAGE_VERSION
from segrules.meaning.calendar import NEVER, to_datetime
from segrules.meaning.checking.checker import Checked, check
from segrules.meaning.conditions import Condition
from segrules.meaning.triggers import Triggers, find_lookback, find_triggers
from segrules.meaning.vocabulary import References
from segrules.schema.definitions import freeze
from segrules.schema.schema import Schema

NO_RULES: Mapping[str, "Rule"] = {}
ASKED: Final = "what a rule is asked about"

_KINDS: Final = {
    "text": str,
    "language_version": str,
    "segments": Mapping[str, Any],
    "lists": tuple[str, ...],
    "cohorts": tuple[str, ...],
    "limits": Limits,
}
"""The keys of a rule's data, and what is under each."""


@frozen(init=False, eq=False, repr=False)
class Rule:
    """A rule that has been understood: a value to ask about customers.

    text: the rule's words. schema: the words it may use. segments: the dynamic segments it may
    refer to; their meaning becomes part of the rule. lists, cohorts: the lists and the cohorts it
    may refer to; membership in these is looked up in the customer. limits: how large it may be.
    name: what errors call the text. Raises RuleError with every finding, and ArgumentError.

    Only the segments, lists and cohorts that the text names are kept. triggers: what can change the
    answer. lookback: how far back each event type's history is needed; None for all of it, and `*`
    for every type.

    `&`, `|` and `~` join rules of one schema to a rule with the limits of the first; they raise
    RuleError past these limits, and ArgumentError for another schema or if one name means two
    audiences. Rules are equal when they say the same, whatever their spacing and comments, of the
    same schema, segments, lists and cohorts. They are immutable, hashable, can be pickled, and are
    safe between threads.
    """

    text: str
    schema: Schema
    segments: Mapping[str, "Rule"]
    lists: frozenset[str]
    cohorts: frozenset[str]
    limits: Limits
    triggers: Triggers
    lookback: Mapping[str, timedelta | None]
    _syntax: RuleText = field()
    _checked: Checked = field()

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
        expect(text, str, "a rule's text")
        expect(schema, Schema, "a rule's schema")
        if not isinstance(segments, Mapping) or not all(
            isinstance(rule, Rule) for rule in segments.values()
        ):
            said = "`segments` must be `Rule`s by the names of segments"
            raise ArgumentError(said, subject="segments")
        limits = Limits() if limits is None else expect(limits, Limits, "`limits`")
        lists, cohorts = to_names(lists, "`lists`"), to_names(cohorts, "`cohorts`")
        if both := sorted(segments.keys() & {*lists}):
            raise _ambiguous("{} cannot be both a segment and a list", both)
        known = Known(dict(segments), set(lists), frozenset(cohorts))
        source = Source(text, name)
        try:
            tree = parse(source, limits, lambda: schema._names)
        except RecursionError:
            raise RuleError([_too_nested(source)]) from None
        _understand(self, tree, source, schema, known, limits)

    @cached_property
    def _evaluator(self) -> Evaluator:
        calendar = self.schema._vocabulary.calendar
        try:
            return compile_condition(self._checked.condition, calendar)
        except RecursionError:
            raise RuleError([_too_nested(Source(self.text, "rule"))]) from None

    @cached_property
    def syntax(self) -> RuleText:
        """The tree of the rule as written, of the classes in `segrules.syntax`.

        Every node has its place in `text`, for editors that colour and change a rule.
        """
        # the tree of joined rules has the places of its parts
        return parse(Source(self.text), self.limits)

    @classmethod
    def from_data(cls, data: object, schema: Schema, *, name: str = "rule") -> "Rule":
        """Return the rule that `to_data` has written, with the words of a schema.

        name: what errors call the text. Raises DataError, also for another version of the language,
        and RuleError.
        """
        try:
            return _read(data, schema, name)
        except RecursionError:
            raise misfit("segments", "the data is nested too deep") from None

    def to_data(self) -> Data:
        """Return the rule as JSON types, without its schema; `from_data` reads it back.

        The segments it refers to are in it, each with its own rule.
        """
        return {
            "text": self.text,
            "language_version": LANGUAGE_VERSION,
            "segments": {name: rule.to_data() for name, rule in self.segments.items()},
            "lists": sorted(self.lists),
            "cohorts": sorted(self.cohorts),
            "limits": write_fields(self.limits),
        }

    def matches(self, customer: Customer, *, at: datetime) -> bool:
        """Tell whether a customer is in the audience at an instant, an aware datetime.

        Raises FactError for a naive datetime, and for facts that do not fit the rule's schema.
        """
        try:
            schema, known = customer._latest
        except AttributeError:
            schema = None
        if schema is not self.schema:
            known = self._read_facts(customer)
        return self._evaluator.check(known, to_instant(at))

    def verdict(self, customer: Customer, *, at: datetime) -> Verdict:
        """Return the answer and until when it holds with no new fact; raises as `matches` does."""
        holds, until = self._evaluator.judge(self._read_facts(customer), to_instant(at))
        if until == NEVER:
            return FOR_EVER[holds]
        return Verdict(holds, to_datetime(until))

    def explain(self, customer: Customer, *, at: datetime, redact: bool = False) -> Explanation:
        """Return, for each condition, what was asked, what was found, and until when it holds.

        redact: leave the customer's values out. Raises FactError as `matches` does.
        """
        known = as_read(expect(customer, Customer, ASKED, "customer"), self.schema._door)
        calendar = self.schema._vocabulary.calendar
        return explain_rule(_question(self), known, to_instant(at), calendar, redact=redact)

    def _read_facts(self, customer: Customer) -> History:
        """Return a customer's facts as the schema reads them; the customer remembers them."""
        schema, known = expect(customer, Customer, ASKED, "customer")._latest
        if schema is self.schema:
            return known
        history = read_history(customer, self.schema._door)
        # One value, so that threads that ask by two schemas never mix them.
        object.__setattr__(customer, "_latest", (self.schema, history))
        return history

    def __and__(self, other: "Rule") -> "Rule":
        return _join(self, other, And) if isinstance(other, Rule) else NotImplemented

    def __or__(self, other: "Rule") -> "Rule":
        return _join(self, other, Or) if isinstance(other, Rule) else NotImplemented

    def __invert__(self) -> "Rule":
        root = self._syntax.root
        known = Known(dict(self.segments), set(self.lists), self.cohorts)
        return _combine(root.term if isinstance(root, Not) else Not(root), self, known)

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Rule):
            return NotImplemented
        return self is other or self._identity() == other._identity()

    def __hash__(self) -> int:
        return hash((self._syntax, self.schema))

    def _identity(self) -> tuple[Any, ...]:
        return self._syntax, self.schema, self.segments, self.lists, self.cohorts

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
        return format_rule(self._syntax)

    def __repr__(self) -> str:
        return f"Rule({str(self)!r}, {self.schema!r})"


@define
class Known:
    """The audiences that rules made together may refer to; each rule may add to it for the next.

    lists: names that are looked up in the customer.
    """

    segments: dict[str, Rule]
    lists: set[str]
    cohorts: frozenset[str]
    _conditions: dict[str, Condition] = field(init=False)
    references: References = field(init=False)

    def __attrs_post_init__(self) -> None:
        self._conditions = {name: condition_of(rule) for name, rule in self.segments.items()}
        self.references = References(self._conditions, self.lists, self.cohorts)

    def add_segment(self, name: str, rule: Rule) -> None:
        """Let later rules refer to a segment."""
        self.segments[name] = rule
        self._conditions[name] = condition_of(rule)


def condition_of(rule: Rule) -> Condition:
    """Return what a rule means."""
    return rule._checked.condition


def check_rule(
    tree: RuleText, source: Source, schema: Schema, known: Known, limits: Limits
) -> Rule:
    """Return the rule of a tree; raise RuleError with everything that is wrong with its meaning."""
    rule = Rule.__new__(Rule)
    _understand(rule, tree, source, schema, known, limits)
    return rule


def _understand(
    rule: Rule, tree: RuleText, source: Source, schema: Schema, known: Known, limits: Limits
) -> None:
    """Give a new rule its fields."""
    try:
        checked = check(tree, source, schema._vocabulary, known.references, limits)
        triggers = find_triggers(checked.condition, schema._vocabulary)
        lookback = find_lookback(checked.condition)
    except RecursionError:
        raise RuleError([_too_nested(source)]) from None
    named = [(each.kind, each.name.value) for each in mentioned_memberships(tree.root)]
    segments = {name for kind, name in named if kind == "segment"}
    rule.__attrs_init__(
        text=source.text,
        schema=schema,
        segments=freeze({n: known.segments[n] for n in sorted(segments & known.segments.keys())}),
        lists=frozenset(segments & known.lists),
        cohorts=frozenset(name for kind, name in named if kind == "cohort") & known.cohorts,
        limits=limits,
        triggers=triggers,
        lookback=freeze(lookback),
        syntax=tree,
        checked=checked,
    )


def _read(data: object, schema: Schema, name: str) -> Rule:
    """Return a rule from its data, and from theirs the segments that it refers to."""
    given = read_object(data, _KINDS, optional=tuple(_KINDS.keys() - {"text"}))
    version = given.get("language_version", LANGUAGE_VERSION)
    if version.partition(".")[0] != LANGUAGE_VERSION.partition(".")[0]:
        raise misfit(
            "language_version",
            f"the rule is written in another version of the language than {LANGUAGE_VERSION}, and "
            "may mean something else: check its text and make a `Rule` of it",
        )
    segments = {
        each: _read(inner, schema, f"segment {each}")
        for each, inner in given.get("segments", {}).items()
    }
    return Rule(
        given["text"],
        schema,
        segments=segments,
        lists=given.get("lists", ()),
        cohorts=given.get("cohorts", ()),
        limits=given.get("limits"),
        name=name,
    )


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
    return Question(rule._syntax.root, rule._checked, segments)


def _ambiguous(said: str, names: Sequence[str]) -> ArgumentError:
    shown = ", ".join(f"`{name}`" for name in names)
    return ArgumentError(said.format(shown), code="ambiguous-audience", subject=names[0])


def _join(left: Rule, right: Rule, kind: type[And] | type[Or]) -> Rule:
    """Return two rules joined by AND or OR, their trees side by side."""
    if left.schema != right.schema:
        raise ArgumentError("rules combine only if they share a schema", code="another-schema")
    clashing = {
        k for k in left.segments if right.segments.get(k, left.segments[k]) != left.segments[k]
    }
    clashing |= (left.lists & right.segments.keys()) | (right.lists & left.segments.keys())
    if clashing:
        raise _ambiguous("the rules mean different audiences by {}", sorted(clashing))
    # Each condition's meaning is found by its span: no two may have the same one.
    beyond = 1 + max((span.end for span in left._checked.parts), default=0)
    terms = (*_terms(left._syntax.root, kind), *_terms(_shift(right._syntax.root, beyond), kind))
    known = Known(
        {**left.segments, **right.segments},
        {*left.lists, *right.lists},
        left.cohorts | right.cohorts,
    )
    return _combine(kind(terms), left, known)


def _terms(root: Node, kind: type[And] | type[Or]) -> tuple[Node, ...]:
    return root.terms if isinstance(root, kind) else (root,)


def _shift(part: Any, offset: int) -> Any:
    """Return a part of a tree with every span in it moved."""
    match part:
        case Span(start, end):
            return Span(start + offset, end + offset)
        case tuple():
            return tuple(_shift(each, offset) for each in part)
        case _ if has(type(part)):
            moved = {f.name: _shift(getattr(part, f.name), offset) for f in fields(type(part))}
            return evolve(part, **moved)
        case _:
            return part


def _combine(root: Node, like: Rule, known: Known) -> Rule:
    """Return the rule of a tree made of the trees of rules; limits are those of the first."""
    tree = RuleText(root)
    source = Source(format_rule(tree), "rule")
    if len(source.text) <= like.limits.characters:
        try:
            return check_rule(tree, source, like.schema, known, like.limits)
        except RuleError:
            # The spans in the tree are those of its parts; errors show the text of the whole.
            pass
    return _restore(
        source.text, like.schema, known.segments, known.lists, known.cohorts, like.limits
    )


def _restore(
    text: str,
    schema: Schema,
    segments: Mapping[str, Rule],
    lists: Collection[str],
    cohorts: Collection[str],
    limits: Limits,
) -> Rule:
    return Rule(text, schema, segments=segments, lists=lists, cohorts=cohorts, limits=limits)
