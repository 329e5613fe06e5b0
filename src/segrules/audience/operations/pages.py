"""Members in pages: in an order that joining and leaving does not disturb."""

from collections.abc import Iterator
from itertools import islice
from sys import maxsize

from attrs import frozen

from segrules.audience.catalogue.catalogue import Listed
from segrules.audience.catalogue.segment import Dynamic
from segrules.audience.core import Core
from segrules.audience.upkeep.people import Population
from segrules.data import Data, read_fields, write_fields
from segrules.facts.arguments import ArgumentError, FactError, is_count, to_name
from segrules.language.quantities import count


@frozen(repr=False)
class MemberPage:
    """Some members of a segment or list, in the order in which the engine came to know them.

    after: what to give as `after` to read the next page; None if there are no more. `len` and
    iteration are those of the members.
    """

    members: tuple[str, ...]
    after: int | None

    @classmethod
    def from_data(cls, data: object) -> "MemberPage":
        """Return the page that `to_data` has written; raises DataError."""
        return read_fields(cls, data)

    def to_data(self) -> Data:
        """Return the page as JSON types; `from_data` reads it back."""
        return write_fields(self)

    def __iter__(self) -> Iterator[str]:
        return iter(self.members)

    def __len__(self) -> int:
        return len(self.members)

    def __repr__(self) -> str:
        more = "the last" if self.after is None else f"after={self.after}"
        return f"<MemberPage ({count(len(self), 'member')}, {more})>"


def read_page(
    core: Core, audience: Dynamic | Listed, after: str | int | None, limit: int | None
) -> MemberPage:
    """Return the members that come after a customer, by the customers' numbers.

    A customer's number never changes and is given to no other, so a member who stays is neither
    skipped nor repeated, whatever changes between two pages.
    """
    if limit is None or not is_count(limit):
        raise ArgumentError(
            "`limit` is the largest number of members in a page, from 1 on", subject="limit"
        )
    population = core.upkeep.population
    start = 0 if after is None else _number_of(population, after) + 1
    found = list(
        islice(_find_numbers(population, audience, start, limit), min(limit, maxsize - 1) + 1)
    )
    people = (population.by_number[number] for number in found[:limit])
    members = tuple(person.id for person in people if person is not None)
    return MemberPage(members, found[limit - 1] if len(found) > limit else None)


def _number_of(population: Population, after: str | int) -> int:
    """Return a customer's number; raise FactError if the id is unknown."""
    if isinstance(after, int):
        if not is_count(after, least=0):
            raise ArgumentError(
                "`after` is what a page has as `after`, or a customer's id", subject="after"
            )
        return after
    person = population.by_id.get(to_name(after, "`after`"))
    if person is None:
        raise FactError(
            "the customer in `after` is unknown, perhaps forgotten or merged meanwhile: give what "
            "the page has as `after`",
            code="unknown-customer",
            subject="after",
        )
    return person.number


def _find_numbers(
    population: Population, audience: Dynamic | Listed, start: int, limit: int
) -> Iterator[int]:
    """Yield the numbers of members from a number on, in order."""
    if isinstance(audience, Dynamic):
        yield from audience.members.find_from(start)
    elif len(audience.members) <= limit:
        numbers = sorted(population.by_id[customer].number for customer in audience.members)
        yield from (number for number in numbers if number >= start)
    else:
        # All pages together walk over the customers once.
        for number in range(start, len(population.by_number)):
            person = population.by_number[number]
            if person is not None and person.id in audience.members:
                yield number
