"""Segments by name."""

import pytest

from segrules import Limits, Rule, RuleError, Schema, SegmentError
from segrules.audience.catalogue.directory import Directory

SCHEMA = Schema.commerce()


def directory(**texts: str) -> Directory:
    made = Directory(SCHEMA, Limits())
    made.rules.update(made.bind(texts))
    made.lists["picked"] = None
    return made


def test_binding() -> None:
    """Names in a rule mean the segments of the directory, and of what is bound with it."""
    known = directory(base="country = 'GB'")
    made = known.bind(
        {"user": "in segment 'base' OR in segment 'new'", "new": "in segment 'picked'"}
    )
    assert set(made["user"].segments) == {"base", "new"}
    assert made["new"].lists == {"picked"}
    assert set(known.rules) == {"base"}


def test_binding_again() -> None:
    """A segment's new rule is bound with those that use it, and a circle is found."""
    known = directory(base="country = 'GB'", user="in segment 'base'", other="country = 'US'")
    assert list(known.rebind("base", "country = 'DE'")) == ["base", "user"]
    with pytest.raises(RuleError, match="refers to itself"):
        known.rebind("base", "in segment 'user'")


def test_users() -> None:
    """Users are found through others, and each once."""
    known = directory(
        a="country = 'GB'",
        b="in segment 'a'",
        c="in segment 'a' OR in segment 'b'",
        d="country = 'US'",
    )
    assert known.users("a") == ["b", "c"]
    assert known.users("c") == known.users("d") == []


def test_refusals() -> None:
    """What an engine cannot keep is refused by name."""
    known = directory(base="country = 'GB'")
    with pytest.raises(SegmentError, match="another schema"):
        known.bind({"x": Rule("country = 'GB'", Schema.open())})
    with pytest.raises(RuleError, match="unknown cohort `march`"):
        known.bind({"x": Rule("in cohort 'march'", SCHEMA, cohorts=["march"])})
    with pytest.raises(SegmentError, match="`base` already"):
        known.check_free("base")
    with pytest.raises(SegmentError, match="did you mean `base`"):
        known.check_known("bas")
    with pytest.raises(SegmentError, match="picked by hand"):
        known.check_dynamic("picked")
    assert known.names == ("base", "picked")
