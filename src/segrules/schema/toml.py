"""Schemas as text in TOML, which the standard library reads and does not write."""

import json
import re
from collections.abc import Iterator, Mapping
from typing import Any, Final

_WIDTH: Final = 130
_BARE_KEY: Final = re.compile(r"[A-Za-z0-9_-]+")
_ORDER: Final = ("attributes", "collections", "events")
"""The tables of a schema that come last, each after those that are shorter."""


def write_toml(data: Mapping[str, Any], comments: tuple[str, ...] = ()) -> str:
    """Return a schema's data as TOML, under comments of a line each."""
    ordered = sorted(data, key=lambda key: _ORDER.index(key) if key in _ORDER else -1)
    lines = [f"# {_printable(comment)}" for comment in comments]
    lines += _write_table({key: data[key] for key in ordered}, ())
    return "\n".join(lines).strip("\n") + "\n"


def _write_table(table: Mapping[str, Any], path: tuple[str, ...]) -> Iterator[str]:
    """Yield the lines of a table: first what fits a line, and then tables of their own."""
    lines = {key: _write_line(key, value) for key, value in table.items()}
    nested = {
        key
        for key, value in table.items()
        if isinstance(value, Mapping) and (not path or _is_deep(value) or len(lines[key]) > _WIDTH)
    }
    if path and (len(nested) < len(table) or not table):
        yield ""
        yield f"[{'.'.join(map(_write_key, path))}]"
    for key, line in lines.items():
        if key in nested:
            continue
        if isinstance(table[key], list) and len(line) > _WIDTH:
            yield f"{_write_key(key)} = ["
            yield from (f"    {_write_value(each)}," for each in table[key])
            yield "]"
        else:
            yield line
    for key in table:
        if key in nested:
            yield from _write_table(table[key], (*path, key))


def _is_deep(table: Mapping[str, Any]) -> bool:
    """Tell whether a table holds tables, which read badly within a line."""
    return any(
        isinstance(inner, Mapping)
        for value in table.values()
        for inner in (value if isinstance(value, list) else [value])
    )


def _write_line(key: str, value: Any) -> str:
    return f"{_write_key(key)} = {_write_value(value)}"


def _write_key(key: str) -> str:
    return key if _BARE_KEY.fullmatch(key) else _write_text(key)


def _write_value(value: Any) -> str:
    match value:
        case bool():
            return "true" if value else "false"
        case str():
            return _write_text(value)
        case Mapping():
            inner = ", ".join(_write_line(key, each) for key, each in value.items())
            return f"{{ {inner} }}" if inner else "{}"
        case _:
            return f"[{', '.join(map(_write_value, value))}]"


def _write_text(text: str) -> str:
    # TOML escapes what JSON does, and one control character more.
    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007F")


def _printable(comment: str) -> str:
    return "".join(c if c.isprintable() else "\ufffd" for c in comment)
