"""What conditions look at: the same where they may share it."""

import pytest

from segrules.evaluation.atoms import (
    Atom,
    Followed,
    Lone,
    Moment,
    Newest,
    Oldest,
    OnList,
    Picked,
    Source,
    Total,
    Value,
    find_atom,
    is_lone,
)
from segrules.evaluation.canonical import canonize
from segrules.evaluation.streams import Stream
from segrules.meaning.calendar import DAY, to_micros
from segrules.meaning.conditions import (
    And,
    Condition,
    EventTest,
    Exactly,
    Fixed,
    Inlined,
    Not,
    Or,
    Whole,
    Window,
)
from tests.evaluation.facing import day
from tests.evaluation.planned import condition, leaves_of

CART, ORDERS = Stream("cart"), Stream("purchase")
DAYS_7 = Window(Exactly(-7 * DAY))
MARCH = to_micros(day(0))


def source_of(text: str) -> Source:
    return atoms_of(text)[-1].source


def atoms_of(text: str) -> list[Atom]:
    return [find_atom(leaf) for leaf in leaves_of(canonize(condition(text)))]


@pytest.mark.parametrize(
    ("text", "atom"),
    [
        ("in segment 'picked'", Atom(OnList("list", "picked"))),
        ("in cohort 'march'", Atom(OnList("cohort", "march"))),
        ("any event of type 'cart'", Atom(Newest(CART, 1), Window())),
        ("any event", Atom(Newest(Stream(None), 1), Window())),
        ("last event of type 'cart' within 7 days", Atom(Newest(CART, 1), DAYS_7)),
        ("any event of type 'cart' within 7 days", Atom(Newest(CART, 1), DAYS_7)),
        ("count of orders within 7 days >= 3", Atom(Newest(ORDERS, 3), DAYS_7)),
        (
            "any event of type 'cart' since 2026-03-01T00:00:00Z",
            Atom(Newest(CART, 1), Window(Fixed(MARCH))),
        ),
        (
            "any event of type 'cart' before 2026-03-01T00:00:00Z",
            Atom(Newest(Stream("cart", before=MARCH), 1), Window()),
        ),
        ("first event of type 'cart' within 7 days", Atom(Oldest(CART), DAYS_7)),
    ],
)
def test_atoms(text: str, atom: Atom) -> None:
    """Whatever asks for the k-th newest event looks at it; the window is the test."""
    assert atoms_of(text) == [atom]


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("points > 1", Value),
        ("address.city is set", Value),
        ("renewsAt within next 7 days", Moment),
        ("last event of type 'cart' has total > 1", Picked),
        ("first event of type 'cart' has total > 1 within 7 days", Picked),
        ("count of orders >= 2", Total),
        ("count of orders before 7 days ago >= 1", Total),
        ("count of distinct sku of orders > 1", Total),
        ("sum of total of orders since 2026-03-01 > 1", Total),
        ("avg of total of orders between 2026-03-01 and 1 day ago > 1", Total),
        ("any event of type 'view' AND renewsAt after that view", Lone),
        ("any event of type 'cart' has expiresAt within 2 days", Lone),
        ("last event of type 'cart' has (total > 1 AND expiresAt within next 2 days)", Lone),
        ("any event of type 'cart' has expiresAt after 2026-03-01", Newest),
        ("last event of type 'cart' has expiresAt before 2026-03-01", Picked),
    ],
)
def test_kinds(text: str, kind: type) -> None:
    """What is computed, picked or like no other is told apart."""
    assert type(source_of(text)) is kind


AFTER = "{} AND count of orders {} >= 2"


@pytest.mark.parametrize(
    ("anchor", "since", "kind"),
    [
        ("any event of type 'cart'", "since that cart", Followed),
        ("any event of type 'cart' within 7 days", "after that cart", Followed),
        ("first event of type 'cart'", "since that cart", Followed),
        ("last event of type 'cart' has total > 1", "since that cart", Followed),
        ("any event of type 'cart' has total > 1", "since that cart", Followed),
        ("any event of type 'cart' before 2 days ago", "since that cart", Lone),
        ("last event of type 'cart' before 2 days ago", "since that cart", Followed),
        ("any event of type 'cart' has expiresAt within 2 days", "since that cart", Lone),
        ("any event of type 'cart'", "before that cart", Lone),
        ("any event of type 'cart'", "between that cart and 1 day ago", Lone),
        ("any event of type 'cart'", "between 7 days ago and that cart", Lone),
    ],
)
def test_followed(anchor: str, since: str, kind: type) -> None:
    """How many events come after another one is asked together, where that one is found so."""
    assert type(source_of(AFTER.format(anchor, since))) is kind


def test_followed_shares() -> None:
    """The anchor's own window is what is asked of it."""
    text = AFTER.format("any event of type 'cart' within 7 days", "since that cart")
    assert atoms_of(text)[-1] == Atom(Followed(Newest(CART, 1), Newest(ORDERS, 2)), DAYS_7)


def test_not_counted() -> None:
    """What is not a plain count after another event is like no other."""
    for question in (
        "last event of type 'purchase' since that cart",
        "sum of total of orders since that cart > 1",
        "count of distinct sku of orders since that cart > 1",
        "any event of type 'purchase' has shipsAt within 2 days since that cart",
    ):
        assert type(source_of(f"any event of type 'cart' AND {question}")) is Lone


def test_is_lone() -> None:
    """A test without filter and window is like others."""
    assert not is_lone(EventTest("last", "cart"))


@pytest.mark.parametrize(
    "made",
    [
        And(()),
        Or(()),
        Not(And(())),
        Whole(And(())),
        Inlined("a", And(())),
        condition("tier is set"),
    ],
)
def test_leaves_alone(made: Condition) -> None:
    """Only a leaf looks at anything."""
    with pytest.raises(TypeError, match="only a leaf"):
        find_atom(made)
