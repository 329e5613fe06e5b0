"""The names of a rule, looked up in a vocabulary; one that is not there gives a finding."""

from attrs import define, field

from segrules.language import syntax as written
from segrules.language.formatter import format_node
from segrules.language.suggestions import quote
from segrules.meaning import conditions as meant
from segrules.meaning.checking.findings import Findings
from segrules.meaning.checking.objects import (
    Entries,
    advise_on_field,
    advise_on_path,
    merge_entries,
)
from segrules.meaning.checking.place import Place
from segrules.meaning.vocabulary import Entry, References, Vocabulary


@define
class Lookup:
    """What the names of one rule may refer to: a vocabulary and the audiences there are."""

    vocabulary: Vocabulary
    references: References
    findings: Findings
    _of_any_type: Entries | None = field(init=False, default=None)

    def resolve_event_type(self, named: written.Text | None) -> str | None:
        """Return the event type a rule names; an unknown one as it is, with a finding."""
        if named is None:
            return None
        known, name = self.vocabulary.events, named.value
        if name not in known and not self.vocabulary.is_open:
            advice = self.findings.suggest(name, known, "event types")
            if name in self.vocabulary.collections:
                named_type = _write_text(self.vocabulary.collections[name])
                advice = f"{quote(name)} names the events of type {quote(named_type)}"
            self.findings.report(
                "unknown-event-type", named.span, f"unknown event type {quote(name)}", advice
            )
        return name

    def resolve_source(self, source: written.Name | written.EventSource) -> str | None:
        """Return a source's event type: None for any, an unknown one as it is, with a finding."""
        if isinstance(source, written.EventSource):
            return self.resolve_event_type(source.event_type)
        name = ".".join(source.parts)
        known = self.vocabulary.collections
        if name not in known and not self.vocabulary.is_open:
            advice = self.findings.suggest(name, known, "collections", _write_name)
            if name in self.vocabulary.events:
                advice = f"write {quote(f'events of type {_write_text(name)}')}"
            said = quote(format_node(source))
            if (attribute := self.find_attribute(source)) is not None:
                advice = f"{said} is an attribute, and a collection holds events"
                if attribute.type in (None, "number"):
                    compared = quote(f"{format_node(source)} > 3")
                    advice = f"{said} is an attribute: compare it itself, such as {compared}"
            self.findings.report(
                "unknown-collection", source.span, f"unknown collection {said}", advice
            )
        return known.get(name, name)

    def find_attribute(self, source: written.Name | written.EventSource) -> Entry | None:
        """Return the attribute that is named where a collection should be; None if none is."""
        if isinstance(source, written.EventSource) or self.vocabulary.is_open:
            return None
        if ".".join(source.parts) in self.vocabulary.collections:
            return None
        return self.vocabulary.attributes.get(source.parts)

    def resolve_entry(
        self,
        name: written.Name,
        place: Place,
        condition: written.AttributeCondition | None = None,
    ) -> Entry | None:
        """Return the entry a rule names; None, with a finding, if there is none.

        condition: the one that asks about the name.
        """
        known = self.find_entries(place)
        if name.parts in known:
            return known[name.parts]
        if (advice := advise_on_path(name, known, condition)) is not None:
            self._report_unknown(name, place, advice)
            return None
        if self.vocabulary.is_open or (place.objects and place.objects.type is None):
            return Entry(None)
        if place.in_filter and place.event_type not in (None, *self.vocabulary.events):
            # The unknown type has given a finding; what its events have is not known.
            return None
        self._report_unknown(name, place, self._suggest(name, place, known))
        return None

    def find_entries(self, place: Place) -> Entries:
        """Return the entries that may be named at a place."""
        if place.objects is not None:
            return place.objects.of
        if not place.in_filter:
            return self.vocabulary.attributes
        if place.event_type is not None:
            return self.vocabulary.events.get(place.event_type, {})
        if self._of_any_type is None:
            self._of_any_type = merge_entries(self.vocabulary.events.values())
        return self._of_any_type

    def resolve_membership(self, node: written.Membership) -> meant.Inlined | meant.ListTest:
        """Return what being in a segment or a cohort means; an unknown one gives a finding."""
        name, kind, references = node.name.value, node.kind, self.references
        if kind == "segment" and name in references.segments:
            return meant.Inlined(name, references.segments[name])
        if name not in (references.lists if kind == "segment" else references.cohorts):
            segments, cohorts = references.lists | references.segments.keys(), references.cohorts
            known, others = (segments, cohorts) if kind == "segment" else (cohorts, segments)
            advice = self.findings.suggest(name, known, f"{kind}s")
            if name in others:
                other = "cohort" if kind == "segment" else "segment"
                found = "list" if name in references.lists else other
                advice = f"it is a {found}: write {quote(f'in {other} {_write_text(name)}')}"
            self.findings.report(
                f"unknown-{kind}", node.name.span, f"unknown {kind} {quote(name)}", advice
            )
        return meant.ListTest("list" if kind == "segment" else kind, name)

    def _report_unknown(self, name: written.Name, place: Place, advice: str | None) -> None:
        kind, _, owner = _describe(place)
        self.findings.report(
            f"unknown-{kind}",
            name.span,
            f"unknown {kind} {quote(format_node(name))}{owner}",
            advice,
        )

    def _suggest(self, name: written.Name, place: Place, known: Entries) -> str | None:
        said = ".".join(name.parts)
        if not place.in_filter and said in self.vocabulary.collections:
            return f"to count them, write {quote(f'count of {format_node(name)}')}"
        _, kinds, owner = _describe(place)
        names = map(".".join, known)
        advice = self.findings.suggest(said, names, f"{kinds}{owner}", _write_name)
        if advice is None:
            return None
        if not place.in_filter:
            advice = self._advise_on_owner(name, place) or advice
        others = () if place.in_filter else self.vocabulary.events.values()
        found = (advise_on_field(name, entries) for entries in (known, *others))
        return next(filter(None, found), advice)

    def _advise_on_owner(self, name: written.Name, place: Place) -> str | None:
        """Return advice on a property that is named where an attribute should be."""
        owners = {
            event_type
            for event_type, properties in self.vocabulary.events.items()
            if name.parts in properties
        }
        named = owners & place.group.event_types()
        if not owners:
            return None
        owner = min(named or owners)
        said = f"{quote(format_node(name))} is a property of {quote(owner)} events"
        if named:
            return f"{said}: put both conditions in parentheses after `has`"
        example = f"any event of type {_write_text(owner)} has {format_node(name)} …"
        return f"{said}: write {quote(example)}"


def _describe(place: Place) -> tuple[str, str, str]:
    """Return what a name is at a place, what several are, and of what."""
    if place.objects is not None:
        return "field", "fields", f" of {quote(place.list_name)}"
    owner = "" if place.event_type is None else f" of {quote(place.event_type)} events"
    return ("property", "properties", owner) if place.in_filter else ("attribute", "attributes", "")


def _write_name(dotted: str) -> str:
    return format_node(written.Name(tuple(dotted.split("."))))


def _write_text(text: str) -> str:
    return format_node(written.Text(text))
