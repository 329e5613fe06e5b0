"""Definitions → vocabulary: what every declared word stands for, checked as a whole."""

from collections.abc import Callable, Iterable, Mapping
from functools import partial
from typing import Final, TypeVar, get_args
from zoneinfo import ZoneInfo

from attrs import define, field

from segrules.language.diagnostics import RuleError
from segrules.language.mentions import mentioned_attributes
from segrules.language.parser import parse, parse_derivation
from segrules.language.source import Source
from segrules.language.syntax import RuleText
from segrules.meaning import conditions as meant
from segrules.meaning.calendar import Calendar
from segrules.meaning.checker import check, check_derivation
from segrules.meaning.conditions import Condition
from segrules.meaning.definitions import Attribute, EventType, Property, SchemaFinding, Weekday
from segrules.meaning.findings import suggest
from segrules.meaning.vocabulary import AttributeWord, Stages, ValueType, Vocabulary, Word

T = TypeVar("T")

UTC_ZONE: Final = "UTC"


def resolve(
    attributes: Mapping[str, Attribute],
    events: Mapping[str, EventType],
    collections: Mapping[str, str],
    timezone: str,
    week_starts: str,
    *,
    is_open: bool,
) -> tuple[Vocabulary, tuple[SchemaFinding, ...]]:
    """Return the vocabulary that definitions make, and everything that is wrong with them."""
    findings: list[SchemaFinding] = []
    words: dict[tuple[str, ...], AttributeWord] = {}
    vocabulary = Vocabulary(
        Calendar(_zone(timezone, findings), _weekday(week_starts, findings)),
        words,
        {name: _properties(name, event, findings) for name, event in events.items()},
        dict(collections),
        is_open,
    )
    resolver = _Resolver(vocabulary, words, findings)
    for name, event_type in collections.items():
        resolver.check_event_types(f"collections.{name}", [event_type])
    for name, attribute in attributes.items():
        resolver.add_plain_or_derived(name, attribute)
    resolver.add_stages({n: a for n, a in attributes.items() if a.stages})
    return vocabulary, tuple(findings)


def _zone(name: str, findings: list[SchemaFinding]) -> ZoneInfo:
    try:
        return ZoneInfo(name)
    except (OSError, ValueError, KeyError):
        findings.append(
            SchemaFinding("timezone", f"unknown time zone `{name}`", "such as `Europe/London`")
        )
        return ZoneInfo(UTC_ZONE)


def _weekday(name: str, findings: list[SchemaFinding]) -> int:
    days: tuple[str, ...] = get_args(Weekday)
    if name in days:
        return days.index(name)
    findings.append(
        SchemaFinding("week_starts", f"unknown weekday `{name}`", suggest(name, days, "weekdays"))
    )
    return 0


def _properties(
    event: str, definition: EventType, findings: list[SchemaFinding]
) -> Mapping[tuple[str, ...], Word]:
    words: dict[tuple[str, ...], Word] = {}
    for name, each in definition.properties.items():
        key = f"events.{event}.properties.{name}"
        _check_type(key, each, findings)
        words[_path(name, key, findings)] = Word(each.type, each.values)
    return words


def _check_type(key: str, definition: Attribute | Property, findings: list[SchemaFinding]) -> None:
    kinds: tuple[str, ...] = get_args(ValueType)
    if definition.type is not None and definition.type not in kinds:
        findings.append(
            SchemaFinding(
                f"{key}.type",
                f"unknown type `{definition.type}`",
                suggest(definition.type, kinds, "types"),
            )
        )
    if definition.values and definition.type not in ("text", "tags", None):
        findings.append(
            SchemaFinding(
                f"{key}.values",
                f"a {definition.type} cannot have a list of values",
                "only text and tags can",
            )
        )


def _mentions(rules: Iterable[RuleText | None]) -> set[str]:
    return {
        ".".join(name.parts)
        for rule in rules
        if rule is not None
        for name in mentioned_attributes(rule.root)
    }


def _path(name: str, key: str, findings: list[SchemaFinding]) -> tuple[str, ...]:
    path = tuple(name.split("."))
    if not all(path):
        findings.append(SchemaFinding(key, "a name, and each of its dotted parts, is not empty"))
    return path


