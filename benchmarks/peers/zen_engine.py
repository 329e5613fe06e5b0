"""The six rules as expressions of GoRules' zen-engine, compiled."""

from collections.abc import Callable, Mapping
from typing import Any, Final

import zen

from benchmarks.peers.context import BIG, DAY

NAME: Final = "zen-engine"


def _youngest(event_type: str) -> str:
    found = f"map(filter(events, #.type == '{event_type}'), #.age)"
    return f"min(flatten([[{BIG}], {found}]))"


def _count(event_type: str, age: int = BIG) -> str:
    return f"count(events, #.type == '{event_type}' and #.age < {age})"


def _sum(age: int) -> str:
    found = f"filter(events, #.type == 'purchase' and #.age < {age})"
    return f"sum(flatten([[0], map({found}, #.total)]))"


RULES: Final[Mapping[str, str]] = {
    "cart abandoners": (
        f"{_youngest('cart_abandoned')} < {DAY} "
        f"and {_youngest('purchase')} >= {_youngest('cart_abandoned')}"
    ),
    "VIP at risk": (
        f"{_count('purchase')} >= 3 and events[len(events) - 1].age < {60 * DAY} "
        f"and events[len(events) - 1].age >= {14 * DAY}"
    ),
    "mobile shoppers": (
        f"country == 'GB' and {_count('purchase')} > 2 and {_sum(BIG)} > 250 "
        "and some(events, #.type == 'page_view' and #.device == 'mobile')"
    ),
    "frequent buyers": f"emailOptIn == true and {_count('purchase', 90 * DAY)} >= 2",
    "VIPs nearby": "country in ['GB', 'IE'] and 'vip' in tags and loyaltyPoints >= 500",
    "spenders": f"{_youngest('purchase')} < {14 * DAY} or {_sum(180 * DAY)} > 300",
}


def compile_rule(name: str) -> Callable[[Any], bool]:
    """Return a rule as a function of a context."""
    evaluate = zen.compile_expression(RULES[name]).evaluate
    return lambda context: bool(evaluate(context))


def adapt(context: dict[str, Any]) -> dict[str, Any]:
    """Return a context in the engine's own values."""
    return context
