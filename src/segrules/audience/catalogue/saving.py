"""Segments written to a file, in which everything else stays as it is."""

import os
import shutil
from codecs import BOM_UTF8
from collections.abc import Iterable, Mapping
from pathlib import Path
from threading import get_ident
from typing import Final, Literal, TypeAlias

from segrules.audience.catalogue.files import build_segments
from segrules.audience.catalogue.refresh import Refresh
from segrules.audience.catalogue.refresh_text import write_refresh
from segrules.audience.catalogue.segment import Origin, Segment, SegmentError
from segrules.audience.catalogue.segment_text import (
    SegmentFile,
    SegmentText,
    read_segments,
    refuse_misfits,
)
from segrules.facts.arguments import ArgumentError, expect, kind_of
from segrules.language.diagnostics import RuleError
from segrules.language.source import Source
from segrules.language.suggestions import quote
from segrules.language.toml_edits import TomlEditor
from segrules.language.toml_places import KeyPath, Line
from segrules.language.toml_values import write_key, write_rule, write_string, write_text
from segrules.schema.definitions import SchemaError
from segrules.schema.files import read_file

Parts: TypeAlias = dict[str, str]
"""The values of a segment's table as TOML writes them, without those that are left out."""

ROOT: Final = "segments"


def save_segments(segments: Iterable[Segment] | Mapping[str, Segment], path: str | Path) -> None:
    """Write segments to a TOML file, from which `load_segments` reads equal ones.

    In a file that is there, what has changed is changed in place, and what is new is added at the
    end. Segments that are not given are removed. All else stays: comments, order, and the form of
    what has not changed. The file is replaced in one step, or not at all.

    Raises SegmentError if the file is not TOML, if a rule refers to a segment that is not given, or
    if a refresh cannot be written as text; and OSError if the file cannot be written.
    """
    if not isinstance(path, str | Path):
        raise ArgumentError(f"a file is named by its path, not {kind_of(path)}", subject="path")
    given = _to_given(segments)
    target, name = Path(path).resolve(), str(path)
    old, mark = _read_old(target, name)
    new = _edit(old.replace("\r\n", "\n"), name, given)
    _expect_same(given, Source(new, name))
    written = new.replace("\n", "\r\n") if "\r\n" in old else new
    if written != old:
        replace_file(target, mark + written.encode())


def replace_file(target: Path, data: bytes) -> None:
    """Replace what a file holds in one step: a reader finds all of the old or all of the new."""
    draft = target.with_name(f".{target.name}.{os.getpid()}-{get_ident()}")
    try:
        with draft.open("xb") as file:
            file.write(data)
        if target.exists():
            shutil.copymode(target, draft)
        draft.replace(target)
    finally:
        draft.unlink(missing_ok=True)


def _to_given(segments: Iterable[Segment] | Mapping[str, Segment]) -> dict[str, Segment]:
    """Return segments by name; raises SegmentError for what a file cannot hold."""
    if not isinstance(segments, Iterable):
        raise ArgumentError(
            f"`segments` must be `Segment`s, not {kind_of(segments)}", subject="segments"
        )
    given: dict[str, Segment] = {}
    for each in segments.values() if isinstance(segments, Mapping) else segments:
        segment = expect(each, Segment, "each of `segments`")
        if segment.name in given:
            raise _refuse(segment.name, "it is given twice")
        given[segment.name] = segment
    for name, segment in given.items():
        if missing := sorted(segment.rule.segments.keys() - given):
            raise _refuse(name, f"its rule refers to {quote(missing[0])}, which is not given")
    return given


def _refuse(name: str, why: str) -> SegmentError:
    return SegmentError(
        f"the segment {quote(name)} cannot be saved: {why}", code="unsavable", subject=name
    )


def _read_old(target: Path, name: str) -> tuple[str, bytes]:
    """Return the text of a file and its byte order mark; both are empty if there is none."""
    if not target.exists():
        return "", b""
    try:
        text = read_file(target)
    except SchemaError as error:
        raise SegmentError(str(error), code="unreadable-file", subject=name) from None
    return text, BOM_UTF8 if target.read_bytes().startswith(BOM_UTF8) else b""


def _edit(text: str, name: str, given: Mapping[str, Segment]) -> str:
    """Return a TOML text with some segments in place of its own. name: what errors call it."""
    file = read_segments(Source(text, name))
    parts = {key: _parts_of(segment) for key, segment in given.items()}
    editor = TomlEditor(text)
    inline = [line for line in editor.find_lines((ROOT,)) if _is_inline(line, ROOT)]
    if inline:
        if {key: _parts_as_read(each) for key, each in file.segments.items()} != parts:
            tables = {write_key(key): _write_inline(each) for key, each in parts.items()}
            editor.replace_value(inline[0], _write_inline(tables))
    else:
        _edit_tables(editor, file, parts)
    _add_names(editor, file, "lists", {n for s in given.values() for n in s.rule.lists})
    _add_names(editor, file, "cohorts", {n for s in given.values() for n in s.rule.cohorts})
    return editor.finish()


