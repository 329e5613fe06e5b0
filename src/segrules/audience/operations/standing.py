"""A customer's standing in a segment, explained: what the rule says, and who is in it meanwhile."""

from datetime import datetime

from attrs import frozen

from segrules.audience.catalogue.segment import Segment, SegmentError, describe
from segrules.audience.core import Core, to_moment
from segrules.evaluation.explanation import Explanation, write_moment
from segrules.facts.customer import Customer
from segrules.language.formatter import format_node
from segrules.language.syntax import Membership, Text


@frozen
class Standing:
    """What an engine knows of a customer and a segment at its clock."""

    segment: Segment
    customer: Customer
    now: datetime
    is_known: bool
    is_member: bool


def find_standing(core: Core, name: str, customer: Customer) -> Standing:
    """Return a customer's standing in a dynamic segment; raises SegmentError without a clock."""
    segment = core.catalogue.get_segment(name)
    if core.now is None:
        raise SegmentError(
            "the engine has no clock yet: there is no instant to explain", code="no-clock"
        )
    person = core.upkeep.population.by_id.get(customer.id)
    return Standing(
        describe(segment),
        customer,
        to_moment(core.now),
        person is not None,
        person is not None and core.upkeep.is_member(segment, person),
    )


def explain_standing(standing: Standing, *, redact: bool) -> Explanation:
    """Return why a customer is in a segment, or is not.

    Where the rule alone does not decide, because the segment holds its members or the customer is
    unknown, the membership comes first and what the rule says is below it.
    """
    segment, now = standing.segment, standing.now
    says = segment.rule.explain(standing.customer, at=now, redact=redact)
    asked = format_node(Membership("segment", Text(segment.name)))
    if not standing.is_known:
        found = "the customer is unknown to the engine, and so in no segment"
        return Explanation(asked, found, False, None, (says,))  # noqa: FBT003  # a field of a value
    if segment.refresh.kind == "live":
        return says
    zone = segment.rule.schema._vocabulary.calendar.zone
    due, since = segment.next_refresh, segment.refreshed_at
    words = {
        (True, True): "in it",
        (True, False): "still in it",
        (False, True): "not in it yet",
        (False, False): "not in it",
    }
    found = words[standing.is_member, says.holds]
    if since is not None:
        found += f" since the refresh of {write_moment(since, zone)}"
    asked += f" ({segment.refresh})"
    return Explanation(asked, found, standing.is_member, due and due.astimezone(zone), (says,))
