"""Corrections: a newer version of an event replaces it, or the event is taken back."""

from segrules.audience.core import Core
from segrules.audience.records.audit import Action
from segrules.audience.records.change import Applied, Cause, Late, Repeated
from segrules.audience.upkeep.aside import find_standing
from segrules.audience.upkeep.versions import (
    check_known,
    check_removable,
    find_version,
    put_version,
    remove_version,
)
from segrules.facts.arguments import FactError
from segrules.facts.event import Event
from segrules.facts.history import Key
from segrules.meaning.calendar import EPOCH


def key_of(event: Event) -> Key:
    """Return an event's type and id; raises FactError if it has no id."""
    if event.id is None:
        raise FactError(
            f"a `{event.type}` event without an id cannot be corrected: its id says which it is",
            code="no-event-id",
            subject=event.type,
        )
    return event.type, event.id


def read_key(core: Core, event_type: str, event_id: str | int) -> Key:
    """Return the type and id of an event to be taken back, read as those of an event are.

    Raises FactError if they cannot be an event's.
    """
    event = Event(event_type, EPOCH, id=event_id)
    return key_of(core.door.read_event(event))


def correct(
    core: Core,
    key: Key,
    event: Event | None,
    customer: str,
    instant: int,
    by: str | None,
    *,
    missing_ok: bool,
) -> Applied:
    """Replace an event by a newer version, or with None take it back."""
    upkeep = core.upkeep
    known = upkeep.population.by_id.get(customer)
    history = None if known is None else known.history
    standing = find_standing(key, history)
    check_known(standing, key, missing_ok=missing_ok)
    old = None if history is None else find_version(upkeep, history, key)
    is_repeated = standing == "retracted" if event is None else old == event
    if history is not None and old is not None and not is_repeated:
        check_removable(upkeep, history, old, max(core.clock, instant))
    before = core.now
    changes = core.advance_before(instant, known)
    if core.backfill is not None:
        core.backfill.drop_correction(customer, key)
    if is_repeated:
        upkeep.counters.repeated += 1
        return Repeated(changes)
    person, now = known or upkeep.get_or_add(customer), core.clock
    families = [] if old is None else remove_version(upkeep, person.history, old, now)
    families += put_version(upkeep, person.history, key, event, now)
    flips = upkeep.evaluate(person, dict.fromkeys(families), now)
    cause = Cause("retraction" if event is None else "amendment", *key)
    noted = core.apply_flips(person, flips, cause, is_new=known is None)
    versions = [each for each in (old, event) if each is not None]
    late = before is not None and any(each._micros < before for each in versions)
    upkeep.counters.late += late
    action: Action = "retract" if event is None else "amend"
    core.audit(action, (), by, customers=1, facts=1, changes=len(noted))
    return (Late if late else Applied)([*changes, *noted])
