"""One record for each audience."""

from datetime import UTC, datetime

import pytest

from segrules import Cohort, Limits, Rule, RuleError, Schema, SegmentError, Use
from segrules.audience.catalogue.binding import bind, rebind
from segrules.audience.catalogue.catalogue import Catalogue, Kept, Listed
from segrules.audience.catalogue.segment import Dynamic
from segrules.errors import UnknownAudienceError

SCHEMA = Schema.commerce()
SALE = Use("campaign", "Spring sale")
MARCH = Cohort.capture(
    "march", Rule("country = 'GB'", SCHEMA), [], at=datetime(2026, 3, 1, tzinfo=UTC)
)


def catalogue(**texts: str) -> Catalogue:
    """Return a catalogue of segments, and the list `picked`."""
    made = Catalogue(SCHEMA, Limits())
    made.add(Listed("picked"))
    for number, (name, rule) in enumerate(bind(made, texts).items()):
        made.add(Dynamic(name, rule, number, bool))
    return made


def test_binding() -> None:
    """Names in a rule mean the segments of the catalogue, and of what is bound with it."""
    known = catalogue(base="country = 'GB'")
    made = bind(
        known, {"user": "in segment 'base' OR in segment 'new'", "new": "in segment 'picked'"}
    )
    assert set(made["user"].segments) == {"base", "new"}
    assert made["new"].lists == {"picked"}
    assert set(known.segments) == {"base"}


def test_binding_again() -> None:
    """A segment's new rule is bound with those that use it, and a circle is found."""
    known = catalogue(base="country = 'GB'", user="in segment 'base'", other="country = 'US'")
    assert list(rebind(known, "base", "country = 'DE'")) == ["base", "user"]
    with pytest.raises(RuleError, match="refers to itself"):
        rebind(known, "base", "in segment 'user'")


def test_users() -> None:
    """Users are found through others, and each once."""
    known = catalogue(
        a="country = 'GB'",
        b="in segment 'a'",
        c="in segment 'a' OR in segment 'b'",
        d="country = 'US'",
    )
    assert known.find_users("a") == ["b", "c"]
    assert known.find_users("c") == known.find_users("d") == []


def test_one_name_one_record() -> None:
    """A name belongs to one audience, whatever its kind; removing it is one step."""
    known = catalogue(base="country = 'GB'")
    known.add(Kept("march", MARCH))
    for name, said in (("base", "segment"), ("picked", "list"), ("march", "cohort")):
        with pytest.raises(SegmentError, match=f"there is a {said} `{name}` already"):
            known.check_free(name)
    assert list(known.audiences) == ["picked", "base", "march"]
    for name in ("base", "picked", "march"):
        known.remove(name)
        known.check_free(name)
    assert [*known.audiences, *known.segments, *known.lists, *known.cohorts] == []


def test_finding() -> None:
    """An audience is found by its kind; for another kind the error says what it is."""
    known = catalogue(base="country = 'GB'")
    known.add(Kept("march", MARCH))
    assert known.get_segment("base") is known.get("base") is known.get_live("base")
    assert known.get_list("picked") is known.get_live("picked")
    assert known.get_cohort("march") is known.get("march")
    with pytest.raises(UnknownAudienceError, match="did you mean `base`"):
        known.get_live("bas")
    with pytest.raises(UnknownAudienceError, match="it is a cohort"):
        known.get_segment("march")
    with pytest.raises(SegmentError, match="`picked` is a list: it has members picked by hand"):
        known.get_segment("picked")
    with pytest.raises(SegmentError, match="`base` is dynamic"):
        known.get_list("base")
    with pytest.raises(UnknownAudienceError, match="one of: `march`"):
        known.get_cohort("base")
    with pytest.raises(UnknownAudienceError, match="unknown audience `x`"):
        known.get("x")
    with pytest.raises(SegmentError, match="text that is not empty"):
        known.get("")


def test_refusals() -> None:
    """What an engine cannot keep is refused by name."""
    known = catalogue(base="country = 'GB'")
    with pytest.raises(SegmentError, match="another schema"):
        bind(known, {"x": Rule("country = 'GB'", Schema.open())})
    with pytest.raises(RuleError, match="unknown cohort `march`"):
        bind(known, {"x": Rule("in cohort 'march'", SCHEMA, cohorts=["march"])})
