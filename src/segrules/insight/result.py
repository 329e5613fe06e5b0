"""The result of `retention`: a row for each cohort, a cell for each period since its start."""

from datetime import datetime
from decimal import Decimal
from typing import Any, Final, Literal, TypeAlias

from attrs import frozen

from segrules import SegrulesError
from segrules.data import to_text
from segrules.insight.activity import Activity
from segrules.insight.elapsed import PeriodName
from segrules.language.quantities import count

Starts: TypeAlias = Literal["first", "recurring"]
Returned: TypeAlias = Literal["in", "by"]

DASH: Final = "\u2013"
"""Between two numbers. A spreadsheet takes them for a date with a hyphen, and not with this."""


class InsightError(SegrulesError, ValueError):
    """A question that cannot be answered, or a picture that cannot be drawn."""


@frozen
class Question:
    """The question that a report answers.

    start: the events that start a customer. activity: the events that count as coming back. period,
    at, starts, returned, is_rolling, revenue: as given to `retention`; `at` is in UTC. brackets:
    the last period of each bracket, if `periods` were brackets.
    """

    start: Activity
    activity: Activity
    period: PeriodName
    at: datetime
    starts: Starts
    returned: Returned
    is_rolling: bool
    revenue: str | None
    brackets: tuple[int, ...] | None = None

    def to_data(self) -> dict[str, Any]:
        """Return the question as JSON types."""
        return {
            "start": str(self.start),
            "activity": str(self.activity),
            "period": self.period,
            "at": to_text(self.at),
            "starts": self.starts,
            "returned": self.returned,
            "is_rolling": self.is_rolling,
            "revenue": self.revenue,
            "brackets": None if self.brackets is None else list(self.brackets),
            "timezone": self.activity.schema.timezone,
        }


@frozen
class Cell:
    """What a cohort did in a period or a bracket of them, or by its end if the question says 'by'.

    returned: how many customers came back. share: their part of the cohort, from 0 to 1. events:
    how many events of the activity they had, the start included if it is one of these. revenue: the
    exact sum over these events; None if none was asked for. average: the revenue of one such event,
    to 28 digits; None also if there was none. finished: for how many of the cohort this period is
    over. is_finished: whether it is for all; if not, numbers may still grow.
    """

    returned: int
    share: float
    events: int
    revenue: Decimal | None
    average: Decimal | None
    finished: int
    is_finished: bool

    def to_data(self) -> dict[str, Any]:
        """Return the cell as JSON types; money is text, to stay exact."""
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
    """A cohort, period by period.

    name: of the cohort, or of the period in which it started. size: how many customers started.
    absent: how many members of a given cohort never started, or came without facts. cells: one for
    each period, or bracket of periods, that has begun for any of them, the starting one first.
    """

    name: str
    size: int
    absent: int
    cells: tuple[Cell, ...]

    def to_data(self) -> dict[str, Any]:
        """Return the row as JSON types."""
        return {
            "name": self.name,
            "size": self.size,
            "absent": self.absent,
            "cells": [cell.to_data() for cell in self.cells],
        }


@frozen(repr=False)
class Retention:
    """A report: rows in order of time, or in the order of the cohorts given."""

    question: Question
    rows: tuple[Row, ...]

    @property
    def width(self) -> int:
        """How many periods the longest row has."""
        return max((len(row.cells) for row in self.rows), default=0)

    @property
    def columns(self) -> tuple[str, ...]:
        """What each column is called: the number of its period, or the first and last of more."""
        lasts = self.question.brackets
        if lasts is None:
            return tuple(str(period) for period in range(self.width))
        spans = zip((0, *(last + 1 for last in lasts)), lasts[: self.width], strict=False)
        return tuple(
            str(last) if first == last else f"{first}{DASH}{last}" for first, last in spans
        )

    def to_data(self) -> dict[str, Any]:
        """Return the report as JSON types."""
        return {"question": self.question.to_data(), "rows": [row.to_data() for row in self.rows]}

    def __repr__(self) -> str:
        cohorts = count(len(self.rows), "cohort")
        starts = count(sum(row.size for row in self.rows), "start")
        noun = self.question.period if self.question.brackets is None else "bracket"
        return f"<Retention ({cohorts}, {starts}, {count(self.width, noun)})>"
