"""The change feed."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from segrules import Change
from segrules.audience.records.change import CLOCK
from segrules.audience.records.feed import Feed
from segrules.errors import ArgumentError, FeedError
from segrules.results import ChangePage
from tests.audience.shop import DAY, NOON, purchase, shop, told, view


def change(customer: str, segment: str = "vips", *, joined: bool = True) -> Change:
    return Change(customer, segment, joined, NOON, CLOCK)


def feed_of(size: int, *batches: str) -> Feed:
    """Return a feed of batches, each of customers with names of one letter."""
    feed = Feed(size)
    for batch in batches:
        feed.add([change(name) for name in batch])
    return feed


def names(page: ChangePage) -> str:
    return "".join(each.customer for each in page)


def test_pages() -> None:
    """Changes are read on from the token that came with the ones before."""
    feed = feed_of(10, "ab", "", "cde")
    first = feed.read(None, 2)
    assert (names(first), first.token, len(first)) == ("ab", 2, 2)
    assert names(feed.read(first.token, None)) == "cde"
    assert feed.read(5, None) == ChangePage((), 5)
    assert names(feed.read(0, 99)) == "abcde"
    feed.add([change("f")])
    assert names(feed.read(5, None)) == "f"


def test_bounded() -> None:
    """The newest are kept, as many as were asked for at least and twice as many at most."""
    feed = feed_of(3, "abc", "def")
    assert names(feed.read(0, None)) == "abcdef"
    feed.add([change("g")])
    assert names(feed.read(None, None)) == "efg"
    assert names(feed.read(4, None)) == "efg"
    with pytest.raises(FeedError, match=r"right after token 3 are gone.*newest 3.*token 7"):
        feed.read(3, None)
    feed.add([change(name) for name in "hijklmnop"])
    assert names(feed.read(None, None)) == "nop"


@given(st.integers(1, 5), st.lists(st.integers(0, 7), max_size=12), st.integers(0, 60))
def test_as_a_list(size: int, batches: list[int], after: int) -> None:
    """A feed is the end of the list of all changes; tokens are places in it."""
    feed, everything = Feed(size), list[Change]()
    for number in batches:
        batch = [change(f"c{len(everything) + n}") for n in range(number)]
        feed.add(batch)
        everything += batch
    kept = feed.read(None, None)
    assert feed.token == kept.token == len(everything)
    assert min(size, len(everything)) <= len(kept) <= 2 * size
    assert list(kept) == everything[len(everything) - len(kept) :]
    if after > len(everything) or after < len(everything) - len(kept):
        with pytest.raises(FeedError):
            feed.read(after, None)
    else:
        assert list(feed.read(after, None)) == everything[after:]


@pytest.mark.parametrize("token", [-1, 4, True, "1", 1.0])
def test_unknown_token(token: int) -> None:
    """A token that was never given out is refused."""
    with pytest.raises(FeedError, match="unknown token"):
        feed_of(9, "abc").read(token, None)


@pytest.mark.parametrize("limit", [0, -1, True, "1", 1.5])
def test_bad_limit(limit: int) -> None:
    """So is a limit that is no number of changes."""
    with pytest.raises(ArgumentError, match="limit"):
        feed_of(9, "abc").read(None, limit)


def test_forget() -> None:
    """Whoever is forgotten is gone from the feed, up to a token; the tokens of others stay."""
    feed = feed_of(4, "abcab")
    feed.forget({"a": 3, "c": 9})
    assert [names(feed.read(after, None)) for after in range(6)] == [
        "bab",
        "bab",
        "ab",
        "ab",
        "b",
        "",
    ]
    assert names(feed.read(0, 2)) == "b"
    feed.forget({"a": 9, "b": 9})
    assert (names(feed.read(0, None)), feed.token) == ("", 5)


def test_engine() -> None:
    """An engine's feed holds every change that it has returned, with its cause."""
    engine = shop(buyers="count of orders >= 1", fresh="any event within 2 days")
    returned = [*engine.apply(purchase(), customer="ann", at=NOON)]
    token = engine.changes().token
    returned += engine.advance_to(NOON + 3 * DAY)
    returned += engine.lists.add("press", ["bob"])
    assert engine.changes().changes == tuple(returned)
    assert told(engine.changes(after=token)) == [
        ("ann", "fresh", False, "clock"),
        ("bob", "press", True, "edit"),
    ]
    assert engine.changes(after=0, limit=1).token == 1
    with pytest.raises(FeedError):
        engine.changes(after=99)


def test_merged_id_is_somebody_else_later() -> None:
    """Forgetting a customer leaves alone whoever bears a merged id again."""
    engine = shop(active="any event")
    engine.apply(view(), customer="anon", at=NOON)
    engine.merge("anon", "ann", at=NOON)
    engine.apply(view(), customer="anon", at=NOON)
    engine.forget("ann")
    assert told(engine.changes()) == [("anon", "active", True, "event")]
    assert engine.members("active") == {"anon"}
    engine.forget("anon")
    assert told(engine.changes()) == []
