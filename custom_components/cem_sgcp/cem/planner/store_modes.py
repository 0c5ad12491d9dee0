"""Modes of a store over the steps of a plan: as they follow the weather, and as they follow the level.

S2 gives a mode an element for each range of levels. Which element holds in a step depends on what the plan does before.
So a plan is made with the elements of the present level first, then again along the levels of that plan (successive
linearisation, a few rounds, see fill_rate.py): the ends of a step's line are means over the time in which the mode, at
factor 1, runs through the elements from the level at which the step begins. Where the mode can do less the higher the
level is (an EV near full) or the lower (a battery near empty), the factor is also bound to the level that the plan
itself reaches, by the slope at the level before:

    factor ≤ 1 + slope x (level at the beginning − level of the plan before)

never steeper than what the furthest level allows. It must not know the optimisation.
"""

from dataclasses import dataclass, replace

import numpy as np

from ..model import FillRate, FillRateActuator, FillRateElement, FillRateMode
from ..model.time_grid import Array
from .frame import Frame
from .mode_lines import Ends, ModeLine, mode_line

#: A change of what a mode can do by less than this is none, as a share.
SAME = 1e-3

#: Most that a mode may do more at another level than at that of the plan before, as a multiple.
MOST_STRETCH = 20.0

#: A trace on what goes in and out, in price scales per kWh: of plans of equal cost the one with less wear is taken.
THROUGHPUT = 2e-5


@dataclass(frozen=True, slots=True)
class StoreMode:
    """A mode of an actuator."""

    line: ModeLine
    slope: Array
    """By how much the factor may grow with the level at the beginning of each step, per kWh; 0: it does not matter."""


def level_matters(control: FillRate) -> bool:
    """Whether some mode behaves in another way at another level."""
    return any(
        len(mode.elements) > 1 and _Behaviour.of(mode, 1.0).matters
        for actuator in control.actuators
        for mode in actuator.modes
        if not mode.abnormal_condition_only
    )


def store_modes(
    frame: Frame, control: FillRate, actuator: FillRateActuator, unit: float, path: Array | None
) -> tuple[StoreMode, ...]:
    """Return the modes of an actuator; `path` are levels in kWh at the beginning of each step of the plan before."""
    factor = np.ones(frame.steps)
    if actuator.rate_factor is not None:
        factor = np.clip(np.nan_to_num(actuator.rate_factor.on(frame.grid), nan=1.0), 0.0, None)
    return tuple(_mode(frame, control, mode, unit, (path, factor)) for mode in actuator.modes)


@dataclass(frozen=True, slots=True)
class _Behaviour:
    """How a mode behaves over the levels, in the planner's units; levels in kWh, ascending."""

    lower: Array
    upper: Array
    table: Array
    """element x (power, fill rate, cost, each at factor 0 and at factor 1): kW, kWh per h, currency per h."""

    @classmethod
    def of(cls, mode: FillRateMode, unit: float) -> _Behaviour:
        """Read the elements of a mode."""
        elements = sorted(mode.elements, key=lambda entry: (entry.level_range.lower, entry.level_range.upper))
        return cls(
            lower=np.array([entry.level_range.lower for entry in elements]) / unit,
            upper=np.array([entry.level_range.upper for entry in elements]) / unit,
            table=np.array([_values(entry, unit) for entry in elements]),
        )

    @property
    def matters(self) -> bool:
        """Whether the level makes a difference."""
        return not np.allclose(self.table, self.table[0], rtol=SAME, atol=1e-12)

    def place(self, level: float, *, rising: bool) -> int:
        """Return the element that holds at a level; at an edge the one that is entered; else the nearest one."""
        away = np.maximum(np.maximum(self.lower - level, level - self.upper), 0.0)
        found = np.flatnonzero(away <= away.min() + 1e-12)
        return int(found[-1] if rising else found[0])

    def shares(self, level: float, hours: float, factor: float) -> Array:
        """Return for which share of a time the mode at factor 1 is in each element, from a level on."""
        end = 3 if np.any(self.table[:, 3]) else 2  # of a mode written from full to nothing the first end
        rates = self.table[:, end] * factor
        spent = np.zeros(len(rates))
        rising = bool(rates[self.place(level, rising=True)] > 0)
        left = hours
        for _ in rates:
            here = self.place(level, rising=rising)
            rate = float(rates[here])
            following = here + (1 if rising else -1)
            edge = float(self.upper[here] if rising else self.lower[here])
            needed = (edge - level) / rate if rate else np.inf
            if (rate > 0) != rising or not 0 <= needed < left or not 0 <= following < len(rates):
                break
            spent[here] += needed
            left -= needed
            level = edge
        spent[self.place(level, rising=rising)] += left
        shares: Array = spent / spent.sum()
        return shares


