"""Text → the tree as written."""

import re
import subprocess
import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from decimal import Decimal
from importlib.resources import files
from typing import Any

import attrs
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from segrules.language import (
    Diagnostic,
    Limits,
    RuleError,
    Source,
    Span,
    format_node,
    parse,
    parse_derivation,
)
from segrules.language.mistakes import CODES
from segrules.language.parser import LEVELS
from segrules.language.syntax import (
    RESERVED,
    Aggregation,
    And,
    Between,
    BetweenPoints,
    Boolean,
    CalendarPeriod,
    Comparison,
    Contains,
    Duration,
    EventCondition,
    EventSource,
    Instant,
    Name,
    Node,
    Not,
    Number,
    OneOf,
    Or,
    Text,
    That,
    TimeOf,
    Timing,
    Within,
)
from tests.language.corpus import INVALID, VALID, Refusal

ROOMY = Limits(characters=10_000_000)

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


def root(text: str) -> Node:
    return parse(Source(text)).root


def refusal(text: str, limits: Limits | None = None) -> Diagnostic:
    with pytest.raises(RuleError) as caught:
        parse(Source(text), limits or Limits())
    (finding,) = caught.value.findings
    return finding


# Corpora


@pytest.mark.parametrize("text", EXAMPLES)
def test_every_rule_shown_to_merchants_parses_as_it_stands(text: str) -> None:
    """The examples of the product page and of the language page are rules."""
    parse(Source(text))


@pytest.mark.parametrize("expected", INVALID, ids=lambda refused: refused.rule)
def test_a_mistake_is_named_where_it_is(expected: Refusal) -> None:
    """Each line of the corpus gets its code, message, place and help."""
    assert Refusal.of(expected.rule, refusal(expected.rule)) == expected


def test_every_code_of_a_mistake_is_documented_and_shown() -> None:
    """The codes that the corpus shows are those that the module lists, in order."""
    elsewhere = {"too-long", "too-nested", "character"}
    assert {refused.code for refused in INVALID} | elsewhere == set(CODES)
    assert list(CODES) == sorted(CODES)


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


def parts(node: Any) -> Iterator[Any]:
    if isinstance(node, tuple):
        for item in node:
            yield from parts(item)
    elif attrs.has(type(node)) and not isinstance(node, Span):
        yield node
        for field in attrs.fields(type(node)):
            yield from parts(getattr(node, field.name))


@pytest.mark.parametrize("text", VALID)
def test_every_node_knows_its_place(text: str) -> None:
    """What stands at a node's span is its text; a group's span takes its brackets in."""
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
    ("written", "unit"),
    [
        (words, unit)
        for unit, spellings in {
            "second": "s second seconds",
            "minute": "min minute minutes",
            "hour": "h hour hours",
            "day": "d day days D DAYS",
            "week": "w week weeks",
            "month": "mo month months",
            "quarter": "quarter quarters",
            "year": "y year years",
        }.items()
        for words in spellings.split()
    ],
)
@pytest.mark.parametrize("space", ["", " ", "\n"])
def test_a_duration_takes_any_spelling_of_its_unit(written: str, unit: str, space: str) -> None:
    """`24h`, `24 hours` and `24 hour` are one duration."""
    node = root(f"a within 24{space}{written}")
    assert isinstance(node, Timing)
    assert isinstance(node.when, Within)
    assert node.when.duration.amount == 24
    assert node.when.duration.unit == unit


def test_units_are_not_reserved() -> None:
    """A short unit may be a name, a value or the beginning of one."""
    assert root("d = h AND hours = days AND min_age > 3 AND monthly = y")


def test_the_long_s_of_old_prints_is_an_s() -> None:
    """Letters that are one but for their case are one in a unit as well."""
    assert root("a within 3 \u017feconds") == root("a within 3 seconds")


@pytest.mark.parametrize(
    ("written", "value"),
    [
        ("'a'", "a"),
        ('"a"', "a"),
        ("a", "a"),
        ("NaN", "NaN"),
        ('"it\'s"', "it's"),
        ("'say \"hi\"'", 'say "hi"'),
        (r"'it\'s'", "it's"),
        (r'"a\"b"', 'a"b'),
        (r"'a\\b\n\t'", "a\\b\n\t"),
        (r"'\u00e9\u00E9'", "éé"),
        (r"'\ud83d\ude00'", "😀"),
        ("'# -- (AND'", "# -- (AND"),
        ("'\u2028'", "\u2028"),
    ],
)
def test_text_is_what_stands_between_its_quotes(written: str, value: str) -> None:
    """Either kind of quotes, escapes, or none around a single word."""
    assert root(f"a = {written}") == Comparison(Name(("a",)), "=", Text(value))


