"""Reading: a value by the type that a vocabulary declares for its name.

A value of the type is read as it is, and one of another type in the forms that the declaration
allows: a number as text, an instant as ISO 8601, and what `from` says.
"""

from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal
from typing import Any, Final

from attrs import define, field

from segrules.facts.arguments import FactError, describe_kind
from segrules.facts.forms import DAY, read_day, read_epoch, read_instant, read_number, read_tags
from segrules.facts.misfits import Misfit, Path, name_path
from segrules.facts.values import put, split_name
from segrules.language.suggestions import suggest
from segrules.meaning.calendar import Calendar
from segrules.meaning.vocabulary import Entry, Form, ValueType

EXPECTED: Final[Mapping[ValueType, str]] = {
    "text": "text",
    "number": "a number",
    "boolean": "true or false",
    "instant": "an instant",
    "tags": "a list of text and numbers",
    "objects": "a list of objects",
}
"""What a message calls a value of a type."""

EXAMPLES: Final[Mapping[Form, str]] = {
    "epoch_s": "it is declared as seconds since 1970, such as `1773480600`",
    "epoch_ms": "it is declared as milliseconds since 1970, such as `1773480600000`",
    "date": "it is declared as a day, such as `2026-03-14`",
    "comma_separated": "it is declared as text with commas, such as `vip, b2b`",
}
"""What a message says of a value that is not in its declared form."""
LISTED: Final = "one of the values that the schema lists"
_PER_SECOND: Final = {"epoch_s": 1, "epoch_ms": 1_000}


@define
class Reading:
    """One fact while it is read.

    event_type: of the event; None for attributes. refuses_undeclared: whether names that are not
    declared do not fit. misfits: what is wrong so far. unlisted: the keys in the schema of values
    that an open enumeration does not list.
    """

    calendar: Calendar
    event_type: str | None = None
    refuses_undeclared: bool = False
    misfits: list[Misfit] = field(factory=list)
    unlisted: list[str] = field(factory=list)

    @property
    def schema_key(self) -> str:
        """The key in the schema below which names are declared."""
        is_event = self.event_type is not None
        return f"events.{self.event_type}.properties" if is_event else "attributes"

    def report(  # the parts of a misfit, of which most have a default
        self,
        code: str,
        path: Path,
        problem: str,
        advice: str | None = None,
        *,
        expected: str | None = None,
        found: str | None = None,
    ) -> None:
        """Add a misfit; one more at the same path is not added."""
        name = name_path(path)
        if any(misfit.path == name for misfit in self.misfits):
            return
        owner = "" if self.event_type is None else f" of `{self.event_type}` events"
        message = f"`{name}`{owner} {problem}" + (f": {advice}" if advice else "")
        self.misfits.append(Misfit(code, name, message, expected, found))

    def report_type(
        self, path: Path, expected: str, value: object, advice: str | None = None
    ) -> None:
        """Add a misfit for a value of a type that is not the declared one."""
        found = describe_kind(value)
        problem = f"must be {expected}, not {found}"
        self.report("wrong-type", path, problem, advice, expected=expected, found=found)


def read_declared(
    facts: Mapping[str, Any], entries: Mapping[tuple[str, ...], Entry], at: Path, reading: Reading
) -> Mapping[str, Any]:
    """Return facts with each value under a declared name read; the same ones if none changes.

    at: the path of the facts themselves.
    """
    facts = _nest(facts, entries)
    if reading.refuses_undeclared:
        declared = {path[0] for path in entries}
        for name in sorted(n for n in facts.keys() - declared if facts[n] is not None):
            advice = suggest(name, map(".".join, entries), "names")
            reading.report("undeclared-property", (*at, name), "is not in the schema", advice)
    for path, entry in entries.items():
        value = _find(facts, path, at, reading)
        if value is not None:
            read = read_value(value, entry, (*at, *path), reading)
            if read is not value:
                facts = put(facts, path, read)
    return facts


def read_value(value: Any, entry: Entry, path: Path, reading: Reading) -> Any:
    """Return a value as its declared type has it; None, with a misfit, if it does not fit."""
    try:
        read = _read(value, entry, path, reading)
    except FactError as error:
        reading.report(error.code, path, str(error).strip())
        return None
    if entry.values and read is not None:
        _check_listed(read, entry, path, reading)
    return read


