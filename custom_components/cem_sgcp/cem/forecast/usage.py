"""What is drawn from a tank of hot water, learned from its temperature and its heater.

    use = efficiency x P + gains - (T - T_room) / R - C dT/dt

Energy conservation of one capacity: the thermal model turned round. What a day needs is kept; when it is needed
follows days of the same kind (workday, weekend), hour by hour. It must not know where the record came from.
"""

from datetime import datetime, tzinfo
from typing import Final

import numpy as np

from ..model import Series, ThermalModel
from ..model.time_grid import Array
from .quarters import DAY, PER_DAY, QUARTER, Basis, Forecast, Ints, Quarters, ahead, behind, by_day, to_series

#: After so many days of its kind a day counts half; what a workday counts for a weekend and the other way round.
HALF_LIFE: Final = 7.0
OTHER_KIND: Final = 0.25
#: Least that has to be known, in quarter hours.
LEAST: Final = 2 * PER_DAY
PER_HOUR: Final = 4
#: No tank of a house gives more, W.
MOST_USE: Final = 100_000.0


def forecast_use(
    temperature: Series,
    power: Series,
    model: ThermalModel,
    *,
    room: Series | float,
    now: datetime,
    end: datetime,
    time_zone: tzinfo,
) -> Forecast | None:
    """Return what will be drawn from now to end in W of heat, never negative; None with less than two days known.

    `temperature` of the tank and of the `room` in °C, `power` of the heater in W of electricity, consumption positive,
    as means in steps of an hour or less. Raises ModelError where end is not after now.
    """
    time = ahead(now, end, time_zone)
    past = behind(temperature, now, time_zone)
    if past is None:
        return None
    use = _drawn(temperature, power, model, room, past)
    known = int(np.isfinite(use).sum())
    if known < LEAST:
        return None
    table, days = by_day(use, past)
    profiles = np.array([_profile(table, days, weekend=weekend) for weekend in (False, True)])
    if not np.isfinite(profiles).all():
        return None
    expected = profiles[time.weekend.astype(np.intp), time.quarter]
    return Forecast(series=to_series(time, expected), basis=Basis.PROFILE, days=known * QUARTER / DAY)


def _drawn(temperature: Series, power: Series, model: ThermalModel, room: Series | float, past: Quarters) -> Array:
    """Return what was drawn in each quarter hour, W, NaN where it is not known.

    From means over steps, what was stored in a step is known as half of the difference between the means after and
    before it: a quarter of what flowed before, half of what flowed in it, a quarter of what flowed after. Heat and
    losses are seen through the same window, so that a heater that comes on does not read as a draw. A single value may
    be negative, because a sensor follows late: only sums over days count.
    """
    step = _step(temperature)
    first = np.floor(past.edges[0] / step) * step
    edges = np.arange(first, past.edges[-1] + step / 2, step)
    level = temperature.between(edges)
    around = np.full(len(level), float(room)) if isinstance(room, float | int) else room.between(edges)
    flow = model.efficiency * power.between(edges) - (level - around) / model.resistance
    use = np.full(len(level), np.nan)
    if len(level) > 2:
        stored = model.capacity * (level[2:] - level[:-2]) / 2 * (3600.0 / step)
        use[1:-1] = (flow[:-2] + 2 * flow[1:-1] + flow[2:]) / 4 - stored
    use = np.where(np.abs(use) <= MOST_USE, use, np.nan)
    owner = ((past.edges[:-1] - first) // step).astype(np.intp)
    known: Array = np.where(owner < len(use), use[np.minimum(owner, len(use) - 1)], np.nan)
    return known


def _step(temperature: Series) -> float:
    """Return an hour for a record of hours, else a quarter of it, s."""
    starts, ends, _ = temperature.columns
    return 4 * QUARTER if float(np.median(ends - starts)) > 2 * QUARTER else QUARTER


def _profile(table: Array, days: Ints, *, weekend: bool) -> Array:
    """Return the use of a day of one kind in W, the same for the quarters of an hour, shape (96,); NaN: not known."""
    same = ((days - 1) % 7 >= 5) == weekend
    rank = np.cumsum(same[::-1])[::-1] - 1
    age = days[-1] - days
    weight = np.where(same, 0.5 ** (rank / HALF_LIFE), OTHER_KIND * 0.5 ** (age / HALF_LIFE))[:, None]
    known = np.isfinite(table)
    total = (weight * known).sum(axis=0).reshape(-1, PER_HOUR).sum(axis=1)
    drawn = (weight * np.where(known, table, 0.0)).sum(axis=0).reshape(-1, PER_HOUR).sum(axis=1)
    with np.errstate(invalid="ignore", divide="ignore"):
        hours = drawn / total
    there = np.isfinite(hours)
    if not there.any():
        return np.full(PER_DAY, np.nan)
    place = np.arange(len(hours))
    hours = np.interp(place, place[there], hours[there], period=len(hours))
    # Where the sensor's delay reads as heat given back, the hours around it drew that much less.
    positive = np.clip(hours, 0.0, None)
    share = max(float(hours.sum()), 0.0) / max(float(positive.sum()), 1e-9)
    return np.repeat(positive * min(share, 1.0), PER_HOUR)
