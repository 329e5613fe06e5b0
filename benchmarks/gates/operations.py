"""What an event costs in operations: exact counts, the same on every machine."""

from attrs import frozen

from benchmarks.contestants import Ours, offered
from benchmarks.profiles import draw_segments
from benchmarks.results import TIMES, Row, at_least, at_most
from benchmarks.scale import Scale
from benchmarks.workload import Size, make_workload

SEGMENTS = 500


@frozen
class Operations:
    """What the engine counted while it worked through the measured facts.

    evaluations: rules asked whether they hold. wakeups: deadlines that fell due; spurious: those
    at which nothing had turned.
    """

    events: int
    changes: int
    evaluations: int
    wakeups: int
    spurious: int

    @property
    def evaluations_an_event(self) -> float:
        """How many rules were asked for an event, those of the wake-ups after it included."""
        return self.evaluations / self.events

    @property
    def spurious_share(self) -> float:
        """How many in a hundred wake-ups were for nothing."""
        return 100 * self.spurious / self.wakeups

    @property
    def saved(self) -> float:
        """How many times more a recompute asks: every rule at every event and every wake-up."""
        return SEGMENTS * (self.events + self.wakeups) / self.evaluations


def count_operations(size: Size) -> Operations:
    """Feed the measured facts and count."""
    workload = make_workload(size, draw_segments(SEGMENTS))
    ours = Ours(workload)
    stats = offered(ours.engine, "stats")
    names = ("events", "changes", "evaluations", "wakeups", "spurious")
    before = {name: getattr(stats, name) for name in names}
    ours.take(workload.during)
    ours.feed()
    stats = ours.engine.stats
    return Operations(**{name: getattr(stats, name) - before[name] for name in names})


def measure(scale: Scale) -> tuple[Row, ...]:
    """Count at 500 segments."""
    counted = count_operations(Size(scale.live[SEGMENTS], scale.live[SEGMENTS] * scale.density))
    figures = {
        "events": counted.events,
        "changes": counted.changes,
        "evaluations": counted.evaluations,
        "wakeups": counted.wakeups,
        "spurious": counted.spurious,
    }
    what = f"N={SEGMENTS}"
    return (
        Row(
            "operations",
            f"{what}, evaluations an event",
            at_most(40, ""),
            counted.evaluations_an_event,
            "",
            f"{counted.wakeups / counted.events:.1f} wake-ups an event",
            figures,
        ),
        Row(
            "operations",
            f"{what}, spurious wake-ups",
            at_most(10, "%"),
            counted.spurious_share,
            "%",
        ),
        Row(
            "operations",
            f"{what}, evaluations saved against recompute",
            at_least(100),
            counted.saved,
            TIMES,
        ),
    )
