"""From syntax and a vocabulary to conditions."""

import pickle
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given

from segrules import Limits, RuleError, Schema
from segrules.language.formatter import format_rule
from segrules.language.mistakes.mistake import CODES as MISTAKES
from segrules.language.parser import parse, parse_derivation
from segrules.language.syntax import RuleText
from segrules.meaning.calendar import DAY
from segrules.meaning.checking.checker import check, check_derivation
from segrules.meaning.checking.findings import CODES
from segrules.meaning.checking.size import DEEPEST
from segrules.meaning.conditions import (
    AggregateTest,
    And,
    Attribute,
    Condition,
    Contains,
    Equals,
    EventTest,
    Exactly,
    Fixed,
    HasAffix,
    Inlined,
    InRange,
    IsOneOf,
    IsPresent,
    Lies,
    ListTest,
    Months,
    Not,
    Now,
    Or,
    Property,
    StageTest,
    TermTest,
    That,
    ValueTest,
    Whole,
    Window,
)
from segrules.results import Diagnostic, Source
from tests.language.corpus import Refusal
from tests.meaning.shop import SHOP, mean
from tests.strategies.syntax import rules

LINES = (Path(__file__).parent / "rules" / "invalid.rules").read_text("utf-8").splitlines()
OPEN = Schema.open()
GOLD = TermTest(Attribute(("points",)), InRange(low=Decimal(10), open_low=True))
GREY = TermTest(Attribute(("points",)), IsPresent())


def point(name: str, test: ValueTest) -> TermTest:
    return TermTest(Attribute((name,)), test)


def count(event_type: str | None = "purchase", **changed: object) -> AggregateTest:
    """Return what `any event` means, or what else is counted."""
    parts: dict[str, object] = {
        "function": "count",
        "property": None,
        "distinct": False,
        "event_type": event_type,
        "filter": None,
        "window": None,
        "test": InRange(low=Decimal(1)),
    }
    return AggregateTest(**(parts | changed))  # type: ignore[arg-type]  # a table of cases


@pytest.mark.parametrize("line", LINES)
def test_refused(line: str) -> None:
    """Every finding is made at once, in text order, at its place, with what to do."""
    rule, *parts = line.split(" ### ")
    with pytest.raises(RuleError) as caught:
        mean(rule)
    found = [Refusal.of(rule, finding) for finding in caught.value.findings]
    assert found == [Refusal.read(f"{rule} ### {part}") for part in parts]


def test_every_code_is_refused_for() -> None:
    """The rules that are refused show every code there is, one for each kind of mistake."""
    shown = {
        Refusal.read(f"x ### {part}").code for line in LINES for part in line.split(" ### ")[1:]
    }
    assert shown - MISTAKES.keys() == CODES.keys() - {"too-large"}


@pytest.mark.parametrize(
    ("text", "condition"),
    [
        ("country = 'GB'", point("country", Equals("GB"))),
        ("country != 'GB'", Not(point("country", Equals("GB")))),
        ("country > 'A'", point("country", InRange(low="A", open_low=True))),
        ("country between 'A' and 'H'", point("country", InRange("A", "H"))),
        ("country not in ('GB', 'US')", Not(point("country", IsOneOf(("GB", "US"))))),
        ("points between 1 and 2", point("points", InRange(Decimal(1), Decimal(2)))),
        ("points <= 3", point("points", InRange(high=Decimal(3)))),
        ("optIn in (true, false, true)", point("optIn", IsOneOf((True, False)))),
        (
            "tags contains all ('vip', 'b2b')",
            point("tags", Contains(("vip", "b2b"), every=True, kind="tags")),
        ),
        ("country ends with 'B'", point("country", HasAffix("ends", "B"))),
        ("points is not set", Not(GREY)),
        ("`cohort` = 'x'", point("cohort", Equals("x"))),
        (
            "address.country = 'GB'",
            TermTest(Attribute(("address", "country")), Equals("GB")),
        ),
        ("renewsAt within next 2 days", point("renewsAt", Lies(Window(Now(), Exactly(2 * DAY))))),
        ("renewsAt not since 1 month ago", Not(point("renewsAt", Lies(Window(Months(-1), Now()))))),
        (
            "renewsAt between 2 days ago and 1 day ago",
            point("renewsAt", Lies(Window(Exactly(-2 * DAY), Exactly(-DAY)))),
        ),
        ("in segment 'loyal'", Inlined("loyal", And(()))),
        ("in segment 'picked'", ListTest("list", "picked")),
        ("NOT in cohort 'march'", Not(ListTest("cohort", "march"))),
        ("tier = 'gold'", StageTest("tier", (("gold", GOLD), ("grey", GREY)), Equals("gold"))),
        ("any event", count(None)),
        ("no event of type 'view'", Not(count("view"))),
        (
            "no event of type 'view' not within 1 day",
            count("view", window=Window(Exactly(-DAY), Now())),
        ),
        (
            "first event of type 'purchase' has total > 5 not within 1 day",
            Not(
                EventTest(
                    "first",
                    "purchase",
                    TermTest(Property(("total",)), InRange(low=Decimal(5), open_low=True)),
                    Window(Exactly(-DAY), Now()),
                )
            ),
        ),
        ("count of orders = 3", count(test=Equals(Decimal(3)))),
        ("count of orders != 3", Not(count(test=Equals(Decimal(3))))),
        ("count of orders < 3", count(test=InRange(high=Decimal(3), open_high=True))),
        ("count of orders between 2 and 3", count(test=InRange(Decimal(2), Decimal(3)))),
        ("count of events >= 1", count(None)),
        (
            "sum of distinct total of orders > 3",
            count(
                function="sum",
                property=("total",),
                distinct=True,
                test=InRange(low=Decimal(3), open_low=True),
            ),
        ),
        (
            "spent between 1 and 2",
            count(function="sum", property=("total",), test=InRange(Decimal(1), Decimal(2))),
        ),
        ("spent is set", count(function="sum", property=("total",), test=IsPresent())),
        (
            "spent in (1, 2)",
            count(function="sum", property=("total",), test=IsOneOf((Decimal(1), Decimal(2)))),
        ),
        ("lastOrderAt is set", EventTest("last", "purchase")),
        (
            "lastOrderAt within 1 day",
            EventTest("last", "purchase", window=Window(Exactly(-DAY), Now())),
        ),
        (
            "any event has code = 5 AND any event has code = 'x'",
            And(
                (
                    count(None, filter=TermTest(Property(("code",)), Equals(Decimal(5)))),
                    count(None, filter=TermTest(Property(("code",)), Equals("x"))),
                )
            ),
        ),
    ],
)
def test_meant(text: str, condition: Condition) -> None:
    """Names are resolved, sugar is gone, negation is only ever Not."""
    assert mean(text) == condition


