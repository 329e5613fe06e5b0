"""One rule asked about one customer: beside Python written by hand, and beside expression engines.

Six rules: the product page's three examples and three more. Means over them are geometric, as those
of ratios are.
"""

from collections.abc import Callable, Sequence
from datetime import datetime
from functools import partial
from importlib import import_module
from types import ModuleType
from typing import Any, Final

from benchmarks.asking import Question, draw_questions
from benchmarks.by_hand import RULES
from benchmarks.measuring import Seconds, interleave, mean_ratio, middle, ratio
from benchmarks.peers.context import make_context
from benchmarks.results import TIMES, Limit, Row, at_least, at_most, require_equal
from benchmarks.scale import Scale
from benchmarks.workload import SCHEMA
from segrules import Customer, Rule

PEERS: Final = ("zen_engine", "json_logic_qubit", "rule_engine", "cel_python")


def measure(scale: Scale) -> tuple[Row, ...]:
    """Measure both."""
    questions = draw_questions(RULES, scale.samples)
    few = draw_questions(RULES, scale.peer_samples)
    return (*_by_hand(scale, questions), *(_beside(scale, peer, few) for peer in PEERS))


def _by_hand(scale: Scale, questions: dict[str, list[Question]]) -> list[Row]:
    taken: dict[str, dict[str, Seconds]] = {}
    for name, asked in questions.items():
        rule, function = Rule(RULES[name].text, SCHEMA), RULES[name].function
        expected = [function(customer, at) for customer, at in asked]
        require_equal(name, expected, [rule.matches(c, at=at) for c, at in asked])
        require_equal(name, expected, [rule.verdict(c, at=at).holds for c, at in asked])
        taken[name] = interleave(
            {
                "by hand": partial(_call, function, asked),
                "matches": partial(_ask, rule.matches, asked),
                "verdict": partial(_ask, rule.verdict, asked),
            },
            scale.rounds * 3,
        )
    return [
        _mean("matches", at_most(2), taken, scale.samples),
        _mean("verdict", at_most(5), taken, scale.samples),
    ]


def _mean(way: str, limit: Limit, taken: dict[str, dict[str, Seconds]], samples: int) -> Row:
    ratios = {name: ratio(each[way], each["by hand"]) for name, each in taken.items()}
    return Row(
        "one rule",
        f"one rule, one customer, `{way}` ÷ by hand, mean of {len(ratios)} rules",
        limit,
        mean_ratio(ratios),
        TIMES,
        ", ".join(f"{name} {each:.2g}" for name, each in ratios.items()),
        {
            f"{name}, {kind}, us": middle(each[kind], samples)
            for name, each in taken.items()
            for kind in (way, "by hand")
        },
    )


def _beside(scale: Scale, peer: str, questions: dict[str, list[Question]]) -> Row:
    try:
        module = import_module(f"benchmarks.peers.{peer}")
    except ImportError as error:
        note = f"not available: {error.name} is not installed"
        return Row("one rule", f"{peer} ÷ `matches`", at_least(10), None, TIMES, note)
    taken = {
        name: interleave(_contestants(module, name, asked), max(3, scale.rounds // 2))
        for name, asked in questions.items()
    }
    ahead, slower = (
        {name: ratio(each["peer"], each[other]) for name, each in taken.items()}
        for other in ("matches", "by hand")
    )
    return Row(
        "one rule",
        f"{module.NAME} ÷ `matches`, mean of {len(ahead)} rules",
        at_least(10),
        mean_ratio(ahead),
        TIMES,
        f"{mean_ratio(slower):,.0f}{TIMES} by hand; "
        + ", ".join(f"{name} {each:,.3g}" for name, each in ahead.items()),
        {
            f"{name}, {kind}, us": middle(each[kind], scale.peer_samples)
            for name, each in taken.items()
            for kind in each
        },
    )


def _contestants(
    module: ModuleType, name: str, asked: Sequence[Question]
) -> dict[str, Callable[[], None]]:
    rule, function = Rule(RULES[name].text, SCHEMA), RULES[name].function
    theirs: Callable[[Any], bool] = module.compile_rule(name)
    contexts = [module.adapt(make_context(customer, at)) for customer, at in asked]
    expected = [function(customer, at) for customer, at in asked]
    require_equal(f"{module.NAME}, {name}", expected, [theirs(each) for each in contexts])
    return {
        "peer": partial(_evaluate, theirs, contexts),
        "matches": partial(_ask, rule.matches, asked),
        "by hand": partial(_call, function, asked),
    }


def _call(function: Callable[[Customer, datetime], bool], asked: Sequence[Question]) -> None:
    for customer, at in asked:
        function(customer, at)


def _ask(method: Callable[..., object], asked: Sequence[Question]) -> None:
    for customer, at in asked:
        method(customer, at=at)


def _evaluate(rule: Callable[[Any], bool], contexts: Sequence[Any]) -> None:
    for context in contexts:
        rule(context)
