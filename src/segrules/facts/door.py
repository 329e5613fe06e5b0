"""The door: how the facts of hosts are read by the types that a vocabulary declares.

    what JSON has → exact values → values of the declared types, or misfits

INVARIANT: a fact that has come through the door once comes through again as it is.
"""

from collections import Counter
from collections.abc import Callable, Mapping
from datetime import datetime
from decimal import Decimal
from types import MappingProxyType
from typing import Any, Final

from attrs import evolve, field, frozen

from segrules.facts.arguments import FactError, describe_kind, expect, find_name, to_utc
from segrules.facts.epoch import find_unit
from segrules.facts.event import Event, with_properties
from segrules.facts.forms import read_instant
from segrules.facts.misfits import Misfit, name_path, refuse, try_fact
from segrules.facts.reading import Reading, read_declared, read_value
from segrules.facts.values import NO_FACTS, look_up, split_name, to_exact
from segrules.language.suggestions import suggest
from segrules.meaning.calendar import EPOCH
from segrules.meaning.conditions import Attribute
from segrules.meaning.vocabulary import AttributeEntry, ValueType, Vocabulary

_KINDS: Final[Mapping[ValueType, frozenset[type]]] = {
    "text": frozenset({str}),
    "number": frozenset({int, Decimal}),
    "boolean": frozenset({bool}),
    "instant": frozenset({datetime}),
    "tags": frozenset({frozenset}),
}
AT: Final = "an event's `at`"
WHERE: Final = "a customer's attributes"
"""What errors call attributes."""

_A_MAPPING: Final = MappingProxyType({"": None})

_EVENT_KEYS: Final = ("type", "at", "properties", "id")


@frozen(eq=False)
class Door:
    """How facts are read by a vocabulary.

    fingerprint: of the schema, the same for equal ones. read_event: returns an event as read, or
    raises FactError. unlisted: how many values each open enumeration let in that it does not list,
    by its key in the schema. below: the attributes whose paths begin with a path, by the rest of
    theirs.
    """

    vocabulary: Vocabulary
    fingerprint: str
    read_event: Callable[[Event], Event]
    unlisted: Counter[str]
    below: Mapping[tuple[str, ...], Mapping[tuple[str, ...], AttributeEntry]] = field(repr=False)


def open_door(vocabulary: Vocabulary, fingerprint: str) -> Door:
    """Return the door of a vocabulary."""
    unlisted: Counter[str] = Counter()
    below: dict[tuple[str, ...], dict[tuple[str, ...], AttributeEntry]] = {}
    for path, entry in vocabulary.attributes.items():
        for number in range(1, len(path) + 1):
            below.setdefault(path[:number], {})[path[number:]] = entry
    return Door(vocabulary, fingerprint, _compile_events(vocabulary, unlisted), unlisted, below)


# Events


def make_event(
    door: Door, event_type: object, at: object, properties: object, key: object
) -> Event:
    """Return an event out of what JSON has; raises FactError with everything that is wrong."""
    try:
        moment = to_moment(at, AT)
        facts = NO_FACTS if properties is None else properties
        return door.read_event(Event(event_type, moment, facts, key))  # type: ignore[arg-type]
    except FactError:
        # The error names the first fault; what follows finds them all.
        misfits: list[Misfit] = []
        _make_event(door, event_type, at, properties, key, misfits)
        refuse(misfits)


def _make_event(  # the parts of an event
    door: Door,
    event_type: Any,
    at: object,
    properties: object,
    key: Any,
    misfits: list[Misfit],
) -> tuple[Event | None, list[str]]:
    """Return an event, and the keys of its unlisted values; None if anything is wrong."""
    found = try_fact(lambda: to_moment(at, AT), "at", at)
    moment = EPOCH if found else to_moment(at, AT)
    misfits += found
    misfits += try_fact(lambda: Event(event_type, moment, NO_FACTS, key), "", None)
    exact = make_exact(properties, "an event's properties", misfits)
    if not isinstance(event_type, str) or not event_type:
        return None, []
    reading = _start_event(event_type, door.vocabulary)
    read = _read_properties(event_type, exact, door.vocabulary, reading)
    misfits += reading.misfits
    if misfits:
        return None, []
    return Event(event_type, moment, read, key), reading.unlisted


