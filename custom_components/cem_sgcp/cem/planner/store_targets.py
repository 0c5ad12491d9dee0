"""Targets of a store: the band that its level should be in from a start to an end (S2 FRBC fill level target profile).

They are kept softly, at a high price, so that a departure that comes too early still gets a plan that says what lacks.
It must not know how the level comes about.
"""

import numpy as np

from ..model import FillRate, LevelTarget
from ..model.time_grid import Array
from .frame import Frame, Ints
from .problem import MISSED_TARGET, Problem
from .store_lines import presence


def add_target(
    problem: Problem, control: FillRate, target: LevelTarget, unit: float, levels: tuple[Ints, Ints, Ints]
) -> tuple[LevelTarget, int, int] | None:
    """Add the rows of a target: at its start, at every edge within, at its end."""
    frame = problem.frame
    first, last = max(target.start.timestamp(), frame.now), min(target.end.timestamp(), frame.horizon)
    if first > last:
        return None
    inner = frame.edges[(frame.edges > first) & (frame.edges < last)]
    moments = np.unique(np.concatenate(([first], inner, [last])))
    lacking, over = problem.columns(2, penalty=MISSED_TARGET * frame.scale)
    weights = _level_at(frame, control, moments)
    for bound, slack, sign in ((target.minimum, lacking, 1.0), (target.maximum, over, -1.0)):
        if bound is None:
            continue
        begun = weights[:, 0] * (control.level / unit)
        rows = problem.rows(len(moments), sign * bound / unit - sign * begun, np.inf)
        problem.put(rows, slack, 1.0)
        for columns, direction in zip(levels, (1.0, -1.0, 1.0), strict=True):
            at, step = np.nonzero(weights[:, 1:])
            problem.put(rows[at], columns[step], sign * direction * weights[at, step + 1])
    return target, int(lacking), int(over)


def _level_at(frame: Frame, control: FillRate, moments: Array) -> Array:
    """Return how the level at each moment follows from the levels at the edges, shape (moments, steps + 1).

    Within a step the level moves while the store is there: a car that leaves at ten past has charged by then what it
    charges in that step.
    """
    present = presence(frame, control)
    weights = np.zeros((len(moments), frame.steps + 1))
    for number, moment in enumerate(moments):
        step = min(int(np.searchsorted(frame.edges, moment, side="right")) - 1, frame.steps - 1)
        if present[step] > 0:
            so_far = _present_between(control, float(frame.edges[step]), float(moment))
            share = so_far / (present[step] * (frame.edges[step + 1] - frame.edges[step]))
        else:
            share = (moment - frame.edges[step]) / (frame.edges[step + 1] - frame.edges[step])
        share = min(max(share, 0.0), 1.0)
        weights[number, step] += 1.0 - share
        weights[number, step + 1] += share
    return weights


def _present_between(control: FillRate, start: float, end: float) -> float:
    leaves = control.departure.timestamp() if control.departure is not None else np.inf
    comes = control.arrival.timestamp() if control.arrival is not None else -np.inf
    if leaves < comes:
        return (end - start) - max(min(end, comes) - max(start, leaves), 0.0)
    return max(min(end, leaves) - max(start, comes), 0.0)
