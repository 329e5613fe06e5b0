"""The six rules in rule-engine's language, compiled."""

from collections.abc import Callable, Mapping
from typing import Any, Final

import rule_engine

from benchmarks.peers.context import BIG, DAY

NAME: Final = "rule-engine"


def _any(test: str) -> str:
    return f"$any([{test} for e in events])"


def _count(event_type: str, age: int = BIG) -> str:
    return f"[e for e in events if e['type'] == '{event_type}' and e['age'] < {age}].length"


def _sum(age: int) -> str:
    return f"$sum([e['total'] for e in events if e['type'] == 'purchase' and e['age'] < {age}])"


MOBILE: Final = _any("e['type'] == 'page_view' and e['device'] == 'mobile'")
RECENT: Final = _any(f"e['type'] == 'purchase' and e['age'] < {14 * DAY}")

RULES: Final[Mapping[str, str]] = {
    "cart abandoners": _any(
        f"e['type'] == 'cart_abandoned' and e['age'] < {DAY} and not "
        "$any([p['type'] == 'purchase' and p['age'] < e['age'] for p in events])"
    ),
    "VIP at risk": (
        f"{_count('purchase')} >= 3 and events[-1]['age'] < {60 * DAY} "
        f"and events[-1]['age'] >= {14 * DAY}"
    ),
    "mobile shoppers": (
        f"country == 'GB' and {_count('purchase')} > 2 and {_sum(BIG)} > 250 and {MOBILE}"
    ),
    "frequent buyers": f"emailOptIn and {_count('purchase', 90 * DAY)} >= 2",
    "VIPs nearby": "country in ['GB', 'IE'] and 'vip' in tags and loyaltyPoints >= 500",
    "spenders": f"{RECENT} or {_sum(180 * DAY)} > 300",
}


def compile_rule(name: str) -> Callable[[Any], bool]:
    """Return a rule as a function of a context."""
    matches: Callable[[Any], bool] = rule_engine.Rule(RULES[name]).matches
    return matches


def adapt(context: dict[str, Any]) -> dict[str, Any]:
    """Return a context in the engine's own values."""
    return context