@define
class _Resolver:
    vocabulary: Vocabulary
    words: dict[tuple[str, ...], AttributeWord]
    findings: list[SchemaFinding] = field(factory=list)

    def check_event_types(self, key: str, event_types: Iterable[str]) -> None:
        for event_type in event_types:
            if event_type not in self.vocabulary.events and not self.vocabulary.is_open:
                self._wrong(
                    key,
                    f"unknown event type `{event_type}`",
                    suggest(event_type, self.vocabulary.events, "event types"),
                )

    def add_plain_or_derived(self, name: str, attribute: Attribute) -> None:
        key = f"attributes.{name}"
        path = _path(name, key, self.findings)
        _check_type(key, attribute, self.findings)
        self.check_event_types(f"{key}.updated_by", attribute.updated_by)
        movers = [
            said
            for said, given in (
                ("updated_by", attribute.updated_by),
                ("derived", attribute.derived),
                ("stages", attribute.stages),
            )
            if given
        ]
        if len(movers) > 1:
            self._wrong(key, f"`{movers[0]}` and `{movers[1]}` exclude each other", "keep one")
        elif attribute.derived is not None:
            self._add_derived(key, path, attribute, attribute.derived)
        elif attribute.stages:
            self._expect_type(key, attribute, "text")
        elif attribute.type is None:
            kinds = ", ".join(get_args(ValueType))
            self._wrong(f"{key}.type", "an attribute needs a type", f"one of {kinds}")
        else:
            self.words[path] = AttributeWord(
                attribute.type,
                attribute.values,
                term=meant.Attribute(path),
                updated_by=attribute.updated_by,
            )

    def _add_derived(
        self, key: str, path: tuple[str, ...], attribute: Attribute, text: str
    ) -> None:
        source = Source(text, f"{key}.derived")

        def derive() -> meant.AggregateTest | meant.EventTest:
            return check_derivation(parse_derivation(source), source, self.vocabulary)

        term = self._try(f"{key}.derived", derive)
        if term is not None:
            kind: ValueType = "instant" if isinstance(term, meant.EventTest) else "number"
            self._expect_type(key, attribute, kind)
            self.words[path] = AttributeWord(kind, (), term=term)

    def add_stages(self, staged: Mapping[str, Attribute]) -> None:
        """Resolve attributes made of stages, each after those that its rules speak of."""
        parsed: dict[str, list[RuleText | None]] = {}
        for name, attribute in staged.items():
            keys = [f"attributes.{name}.stages[{i}].rule" for i in range(len(attribute.stages))]
            parsed[name] = [
                self._try(key, partial(parse, Source(stage.rule, key)))
                for key, stage in zip(keys, attribute.stages, strict=True)
            ]
        waiting = dict.fromkeys(staged)
        while waiting:
            ready = [n for n in waiting if not (_mentions(parsed[n]) & waiting.keys())]
            if not ready:
                names = ", ".join(f"`{name}`" for name in waiting)
                for name in waiting:
                    self._wrong(
                        f"attributes.{name}.stages",
                        f"stages that depend on each other in a circle: {names}",
                    )
                return
            for name in ready:
                del waiting[name]
                self._add_staged(name, staged[name], parsed[name])

    def _add_staged(self, name: str, attribute: Attribute, rules: list[RuleText | None]) -> None:
        stages: list[tuple[str, Condition]] = []
        for i, (stage, rule) in enumerate(zip(attribute.stages, rules, strict=True)):
            key = f"attributes.{name}.stages[{i}]"
            if attribute.values and stage.value not in attribute.values:
                self._wrong(f"{key}.value", f"`{stage.value}` is not among `values`")
            if rule is None:
                continue
            source = Source(stage.rule, f"{key}.rule")
            checked = self._try(source.name, partial(check, rule, source, self.vocabulary))
            if checked is not None:
                stages.append((stage.value, checked.condition))
        values = attribute.values or tuple(dict.fromkeys(s.value for s in attribute.stages))
        term = Stages(name, tuple(stages))
        self.words[tuple(name.split("."))] = AttributeWord("text", values, term=term)

    def _expect_type(self, key: str, attribute: Attribute, kind: ValueType) -> None:
        if attribute.type not in (None, kind):
            self._wrong(f"{key}.type", f"this attribute is {kind}, not {attribute.type}")

    def _try(self, key: str, make: Callable[[], T]) -> T | None:
        try:
            return make()
        except RuleError as error:
            for found in error.findings:
                self.findings.append(SchemaFinding(key, found.message, found.help, found))
            return None

    def _wrong(self, key: str, message: str, help: str | None = None) -> None:  # noqa: A002
        self.findings.append(SchemaFinding(key, message, help))
