"""Verdicts as values."""

from datetime import UTC, datetime

from segrules import Verdict


def test_truth() -> None:
    """A verdict is as true as its answer, however long that stands."""
    assert Verdict(holds=True)
    assert not Verdict(holds=False, until=datetime(2026, 3, 14, tzinfo=UTC))


def test_values() -> None:
    """Verdicts are equal where answer and `until` are."""
    until = datetime(2026, 3, 14, tzinfo=UTC)
    assert Verdict(holds=True, until=until) == Verdict(holds=True, until=until)
    assert Verdict(holds=True, until=until) != Verdict(holds=True)
    assert len({Verdict(holds=True), Verdict(holds=True)}) == 1