def _mode(
    frame: Frame, control: FillRate, mode: FillRateMode, unit: float, along: tuple[Array | None, Array]
) -> StoreMode:
    path, factor = along
    behaviour = _Behaviour.of(mode, unit)
    table = behaviour.table
    slope, stretch = frame.zeros(), np.ones(frame.steps)
    if not behaviour.matters:
        means = np.tile(table[0], (frame.steps, 1))
    elif path is None:
        means = np.tile(table[behaviour.place(control.level / unit, rising=True)], (frame.steps, 1))
    else:
        steps = zip(path.tolist(), frame.hours.tolist(), factor.tolist(), strict=True)
        means = np.array([behaviour.shares(*step) @ table for step in steps])
        bounds = control.level_range.start / unit, control.level_range.end / unit
        slope, stretch = _slopes(frame, bounds, behaviour, path, factor)
    ends: list[Ends] = [(means[:, 2 * number], means[:, 2 * number + 1]) for number in range(3)]
    power, fill, cost = ends[0], (ends[1][0] * factor, ends[1][1] * factor), ends[2]
    extra = tuple(_wear(frame, power[end], fill[end], cost[end]) for end in (0, 1))
    line = mode_line(
        mode.mode_id,
        power,
        fill,
        cost,
        extra=(extra[0], extra[1]),
        stretch=stretch,
        abnormal=mode.abnormal_condition_only,
    )
    if line.from_zero:  # where whole steps decide, a trace would tell nothing apart
        trace = THROUGHPUT * frame.scale * np.abs(line.power[1])
        line = replace(line, extra=(line.extra[0], line.extra[1] + trace))
    return StoreMode(line=line, slope=slope)


def _wear(frame: Frame, power: Array, fill: Array, cost: Array) -> Array:
    """Return what wear counts besides its cost: running costs of giving back what is stored, and of nothing else.

    What a CHP burns or a compressor costs is money and no wear.
    """
    weight = frame.snapshot.goals.wear_weight - 1.0
    return np.where((power < 0) & (fill < 0), weight * cost, 0.0)


def _values(element: FillRateElement, unit: float) -> tuple[float, ...]:
    cost = element.running_cost
    return (
        element.power.start / 1000.0,
        element.power.end / 1000.0,
        element.fill_rate.start * 3600.0 / unit,
        element.fill_rate.end * 3600.0 / unit,
        cost.start * 3600.0 if cost is not None else 0.0,
        cost.end * 3600.0 if cost is not None else 0.0,
    )


def _slopes(
    frame: Frame, bounds: tuple[float, float], behaviour: _Behaviour, path: Array, factor: Array
) -> tuple[Array, Array]:
    """Return by how much what the mode can do changes with the level, per kWh, and the most it can do elsewhere.

    Only where what it can do and what it stores for it go together, so that one factor says both.
    """
    slope, stretch = frame.zeros(), np.ones(frame.steps)
    size = np.abs(behaviour.table[:, 1])
    if not np.all(size > 0):
        return slope, stretch
    ratio = behaviour.table[:, 3] / size
    if np.ptp(ratio) > 1e-2 * np.abs(ratio).max():
        return slope, stretch
    low, high = bounds
    near = max((high - low) * 5e-3, 1e-6)
    for step in range(1, frame.steps):
        level, time = float(path[step]), (float(frame.hours[step]), float(factor[step]))
        here, before, after = (float(behaviour.shares(at, *time) @ size) for at in (level, level - near, level + near))
        steep = (after - before) / (2.0 * near * here)
        far = high if steep < 0 else low
        if not steep or abs(far - level) <= near:
            continue
        furthest = (float(behaviour.shares(far, *time) @ size) / here - 1.0) / (far - level)
        slope[step] = max(steep, min(furthest, 0.0)) if steep < 0 else min(steep, max(furthest, 0.0))
        if slope[step]:
            stretch[step] = min(float(size.max()) / here, MOST_STRETCH)
    return slope, stretch
