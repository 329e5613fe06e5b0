"""Segments as a TOML text has them, and everything in it that does not fit."""

import re
from collections.abc import Mapping
from typing import Any, Final

from attrs import define, field, frozen

from segrules.audience.catalogue.refresh import Refresh
from segrules.audience.catalogue.refresh_text import read_refresh
from segrules.audience.catalogue.segment import Origin, OriginKind, SegmentError
from segrules.facts.arguments import ArgumentError, is_title
from segrules.language.source import Source
from segrules.language.suggestions import quote, suggest
from segrules.schema.definitions import SchemaError, SchemaFinding
from segrules.schema.files import parse_toml, structure_as

KEYS: Final = ("segments", "lists", "cohorts")
BARE: Final = re.compile(r"[A-Za-z0-9_-]+")


@frozen
class SegmentText:
    """A segment whose rule is still text. name: its title."""

    rule: str
    name: str = ""
    description: str = ""
    refresh: Refresh = field(factory=Refresh.live)
    origin: Origin | None = None


@frozen
class SegmentFile:
    """What a TOML text says of segments.

    segments: by name, those whose rule is text. unread: names of those in which anything does not
    fit. lists, cohorts: names of others that the rules may refer to. misfits: what does not fit.
    """

    source: Source
    segments: Mapping[str, SegmentText]
    unread: tuple[str, ...] = ()
    lists: tuple[str, ...] = ()
    cohorts: tuple[str, ...] = ()
    misfits: tuple[SchemaFinding, ...] = ()


@frozen
class _Origin:
    kind: OriginKind
    text: str


@frozen
class _Table:
    rule: str
    name: str = ""
    description: str = ""
    refresh: str = "live"
    origin: _Origin | None = None


def read_segments(source: Source) -> SegmentFile:
    """Return what a TOML text says of segments; raises SegmentError if it is not TOML."""
    try:
        data = parse_toml(source.text, source.name)
    except SchemaError as error:
        raise SegmentError(
            str(error), code="not-toml", subject=source.name, findings=error.findings
        ) from None
    reader = _Reader()
    for key in data:
        if key not in KEYS:
            reader.note("", f"unknown key {quote(key)}", suggest(key, KEYS, "keys"))
    tables = data.get("segments")
    if tables is None:
        reader.note("segments", "this key is missing")
    elif not isinstance(tables, Mapping):
        reader.read(dict[str, Any], tables, "segments")
    else:
        for name, table in tables.items():
            reader.read_segment(name, table)
    lists, cohorts = (reader.read_names(data.get(kind, []), kind) for kind in ("lists", "cohorts"))
    for name in sorted({*lists} & {*reader.segments, *reader.unread}):
        reader.note("lists", f"{quote(name)} cannot be both a segment and a list", "rename one")
    unread, misfits = tuple(reader.unread), tuple(reader.misfits)
    return SegmentFile(source, reader.segments, unread, lists, cohorts, misfits)


def refuse_misfits(file: SegmentFile, others: str = "", findings: tuple[Any, ...] = ()) -> None:
    """Raise SegmentError if a file has misfits. others, findings: what else is wrong with it."""
    if file.misfits:
        lines = [f"{file.source.name}: {misfit}" for misfit in file.misfits]
        raise SegmentError(
            "\n".join(lines) + others,
            code="segment-file",
            subject=file.source.name,
            findings=(*file.misfits, *findings),
        )


def show_key(name: str) -> str:
    """Return the key of a segment's table, as errors name it."""
    quotes = '"' if "'" in name else "'"
    return f"segments.{name if BARE.fullmatch(name) else f'{quotes}{name}{quotes}'}"


@define
class _Reader:
    segments: dict[str, SegmentText] = field(factory=dict)
    unread: list[str] = field(factory=list)
    misfits: list[SchemaFinding] = field(factory=list)

    def note(self, key: str, message: str, help: str | None = None) -> None:  # noqa: A002
        self.misfits.append(SchemaFinding(key, message, help))

    def read_segment(self, name: str, data: object) -> None:
        """Add a segment, or what does not fit in its table."""
        if not is_title(name):
            self.note(f"segments.{name!r}", "a name is text that is not empty and can be printed")
            return
        key = show_key(name)
        table = self.read(_Table, data, key)
        if table is None:
            self.unread.append(name)
            # What is wrong with its rule is to be found all the same.
            if isinstance(data, Mapping) and isinstance(data.get("rule"), str):
                self.segments[name] = SegmentText(data["rule"])
            return
        refresh, origin = Refresh.live(), None
        try:
            refresh = read_refresh(table.refresh)
        except ArgumentError as error:
            self.unread.append(name)
            self.note(f"{key}.refresh", str(error))
        try:
            origin = table.origin and Origin(table.origin.kind, table.origin.text)
        except SegmentError as error:
            self.unread.append(name)
            self.note(f"{key}.origin", str(error))
        self.segments[name] = SegmentText(
            table.rule, table.name, table.description, refresh, origin
        )

    def read_names(self, data: object, key: str) -> tuple[str, ...]:
        names = self.read(tuple[str, ...], data, key) or ()
        if not all(map(is_title, names)):
            self.note(key, "a name is text that is not empty and can be printed")
        return names

    def read(self, kind: Any, data: object, key: str) -> Any:
        """Return data as a kind, or None if it does not fit."""
        try:
            return structure_as(kind, data, key)
        except SchemaError as error:
            for found in error.findings:
                inner = (
                    f".{found.key}" if found.key and not found.key.startswith("[") else found.key
                )
                self.note(key + inner, found.message, found.help)
            return None
