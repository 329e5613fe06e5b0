"""The six rules in CEL, as cel-python compiles it."""

from collections.abc import Callable, Mapping
from typing import Any, Final

import celpy

from benchmarks.peers.context import BIG, DAY

NAME: Final = "cel-python"


def _some(event_type: str, age: int) -> str:
    return f"events.exists(e, e.type == '{event_type}' && e.age < {age})"


def _count(event_type: str, age: int = BIG) -> str:
    return f"events.filter(e, e.type == '{event_type}' && e.age < {age}).size()"


def _sum(age: int) -> str:
    found = f"events.filter(e, e.type == 'purchase' && e.age < {age})"
    return f"{found}.reduce(total, e, 0.0, total + e.total)"


RULES: Final[Mapping[str, str]] = {
    "cart abandoners": (
        f"events.filter(c, c.type == 'cart_abandoned' && c.age < {DAY})"
        ".exists(c, !events.exists(p, p.type == 'purchase' && p.age < c.age))"
    ),
    "VIP at risk": (
        f"events[size(events) - 1].age < {60 * DAY} "
        f"&& events[size(events) - 1].age >= {14 * DAY} && {_count('purchase')} >= 3"
    ),
    "mobile shoppers": (
        f"country == 'GB' && {_count('purchase')} > 2 && {_sum(BIG)} > 250.0 "
        "&& events.exists(e, e.type == 'page_view' && e.device == 'mobile')"
    ),
    "frequent buyers": f"emailOptIn && {_count('purchase', 90 * DAY)} >= 2",
    "VIPs nearby": "country in ['GB', 'IE'] && 'vip' in tags && loyaltyPoints >= 500",
    "spenders": f"{_some('purchase', 14 * DAY)} || {_sum(180 * DAY)} > 300.0",
}


def compile_rule(name: str) -> Callable[[Any], bool]:
    """Return a rule as a function of a context."""
    environment = celpy.Environment()
    evaluate = environment.program(environment.compile(RULES[name])).evaluate
    return lambda context: bool(evaluate(context))


def adapt(context: dict[str, Any]) -> dict[str, Any]:
    """Return a context in the engine's own values."""
    return {name: celpy.json_to_cel(value) for name, value in context.items()}
