"""Changes and their causes as JSON carries them."""

import pickle
from copy import deepcopy
from datetime import UTC, datetime, timedelta, timezone

import pytest

from segrules import Change
from segrules.audience.records.change import Late, Repeated
from segrules.results import Applied, Cause

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)


@pytest.mark.parametrize(
    ("cause", "data"),
    [
        (
            Cause("event", "purchase", "o1"),
            {"kind": "event", "type": "purchase", "id": "o1"},
        ),
        (
            Cause("amendment", "purchase", "o1"),
            {"kind": "amendment", "type": "purchase", "id": "o1"},
        ),
        (
            Cause("retraction", "purchase", "o1"),
            {"kind": "retraction", "type": "purchase", "id": "o1"},
        ),
        (Cause("event", "purchase"), {"kind": "event", "type": "purchase", "id": None}),
        (
            Cause("attributes", attributes=("country", "tags")),
            {"kind": "attributes", "names": ["country", "tags"]},
        ),
        (Cause("clock"), {"kind": "clock"}),
        (Cause("edit"), {"kind": "edit"}),
    ],
)
def test_causes(cause: Cause, data: dict[str, object]) -> None:
    """A cause tells its kind, and what belongs to that kind."""
    assert cause.to_data() == data


@pytest.mark.parametrize("joined", [True, False])
def test_change(joined: bool) -> None:  # noqa: FBT001  # a parameter of the test
    """A change tells who, where, what, when in UTC, and why."""
    at = NOON.astimezone(timezone(timedelta(hours=1)))
    assert Change("ann", "vips", joined, at, Cause("clock")).to_data() == {
        "customer": "ann",
        "segment": "vips",
        "change": "joined" if joined else "left",
        "at": "2026-03-01T12:00:00Z",
        "cause": {"kind": "clock"},
    }


def test_applied() -> None:
    """What became of a fact stands beside its changes, which are a tuple like any other."""
    change = Change("ann", "vips", True, NOON, Cause("clock"))  # noqa: FBT003  # a tuple's field
    applied: Applied = Late([change])
    is_equal = applied == (change,) and (change,) == applied
    assert is_equal
    assert hash(applied) == hash((change,))
    assert (applied.taken, applied.repeated, applied.late) == (True, False, True)
    assert repr(applied) == "<Applied (1 change, taken, late)>"
    assert repr(Applied([change] * 2)) == "<Applied (2 changes, taken)>"
    assert repr(Repeated()) == "<Applied (0 changes, repeated)>"
    copies: list[Applied] = [pickle.loads(pickle.dumps(applied)), deepcopy(applied)]
    for copy in copies:
        assert (copy, copy.taken, copy.repeated, copy.late) == (applied, True, False, True)
    assert [*applied, change] == [change, change]
    assert not Applied()
