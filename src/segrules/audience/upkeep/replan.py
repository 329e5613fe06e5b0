"""From one plan to the next: what is new is answered for everybody, all else stays as it is."""

from collections.abc import Iterable, Sequence

from segrules.audience.upkeep.people import Person
from segrules.audience.upkeep.upkeep import Move, Upkeep
from segrules.plan.columns import Columns, find_rows
from segrules.plan.formula import sweep
from segrules.plan.plan import Family, Plan, Subscription
from segrules.plan.sweep import Histories, sweep_atoms


def adopt_plan(upkeep: Upkeep, plan: Plan, now: int) -> None:
    """Go by another plan, and bring every customer's truth and deadlines up to it."""
    old, everybody = upkeep.plan, list(upkeep.population.by_id.values())
    streams = {subscription.reader.name for subscription in plan.subscriptions}
    gone_streams = {c.reader.name for c in old.subscriptions} - streams
    gone_families = _numbers(old.families.values()) - _numbers(plan.families.values())
    fresh = [f for source, f in plan.families.items() if old.families.get(source) is not f]
    kept = sum(1 << place for atom, place in old.bits.items() if atom in plan.bits)
    if upkeep.keeps_all:
        known = {subscription.reader.name for subscription in old.subscriptions}
        gather_tracks(everybody, [c for c in plan.subscriptions if c.reader.name not in known])
    else:
        _restore_values(everybody, [c for c in plan.subscriptions if c.need.values])
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


def _restore_values(people: Iterable[Person], subscriptions: Sequence[Subscription]) -> None:
    """Have the tracks of streams keep single values which so far kept only their sums."""
    for person in people:
        for subscription in subscriptions:
            track = person.history.tracks.get(subscription.reader.name)
            if track is not None:
                track.values = track.list_values()


def gather_tracks(people: Iterable[Person], subscriptions: Sequence[Subscription]) -> None:
    """Make the tracks of streams out of the events that are kept."""
    for person in people:
        history = person.history
        for subscription in subscriptions:
            event_type = subscription.reader.stream.event_type
            if event_type is None or event_type in history.by_type:
                track = subscription.reader.gather(history)
                if track.times:
                    history.tracks[subscription.reader.name] = track


def recompute(upkeep: Upkeep, people: Iterable[Person], now: int) -> None:
    """Answer everything anew about customers, with their deadlines."""
    plan = upkeep.plan
    for person in people:
        person.truth = plan.blank
        person.truth ^= upkeep.judge(person, plan.find_families(person.history), now)


def settle(upkeep: Upkeep, people: Sequence[Person], segments: Iterable[str]) -> list[Move]:
    """Bring the membership in segments in line with what is true of customers."""
    formulas = [upkeep.plan.formulas[name] for name in segments]
    held = Columns([person.held for person in people], 1 + max(upkeep.names, default=0))
    members = find_members(upkeep.plan, [person.truth for person in people], segments)
    moves: list[Move] = []
    for formula, inside in zip(formulas, members, strict=True):
        number = formula.number
        for row in find_rows(inside ^ held[number]):
            joins = bool(inside >> row & 1)
            upkeep.membership.put(people[row], number, member=joins)
            moves.append((people[row], number, joins))
    upkeep.counters.evaluations += len(people) * len(formulas)
    return moves


def find_members(plan: Plan, truths: Sequence[int], segments: Iterable[str]) -> list[int]:
    """Return for each segment who is in it by these truths: a column with a bit for each."""
    columns = Columns(truths, len(plan.users))
    formulas = [plan.formulas[name] for name in segments]
    atoms = dict.fromkeys(atom for formula in formulas for atom in formula.atoms)
    known = {atom: columns[plan.bits[atom]] for atom in atoms}
    everybody = (1 << len(truths)) - 1
    return [sweep(formula.condition, known.__getitem__, everybody) for formula in formulas]


def sweep_plan(plan: Plan, people: Sequence[Person], now: int) -> list[int]:
    """Return for each segment who is in it, found anew; nobody's truth or deadlines change."""
    histories = Histories([person.history for person in people], plan.by_stream.keys())
    columns = sweep_atoms(plan.bits, histories, now, plan.calendar)
    everybody = (1 << len(people)) - 1
    return [
        sweep(formula.condition, columns.__getitem__, everybody)
        for formula in plan.formulas.values()
    ]


def _numbers(families: Iterable[Family]) -> set[int]:
    return {family.number for family in families}
