"""Identity: two customers who turn out to be one, and one who is to be forgotten."""

from array import array
from collections.abc import Iterable

from segrules.audience.core import Core, to_moment
from segrules.audience.records.change import ERASURE, MERGE, Change
from segrules.audience.upkeep.aside import add_aliases
from segrules.audience.upkeep.people import Person
from segrules.audience.upkeep.replan import gather_tracks
from segrules.audience.upkeep.upkeep import Move, Upkeep
from segrules.facts.arguments import FactError
from segrules.facts.exact import exact_sum
from segrules.facts.history import Fingerprints, History, Keys, Track
from segrules.facts.values import unite
from segrules.plan.needs import Need, prune_log, prune_track


def merge(
    core: Core, anonymous: str, known: str, at: int, by: str | None, *, missing_ok: bool
) -> list[Change]:
    """Make one customer of two; the anonymous one is removed.

    missing_ok: if the anonymous customer is unknown, only let time pass.
    """
    upkeep, aside = core.upkeep, core.backfill
    population = upkeep.population
    other, mine = population.by_id.get(anonymous), population.by_id.get(known)
    if anonymous == known:
        raise FactError(
            "a customer cannot be merged with itself: both ids are the same",
            code="same-customer",
            subject="anonymous",
        )
    if other is None and anonymous not in core.waiting:
        if missing_ok:
            return core.advance_before(at, mine)
        raise FactError(
            "the anonymous customer is unknown: it has had no facts yet, or is merged already; "
            "pass `missing_ok=True` if that is fine",
            code="unknown-customer",
            subject="anonymous",
        )
    if other is not None and mine is not None:
        check_ids(other.history, mine.history)
    changes = core.advance_before(at, None)
    changes += core.catch_up(*filter(None, (other, mine)))
    if aside is not None:
        blank = History()
        aside.merge(
            anonymous,
            known,
            blank if other is None else other.history,
            blank if mine is None else mine.history,
        )
        _merge_missed(core, anonymous, known)
    if other is None:
        noted = []
        token = {anonymous: core.feed.newest}
        if mine is not None:
            add_aliases(mine, token)
        elif aside is not None:
            aside.open(known).aliases |= token
    else:
        noted = _merge_people(core, other, known)
    core.audit("merge", (), by, customers=2, changes=len(noted))
    return changes + noted


def _merge_people(core: Core, other: Person, known: str) -> list[Change]:
    """Give one customer all that another one has; return the changes."""
    upkeep, anonymous = core.upkeep, other.id
    is_new = known not in upkeep.population.by_id
    person = upkeep.get_or_add(known)
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
    add_aliases(person, {**other.aliases, anonymous: core.feed.newest})
    flips = upkeep.evaluate(person, upkeep.plan.families.values(), core.clock)
    return noted + core.apply_flips(person, flips, MERGE, is_new=is_new)


def _merge_missed(core: Core, anonymous: str, known: str) -> None:
    """Let the merged customer follow refreshes at which either of the two had facts waiting."""
    for segment in core.catalogue.segments.values():
        if segment.schedule is not None and anonymous in segment.schedule.missed:
            segment.schedule.missed.remove(anonymous)
            segment.schedule.missed.add(known)


def forget(core: Core, customer: str, by: str | None) -> list[Change]:
    """Erase a customer; return the changes, which the feed does not keep."""
    upkeep = core.upkeep
    person = upkeep.population.by_id.get(customer)
    waiting = None if core.backfill is None else core.backfill.by_customer.pop(customer, None)
    changes: list[Change] = []
    if person is not None:
        at = to_moment(core.clock)
        left = [segment.name for _, segment, _ in end_memberships(upkeep, person)]
        left += [name for name, each in core.catalogue.lists.items() if customer in each.members]
        for each in core.catalogue.lists.values():
            each.members.discard(customer)
        changes = [Change(customer, name, joined=False, at=at, cause=ERASURE) for name in left]
        upkeep.population.remove(person)
        for log in person.history.by_type.values():
            for instant in log.times:
                upkeep.note_instant(instant, core.clock)
    for segment in upkeep.by_number.values():
        if segment.schedule is not None:
            segment.schedule.missed.discard(customer)
    aliases = {} if person is None else person.aliases
    aliases = aliases if waiting is None else {**aliases, **waiting.aliases}
    # A merged id that came back belongs to another customer.
    ids = {customer, *(alias for alias in aliases if alias not in upkeep.population.by_id)}
    is_found = erase_from_cohorts(core, ids)
    core.feed.forget({**aliases, customer: core.feed.newest})
    number = int(is_found or person is not None or waiting is not None)
    core.audit("forget", (), by, customers=number, changes=len(changes))
    return changes


def merge_history(upkeep: Upkeep, other: Person, known: Person, now: int) -> None:
    """Give one customer all facts of another; an attribute that both have stays as it is.

    Of two events with the same type and id the known customer's stays, and so does its retraction.
    """
    mine, theirs = known.history, other.history
    mine.attributes.update(unite(mine.attributes, theirs.attributes))
    mine.lists = mine.lists | theirs.lists
    for event_type, log in theirs.by_type.items():
        for event in log.events:
            if event.id is None or (event.type, event.id) not in mine.ids:
                mine.keep(event)
        if event_log := mine.by_type.get(event_type):
            event_log.forgotten_to = max(event_log.forgotten_to, log.forgotten_to)
    if theirs.retracted:
        mine.retract([key for key in theirs.retracted if key not in mine.ids])
    if isinstance(mine.ids, Keys) and isinstance(theirs.ids, Keys):
        for key in theirs.ids:
            mine.ids.add(*key)
    if isinstance(mine.ids, Fingerprints) and isinstance(theirs.ids, Fingerprints):
        mine.ids.seen = array("q", sorted([*mine.ids.seen, *theirs.ids.seen]))
    if upkeep.keeps_all:
        mine.tracks.clear()
        gather_tracks([known], upkeep.plan.subscriptions)
    else:
        _unite_tracks(upkeep, mine, theirs, now)


def check_ids(one: History, other: History) -> None:
    """Raise FactError if both have had the same event, and its content is forgotten."""
    if not isinstance(one.ids, Fingerprints) or not isinstance(other.ids, Fingerprints):
        return
    if any(map(one.ids.has, other.ids.seen)):
        raise FactError(
            "both customers have had an event of the same type and id, and this engine has "
            "forgotten what they were (it retains what its rules ask): they cannot be counted once",
            code="same-event-id",
            subject="anonymous",
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
    track.forgotten_to = max(one.forgotten_to, other.forgotten_to)
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