def test_days() -> None:
    """A list of days is a choice of windows, each of them once."""
    meant = mean("lastOrderAt in (2026-03-14, 2026-03-14, '2026-03-15')")
    start = 1_773_446_400_000_000
    windows = (Window(Fixed(start + n * DAY), Fixed(start + (n + 1) * DAY)) for n in (0, 1))
    days = tuple(EventTest("last", "purchase", window=each) for each in windows)
    assert meant == Whole(Or(days))


def test_that() -> None:
    """`that` is the condition that finds the event, and the event itself lies outside."""
    anchor = count("view")
    meant = mean("any event of type 'view' AND no event of type 'purchase' since that view")
    assert meant == And((anchor, Not(count(window=Window(That(anchor, "after"), Now())))))


@pytest.mark.parametrize(
    "text",
    [
        "last event of type 'view' AND (points = 1 OR renewsAt after that view)",
        "last event of type 'view' AND NOT (renewsAt after that view)",
        "last event of type 'view' AND (points = 1 AND renewsAt after that view)",
        "(last event of type 'view' AND points = 1) AND renewsAt after that view",
        "no event of type 'view' AND last event of type 'view' AND renewsAt after that view",
        "first event of type 'view' AND last event of type 'view' AND renewsAt after that view",
        "points = 1 AND (points = 2 OR (last event of type 'view' AND renewsAt after that view))",
    ],
)
def test_that_reaches(text: str) -> None:
    """`that` names the nearest earlier condition on its type, in its AND group or one around."""
    cut = That(EventTest("last", "view"), "after")
    assert point("renewsAt", Lies(Window(cut))) in leaves(mean(text))


def leaves(condition: Condition) -> list[Condition]:
    match condition:
        case And(terms) | Or(terms):
            return [leaf for term in terms for leaf in leaves(term)]
        case Not(term):
            return leaves(term)
        case _:
            return [condition]


@pytest.mark.parametrize(
    ("text", "levels"),
    [
        ("points = 1", 0),
        ("(((points = 1)))", 0),
        ("points = 1 AND points = 2 AND points = 3", 1),
        ("points = 1 AND (points = 2 AND (points = 3 AND points = 4))", 1),
        ("NOT NOT NOT points = 1", 1),
        ("points != 1 AND points not between 1 and 2", 1),
        ("points = 1 AND NOT (points = 2 OR points = 3)", 3),
        ("any event has (total = 1 AND sku = 'x')", 1),
        ("points = 1 AND any event has (total = 1 AND sku = 'x')", 2),
        ("points = 1 AND count of orders has (total = 1 OR total = 2) > 1", 2),
    ],
)
def test_levels(text: str, levels: int) -> None:
    """Levels are counted on the tree as meant: what adds nothing to the meaning is not counted."""
    mean(text, limits=Limits(levels=levels))
    if levels:
        with pytest.raises(RuleError, match=f"level {levels} of AND, OR and NOT starts here"):
            mean(text, limits=Limits(levels=levels - 1))


