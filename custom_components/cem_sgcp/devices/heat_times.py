"""The horizon of a heat device: its hours, and the temperature outside over them.

It must not know any device kind.
"""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Final

import numpy as np

from ..cem.model import Interval, Series
from .base import Sensing
from .reading import temperature_of

HOUR: Final = timedelta(hours=1)
#: What is planned where nobody says how far.
DEFAULT_HORIZON: Final = timedelta(hours=48)
LONGEST_HORIZON: Final = timedelta(days=8)

#: Outdoor temperatures that occur (°C).
COLDEST, HOTTEST = -60.0, 60.0


def horizon(sensing: Sensing) -> datetime:
    """Return the end of what is planned, UTC, never before the next hour."""
    told = sensing.horizon or sensing.now + DEFAULT_HORIZON
    return min(max(told, sensing.now + HOUR), sensing.now + LONGEST_HORIZON)


def hourly(sensing: Sensing) -> Iterator[tuple[datetime, datetime]]:
    """Yield start and end of every hour from the present one to the horizon, UTC."""
    start = sensing.now.astimezone(UTC).replace(minute=0, second=0, microsecond=0)
    end = horizon(sensing)
    while start < end:
        yield start, start + HOUR
        start += HOUR


def outdoor(sensing: Sensing, entity_id: object, default: float) -> Series:
    """Return the outdoor temperature of every hour, °C: as forecast, else as measured now, else a default.

    Gaps of the forecast take the hour before, at its beginning the first hour that is known.
    """
    hours = list(hourly(sensing))
    edges = np.array([hours[0][0].timestamp(), *(end.timestamp() for _, end in hours)])
    values = np.full(len(hours), np.nan)
    if sensing.outdoor is not None:
        values = sensing.outdoor.between(edges)
    known = np.flatnonzero(np.isfinite(values))
    if len(known):
        nearest = known[np.clip(np.searchsorted(known, np.arange(len(values)), side="right") - 1, 0, None)]
        values = values[nearest]
    else:
        measured = temperature_of(sensing.of(entity_id), sensing.temperature_unit)
        values = np.full(len(hours), default if measured is None else measured)
    return Series(
        intervals=tuple(
            Interval(start=start, end=end, value=float(np.clip(temperature, COLDEST, HOTTEST)))
            for (start, end), temperature in zip(hours, values, strict=True)
        ),
        unit="°C",
    )


def constant(sensing: Sensing, temperature: float) -> Series:
    """Return a temperature that does not change, such as that of a cellar."""
    first, *_, last = (moment for hour in hourly(sensing) for moment in hour)
    return Series(intervals=(Interval(start=first, end=last, value=temperature),), unit="°C")


def mean(series: Series) -> float:
    """Return the mean over time."""
    starts, ends, values = series.columns
    return float(np.average(values, weights=ends - starts))
