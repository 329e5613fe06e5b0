"""Identity: two customers who turn out to be one, and one who is to be forgotten."""

from array import array
from collections.abc import Iterable

from segrules.audience.core import Core, to_moment
from segrules.audience.records.change import ERASURE, MERGE, Change
from segrules.audience.upkeep.people import Person
from segrules.audience.upkeep.replan import gather_tracks
from segrules.audience.upkeep.upkeep import Move, Upkeep
from segrules.facts.arguments import FactError
from segrules.facts.exact import exact_sum
from segrules.facts.history import Fingerprints, History, Track
from segrules.plan.needs import Need, prune_log, prune_track


def merge(
    core: Core, anonymous: str, known: str, at: int, by: str | None, *, missing_ok: bool
) -> list[Change]:
    """Make one customer of two; the anonymous one is removed.

    missing_ok: if the anonymous customer is unknown, only let time pass.
    """
    upkeep = core.upkeep
    other = upkeep.population.by_id.get(anonymous)
    if anonymous == known:
        raise FactError(
            "a customer cannot be merged with itself: both ids are the same", code="same-customer"
        )
    if other is None:
        if missing_ok:
            return core.advance_before(at, upkeep.population.by_id.get(known))
        raise FactError(
            "the anonymous customer is unknown: it has had no facts yet, or is merged already; "
            "pass `missing_ok=True` if that is fine",
            code="unknown-customer",
            subject="anonymous",
        )
    is_new = known not in upkeep.population.by_id
    if not is_new:
        check_ids(other.history, upkeep.population.by_id[known].history)
    changes = core.advance_before(at, None)
    person = upkeep.get_or_add(known)
    changes += core.catch_up(other, person)
    moves = end_memberships(upkeep, other, person)
    merge_history(upkeep, other, person, core.clock)
    upkeep.population.remove(other)
    noted = core.publish(moves, MERGE)
    for name, each in core.catalogue.lists.items():
        if anonymous in each.members:
            each.members.remove(anonymous)
            noted += core.publish_list(anonymous, name, MERGE, joined=False)
            if known not in each.members:
                each.members.add(known)
                noted += core.publish_list(known, name, MERGE, joined=True)
    for name, number in {**other.aliases, anonymous: core.feed.newest}.items():
        person.aliases[name] = max(number, person.aliases.get(name, 0))
    if upkeep.deferred.pop(other.number, None) is not None or person.is_deferred:
        upkeep.defer(person)
        for segment in core.catalogue.segments.values():
            # A refresh that left out one of the two has left out the one they are now.
            if segment.schedule is not None and other.number in segment.schedule.missed:
                segment.schedule.missed.add(person.number)
    else:
        families = upkeep.plan.families.values()
        flips = upkeep.evaluate(person, families, core.clock)
        noted += core.apply_flips(person, flips, MERGE, is_new=is_new)
    core.audit("merge", (), by, customers=2, changes=len(noted))
    return changes + noted


def forget(core: Core, customer: str, by: str | None) -> list[Change]:
    """Erase a customer; return the changes, which the feed does not keep."""
    upkeep = core.upkeep
    person = upkeep.population.by_id.get(customer)
    changes: list[Change] = []
    if person is not None:
        at = to_moment(core.clock)
        left = [segment.name for _, segment, _ in end_memberships(upkeep, person)]
        left += [name for name, each in core.catalogue.lists.items() if customer in each.members]
        for each in core.catalogue.lists.values():
            each.members.discard(customer)
        changes = [Change(customer, name, joined=False, at=at, cause=ERASURE) for name in left]
        upkeep.deferred.pop(person.number, None)
        upkeep.population.remove(person)
        for log in person.history.by_type.values():
            for instant in log.times:
                upkeep.note_instant(instant, core.clock)
    feed, aliases = core.feed, {} if person is None else person.aliases
    ids = [customer] if person is None else upkeep.population.ids_of(person)
    is_found = erase_from_cohorts(core, ids)
    feed.forget({**aliases, customer: feed.newest})
    number = int(is_found or person is not None)
    core.audit("forget", (), by, customers=number, changes=len(changes))
    return changes


