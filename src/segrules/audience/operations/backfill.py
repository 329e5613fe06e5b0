"""Facts in bulk: of the past nothing is reported, and what has come of it in one go."""

from collections.abc import Mapping
from itertools import islice
from types import TracebackType
from typing import Final, Self

from segrules.audience.catalogue.files import SegmentError
from segrules.audience.core import State
from segrules.audience.records.change import Cause, Change
from segrules.audience.upkeep.people import Person
from segrules.audience.upkeep.replan import recompute, settle
from segrules.audience.upkeep.upkeep import Move
from segrules.facts.admission import admit_attributes
from segrules.facts.arguments import FactError, is_count, to_name
from segrules.facts.event import Event, to_facts

SLICE: Final = 1_000


class Backfill:
    """A stretch of facts that are taken without a word until all have come.

    Made by `Engine.backfill`, and used in a `with` block. While it is open nothing is reported of
    the customers it touches, whatever else happens to them; at its end they are asked once, and
    each change has the backfill as its cause. changes: all of them, once it is over. before: what
    fell due before it was opened.

    A host that must stay responsive calls `settle` in slices before the block ends.
    """

    def __init__(self, state: State, name: str, by: str | None, before: tuple[Change, ...]) -> None:
        self.name = name
        self.before = before
        self.changes: tuple[Change, ...] = ()
        self._state, self._by = state, by
        self._facts = self._customers = 0
        self._is_settling = self._is_over = False

    def apply(self, event: Event, *, customer: str) -> None:
        """Take an event of a customer; raises as `Engine.apply` does."""
        state = self._state
        with state.lock:
            self._check_open()
            state.admit(event)
            person = self._defer(to_name(customer, "a customer's id"))
            self._facts += state.upkeep.take(person, event, state.clock) is not None

    def set_attributes(self, customer: str, attributes: Mapping[str, object]) -> None:
        """Set some of a customer's attributes; raises as `Engine.set_attributes` does."""
        state = self._state
        with state.lock:
            self._check_open()
            facts = to_facts(attributes, "a customer's attributes")
            admit_attributes(facts, state.directory.schema.vocabulary)
            person = self._defer(to_name(customer, "a customer's id"))
            person.history.attributes.update(facts)
            self._facts += 1

    def settle(self, *, budget: int = SLICE) -> bool:
        """Ask about so many customers, with their changes; return whether there are more.

        From the first call on no more facts are taken. Raises FactError for a budget that is not
        positive.
        """
        if not is_count(budget):
            raise FactError("`budget` is a number of customers, from 1 on")
        state = self._state
        with state.lock:
            if self._is_over:
                return False
            self._is_settling = True
            waiting = state.upkeep.deferred
            people = [waiting.pop(number) for number in list(islice(waiting, budget))]
            recompute(state.upkeep, people, state.clock)
            for person in people:
                person.is_deferred = False
            moves = self._move(people)
            self._customers += len(people)
            self.changes += tuple(state.note(moves, Cause("backfill", backfill=self.name)))
            return bool(waiting)

    def _move(self, people: list[Person]) -> list[Move]:
        """Return who joins and leaves what: also of what has been refreshed without them."""
        upkeep = self._state.upkeep
        moving = [name for name in upkeep.plan.formulas if name not in upkeep.held_still]
        moves = settle(upkeep, people, moving)
        for segment, numbers in self._state.timetable.missed.items():
            late = [person for person in people if person.number in numbers]
            moves += settle(upkeep, late, [segment])
        return moves

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        state = self._state
        with state.lock:
            if self._is_over:
                return
            self.settle(budget=max(1, len(state.upkeep.deferred)))
            self._is_over, state.backfill = True, None
            state.timetable.missed.clear()
            state.record(
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
        person = self._state.upkeep.meet(customer)
        self._state.upkeep.defer(person)
        return person
