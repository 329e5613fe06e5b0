"""Two engines that are driven alike: what the state machines over an engine share.

One engine keeps every event, the other keeps what its rules can ask. Whatever is done is done to
both, both must say the same, and what one refuses changes nothing in either.
"""

from collections.abc import Callable
from datetime import timedelta
from typing import Any, ClassVar, TypeVar

import pytest
from hypothesis.stateful import RuleBasedStateMachine

from segrules import Change, Engine, FactError, Limits, SegrulesError
from segrules.results import Backfill
from tests.strategies.store import CENTRE, SCHEMA

T = TypeVar("T")

LIMITS = Limits(levels=12)
FEED = "both"
"""The name of both engines' feeds: they go alike, and so do their tokens."""

AUDIT = 6
"""The place of the audit log in an engine's state."""


class TwoEngines(RuleBasedStateMachine):
    """Drives two engines alike.

    full keeps every event, lean what its rules can ask. members: who is in what by the changes
    that were returned. backfills: the open backfill of each engine.
    """

    hand_picked: ClassVar[str]
    """The name of the one list that the engines have."""

    def __init__(self, feed_size: int = 100_000) -> None:
        super().__init__()
        self.full = Engine(SCHEMA, limits=LIMITS, feed_id=FEED)
        self.lean = Engine(SCHEMA, limits=LIMITS, retain="rules", feed_size=feed_size, feed_id=FEED)
        self.engines = (self.full, self.lean)
        self.now = CENTRE - timedelta(days=20)
        self.members: dict[str, set[str]] = {}
        self.backfills: list[Backfill] = []

    def place(self) -> int:
        """Return the number of the newest change."""
        return int(self.full.changes().token.removeprefix(f"{FEED}:"))

    def do(self, action: Callable[[Engine], T]) -> T:
        """Do something to both engines, which return the same."""
        done, other = (action(engine) for engine in self.engines)
        assert done == other
        return done

    def offer(
        self, action: Callable[[Engine], T], error: type[SegrulesError] = FactError
    ) -> T | None:
        """Do something to both engines, which return the same or both refuse; None if they do."""
        before = self.state()
        try:
            done = action(self.full)
        except error:
            with pytest.raises(error):
                action(self.lean)
            assert self.state() == before
            return None
        assert action(self.lean) == done
        return done

    def refuse(
        self, action: Callable[[Engine], object], error: type[SegrulesError] = SegrulesError
    ) -> None:
        """Hold that both engines refuse something, and that this changes nothing."""
        before = self.state()
        for engine in self.engines:
            with pytest.raises(error):
                action(engine)
        assert self.state() == before

    def state(self) -> list[Any]:
        """Return what a refusal must leave as it is."""
        return [
            (
                {s: engine.members(s) for s in [*engine.segments, *engine.lists]},
                engine.now,
                engine.behind,
                tuple(engine.customers),
                engine.next_deadline,
                engine.changes().token,
                engine.audit,
                engine.stats,
                dict(engine.segments),
                dict(engine.cohorts),
            )
            for engine in self.engines
        ]

    def note(self, changes: tuple[Change, ...]) -> None:
        """Hold that changes alternate, come in the order of time, and not after the clock."""
        instants = [change.at for change in changes]
        assert instants == sorted(instants)
        for change in changes:
            assert change.at <= self.now
            members = self.members[change.segment]
            assert (change.customer in members) is not change.joined
            (members.add if change.joined else members.remove)(change.customer)
