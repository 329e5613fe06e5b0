"""What a merchant declares: attributes, event types and their properties."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any, Literal, TypeAlias

from attrs import field, frozen

from segrules.language.diagnostics import Diagnostic, SegrulesError
from segrules.language.source import excerpt, locate
from segrules.meaning.vocabulary import Form, ValueType

Weekday: TypeAlias = Literal[
    "monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"
]


def freeze(values: Mapping[str, Any]) -> Mapping[str, Any]:
    """Return a read-only copy of a mapping; anything else as it is, for the schema to refuse."""
    return MappingProxyType(dict(values)) if isinstance(values, Mapping) else values


def _freeze_list(values: Any) -> Any:
    """Return a list as a tuple; anything else as it is, for the schema to refuse."""
    return tuple(values) if isinstance(values, list) else values


@frozen
class Stage:
    """One stage of an attribute: its value, and the rule that puts a customer there."""

    value: str
    rule: str


@frozen
class Attribute:
    """A customer's attribute. A dotted name leads into nested mappings.

    type: may be left out if it follows from `derived` or `stages`. description: words for people.
    values: the texts or tags there are. closed: whether these are the only ones allowed. from_:
    how JSON holds it, `from` in files: 'epoch_s' or 'epoch_ms' for an instant as a number, 'date'
    for one as a day, which begins in the schema's time zone, and 'comma_separated' for tags as one
    text. of: for a list of objects, their fields.

    One of three moves it. updated_by: the event types with which the host sets it, if the host
    names any. derived: how it follows from events, such as 'sum of total of orders' or 'time of
    last purchase'. stages: of which the first whose rule holds gives the value.
    """

    type: ValueType | None = None
    description: str = ""
    values: tuple[str, ...] = field(default=(), converter=_freeze_list)
    updated_by: tuple[str, ...] = field(default=(), converter=_freeze_list)
    derived: str | None = None
    stages: tuple[Stage, ...] = field(default=(), converter=_freeze_list)
    closed: bool = True
    from_: Form | None = None
    of: "Mapping[str, Property]" = field(factory=dict, converter=freeze)


@frozen
class Property:
    """A property of an event type, or a field of an object in a list.

    A dotted name leads into nested mappings. values, closed, from_, of: as in `Attribute`.
    """

    type: ValueType
    description: str = ""
    values: tuple[str, ...] = field(default=(), converter=_freeze_list)
    closed: bool = True
    from_: Form | None = None
    of: "Mapping[str, Property]" = field(factory=dict, converter=freeze)


@frozen
class EventType:
    """A type of event, with the properties that rules may ask about."""

    description: str = ""
    properties: Mapping[str, Property] = field(factory=dict, converter=freeze)


@frozen
class SchemaFinding:
    """One thing wrong with a schema, or said of a draft: its key, what is wrong, what to do.

    key: empty for the schema as a whole. cause: the finding in the text of a rule or a derivation,
    if it is in one.
    """

    key: str
    message: str
    help: str | None = None
    cause: Diagnostic | None = None

    def to_data(self) -> dict[str, Any]:
        """Return the finding as JSON types."""
        cause = None if self.cause is None else self.cause.to_data()
        return {"key": self.key, "message": self.message, "help": self.help, "cause": cause}

    def __str__(self) -> str:
        place = f"{self.key}: " if self.key else ""
        line = f"{place}{self.message}" + (f" ({self.help})" if self.help else "")
        if self.cause is None:
            return line
        shown = excerpt(self.cause.source, self.cause.span).replace("\n", "\n    ")
        return f"{line}\n    {shown}"


class SchemaError(SegrulesError, ValueError):
    """A schema that cannot be used. `findings` holds everything that is wrong with it."""

    code = "schema"
    findings: tuple[SchemaFinding, ...]

    def __init__(self, name: str, findings: tuple[SchemaFinding, ...]) -> None:
        super().__init__(findings[0].message, subject=name, findings=findings)
        self.name = name

    def __reduce__(self) -> tuple[Any, ...]:
        return SchemaError, (self.name, self.findings)

    def __str__(self) -> str:
        return "\n".join(f"{self.name}{_place(finding)}: {finding}" for finding in self.findings)


def _place(finding: SchemaFinding) -> str:
    """Return line and column of a finding whose cause has its place in the schema's file."""
    if finding.cause is None or not finding.cause.source.is_file:
        return ""
    line, column = locate(finding.cause.source, finding.cause.span.start)
    return f":{line}:{column}"
