"""A segment, as hosts see it and as an engine keeps it.

`Segment`, `Origin` and `Use` are values that hosts give and get. `Dynamic` is the engine's record
of a dynamic segment, with all that is known of it.
"""

from collections.abc import Callable, Iterator
from datetime import datetime
from typing import Any, Final, Literal, TypeAlias, get_args

from attrs import define, field, frozen

from segrules.audience.catalogue.refresh import Refresh, Schedule
from segrules.data import Data, read_fields, read_object, write_fields
from segrules.facts.arguments import ArgumentError, is_title, kind_of
from segrules.language.diagnostics import SegrulesError
from segrules.language.suggestions import suggest
from segrules.meaning.calendar import to_datetime
from segrules.plan.bits import find_bits
from segrules.rule import Rule
from segrules.schema.schema import Schema

OriginKind: TypeAlias = Literal["prompt", "template", "author"]

SEGMENT: Final = "segment"
"""The kind of use that a segment's own rule makes of an audience."""


class SegmentError(SegrulesError, ValueError):
    """A segment, list or cohort, or a file of segments, that cannot be used as asked."""


class UnknownAudienceError(SegmentError, KeyError):
    """A name that no segment, list or cohort of the kind asked for has."""

    code = "unknown-audience"

    def __str__(self) -> str:
        # KeyError would print the message in quotes.
        return str(self.args[0])


def check_name(name: object, where: str = "segment") -> None:
    """Raise SegmentError if a value cannot name an audience: names are printable text."""
    if not is_title(name):
        raise SegmentError(
            f"{where}: a name is text that is not empty and can be printed",
            code="not-a-name",
            subject=where,
        )


def _check(kind: Any) -> Callable[[Any, Any, Any], None]:
    """Return the validator of a field of `Segment` for a type, or a union of types."""

    def check(_: object, field: Any, value: Any) -> None:
        if not isinstance(value, kind):
            raise ArgumentError(
                f"a segment's `{field.name}` cannot be {kind_of(value)}", subject=field.name
            )

    return check


def _check_kind(origin: object, field: object, kind: Any) -> None:  # noqa: ARG001  # as attrs asks
    if kind not in get_args(OriginKind):
        advice = suggest(str(kind), get_args(OriginKind), "origins")
        raise SegmentError(f"unknown kind of origin: {advice}", code="bad-argument", subject="kind")


def _check_text(origin: object, field: object, text: Any) -> None:  # noqa: ARG001  # as attrs asks
    if not isinstance(text, str) or not text.strip():
        found = "" if isinstance(text, str) else f", not {kind_of(text)}"
        raise SegmentError(
            f"an origin says in a text what it was{found}", code="bad-argument", subject="text"
        )


def _check_word(use: object, field: Any, word: Any) -> None:  # noqa: ARG001  # as attrs asks
    if not is_title(word):
        found = "" if isinstance(word, str) else f", not {kind_of(word)}"
        raise SegmentError(
            f"a use has a kind and a name, texts that can be printed{found}",
            code="not-a-name",
            subject=field.name,
        )


@frozen
class Origin:
    """Where a segment came from.

    kind: a `prompt` that was written for an assistant, a `template` that was cloned, or an
    `author`. text: the prompt itself, the template's name, or the author's. Raises SegmentError.
    """

    kind: OriginKind = field(validator=_check_kind)
    text: str = field(validator=_check_text)

    @classmethod
    def from_data(cls, data: object) -> "Origin":
        """Return the origin that `to_data` has written; raises DataError."""
        return read_fields(cls, data)

    def to_data(self) -> Data:
        """Return the origin as JSON types; `from_data` reads it back."""
        return write_fields(self)


@frozen
class Use:
    """Something that uses an audience.

    kind: what it is, in the host's words: `campaign`, `journey`, `widget`. name: which one.

    A segment whose rule refers to an audience is a use of the kind `segment`, without being
    recorded. Raises SegmentError.
    """

    kind: str = field(validator=_check_word)
    name: str = field(validator=_check_word)

    @classmethod
    def from_data(cls, data: object) -> "Use":
        """Return the use that `to_data` has written; raises DataError."""
        return read_fields(cls, data)

    def to_data(self) -> Data:
        """Return the use as JSON types; `from_data` reads it back."""
        return write_fields(self)

    def __str__(self) -> str:
        return f"`{self.name}`" if self.kind == SEGMENT else f"the {self.kind} `{self.name}`"


