"""How large the measurements are: quick ones for every day, full ones for the published table."""

from collections.abc import Mapping
from typing import Final

from attrs import frozen

from benchmarks.workload import Size


@frozen
class Scale:
    """Sizes of everything that is measured.

    rounds: how many slices or repetitions a median is taken of. store: the store that is loaded,
    recomputed and counted as a whole. live: customers by number of segments, fewer where there are
    many, since re-evaluation would take hours. spread: the same for the costs of 10 and 2,000 side
    by side. storm: customers with six deadlines each. density: events a customer in the workload's
    180 days.
    """

    name: str
    rounds: int
    store: Size
    live: Mapping[int, int]
    density: int
    spread: int
    profile: int
    storm: int
    untriggered: int
    samples: int
    peer_samples: int
    remembered: int
    alone: int
    imports: int

    @property
    def share(self) -> float:
        """The part of the full store that this one is: absolute limits shrink with it."""
        return self.store.customers / FULL_STORE.customers

    def size(self, customers: int) -> Size:
        """Return a workload of so many customers."""
        return Size(customers, customers * self.density)


FULL_STORE: Final = Size(50_000, 1_000_000)

QUICK: Final = Scale(
    name="quick",
    rounds=6,
    store=Size(2_000, 24_000),
    live={10: 2_000, 60: 2_000, 500: 1_000, 2_000: 300},
    density=12,
    spread=500,
    profile=600,
    storm=10_000,
    untriggered=5_000,
    samples=1_000,
    peer_samples=100,
    remembered=100,
    alone=500,
    imports=3,
)

FULL: Final = Scale(
    name="full",
    rounds=10,
    store=FULL_STORE,
    live={10: 20_000, 60: 50_000, 500: 8_000, 2_000: 2_000},
    density=20,
    spread=5_000,
    profile=3_000,
    storm=50_000,
    untriggered=20_000,
    samples=1_000,
    peer_samples=100,
    remembered=300,
    alone=500,
    imports=1,
)
