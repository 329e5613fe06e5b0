"""The size of a rule as meant: with the segments, stages and events that it refers to unfolded.

A short text can mean much: a segment may name another twice, which names a third twice. What is
too large to be evaluated in reasonable time, or nests too deeply to be walked, is refused.
"""

from typing import Final

from segrules.meaning.conditions import Condition, parts

LARGEST: Final = 10_000
"""How many conditions a rule may come to."""
DEEPEST: Final = 100
"""How deep they may nest."""


def measure(condition: Condition) -> tuple[int, int]:
    """Return how many conditions one comes to and how deep they nest; stop past a limit."""
    size = depth = 0
    waiting = [(condition, 1)]
    while waiting and size <= LARGEST and depth <= DEEPEST:
        each, level = waiting.pop()
        size, depth = size + 1, max(depth, level)
        waiting.extend((part, level + 1) for part in parts(each))
    return size, depth
