"""How large a rule is as meant: with the segments, stages and events that it refers to unfolded.

A short text can mean much: a segment may name another twice, which names a third twice. What is
too large to be asked in reasonable time, or nests too deeply to be walked, is refused.
"""

from collections.abc import Iterator
from typing import Final, assert_never

from segrules.meaning.conditions import (
    AggregateTest,
    And,
    Condition,
    EventTest,
    Inlined,
    Lies,
    ListTest,
    Not,
    Or,
    StageTest,
    TermTest,
    Whole,
)
from segrules.meaning.windows import That, Window

LARGEST: Final = 10_000
"""How many conditions a rule may come to."""
DEEPEST: Final = 100
"""How deep they may nest."""


def parts(condition: Condition) -> Iterator[Condition]:
    """Yield what a condition is directly made of, the events its windows refer to included."""
    match condition:
        case And(terms) | Or(terms):
            yield from terms
        case Not(inner) | Inlined(condition=inner) | Whole(inner):
            yield inner
        case StageTest(stages=stages):
            for _, inner in stages:
                yield inner
        case EventTest() | AggregateTest():
            if condition.filter is not None:
                yield condition.filter
            if condition.window is not None:
                yield from _anchors(condition.window)
        case TermTest(_, Lies(window)):
            yield from _anchors(window)
        case TermTest() | ListTest():
            pass
        case _:
            assert_never(condition)


def measure(condition: Condition) -> tuple[int, int]:
    """Return how many conditions one comes to and how deep they nest; past a limit, no further."""
    size = depth = 0
    waiting = [(condition, 1)]
    while waiting and size <= LARGEST and depth <= DEEPEST:
        each, level = waiting.pop()
        size, depth = size + 1, max(depth, level)
        waiting.extend((part, level + 1) for part in parts(each))
    return size, depth


def _anchors(window: Window) -> Iterator[EventTest | AggregateTest]:
    for cut in (window.start, window.end):
        if isinstance(cut, That):
            yield cut.anchor
