"""Time taken side by side: CPU seconds of interleaved rounds, the collector kept out of them."""

import gc
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from statistics import geometric_mean, median
from time import process_time
from typing import TypeAlias

Seconds: TypeAlias = tuple[float, ...]


@contextmanager
def collector_off() -> Iterator[None]:
    """Keep the garbage collector from running, after it has had its turn; may be nested.

    What there is by then is not looked at again until the outermost of these ends.
    """
    is_outermost = gc.isenabled()
    gc.disable()
    gc.collect()
    gc.freeze()
    try:
        yield
    finally:
        if is_outermost:
            gc.unfreeze()
            gc.enable()


def cpu_seconds(work: Callable[[], object]) -> float:
    """Return the CPU seconds that work takes."""
    start = process_time()
    work()
    return process_time() - start


def interleave(contestants: Mapping[str, Callable[[], object]], rounds: int) -> dict[str, Seconds]:
    """Return each contestant's CPU seconds by round; in each round another one begins."""
    names = [*contestants]
    taken: dict[str, list[float]] = {name: [] for name in names}
    with collector_off():
        for number in range(rounds):
            place = number % len(names)
            for name in names[place:] + names[:place]:
                taken[name].append(cpu_seconds(contestants[name]))
    return {name: tuple(seconds) for name, seconds in taken.items()}


def ratio(over: Seconds, under: Seconds) -> float:
    """Return the median of the ratios, round by round."""
    return median(o / u for o, u in zip(over, under, strict=True))


def middle(seconds: Seconds, pieces: float = 1, scale: float = 1e6) -> float:
    """Return the median for one of so many pieces, in microseconds unless scaled otherwise."""
    return median(seconds) / pieces * scale


def mean_ratio(ratios: Mapping[str, float]) -> float:
    """Return the geometric mean, as ratios are averaged."""
    return geometric_mean(ratios.values())
