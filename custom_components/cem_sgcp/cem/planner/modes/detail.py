"""In how much detail modes are decided: where exactly one mode holds for a step, and where modes share it.

A plan is renewed every few minutes, so that what is far away need not be exact, and every yes or no costs time. Whole
decisions reach as far as a day ahead in a house with one machine, and the less far the more of them there are, so that
their number stays bounded; but always two hours. It must not know how a machine is modelled.
"""

from collections.abc import Iterator
from typing import Final

import numpy as np
from numpy.typing import NDArray

from ...model import (
    DemandDriven,
    DemandDrivenActuator,
    DemandDrivenMode,
    FillRate,
    FillRateActuator,
    FillRateMode,
    OperationMode,
    OperationModes,
)
from ..frame import Frame

#: How far whole decisions reach at least and at most, s, and how many steps of all machines together they may take.
LEAST: Final = 7200.0
MOST: Final = 86_400.0
DECISIONS: Final = 100

#: From which length on a step may be shared by the modes of a machine without memory, s.
SHARED_FROM: Final = 1800.0

type _Machine = OperationModes | FillRateActuator | DemandDrivenActuator
type _Mode = OperationMode | FillRateMode | DemandDrivenMode


def whole_soon(frame: Frame) -> NDArray[np.bool_]:
    """Return the steps that are near enough for whole decisions, shape (steps,)."""
    machines = sum(_decides(entry) for entry in _machines(frame))
    ahead = frame.edges[:-1] - frame.now
    soon: NDArray[np.bool_] = (ahead < LEAST) | (
        (ahead < MOST) & (np.arange(frame.steps) < DECISIONS // max(machines, 1))
    )
    return soon


def fine_steps(frame: Frame) -> NDArray[np.bool_]:
    """Return the steps that are too short to be shared, shape (steps,)."""
    fine: NDArray[np.bool_] = frame.grid.durations < SHARED_FROM
    return fine


def _machines(frame: Frame) -> Iterator[_Machine]:
    for resource in frame.snapshot.resources:
        if not resource.available:
            continue
        match resource.control:
            case OperationModes() as control:
                yield control
            case FillRate(actuators=actuators):
                yield from actuators
            case DemandDriven(actuators=demanded):
                yield from demanded
            case _:
                pass


def _decides(machine: _Machine) -> bool:
    """Whether it needs whole decisions: a mode that starts above zero beside another, or a memory."""
    modes = [mode for mode in machine.modes if not mode.abnormal_condition_only]
    if len(modes) < 2:
        return False
    remembers = bool(machine.transitions) or machine.maximum_starts_per_day is not None
    return remembers or any(_starts_above_zero(mode) for mode in modes)


def _starts_above_zero(mode: _Mode) -> bool:
    ranges = [entry.power for entry in mode.elements] if isinstance(mode, FillRateMode) else [mode.power]
    return any(entry.start != 0 and entry.end != 0 for entry in ranges)
