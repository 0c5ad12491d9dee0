"""Modes of a store over the steps of a plan: as they follow the weather, and as they follow the level.

S2 gives a mode an element for each range of levels. Which element holds in a step depends on what the plan does before.
What a mode can do in a step from a level on is the mean over the time in which it, at factor 1, runs through the
elements. Where what it takes and what it stores go together (an EV near full takes less), it can do

    factor x base ≤ can(level at the beginning)

with the concave hull of `can` in every round, which is exact for a charger that holds its current and then lets go of
it. What the hull leaves open, and modes whose efficiency depends on the level, are settled by making the plan again
along its own levels (successive linearisation, a few rounds, see fill_rate.py): there the base is what it can do at the
level of the plan before, and a level further on in the mode's own direction allows no more than the steepest chord
says. It must not know the optimisation.
"""

from dataclasses import dataclass, replace

import numpy as np

from ...model import FillRate, FillRateActuator, FillRateMode
from ...model.time_grid import Array
from ..frame import Frame
from ..modes.lines import Ends, ModeLine, mode_line
from .behaviour import Behaviour, Bound, level_bounds

#: A trace on what goes in and out, in price scales per kWh: of plans of equal cost the one with less wear is taken.
THROUGHPUT = 2e-5


@dataclass(frozen=True, slots=True)
class StoreMode:
    """A mode of an actuator."""

    line: ModeLine
    bounds: tuple[Bound, ...] = ()


def level_matters(control: FillRate) -> bool:
    """Whether some mode behaves in another way at another level."""
    return any(
        len(mode.elements) > 1 and Behaviour.of(mode, 1.0).matters
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


def _mode(
    frame: Frame, control: FillRate, mode: FillRateMode, unit: float, along: tuple[Array | None, Array]
) -> StoreMode:
    path, factor = along
    behaviour = Behaviour.of(mode, unit)
    table = behaviour.table
    bounds: tuple[Bound, ...] = ()
    stretch = np.ones(frame.steps)
    if not behaviour.matters:
        means = np.tile(table[0], (frame.steps, 1))
    elif path is None and not behaviour.one_factor:
        means = np.tile(table[behaviour.place(control.level / unit, rising=True)], (frame.steps, 1))
    else:
        begun = np.full(frame.steps, control.level / unit) if path is None else path
        steps = zip(begun.tolist(), frame.hours.tolist(), factor.tolist(), strict=True)
        means = np.array([behaviour.shares(*step) @ table for step in steps])
        if path is None:
            means[1:] = table[int(np.argmax(behaviour.size))]
        if behaviour.one_factor:
            reach = control.level_range.start / unit, control.level_range.end / unit
            bounds, stretch = level_bounds(frame, reach, behaviour, np.abs(means[:, 1]), path)
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
    return StoreMode(line=line, bounds=bounds)


def _wear(frame: Frame, power: Array, fill: Array, cost: Array) -> Array:
    """Return what wear counts besides its cost: running costs of giving back what is stored, and of nothing else.

    What a CHP burns or a compressor costs is money and no wear.
    """
    weight = frame.snapshot.goals.wear_weight - 1.0
    return np.where((power < 0) & (fill < 0), weight * cost, 0.0)
