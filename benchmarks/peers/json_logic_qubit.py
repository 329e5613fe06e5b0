"""The six rules in JsonLogic, as json-logic-qubit evaluates it; it has nothing to compile."""

from collections.abc import Callable, Mapping
from functools import partial
from typing import Any, Final, TypeAlias

from json_logic import jsonLogic

from benchmarks.peers.context import BIG, DAY

NAME: Final = "json-logic-qubit"

Logic: TypeAlias = dict[str, Any]


def _var(name: str) -> Logic:
    return {"var": name}


def _of(event_type: str, *more: Logic) -> Logic:
    return {"and": [{"==": [_var("type"), event_type]}, *more]}


def _younger(age: int) -> Logic:
    return {"<": [_var("age"), age]}


def _filter(test: Logic) -> Logic:
    return {"filter": [_var("events"), test]}


def _fold(rows: Logic, step: Logic, start: float) -> Logic:
    return {"reduce": [rows, step, start]}


def _count(event_type: str, age: int = BIG) -> Logic:
    step = {"+": [_var("accumulator"), 1]}
    return _fold(_filter(_of(event_type, _younger(age))), step, 0)


def _sum(age: int) -> Logic:
    step = {"+": [_var("accumulator"), _var("current.total")]}
    return _fold(_filter(_of("purchase", _younger(age))), step, 0)


def _youngest(event_type: str) -> Logic:
    step = {"min": [_var("accumulator"), _var("current.age")]}
    return _fold(_filter(_of(event_type)), step, BIG)


LATEST: Final = _fold(_var("events"), {"min": [_var("accumulator"), _var("current.age")]}, BIG)

RULES: Final[Mapping[str, Logic]] = {
    "cart abandoners": {
        "and": [
            {"<": [_youngest("cart_abandoned"), DAY]},
            {">=": [_youngest("purchase"), _youngest("cart_abandoned")]},
        ]
    },
    "VIP at risk": {
        "and": [
            {"<": [LATEST, 60 * DAY]},
            {">=": [LATEST, 14 * DAY]},
            {">=": [_count("purchase"), 3]},
        ]
    },
    "mobile shoppers": {
        "and": [
            {"==": [_var("country"), "GB"]},
            {">": [_count("purchase"), 2]},
            {">": [_sum(BIG), 250]},
            {"some": [_var("events"), _of("page_view", {"==": [_var("device"), "mobile"]})]},
        ]
    },
    "frequent buyers": {"and": [_var("emailOptIn"), {">=": [_count("purchase", 90 * DAY), 2]}]},
    "VIPs nearby": {
        "and": [
            {"in": [_var("country"), ["GB", "IE"]]},
            {"in": ["vip", _var("tags")]},
            {">=": [_var("loyaltyPoints"), 500]},
        ]
    },
    "spenders": {"or": [{"<": [_youngest("purchase"), 14 * DAY]}, {">": [_sum(180 * DAY), 300]}]},
}


def compile_rule(name: str) -> Callable[[Any], bool]:
    """Return a rule as a function of a context."""
    apply: Callable[[Any], bool] = partial(jsonLogic, RULES[name])
    return apply


def adapt(context: dict[str, Any]) -> dict[str, Any]:
    """Return a context in the engine's own values."""
    return context
