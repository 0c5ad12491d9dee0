"""Quarter hours: the common raster of all forecasts, with the time of day of each.

Days may have 23 or 25 hours: a quarter hour knows its local time of day from its moment, nothing is counted from
midnight. It must not know what is forecast.
"""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, tzinfo
from enum import StrEnum
import math
from typing import Final

import numpy as np
from numpy.typing import NDArray

from ..model import Interval, ModelError, Series
from ..model.time_grid import Array

type Ints = NDArray[np.intp]

QUARTER: Final = 900.0
PER_DAY: Final = 96
DAY: Final = 86_400.0
LONGEST_HORIZON: Final = 31 * DAY
#: Older history is not looked at, s.
OLDEST: Final = 56 * DAY


class Basis(StrEnum):
    """What a forecast stands on."""

    FORECAST = "forecast"
    """The forecast of another integration."""
    PROFILE = "profile"
    """The same times of past days."""
    RECENT_MEAN = "recent_mean"
    """The mean of what little history there is."""
    DEFAULT = "default"
    """A stated default: nothing is known."""


@dataclass(frozen=True, slots=True, eq=False)
class Forecast:
    """A forecast and what it stands on."""

    series: Series
    """W, in quarter hours."""
    basis: Basis
    days: float
    """Days of history it was learned from."""


@dataclass(frozen=True, slots=True, eq=False)
class Quarters:
    """Consecutive quarter hours with their local time."""

    edges: Array
    """Seconds since 1970, shape (steps + 1,)."""
    day: Ints
    """Local day as a proleptic ordinal, shape (steps,)."""
    quarter: Ints
    """Quarter hour of the local day, 0 to 95, shape (steps,)."""

    @property
    def middles(self) -> Array:
        """Middle of each quarter hour, seconds since 1970, shape (steps,)."""
        return self.edges[:-1] + QUARTER / 2

    @property
    def weekend(self) -> NDArray[np.bool_]:
        """Whether each lies on a Saturday or Sunday, shape (steps,)."""
        # Ordinal 1 was a Monday.
        return (self.day - 1) % 7 >= 5


def quarters(start: float, end: float, zone: tzinfo) -> Quarters:
    """Return the quarter hours (counted from 1970) that cover a time between two moments in seconds since 1970."""
    first = math.floor(start / QUARTER) * QUARTER
    edges: Array = first + QUARTER * np.arange(math.ceil((end - first) / QUARTER) + 1, dtype=np.float64)
    local = [datetime.fromtimestamp(edge, zone) for edge in edges[:-1]]
    return Quarters(
        edges=edges,
        day=np.array([moment.toordinal() for moment in local], dtype=np.intp),
        quarter=np.array([moment.hour * 4 + moment.minute // 15 for moment in local], dtype=np.intp),
    )


def ahead(now: datetime, end: datetime, zone: tzinfo) -> Quarters:
    """Return the quarter hours from the one that holds now to the horizon. Raises ModelError where there are none."""
    first, last = now.timestamp(), end.timestamp()
    if last <= first:
        raise ModelError("end_before_start", "end", start=now.isoformat(), end=end.isoformat())
    if last - first > LONGEST_HORIZON:
        raise ModelError("too_high", "end", maximum=f"{LONGEST_HORIZON:.0f} s", value=last - first)
    return quarters(first, last, zone)


def behind(history: Series, now: datetime, zone: tzinfo) -> Quarters | None:
    """Return the quarter hours of a history up to now, or None where there is none."""
    if history.start is None or history.end is None:
        return None
    last = min(history.end.timestamp(), now.timestamp())
    first = max(history.start.timestamp(), last - OLDEST)
    return quarters(first, last, zone) if first < last else None


def by_day(values: Array, time: Quarters) -> tuple[Array, Ints]:
    """Return values as a table of days and quarter hours, shape (days, 96), NaN where not known, and the days.

    The hour that a day has twice in autumn counts with its mean.
    """
    days, row = np.unique(time.day, return_inverse=True)
    total = np.zeros((len(days), PER_DAY))
    count = np.zeros((len(days), PER_DAY))
    known = np.isfinite(values)
    np.add.at(total, (row[known], time.quarter[known]), values[known])
    np.add.at(count, (row[known], time.quarter[known]), 1.0)
    with np.errstate(invalid="ignore"):
        return total / np.where(count > 0, count, np.nan), days.astype(np.intp)


def to_series(time: Quarters, values: Array) -> Series:
    """Return values in W as a series."""
    origin = datetime(1970, 1, 1, tzinfo=UTC)
    moments = [origin + timedelta(seconds=float(edge)) for edge in time.edges]
    return Series(
        intervals=tuple(
            Interval(start=start, end=end, value=float(value))
            for start, end, value in zip(moments, moments[1:], values, strict=False)
        ),
        unit="W",
    )


def finite(value: float | None) -> float | None:
    """Return a measurement, or None where it is none."""
    return value if value is not None and math.isfinite(value) else None
