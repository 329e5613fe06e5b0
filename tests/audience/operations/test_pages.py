"""Members in pages, and the looks at an engine that cost the same however large it is."""

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from segrules import Engine, FactError, Refresh
from segrules.errors import ArgumentError, UnknownAudienceError
from segrules.results import MemberPage
from tests.audience.shop import NOON, SCHEMA, shop, view

NAMES = [f"c{number}" for number in range(12)]


def crowd() -> Engine:
    """Return an engine with a segment and a list, both of every second customer."""
    engine = shop(british="country = 'GB'")
    for number, name in enumerate(NAMES):
        engine.set_attributes(name, {"country": "US" if number % 2 else "GB"}, at=NOON)
    engine.lists.add("press", NAMES[::2][::-1])
    return engine


@pytest.mark.parametrize("segment", ["british", "press"])
@pytest.mark.parametrize("limit", [1, 2, 5, 6, 7, 100])
def test_pages(segment: str, limit: int) -> None:
    """Pages hold every member once, in the order in which the customers became known."""
    engine, found, pages = crowd(), list[str](), list[MemberPage]()
    while not pages or pages[-1].after is not None:
        after = pages[-1].after if pages else None
        pages.append(engine.members(segment, after=after, limit=limit))
        found += pages[-1]
    assert found == NAMES[::2]
    assert [len(page) for page in pages[:-1]] == [limit] * (len(pages) - 1)
    assert engine.members(segment) == set(found)


@pytest.mark.parametrize("segment", ["british", "press"])
def test_after_a_customer(segment: str) -> None:
    """A page begins after a customer, who need not be a member; an unknown one is refused."""
    engine = crowd()
    assert engine.members(segment, after="c3", limit=2).members == ("c4", "c6")
    assert engine.members(segment, after="c4", limit=2).members == ("c6", "c8")
    assert engine.members(segment, after="c11", limit=2) == MemberPage((), None)
    engine.forget("c4")
    with pytest.raises(FactError, match="`after` is unknown") as refused:
        engine.members(segment, after="c4", limit=2)
    assert refused.value.code == "unknown-customer"
    assert "c4" not in str(refused.value)


def test_a_page_goes_on_after_a_forgotten_customer() -> None:
    """What a page has as `after` leads on, even if the page's last customer is forgotten."""
    engine = crowd()
    page = engine.members("british", limit=2)
    assert page.members == ("c0", "c2")
    engine.forget("c2")
    assert engine.members("british", after=page.after, limit=2).members == ("c4", "c6")


@given(
    st.lists(st.tuples(st.sampled_from(NAMES), st.sampled_from(["GB", "US", None])), max_size=30),
    st.integers(1, 4),
    st.sampled_from(["british", "press"]),
)
def test_paging_while_members_come_and_go(
    moves: list[tuple[str, str | None]], limit: int, segment: str
) -> None:
    """A member all the while is on one page, and no customer is on two."""
    engine = crowd()
    stay, left, found = set(engine.members(segment)), list(moves), list[str]()
    page = engine.members(segment, limit=limit)
    while True:
        found += page
        for name, country in (left.pop() for _ in range(min(3, len(left)))):
            if country is None:
                engine.forget(name)
            elif segment == "press":
                change = "add" if country == "GB" else "remove"
                engine.lists.edit(segment, **{change: [name]})  # type: ignore[arg-type]
            else:
                engine.set_attributes(name, {"country": country}, at=NOON)
            # A customer who is forgotten and comes again is another one.
            stay &= engine.members(segment)
            stay -= {name} if country is None else set()
        if page.after is None:
            break
        page = engine.members(segment, after=page.after, limit=limit)
    forgotten = {name for name, country in moves if country is None}
    assert all(found.count(name) == 1 for name in stay)
    assert all(found.count(name) == 1 for name in set(found) - forgotten)


def test_refused_pages() -> None:
    """Limits are numbers from 1 on, `after` is a place or an id, and the segment must exist."""
    engine = crowd()
    for limit in (0, -1, True, "2", 1.5):
        with pytest.raises(ArgumentError, match="`limit`"):
            engine.members("british", limit=limit)  # type: ignore[arg-type]
    with pytest.raises(ArgumentError, match="`limit`"):
        engine.members("british", after="c0")  # type: ignore[call-overload]
    for after in (-1, True):
        with pytest.raises(ArgumentError, match="`after`"):
            engine.members("british", after=after, limit=1)
    with pytest.raises(UnknownAudienceError, match="did you mean `british`"):
        engine.members("brittish", limit=1)


def test_is_member() -> None:
    """Membership of one customer is what the members say, in segments of all kinds and lists."""
    engine = crowd()
    engine.add_segment("held", "country = 'GB'", refresh=Refresh.on_demand())
    engine.set_attributes("c1", {"country": "GB"}, at=NOON)
    for segment in ("british", "press", "held"):
        inside = {name for name in [*NAMES, "zoe"] if engine.is_member(segment, name)}
        assert inside == engine.members(segment)
    with pytest.raises(UnknownAudienceError, match="unknown segment `brits`"):
        engine.is_member("brits", "c1")
    engine.snapshot("march", "country = 'GB'")
    with pytest.raises(UnknownAudienceError, match="it is a cohort"):
        engine.is_member("march", "c1")
    with pytest.raises(FactError, match="customer's id"):
        engine.is_member("british", "")


def test_customers() -> None:
    """The customers are a live set, in the order in which they became known."""
    engine = Engine(SCHEMA)
    known = engine.customers
    assert (len(known), list(known), "bob" in known) == (0, [], False)
    for name in ("bob", "ann", "cleo"):
        engine.apply(view(), customer=name, at=NOON)
    assert (len(known), list(known)) == (3, ["bob", "ann", "cleo"])
    assert "ann" in engine
    assert "zoe" not in engine
    assert 5 not in engine
    assert known >= {"ann", "bob", "cleo"} >= known
    assert known - {"ann"} == frozenset({"bob", "cleo"})
    engine.merge("bob", "dan", at=NOON + timedelta(hours=1))
    assert list(known) == ["ann", "cleo", "dan"]
    engine.forget("cleo")
    assert list(known) == ["ann", "dan"]
    with pytest.raises(AttributeError):
        known.add("eve")  # type: ignore[attr-defined]  # what must fail


def test_iteration_beside_writing() -> None:
    """Customers who come and go meanwhile disturb no iteration over the others."""
    engine = Engine(SCHEMA)
    engine.lists.add("all", [f"n{number}" for number in range(2_500)], at=NOON)
    found = []
    for name in engine.customers:
        if name == "n10":
            for number in range(500, 1_500):
                engine.forget(f"n{number}")
            engine.lists.edit("all", add=["late"])
        found.append(name)
    assert found[:1_000] == [f"n{number}" for number in range(1_000)]
    assert found[1_000:] == [*(f"n{number}" for number in range(1_500, 2_500)), "late"]


def test_audiences() -> None:
    """`audiences` has every audience, with its kind and its size."""
    engine = crowd()
    engine.snapshot("march", "country = 'GB'")
    shown = [(each.kind, each.name, each.count) for each in engine.audiences.values()]
    assert shown == [("segment", "british", 6), ("list", "press", 6), ("cohort", "march", 6)]
    assert engine.segments["british"].kind == "segment"
    with pytest.raises(KeyError):
        engine.audiences["nowhere"]
    assert repr(engine.audiences) == "<Audiences (3 audiences)>"
