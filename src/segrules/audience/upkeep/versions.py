"""Versions: an event that was seen is replaced by a newer version, or taken back.

The old version is taken out of the log and of every track that it is in, exactly. An engine that
forgets can do that only while the event is in its type's log, and what was forgotten is not needed
without it.
"""

from collections.abc import Mapping

from attrs import evolve

from segrules.audience.upkeep.upkeep import Upkeep
from segrules.facts.arguments import FactError
from segrules.facts.event import Event
from segrules.facts.history import History, Key, Log, Track
from segrules.plan.needs import Need, may_remove_event, may_remove_instant
from segrules.plan.plan import Family


def find_version(upkeep: Upkeep, history: History, key: Key) -> Event | None:
    """Return the version of an event that counts; None if there is none, or no rule asks about it.

    Raises FactError if it has been forgotten.
    """
    if key not in history.ids or key in history.retracted:
        return None
    event, route = history.find(key), upkeep.plan.route(key[0])
    if event is None and (route.subscriptions or route.families):
        raise _forgotten(key)
    return event


def check_removable(upkeep: Upkeep, history: History, event: Event, now: int) -> None:
    """Raise FactError if answers without an event would need events that are forgotten."""
    if upkeep.keeps_all:
        return
    route, log = upkeep.plan.route(event.type), history.by_type[event.type]
    if not may_remove_event(log, event, route.need or Need(), now):
        raise _forgotten((event.type, event.id or ""))
    for subscription in route.subscriptions:
        reader = subscription.reader
        track = history.tracks.get(reader.name)
        if track is None or not (reader.keeps is None or reader.keeps(event)):
            continue
        value = None if reader.value is None else reader.value(event)
        if not may_remove_instant(track, event._micros, value, subscription.need, now):
            raise _forgotten((event.type, event.id or ""))


def remove_version(upkeep: Upkeep, history: History, event: Event, now: int) -> list[Family]:
    """Remove an event that may be removed; return the families that it concerns."""
    route = upkeep.plan.route(event.type)
    history.remove(event)
    if upkeep.keeps_all:
        upkeep.note_instant(event._micros, now)
    families = [*route.families]
    for subscription in route.subscriptions:
        reader = subscription.reader
        if reader.keeps is None or reader.keeps(event):
            families += subscription.families
            track = history.tracks.get(reader.name)
            if track is not None:
                _remove_instant(track, event, None if reader.value is None else reader.value(event))
    return families


def _remove_instant(track: Track, event: Event, value: object) -> None:
    place = track.find(event._micros, value)
    # An instant that is neither kept nor forgotten was never in the track: no answer needs it.
    if place is not None or event._micros <= track.forgotten_to:
        track.remove(place, value)


def put_version(
    upkeep: Upkeep, history: History, key: Key, event: Event | None, now: int
) -> list[Family]:
    """Add the newest version of an event, None to remember that it was taken back.

    An older version must have been removed. Returns the families that it concerns.
    """
    if history.ids.add(*key):
        upkeep.counters.events += event is not None
    if event is None:
        upkeep.counters.retracted += 1
        history.retract([key])
        return []
    upkeep.counters.amended += 1
    if key in history.retracted:
        history.reinstate(key)
    return upkeep.keep_event(history, event, now)


def check_corrections(
    upkeep: Upkeep, history: History, corrections: Mapping[Key, Event | None], now: int
) -> None:
    """Raise FactError if not all of a customer's corrections can be made, one after the other."""
    if upkeep.keeps_all:
        return
    trial = _copy(history)
    for key, event in corrections.items():
        old = find_version(upkeep, trial, key)
        if old is not None and old != event:
            check_removable(upkeep, trial, old, now)
            remove_version(upkeep, trial, old, now)


def _copy(history: History) -> History:
    """Return a history from which events can be removed, while the other stays."""
    return History(
        ids=history.ids,
        retracted=history.retracted,
        by_type={
            event_type: Log([*log.times], [*log.events], log.forgotten_to)
            for event_type, log in history.by_type.items()
        },
        tracks={
            name: evolve(
                track,
                times=track.times[:],
                values=None if track.values is None else [*track.values],
                sums=None if track.sums is None else [*track.sums],
            )
            for name, track in history.tracks.items()
        },
    )


def check_known(standing: str, key: Key, *, missing_ok: bool) -> None:
    """Raise FactError if a customer has not had the event that is to be corrected."""
    if standing == "unknown" and not missing_ok:
        raise FactError(
            f"the customer has had no `{key[0]}` event with this id: pass `missing_ok=True` if "
            "its correction may come before the event itself",
            code="unknown-event",
            subject=key[0],
        )


def _forgotten(key: Key) -> FactError:
    return FactError(
        f"this `{key[0]}` event cannot be corrected: this engine has forgotten what is needed to "
        "take its old version out (it retains what its rules ask). Make the engine with "
        "`retain='all'`, or `forget` the customer and give the corrected facts again in a backfill",
        code="forgotten",
        subject=key[0],
    )