def merge_history(upkeep: Upkeep, other: Person, known: Person, now: int) -> None:
    """Give one customer all facts of another; an attribute that both have stays as it is.

    Of two events with the same id the known customer's stays.
    """
    mine, theirs = known.history, other.history
    for name, value in theirs.attributes.items():
        if mine.attributes.get(name) is None:
            mine.attributes[name] = value
    mine.lists = mine.lists | theirs.lists
    for log in theirs.by_type.values():
        for event in log.events:
            if event.id is None or event.id not in mine.ids:
                mine.keep(event)
    if isinstance(mine.ids, set) and isinstance(theirs.ids, set):
        mine.ids |= theirs.ids
    if isinstance(mine.ids, Fingerprints) and isinstance(theirs.ids, Fingerprints):
        mine.ids.seen = array("q", sorted([*mine.ids.seen, *theirs.ids.seen]))
    if upkeep.keeps_all:
        mine.tracks.clear()
        gather_tracks([known], upkeep.plan.subscriptions)
    else:
        _unite_tracks(upkeep, mine, theirs, now)


def check_ids(one: History, other: History) -> None:
    """Raise FactError if both have had an event of the same id, and its content is forgotten."""
    if not isinstance(one.ids, Fingerprints) or not isinstance(other.ids, Fingerprints):
        return
    if any(map(one.ids.has, other.ids.seen)):
        raise FactError(
            "both customers have had events with the same id, and this engine has forgotten what "
            "they were (it retains what its rules ask): they cannot be counted once"
        )


def _unite_tracks(upkeep: Upkeep, mine: History, theirs: History, now: int) -> None:
    for subscription in upkeep.plan.subscriptions:
        name = subscription.reader.name
        ours, others = mine.tracks.get(name), theirs.tracks.get(name)
        if others is not None:
            track = others if ours is None else unite_tracks(ours, others)
            prune_track(track, subscription.need, now)
            mine.tracks[name] = track
    for event_type, log in mine.by_type.items():
        prune_log(log, upkeep.plan.route(event_type).need or Need(), now)
    mine.forget_all()


def unite_tracks(one: Track, other: Track) -> Track:
    """Return the track of the events of both."""
    track = Track(
        values=None if one.values is None or other.values is None else [],
        sums=None
        if one.sums is None or other.sums is None
        else [exact_sum(one.sums[0], other.sums[0])],
    )
    for each in (one, other):
        for instant, value in zip(each.times, each.list_values(), strict=True):
            track.add(instant, value)
    track.first = min(one.first, other.first)
    track.refunds = one.refunds or other.refunds
    track.forgotten = one.forgotten + other.forgotten
    track.folded = one.folded | other.folded
    return track


def end_memberships(upkeep: Upkeep, person: Person, heir: Person | None = None) -> list[Move]:
    """Remove a customer from every dynamic segment; return the moves.

    heir: the customer who takes the place in segments that hold their members.
    """
    moves: list[Move] = []
    for segment in upkeep.by_number.values():
        if person.held >> segment.number & 1:
            upkeep.put_member(person, segment, member=False)
            moves.append((person, segment, False))
            is_held = heir is not None and heir.held >> segment.number & 1
            if heir is not None and segment.schedule is not None and not is_held:
                upkeep.put_member(heir, segment, member=True)
                moves.append((heir, segment, True))
    return moves


def erase_from_cohorts(core: Core, ids: Iterable[str]) -> bool:
    """Erase ids from every cohort; return whether any was in one."""
    is_found = False
    for customer in ids:
        for kept in core.catalogue.cohorts.values():
            if customer in kept.cohort:
                kept.cohort = kept.cohort.without(customer)
                is_found = True
    return is_found
