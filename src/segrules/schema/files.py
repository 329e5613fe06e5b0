"""Schemas as TOML or JSON, read and written back.

Every value that does not fit is named by its key. Definitions made in Python are accepted too, and
checked like the rest.
"""

import re
import tomllib
from collections import abc
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any, Final, Literal, TypeAlias, TypeVar, get_args, get_origin

import cattrs
from attrs import AttrsInstance, asdict, define, evolve, field, fields, has
from cattrs.cols import homogenous_tuple_structure_factory, mapping_structure_factory
from cattrs.errors import (
    BaseValidationError,
    ClassValidationError,
    ForbiddenExtraKeysError,
    IterableValidationError,
)
from cattrs.gen import make_dict_structure_fn, override

from segrules.language.source import Source
from segrules.language.suggestions import find_closest, quote, suggest
from segrules.language.toml_places import KeyPath, find_strings, place_finding
from segrules.meaning.vocabulary import Undeclared
from segrules.schema.definitions import (
    Attribute,
    EventType,
    Property,
    SchemaError,
    SchemaFinding,
    Stage,
)

T = TypeVar("T")
_Hook: TypeAlias = Callable[[Any, Any], Any]


@define
class _File:
    attributes: dict[str, Attribute] = field(factory=dict)
    events: dict[str, EventType] = field(factory=dict)
    collections: dict[str, str] = field(factory=dict)
    timezone: str = "UTC"
    week_starts: str = "monday"
    is_open: bool = False
    undeclared: Undeclared = field(factory=Undeclared)


KEYS: Final = tuple(each.name for each in fields(_File))
"""What a schema is made of."""


def read_file(path: str | Path) -> str:
    """Return a file's text, without its byte order mark; raises SchemaError naming the file."""
    try:
        return Path(path).read_bytes().decode("utf-8-sig")
    except OSError as error:
        reason = (error.strerror or "cannot be read").lower()
    except UnicodeDecodeError:
        reason = "is not UTF-8 text"
    except ValueError:
        reason = "is not a path"
    raise SchemaError(_escape(path), (SchemaFinding("", reason),))


def parse_toml(text: str, name: str) -> dict[str, Any]:
    """Return what a TOML text holds; raises SchemaError with what errors call the text."""
    try:
        return tomllib.loads(text)
    except ValueError as error:
        said = _KEYS_TWICE.sub(_name_keys, str(error))
        raise SchemaError(name, (SchemaFinding("", f"is not TOML: {said}"),)) from None
    except RecursionError:
        raise SchemaError(
            name, (SchemaFinding("", "is not TOML: it is nested too deep"),)
        ) from None


def _name_keys(found: re.Match[str]) -> str:
    """Return a table's name as TOML writes it, where the standard library prints its keys."""
    return f"`[{'.'.join(re.findall(_KEY_PRINTED, found[1]))}]`"


def place_findings(error: SchemaError, file: Source) -> SchemaError:
    """Return an error whose findings in rules and derivations have their places in a file."""
    if all(found.cause is None for found in error.findings):
        return error  # the text may be no TOML at all
    strings = {_show_path(path): string for path, string in find_strings(file.text).items()}
    findings = [
        found
        if found.cause is None or (string := strings.get(found.cause.source.name)) is None
        else evolve(found, cause=place_finding(found.cause, string, evolve(file, key=found.key)))
        for found in error.findings
    ]
    return SchemaError(error.name, tuple(findings))


def _show_path(path: KeyPath) -> str:
    steps = (f"[{step}]" if isinstance(step, int) else f".{step}" for step in path)
    return "".join(steps).removeprefix(".")


def _escape(path: str | Path) -> str:
    text = str(path)
    return text if text.isprintable() else ascii(text)


def structure(data: object, name: str) -> dict[str, Any]:
    """Return the arguments of a schema; raises SchemaError with every key that does not fit."""
    return asdict(structure_as(_File, data, name), recurse=False)


def structure_as(kind: type[T], data: object, name: str) -> T:
    """Return data as attrs classes, without converting any value to another type.

    Raises SchemaError, with what errors call the data, for every key that does not fit.
    """
    try:
        return _CONVERTER.structure(data, kind)
    except (BaseValidationError, _MisfitError) as error:
        raise SchemaError(name, tuple(_find_misfits(error, ()))) from None


def unstructure(schema: Any) -> dict[str, Any]:
    """Return a schema's definitions as JSON's types, without what has its default."""
    shown = {key: getattr(schema, key) for key in KEYS}
    undeclared = _strip_defaults(shown.pop("undeclared"))
    return {
        "attributes": _strip_each(shown.pop("attributes")),
        "events": {
            name: _strip_defaults(each) | {"properties": _strip_each(each.properties)}
            for name, each in shown.pop("events").items()
        },
        "collections": dict(shown.pop("collections")),
        **shown,
        **({"undeclared": undeclared} if undeclared else {}),
    }


def _strip_each(definitions: Mapping[str, AttrsInstance]) -> dict[str, Any]:
    return {name: _strip_defaults(each) for name, each in definitions.items()}


def _strip_defaults(definition: AttrsInstance) -> dict[str, Any]:
    """Return a definition without what has its default, and without nested definitions."""
    shown = {}
    for each in fields(type(definition)):
        value = getattr(definition, each.name)
        match value:
            case tuple():
                value = [asdict(v) if isinstance(v, Stage) else v for v in value]
            case Mapping() if each.name == "of":
                value = _strip_each(value)
            case Mapping():
                continue
        if value not in ([], {}, None, "") and value != each.default:
            shown[_key_of(each.name)] = value
    return shown


