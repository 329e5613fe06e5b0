"""From definitions to a vocabulary: what every declared word stands for, checked as a whole."""

import re
from collections.abc import Callable, Iterable, Mapping
from functools import partial
from typing import Final, TypeVar, get_args
from zoneinfo import ZoneInfo, available_timezones

from attrs import define

from segrules.language import syntax as written
from segrules.language.diagnostics import RuleError
from segrules.language.mentions import mentioned_attributes
from segrules.language.parser import parse, parse_derivation
from segrules.language.source import Source
from segrules.language.suggestions import find_closest, quote, suggest
from segrules.meaning import conditions as meant
from segrules.meaning.calendar import Calendar
from segrules.meaning.checking.checker import check, check_derivation
from segrules.meaning.dependencies import put_in_order
from segrules.meaning.vocabulary import (
    AttributeEntry,
    Entry,
    Form,
    StagedAttribute,
    Undeclared,
    ValueType,
    Vocabulary,
    describe_type,
)
from segrules.schema.definitions import (
    Attribute,
    EventType,
    Property,
    SchemaFinding,
    Weekday,
)

T = TypeVar("T")
Path = tuple[str, ...]

UTC_ZONE: Final = "UTC"
FORMS: Final[Mapping[Form, ValueType]] = {
    "epoch_s": "instant",
    "epoch_ms": "instant",
    "date": "instant",
    "comma_separated": "tags",
}
"""The type that each form of JSON is a form of."""
_UNWRITABLE: Final = re.compile("[`\x00-\x1f\x7f-\x9f\ud800-\udfff]")


def resolve(
    attributes: Mapping[str, Attribute],
    events: Mapping[str, EventType],
    collections: Mapping[str, str],
    timezone: str,
    week_starts: str,
    *,
    is_open: bool,
    undeclared: Undeclared,
) -> tuple[Vocabulary, tuple[SchemaFinding, ...]]:
    """Return the vocabulary that definitions make, and everything that is wrong with them."""
    findings: list[SchemaFinding] = []
    entries: dict[Path, AttributeEntry] = {}
    vocabulary = Vocabulary(
        Calendar(_find_zone(timezone, findings), _find_weekday(week_starts, findings)),
        entries,
        {name: _resolve_properties(name, event, findings) for name, event in events.items()},
        dict(collections),
        is_open,
        undeclared,
    )
    resolver = _Resolver(vocabulary, entries, findings)
    _resolve_paths("collections", collections, findings)
    for name, event_type in collections.items():
        resolver.check_event_types(f"collections.{name}", [event_type])
    paths = _resolve_paths("attributes", attributes, findings)
    for name, attribute in attributes.items():
        resolver.add_plain_or_derived(name, paths[name], attribute)
    resolver.add_stages({paths[name]: each for name, each in attributes.items() if each.stages})
    return vocabulary, tuple(findings)


def _find_zone(name: str, findings: list[SchemaFinding]) -> ZoneInfo:
    try:
        return ZoneInfo(name)
    except (OSError, ValueError, KeyError):
        close = find_closest(name, available_timezones())
        advice = "such as `Europe/London`" if close is None else f"did you mean {quote(close)}?"
        findings.append(SchemaFinding("timezone", f"unknown time zone {quote(name)}", advice))
        return ZoneInfo(UTC_ZONE)


def _find_weekday(name: str, findings: list[SchemaFinding]) -> int:
    days: tuple[str, ...] = get_args(Weekday)
    if name in days:
        return days.index(name)
    findings.append(
        SchemaFinding(
            "week_starts", f"unknown weekday {quote(name)}", suggest(name, days, "weekdays")
        )
    )
    return 0


def _resolve_properties(
    event: str, definition: EventType, findings: list[SchemaFinding]
) -> Mapping[Path, Entry]:
    if not event:
        findings.append(SchemaFinding("events", "an event type's name is not empty"))
    key = f"events.{event}.properties"
    paths = _resolve_paths(key, definition.properties, findings)
    return {
        paths[name]: _resolve_property(f"{key}.{name}", each, findings)
        for name, each in definition.properties.items()
    }


