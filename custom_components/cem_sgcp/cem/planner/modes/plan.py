"""What a machine does in a solution: its mode and factor step by step, and the powers between which it may be led.

It must not know any control type.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ...model import ActuatorPlan, Intent
from ...model.time_grid import Array
from ..problem import Solved
from .columns import Commitment
from .rounding import nearest_path

#: A share of a step below this is noise of the solver.
NOISE = 1e-6


@dataclass(frozen=True, slots=True)
class Conduct:
    """What a machine does."""

    plan: ActuatorPlan
    lower: Array
    """kW per step: the least the mode takes; less where the mode holds for a part of the step."""
    upper: Array
    works: NDArray[np.bool_]
    """Per step: whether anything happens in it."""


def conduct(commitment: Commitment, actuator_id: str, solved: Solved) -> Conduct:
    """Read what a machine does."""
    machine, x = commitment.machine, solved.x
    frame = solved.problem.frame
    shares = np.array([commitment.share(mode, x) for mode in range(len(machine.lines))])
    steps = np.arange(frame.steps)
    if machine.memory:
        chosen = nearest_path(frame, machine, shares)
    else:
        heard = shares.copy()
        if machine.rest is not None:  # a mode that holds for a part of the step is told, not the rest
            heard[machine.rest] = NOISE
        chosen = np.argmax(heard, axis=0)
    factors, lower, upper = np.ones(frame.steps), frame.zeros(), frame.zeros()
    works = np.zeros(frame.steps, dtype=bool)
    for mode, line in enumerate(machine.lines):
        at = steps[chosen == mode]
        if not len(at):
            continue
        held = shares[mode, at]
        factor = _factor(commitment, mode, x, at, held)
        shared = ~machine.whole[at] | (commitment.present[at] < 1.0)
        low, high = line.lowest[at], line.highest[at]
        lower[at] = np.where(shared, np.minimum(low, 0.0), low)
        upper[at] = np.where(shared, np.maximum(high, 0.0), high)
        works[at] = (not line.nothing) & (commitment.present[at] > 0) & ((not line.from_zero) | (factor > NOISE))
        factors[at] = 1.0 - factor if line.turned else factor
    gone = commitment.present <= 0
    lower[gone], upper[gone] = 0.0, 0.0
    names = [line.mode_id for line in machine.lines]
    return Conduct(
        plan=ActuatorPlan(
            actuator_id=actuator_id,
            mode=tuple(names[mode] for mode in chosen),
            factor=tuple((np.round(factors, 6) + 0.0).tolist()),
        ),
        lower=lower,
        upper=upper,
        works=works,
    )


def _factor(commitment: Commitment, mode: int, x: Array, at: NDArray[np.int64], held: Array) -> Array:
    """Return the factor while the mode holds, 0 to 1; 1 where it makes no difference."""
    columns = commitment.factors[mode]
    if columns is None:
        return np.ones(len(at))
    if columns is commitment.shares[mode]:  # a mode from zero: for how long and how much is one
        held = np.maximum(commitment.present[at], NOISE)
    factor: Array = np.clip(x[columns[at]] / np.maximum(held, NOISE), 0.0, 1.0)
    return factor


def on_or_off(works: NDArray[np.bool_]) -> tuple[Intent, ...]:
    """Return what that is in one word per step."""
    return tuple(Intent.ON if entry else Intent.OFF for entry in works)