def _edit_tables(editor: TomlEditor, file: SegmentFile, parts: Mapping[str, Parts]) -> None:
    """Remove the tables of segments that are not given, change others, and add those not there."""
    lines: dict[str, list[Line]] = {}
    for line in editor.find_lines((ROOT,)):
        if len(line.path) > 1:
            lines.setdefault(str(line.path[1]), []).append(line)
    whole = file.segments.keys() - {*file.unread}
    for key in [key for key in lines if key not in parts or key not in whole]:
        editor.remove(lines.pop(key))
    for key, each in parts.items():
        if key not in lines:
            written = [f"{part} = {value}\n" for part, value in each.items()]
            editor.append("".join([f"[{ROOT}.{write_key(key)}]\n", *written]))
        elif each != (old := _parts_as_read(file.segments[key])):
            _edit_table(editor, lines[key], (ROOT, key), old, each)
    if not parts and not any(line.path == (ROOT,) for line in editor.find_lines((ROOT,))):
        editor.append(f"[{ROOT}]\n")


def _edit_table(
    editor: TomlEditor, lines: list[Line], path: KeyPath, old: Parts, new: Parts
) -> None:
    """Change the parts of one segment, each in place."""
    if _is_inline(lines[0], *path):
        editor.replace_value(lines[0], _write_inline(new))
        return
    # Below a header inside the segment's own table, a line would be in that.
    last = [
        line
        for line in lines
        if line.table in (path, path[:1], ()) and line.path[:3] != (*path, "origin")
    ]
    for part in {**old, **new}:
        own = [line for line in lines if line.path[:3] == (*path, part)]
        if old.get(part) == new.get(part):
            continue
        if part in new and len(own) == 1 and _is_inline(own[0], *path, part):
            editor.replace_value(own[0], new[part])
            continue
        editor.cut(own)
        if part in new:
            editor.insert_after(last[-1], (*path, part), new[part])


def _add_names(
    editor: TomlEditor, file: SegmentFile, kind: Literal["lists", "cohorts"], needed: set[str]
) -> None:
    """Add to the names of lists or cohorts that rules may refer to those that a file lacks."""
    there = file.lists if kind == "lists" else file.cohorts
    missing = ", ".join(write_string(name) for name in sorted(needed - {*there}))
    lines = editor.find_lines((kind,))
    if not missing:
        return
    if there:
        end = editor.places.strings[kind, len(there) - 1].span.end
        editor.insert(end, f", {missing}")
    elif lines:
        editor.replace_value(lines[0], f"[{missing}]")
    else:
        editor.insert_on_top((kind,), f"[{missing}]")


def _is_inline(line: Line, *path: str | int) -> bool:
    """Tell whether a line gives a value to a key, rather than to one inside it."""
    return line.value is not None and line.path == path


def _parts_of(segment: Segment) -> Parts:
    try:
        return _write_parts(
            segment.rule.text, segment.title, segment.description, segment.refresh, segment.origin
        )
    except ArgumentError as error:
        raise _refuse(segment.name, str(error)) from None


def _parts_as_read(text: SegmentText) -> Parts:
    try:
        return _write_parts(text.rule, text.name, text.description, text.refresh, text.origin)
    except ArgumentError:
        return {}  # of a refresh that could not have been written: nothing is as it was


def _write_parts(
    rule: str, title: str, description: str, refresh: Refresh, origin: Origin | None
) -> Parts:
    parts = {}
    if title:
        parts["name"] = write_string(title)
    if description:
        parts["description"] = write_text(description)
    parts["rule"] = write_rule(rule)
    if refresh.kind != "live":
        parts["refresh"] = write_string(write_refresh(refresh))
    if origin is not None:
        kind, text = write_string(origin.kind), write_text(origin.text)
        parts["origin"] = _write_inline({"kind": kind, "text": text})
    return parts


def _write_inline(values: Parts) -> str:
    return f"{{ {', '.join(f'{key} = {value}' for key, value in values.items())} }}"


def _is_same(found: Segment, segment: Segment) -> bool:
    """Tell whether a segment says the same, whatever the segments mean that its rule names."""
    one, other = found.rule, segment.rule
    return (one.syntax, one.lists, one.cohorts, _parts_of(found)) == (
        other.syntax,
        other.lists,
        other.cohorts,
        _parts_of(segment),
    )


def _expect_same(given: Mapping[str, Segment], source: Source) -> None:
    """Raise SegmentError if a text would not be read as the segments it was written from."""
    schemas = [segment.rule.schema for segment in given.values()]
    if any(schema != schemas[0] for schema in schemas):
        raise _refuse(next(iter(given)), "its rule and another's are of different schemas")
    file = read_segments(source)
    try:
        refuse_misfits(file)
        read = build_segments(file, schemas[0]) if schemas else ()
    except (RuleError, SegmentError) as error:
        raise SegmentError(
            f"{source.name}: with these segments the file could not be read again:\n{error}",
            code="unsavable",
            subject=source.name,
            findings=error.findings,
        ) from None
    same = {each.name: each for each in read}
    for name, segment in given.items():
        found = same.pop(name, None)
        if found is None or not _is_same(found, segment):
            raise _refuse(name, "read again, it would be another one")
    if same:
        raise _refuse(next(iter(same)), "it would not go away")