def test_parts() -> None:
    """Each condition of the text, filters aside, is found by its place."""
    source = Source("points > 10 AND NOT (points is set) AND any event has total = 1")
    parts = check(parse(source), source, SHOP._vocabulary).parts
    places = {source.text[span.start : span.end]: part for span, part in parts.items()}
    assert list(places) == ["points > 10", "(points is set)", "any event has total = 1"]
    assert places["points > 10"] == GOLD
    assert places["(points is set)"] == GREY


def test_open() -> None:
    """An open schema takes any name, and its type from its use."""
    meant = mean("a.b = 1 AND a.b = 'x' AND a.b within 1 day AND a.b contains 'x'", OPEN)
    assert leaves(meant)[1] == TermTest(Attribute(("a", "b")), Equals("x"))
    days = mean("x between '2026-03-14' and 2026-03-15", OPEN)
    assert days == mean("x between 2026-03-14 and 2026-03-15", OPEN)
    assert mean("sum of total of refunds > 1", OPEN) == count(
        "refunds",
        function="sum",
        property=("total",),
        test=InRange(low=Decimal(1), open_low=True),
    )


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("x > true", "`true` has no order"),
        ("x between true and false", "are of unlike types or have no order"),
        ("x between 1 and 'a'", "are of unlike types or have no order"),
        ("x between 2026-03-14 and 5", "`5` is not a point in time"),
        ("x in (2026-03-14, 5)", "`x` is compared as a time, and `5` is a number"),
    ],
)
def test_open_still_refuses(text: str, message: str) -> None:
    """What makes no sense for any type is refused where types are unknown, too."""
    with pytest.raises(RuleError, match=message):
        mean(text, OPEN)


def test_unlike_values_are_unlike_conditions() -> None:
    """`x = 1` and `x = true` are two conditions, though Python takes 1 for `True`."""
    assert mean("x = 1", OPEN) != mean("x = true", OPEN)
    assert mean("x in (1)", OPEN) != mean("x in (true)", OPEN)
    assert mean("x in (1, true, 1)", OPEN) == TermTest(
        Attribute(("x",)), IsOneOf((Decimal(1), True))
    )
    assert hash(mean("x = 1", OPEN)) == hash(mean("x = 1.0", OPEN))


def test_too_much_is_refused() -> None:
    """A short text that means too much, or nests too deeply, is refused at once."""
    twice = "any event of type 'a' between that a and that a"
    with pytest.raises(RuleError, match="more than 10,000 conditions"):
        mean(" AND ".join(["any event of type 'a'", *[twice] * 40]), OPEN)
    once = "any event of type 'a' since that a"
    with pytest.raises(RuleError, match=f"nest more than {DEEPEST} deep") as caught:
        mean(" AND ".join(["any event of type 'a'", *[once] * DEEPEST]), OPEN)
    assert [finding.code for finding in caught.value.findings] == ["too-large"]
    deep = mean(" AND ".join(["any event of type 'a'", *[once] * (DEEPEST - 2)]), OPEN)
    assert pickle.loads(pickle.dumps(deep)) == deep


def test_a_flood_of_mistakes() -> None:
    """Thousands of unknown names are found in bounded time, the first of them with advice."""
    with pytest.raises(RuleError) as caught:
        mean(" OR ".join(f"x{n} = 1" for n in range(3000)))
    findings = caught.value.findings
    assert len(findings) == 3000
    assert findings[0].help is not None
    assert findings[-1].help is None


@pytest.mark.parametrize(
    ("text", "template"),
    [
        ("time of first event", EventTest("first", None)),
        ("time of last purchase", EventTest("last", "purchase")),
        ("count of orders", count(test=IsPresent())),
        (
            "sum of total of orders within 1 day",
            count(
                function="sum",
                property=("total",),
                window=Window(Exactly(-DAY), Now()),
                test=IsPresent(),
            ),
        ),
    ],
)
def test_derivations(text: str, template: Condition) -> None:
    """What an attribute derives from is a template that waits for its test."""
    source = Source(text)
    assert check_derivation(parse_derivation(source), source, SHOP._vocabulary) == template


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("time of last purchas", "unknown-event-type"),
        ("sum of orders", "aggregate-of-nothing"),
        ("count of orders since that purchase", "dangling-that"),
    ],
)
def test_derivations_refused(text: str, code: str) -> None:
    """A derivation is checked as a rule is."""
    source = Source(text)
    with pytest.raises(RuleError) as caught:
        check_derivation(parse_derivation(source), source, SHOP._vocabulary)
    assert [finding.code for finding in caught.value.findings] == [code]


@given(rules())
def test_only_our_own_errors(rule: RuleText) -> None:
    """Any tree is understood or refused, with places in its text."""
    text = format_rule(rule)
    for schema in (SHOP, OPEN):
        places = [f.span for f in findings_in(text, schema)]
        assert places == sorted(places, key=lambda span: span.start)
        assert all(0 <= span.start <= span.end <= len(text) for span in places)


def findings_in(text: str, schema: Schema) -> tuple[Diagnostic, ...]:
    try:
        mean(text, schema, limits=Limits(levels=64, characters=1_000_000))
    except RuleError as error:
        return error.findings
    return ()
