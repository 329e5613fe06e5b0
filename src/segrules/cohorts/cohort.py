"""Cohorts: the customers a rule selected at an instant. A cohort never changes."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from collections.abc import Set as AbstractSet
from datetime import datetime
from functools import cached_property
from operator import and_, or_, sub
from typing import Any, Final, Literal, TypeAlias, TypeVar, get_args

from attrs import define, evolve, field
from attrs.converters import optional

from segrules.cohorts.json import (
    FORMAT,
    HASH,
    CohortError,
    canonical,
    hash_content,
    parse,
    read_content,
)
from segrules.data import Data, to_text
from segrules.facts.arguments import (
    ArgumentError,
    FactError,
    expect,
    id_or_none,
    is_title,
    kind_of,
    to_id,
    to_ids,
    to_instant,
    to_name,
    to_utc,
)
from segrules.facts.customer import Customer, read_history
from segrules.language.formatter import format_node, format_rule
from segrules.language.quantities import count
from segrules.language.suggestions import suggest
from segrules.language.syntax import RuleText, Text
from segrules.language.version import LANGUAGE_VERSION
from segrules.meaning.calendar import DAWN, PeriodUnit, to_datetime
from segrules.meaning.periods import Period, find_period
from segrules.rule import Rule
from segrules.schema.schema import Schema

T = TypeVar("T")
Sign: TypeAlias = Literal["&", "|", "-"]

_ALGEBRA: Final[Mapping[Sign, Callable[[frozenset[str], frozenset[str]], frozenset[str]]]] = {
    "&": and_,
    "|": or_,
    "-": sub,
}


def _to_name(name: str) -> str:
    if not is_title(name):
        raise CohortError(
            "a cohort's name is text that is not empty and can be printed",
            code="not-a-name",
            subject="name",
        )
    return name


def _to_members(members: Iterable[str]) -> frozenset[str]:
    return frozenset(to_ids(members, "a cohort's members"))


def _to_moment(moment: datetime) -> datetime:
    return to_utc(moment, "an instant of a cohort")


def _check(kind: Any, words: str) -> Callable[[Any, Any, Any], None]:
    """Return the validator of a field for a type, or a union of types."""

    def check(_: object, field: Any, value: Any) -> None:
        if not isinstance(value, kind) or isinstance(value, bool):
            raise ArgumentError(
                f"a cohort's `{field.name}` must be {words}, not {kind_of(value)}",
                subject=field.name,
            )

    return check


@define(frozen=True, slots=False, kw_only=True, repr=False)
class Cohort:
    """The customers a rule selected at an instant: a value that never changes.

    name: what people call it. members: customers' ids. definition: the rule's canonical text, with
    a comment for what each segment in it meant; of a combination, the texts of its parts.
    schema_fingerprint, language_version: what the words of the definition meant; None where the
    parts of a combination differ. taken_at: the instant at which it was taken, the latest of a
    combination's. newest_fact: the newest event of any customer known by then; None
    for none. erasures: how many customers have been erased from it; for a combination an upper
    limit, if each customer is erased from every cohort.

    Instants are aware datetimes, in UTC. `in`, `len` and iteration are those of the members, in
    sorted order. `&`, `|` and `-` take another cohort or any set of ids, such as a segment's
    members. Raises CohortError, ArgumentError and FactError.
    """

    name: str = field(converter=_to_name)
    members: frozenset[str] = field(converter=_to_members)
    definition: str = field(validator=_check(str, "text"))
    schema_fingerprint: str | None = field(validator=_check(str | None, "text or None"))
    language_version: str | None = field(validator=_check(str | None, "text or None"))
    taken_at: datetime = field(converter=_to_moment)
    newest_fact: datetime | None = field(default=None, converter=optional(_to_moment))
    erasures: int = field(default=0, validator=_check(int, "a number"))

    @classmethod
    def capture(
        cls, name: str, rule: Rule, customers: Iterable[Customer], *, at: datetime
    ) -> "Cohort":
        """Return the customers a rule selects at an instant, an aware datetime.

        Later facts count for nothing. Raises FactError for a naive datetime and if a customer is
        given twice.
        """
        expect(rule, Rule, "what captures a cohort", "rule")
        instant, newest, members = to_instant(at), DAWN, []
        for customer in each_customer(customers):
            newest = max(newest, _newest(customer, instant))
            if rule.matches(customer, at=at):
                members.append(customer.id)
        return take_cohort(name, rule, members, at=instant, newest=newest)

    @classmethod
    def family(
        cls,
        name: str,
        event_type: str,
        customers: Iterable[Customer],
        schema: Schema,
        *,
        at: datetime,
        by: PeriodUnit = "month",
    ) -> tuple["Cohort", ...]:
        """Return a cohort for each period in which customers did something for the first time.

        at: an aware datetime; later facts count for nothing. by: 'day', 'week', 'month', 'quarter'
        or 'year', in the schema's time zone.

        Cohorts come in order of time, none for a period in which no customer began. Each is called
        by the name and its period, and has the members that `capture` finds with its definition as
        the rule. Raises RuleError for an unknown type of event, ArgumentError for an unknown
        period, and what `capture` raises.
        """
        if by not in get_args(PeriodUnit):
            raise ArgumentError(
                f"unknown period `{by}`: {suggest(str(by), get_args(PeriodUnit), 'periods')}",
                subject="by",
            )
        kind = to_name(event_type, "an event's type")
        first = f"first event of type {format_node(Text(kind))}"
        Rule(first, schema, name="family")
        instant, newest = to_instant(at), DAWN
        members: dict[Period, list[str]] = {}
        for customer in each_customer(customers):
            newest = max(newest, _newest(customer, instant))
            begins = next(iter(read_history(customer, schema._door).log(kind).times), None)
            if begins is not None and begins <= instant:
                period = find_period(begins, by, schema._vocabulary.calendar)
                members.setdefault(period, []).append(customer.id)
        return tuple(
            take_cohort(
                f"{name} {period}",
                Rule(f"{first} {period.clause}", schema),
                members[period],
                at=instant,
                newest=newest,
            )
            for period in sorted(members, key=lambda period: period.first)
        )

    @classmethod
    def from_json(cls, text: str) -> "Cohort":
        """Return the cohort that `to_json` has written.

        Raises CohortError if the text is not a cohort, or was changed since it was written.
        """
        return cls.from_data(parse(text))

    @classmethod
    def from_data(cls, data: object) -> "Cohort":
        """Return the cohort that `to_data` has written; raises as `from_json` does."""
        content, content_hash = read_content(data)
        try:
            cohort = cls(**content)
        except FactError as error:
            raise CohortError(str(error), code=error.code, subject=error.subject) from None
        if cohort.content_hash != content_hash:
            raise CohortError(
                "the cohort does not match its content hash: it has been changed since it was "
                "written, or it was not kept whole",
                code="cohort-changed",
                subject=cohort.name,
            )
        return cohort

    def to_json(self) -> str:
        """Return the cohort as JSON: the same text for equal cohorts; `from_json` reads it back."""
        return canonical({**self._content, HASH: self.content_hash})

    def to_data(self) -> Data:
        """Return the cohort as JSON types; `from_data` reads it back."""
        return {"format": FORMAT, **self._content, HASH: self.content_hash}

    @cached_property
    def content_hash(self) -> str:
        """SHA-256 over everything else in the cohort, its name and members included, as JSON."""
        return hash_content(self._content)

    @property
    def _content(self) -> dict[str, Any]:
        return {
            "name": self.name,
            "definition": self.definition,
            "schema_fingerprint": self.schema_fingerprint,
            "language_version": self.language_version,
            "taken_at": to_text(self.taken_at),
            "newest_fact": None if self.newest_fact is None else to_text(self.newest_fact),
            "erasures": self.erasures,
            "members": sorted(self.members),
        }

    def named(self, name: str) -> "Cohort":
        """Return the cohort under another name."""
        return evolve(self, name=name)

    def without(self, customer: str | int) -> "Cohort":
        """Return the cohort without a customer, the erasure counted; the same if not in it.

        Raises FactError for what is no id.
        """
        key = to_id(customer, "a customer's id")
        if key not in self.members:
            return self
        return evolve(self, members=self.members - {key}, erasures=self.erasures + 1)

    def __and__(self, other: "Cohort | AbstractSet[str]") -> "Cohort":
        return _combine(self, "&", other)

    def __rand__(self, other: AbstractSet[str]) -> "Cohort":
        return _combine(other, "&", self)

    def __or__(self, other: "Cohort | AbstractSet[str]") -> "Cohort":
        return _combine(self, "|", other)

    def __ror__(self, other: AbstractSet[str]) -> "Cohort":
        return _combine(other, "|", self)

    def __sub__(self, other: "Cohort | AbstractSet[str]") -> "Cohort":
        return _combine(self, "-", other)

    def __rsub__(self, other: AbstractSet[str]) -> "Cohort":
        return _combine(other, "-", self)

    def __contains__(self, customer: object) -> bool:
        return id_or_none(customer) in self.members

    def __iter__(self) -> Iterator[str]:
        return iter(sorted(self.members))

    def __len__(self) -> int:
        return len(self.members)

    def __repr__(self) -> str:
        return (
            f"<Cohort {self.name!r} ({count(len(self), 'customer')}, taken {self.taken_at:%FT%TZ})>"
        )


def take_cohort(name: str, rule: Rule, members: Iterable[str], *, at: int, newest: int) -> Cohort:
    """Return the cohort of the customers a rule selects.

    at, newest: instants; newest is DAWN where no event has been seen.
    """
    taken_at = to_datetime(at)
    assert taken_at is not None  # noqa: S101  # every caller has it from a datetime
    return Cohort(
        name=name,
        members=members,
        definition=describe(rule),
        schema_fingerprint=rule.schema.fingerprint,
        language_version=LANGUAGE_VERSION,
        taken_at=taken_at,
        newest_fact=to_datetime(newest),
    )


def describe(rule: Rule) -> str:
    """Return a rule's canonical text, with a comment for each segment that it takes in.

    A segment may be edited later; what it meant at the time is part of the definition.
    """
    text = format_rule(RuleText(rule._syntax.root))
    return "\n".join([text, *dict.fromkeys(_notes(rule))])


def _notes(rule: Rule) -> Iterator[str]:
    for name, segment in sorted(rule.segments.items()):
        meaning = " ".join(format_rule(RuleText(segment._syntax.root)).split("\n"))
        yield f"# segment {format_node(Text(name))}: {meaning}"
        yield from _notes(segment)


def each_customer(customers: Iterable[Customer]) -> Iterator[Customer]:
    """Yield customers; raise FactError if one is given twice."""
    if not isinstance(customers, Iterable):
        raise ArgumentError(
            f"`customers` must be a collection of customers, not {kind_of(customers)}",
            subject="customers",
        )
    places: dict[str, int] = {}
    for place, customer in enumerate(customers, 1):
        expect(customer, Customer, f"customer {place}", "customers")
        earlier = places.setdefault(customer.id, place)
        if earlier != place:
            raise FactError(
                f"customers {earlier} and {place} have the same id: give each customer once, with "
                "all events",
                code="customer-twice",
                subject="customers",
            )
        yield customer


def _newest(customer: Customer, instant: int) -> int:
    """Return the newest event's instant that is not later than an instant; DAWN for none."""
    return next((e._micros for e in reversed(customer.events) if e._micros <= instant), DAWN)