def _key_of(name: str) -> str:
    """Return the key of a field: in files it may be a word that Python keeps for itself."""
    return name.removesuffix("_")


_KEYS_TWICE: Final = re.compile(r"\(('[^()]*),?\)")
_KEY_PRINTED: Final = r"'([^']*)'"


class _MisfitError(Exception):
    """A value that is not what its key asks for, and what to do."""

    def __init__(self, message: str, help: str | None = None) -> None:  # noqa: A002
        super().__init__(message)
        self.message = message
        self.help = help


def _find_misfits(error: BaseException, path: KeyPath) -> Iterator[SchemaFinding]:
    match error:
        case ClassValidationError():
            noted, others = error.group_exceptions()
            for inner, note in noted:
                yield from _find_misfits(inner, (*path, _key_of(note.name)))
            for inner in others:
                yield from _find_misfits(inner, path)
        case IterableValidationError():
            for inner, place in error.group_exceptions()[0]:
                yield from _find_misfits(inner, (*path, place.index))
        case ForbiddenExtraKeysError(extra_fields=extra, cl=cl):
            for key in sorted(map(str, extra)):
                yield _make_finding(path, f"unknown key {quote(key)}", _advise(key, cl, path))
        case _MisfitError():
            yield _make_finding(path, error.message, error.help)
        case KeyError():
            yield _make_finding(path, "this key is missing")
        case _:
            raise error


def _advise(key: str, cl: type[AttrsInstance], path: KeyPath) -> str:
    known = [_key_of(each.name) for each in fields(cl)]
    if cl in (Attribute, Property) and find_closest(key, known) is None:
        dotted = f'put a dotted name in quotes: `"{path[-1]}.{key}"`'
        return f"{suggest(key, known, 'keys')}; {dotted}"
    return suggest(key, known, "keys")


def _make_finding(path: KeyPath, message: str, advice: str | None = None) -> SchemaFinding:
    return SchemaFinding(_show_path(path), message, advice)


def _expect(value: object, kind: type | tuple[type, ...], said: str) -> None:
    if not isinstance(value, kind):
        raise _MisfitError(f"expected {said}, found {_describe(value)}")


def _describe(value: object) -> str:
    match value:
        case bool():
            return "true or false"
        case str():
            return f"the text {quote(value)}"
        case int() | float():
            return "a number"
        case list() | tuple():
            return "a list"
        case Mapping():
            return "a table"
        case None:
            return "nothing"
        case _:
            return f"`{type(value).__name__}`"


def _match_origin(*origins: Any) -> Callable[[Any], bool]:
    return lambda kind: get_origin(kind) in origins


def _read_text(value: object, _: type) -> str:
    _expect(value, str, "text")
    return str(value)


def _read_boolean(value: object, _: type) -> bool:
    _expect(value, bool, "true or false")
    return bool(value)


def _read_choice(value: object, kind: Any) -> str:
    known = get_args(kind)
    _expect(value, str, "one of " + ", ".join(f"`{k}`" for k in known))
    said = str(value)
    if said not in known:
        raise _MisfitError(f"unknown {quote(said)}", suggest(said, known, "values"))
    return said


def _make_converter() -> cattrs.Converter:
    converter = cattrs.Converter(forbid_extra_keys=True)

    def make_table_hook(cl: Any) -> _Hook:
        names: dict[str, Any] = {
            each.name: override(rename=_key_of(each.name))
            for each in fields(cl)
            if each.name != _key_of(each.name)
        }
        inner = make_dict_structure_fn(cl, converter, _cattrs_forbid_extra_keys=True, **names)
        short = cl in (Attribute, Property)

        def build(value: Any, kind: Any) -> Any:
            if isinstance(value, cl):
                value = {_key_of(k): v for k, v in asdict(value, recurse=False).items()}
            elif cl is Undeclared and isinstance(value, str):
                value = {each.name: value for each in fields(cl)}
            elif short and isinstance(value, str):
                value = {"type": value}
            _expect(value, Mapping, "a table" + (" or the name of a type" if short else ""))
            return inner(value, kind)

        return build

    def make_mapping_hook(cl: Any) -> _Hook:
        return _expect_first(Mapping, "a table", mapping_structure_factory(cl, converter))

    def make_list_hook(cl: Any) -> _Hook:
        inner = homogenous_tuple_structure_factory(cl, converter)
        return _expect_first((list, tuple), "a list", inner)

    converter.register_structure_hook(str, _read_text)
    converter.register_structure_hook(bool, _read_boolean)
    converter.register_structure_hook_func(_match_origin(Literal), _read_choice)
    converter.register_structure_hook_factory(has, make_table_hook)
    converter.register_structure_hook_factory(_match_origin(dict, abc.Mapping), make_mapping_hook)
    converter.register_structure_hook_factory(_match_origin(tuple), make_list_hook)
    return converter


def _expect_first(kind: type | tuple[type, ...], said: str, inner: _Hook) -> _Hook:
    def build(value: Any, cl: Any) -> Any:
        _expect(value, kind, said)
        return inner(value, cl)

    return build


_CONVERTER = _make_converter()
