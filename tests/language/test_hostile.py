"""Hostile texts: always a tree or a RuleError, in bounded time."""

import subprocess
import sys

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from segrules import Limits, RuleError
from segrules.language.formatter import format_node
from segrules.language.mistakes.mistake import CODES
from segrules.language.parser import LEVELS, parse
from segrules.language.syntax import And, EventCondition, Node, Not, Or
from segrules.language.words import RESERVED
from segrules.results import Source
from tests.language.corpus import VALID
from tests.language.reading import ROOMY, refusal, root

# What is refused before it is read


@pytest.mark.parametrize(
    ("character", "name"),
    [("\x00", "U+0000"), ("\x1b", "U+001B"), ("\x85", "U+0085"), ("\ud83d", "U+D83D")],
)
def test_a_character_that_is_no_text_is_named(character: str, name: str) -> None:
    """Control characters and halves of characters are refused wherever they are."""
    for text in (f"a = '{character}'", f"a = 1 # {character}", f"`{character}` = 1"):
        finding = refusal(text)
        assert finding.code == "character"
        assert finding.message == f"the character {name} is not allowed in a rule"
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
from segrules import Limits
from segrules import RuleError
from segrules.results import Source
from segrules.language.formatter import format_rule
from segrules.language.parser import parse

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


@pytest.mark.parametrize(
    "text",
    [
        "x" * 1_000_000,
        "'" * 999_999,
        "a = 1 AND " * 20_000,
        "(" * 64,
        "count(" + " " * 40_000,
        "a = 'x' or " + "'x' or " * 6_000,
    ],
)
def test_a_megabyte_is_answered(text: str) -> None:
    """A text as long as a host may allow is refused in bounded time."""
    assert refusal(text, ROOMY).code in CODES
