"""Lists of objects: whether `has` may ask about a value, and advice on all other questions."""

from collections.abc import Iterable, Mapping
from typing import Final, TypeAlias

from attrs import evolve

from segrules.language import syntax as written
from segrules.language.formatter import format_node
from segrules.language.suggestions import quote
from segrules.meaning.checking.findings import Findings
from segrules.meaning.operators import takes
from segrules.meaning.vocabulary import Entry, ValueType, describe_type

Path: TypeAlias = tuple[str, ...]
Entries: TypeAlias = Mapping[Path, Entry]

_TYPE_OF: Final[Mapping[type, ValueType]] = {
    written.Text: "text",
    written.Number: "number",
    written.Boolean: "boolean",
}


def has_objects(condition: written.Has, entry: Entry, findings: Findings) -> bool:
    """Tell whether a value may be a list of objects; if not, add a finding."""
    if takes(entry.type, "has"):
        return True
    name = format_node(condition.name)
    advice = f"compare {quote(name)} itself"
    findings.report(
        "unlike-types",
        condition.span,
        f"{quote(name)} is {describe_type(entry.type)}, and `has` asks about a list of objects",
        "use `contains`" if entry.type in ("tags", "text") else advice,
    )
    return False


def advise_on_objects(condition: written.AttributeCondition, entry: Entry) -> str | None:
    """Return the question to ask of the objects in place of one about their list."""
    if entry.type != "objects":
        return None
    kind = _find_type(condition)
    path = next((path for path, each in entry.of.items() if each.type == kind), None)
    if path is None:
        path = next(iter(entry.of), ("name",))
        asked = f"{format_node(written.Name(path))} …"
    else:
        asked = format_node(_ask_of(condition, written.Name(path)))
    is_negative = isinstance(condition, written.Contains) and condition.negated
    example = f"{format_node(condition.name)} {'not ' if is_negative else ''}has {asked}"
    return f"ask about its objects: {quote(example)}"


def advise_on_path(
    name: written.Name, known: Entries, condition: written.AttributeCondition | None
) -> str | None:
    """Return advice on a name that leads into a list of objects, or to a mapping; else None."""
    listed = _find_list(name.parts, known)
    if listed is not None:
        said = f"{quote(format_node(written.Name(listed)))} is a list of objects"
        if condition is None:
            return f"{said}, and only `has` asks about their fields"
        return f"{said}: write {quote(format_node(_split_path(condition, name.parts, known)))}"
    if isinstance(condition, written.Has):
        inner = next((path for path in known if path[: len(name.parts)] == name.parts), None)
        if inner is not None:
            return f"it is no list: ask about {quote(format_node(written.Name(inner)))} itself"
    return None


def advise_on_field(name: written.Name, known: Entries) -> str | None:
    """Return advice on a field that is named outside its list; None if no list has it."""
    for path, entry in known.items():
        if name.parts in entry.of:
            listed = format_node(written.Name(path))
            said = f"{quote(format_node(name))} is a field of {quote(listed)}"
            return f"{said}: ask about it inside {quote(f'{listed} has (…)')}"
    return None


def merge_entries(several: Iterable[Entries]) -> Entries:
    """Return the properties of events of any type; one of several types has none here."""
    merged: dict[Path, Entry] = {}
    for entries in several:
        for path, entry in entries.items():
            known = merged.get(path, entry)
            same = known.type == entry.type
            fields = merge_entries([known.of, entry.of]) if same and entry.of else {}
            merged[path] = Entry(entry.type if same else None, of=fields)
    return merged


def _find_list(path: Path, known: Entries) -> Path | None:
    """Return the list of objects that a path leads into; None if it leads into none."""
    outer = (path[:length] for length in range(1, len(path)))
    return next((each for each in outer if each in known and known[each].type == "objects"), None)


def _split_path(
    condition: written.AttributeCondition, path: Path, known: Entries
) -> written.AttributeCondition:
    """Return a condition on a path into lists of objects as one with `has` for each list."""
    listed = _find_list(path, known)
    if listed is None:
        return evolve(condition, name=written.Name(path))
    inner = _split_path(condition, path[len(listed) :], known[listed].of)
    return written.Has(written.Name(listed), inner)


def _find_type(condition: written.AttributeCondition) -> ValueType | None:
    """Return the type of value that a condition asks about."""
    match condition:
        case written.Comparison(value=value) | written.Between(low=value):
            return _TYPE_OF.get(type(value), "instant")
        case written.OneOf(values=(value, *_)) | written.Contains(values=(value, *_)):
            return _TYPE_OF.get(type(value), "instant")
        case written.Affix():
            return "text"
        case written.Timing():
            return "instant"
        case _:
            return None


def _ask_of(
    condition: written.AttributeCondition, name: written.Name
) -> written.AttributeCondition:
    """Return a condition asked of a single value, which contains nothing but is something."""
    match condition:
        case written.Contains(values=(value,)):
            return written.Comparison(name, "=", value)
        case written.Contains(values=values):
            return written.OneOf(name, values)
        case _:
            return evolve(condition, name=name)
