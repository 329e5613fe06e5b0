"""Backfills: facts in bulk, with one report at the end."""

from collections.abc import Mapping
from itertools import islice
from types import TracebackType
from typing import Final, Self

from segrules.audience.catalogue.segment import SegmentError
from segrules.audience.core import Core
from segrules.audience.records.change import Cause, Change
from segrules.audience.upkeep.people import Person
from segrules.audience.upkeep.replan import recompute, sync_members
from segrules.audience.upkeep.upkeep import Move
from segrules.facts.arguments import ArgumentError, is_count, to_id, to_name
from segrules.facts.door import read_attributes
from segrules.facts.event import Event
from segrules.facts.values import set_facts

SLICE: Final = 1_000


class Backfill:
    """A block that takes facts in bulk and reports their net effect once, at its end.

    Made by `Engine.backfill`, and used in a `with` block. While it is open the engine reports
    no change of a dynamic segment for the customers it touches; at its end each of them is
    evaluated once, and each change has the backfill as its cause. Changes of lists, merges and
    forgetting are returned at once. changes: all of them, once it is
    over. before: the changes of what fell due before it was opened.

    A host that must stay responsive calls `settle` in slices before the block ends.
    """

    def __init__(self, core: Core, name: str, by: str | None, before: tuple[Change, ...]) -> None:
        self.name = name
        self.before = before
        self.changes: tuple[Change, ...] = ()
        self._core, self._by = core, by
        self._facts = self._customers = 0
        self._is_settling = self._is_over = False

    def apply(self, event: Event, *, customer: str) -> None:
        """Add an event of a customer.

        Raises as `Engine.apply` does, and SegmentError once `settle` has been called.
        """
        core = self._core
        with core.lock:
            self._check_open()
            event = core.door.read_event(event)
            person = self._defer(to_id(customer, "a customer's id"))
            self._facts += core.upkeep.add_event(person, event, core.clock) is not None

    def set_attributes(self, customer: str, attributes: Mapping[str, object]) -> None:
        """Set some of a customer's attributes.

        Raises as `Engine.set_attributes` does, and SegmentError once `settle` has been called.
        """
        core = self._core
        with core.lock:
            self._check_open()
            facts = read_attributes(core.door, attributes)
            person = self._defer(to_id(customer, "a customer's id"))
            set_facts(person.history.attributes, facts)
            self._facts += 1

    def settle(self, *, budget: int = SLICE) -> bool:
        """Evaluate at most `budget` customers, with their changes; return whether there are more.

        From the first call on the backfill takes no more facts. Raises ArgumentError if the
        budget is not positive.
        """
        if not is_count(budget):
            raise ArgumentError("`budget` is a number of customers, from 1 on")
        core = self._core
        with core.lock:
            if self._is_over:
                return False
            self._is_settling = True
            waiting = core.upkeep.deferred
            people = [waiting.pop(number) for number in list(islice(waiting, budget))]
            recompute(core.upkeep, people, core.clock)
            for person in people:
                person.is_deferred = False
            moves = self._move(people)
            self._customers += len(people)
            self.changes += tuple(core.publish(moves, Cause("backfill", backfill=self.name)))
            return bool(waiting)

    def _move(self, people: list[Person]) -> list[Move]:
        """Return the moves of customers, in segments refreshed without them too."""
        upkeep = self._core.upkeep
        segments = list(upkeep.by_number.values())
        moves = sync_members(upkeep, people, [s for s in segments if s.schedule is None])
        for segment in segments:
            if segment.schedule is not None and segment.schedule.missed:
                missed = [p for p in people if p.number in segment.schedule.missed]
                moves += sync_members(upkeep, missed, [segment])
        return moves

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        core = self._core
        with core.lock:
            if self._is_over:
                return
            self.settle(budget=max(1, len(core.upkeep.deferred)))
            self._is_over, core.backfill = True, None
            for segment in core.catalogue.segments.values():
                if segment.schedule is not None:
                    segment.schedule.missed.clear()
            core.audit(
                "backfill",
                (self.name,),
                self._by,
                customers=self._customers,
                facts=self._facts,
                changes=len(self.changes),
            )

    def _check_open(self) -> None:
        if self._is_settling or self._is_over:
            raise SegmentError(f"the backfill `{self.name}` takes no more facts")

    def _defer(self, customer: str) -> Person:
        person = self._core.upkeep.get_or_add(customer)
        self._core.upkeep.defer(person)
        return person


def open_backfill(core: Core, name: str, instant: int, by: str | None) -> Backfill:
    """Open a backfill after what falls due up to an instant; raises SegmentError if one is open."""
    title = to_name(name, "a backfill's name")
    if core.backfill is not None:
        raise SegmentError(f"the backfill `{core.backfill}` is open: one at a time")
    before = tuple(core.advance(instant))
    core.backfill = title
    return Backfill(core, title, by, before)
