"""Switching plans: new families are evaluated for every customer, all others are kept."""

from collections.abc import Iterable, Sequence

from segrules.audience.catalogue.segment import Dynamic
from segrules.audience.upkeep.people import Person
from segrules.audience.upkeep.upkeep import Move, Upkeep
from segrules.plan.bits import Columns, find_rows
from segrules.plan.formula import compute_column
from segrules.plan.plan import Family, Plan, Subscription
from segrules.plan.sweep import Histories, sweep_atoms


def adopt_plan(upkeep: Upkeep, plan: Plan, now: int) -> None:
    """Use another plan, and bring every customer's truth and deadlines up to it."""
    old, everyone = upkeep.plan, list(upkeep.population.by_id.values())
    streams = {subscription.reader.name for subscription in plan.subscriptions}
    gone_streams = {s.reader.name for s in old.subscriptions} - streams
    gone_families = _numbers(old.families.values()) - _numbers(plan.families.values())
    fresh = [f for source, f in plan.families.items() if old.families.get(source) is not f]
    kept = sum(1 << place for atom, place in old.bits.items() if atom in plan.bits)
    if upkeep.keeps_all:
        known = {subscription.reader.name for subscription in old.subscriptions}
        gather_tracks(everyone, [s for s in plan.subscriptions if s.reader.name not in known])
    else:
        _restore_values(everyone, [s for s in plan.subscriptions if s.need.values])
    upkeep.use_plan(plan)
    for person in everyone:
        for name in gone_streams:
            person.history.tracks.pop(name, None)
        for number in gone_families:
            person.due.pop(number, None)
            person.armed.pop(number, None)
        person.truth &= kept
        person.truth ^= upkeep.evaluate(person, fresh, now)


def _restore_values(people: Iterable[Person], subscriptions: Sequence[Subscription]) -> None:
    """Let tracks keep single values where they have kept only sums."""
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
    """Evaluate everything again for customers, and set their deadlines."""
    plan = upkeep.plan
    for person in people:
        person.truth = plan.blank
        person.truth ^= upkeep.evaluate(person, plan.find_families(person.history), now)


def sync_members(
    upkeep: Upkeep, people: Sequence[Person], segments: Iterable[Dynamic]
) -> list[Move]:
    """Bring membership in segments in line with customers' truth; return the moves."""
    segments = list(segments)
    held = Columns([person.held for person in people], 1 + max(upkeep.by_number, default=0))
    found = find_columns(upkeep.plan, [person.truth for person in people], segments)
    moves: list[Move] = []
    for segment, inside in zip(segments, found, strict=True):
        for row in find_rows(inside ^ held[segment.number]):
            person = people[row]
            joins = not person.held >> segment.number & 1
            upkeep.put_member(person, segment, member=joins)
            moves.append((person, segment, joins))
    upkeep.counters.evaluations += len(people) * len(segments)
    return moves


def find_columns(plan: Plan, truths: Sequence[int], segments: Iterable[Dynamic]) -> list[int]:
    """Return who is in each segment by these truths: a column each, a bit for each truth."""
    columns = Columns(truths, len(plan.users))
    formulas = [plan.formulas[segment.name] for segment in segments]
    atoms = dict.fromkeys(atom for formula in formulas for atom in formula.atoms)
    known = {atom: columns[plan.bits[atom]] for atom in atoms}
    everyone = (1 << len(truths)) - 1
    return [compute_column(formula.condition, known.__getitem__, everyone) for formula in formulas]


def sweep_plan(plan: Plan, people: Sequence[Person], now: int) -> dict[str, int]:
    """Return who is in each segment, by its name, found from the facts; nothing changes."""
    histories = Histories([person.history for person in people], plan.by_stream.keys())
    columns = sweep_atoms(plan.bits, histories, now, plan.calendar)
    everyone = (1 << len(people)) - 1
    return {
        name: compute_column(formula.condition, columns.__getitem__, everyone)
        for name, formula in plan.formulas.items()
    }


def _numbers(families: Iterable[Family]) -> set[int]:
    return {family.number for family in families}
