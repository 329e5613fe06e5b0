"""Parsed TOML or JSON into definitions and back, with every misfit named by its key."""

import re
from collections import abc
from collections.abc import Callable, Mapping
from typing import Any, Literal, TypeVar, get_args, get_origin

import cattrs
from attrs import AttrsInstance, asdict, define, field, fields, has
from cattrs.cols import homogenous_tuple_structure_factory, mapping_structure_factory
from cattrs.errors import BaseValidationError, ForbiddenExtraKeysError
from cattrs.gen import make_dict_structure_fn

from segrules.meaning.definitions import (
    Attribute,
    EventType,
    Property,
    SchemaError,
    SchemaFinding,
    Stage,
)
from segrules.meaning.findings import suggest

T = TypeVar("T")


@define
class _File:
    attributes: dict[str, Attribute] = field(factory=dict)
    events: dict[str, EventType] = field(factory=dict)
    collections: dict[str, str] = field(factory=dict)
    timezone: str = "UTC"
    week_starts: str = "monday"
    is_open: bool = False


def structure(data: Mapping[str, Any], name: str) -> dict[str, Any]:
    """Return the arguments of a schema; raises SchemaError with every key that does not fit."""
    return asdict(structure_as(_File, data, name), recurse=False)


def structure_as(kind: type[T], data: object, name: str) -> T:
    """Return data as attrs classes, taking nothing for something else.

    Raises SchemaError, with what errors call the data, for every key that does not fit.
    """
    try:
        return _CONVERTER.structure(data, kind)
    except (BaseValidationError, _MisfitError) as error:
        lines = cattrs.transform_error(error, path="", format_exception=_say)
        raise SchemaError(name, tuple(map(_finding, lines))) from None


def unstructure(schema: Any) -> dict[str, Any]:
    """Return a schema's definitions as JSON's types, leaving out what is as it is by default."""
    shown = {each.name: getattr(schema, each.name) for each in fields(_File)}
    return {
        "attributes": {name: _plain(each) for name, each in shown.pop("attributes").items()},
        "events": {
            name: _plain(each)
            | {"properties": {key: _plain(value) for key, value in each.properties.items()}}
            for name, each in shown.pop("events").items()
        },
        "collections": dict(shown.pop("collections")),
        **shown,
    }


def _plain(definition: AttrsInstance) -> dict[str, Any]:
    """Return a definition without what is as it is by default, and without nested definitions."""
    return {
        name: [asdict(v) if isinstance(v, Stage) else v for v in value]
        if isinstance(value, tuple)
        else value
        for name, value in asdict(definition, recurse=False).items()
        if value and name != "properties"
    }


class _MisfitError(Exception):
    """A value that is not what its key asks for."""


def _say(error: BaseException, _: type | None) -> str:
    match error:
        case _MisfitError():
            return str(error)
        case ForbiddenExtraKeysError(extra_fields=extra, cl=cl):
            known = [each.name for each in fields(cl)]
            return "; ".join(
                f"unknown key `{key}` ({suggest(key, known, 'keys')})" for key in sorted(extra)
            )
        case KeyError(args=(key,)):
            return f"the key `{key}` is missing"
        case _:
            return str(error)


def _finding(line: str) -> SchemaFinding:
    message, _, path = line.rpartition(" @ ")
    key = re.sub(r"\['(.*?)'\]", r".\1", path).strip(".")
    return SchemaFinding(key or "file", message)


def _expect(value: object, kind: type | tuple[type, ...], said: str) -> None:
    if not isinstance(value, kind) or (isinstance(value, bool) and kind is not bool):
        raise _MisfitError(f"expected {said}, found {_describe(value)}")


def _describe(value: object) -> str:
    match value:
        case bool():
            return "true or false"
        case str():
            return f"the text {value!r}"
        case int() | float():
            return f"the number {value}"
        case list():
            return "a list"
        case Mapping():
            return "a table"
        case _:
            return f"`{type(value).__name__}`"


def _made_of(*origins: Any) -> Callable[[Any], bool]:
    return lambda kind: get_origin(kind) in origins


def _converter() -> cattrs.Converter:
    converter = cattrs.Converter(forbid_extra_keys=True)

    def text(value: object, _: type) -> str:
        _expect(value, str, "text")
        return str(value)

    def boolean(value: object, _: type) -> bool:
        _expect(value, bool, "true or false")
        return bool(value)

    def choice(value: object, kind: Any) -> Any:
        known = get_args(kind)
        if value not in known:
            _expect(value, str, "one of " + ", ".join(f"`{k}`" for k in known))
            raise _MisfitError(f"unknown `{value}` ({suggest(str(value), known, 'values')})")
        return value

    def table(cl: Any) -> Callable[[Any, Any], Any]:
        inner = make_dict_structure_fn(cl, converter, _cattrs_forbid_extra_keys=True)
        short = cl in (Attribute, Property)

        def build(value: Any, kind: Any) -> Any:
            if short and isinstance(value, str):
                value = {"type": value}
            _expect(value, Mapping, "a table" + (" or the name of a type" if short else ""))
            return inner(value, kind)

        return build

    def mapping(cl: Any) -> Callable[[Any, Any], Any]:
        inner = mapping_structure_factory(cl, converter)

        def build(value: Any, kind: Any) -> Any:
            _expect(value, Mapping, "a table")
            return inner(value, kind)

        return build

    def listed(cl: Any) -> Callable[[Any, Any], Any]:
        inner = homogenous_tuple_structure_factory(cl, converter)

        def build(value: Any, kind: Any) -> Any:
            _expect(value, (list, tuple), "a list")
            return inner(value, kind)

        return build

    converter.register_structure_hook(str, text)
    converter.register_structure_hook(bool, boolean)
    converter.register_structure_hook_func(_made_of(Literal), choice)
    converter.register_structure_hook_factory(has, table)
    converter.register_structure_hook_factory(_made_of(dict, abc.Mapping), mapping)
    converter.register_structure_hook_factory(_made_of(tuple), listed)
    return converter


_CONVERTER = _converter()
