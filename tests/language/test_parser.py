"""Text → the tree as written."""

import re
from decimal import Decimal
from importlib.resources import files

import pytest

from segrules import RuleError
from segrules.language.formatter import format_node
from segrules.language.parser import parse, parse_derivation
from segrules.language.syntax import (
    Aggregation,
    Between,
    BetweenPoints,
    Boolean,
    CalendarPeriod,
    Comparison,
    Contains,
    Duration,
    EventCondition,
    EventSource,
    Name,
    Number,
    OneOf,
    Or,
    Text,
    That,
    TimeOf,
    Within,
)
from segrules.language.words import RESERVED
from segrules.results import Source, Span
from tests.language.corpus import VALID
from tests.language.reading import parts, refusal, root

EXAMPLES = [
    """
    count of orders within 90 days >= 2 AND whatsappOptIn = true AND avg of total of orders > 80
    """,
    """
    lifecycleStage in (engaged, converted, loyal)
    AND last event of type 'cart_abandoned' within 24 hours
    AND no event of type 'purchase' since that cart_abandoned
    """,
    """
    lifecycleStage = 'loyal'
    AND lastActivityAt within 60 days
    AND lastActivityAt not within 14 days
    """,
    """
    totalSpent > 250
    AND country = 'GB'
    AND any event of type 'page_view' has device = 'mobile'
    AND count of orders > 2
    """,
    "any event of type 'cart_abandoned' within 24h",
    "no event within 30 days                            # of any type",
]


# Corpora


@pytest.mark.parametrize("text", EXAMPLES)
def test_every_rule_shown_to_merchants_parses_as_it_is(text: str) -> None:
    """The examples of the product page and of the language page are rules."""
    parse(Source(text))


def test_the_grammar_reserves_the_keywords_that_the_tree_lists() -> None:
    """One list of reserved words, wherever it is read."""
    grammar = files("segrules.language").joinpath("grammar.lark").read_text(encoding="utf-8")
    declared = " ".join(re.findall("(?m)^%declare (.*)", grammar)).split()
    assert sorted(declared) == sorted(word.upper() for word in RESERVED)


@pytest.mark.parametrize("word", sorted(RESERVED))
def test_a_keyword_is_a_name_only_in_backticks(word: str) -> None:
    """No reserved word is a name by itself, in any case and any part; every one is in backticks."""
    for name in (word, word.upper(), f"a.{word}", f"{word}.a"):
        assert refusal(f"{name} = 1").code in {"reserved-word", "syntax"}
    assert root(f"`{word}` = 1") == Comparison(Name((word,)), "=", Number(Decimal(1)))
    assert root(f"{word}s1 = 1") == Comparison(Name((f"{word}s1",)), "=", Number(Decimal(1)))


# Spans


@pytest.mark.parametrize("text", VALID)
def test_every_node_knows_its_place(text: str) -> None:
    """The text at a node's span is its own; a group's span includes its brackets."""
    for node in parts(root(text)):
        written = text[node.span.start : node.span.end]
        printed = format_node(node)
        assert written in {printed, f"({printed})"}


def test_a_place_leaves_out_the_space_and_the_comments_around() -> None:
    """A node begins at its first word and ends after its last."""
    text = "  # above\n (a = 1\r\n\tOR  b  =  2 -- beside\n ) "
    node = root(text)
    assert isinstance(node, Or)
    assert text[node.span.start : node.span.end] == "(a = 1\r\n\tOR  b  =  2 -- beside\n )"
    assert [text[t.span.start : t.span.end] for t in node.terms] == ["a = 1", "b  =  2"]


# Trees


def test_keywords_are_read_in_any_case() -> None:
    """`WITHIN`, `Within` and `within` are one keyword, and units are too."""
    assert root("a WITHIN NEXT 3 DAYS") == root("a Within next 3 d")
    assert root("a = TRUE") == Comparison(Name(("a",)), "=", Boolean(value=True))


def test_names_keep_their_case() -> None:
    """A name is what its author typed."""
    assert root("Country = 1") != root("country = 1")


@pytest.mark.parametrize(
    ("written", "canonical"),
    [
        ("a contains ('x', 'y')", "a contains any ('x', 'y')"),
        ("a contains any 'x'", "a contains 'x'"),
        ("a contains all 'x'", "a contains 'x'"),
        ("a contains all ('x')", "a contains 'x'"),
        ("a on 2026", "a in 2026"),
        ("a in 2026-q1", "a in 2026-Q1"),
        ("a in today", "a on today"),
        ("any event since that `cart abandoned`", "any event since that 'cart abandoned'"),
        ("not in segment 'x'", "NOT (in segment 'x')"),
        ("not a in ('x')", "NOT (a in ('x'))"),
        ("not not not a = 1", "NOT NOT NOT (a = 1)"),
        ("a = 1 or b = 2 and c = 3", "a = 1 OR (b = 2 AND c = 3)"),
        ("not a = 1 and b = 2", "NOT (a = 1) AND b = 2"),
        ("((a = 1)) and ((b = 2))", "a = 1 AND b = 2"),
        ("any event has (a = 1)", "any event has a = 1"),
        ("a = 1e3", "a = 1000"),
        ("a = 1.500", "a = 1.5"),
        ("a=-1", "a = -1"),
        ("a within 30days", "a within 30 days"),
    ],
)
def test_what_is_written_in_several_ways_is_one_tree(written: str, canonical: str) -> None:
    """Shorthand, redundant brackets and quantifiers of one value leave no trace."""
    assert root(written) == root(canonical)
    assert format_node(root(written)) == canonical


