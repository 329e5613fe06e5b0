"""Names that depend on each other, each put after those it needs."""

from collections.abc import Hashable, Iterable, Mapping
from graphlib import CycleError, TopologicalSorter
from typing import TypeVar

K = TypeVar("K", bound=Hashable)


def put_in_order(needs: Mapping[K, Iterable[K]]) -> tuple[list[K], list[list[K]]]:
    """Return the keys, each after those it needs, and the circles among them.

    A circle goes from a key to one it needs and so on, until the last needs the first. Its keys are
    in the order too, as if they needed nothing.
    """
    waiting = {key: list(each) for key, each in needs.items()}
    circles: list[list[K]] = []
    while True:
        try:
            return list(TopologicalSorter(waiting).static_order()), circles
        except CycleError as error:
            # graphlib tells a circle from the needed to the needing, and its first key twice.
            circle = error.args[1][:0:-1]
            circles.append(circle)
            waiting |= {key: [] for key in circle}
