"""What a retention report holds: a row for each cohort, a cell for each period since its start."""

from datetime import datetime
from decimal import Decimal
from typing import Any, Literal, TypeAlias

from attrs import frozen

from segrules.insight.activity import Activity
from segrules.insight.elapsed import PeriodName
from segrules.language.diagnostics import SegrulesError
from segrules.meaning.calendar import to_text

Starts: TypeAlias = Literal["first", "recurring"]
Returned: TypeAlias = Literal["in", "by"]


class InsightError(SegrulesError, ValueError):
    """A question that cannot be answered, or a picture that cannot be drawn."""


@frozen
class Question:
    """What a report was asked.

    start: what makes a customer's time begin. activity: what counts as coming back. period, at,
    starts, returned, is_rolling, revenue: as given to `retention`; `at` is in UTC.
    """

    start: Activity
    activity: Activity
    period: PeriodName
    at: datetime
    starts: Starts
    returned: Returned
    is_rolling: bool
    revenue: str | None

    def to_data(self) -> dict[str, Any]:
        """Return the question as JSON's types."""
        return {
            "start": str(self.start),
            "activity": str(self.activity),
            "period": self.period,
            "at": to_text(self.at),
            "starts": self.starts,
            "returned": self.returned,
            "is_rolling": self.is_rolling,
            "revenue": self.revenue,
            "timezone": self.activity.schema.timezone,
        }


@frozen
class Cell:
    """What a cohort did in one period, or by its end where the question says so.

    returned: how many customers came back. share: their part of the cohort, from 0 to 1. events:
    how often they did it, the start itself included where it is the same. revenue: what these came
    to, exactly; None where none was asked for. average: the revenue of one such event, to 28
    digits; None also where there was none. finished: how many of the cohort have this period behind
    them. is_finished: whether all have; where not, numbers may still grow.
    """

    returned: int
    share: float
    events: int
    revenue: Decimal | None
    average: Decimal | None
    finished: int
    is_finished: bool

    def to_data(self) -> dict[str, Any]:
        """Return the cell as JSON's types; money is text, to stay exact."""
        return {
            "returned": self.returned,
            "share": self.share,
            "events": self.events,
            "revenue": None if self.revenue is None else f"{self.revenue:f}",
            "average": None if self.average is None else f"{self.average:f}",
            "finished": self.finished,
            "is_finished": self.is_finished,
        }


@frozen
class Row:
    """A cohort's way through time.

    name: of the cohort, or of the period in which it started. size: how many customers started.
    absent: members of a given cohort who never did, or of whom no facts were given. cells: one for
    each period that has begun for any of them, the starting one first.
    """

    name: str
    size: int
    absent: int
    cells: tuple[Cell, ...]

    def to_data(self) -> dict[str, Any]:
        """Return the row as JSON's types."""
        return {
            "name": self.name,
            "size": self.size,
            "absent": self.absent,
            "cells": [cell.to_data() for cell in self.cells],
        }


@frozen(repr=False)
class Retention:
    """The triangle: rows in order of time, or in that of the cohorts given."""

    question: Question
    rows: tuple[Row, ...]

    @property
    def width(self) -> int:
        """How many periods the longest row has."""
        return max((len(row.cells) for row in self.rows), default=0)

    def to_data(self) -> dict[str, Any]:
        """Return the report as JSON's types."""
        return {"question": self.question.to_data(), "rows": [row.to_data() for row in self.rows]}

    def __repr__(self) -> str:
        cohorts, starts = len(self.rows), sum(row.size for row in self.rows)
        return (
            f"<Retention ({cohorts:,} cohort{'s' * (cohorts != 1)}, "
            f"{starts:,} start{'s' * (starts != 1)}, "
            f"{self.width:,} periods of a {self.question.period})>"
        )
