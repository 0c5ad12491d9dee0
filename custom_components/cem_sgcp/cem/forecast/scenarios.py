"""Ways in which the next days may turn out, taken from how past days turned out.

A candidate is a past day: by how much its load differed from a usual day of its kind, by how much its sun differed
from its forecast, both of one and the same day, because they hang together. Of the candidates a few are chosen that
stand for the others (forward selection: Dupačová, Gröwe-Kuska, Römisch 2003; Heitsch, Römisch 2003), each with the
weight of those it stands for. Together their mean is the forecast. All begin with what is measured now and drift apart
from there. Prices that are not published yet follow the day before, higher or lower. It must not know the planner.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta, tzinfo
from statistics import NormalDist
from typing import Final

import numpy as np
from numpy.typing import NDArray

from ..model import DeviceScenario, Interval, PriceKind, PriceProfile, PriceSlot, Scenario, Series, TimeGrid
from ..model.time_grid import Array
from .quarters import DAY, PER_DAY, Ints, Quarters, behind, by_day, quarters

#: Scenarios at most, and past days that are needed at least and looked at at most.
MOST: Final = 30
LEAST_DAYS: Final = 7
MOST_DAYS: Final = 28
#: So far ahead past days are followed; beyond it the forecast itself is, s.
SPAN: Final = 2 * DAY
#: After so many days a day counts half; what a day of the other kind (workday, weekend) counts.
HALF_LIFE: Final = 14.0
OTHER_KIND: Final = 0.25
#: How much of a day must be known, as a share.
KNOWN: Final = 0.75
#: What is measured now fades from all scenarios alike, s.
LOAD_FADES: Final = 3600.0
SUN_FADES: Final = 7200.0
#: Measured beside forecast generation of a day: beyond this it is a fault.
SUN_BOUNDS: Final = (0.0, 2.5)
#: Standard deviation of a day's mean price around that of the day before, in standard deviations of the prices within
#: a day. Measured on day-ahead prices of DE-LU, 2023 to 2026.
DAY_TO_DAY: Final = 0.88
#: Prices that vary less are no dynamic tariff, currency/kWh.
LEAST_SPREAD: Final = 1e-6


@dataclass(frozen=True, slots=True, eq=False)
class _Days:
    """The candidates: by how much they differ from what is expected, on the quarter hours ahead."""

    weight: Array
    """Probability, shape (days,)."""
    load: Array
    """W, shape (days, quarters)."""
    sun: Array
    """Factor on the generation forecast, shape (days, quarters)."""


def make_scenarios(
    *,
    grid: TimeGrid,
    base_load: Series,
    history: Series,
    time_zone: tzinfo,
    generation: Mapping[str, Series] | None = None,
    sun_ratios: Mapping[date, float] | None = None,
    prices: PriceProfile | None = None,
    count: int = 8,
) -> tuple[Scenario, ...]:
    """Return at most `count` scenarios with probabilities that add up to 1; none with less than a week of history.

    `base_load` is the forecast and `history` what was measured of the same load, both W; `generation` holds the power
    forecasts of the plants by resource, in whatever sign the resource has, and `sun_ratios` the measured generation of
    past local days as a share of its forecast. `prices` are those known so far; None leaves prices out.
    """
    count = min(count, MOST)
    if count < 2:
        return ()
    end = min(grid.seconds[-1], grid.seconds[0] + SPAN)
    time = quarters(float(grid.seconds[0]), float(end), time_zone)
    days = _candidates(time, history, grid, time_zone, sun_ratios or {})
    if days is None:
        return ()
    plants = generation or {}
    forecasts = {key: series.on(grid) for key, series in plants.items()}
    produced = sum((_quarterly(series, time) for series in plants.values()), np.zeros(len(time.day)))
    chosen, probability = _reduced(days.load + produced * (days.sun - 1.0), days.weight, count)
    load = _centred(days.load[chosen], probability)
    sun = 1.0 + _centred(days.sun[chosen] - 1.0, probability)
    expected = base_load.on(grid)
    floor = np.minimum(np.nan_to_num(expected), _least(history))
    offsets = _offsets(len(chosen))
    scenarios = []
    for index, weight in enumerate(probability):
        drift = _on_grid(load[index], time, grid) * _apart(grid, LOAD_FADES)
        factors = 1.0 + _on_grid(sun[index] - 1.0, time, grid) * _apart(grid, SUN_FADES)
        scenarios.append(
            Scenario(
                scenario_id=f"day_{index + 1}",
                probability=float(weight),
                base_load=_series(grid, np.where(np.isfinite(expected), np.maximum(expected + drift, floor), np.nan)),
                prices=None if prices is None else _priced(prices, grid, offsets[index]),
                devices=tuple(
                    DeviceScenario(resource_id=key, forecast=_series(grid, values * np.clip(factors, *SUN_BOUNDS)))
                    for key, values in forecasts.items()
                )
                if sun_ratios
                else (),
            )
        )
    return tuple(scenarios)


# ------------------------------------------------------------------------------------------------- past days


def _candidates(
    time: Quarters, history: Series, grid: TimeGrid, zone: tzinfo, ratios: Mapping[date, float]
) -> _Days | None:
    """Return what the past days say about the quarter hours ahead; None where too few are known."""
    past = behind(history, grid.start, zone)
    if past is None:
        return None
    table, days = by_day(np.clip(history.between(past.edges), 0.0, None), past)
    weekend = (days - 1) % 7 >= 5
    unusual = table - _usual(table, weekend)
    row = {int(day): index for index, day in enumerate(days)}
    ahead = sorted(set(time.day.tolist()))
    loads, suns, weights = [], [], []
    for back in range(1, MOST_DAYS + 1):
        load = np.full(len(time.day), np.nan)
        sun = np.ones(len(time.day))
        alike = 0
        for day in ahead:
            here = time.day == day
            if (index := row.get(day - back)) is not None:
                load[here] = unusual[index, time.quarter[here]]
            sun[here] = _ratio(ratios, day - back)
            alike += ((day - back - 1) % 7 >= 5) == ((day - 1) % 7 >= 5)
        # A day whose second day is still to come is followed as far as it is known.
        first = time.day <= ahead[0] + 1 if len(ahead) > 1 else time.day == ahead[0]
        if np.isfinite(load[first]).mean() < KNOWN:
            continue
        loads.append(np.nan_to_num(load))
        suns.append(sun)
        weights.append(0.5 ** (back / HALF_LIFE) * OTHER_KIND ** (1.0 - alike / len(ahead)))
    if len(loads) < LEAST_DAYS:
        return None
    weight = np.array(weights)
    return _Days(weight=weight / weight.sum(), load=np.array(loads), sun=np.array(suns))


def _usual(table: Array, weekend: NDArray[np.bool_]) -> Array:
    """Return the mean day of the kind of each day, shape (days, 96); of one kind with one day only, that of all."""
    means = np.zeros_like(table)
    for kind in (False, True):
        same = weekend == kind
        rows = table[same] if same.sum() > 1 else table
        known = np.isfinite(rows)
        means[same] = np.where(known, rows, 0.0).sum(axis=0) / np.maximum(known.sum(axis=0), 1)
    return means


def _ratio(ratios: Mapping[date, float], day: int) -> float:
    if day < 1:
        return 1.0
    value = ratios.get(date.fromordinal(day), 1.0)
    return float(np.clip(value, *SUN_BOUNDS)) if np.isfinite(value) else 1.0


def _least(history: Series) -> float:
    values = history.columns[2]
    return max(float(np.quantile(values, 0.01)), 0.0) if len(values) else 0.0


# ------------------------------------------------------------------------------------------------- a few for many


def _reduced(unusual: Array, weight: Array, count: int) -> tuple[Ints, Array]:
    """Return the days that stand for the others and the weight of those they stand for; of equals the latest day.

    Forward selection: each step adds the day that leaves the smallest weighted distance of all days to their nearest.
    """
    energy = unusual[:, : len(unusual[0]) // 4 * 4].reshape(len(unusual), -1, 4).mean(axis=2)
    distance = np.sqrt(((energy[:, None, :] - energy[None, :, :]) ** 2).sum(axis=2))
    nearest = np.full(len(weight), np.inf)
    chosen: list[int] = []
    while len(chosen) < min(count, len(weight)):
        left = [
            np.inf if day in chosen else float((weight * np.minimum(nearest, distance[day])).sum())
            for day in range(len(weight))
        ]
        chosen.append(int(np.argmin(np.round(left, 9))))
        nearest = np.minimum(nearest, distance[chosen[-1]])
    order = np.array(sorted(chosen), dtype=np.intp)
    owner = distance[:, order].argmin(axis=1)
    owner[order] = np.arange(len(order))
    probability = np.bincount(owner, weights=weight, minlength=len(order))
    return order, probability / probability.sum()


def _centred(values: Array, probability: Array) -> Array:
    """Return values around their mean: what is expected stays what was forecast."""
    centred: Array = values - probability @ values
    return centred


# ------------------------------------------------------------------------------------------------- on the grid


def _quarterly(series: Series, time: Quarters) -> Array:
    return np.nan_to_num(series.between(time.edges))


def _on_grid(values: Array, time: Quarters, grid: TimeGrid) -> Array:
    """Return the mean over each step of values by quarter hours; nothing beyond them."""
    cumulative = np.concatenate(([0.0], np.cumsum(values * np.diff(time.edges))))
    result: Array = np.diff(np.interp(grid.seconds, time.edges, cumulative)) / grid.durations
    return result


def _apart(grid: TimeGrid, fades: float) -> Array:
    """Return how far each step is on its own: 0 now, towards 1."""
    middles = (grid.seconds[1:] + grid.seconds[:-1]) / 2 - grid.seconds[0]
    apart: Array = 1.0 - np.exp(-middles / fades)
    return apart


def _series(grid: TimeGrid, values: Array) -> Series:
    return Series(
        intervals=tuple(
            Interval(start=start, end=end, value=float(value))
            for start, end, value in zip(grid.edges[:-1], grid.edges[1:], values, strict=True)
            if np.isfinite(value)
        ),
        unit="W",
    )


# ------------------------------------------------------------------------------------------------- prices


def _offsets(count: int) -> list[float]:
    """Return as many standard normal quantiles, in an order that has nothing to do with that of the days."""
    levels = [NormalDist().inv_cdf((index + 0.5) / count) for index in range(count)]
    stride = next(step for step in range(max(count * 3 // 8, 1), count + 1) if np.gcd(step, count) == 1)
    return [levels[(index * stride + count // 2) % count] for index in range(count)]


def _priced(prices: PriceProfile, grid: TimeGrid, offset: float) -> PriceProfile | None:
    """Return the prices with those that are not published: as the day before, higher or lower; None if all are known.

    A forecast with bounds moves between them.
    """
    known = [slot for slot in prices.slots if prices.import_price(slot) is not None]
    if not known:
        return None
    slots = [_moved(slot, offset) for slot in prices.slots]
    spread = DAY_TO_DAY * float(np.std([prices.import_price(slot) or 0.0 for slot in known[-4 * PER_DAY :]]))
    changed = slots != list(prices.slots)
    if spread > LEAST_SPREAD and known[-1].end < grid.end and known[-1].end - known[0].start >= timedelta(days=1):
        slots = [slot for slot in slots if slot.end <= known[-1].end]
        slots += _following(prices, known, grid, offset * spread)
        changed = True
    return prices.replace(slots=tuple(slots)) if changed else None


def _moved(slot: PriceSlot, offset: float) -> PriceSlot:
    price, low, high = slot.import_price, slot.import_price_min, slot.import_price_max
    if slot.kind is not PriceKind.FORECAST or price is None or (low is None and high is None):
        return slot
    # The bounds are taken for the tenth and the ninetieth of a hundred.
    share = min(abs(offset) / NormalDist().inv_cdf(0.9), 1.0)
    bound = low if offset < 0 else high
    if bound is None:
        return slot
    moved = price + share * (bound - price)
    return slot.replace(import_price=min(max(moved, min(price, bound)), max(price, bound)))


def _following(prices: PriceProfile, known: Sequence[PriceSlot], grid: TimeGrid, difference: float) -> list[PriceSlot]:
    """Return slots from the end of the known prices to that of the grid, each with its price a whole day before."""
    found = []
    start = known[-1].end
    while start < grid.end:
        source = start
        while source >= known[-1].end:
            source -= timedelta(days=1)
        slot = prices.at(source)
        end = min(start + timedelta(hours=1), grid.end) if slot is None else min(start + (slot.end - source), grid.end)
        price = None if slot is None else prices.import_price(slot)
        if slot is not None and price is not None:
            found.append(
                slot.replace(
                    start=start,
                    end=end,
                    kind=PriceKind.FORECAST,
                    import_price=price + difference,
                    import_price_min=None,
                    import_price_max=None,
                )
            )
        start = end
    return found
