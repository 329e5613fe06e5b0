"""The names in a rule, looked up in a vocabulary."""

import pytest

from segrules import Schema
from segrules.language.syntax import EventSource, Name, Text
from segrules.meaning.checking.findings import Findings
from segrules.meaning.checking.lookup import Lookup
from segrules.meaning.checking.place import Place
from segrules.meaning.vocabulary import Entry, References
from segrules.results import Source
from tests.meaning.shop import SHOP


def lookup(schema: Schema = SHOP) -> Lookup:
    return Lookup(schema._vocabulary, References(), Findings(Source("")))


def test_sources() -> None:
    """A collection is the events of its type; in an open schema, of the type of its name."""
    assert lookup().resolve_source(Name(("orders",))) == "purchase"
    assert lookup().resolve_source(EventSource(None)) is None
    assert lookup().resolve_source(EventSource(Text("view"))) == "view"
    assert lookup(Schema.open()).resolve_source(Name(("refunds",))) == "refunds"


def test_any_type() -> None:
    """Of events of any type any property may be asked; one of several types has none here."""
    asked, anywhere = lookup(), Place().within(None)
    assert asked.resolve_entry(Name(("code",)), anywhere) == Entry(None)
    assert asked.resolve_entry(Name(("path",)), anywhere) == Entry("text")
    assert asked.find_entries(anywhere) is asked.find_entries(anywhere)


def test_an_unknown_type_is_said_once() -> None:
    """Properties of an unknown type give no finding of their own; the type gives one."""
    asked = lookup()
    assert asked.resolve_event_type(Text("viw")) == "viw"
    assert asked.resolve_entry(Name(("anything",)), Place().within("viw")) is None
    assert [found.code for found in asked.findings.found] == ["unknown-event-type"]


@pytest.mark.parametrize("name", [("address", "country"), ("cohort",)])
def test_paths(name: tuple[str, ...]) -> None:
    """A name is found by its parts, whether it needs backticks or not."""
    assert lookup().resolve_entry(Name(name), Place()) is not None
    assert lookup().resolve_entry(Name((".".join((*name, "x")),)), Place()) is None
