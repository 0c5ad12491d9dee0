"""Forecast of generation: another integration's, or the same time of past days, pulled by what is measured now.

Generation is a magnitude here, in W and never negative: only where it becomes the power of a resource does it get the
sign of figure 25. The sun keeps to the season, not to the clock of daylight saving, so past days are compared in UTC.
It must not know which service a forecast came from.
"""

from datetime import UTC, datetime, tzinfo
from typing import Final

import numpy as np

from ..model import Series
from ..model.time_grid import Array
from .quarters import DAY, PER_DAY, QUARTER, Basis, Forecast, Quarters, ahead, behind, by_day, finite, to_series

#: After so many days a day counts half.
HALF_LIFE: Final = 7.0
#: A quarter hour that is known on fewer days than this share is night: a silent inverter gives nothing.
NIGHT: Final = 0.5
#: How much of the present ratio to the forecast is believed, how fast it fades (s), and how far it may go.
PRESENT_SHARE: Final = 0.9
PRESENT_FADES: Final = 7200.0
MOST_RATIO: Final = 2.5
#: Below this share of the peak the ratio says nothing.
LOW_SUN: Final = 0.05
#: How far above the best of past days the sun may take the pull of the present.
ABOVE_BEST: Final = 1.15
#: Least history to learn from, in quarter hours.
LEAST: Final = 72


def forecast_pv(
    forecast: Series | None,
    *,
    history: Series | None,
    now: datetime,
    end: datetime,
    time_zone: tzinfo,
    measured: float | None,
    nominal: float | None,
    held_down: bool = False,
) -> Series | None:
    """Return generation in W from now to end in quarter hours, or None where nothing is known; see `pv_forecast`."""
    result = pv_forecast(
        forecast,
        history=history,
        now=now,
        end=end,
        time_zone=time_zone,
        measured=measured,
        nominal=nominal,
        held_down=held_down,
    )
    return None if result is None else result.series


def pv_forecast(
    forecast: Series | None,
    *,
    history: Series | None,
    now: datetime,
    end: datetime,
    time_zone: tzinfo,
    measured: float | None,
    nominal: float | None,
    held_down: bool = False,
) -> Forecast | None:
    """Return generation in W from now to end with what the forecast stands on, or None where nothing is known.

    `forecast` and `history` are generation in W, positive. Where the forecast has a gap or ends, history stands in,
    then the forecast of the day before. `measured` is the generation now, None where it is not known; of a plant that
    is `held_down` (curtailed) it tells only that the sun gives at least so much. Nothing exceeds `nominal`. Raises
    ModelError where end is not after now.
    """
    time = ahead(now, end, UTC)
    mean, best, days = _past_days(history, now, time_zone)
    expected = np.full(len(time.day), np.nan) if forecast is None else forecast.between(time.edges)
    basis = Basis.FORECAST
    if not np.isfinite(expected).any():
        if mean is None:
            return None
        basis = Basis.PROFILE
    if mean is not None:
        expected = np.where(np.isfinite(expected), expected, mean[time.quarter])
    expected = np.nan_to_num(_like_the_day_before(expected))
    expected = np.clip(expected, 0.0, None)
    bound = np.full(len(time.day), np.inf) if best is None else ABOVE_BEST * best[time.quarter]
    measured, nominal = finite(measured), finite(nominal)
    if measured is not None and not (held_down and measured <= expected[0]):
        expected = _pulled(expected, max(measured, 0.0), np.maximum(bound, expected), time, now)
    if nominal is not None:
        expected = np.minimum(expected, max(nominal, 0.0))
    return Forecast(series=to_series(time, np.minimum(expected, 1e9)), basis=basis, days=days)


def _past_days(history: Series | None, now: datetime, zone: tzinfo) -> tuple[Array | None, Array | None, float]:
    """Return mean and best of each quarter hour (UTC) over past days in W, shape (96,), and the days known."""
    past = None if history is None else behind(history, now, UTC)
    if history is None or past is None:
        return None, None, 0.0
    values = np.clip(history.between(past.edges), 0.0, None)
    known = int(np.isfinite(values).sum())
    if known < LEAST:
        return None, None, known * QUARTER / DAY
    # Days are those of the place, so that no day of sun is cut in two.
    offset = now.astimezone(zone).utcoffset()
    shift = offset.total_seconds() if offset is not None else 0.0
    local = Quarters(edges=past.edges, day=((past.edges[:-1] + shift) // DAY).astype(np.intp), quarter=past.quarter)
    table, rows = by_day(values, local)
    there = np.isfinite(table)
    table = np.where(~there & (there.mean(axis=0) < NIGHT), 0.0, table)
    weight = 0.5 ** ((rows.max() - rows) / HALF_LIFE)[:, None] * np.isfinite(table)
    mean = (np.nan_to_num(table) * weight).sum(axis=0) / np.maximum(weight.sum(axis=0), 1e-12)
    best = np.nan_to_num(table).max(axis=0)
    # The best of past days has holes where clouds came at the same time: look a quarter hour to either side.
    best = np.maximum(best, np.maximum(np.roll(best, 1), np.roll(best, -1)))
    return mean, best, known * QUARTER / DAY


def _like_the_day_before(expected: Array) -> Array:
    """Fill what is not known with the same time of the day before, day by day."""
    filled = expected.copy()
    for start in range(PER_DAY, len(filled), PER_DAY):
        part = filled[start : start + PER_DAY]
        part[...] = np.where(np.isfinite(part), part, filled[start - PER_DAY : start][: len(part)])
    return filled


def _pulled(expected: Array, measured: float, bound: Array, time: Quarters, now: datetime) -> Array:
    """Return the forecast pulled by what is measured: by its ratio while the sun is up, else by the difference."""
    fades = PRESENT_SHARE * np.exp(-np.clip(time.middles - now.timestamp(), 0.0, None) / PRESENT_FADES)
    if expected[0] > LOW_SUN * max(float(expected.max()), measured):
        ratio = min(measured / expected[0], MOST_RATIO)
        pulled = expected * (1.0 + (ratio - 1.0) * fades)
    else:
        pulled = expected + (measured - expected[0]) * fades
    bounded: Array = np.clip(pulled, 0.0, bound)
    return bounded
