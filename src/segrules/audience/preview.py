"""Who a rule would select, before anybody saves it."""

from attrs import frozen


@frozen
class Preview:
    """Who a rule would select now, with nothing saved.

    customers: how many there are to choose from. members: who would be in. joins, leaves: how that
    differs from the segment it was compared with; without one, everybody joins.
    """

    customers: int
    members: frozenset[str]
    joins: frozenset[str]
    leaves: frozenset[str]

    @property
    def count(self) -> int:
        """How many customers would be in."""
        return len(self.members)

    @property
    def share(self) -> float:
        """The part of all customers that would be in, from 0 to 1."""
        return len(self.members) / self.customers if self.customers else 0.0