@frozen
class Segment:
    """A dynamic segment: its name, its rule, and what else is known of it.

    title, description: words for people; a file calls the title `name`. origin: where it came
    from, if that has been said. refresh: how its members are kept up. refreshed_at, next_refresh:
    for a segment of an engine that holds its members, when they were last found and when they are
    found next, in UTC; None for a live segment and before the engine has a clock. Raises
    ArgumentError and SegmentError.
    """

    name: str = field(validator=lambda _, __, name: check_name(name))
    rule: Rule = field(validator=_check(Rule))
    title: str = field(default="", validator=_check(str))
    description: str = field(default="", validator=_check(str))
    origin: Origin | None = field(default=None, validator=_check(Origin | None))
    refresh: Refresh = field(factory=Refresh.live, validator=_check(Refresh))
    refreshed_at: datetime | None = None
    next_refresh: datetime | None = None

    @property
    def kind(self) -> Literal["segment"]:
        """What kind of audience it is, as `engine.audiences` tells for each: `segment`."""
        return SEGMENT

    @classmethod
    def from_data(cls, data: object, schema: Schema) -> "Segment":
        """Return the segment that `to_data` has written; raises DataError and RuleError."""
        given = read_object(data, _KINDS, optional=tuple(_KINDS.keys() - {"name", "rule"}))
        given.pop("kind", None)
        given["rule"] = Rule.from_data(given["rule"], schema, name=f"segment {given['name']}")
        return cls(**given)

    def to_data(self) -> Data:
        """Return the segment as JSON types; `from_data` reads it back."""
        return {"kind": self.kind, **write_fields(self)}


_KINDS: Final = {
    "kind": Literal["segment"],
    "name": str,
    "rule": Any,
    "title": str,
    "description": str,
    "origin": Origin | None,
    "refresh": Refresh,
    "refreshed_at": datetime | None,
    "next_refresh": datetime | None,
}
"""The keys of a segment's data, and what is under each."""


@define(eq=False)
class Bitmap:
    """A set of customers' numbers, a bit for each, and its size."""

    bits: bytearray = field(factory=bytearray)
    count: int = 0

    def put(self, number: int, *, inside: bool) -> None:
        """Add a number that is not inside, or remove one that is."""
        byte = number >> 3
        if byte >= len(self.bits):
            self.bits.extend(bytes(max(byte + 1, len(self.bits) * 9 // 8) - len(self.bits)))
        self.bits[byte] ^= 1 << (number & 7)
        self.count += 1 if inside else -1

    def __iter__(self) -> Iterator[int]:
        return find_bits(self.bits)

    def find_from(self, start: int) -> Iterator[int]:
        """Yield the numbers inside, from a number on, in order."""
        first = start >> 3
        numbers = (8 * first + place for place in find_bits(self.bits[first:]))
        return (number for number in numbers if number >= start)


@define(eq=False)
class Dynamic:
    """A dynamic segment of an engine.

    number: its bit in a customer's `held`, given by the plan; no other segment has it while this
    one exists. holds: its rule as a function of a customer's truth. schedule: when its members are
    found; None if it is live.
    """

    name: str
    rule: Rule
    number: int
    holds: Callable[[int], bool]
    members: Bitmap = field(factory=Bitmap)
    title: str = ""
    description: str = ""
    origin: Origin | None = None
    schedule: Schedule | None = None
    uses: dict[Use, None] = field(factory=dict)

    @property
    def count(self) -> int:
        """How many customers are in it."""
        return self.members.count


def describe(segment: Dynamic) -> Segment:
    """Return a segment's record as the value that hosts see."""
    schedule = segment.schedule
    return Segment(
        segment.name,
        segment.rule,
        segment.title,
        segment.description,
        segment.origin,
        Refresh.live() if schedule is None else schedule.refresh,
        None
        if schedule is None or schedule.refreshed_at is None
        else to_datetime(schedule.refreshed_at),
        None if schedule is None else to_datetime(schedule.due),
    )
