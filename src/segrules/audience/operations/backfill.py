"""Backfills: facts in bulk, with one report at the end."""

from collections.abc import Mapping
from itertools import islice
from types import TracebackType
from typing import Final, Self

from segrules.audience.catalogue.segment import SegmentError
from segrules.audience.core import Core
from segrules.audience.operations.corrections import key_of, read_key
from segrules.audience.records.change import Cause, Change
from segrules.audience.upkeep.aside import Aside, Waiting, add_aliases, find_standing
from segrules.audience.upkeep.people import Person
from segrules.audience.upkeep.replan import recompute, sync_members
from segrules.audience.upkeep.upkeep import Move
from segrules.audience.upkeep.versions import (
    check_corrections,
    check_known,
    find_version,
    put_version,
    remove_version,
)
from segrules.facts.arguments import ArgumentError, FactError, is_count, to_id, to_name
from segrules.facts.door import read_attributes
from segrules.facts.event import Event
from segrules.facts.history import Key
from segrules.facts.values import set_facts

SLICE: Final = 1_000


class Backfill:
    """A block that takes facts in bulk and reports their net effect once, at its end.

    Made by `Engine.backfill`, and used in a `with` block. Facts are checked when they are given,
    and set aside in memory. At the end of the block each customer gets them and is evaluated once;
    each change has the backfill as its cause. If the block raises, none of the facts are added, and
    the audit log has an entry `backfill failed`. changes: all changes it made, once it is over.
    before: the changes of what fell due before it was opened.

    While it is open, everything else goes on as if its facts had not been given. At its end an
    attribute that was set meanwhile stays, and so does an event that was added or corrected.

    A host that must stay responsive calls `settle` in slices before the block ends.
    """

    def __init__(
        self, core: Core, aside: Aside, by: str | None, before: tuple[Change, ...]
    ) -> None:
        self.name = aside.name
        self.before = before
        self.changes: tuple[Change, ...] = ()
        self._core, self._aside, self._by = core, aside, by
        self._facts = self._customers = 0
        self._is_settling = self._is_over = False

    def apply(self, event: Event, *, customer: str | int) -> None:
        """Add an event of a customer; one of a type and id that were seen before is not added.

        Raises as `Engine.apply` does, and SegmentError once `settle` has been called.
        """
        core = self._core
        with core.lock:
            self._check_open()
            event = core.door.read_event(event)
            self._aside.open(to_id(customer, "a customer's id")).events.append(event)

    def set_attributes(self, customer: str | int, attributes: Mapping[str, object]) -> None:
        """Set some of a customer's attributes.

        Raises as `Engine.set_attributes` does, and SegmentError once `settle` has been called.
        """
        core = self._core
        with core.lock:
            self._check_open()
            facts = read_attributes(core.door, attributes)
            self._aside.open(to_id(customer, "a customer's id")).set_attributes(facts)

    def amend(self, event: Event, *, customer: str | int, missing_ok: bool = False) -> None:
        """Replace the event of the same type and id by this newer version.

        Raises as `Engine.amend` does, and SegmentError once `settle` has been called.
        """
        core = self._core
        with core.lock:
            self._check_open()
            event = core.door.read_event(event)
            self._correct(key_of(event), event, customer, missing_ok=missing_ok)

    def retract(
        self,
        type: str,  # noqa: A002  # the field's standard name
        id: str | int,  # noqa: A002  # the field's standard name
        *,
        customer: str | int,
        missing_ok: bool = False,
    ) -> None:
        """Take an event back.

        Raises as `Engine.retract` does, and SegmentError once `settle` has been called.
        """
        core = self._core
        with core.lock:
            self._check_open()
            self._correct(read_key(core, type, id), None, customer, missing_ok=missing_ok)

    def settle(self, *, budget: int = SLICE) -> bool:
        """Add the facts of at most `budget` customers, evaluate them and report the changes.

        Returns whether there are more. From the first call on the backfill takes no more facts, and
        is no longer undone: if the block raises after it, the rest is added too. The first call has
        all customers with corrections, even if they are more. Raises ArgumentError if the budget
        is not positive; and FactError, with the backfill undone, if an engine that retains `rules`
        can no longer make one of the corrections.
        """
        if not is_count(budget):
            raise ArgumentError("`budget` is a number of customers, from 1 on", subject="budget")
        core, waiting = self._core, self._aside.by_customer
        with core.lock:
            if self._is_over:
                return False
            first = [] if self._is_settling else self._commit()
            following = islice(waiting, len(first) + budget)
            names = [*dict.fromkeys([*first, *following])][: max(len(first), budget)]
            people = [self._add_facts(name, waiting.pop(name)) for name in names]
            recompute(core.upkeep, people, core.clock)
            moves = self._move(people)
            self._customers += len(people)
            self.changes += tuple(core.publish(moves, Cause("backfill", backfill=self.name)))
            return bool(waiting)

    def _correct(
        self, key: Key, event: Event | None, customer: str | int, *, missing_ok: bool
    ) -> None:
        """Set a correction aside; raises FactError if it cannot be made."""
        upkeep, now = self._core.upkeep, self._core.clock
        name = to_id(customer, "a customer's id")
        person, waiting = upkeep.population.by_id.get(name), self._aside.by_customer.get(name)
        history = None if person is None else person.history
        standing = find_standing(key, history, waiting)
        check_known(standing, key, missing_ok=missing_ok)
        waiting = Waiting() if waiting is None else waiting
        if history is not None:
            check_corrections(upkeep, history, {**waiting.corrections, key: event}, now)
        waiting = self._aside.open(name)
        if event is None and standing == "retracted":
            waiting.repeated += 1
        else:
            waiting.correct(key, event)

    def _commit(self) -> list[str]:
        """Begin to add facts; return the customers with corrections.

        Raises FactError, with the backfill undone, if a correction can no longer be made.
        """
        core, waiting = self._core, self._aside.by_customer
        names = [name for name, each in waiting.items() if each.corrections]
        try:
            for name in names:
                person = core.upkeep.population.by_id.get(name)
                if person is not None:
                    corrections = waiting[name].corrections
                    check_corrections(core.upkeep, person.history, corrections, core.clock)
        except FactError:
            self._undo()
            raise
        self._is_settling = True
        return names

    def _add_facts(self, customer: str, waiting: Waiting) -> Person:
        """Add what is set aside of a customer, without an evaluation."""
        upkeep, now = self._core.upkeep, self._core.clock
        counters = upkeep.counters
        person = upkeep.get_or_add(customer)
        history = person.history
        add_aliases(person, waiting.aliases)
        set_facts(history.attributes, waiting.attributes)
        self._facts += waiting.sets
        counters.repeated += waiting.repeated
        old = {key: find_version(upkeep, history, key) for key in waiting.corrections}
        fresh = {
            key: event
            for key, event in waiting.corrections.items()
            if (key not in history.retracted if event is None else old[key] != event)
        }
        # All old versions go before any new one comes, as was tried: a new one may let others be
        # forgotten.
        for key in fresh:
            version = old[key]
            if version is not None:
                remove_version(upkeep, history, version, now)
        for key, event in fresh.items():
            put_version(upkeep, history, key, event, now)
        for event in waiting.events:
            if history.remember(event):
                counters.events += 1
                self._facts += 1
                upkeep.keep_event(history, event, now)
            else:
                counters.repeated += 1
        counters.repeated += len(waiting.corrections) - len(fresh)
        self._facts += len(fresh)
        return person

    def _move(self, people: list[Person]) -> list[Move]:
        """Return the moves of customers, also in segments that were refreshed meanwhile."""
        upkeep = self._core.upkeep
        segments = list(upkeep.by_number.values())
        moves = sync_members(upkeep, people, [s for s in segments if s.schedule is None])
        for segment in segments:
            if segment.schedule is not None and segment.schedule.missed:
                missed = [p for p in people if p.id in segment.schedule.missed]
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
            if kind is not None and not self._is_settling:
                self._undo()
                return
            self.settle(budget=max(1, len(self._aside.by_customer)))
            self._close()
            core.audit(
                "backfill",
                (self.name,),
                self._by,
                customers=self._customers,
                facts=self._facts,
                changes=len(self.changes),
            )

    def _undo(self) -> None:
        """Drop all facts that are set aside."""
        waiting = self._aside.by_customer
        customers, facts = len(waiting), sum(map(len, waiting.values()))
        waiting.clear()
        self._close()
        self._core.audit(
            "backfill failed", (self.name,), self._by, customers=customers, facts=facts
        )

    def _close(self) -> None:
        self._is_over, self._core.backfill = True, None
        for segment in self._core.catalogue.segments.values():
            if segment.schedule is not None:
                segment.schedule.missed.clear()

    def _check_open(self) -> None:
        if self._is_settling or self._is_over:
            raise SegmentError(
                f"the backfill `{self.name}` takes no more facts: open another",
                code="backfill-over",
                subject=self.name,
            )


def open_backfill(core: Core, name: str, instant: int, by: str | None) -> Backfill:
    """Open a backfill after what falls due up to an instant; raises SegmentError if one is open."""
    title = to_name(name, "a backfill's name")
    if core.backfill is not None:
        raise SegmentError(
            f"the backfill `{core.backfill.name}` is open: one at a time",
            code="backfill-open",
            subject=core.backfill.name,
        )
    before = tuple(core.advance(instant))
    core.backfill = Aside(title)
    return Backfill(core, core.backfill, by, before)
