"""What is said of words that a schema's names explain."""

import re
import time
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from segrules import Rule, RuleError, Schema
from segrules.results import Diagnostic
from tests.language.corpus import Refusal

SCHEMA = Schema.from_data(
    {
        "attributes": {
            "country": {"type": "text", "values": ["GB", "US"]},
            "city": "text",
            "nickname": "text",
            "address.country": "text",
            "cohort": "text",
            "order-2": "number",
            "emailOptIn": "boolean",
            "birth_day": "instant",
            "tags": {"type": "tags", "values": ["vip", "b2b"]},
            "interests": "tags",
            "totalSpent": {"derived": "sum of total of orders"},
            "lastOrderAt": {"derived": "time of last purchase"},
            "lifecycleStage": {"stages": [{"value": "loyal", "rule": "totalSpent > 5"}]},
        },
        "events": {
            "purchase": {"properties": {"total": "number", "order_id": "text", "gift": "boolean"}},
            "page view": {"properties": {"path": "text"}},
        },
        "collections": {"orders": "purchase", "pageViews": "page view"},
    }
)
LINES = (Path(__file__).parent / "rules" / "named.rules").read_text("utf-8").splitlines()
CORPUS = [Refusal.read(line) for line in LINES]
LARGE = Schema.from_data({"attributes": {f"attribute{n}Value": "number" for n in range(1000)}})


def refuse(text: str, schema: Schema = SCHEMA) -> tuple[Diagnostic, ...]:
    with pytest.raises(RuleError) as caught:
        Rule(text, schema, lists=["loyal"])
    return caught.value.findings


def suggestions(finding: Diagnostic) -> list[str]:
    """Return the texts that help says to write in the place of the finding."""
    if not re.match(r"(write|such as|did you mean|swap them:) `", finding.help or ""):
        return []
    quoted = re.findall(r"`` (.+?) ``|`([^`]+)`", finding.help or "")
    return [ticked or plain for ticked, plain in quoted]


def put(text: str, finding: Diagnostic, words: str) -> str:
    return text[: finding.span.start] + words + text[finding.span.end :]


@pytest.mark.parametrize("expected", CORPUS, ids=lambda refused: refused.rule)
def test_corpus(expected: Refusal) -> None:
    """Each line of the corpus gets its code, message, place and help."""
    (finding,) = refuse(expected.rule)
    assert Refusal.of(expected.rule, finding) == expected


@pytest.mark.parametrize("expected", CORPUS, ids=lambda refused: refused.rule)
def test_what_is_suggested_can_be_written(expected: Refusal) -> None:
    """A suggestion put in the place of the finding makes a rule that parses and checks.

    A name in several words that nothing is asked of becomes that name alone, which is next.
    """
    (finding,) = refuse(expected.rule)
    for words in suggestions(finding):
        text = put(expected.rule, finding, words)
        if finding.code == "split-name" and words == text:
            text = suggestions(*refuse(text))[0]
        assert Rule(text, SCHEMA, lists=["loyal"])


RULES = [
    "country = 'GB' AND totalSpent > 100",
    "NOT lastOrderAt within 30 days OR emailOptIn = true",
    "count of orders has (order_id is set AND gift = true) within 30 days > 3",
    "any event of type 'purchase' has total between 1 and 5 since 2026-01-01",
    "sum of total of orders has order_id starts with '/p' > 3",
    "address.country not in ('GB', 'US') AND tags contains any ('vip', 'b2b')",
    "in segment 'loyal' AND birth_day in last month",
    "last event of type 'page view' before 3 days ago AND lifecycleStage = 'loyal'",
]


@given(st.sampled_from(RULES), st.data())
def test_a_slip_never_leads_astray(rule: str, data: st.DataObject) -> None:
    """After one slip, what is suggested about words and names makes a rule again."""
    places = [n for n, character in enumerate(rule) if character.isalpha()]
    place = data.draw(st.sampled_from(places))
    before, letter, after = rule[:place], rule[place], rule[place + 1 :]
    kinds = ["drop", "double", "part", "join", *(["swap"] if after[:1].isalpha() else [])]
    kind = data.draw(st.sampled_from(kinds))
    text = {
        "drop": before + after,
        "double": before + letter + letter + after,
        "swap": before + after[:1] + letter + after[1:],
        "part": f"{before} {letter}{after}",
        "join": f"{before}-{letter}{after}",
    }[kind]
    finding = find_first(text)
    if finding is not None and finding.code in {"unknown-word", "split-name"}:
        for words in suggestions(finding):
            assert Rule(put(text, finding, words), SCHEMA, lists=["loyal"]), words


@given(st.sampled_from(RULES), st.data())
def test_half_a_rule_never_leads_astray(rule: str, data: st.DataObject) -> None:
    """While a rule is typed, what is suggested for its last word leaves no mistake but the end."""
    text = rule[: data.draw(st.integers(1, len(rule) - 1))]
    finding = find_first(text)
    if finding is None or (finding.code != "unknown-word" and "alone" not in finding.message):
        return
    for words in suggestions(finding):
        again = put(text, finding, words)
        left = find_first(again + ")" * (again.count("(") - again.count(")")))
        assert left is None or left.span.start >= len(again.rstrip()), words


def find_first(text: str) -> Diagnostic | None:
    """Return the first finding in a text; None if it is a rule."""
    try:
        Rule(text, SCHEMA, lists=["loyal"])
    except RuleError as error:
        return error.findings[0]
    return None


def test_open_schemas_take_any_name() -> None:
    """Where any name will do, a lone one gets an example of its own, and what it is close to."""
    schema = Schema.from_data({"is_open": True, "attributes": {"country": "text"}})
    assert refuse("zzz", schema)[0].help == "such as `zzz = true`"
    assert refuse("countr", schema)[0].help == (
        "did you mean `country = 'GB'`, `count of events > 3` or `countr = true`?"
    )
    assert refuse("total spent > 3", schema)[0].help == "write `` `total spent` ``"


def test_lines_and_comments() -> None:
    """A word alone is found on any line, beside comments, and in nested brackets."""
    text = "country = 'GB'  # here\nAND (NOT (totalSpent) -- there\n)"
    (finding,) = refuse(text)
    assert text[finding.span.start : finding.span.end] == "totalSpent"
    assert finding.help == "such as `totalSpent > 100`"


def test_large_schemas_stay_quick() -> None:
    """Among a thousand names a suggestion takes a moment."""
    for text in ("atribute5Valu", "attribute 5 value > 3", "atribute5Valu > 3", "attribute"):
        refuse(text, LARGE)
        started = time.perf_counter()
        finding = refuse(text, LARGE)[0]
        assert time.perf_counter() - started < 0.5
        assert suggestions(finding)