def to_moment(given: object, where: str) -> datetime:
    """Return an aware datetime in UTC, given as one or as ISO 8601 text; raises FactError."""
    code, advice = "not-an-instant", ""
    if isinstance(given, datetime):
        return to_utc(given, where)
    if isinstance(given, str):
        try:
            moment = read_instant(given)
        except FactError as error:
            if error.code != "no-time-zone":
                raise FactError(
                    f"{where} {str(error).strip()}", code=error.code, subject=find_name(where)
                ) from None
            moment, code = None, error.code
        if moment is not None:
            return moment
    if isinstance(given, str | float | Decimal) or (isinstance(given, int) and given < 10**20):
        unit = find_unit(str(given))
        advice = "" if unit is None else f": this looks like {unit} since 1970"
    raise FactError(
        f"{where} must be an instant with its offset from UTC, such as "
        f"`2026-03-14T09:30:00Z`{advice}",
        code=code,
        subject=find_name(where),
    )


def make_exact(values: object, where: str, misfits: list[Misfit]) -> Mapping[str, Any]:
    """Return names and values made exact; adds what cannot be a fact to the misfits."""
    if isinstance(values, Mapping):
        return to_exact(values, misfits)
    if values is None:
        return NO_FACTS
    found = describe_kind(values)
    message = f"{where} must be a mapping, not {found}"
    misfits.append(Misfit("wrong-type", "", message, "a mapping", found))
    return NO_FACTS


def _compile_events(vocabulary: Vocabulary, unlisted: Counter[str]) -> Callable[[Event], Event]:
    """Return the function that reads events; for most of them it looks at types alone."""
    if vocabulary.is_open:
        return lambda event: expect(event, Event, "an event")
    plain = {
        event_type: tuple(
            (path[0], _KINDS[entry.type])
            for path, entry in entries.items()
            if entry.type is not None
        )
        for event_type, entries in vocabulary.events.items()
        if vocabulary.undeclared.properties == "keep"
        and all(
            len(path) == 1 and not entry.values and entry.type != "objects"
            for path, entry in entries.items()
        )
    }

    def read(event: Event) -> Event:
        if type(event) is not Event:
            expect(event, Event, "an event")
        known = plain.get(event.type)
        if known is not None:
            get = event.properties.get
            for name, kinds in known:
                value = get(name)
                if value is not None and type(value) not in kinds:
                    break
            else:
                return event
        return _read_event(event, vocabulary, unlisted)

    return read


def _read_event(event: Event, vocabulary: Vocabulary, unlisted: Counter[str]) -> Event:
    reading = _start_event(event.type, vocabulary)
    properties = _read_properties(event.type, event.properties, vocabulary, reading)
    if reading.misfits:
        refuse(reading.misfits)
    unlisted.update(reading.unlisted)
    if properties is event.properties:
        return event
    return with_properties(event, properties)


def _start_event(event_type: str, vocabulary: Vocabulary) -> Reading:
    return Reading(
        vocabulary.calendar,
        event_type if event_type in vocabulary.events else None,
        refuses_undeclared=vocabulary.undeclared.properties == "refuse",
    )


def _read_properties(
    event_type: str, properties: Mapping[str, Any], vocabulary: Vocabulary, reading: Reading
) -> Mapping[str, Any]:
    entries = vocabulary.events.get(event_type)
    if entries is not None:
        return read_declared(properties, entries, (), reading)
    if not vocabulary.is_open and vocabulary.undeclared.events == "refuse":
        advice = suggest(event_type, vocabulary.events, "event types")
        message = f"unknown event type `{event_type}`: {advice}"
        reading.misfits.append(Misfit("undeclared-event-type", "type", message))
    return properties