def _read(value: Any, entry: Entry, path: Path, reading: Reading) -> Any:  # a kind each
    match entry.type, value:
        case (None, _) | ("text", str()) | ("boolean", bool()) | ("tags", frozenset()):
            return value
        case ("instant", datetime()):
            return value
        case "number", int() | Decimal() if not isinstance(value, bool):
            return value
        case "number", str() if (number := read_number(value)) is not None:
            return number
        case "instant", _ if (moment := _read_instant(value, entry, reading)) is not None:
            return moment
        case "tags", str() if entry.form == "comma_separated":
            return read_tags(value)
        case "tags", tuple():
            for place, element in enumerate(value):
                if element is not None and type(element) not in (str, int, Decimal):
                    reading.report_type((*path, place), "text or a number", element)
            return None
        case "objects", tuple():
            return _read_objects(value, entry, path, reading)
        case "objects", frozenset() if not value:
            return value
        case kind, _:
            reading.report_type(path, EXPECTED[kind], value, _advise(value, entry))
            return None


def _read_instant(value: Any, entry: Entry, reading: Reading) -> datetime | None:
    """Return the instant that a value holds in one of the forms allowed; None if it holds none."""
    if isinstance(value, str):
        if entry.form == "date" and (day := read_day(value, reading.calendar)) is not None:
            return day
        if (moment := read_instant(value)) is not None:
            return moment
    per_second = _PER_SECOND.get(entry.form or "")
    if per_second is None:
        return None
    number = read_number(value) if isinstance(value, str) else value
    if isinstance(number, bool) or not isinstance(number, int | Decimal):
        return None
    return read_epoch(number, per_second)


def _read_objects(value: tuple[Any, ...], entry: Entry, path: Path, reading: Reading) -> Any:
    """Return a list of objects with the fields of each read; the same one if none changes."""
    elements = []
    for place, element in enumerate(value):
        where = (*path, place)
        if isinstance(element, Mapping):
            elements.append(read_declared(element, entry.of, where, reading))
        elif element is not None:
            reading.report_type(where, "an object", element)
    is_same = len(elements) == len(value) and all(
        one is other for one, other in zip(elements, value, strict=True)
    )
    return value if is_same else tuple(elements)


def _check_listed(read: Any, entry: Entry, path: Path, reading: Reading) -> None:
    values = read if isinstance(read, frozenset) else {read}
    if values <= frozenset(entry.values):
        return
    if entry.closed:
        problem = "is none of the values that the schema lists"
        advice = "add it there, or declare the list open with `closed = false`"
        found = describe_kind(read)
        reading.report("value-not-listed", path, problem, advice, expected=LISTED, found=found)
    else:
        names = ".".join(step for step in path if isinstance(step, str))
        reading.unlisted.append(f"{reading.schema_key}.{names}")


def _find(facts: Mapping[str, Any], path: tuple[str, ...], at: Path, reading: Reading) -> Any:
    """Return the value at a path; None, with a misfit, if a mapping on the way is another value."""
    value: Any = facts
    for step, name in enumerate(path):
        if not isinstance(value, Mapping):
            if value is not None:
                reading.report_type((*at, *path[:step]), "a mapping", value)
            return None
        value = value.get(name)
    return value


def _nest(facts: Mapping[str, Any], entries: Mapping[tuple[str, ...], Entry]) -> Mapping[str, Any]:
    """Return facts in which each declared name with dots is a path, even if it was sent flat."""
    dotted = {
        name: path
        for name in facts
        if "." in name and any(each[: len(path := split_name(name))] == path for each in entries)
    }
    if not dotted:
        return facts
    nested: Mapping[str, Any] = {}
    for name, value in facts.items():
        nested = put(nested, dotted.get(name, (name,)), value)
    return nested


def _advise(value: Any, entry: Entry) -> str | None:
    match entry.type, value:
        case "number", str():
            return "text counts if it is a number, such as `19.99`"
        case "instant", _ if entry.form is not None:
            return EXAMPLES[entry.form]
        case "instant", str() if DAY.fullmatch(value):
            return 'if it is a whole day, declare it with `from = "date"`'
        case "instant", str():
            return "write it in ISO 8601, such as `2026-03-14T09:30:00Z`"
        case "instant", int() | Decimal() if not isinstance(value, bool):
            return 'if it counts from 1970, declare it with `from = "epoch_ms"` or `"epoch_s"`'
        case "tags", str():
            return 'if it is tags with commas, declare it with `from = "comma_separated"`'
        case "text", int() | Decimal() if not isinstance(value, bool):
            return "declare it `number`, or send it as text"
        case _:
            return None
