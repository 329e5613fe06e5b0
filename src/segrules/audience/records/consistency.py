"""Whether a segment can be relied on to be complete now."""

from attrs import frozen

from segrules.audience.core import State


@frozen
class Consistency:
    """True where membership is exact at the engine's clock; else reasons, in words.

    While it is false the last members known are served.
    """

    reasons: tuple[str, ...] = ()

    def __bool__(self) -> bool:
        return not self.reasons

    def __str__(self) -> str:
        return "; ".join(self.reasons) or "consistent"


def judge_consistency(state: State, segment: str) -> Consistency:
    """Return whether a segment is exact now, and if not why."""
    reasons = []
    if state.backfill is not None:
        reasons.append(f"the backfill `{state.backfill}` is open")
    if state.overdue and segment in state.directory.rules:
        reasons.append("deadlines up to the clock are overdue: call `advance_to` until none are")
    return Consistency(tuple(reasons))