# Algebra


def _combine(left: object, sign: Sign, right: object) -> Cohort:
    if not isinstance(left, Cohort | AbstractSet) or not isinstance(right, Cohort | AbstractSet):
        return NotImplemented  # type: ignore[no-any-return]  # Python says whose fault it is
    parts = (left, right)
    cohorts = [part for part in parts if isinstance(part, Cohort)]
    return Cohort(
        name=f" {sign} ".join(map(_called, parts)),
        members=_ALGEBRA[sign](_ids(left), _ids(right)),
        definition=f" {sign} ".join(map(_defined, parts)),
        schema_fingerprint=_shared(c.schema_fingerprint for c in cohorts),
        language_version=_shared(c.language_version for c in cohorts),
        taken_at=max(c.taken_at for c in cohorts),
        newest_fact=max((c.newest_fact for c in cohorts if c.newest_fact), default=None),
        erasures=_count_erasures(left, sign, cohorts),
    )


def _ids(part: Cohort | AbstractSet[str]) -> frozenset[str]:
    return part.members if isinstance(part, Cohort) else frozenset(to_ids(part, "the ids"))


def _count_erasures(left: object, sign: Sign, cohorts: list[Cohort]) -> int:
    """Return at most how many customers a combination lacks because they were erased."""
    match sign:
        case "&":
            return min(c.erasures for c in cohorts)
        case "|":
            return sum(c.erasures for c in cohorts)
        case _:
            return left.erasures if isinstance(left, Cohort) else 0


def _called(part: Cohort | AbstractSet[str]) -> str:
    if not isinstance(part, Cohort):
        return f"{{{count(len(part), 'customer')}}}"
    return f"({part.name})" if any(f" {sign} " in part.name for sign in _ALGEBRA) else part.name


def _defined(part: Cohort | AbstractSet[str]) -> str:
    if not isinstance(part, Cohort):
        return f"{{{count(len(part), 'customer')}}}"
    return f"(\n{part.definition}\n)" if "\n" in part.definition else f"({part.definition})"


def _shared(values: Iterable[T]) -> T | None:
    """Return the value that all values are; None if they differ."""
    different = set(values)
    return different.pop() if len(different) == 1 else None
