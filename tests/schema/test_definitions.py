"""What a merchant declares."""

import pytest

from segrules import Attribute, EventType, Property, SchemaError, SegrulesError
from segrules.results import Diagnostic, Source, Span
from segrules.schema.definitions import SchemaFinding


def test_definitions_are_values() -> None:
    """Lists become tuples and mappings read-only, so that nothing changes behind a schema."""
    assert Attribute("text", values=["a"]) == Attribute("text", values=("a",))
    properties = {"x": Property("text")}
    event = EventType(properties=properties)
    properties["y"] = Property("text")
    assert dict(event.properties) == {"x": Property("text")}
    with pytest.raises(TypeError):
        event.properties["y"] = Property("text")  # type: ignore[index]


def test_findings_print() -> None:
    """A finding says where it is, what is wrong, what to do, and shows the text."""
    source = Source("sum of x", "attributes.x.derived")
    cause = Diagnostic("code", "message", source, Span(7, 8))
    shown = SchemaFinding("attributes.x.derived", "message", "help", cause)
    assert str(shown) == "attributes.x.derived: message (help)\n    sum of x\n           ^"
    assert str(SchemaFinding("", "message")) == "message"


def test_errors() -> None:
    """A schema's error is one of ours, and prints a finding a line with the schema's name."""
    error = SchemaError("shop", (SchemaFinding("a", "b"), SchemaFinding("c", "d", "e")))
    assert isinstance(error, SegrulesError)
    assert str(error) == "shop: a: b\nshop: c: d (e)"
