"""Values of properties and attributes, made exact once.

What JSON has can be a fact: floats become the decimals that their shortest form names, instants
move to UTC, and lists of text and numbers become tags, which are frozen sets. Any other list is a
tuple, whose elements are facts in turn. Nothing here knows a schema.

INVARIANT: a fact is exact and read-only; nothing checks it again.
"""

from collections.abc import Iterable, Mapping
from datetime import UTC, date, datetime
from decimal import Decimal
from numbers import Integral, Real
from types import MappingProxyType
from typing import Any, Final

from segrules.facts.arguments import FactError, describe_kind, find_name, to_utc
from segrules.facts.exact import to_number
from segrules.facts.misfits import EXPECTED, Misfit, Path, name_path, refuse, show_path

DEEPEST: Final = 16
NO_FACTS: Final[Mapping[str, Any]] = MappingProxyType({})

_AS_THEY_ARE: Final = frozenset({str, bool, type(None)})
_TAG_KINDS: Final = frozenset({str, int, Decimal})


def look_up(facts: Mapping[str, Any], path: tuple[str, ...]) -> Any:
    """Return the value at a path; None if there is none."""
    value: Any = facts
    for key in path:
        if not isinstance(value, Mapping):
            return None
        value = value.get(key)
    return value


def to_facts(values: Mapping[str, object], where: str) -> Mapping[str, Any]:
    """Return names and values made exact, read-only.

    where: what errors call the mapping. Raises FactError with everything that cannot be a fact.
    """
    if not isinstance(values, Mapping):
        raise FactError(
            f"{where} must be a mapping, not {describe_kind(values)}",
            code="wrong-type",
            subject=find_name(where),
        )
    found: list[Misfit] = []
    facts = to_exact(values, found)
    if found:
        refuse(found)
    return facts


def to_exact(values: Mapping[str, object], found: list[Misfit]) -> Mapping[str, Any]:
    """Return names and values made exact, read-only; what cannot be a fact is None, and found."""
    return _to_mapping(values, (), found) if values else NO_FACTS


def to_fact(value: object, path: Path, found: list[Misfit]) -> Any:
    """Return a value made exact; None, with a misfit that names its path, if it cannot be."""
    kind: type = type(value)
    if kind in _AS_THEY_ARE:
        return value
    try:
        match value:
            case int() | float() | Decimal():
                return to_number(value)
            case datetime():
                return value if kind is datetime and value.tzinfo is UTC else to_utc(value, "")
            case str():
                return str.__str__(value)
            case Mapping():
                return _to_mapping(value, path, found)
            case list() | tuple():
                return _to_list(value, path, found)
            case set() | frozenset():
                return _to_list(sorted(value, key=_print), path, found)
            case _ if (plain := _unwrap(value)) is not None:
                return to_fact(plain, path, found)
            case _:
                found.append(_misfit(value, path))
    except FactError as error:
        message = f"{show_path(path)} {str(error).strip()}"
        expected, kind_found = EXPECTED.get(error.code), describe_kind(value)
        found.append(Misfit(error.code, name_path(path), message, expected, kind_found))
    return None


def put(facts: Mapping[str, Any], path: tuple[str, ...], value: Any) -> Mapping[str, Any]:
    """Return facts with another value at a path; what lies beside it stays."""
    name, *rest = path
    if rest:
        inner = facts.get(name)
        value = put(inner if isinstance(inner, Mapping) else NO_FACTS, tuple(rest), value)
    return MappingProxyType({**facts, name: value})


def split_name(name: str) -> tuple[str, ...]:
    """Return the path that a name with dots leads along; a name without is a path of one."""
    steps = tuple(name.split("."))
    return steps if all(steps) else (name,)


def set_facts(known: dict[str, Any], facts: Mapping[str, Any]) -> tuple[str, ...]:
    """Set facts among those that are known; return the outermost names that have changed.

    A name with dots sets a leaf, and leaves what lies beside it.
    """
    moved = []
    for name, given in facts.items():
        path = split_name(name) if "." in name else (name,)
        first, value = path[0], given
        if len(path) > 1:
            value = put(known, path, given)[first]
        if not _is_same(known.get(first), value):
            known[first] = value
            moved.append(first)
    return tuple(dict.fromkeys(moved))


