"""Uses: what a host records as using an audience, so that it is not removed."""

from segrules.audience.catalogue.segment import SEGMENT, SegmentError, Use
from segrules.audience.core import Core


def record_use(core: Core, name: str, use: Use, by: str | None) -> None:
    """Record that something uses an audience; recording it again changes nothing."""
    audience = core.catalogue.get(name)
    if use.kind == SEGMENT:
        raise SegmentError(
            "uses by segments follow from their rules: record only other uses",
            code="use-of-segment",
            subject=name,
        )
    if use not in audience.uses:
        audience.uses[use] = None
        core.audit("use", (name,), by)


def end_use(core: Core, name: str, use: Use, by: str | None) -> None:
    """Remove a recorded use; raise SegmentError if it is not recorded."""
    audience = core.catalogue.get(name)
    if use not in audience.uses:
        advice = "its rule refers to it" if use.kind == SEGMENT else "it has not been recorded"
        raise SegmentError(
            f"`{name}`: no use by {use} can end: {advice}",
            code="use-of-segment" if use.kind == SEGMENT else "unknown-use",
            subject=name,
        )
    del audience.uses[use]
    core.audit("end use", (name,), by)
