"""Forecast of the outdoor temperature: a weather service's, or the usual day around the mean of the last one.

Where a forecast ends, its last day goes on. A thermometer at the house pulls the next hours. It must not know where
forecast, history and present came from.
"""

from datetime import datetime, tzinfo
from typing import Final

import numpy as np

from ..model import Series
from ..model.time_grid import Array
from .quarters import DAY, PER_DAY, QUARTER, Basis, Forecast, Quarters, ahead, behind, by_day, finite, to_series

#: How much of the present deviation is believed, how far it may go (K: a thermometer in the sun), how fast it fades, s.
PRESENT_SHARE: Final = 0.9
PRESENT_MOST: Final = 8.0
FADES: Final = 6 * 3600.0
#: Least history for a daily shape, quarter hours.
LEAST: Final = 2 * PER_DAY
#: No weather is colder or hotter, °C.
BOUNDS: Final = (-70.0, 60.0)


def forecast_outdoor(
    forecast: Series | None,
    *,
    history: Series | None,
    present: float | None,
    now: datetime,
    end: datetime,
    time_zone: tzinfo,
) -> Forecast | None:
    """Return the temperature in °C from now to end in quarter hours; None where nothing is known.

    `history` are means of past days at the place, `present` is the temperature there now. Without a forecast the usual
    course of a day is laid around the mean of the last one; with a present alone it stays as it is. Raises ModelError
    where end is not after now.
    """
    time = ahead(now, end, time_zone)
    present = _plausible(finite(present))
    expected = np.full(len(time.day), np.nan) if forecast is None else forecast.between(time.edges)
    expected = np.where((expected >= BOUNDS[0]) & (expected <= BOUNDS[1]), expected, np.nan)
    basis, days = Basis.FORECAST, 0.0
    if np.isfinite(expected).any():
        expected = _continued(expected)
    else:
        usual, days = _usual(history, now, time_zone)
        if usual is not None:
            basis, expected = Basis.PROFILE, usual[time.quarter]
        elif present is not None:
            basis, expected = Basis.RECENT_MEAN, np.full(len(time.day), present)
        else:
            return None
    if present is not None:
        expected = _pulled(expected, present, time, now)
    return Forecast(series=to_series(time, np.clip(expected, *BOUNDS)).replace(unit="°C"), basis=basis, days=days)


def _plausible(value: float | None) -> float | None:
    return value if value is not None and BOUNDS[0] <= value <= BOUNDS[1] else None


def _continued(expected: Array) -> Array:
    """Fill gaps from both sides, and what lies beyond the end with the last day that is known."""
    known = np.flatnonzero(np.isfinite(expected))
    place = np.arange(len(expected))
    last = int(known[-1])
    filled: Array = np.interp(place, known, expected[known])
    if last + 1 - PER_DAY >= known[0]:
        beyond = place[last + 1 :]
        filled[last + 1 :] = filled[last + 1 - PER_DAY + (beyond - last - 1) % PER_DAY]
    return filled


def _usual(history: Series | None, now: datetime, zone: tzinfo) -> tuple[Array | None, float]:
    """Return the usual day laid around the mean of the last 24 hours, °C, shape (96,), and the days known."""
    past = None if history is None else behind(history, now, zone)
    if history is None or past is None:
        return None, 0.0
    values = history.between(past.edges)
    values = np.where((values >= BOUNDS[0]) & (values <= BOUNDS[1]), values, np.nan)
    known = np.isfinite(values)
    recent = known & (past.edges[:-1] >= now.timestamp() - DAY)
    if known.sum() < LEAST or not recent.any():
        return None, 0.0
    table, _ = by_day(values, past)
    there = np.isfinite(table)
    count = there.sum(axis=0)
    day = np.where(count > 0, np.where(there, table, 0.0).sum(axis=0) / np.maximum(count, 1), np.nan)
    place = np.arange(PER_DAY)
    seen = np.isfinite(day)
    shape = np.interp(place, place[seen], day[seen], period=PER_DAY)
    # The mean of the last day over the hours that are known of it, beside what is usual at these hours.
    level = float(values[recent].mean()) - float(shape[past.quarter[recent]].mean())
    return shape + level, float(known.sum()) * QUARTER / DAY


def _pulled(expected: Array, present: float, time: Quarters, now: datetime) -> Array:
    away = float(np.clip(present - expected[0], -PRESENT_MOST, PRESENT_MOST))
    fades = np.exp(-np.clip(time.middles - now.timestamp(), 0.0, None) / FADES)
    pulled: Array = expected + PRESENT_SHARE * away * fades
    return pulled