def _resolve_property(key: str, definition: Property, findings: list[SchemaFinding]) -> Entry:
    _check_details(key, definition, findings)
    return Entry(
        definition.type,
        definition.values,
        definition.closed,
        definition.from_,
        _resolve_fields(key, definition, findings),
    )


def _resolve_fields(
    key: str, definition: Attribute | Property, findings: list[SchemaFinding]
) -> Mapping[Path, Entry]:
    """Return the fields of the objects in a list, by path."""
    paths = _resolve_paths(f"{key}.of", definition.of, findings)
    return {
        paths[name]: _resolve_property(f"{key}.of.{name}", each, findings)
        for name, each in definition.of.items()
    }


def _check_details(
    key: str, definition: Attribute | Property, findings: list[SchemaFinding]
) -> None:
    """Check what goes with only some types: `values`, `closed`, `from` and `of`."""
    kind = definition.type
    if definition.values and kind not in (None, "text", "tags"):
        message = f"`{kind}` cannot be limited to a list of values"
        findings.append(SchemaFinding(f"{key}.values", message, "only text and tags can"))
    if not definition.closed and not definition.values:
        message = "`closed` is about a list of `values`, and there is none"
        findings.append(SchemaFinding(f"{key}.closed", message))
    form = definition.from_
    if form is not None and kind != FORMS[form]:
        message = f"`{form}` is a form of {describe_type(FORMS[form])}"
        findings.append(SchemaFinding(f"{key}.from", message, f'write `type = "{FORMS[form]}"`'))
    if kind == "objects" and not definition.of:
        message = "a list of objects needs their fields"
        advice = 'such as `of = { sku = "text", quantity = "number" }`'
        findings.append(SchemaFinding(f"{key}.of", message, advice))
    elif definition.of and kind != "objects":
        message = "`of` gives the fields of a list of objects"
        findings.append(SchemaFinding(f"{key}.of", message, 'write `type = "objects"`'))


def _resolve_paths(
    key: str, names: Iterable[str], findings: list[SchemaFinding]
) -> Mapping[str, Path]:
    """Return the path of each name. Names that no rule could write give findings."""
    paths = {name: tuple(name.split(".")) for name in names}
    for name, path in paths.items():
        if not all(path) or _UNWRITABLE.search(name):
            message = "a name, and each of its dotted parts, is not empty and has no backtick"
            findings.append(SchemaFinding(f"{key}.{name}", message))
        for outer in (".".join(path[:n]) for n in range(1, len(path))):
            if outer in paths and key != "collections":
                message = f"it lies inside {quote(outer)}, which holds a value of its own"
                findings.append(SchemaFinding(f"{key}.{name}", message, "rename one of them"))
    return paths


def _find_mentions(rules: Iterable[written.RuleText | None]) -> set[Path]:
    return {
        name.parts for rule in rules if rule is not None for name in mentioned_attributes(rule.root)
    }


