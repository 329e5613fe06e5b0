"""The door: what it costs to read facts by a schema, beside making them exact without one."""

from collections.abc import Callable, Sequence
from functools import partial
from typing import Any

from benchmarks.asking import draw_questions
from benchmarks.by_hand import RULES
from benchmarks.measuring import interleave, middle, ratio
from benchmarks.results import TIMES, Row
from benchmarks.scale import Scale
from benchmarks.workload import SCHEMA
from segrules import Customer, Event, Rule


def measure(scale: Scale) -> tuple[Row, ...]:
    """Measure the first question about a customer, and the events of a webhook."""
    return _first_question(scale), _events(scale)


def _first_question(scale: Scale) -> Row:
    """Measure the first question about a customer, which reads the facts that later ones use."""
    name, questions = next(iter(draw_questions(RULES, scale.samples).items()))
    rule = Rule(RULES[name].text, SCHEMA)
    made = [(customer, at, list(customer.events)) for customer, at in questions]
    taken = interleave(
        {
            "made": lambda: [_make(customer, events) for customer, _, events in made],
            "made and asked": lambda: [
                rule.matches(_make(customer, events), at=at) for customer, at, events in made
            ],
            "asked again": lambda: [rule.matches(customer, at=at) for customer, at, _ in made],
        },
        scale.rounds,
    )
    first, made_alone, again = (
        middle(taken[each], len(made)) for each in ("made and asked", "made", "asked again")
    )
    events = sum(len(each) for *_, each in made) / len(made)
    return Row(
        "door",
        "reading a customer at the first question ÷ making the customer",
        None,
        (first - made_alone - again) / made_alone,
        TIMES,
        f"customers of {events:.0f} events; later questions cost nothing more",
        {"made, us": made_alone, "made and asked, us": first, "asked again, us": again},
    )


def _make(customer: Customer, events: Sequence[Event]) -> Customer:
    return Customer(customer.id, customer.attributes, events)


def _events(scale: Scale) -> Row:
    """Measure an event out of JSON, read by the schema, beside one made of exact values."""
    number = scale.samples
    exact = [{"total": n / 4, "items": n % 5, "coupon": "SPRING"} for n in range(number)]
    sent = [{**each, "total": str(each["total"]), "line_items": [{"sku": n}]}
            for n, each in enumerate(exact)]  # fmt: skip
    at = "2026-03-14T12:00:00+01:00"
    moment = SCHEMA.event("purchase", at).at
    taken = interleave(
        {
            "made": partial(_each, lambda each: Event("purchase", moment, each), exact),
            "read": partial(_each, lambda each: SCHEMA.event("purchase", at, each), sent),
        },
        scale.rounds,
    )
    return Row(
        "door",
        "`schema.event` of JSON, money as text ÷ `Event` of exact values",
        None,
        ratio(taken["read"], taken["made"]),
        TIMES,
        "",
        {f"{name}, us": middle(each, number) for name, each in taken.items()},
    )


def _each(make: Callable[[Any], object], values: Sequence[Any]) -> None:
    for value in values:
        make(value)
