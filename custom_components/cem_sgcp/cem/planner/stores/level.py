"""The level of a store at the end of each step: range, leakage, forecast use.

    level after = level before x k + (Σ fill rate − constant leakage − usage) x (1 − k) / relative leakage,
    k = exp(− relative leakage x time), so that a level near its rest stays there however long a step is

Leakage is the line nearest to the elements of S2: rates may be negative at low levels, as of a room that is colder than
outdoors. It must not know targets nor modes.
"""

from dataclasses import dataclass
from typing import Final

import numpy as np

from ...model import FillRate
from ...model.time_grid import Array
from ..frame import Frame, Ints
from ..modes.columns import Sum
from ..problem import OUT_OF_RANGE, Problem
from .lines import Reach, terminal_value

#: Price of being above the range where the store was found above it: it may drift back. Price scales per kWh and h.
DRIFT_BACK: Final = 0.01

#: A trace that fills stores early that only fill, in price scales per kWh that is there for the whole time.
EARLY_FILLING: Final = 3e-4


@dataclass(frozen=True, slots=True)
class Level:
    """The columns of a level, kWh at the end of each step, and the rows that link them."""

    inside: Ints
    below: Ints
    above: Ints
    rows: Ints

    def of(self, x: Array) -> Array:
        """Return the level at the end of each step, kWh."""
        level: Array = x[self.inside] - x[self.below] + x[self.above]
        return level


def add_level(problem: Problem, control: FillRate, unit: float, fill: list[Sum], reach: Reach, *, idles: bool) -> Level:
    """Add the level; `fill` is what the actuators do in kWh per h, `idles` whether all can stop at once."""
    frame = problem.frame
    start = control.level / unit
    low, high = control.level_range.start / unit, control.level_range.end / unit
    kept, hours, loss = _losses(frame, control, unit)
    loss = loss - sum((entry.constant for entry in fill), frame.zeros()) * hours
    natural = _natural(start, loss, kept)
    excess = np.clip(natural - high, 0.0, None)
    sinks = bool(natural.min() < low - 1e-9) or not idles
    value = terminal_value(frame, control, reach, unit)
    worth = frame.zeros()
    worth[-1] = -value
    problem.offset += value * start
    penalty = OUT_OF_RANGE * frame.scale * frame.hours
    # A car on a flat tariff is rather full too early than just in time.
    sooner = EARLY_FILLING * frame.scale / frame.hours.sum() if not reach.discharge.any() else 0.0
    inside = problem.columns(frame.steps, lower=low, upper=high, worth=worth, extra=-sooner * frame.hours)
    below = problem.columns(frame.steps, upper=np.inf if sinks else 0.0, worth=-worth, penalty=penalty)
    above = problem.columns(
        frame.steps,
        upper=excess if idles else np.inf,
        worth=worth,
        extra=DRIFT_BACK * frame.scale * frame.hours,
        penalty=0.0 if idles else penalty,
    )
    first = frame.zeros()
    first[0] = kept[0] * start
    rows = problem.rows(frame.steps, first - loss, first - loss)
    for columns, sign in ((inside, 1.0), (below, -1.0), (above, 1.0)):
        problem.put(rows, columns, sign)
        problem.put(rows[1:], columns[:-1], -sign * kept[1:])
    for entry in fill:
        steps, columns, values = entry.joined()
        problem.put(rows[steps], columns, -values * hours[steps])
    return Level(inside=inside, below=below, above=above, rows=rows)


def _losses(frame: Frame, control: FillRate, unit: float) -> tuple[Array, Array, Array]:
    """Return per step the share of the level that is kept, the hours that a rate counts for, and kWh lost besides."""
    constant, relative = _leakage(control, unit)
    usage = np.nan_to_num(control.usage.on(frame.grid)) * 3600.0 / unit if control.usage is not None else frame.zeros()
    kept = np.exp(-relative * frame.hours)
    hours: Array = -np.expm1(-relative * frame.hours) / relative if relative > 0 else frame.hours
    return kept, hours, (constant + usage) * hours


def _natural(start: float, loss: Array, kept: Array) -> Array:
    """Return the level if nothing fills or empties the store."""
    level = start
    levels = np.empty(len(loss))
    for step, (lost, share) in enumerate(zip(loss, kept, strict=True)):
        level = level * share - lost
        levels[step] = level
    return levels


def _leakage(control: FillRate, unit: float) -> tuple[float, float]:
    """Return leakage as kWh per h and as a share of the level per h: the line nearest to its elements."""
    elements = control.leakage
    if not elements:
        return 0.0, 0.0
    rates = np.array([entry.rate for entry in elements]) * 3600.0 / unit
    middles = np.array([(entry.level_range.lower + entry.level_range.upper) / 2.0 for entry in elements]) / unit
    if len(elements) == 1 or np.ptp(middles) == 0:
        return float(rates.mean()), 0.0
    slope = float(np.polyfit(middles, rates, 1)[0])
    if slope <= 0:
        return float(rates.mean()), 0.0
    return float(rates.mean() - slope * middles.mean()), slope