@define
class _Resolver:
    vocabulary: Vocabulary
    entries: dict[Path, AttributeEntry]
    findings: list[SchemaFinding]

    def check_event_types(self, key: str, event_types: Iterable[str]) -> None:
        for event_type in event_types:
            if event_type not in self.vocabulary.events and not self.vocabulary.is_open:
                self._report(
                    key,
                    f"unknown event type {quote(event_type)}",
                    suggest(event_type, self.vocabulary.events, "event types"),
                )

    def add_plain_or_derived(self, name: str, path: Path, attribute: Attribute) -> None:
        key = f"attributes.{name}"
        _check_details(key, attribute, self.findings)
        self.check_event_types(f"{key}.updated_by", attribute.updated_by)
        movers = [
            said
            for said, given in (
                ("updated_by", attribute.updated_by),
                ("derived", attribute.derived is not None),
                ("stages", attribute.stages),
            )
            if given
        ]
        if len(movers) > 1:
            self._report(key, f"`{movers[0]}` and `{movers[1]}` exclude each other", "keep one")
        elif attribute.derived is not None:
            self._add_derived(key, path, attribute, attribute.derived)
        elif attribute.stages:
            self._expect_type(key, attribute, "text")
        elif attribute.type is None:
            kinds = ", ".join(f"`{kind}`" for kind in get_args(ValueType))
            self._report(f"{key}.type", "an attribute needs a type", f"one of: {kinds}")
        else:
            self.entries[path] = AttributeEntry(
                attribute.type,
                attribute.values,
                attribute.closed,
                attribute.from_,
                _resolve_fields(key, attribute, self.findings),
                meaning=meant.Attribute(path),
                updated_by=attribute.updated_by,
            )

    def _add_derived(self, key: str, path: Path, attribute: Attribute, text: str) -> None:
        source = Source(text, f"{key}.derived")

        def derive() -> meant.Anchor:
            return check_derivation(parse_derivation(source), source, self.vocabulary)

        template = self._try(source.name, derive)
        if template is not None:
            kind: ValueType = "instant" if isinstance(template, meant.EventTest) else "number"
            self._expect_type(key, attribute, kind)
            if attribute.values and attribute.type is None:
                self._report(f"{key}.values", "a derived attribute cannot have a list of values")
            self.entries[path] = AttributeEntry(kind, (), meaning=template)

    def add_stages(self, staged: Mapping[Path, Attribute]) -> None:
        """Resolve attributes made of stages, each after those that its rules mention."""
        rules = {path: self._parse_stages(path, each) for path, each in staged.items()}
        mentioned = {path: _find_mentions(each) for path, each in rules.items()}
        needs = {path: [p for p in staged if p in mentioned[path]] for path in staged}
        order, circles = put_in_order(needs)
        for circle in circles:
            start = circle.index(min(circle))
            turned = [*circle[start:], *circle[: start + 1]]
            steps = " → ".join(quote(".".join(path)) for path in turned)
            key = f"attributes.{'.'.join(turned[0])}.stages"
            self._report(key, f"stages depend on each other in a circle: {steps}")
            # Other rules may mention these: they stay known, without stages.
            rules |= {path: [None] * len(staged[path].stages) for path in circle}
        for path in order:
            self._add_staged(path, staged[path], rules[path])

    def _parse_stages(self, path: Path, attribute: Attribute) -> list[written.RuleText | None]:
        keys = [
            f"attributes.{'.'.join(path)}.stages[{i}].rule" for i in range(len(attribute.stages))
        ]
        return [
            self._try(key, partial(parse, Source(stage.rule, key)))
            for key, stage in zip(keys, attribute.stages, strict=True)
        ]

    def _add_staged(
        self, path: Path, attribute: Attribute, rules: list[written.RuleText | None]
    ) -> None:
        name = ".".join(path)
        stages: list[tuple[str, meant.Condition]] = []
        for i, (stage, rule) in enumerate(zip(attribute.stages, rules, strict=True)):
            key = f"attributes.{name}.stages[{i}]"
            if attribute.values and stage.value not in attribute.values:
                advice = suggest(stage.value, attribute.values, "values")
                self._report(f"{key}.value", f"{quote(stage.value)} is not among `values`", advice)
            if rule is None:
                continue
            source = Source(stage.rule, f"{key}.rule")
            checked = self._try(source.name, partial(check, rule, source, self.vocabulary))
            if checked is not None:
                stages.append((stage.value, checked.condition))
        values = attribute.values or tuple(dict.fromkeys(s.value for s in attribute.stages))
        self.entries[path] = AttributeEntry(
            "text", values, meaning=StagedAttribute(name, tuple(stages))
        )

    def _expect_type(self, key: str, attribute: Attribute, kind: ValueType) -> None:
        if attribute.type not in (None, kind):
            self._report(f"{key}.type", f"this attribute is `{kind}`, not `{attribute.type}`")

    def _try(self, key: str, make: Callable[[], T]) -> T | None:
        try:
            return make()
        except RuleError as error:
            for found in error.findings:
                self.findings.append(SchemaFinding(key, found.message, found.help, found))
            return None

    def _report(self, key: str, message: str, help: str | None = None) -> None:  # noqa: A002
        self.findings.append(SchemaFinding(key, message, help))