@pytest.mark.parametrize(
    ("written", "value"),
    [
        ("5", "5"),
        ("-5", "-5"),
        ("-0", "0"),
        ("-0.00", "0"),
        ("1.50", "1.5"),
        ("0.1", "0.1"),
        ("1e3", "1000"),
        ("1.5E-3", "0.0015"),
        ("9e308", "9e308"),
        ("1e-400", "1e-400"),
        ("0e999", "0"),
        ("1" * 300, "1" * 300),
    ],
)
def test_numbers_are_exact(written: str, value: str) -> None:
    """Every digit counts, and there is one zero."""
    node = root(f"a = {written}")
    assert isinstance(node, Comparison)
    assert node.value == Number(Decimal(value))
    assert not node.value.value.is_signed() or written.startswith("-")


def test_there_is_no_negative_zero() -> None:
    """-0 is 0, in sign as well."""
    node = root("a = -0")
    assert isinstance(node, Comparison)
    assert isinstance(node.value, Number)
    assert not node.value.value.is_signed()


@pytest.mark.parametrize(
    "written", ["2026-03-14T09:30Z", "2026-03-14T09:30:00.0Z", "2026-03-14T10:30+01:00"]
)
def test_an_instant_is_aware(written: str) -> None:
    """Every way to write an instant gives the same instant."""
    node = root(f"a = {written}")
    assert isinstance(node, Comparison)
    assert node.value == Instant(datetime(2026, 3, 14, 9, 30, tzinfo=UTC))


def test_names_have_parts_and_backticks() -> None:
    """A dot parts a name, except inside backticks; a backtick takes any other character in."""
    assert root("a.`b c`.d is set") == root("`a`.`b c`.`d` is set")
    assert [p.parts for p in parts(root("`a.b`.c is set")) if isinstance(p, Name)] == [("a.b", "c")]
    assert [p.parts for p in parts(root("größe is set")) if isinstance(p, Name)] == [("größe",)]


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


# What is refused before it is read


@pytest.mark.parametrize(
    ("character", "name"),
    [("\x00", "U+0000"), ("\x1b", "U+001B"), ("\x85", "U+0085"), ("\ud83d", "U+D83D")],
)
def test_a_character_that_is_no_text_is_named(character: str, name: str) -> None:
    """Control characters and halves of characters are refused wherever they stand."""
    for text in (f"a = '{character}'", f"a = 1 # {character}", f"`{character}` = 1"):
        finding = refusal(text)
        assert finding.code == "character"
        assert finding.message == f"the character {name} cannot stand in a rule"
        assert text[finding.span.start : finding.span.end] == character
        str(finding).encode()


def test_a_text_over_the_limit_is_refused_by_its_length() -> None:
    """The length is looked at first, and the host says how long is too long."""
    finding = refusal("\x00" * 1_000_000)
    assert finding.code == "too-long"
    assert finding.message == "the text has 1,000,000 characters, and at most 50,000 are allowed"
    assert len(str(RuleError([finding]))) < 1_000
    assert refusal("a = 1", Limits(characters=4)).code == "too-long"
    assert parse(Source("a = 1"), Limits(characters=5))


@pytest.mark.parametrize(
    "text",
    [
        "(" * 100_000 + "a = 1" + ")" * 100_000,
        "NOT " * 100_000 + "a = 1",
        "NOT (" * 100_000,
        "a = 1 AND (b = 1 OR (" * 100_000,
        "any event has " + "(" * 100_000,
    ],
    ids=lambda text: text[:20],
)
def test_nesting_without_end_is_refused(text: str) -> None:
    """100,000 brackets are one finding, at the first that is too deep."""
    finding = refusal(text, ROOMY)
    assert finding.code == "too-nested"
    assert finding.span.end < 2_000


def test_connectives_nest_as_deep_as_is_allowed_and_no_deeper() -> None:
    """The limit counts AND, OR and NOT, with or without brackets of their own."""

    def nested(levels: int, leaf: Node) -> str:
        for level in range(levels):
            leaf = (Not(leaf), And((leaf, a)), Or((a, leaf)))[level % 3]
        return format_node(leaf)

    a = root("a = 1")
    inside = EventCondition("any", None, Or((a, And((a, a)))))
    assert parse(Source(nested(LEVELS, a)))
    assert refusal(nested(LEVELS + 1, a)).code == "too-nested"
    assert parse(Source(nested(LEVELS - 2, inside)))
    assert refusal(nested(LEVELS - 1, inside)).code == "too-nested"