def test_a_group_stays_where_its_author_put_it() -> None:
    """`a AND (b AND c)` is not flattened: the tree keeps what was written."""
    assert root("a = 1 AND (b = 2 AND c = 3)") != root("a = 1 AND b = 2 AND c = 3")


def test_between_after_an_aggregate_is_a_window_if_a_comparison_follows() -> None:
    """`between` is the test at the end of an aggregate, and its window before one."""
    node = root("count of orders between 1 day ago and that x between 2 and 3")
    (window,) = (p for p in parts(node) if isinstance(p, BetweenPoints))
    assert window.high == That("x")
    assert not any(isinstance(p, BetweenPoints) for p in parts(root("count of x between 2 and 3")))


def test_in_takes_a_list_or_a_period() -> None:
    """`in (2026)` is a list of a number, `in 2026` is a year."""
    assert isinstance(root("a in (2026)"), OneOf)
    assert any(isinstance(p, CalendarPeriod) for p in parts(root("a in 2026")))


def test_a_condition_inside_has_ends_before_the_window_of_the_event() -> None:
    """`has a between 1 and 2 within 3 days`: the window is the event's."""
    node = root("any event has a between 1 and 2 not within 3 days")
    assert isinstance(node, EventCondition)
    assert isinstance(node.filter, Between)
    assert node.when == Within(Duration(3, "day"))
    assert node.negated


@pytest.mark.parametrize("quantifier", ["any", "all"])
def test_contains_keeps_its_quantifier_for_several_values(quantifier: str) -> None:
    """Any of them and all of them are different questions."""
    node = root(f"a contains {quantifier} (x, y)")
    assert isinstance(node, Contains)
    assert node.quantifier == quantifier


# Comments


def test_comments_are_kept_beside_the_tree() -> None:
    """Each comment has its text, its place, and whether it opens a line."""
    text = "# one\na = '#' -- two \r\nAND ( -- three\rb = 2) # four"
    comments = parse(Source(text)).comments
    assert [(c.text, c.own_line) for c in comments] == [
        ("# one", True),
        ("-- two", False),
        ("-- three", True),
        ("# four", False),
    ]
    assert all(text[c.span.start : c.span.end] == c.text for c in comments)


# Derivations


@pytest.mark.parametrize(
    ("text", "derivation"),
    [
        (
            "sum of total of orders",
            Aggregation("sum", Name(("total",)), distinct=False, source=Name(("orders",))),
        ),
        (
            "count of events within 90 days",
            Aggregation(
                "count",
                None,
                distinct=False,
                source=EventSource(None),
                when=Within(Duration(90, "day")),
            ),
        ),
        ("time of last event of type 'purchase'", TimeOf("last", Text("purchase"))),
        ("Time of the first purchase", TimeOf("first", Text("purchase"))),
        ("time of first 'cart abandoned'", TimeOf("first", Text("cart abandoned"))),
        ("time of last `cart.abandoned`", TimeOf("last", Text("cart.abandoned"))),
        ("time of last event", TimeOf("last", None)),
    ],
)
def test_a_derivation_is_a_number_or_a_time(text: str, derivation: Aggregation | TimeOf) -> None:
    """What a schema derives is an aggregate without a comparison, or the time of an event."""
    parsed = parse_derivation(Source(text))
    assert parsed == derivation
    assert text[parsed.span.start : parsed.span.end] == text


@pytest.mark.parametrize(
    ("text", "code", "message", "span"),
    [
        ("", "syntax", "expected a number such as `count of orders`", Span(0, 0)),
        ("when of last event", "syntax", "expected `time`, found `when`", Span(0, 4)),
        ("time of a last event", "syntax", "expected `the`, found `a`", Span(8, 9)),
        ("time of last a.b", "unquoted-text", "`a.b` needs quotes to be text", Span(13, 16)),
        ("count of orders > 3", "syntax", "expected a time window such as", Span(16, 17)),
    ],
)
def test_a_mistake_in_a_derivation_is_named(text: str, code: str, message: str, span: Span) -> None:
    """A derivation is refused as a rule is."""
    with pytest.raises(RuleError) as caught:
        parse_derivation(Source(text))
    (finding,) = caught.value.findings
    assert finding.code == code
    assert message in finding.message
    assert finding.span == span
