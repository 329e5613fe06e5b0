"""Canonical text of the tree as written."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from segrules.language.formatter import format_node, format_rule
from segrules.language.parser import LEVELS, parse, parse_derivation
from segrules.language.syntax import (
    Aggregation,
    And,
    Comparison,
    Derivation,
    EventCondition,
    EventSource,
    Name,
    Node,
    Not,
    Number,
    Or,
    RuleText,
    Text,
)
from segrules.results import Source
from tests.language.corpus import VALID
from tests.strategies.syntax import derivations, rules

A = Comparison(Name(("a",)), "=", Number(Decimal(1)))


def formatted(text: str) -> str:
    return format_rule(parse(Source(text)))


# Canonical text


@pytest.mark.parametrize("text", VALID)
def test_canonical_text_stays_as_it_is(text: str) -> None:
    """Each line of the corpus prints unchanged, and the whole rule keeps its tree."""
    rule = parse(Source(text))
    assert format_node(rule.root) == text
    assert parse(Source(format_rule(rule))) == rule


@pytest.mark.parametrize(
    ("text", "canonical"),
    [
        ("A = 1 and B = 2", "A = 1\nAND B = 2"),
        ("A = 1 or B = 2", "A = 1 OR B = 2"),
        ("A = 1 and (B = 2 or C = 3)", "A = 1\nAND (B = 2 OR C = 3)"),
        ("A = 1 and (B = 2 and C = 3)", "A = 1\nAND (B = 2 AND C = 3)"),
        ("not (A = 1 and B = 2)", "NOT (A = 1 AND B = 2)"),
        ("a\tIN ( US,CA )", "a in ('US', 'CA')"),
        ('a = "say \\"hi\\""', "a = 'say \"hi\"'"),
        ("ANY EVENT OF TYPE 'x' WITHIN 24h", "any event of type 'x' within 24 hours"),
        ("a within 1d", "a within 1 day"),
    ],
)
def test_the_canonical_text_is_one_conjunct_a_line(text: str, canonical: str) -> None:
    """Connectives in capitals, other keywords small, single quotes, brackets where mixed."""
    assert formatted(text) == canonical


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ("0", "0"),
        ("-0", "0"),
        ("0E+50", "0"),
        ("100", "100"),
        ("1E+2", "100"),
        ("1.500", "1.5"),
        ("1E+20", "1" + "0" * 20),
        ("1E+21", "1e21"),
        ("1.50E+300", "1.5e300"),
        ("-1E-20", "-0." + "0" * 19 + "1"),
        ("-1.25E-21", "-1.25e-21"),
        ("1234567890123456789012345678901234567890.5", None),
    ],
)
def test_numbers_print_with_every_digit(value: str, text: str | None) -> None:
    """A number has an exponent only if it would have very many zeros."""
    printed = format_node(Number(Decimal(value)))
    assert Decimal(printed) == Decimal(value)
    assert printed == (text or "1.2345678901234567890123456789012345678905e39")


def test_text_prints_on_one_line() -> None:
    """Line breaks of every kind, and control characters, are written as escapes."""
    text = "a\nb\tc\rd\u2028e\x00f\x85g\\'"
    printed = format_node(Text(text))
    assert printed == r"'a\nb\tc\u000dd\u2028e\u0000f\u0085g\\\''"
    assert format_node(parse(Source(f"a = {printed}")).root) == f"a = {printed}"


def test_parts_of_a_tree_print_by_themselves() -> None:
    """A name, an event source or a derivation has a text of its own."""
    assert format_node(Name(("address", "type"))) == "address.`type`"
    assert format_node(EventSource(Text("x"))) == "events of type 'x'"
    assert format_node(parse_derivation(Source("time of the last x"))) == (
        "time of last event of type 'x'"
    )
    assert format_node(Aggregation("count", None, distinct=False, source=Name(("orders",)))) == (
        "count of orders"
    )


# Comments


@pytest.mark.parametrize(
    ("text", "canonical"),
    [
        ("# top\na = 1", "# top\na = 1"),
        ("a = 1 # end", "a = 1  # end"),
        ("a = 1\n# after", "a = 1\n# after"),
        ("a = 1 # x\n# y\n", "a = 1  # x\n# y"),
        ("a = 1 # x\nAND b = 2 -- y", "a = 1  # x\nAND b = 2  -- y"),
        ("a = 1 AND # x\nb = 2", "a = 1  # x\nAND b = 2"),
        ("a = 1\n# x\nAND b = 2", "a = 1\n# x\nAND b = 2"),
        ("a = 1\nAND # x\nb = 2", "a = 1\n# x\nAND b = 2"),
        ("a = 1 AND b in (# x\n1)", "a = 1\n# x\nAND b in (1)"),
        ("a in (1, # x\n2) # y", "# x\na in (1, 2)  # y"),
        ("a = 1 AND (b = 2 # x\n OR c = 3)", "a = 1\n# x\nAND (b = 2 OR c = 3)"),
        ("(a = 1 AND b = 2 # x\n) # y", "a = 1\nAND b = 2  # x\n# y"),
        ("# one\n# two \na = 1 #three\n-- four", "# one\n# two\na = 1  #three\n-- four"),
        ("a = 1 # x\r\nOR b = 2\r\n# y", "# x\na = 1 OR b = 2\n# y"),
    ],
)
def test_comments_stay_with_their_conjunct(text: str, canonical: str) -> None:
    """A comment is above its conjunct or at its end, and formatting twice moves nothing."""
    assert formatted(text) == canonical
    assert formatted(canonical) == canonical


_comments = st.sampled_from(["", " # x\n", "\n-- y\n", "\n\n", "\t"])


@given(st.sampled_from(VALID), st.data())
def test_a_comment_is_never_lost(text: str, data: st.DataObject) -> None:
    """A comment may be wherever space may be, and formatting moves it once."""
    written = "".join(word if word != " " else data.draw(_comments) or " " for word in _words(text))
    rule = parse(Source(written))
    once = format_rule(rule)
    again = parse(Source(once))
    assert again == parse(Source(text))
    assert sorted(c.text for c in again.comments) == sorted(c.text for c in rule.comments)
    assert format_rule(again) == once


def _words(text: str) -> list[str]:
    """Split a rule at the spaces outside quotes and durations."""
    rule = parse(Source(text))
    assert rule.root
    parts, quote = [""], ""
    for i, character in enumerate(text):
        if quote:
            quote = "" if character == quote and text[i - 1] != "\\" else quote
        elif character in "'`":
            quote = character
        if character == " " and not quote and not (text[i - 1].isdigit() and text[i + 1].isalpha()):
            parts += [" ", ""]
        else:
            parts[-1] += character
    return parts


# Laws


@given(rules())
def test_parsing_what_was_printed_gives_the_same_tree(rule: RuleText) -> None:
    """Together, parse ∘ format is the identity on trees, and format is idempotent."""
    text = format_rule(rule)
    again = parse(Source(text))
    assert again == rule
    assert format_rule(again) == text
    assert parse(Source(format_node(rule.root))) == rule


@given(derivations())
def test_parsing_a_printed_derivation_gives_the_same_tree(derivation: Derivation) -> None:
    """The same holds for what a schema derives."""
    assert parse_derivation(Source(format_node(derivation))) == derivation


@pytest.mark.parametrize("step", ["not", "and", "and or", "and not or not", "or not not and not"])
def test_the_deepest_tree_prints_and_parses_again(step: str) -> None:
    """Brackets that printing adds are never too many."""
    node: Node = A
    steps = step.split()
    for level in range(LEVELS - 2):
        match steps[level % len(steps)]:
            case "not":
                node = Not(node)
            case "and":
                node = And((A, node))
            case _:
                node = Or((A, node))
    for root in (Not(And((A, node))), EventCondition("any", None, And((A, node)))):
        rule = RuleText(root)
        assert parse(Source(format_rule(rule))) == rule