def test_levels_are_counted_without_brackets_and_inside_aggregates() -> None:
    """AND below OR is a level though no bracket shows it, and a condition after `has` goes on."""
    text = "a = 1"
    for _ in range(LEVELS // 2):
        text = f"b = 2 OR c = 3 AND ({text})"
    assert parse(Source(text))
    assert refusal(f"NOT ({text})").code == "too-nested"
    assert parse(Source(f"count of x has ({text}) > 1"))
    assert refusal(f"NOT count of x has ({text}) > 1").code == "too-nested"


def test_a_chain_of_ten_thousand_terms_is_one_node() -> None:
    """Length costs no depth."""
    node = parse(Source(" AND ".join(["a = 1"] * 10_000)), ROOMY).root
    assert isinstance(node, And)
    assert len(node.terms) == 10_000


HOSTILE = """
import sys, threading
from segrules.language import Limits, RuleError, Source, format_rule, parse

texts = ["(" * 100_000, "NOT " * 100_000, " AND ".join(["a = 1"] * 10_000), "'" * 99_999]
answers = []

def ask():
    assert format_rule(parse(Source("count = 1".replace("count", "a"))))  == "a = 1"
    for text in texts:
        try:
            parse(Source(text), Limits(characters=10**7))
        except RuleError as error:
            answers.append(error.findings[0].code)

threads = [threading.Thread(target=ask) for _ in range(4)]
for thread in threads: thread.start()
for thread in threads: thread.join()
sys.setrecursionlimit(60)
ask()
sys.setrecursionlimit(1000)
print(*sorted(answers))
"""


def test_threads_and_a_low_recursion_limit_change_nothing() -> None:
    """The parser is built once by threads that start together, and never recurses."""
    done = subprocess.run(  # noqa: S603 -- our own script
        [sys.executable, "-c", HOSTILE], capture_output=True, text=True, check=False
    )
    assert done.stderr == ""
    assert done.stdout.split() == ["syntax"] * 5 + ["too-nested"] * 10


# Only our own error, whatever the text

# fmt: off
_tokens = st.sampled_from(
    [
        *sorted(RESERVED),
        "(", ")", ",", "=", "!=", ">", ">=", "<", "<=", "==", "!", "&&", "#", "--", "'", '"', "`",
        ";", "$", "%", "[", "]", ".", "-", "+", "“", "”", "😀", "\n", "\t", "\r",
        "a", "total.x", "`b c`", "win-back", "'x'", '"y"', "'\\q'", "null", "like", "New York",
        "1", "-2.5", "1e9", "1e999", "007", "1,000", "2026", "2026-03", "2026-13", "2026-Q1",
        "2026-Q9", "2026-03-14", "2026-02-30", "2026-03-14T09:30Z", "2026-03-14T09:30",
        "30 days", "24h", "30m", "1.5 days", "30 dayz", "30 days ago", "9999999999 years",
    ]
)
# fmt: on


def survives(text: str) -> None:
    try:
        parse(Source(text))
    except RuleError as error:
        for finding in error.findings:
            assert finding.code in CODES
            assert "\n" not in finding.message
            assert 0 <= finding.span.start <= finding.span.end <= len(text)
        str(error).encode()


@given(st.text(st.characters()))
@example("\ud800")
@example("a = '\\ud800'")
@example("\ufeffa = 1")
def test_any_text_gives_a_tree_or_a_rule_error(text: str) -> None:
    """No text makes the parser fail in a way of its own."""
    survives(text)
    survives(f"a = {text}")


@given(st.lists(_tokens, max_size=12), st.sampled_from(["", " "]))
def test_any_order_of_words_gives_a_tree_or_a_rule_error(words: list[str], space: str) -> None:
    """No soup of the language's own words does either."""
    survives(space.join(words))


@given(st.sampled_from(VALID), st.data())
def test_any_slip_in_a_rule_gives_a_tree_or_a_rule_error(rule: str, data: st.DataObject) -> None:
    """Nor does a rule with something replaced, added or left out."""
    start = data.draw(st.integers(0, len(rule)))
    end = min(len(rule), start + data.draw(st.integers(0, 5)))
    survives(rule[:start] + data.draw(_tokens | st.just("")) + rule[end:])


def test_many_comments_take_no_longer_each() -> None:
    """A megabyte of comments is read in bounded time, too."""
    assert len(parse(Source("a = 1\n" + "#\n" * 300_000), ROOMY).comments) == 300_000


@pytest.mark.parametrize("text", ["x" * 1_000_000, "'" * 999_999, "a = 1 AND " * 20_000, "(" * 64])
def test_a_megabyte_is_answered(text: str) -> None:
    """A text as long as a host may allow is refused in bounded time."""
    assert refusal(text, ROOMY).code in CODES
