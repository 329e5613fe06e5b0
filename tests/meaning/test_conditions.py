"""The tree as meant."""

import pickle
from decimal import Decimal

from segrules.meaning.conditions import And, Condition, Equals, IsOneOf, Or


def test_equality_minds_types() -> None:
    """The number 1 and `true` are unlike values, in tests as in facts."""
    assert Equals(value=True) != Equals(Decimal(1))
    assert Equals(Decimal(1)) == Equals(Decimal("1.0"))
    assert hash(Equals(Decimal(1))) == hash(Equals(Decimal("1.0")))
    assert IsOneOf((True,)) != IsOneOf((Decimal(1),))
    assert IsOneOf((True, "a")) == IsOneOf((True, "a"))
    assert len({Equals(value=True), Equals(Decimal(1)), Equals("1")}) == 3
    assert pickle.loads(pickle.dumps(Equals("x"))) == Equals("x")


def test_kinds_are_unlike() -> None:
    """Conditions of different kinds are never equal."""
    kinds: list[Condition] = [And(()), Or(())]
    assert kinds[0] != kinds[1]
