"""The customers an engine knows, as a set that hosts read."""

from collections.abc import Iterable, Iterator
from collections.abc import Set as AbstractSet
from typing import Final, TypeVar

from segrules.audience.core import Core
from segrules.facts.arguments import id_or_none
from segrules.language.quantities import count

T = TypeVar("T")

SLICE: Final = 1_000


class Customers(AbstractSet[str]):
    """The ids of the customers an engine knows: a set, read-only and always up to date.

    `in` and `len` cost the same however many there are. Iteration is in the order in which the
    customers became known. It takes the engine a thousand at a time, so that other threads go on
    meanwhile: a customer who is known all the while comes once, one who becomes known comes at the
    end, and one who is forgotten may be left out. What is computed from it, such as
    `customers - members`, is a frozenset.
    """

    def __init__(self, core: Core) -> None:
        self._lock, self._population = core.lock, core.upkeep.population

    def __contains__(self, customer: object) -> bool:
        key = id_or_none(customer)
        with self._lock:
            return key in self._population.by_id

    def __iter__(self) -> Iterator[str]:
        place, known = 0, self._population.by_number
        while place < len(known):
            with self._lock:
                ids = [each.id for each in known[place : place + SLICE] if each is not None]
            yield from ids
            place += SLICE

    def __len__(self) -> int:
        with self._lock:
            return len(self._population)

    def __repr__(self) -> str:
        return f"<Customers ({count(len(self), 'customer')})>"

    @classmethod
    def _from_iterable(cls, it: Iterable[T]) -> AbstractSet[T]:
        return frozenset(it)
