"""Careless hosts: what is no argument at all, and arguments that call the engine themselves."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest

from segrules import Cohort, Engine, Event, Rule, SegrulesError
from tests.audience.shop import NOON, SCHEMA, purchase, shop

BAD: list[tuple[Callable[[Engine, Any], object], str]] = [
    (lambda e, _: e.add_segment([], "no event"), "a name is text"),  # type: ignore[arg-type]  # what must fail
    (lambda e, _: e.add_segments("ab"), "each of `segments` must be"),  # type: ignore[arg-type]  # the same
    (lambda e, wrong: e.add_segments(wrong), "`segments` must be"),
    (lambda e, wrong: e.add_segments(wrong, history=[]), "`segments` must be"),
    (lambda e, _: e.add_segments({"new": "no event"}, history=5), "`history` must be pairs"),  # type: ignore[arg-type]  # the same
    (lambda e, _: e.add_segments({"a": "no event"}, history=["ab"]), "`history` must be pairs"),  # type: ignore[list-item]  # the same
    (lambda e, _: e.segments_of([]), "a customer's id"),  # type: ignore[arg-type]  # the same
    (lambda e, _: e.customer([]), "a customer's id"),  # type: ignore[arg-type]  # the same
    (lambda e, _: e.explain("buyers", {}), "a customer's id"),  # type: ignore[arg-type]  # the same
    (lambda _, wrong: Cohort.capture("new", Rule("no event", SCHEMA), wrong, at=NOON), "customers"),
]  # fmt: skip


@pytest.mark.parametrize(("act", "words"), BAD)
@pytest.mark.parametrize("wrong", [None, 5, object()])
def test_wrong_types(act: Callable[[Engine, Any], object], words: str, wrong: object) -> None:
    """What is no name, no mapping and no collection is refused in words, and changes nothing."""
    engine = shop(buyers="count of orders >= 1")
    before = dict(engine.segments), engine.audit, engine.customers, engine.stats
    with pytest.raises(SegrulesError, match=words):
        act(engine, wrong)
    assert before == (dict(engine.segments), engine.audit, engine.customers, engine.stats)


def test_history_out_of_the_engine() -> None:
    """A source of events that itself changes the engine is read before anything begins."""
    engine = shop("rules", buyers="count of orders >= 1")
    engine.apply(purchase(event_id="o1"), customer="ann", at=NOON)

    def source() -> Iterator[tuple[str, Event]]:
        engine.add_segment("british", "country = 'GB'")
        engine.set_attributes("ann", {"country": "GB"}, at=NOON)
        engine.apply(purchase(event_id="o2"), customer="bob", at=NOON)
        engine.remove_segment("buyers")
        yield "ann", purchase(event_id="o1")
        yield "bob", purchase(event_id="o2")

    engine.add_segments({"rich": "sum of total of orders >= 10"}, history=source())
    assert list(engine.segments) == ["british", "rich"]
    assert engine.members("british") == {"ann"}
    assert engine.members("rich") == {"ann", "bob"}
    engine.set_attributes("ann", {"country": "US"}, at=NOON)
    assert engine.members("british") == frozenset()


def test_a_list_made_twice() -> None:
    """Members that make or remove their list themselves do so before it is looked at."""
    engine = shop()

    def make() -> Iterator[str]:
        engine.lists.add("press", ["bob"])
        yield "ann"

    def remove() -> Iterator[str]:
        engine.lists.drop("press")
        yield "ann"

    with pytest.raises(SegrulesError, match="already"):
        engine.lists.add("press", make())
    assert engine.members("press") == {"bob"}
    with pytest.raises(SegrulesError, match="unknown list"):
        engine.lists.edit("press", add=remove())
    assert tuple(engine.customers) == ("bob",)