def take_event(door: Door, given: object, place: int, misfits: list[Misfit]) -> Event | None:
    """Return an event that is given as it is, or as JSON has it; None if anything is wrong."""
    if isinstance(given, Event):
        return reread_event(door, given, place, misfits)
    found: list[Misfit] = []
    event = None
    if not isinstance(given, Mapping):
        kind = describe_kind(given)
        message = f"each of a customer's events must be an event, not {kind}"
        found.append(Misfit("wrong-type", "", message, "an event", kind))
    else:
        for name in given:
            if name not in _EVENT_KEYS:
                message = f"unknown key `{name_path((str(name),))}` of an event"
                advice = suggest(str(name), _EVENT_KEYS, "keys")
                found.append(Misfit("unknown-key", "", f"{message}: {advice}"))
        event_type, at, properties, key = (given.get(name) for name in _EVENT_KEYS)
        event, _ = _make_event(door, event_type, at, properties, key, found)
    misfits += [_inside(misfit, place) for misfit in found]
    return event


def reread_event(door: Door, event: Event, place: int, misfits: list[Misfit]) -> Event:
    """Return a customer's event as read; adds what does not fit to the misfits."""
    try:
        return door.read_event(event)
    except FactError as error:
        misfits += [_inside(misfit, place) for misfit in error.findings]
        return event


def _inside(misfit: Misfit, place: int) -> Misfit:
    """Return the misfit of an event as one of the customer who has it."""
    path = f"events[{place}].{misfit.path}".removesuffix(".")
    return evolve(misfit, path=path, message=f"events[{place}]: {misfit.message}")


# Attributes


def read_attributes(door: Door, values: object) -> Mapping[str, Any]:
    """Return attributes as read, by the names they were given under.

    A name with dots stays one: it sets a leaf. Raises FactError with everything that is wrong.
    """
    misfits: list[Misfit] = []
    reading = Reading(door.vocabulary.calendar)
    facts = read_known(door, make_exact(values, WHERE, misfits), reading)
    if misfits or reading.misfits:
        refuse([*misfits, *reading.misfits])
    door.unlisted.update(reading.unlisted)
    return facts


def read_known(door: Door, facts: Mapping[str, Any], reading: Reading) -> Mapping[str, Any]:
    """Return exact attributes as read; what does not fit becomes misfits of the reading."""
    vocabulary = door.vocabulary
    if vocabulary.is_open:
        return facts
    read = {}
    for name, value in facts.items():
        path = split_name(name)
        entries = door.below.get(path)
        above = (path[:number] for number in range(1, len(path)))
        outer = next((each for each in above if () in door.below.get(each, ())), None)
        if outer is not None:
            # It would take the place of the value that the outer name has.
            _read_attribute(_A_MAPPING, door.below[outer][()], outer, reading)
        elif entries is None:
            if vocabulary.undeclared.attributes == "refuse":
                known = map(".".join, vocabulary.attributes)
                shown, advice = name_path(path), suggest(name, known, "attributes")
                message = f"unknown attribute `{shown}`: {advice}"
                reading.misfits.append(Misfit("undeclared-attribute", shown, message))
            read[name] = value
        elif () in entries:
            read[name] = _read_attribute(value, entries[()], path, reading)
        else:
            read[name] = _read_mapping(value, entries, path, reading)
    return read


def _read_attribute(
    value: Any, entry: AttributeEntry, path: tuple[str, ...], reading: Reading
) -> Any:
    if not isinstance(entry.meaning, Attribute):
        problem = "follows from events and cannot be set"
        reading.report("derived-attribute", path, problem, "send the events")
    return None if value is None else read_value(value, entry, path, reading)


def _read_mapping(
    value: Any,
    entries: Mapping[tuple[str, ...], AttributeEntry],
    path: tuple[str, ...],
    reading: Reading,
) -> Any:
    if value is None:
        return None
    if not isinstance(value, Mapping):
        reading.report_type(path, "a mapping", value)
        return None
    settable = {}
    for rest, entry in entries.items():
        if isinstance(entry.meaning, Attribute):
            settable[rest] = entry
        elif look_up(value, rest) is not None:
            _read_attribute(value, entry, (*path, *rest), reading)
    return read_declared(value, settable, path, reading)