def unite(mine: Mapping[str, Any], theirs: Mapping[str, Any]) -> Mapping[str, Any]:
    """Return the facts of both; of a value that both have at a path, mine."""
    both = {**theirs, **{name: value for name, value in mine.items() if value is not None}}
    for name in mine.keys() & theirs.keys():
        one, other = mine[name], theirs[name]
        if isinstance(one, Mapping) and isinstance(other, Mapping):
            both[name] = unite(one, other)
    return MappingProxyType(both)


def nest(facts: Mapping[str, Any]) -> Mapping[str, Any]:
    """Return facts in which a name with dots is a path; the same ones if there is none."""
    if not any("." in name for name in facts):
        return facts
    nested: dict[str, Any] = {}
    set_facts(nested, facts)
    return MappingProxyType(nested)


def _is_same(known: Any, value: Any) -> bool:
    # To Python 1 equals True, and so may containers of them; to rules they differ.
    is_nested = isinstance(value, Mapping | tuple)
    return type(known) is type(value) and not is_nested and bool(known == value)


def thaw(value: Any) -> Any:
    """Return nested mappings as dicts and tuples as lists, which can be pickled."""
    match value:
        case Mapping():
            return {key: thaw(each) for key, each in value.items()}
        case tuple():
            return [thaw(each) for each in value]
        case _:
            return value


def order_of(value: Any) -> Any:
    """Return what is equal for equal facts, and prints the same in every process."""
    kind = type(value)
    if kind is str:
        return value
    if kind is MappingProxyType:
        return sorted((key, order_of(each)) for key, each in value.items())
    if kind is frozenset:
        return sorted((type(each).__name__, str(each)) for each in value)
    if kind is tuple:
        return [order_of(each) for each in value]
    return (kind.__name__, str(value)) if kind in _TAG_KINDS else value


def _to_mapping(values: Mapping[Any, object], path: Path, found: list[Misfit]) -> Mapping[str, Any]:
    if len(path) > DEEPEST:
        raise FactError(f"is nested more than {DEEPEST} deep", code="too-nested")
    facts = {}
    for key, value in values.items():
        if type(key) is not str:
            if not isinstance(key, str):
                inside = f" in {show_path(path)}" if path else ""
                message = f"a name{inside} must be text, not {describe_kind(key)}"
                found.append(Misfit("not-a-name", name_path(path), message, "text"))
                continue
            key = str.__str__(key)  # noqa: PLW2901  # an enumeration's member means its text
        facts[key] = value if type(value) in _AS_THEY_ARE else to_fact(value, (*path, key), found)
    return MappingProxyType(facts)


def _to_list(values: Iterable[object], path: Path, found: list[Misfit]) -> Any:
    if len(path) > DEEPEST:
        raise FactError(f"is nested more than {DEEPEST} deep", code="too-nested")
    facts = tuple(to_fact(value, (*path, place), found) for place, value in enumerate(values))
    texts = [each for each in facts if each is not None]
    return frozenset(texts) if all(type(each) in _TAG_KINDS for each in texts) else facts


def _print(value: object) -> str:
    """Return a value as it prints, by which sets have the same order in every process."""
    try:
        return repr(value)
    except ValueError:
        return ""  # a whole number with more digits than Python prints


def _unwrap(value: Any) -> object:
    """Return what an array library has, such as a `numpy.int64`, as Python's own; None for else."""
    if not (hasattr(value, "dtype") and hasattr(value, "tolist")):
        return None
    if isinstance(value, Real) and not isinstance(value, Integral):
        # The shortest form is that of the scalar's own precision, which a Python float lengthens.
        return Decimal(str(value))
    plain: object = value.tolist()
    return None if hasattr(plain, "dtype") else plain


def _misfit(value: object, path: Path) -> Misfit:
    shown, kind = show_path(path), describe_kind(value)
    if isinstance(value, date):
        advice = "give an aware datetime, since days begin at different instants in different zones"
        message = f"{shown} is a date without a time: {advice}"
        return Misfit("date-without-time", name_path(path), message, "an aware datetime", kind)
    expected = "text, a number, true or false, an aware datetime, a list or a mapping"
    message = f"{shown} cannot be {kind}: a fact is {expected}"
    return Misfit("not-a-fact", name_path(path), message, expected, kind)
