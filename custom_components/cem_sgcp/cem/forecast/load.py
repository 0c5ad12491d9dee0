"""Forecast of the load that no resource describes, from its own past.

What the same time of day was on past days: recent days count more, days of the same kind (workday, weekend) count
more, the level of the last day shifts it, and the present value pulls the next hour. The weights were chosen on one
home's spring and summer and measured on its autumn and winter (benchmarks/forecast.py). Flexible devices are taken out
by the caller. It must not know where the history was recorded.
"""

from datetime import datetime, tzinfo
from typing import Final

import numpy as np

from ..model import Series
from ..model.time_grid import Array
from .quarters import DAY, PER_DAY, QUARTER, Basis, Forecast, Ints, ahead, behind, by_day, finite, to_series

#: After so many days of its kind (workday, weekend) a day counts half.
HALF_LIFE: Final = 2.0
#: What a workday counts for a weekend and the other way round.
OTHER_KIND: Final = 0.25
#: Share of the median beside the mean: a day out of the ordinary should not be seen in the forecast for a week.
MEDIAN_SHARE: Final = 0.25
#: Values above this multiple of the 99.5 % quantile are faults of the sensor.
FAULT: Final = 1.5
#: No house draws more above the highest it ever drew, W: a present beyond is a fault too.
MOST_ABOVE: Final = 25_000.0
#: How much of the ratio between the last day and its profile is taken over, and its bounds.
LEVEL_SHARE: Final = 0.5
LEVEL_BOUNDS: Final = (0.5, 2.0)
#: How much of the present deviation is believed, and how fast it fades, s.
PRESENT_SHARE: Final = 0.7
PRESENT_FADES: Final = 3600.0
#: Least history for a profile, and for a mean, in quarter hours.
LEAST_PROFILE: Final = 72
LEAST_MEAN: Final = 4


def forecast_load(
    history: Series, *, now: datetime, end: datetime, time_zone: tzinfo, present: float | None, default: float
) -> Series:
    """Return the load in W from now to end in quarter hours, never negative; see `load_forecast`."""
    return load_forecast(history, now=now, end=end, time_zone=time_zone, present=present, default=default).series


def load_forecast(
    history: Series, *, now: datetime, end: datetime, time_zone: tzinfo, present: float | None, default: float
) -> Forecast:
    """Return the load in W from now to end with what the forecast stands on.

    `history` holds means in W of past days in steps of an hour or less; gaps are left out. With less than a day of it
    its mean stands in, with less than an hour `default`. `present` is the load now, None where it is not known.
    Raises ModelError where end is not after now.
    """
    time = ahead(now, end, time_zone)
    past = behind(history, now, time_zone)
    values = np.empty(0) if past is None else np.clip(history.between(past.edges), 0.0, None)
    known = values[np.isfinite(values)]
    present = finite(present)
    if past is None or len(known) < LEAST_MEAN:
        basis, expected, usual = Basis.DEFAULT, np.full(len(time.day), max(default, 0.0)), max(default, 0.0)
    elif len(known) < LEAST_PROFILE:
        mean = float(known.mean())
        basis, expected, usual = Basis.RECENT_MEAN, np.full(len(time.day), mean), mean
    else:
        highest = FAULT * float(np.quantile(known, 0.995))
        values = np.minimum(values, highest)
        present = None if present is None else min(present, highest + MOST_ABOVE)
        table, days = by_day(values, past)
        profiles = _profiles(table, days)
        level = _level(values, profiles[past.weekend.astype(np.intp), past.quarter], past.edges, now)
        basis, expected = Basis.PROFILE, level * profiles[time.weekend.astype(np.intp), time.quarter]
        usual = float(expected[0])
    if present is not None:
        fades = np.exp(-np.clip(time.middles - now.timestamp(), 0.0, None) / PRESENT_FADES)
        expected = expected + PRESENT_SHARE * (max(present, 0.0) - usual) * fades
    return Forecast(series=to_series(time, np.clip(expected, 0.0, 1e9)), basis=basis, days=len(known) * QUARTER / DAY)


def _profiles(table: Array, days: Ints) -> Array:
    """Return the profile of a workday and of a weekend day in W, shape (2, 96)."""
    weekend = (days - 1) % 7 >= 5
    age = days[-1] - days
    profiles = []
    for kind in (False, True):
        same = weekend == kind
        # Counted in days of the same kind, so that on a Saturday the last weekend is recent.
        rank = np.cumsum(same[::-1])[::-1] - 1
        profiles.append(
            _profile(table, np.where(same, 0.5 ** (rank / HALF_LIFE), OTHER_KIND * 0.5 ** (age / HALF_LIFE)))
        )
    return np.array(profiles)


def _profile(table: Array, weights: Array) -> Array:
    """Return mean and median of each quarter hour over the days, shape (96,); unknown ones take their neighbours'."""
    known = np.isfinite(table)
    weight = weights[:, None] * known
    total = weight.sum(axis=0)
    there = total > 0
    safe = np.where(there, total, 1.0)
    mean = (np.where(known, table, 0.0) * weight).sum(axis=0) / safe
    order = np.argsort(np.where(known, table, np.inf), axis=0)
    reached = np.cumsum(np.take_along_axis(weight, order, axis=0), axis=0) / safe
    middle = (reached >= 0.5).argmax(axis=0)[None, :]
    median = np.take_along_axis(np.take_along_axis(np.where(known, table, 0.0), order, axis=0), middle, axis=0)[0]
    profile = (1 - MEDIAN_SHARE) * mean + MEDIAN_SHARE * median
    place = np.arange(PER_DAY)
    whole: Array = np.interp(place, place[there], profile[there], period=PER_DAY)
    return whole


def _level(values: Array, usual: Array, edges: Array, now: datetime) -> float:
    """Return by how much the last day was above its profile, as a factor."""
    recent = np.isfinite(values) & (edges[:-1] >= now.timestamp() - DAY)
    if recent.sum() < PER_DAY / 2 or usual[recent].mean() <= 0:
        return 1.0
    low, high = LEVEL_BOUNDS
    ratio = min(max(float(values[recent].mean()) / float(usual[recent].mean()), low), high)
    return float(ratio**LEVEL_SHARE)
