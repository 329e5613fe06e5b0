"""From one plan to the next: what is new is answered for everybody, all else stays as it is."""

from collections.abc import Iterable, Sequence

from segrules.audience.upkeep.people import Person
from segrules.audience.upkeep.upkeep import Move, Upkeep
from segrules.plan.columns import Columns, find_rows
from segrules.plan.formula import sweep
from segrules.plan.plan import Channel, Family, Plan
from segrules.plan.sweep import Shelf, sweep_atoms


def adopt_plan(upkeep: Upkeep, plan: Plan, now: int) -> None:
    """Go by another plan, and bring every customer's truth and deadlines up to it."""
    old, everybody = upkeep.plan, list(upkeep.population.by_id.values())
    streams = {channel.reader.name for channel in plan.channels}
    gone_streams = {c.reader.name for c in old.channels} - streams
    gone_families = _numbers(old.families.values()) - _numbers(plan.families.values())
    fresh = [f for source, f in plan.families.items() if old.families.get(source) is not f]
    kept = sum(1 << place for atom, place in old.bits.items() if atom in plan.bits)
    if upkeep.keeps_all:
        known = {channel.reader.name for channel in old.channels}
        gather_tracks(everybody, [c for c in plan.channels if c.reader.name not in known])
    else:
        _restore_values(everybody, [c for c in plan.channels if c.need.values])
    upkeep.follow(plan)
    for person in everybody:
        for name in gone_streams:
            person.history.tracks.pop(name, None)
        for number in gone_families:
            person.due.pop(number, None)
            person.armed.pop(number, None)
        person.truth &= kept
        if not person.is_deferred:
            person.truth ^= upkeep.judge(person, fresh, now)


def _restore_values(people: Iterable[Person], channels: Sequence[Channel]) -> None:
    """Have the tracks of streams keep single values which so far kept only their sums."""
    for person in people:
        for channel in channels:
            track = person.history.tracks.get(channel.reader.name)
            if track is not None:
                track.values = track.list_values()


def gather_tracks(people: Iterable[Person], channels: Sequence[Channel]) -> None:
    """Make the tracks of streams out of the events that are kept."""
    for person in people:
        history = person.history
        for channel in channels:
            event_type = channel.reader.stream.event_type
            if event_type is None or event_type in history.by_type:
                track = channel.reader.gather(history)
                if track.times:
                    history.tracks[channel.reader.name] = track


def recompute(upkeep: Upkeep, people: Iterable[Person], now: int) -> None:
    """Answer everything anew about customers, with their deadlines."""
    plan = upkeep.plan
    for person in people:
        person.truth = plan.blank
        person.truth ^= upkeep.judge(person, plan.find_families(person.history), now)


def settle(upkeep: Upkeep, people: Sequence[Person], segments: Iterable[str]) -> list[Move]:
    """Bring the membership in segments in line with what is true of customers."""
    skeletons = [upkeep.plan.skeletons[name] for name in segments]
    held = Columns([person.held for person in people], 1 + max(upkeep.names, default=0))
    members = find_members(upkeep.plan, [person.truth for person in people], segments)
    moves: list[Move] = []
    for skeleton, inside in zip(skeletons, members, strict=True):
        number = skeleton.number
        for row in find_rows(inside ^ held[number]):
            joins = bool(inside >> row & 1)
            upkeep.membership.put(people[row], number, member=joins)
            moves.append((people[row], number, joins))
    upkeep.work.skeletons += len(people) * len(skeletons)
    return moves


def find_members(plan: Plan, truths: Sequence[int], segments: Iterable[str]) -> list[int]:
    """Return for each segment who is in it by these truths: a column with a bit for each."""
    columns = Columns(truths, len(plan.users))
    skeletons = [plan.skeletons[name] for name in segments]
    atoms = dict.fromkeys(atom for skeleton in skeletons for atom in skeleton.atoms)
    known = {atom: columns[plan.bits[atom]] for atom in atoms}
    everybody = (1 << len(truths)) - 1
    return [sweep(skeleton.condition, known.__getitem__, everybody) for skeleton in skeletons]


def sweep_plan(plan: Plan, people: Sequence[Person], now: int) -> list[int]:
    """Return for each segment who is in it, found anew; nobody's truth or deadlines change."""
    shelf = Shelf([person.history for person in people], plan.by_stream.keys())
    columns = sweep_atoms(plan.bits, shelf, now, plan.calendar)
    everybody = (1 << len(people)) - 1
    return [
        sweep(skeleton.condition, columns.__getitem__, everybody)
        for skeleton in plan.skeletons.values()
    ]


def _numbers(families: Iterable[Family]) -> set[int]:
    return {family.number for family in families}
