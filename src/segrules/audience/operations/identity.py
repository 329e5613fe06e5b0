"""Two customers who turn out to be one, and one who is to be forgotten."""

from array import array

from segrules.audience.anchoring import erase
from segrules.audience.core import State
from segrules.audience.records.change import ERASURE, MERGE, Change
from segrules.audience.records.ledger import to_moment
from segrules.audience.upkeep.people import Person
from segrules.audience.upkeep.replan import gather_tracks
from segrules.audience.upkeep.upkeep import Move, Upkeep
from segrules.facts.arguments import FactError
from segrules.facts.exact import exact_sum
from segrules.facts.history import Fingerprints, History, Track
from segrules.plan.needs import Need, prune_log, prune_track


def merge(state: State, anonymous: str, known: str, at: int, by: str | None) -> list[Change]:
    """Make one customer of two; the anonymous one is no more."""
    upkeep = state.upkeep
    other = upkeep.population.by_id.get(anonymous)
    if other is None or anonymous == known:
        raise FactError("there is nobody to merge: the first customer is unknown or the second")
    is_new = known not in upkeep.population.by_id
    if not is_new:
        check_ids(other.history, upkeep.population.by_id[known].history)
    changes = state.reach(at, None)
    person = upkeep.meet(known)
    changes += state.catch_up(other, person)
    moves = leave_all(upkeep, other, person)
    unite(upkeep, other, person, state.clock)
    lists = [name for name, ids in upkeep.membership.lists.items() if anonymous in ids]
    upkeep.population.remove(other)
    noted = state.note(moves, MERGE)
    for name in lists:
        members = upkeep.membership.lists[name]
        members.remove(anonymous)
        noted += state.ledger.note_list(anonymous, name, state.clock, MERGE, joined=False)
        if known not in members:
            members.add(known)
            noted += state.ledger.note_list(known, name, state.clock, MERGE, joined=True)
    for name, token in {**other.aliases, anonymous: state.ledger.feed.token}.items():
        person.aliases[name] = max(token, person.aliases.get(name, 0))
    if upkeep.deferred.pop(other.number, None) is not None or person.is_deferred:
        upkeep.defer(person)
    else:
        families = upkeep.plan.families.values()
        flips = upkeep.judge(person, families, state.clock)
        noted += state.turn(person, flips, MERGE, is_new=is_new)
    state.record("merge", (), by, customers=2, changes=len(noted))
    return changes + noted


def forget(state: State, customer: str, by: str | None) -> list[Change]:
    """Erase a customer; the changes are told to the caller alone, for the feed forgets them too."""
    upkeep = state.upkeep
    person = upkeep.population.by_id.get(customer)
    changes: list[Change] = []
    if person is not None:
        at, names = to_moment(state.clock), upkeep.names
        moves = leave_all(upkeep, person)
        left = [names[number] for _, number, _ in moves]
        left += [name for name, ids in upkeep.membership.lists.items() if customer in ids]
        for ids in upkeep.membership.lists.values():
            ids.discard(customer)
        changes = [Change(customer, name, joined=False, at=at, cause=ERASURE) for name in left]
        upkeep.deferred.pop(person.number, None)
        upkeep.population.remove(person)
        for log in person.history.by_type.values():
            for instant in log.times:
                upkeep.see(instant, state.clock)
    feed, aliases = state.ledger.feed, {} if person is None else person.aliases
    is_found = erase(state, [customer] if person is None else upkeep.population.ids_of(person))
    feed.forget({**aliases, customer: feed.token})
    number = int(is_found or person is not None)
    state.record("forget", (), by, customers=number, changes=len(changes))
    return changes


def unite(upkeep: Upkeep, other: Person, known: Person, now: int) -> None:
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
    """Raise FactError where both have had the same event and what it was is forgotten."""
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


def leave_all(upkeep: Upkeep, person: Person, heir: Person | None = None) -> list[Move]:
    """Return the dynamic segments that a customer who goes away leaves.

    heir: takes the place in those whose members are held still.
    """
    moves = []
    for number in upkeep.names:
        if person.held >> number & 1:
            upkeep.membership.put(person, number, member=False)
            moves.append((person, number, False))
            if heir is not None and not (upkeep.moving | heir.held) >> number & 1:
                upkeep.membership.put(heir, number, member=True)
                moves.append((heir, number, True))
    return moves
