"""The change feed."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from segrules import Change, Engine
from segrules.audience.records.change import CLOCK
from segrules.audience.records.feed import Feed
from segrules.errors import ArgumentError, FeedError
from segrules.results import ChangePage
from tests.audience.shop import DAY, NOON, SCHEMA, purchase, shop, told, view


def change(customer: str, segment: str = "vips", *, joined: bool = True) -> Change:
    return Change(customer, segment, joined, NOON, CLOCK)


def feed_of(size: int, *batches: str) -> Feed:
    """Return a feed of batches, each of customers with names of one letter."""
    feed = Feed(size, "f")
    for batch in batches:
        feed.add([change(name) for name in batch])
    return feed


def names(page: ChangePage) -> str:
    return "".join(each.customer for each in page)


def test_pages() -> None:
    """Changes are read on from the token that came with the ones before."""
    feed = feed_of(10, "ab", "", "cde")
    first = feed.read(None, 2)
    assert (names(first), first.token, len(first)) == ("ab", "f:2", 2)
    assert names(feed.read(first.token, None)) == "cde"
    assert feed.read("f:5", None) == ChangePage((), "f:5")
    assert names(feed.read(0, 99)) == names(feed.read("f:0", 99)) == "abcde"
    feed.add([change("f")])
    assert names(feed.read("f:5", None)) == "f"


def test_bounded() -> None:
    """The newest are kept, as many as were asked for at least and twice as many at most."""
    feed = feed_of(3, "abc", "def")
    assert names(feed.read(0, None)) == "abcdef"
    feed.add([change("g")])
    assert names(feed.read(None, None)) == "efg"
    assert names(feed.read("f:4", None)) == "efg"
    with pytest.raises(FeedError, match=r"after token `f:3` are gone.*newest 3.*`f:7`") as gone:
        feed.read("f:3", None)
    assert (gone.value.code, gone.value.subject) == ("changes-gone", "f:3")
    feed.add([change(name) for name in "hijklmnop"])
    assert names(feed.read(None, None)) == "nop"


@given(st.integers(1, 5), st.lists(st.integers(0, 7), max_size=12), st.integers(0, 60))
def test_as_a_list(size: int, batches: list[int], after: int) -> None:
    """A feed is the end of the list of all changes; tokens are places in it."""
    feed, everything = Feed(size, "f"), list[Change]()
    for number in batches:
        batch = [change(f"c{len(everything) + n}") for n in range(number)]
        feed.add(batch)
        everything += batch
    kept = feed.read(None, None)
    assert kept.token == f"f:{len(everything)}"
    assert min(size, len(everything)) <= len(kept) <= 2 * size
    assert list(kept) == everything[len(everything) - len(kept) :]
    if after > len(everything) or after < len(everything) - len(kept):
        with pytest.raises(FeedError):
            feed.read(f"f:{after}", None)
    else:
        assert list(feed.read(f"f:{after}", None)) == everything[after:]


@pytest.mark.parametrize(
    "token", [-1, 3, True, False, 1.0, "1", "", ":", "f", "f:", "f:4", "f:-1", "f:01", "f:٣", "g"]
)
def test_unknown_token(token: str) -> None:
    """A token that was never given out is refused."""
    with pytest.raises(FeedError, match="unknown token") as refused:
        feed_of(9, "abc").read(token, None)
    assert refused.value.code == "unknown-token"


@pytest.mark.parametrize("token", ["g:1", "g:0", ":1", "ff:99", "f:f:1", f"g:{'9' * 17}"])
def test_foreign_token(token: str) -> None:
    """A token of another feed is refused, even where this feed has a change of that number."""
    with pytest.raises(FeedError, match=r"of another feed.*from token `f:3`") as refused:
        feed_of(9, "abc").read(token, None)
    assert (refused.value.code, refused.value.subject) == ("foreign-token", token)


def test_every_engine_has_its_own_tokens() -> None:
    """No engine reads on from another's token, unless both are given one name for their feeds."""
    one, other = shop(active="any event"), shop(active="any event")
    for engine in (one, other):
        engine.apply(view(), customer="ann", at=NOON)
    with pytest.raises(FeedError, match="of another feed"):
        one.changes(after=other.changes().token)
    again = [Engine(SCHEMA, feed_id="shop: main") for _ in range(2)]
    for engine in again:
        engine.lists.add("press", ["ann"], at=NOON)
    assert again[0].changes(after=again[1].changes().token).token == "shop: main:1"  # noqa: S105
    for name in ("", "\n", 5):
        with pytest.raises(ArgumentError, match="feed_id"):
            Engine(SCHEMA, feed_id=name)  # type: ignore[arg-type]  # what must fail


def test_changes_have_their_tokens() -> None:
    """A change has the token that reads on after it, also where it was returned first."""
    engine = shop(buyers="count of orders >= 1", fresh="any event within 2 days")
    returned = [*engine.apply(purchase(), customer="ann", at=NOON)]
    returned += engine.advance_to(NOON + 3 * DAY)
    returned += engine.lists.add("press", ["bob"])
    assert [c.token for c in engine.changes()] == [c.token for c in returned]
    assert returned[-1].token == engine.changes().token
    for place, each in enumerate(returned):
        assert engine.changes(after=each.token).changes == tuple(returned[place + 1 :])
    assert [c.token for c in engine.forget("bob")] == [None]


@pytest.mark.parametrize("limit", [0, -1, True, "1", 1.5])
def test_bad_limit(limit: int) -> None:
    """So is a limit that is no number of changes."""
    with pytest.raises(ArgumentError, match="limit"):
        feed_of(9, "abc").read(None, limit)


def test_forget() -> None:
    """Whoever is forgotten is gone from the feed, up to a token; the tokens of others stay."""
    feed = feed_of(4, "abcab")
    feed.forget({"a": 3, "c": 9})
    assert [names(feed.read(f"f:{after}", None)) for after in range(6)] == [
        "bab",
        "bab",
        "ab",
        "ab",
        "b",
        "",
    ]
    assert names(feed.read(0, 2)) == "b"
    feed.forget({"a": 9, "b": 9})
    assert feed.read(0, None) == ChangePage((), "f:5")


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
    assert engine.changes(after=0, limit=1).token == returned[0].token
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
