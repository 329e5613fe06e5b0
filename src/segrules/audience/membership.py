"""Who is in what now: an index in both directions."""

from attrs import define, field


@define(eq=False)
class Membership:
    """Segments and their members, customers and their segments."""

    members: dict[str, set[str]] = field(factory=dict)
    segments: dict[str, set[str]] = field(factory=dict)

    def add_segment(self, segment: str) -> None:
        """Make room for a segment without members."""
        self.members[segment] = set()

    def remove_segment(self, segment: str) -> None:
        """Forget a segment and who was in it."""
        for customer in self.members.pop(segment):
            self.segments[customer].discard(segment)

    def put(self, customer: str, segment: str, *, member: bool) -> bool:
        """Let a customer in or out of a segment; True where that changes anything."""
        members = self.members[segment]
        if (customer in members) is member:
            return False
        if member:
            members.add(customer)
            self.segments.setdefault(customer, set()).add(segment)
        else:
            members.remove(customer)
            self.segments[customer].remove(segment)
        return True

    def all_members(self, segment: str) -> frozenset[str]:
        """Return who is in a segment."""
        return frozenset(self.members[segment])

    def segments_of(self, customer: str) -> frozenset[str]:
        """Return the segments that a customer is in."""
        return frozenset(self.segments.get(customer, ()))
