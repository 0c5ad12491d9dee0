"""A quantity over time: forecasts, prices before they become a profile, recorded runs.

Values are the mean over each interval. Gaps are allowed and stay gaps: on a grid they read as NaN, never as an
interpolated value. It must not know where a series came from.
"""

from collections.abc import Iterable
from datetime import datetime, timedelta
from functools import cached_property
from typing import Final

import numpy as np

from .base import Model, item, model, quantity, utc
from .rules import ascending, ends_after_start
from .time_grid import Array, TimeGrid

MAXIMUM_INTERVALS: Final = 20_000


@model
class Interval(Model):
    """One value from a start to an end."""

    start: datetime = item(doc="Start, inclusive")
    end: datetime = item(doc="End, exclusive")
    value: float = quantity(doc="Mean over the interval, in the unit of the series")

    def check(self) -> None:
        """Refuse intervals that end before they start."""
        ends_after_start(self.start, self.end)


@model
class Series(Model):
    """A quantity over time as ascending intervals that do not overlap."""

    intervals: tuple[Interval, ...] = item(maximum_items=MAXIMUM_INTERVALS, doc="Ascending, without overlap")
    unit: str = item(default="", doc="Unit of the values")

    def check(self) -> None:
        """Refuse overlaps and wrong order."""
        ascending("intervals", self.intervals)

    @property
    def start(self) -> datetime | None:
        """Start of the first interval, or None for an empty series."""
        return self.intervals[0].start if self.intervals else None

    @property
    def end(self) -> datetime | None:
        """End of the last interval, or None for an empty series."""
        return self.intervals[-1].end if self.intervals else None

    @cached_property
    def columns(self) -> tuple[Array, Array, Array]:
        """Starts and ends (seconds since 1970) and values of the intervals, shape (intervals,) each."""
        starts = np.array([entry.start.timestamp() for entry in self.intervals], dtype=np.float64)
        ends = np.array([entry.end.timestamp() for entry in self.intervals], dtype=np.float64)
        values = np.array([entry.value for entry in self.intervals], dtype=np.float64)
        return starts, ends, values

    def at(self, moment: datetime) -> float | None:
        """Return the value at a moment, or None in a gap."""
        starts, ends, values = self.columns
        index = int(np.searchsorted(starts, moment.timestamp(), side="right")) - 1
        if index < 0 or moment.timestamp() >= ends[index]:
            return None
        return float(values[index])

    def on(self, grid: TimeGrid) -> Array:
        """Return the time-weighted mean over each step, shape (steps,); NaN where less than half a step is known."""
        return self.between(grid.seconds)

    def between(self, edges: Array) -> Array:
        """Return the same between ascending edges (seconds since 1970, shape (steps + 1,)), shape (steps,)."""
        starts, ends, values = self.columns
        if not len(values):
            return np.full(len(edges) - 1, np.nan)
        covered = _integral(edges, starts, ends, np.ones_like(values))
        total = _integral(edges, starts, ends, values)
        known = np.diff(covered)
        with np.errstate(invalid="ignore", divide="ignore"):
            mean = np.diff(total) / known
        # A step within one interval has exactly its value, so that equal prices stay equal.
        owner = np.clip(np.searchsorted(starts, edges[:-1], side="right") - 1, 0, None)
        within = (starts[owner] <= edges[:-1]) & (edges[1:] <= ends[owner])
        return np.where(within, values[owner], np.where(known * 2 >= np.diff(edges), mean, np.nan))

    @classmethod
    def from_values(cls, start: datetime, step: timedelta, values: Iterable[float], unit: str = "") -> Series:
        """Build a series of equal steps."""
        start = utc(start, "start")
        return cls(
            intervals=tuple(
                Interval(start=start + index * step, end=start + (index + 1) * step, value=value)
                for index, value in enumerate(values)
            ),
            unit=unit,
        )


def _integral(edges: Array, starts: Array, ends: Array, values: Array) -> Array:
    """Integrate a step function with gaps from its beginning to each edge (exact, no rounding to samples)."""
    cumulative = np.concatenate(([0.0], np.cumsum(values * (ends - starts))))
    index = np.searchsorted(starts, edges, side="right") - 1
    inside = np.clip(index, 0, None)
    partial = values[inside] * np.clip(edges - starts[inside], 0.0, ends[inside] - starts[inside])
    return np.where(index < 0, 0.0, cumulative[inside] + partial)
