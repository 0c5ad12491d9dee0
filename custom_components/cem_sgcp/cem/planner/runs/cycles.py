"""How often a device may start or go on after a pause within a day (SPINE maxCyclesPerDay), over all its runs.

The brain does not know where a local day begins, so the bound holds for any 24 hours: then it holds for every day. It
is kept like a limit, before any deadline. It must not know how a run was cut into segments.
"""

from typing import TYPE_CHECKING, Final

import numpy as np

from ...model import Resource
from ...model.time_grid import Array
from ..frame import Ints
from ..problem import Problem

if TYPE_CHECKING:
    from ..power_profile import RunPart

DAY: Final = 86_400.0

#: Price of a start more than the device may make, in price scales; as that of two runs at once.
ONE_TOO_MANY: Final = 1000.0


def most_cycles(resource: Resource) -> int | None:
    """Return how often the device may start or go on within a day; None where there is no bound."""
    bounds = [
        sequence.max_cycles_per_day
        for run in resource.runs
        for group in run.profile.groups
        for sequence in group.alternatives
        if sequence.max_cycles_per_day is not None
    ]
    return min(bounds, default=None)


def bound_cycles(problem: Problem, resource: Resource, parts: list[RunPart]) -> None:
    """Let the runs of a device that wait start and go on no more often than it may, with those that have started."""
    most = most_cycles(resource)
    if most is None or not parts:
        return
    past = past_cycles(resource, problem.frame.now)
    possible = sum(max(len(pattern.segments) for pattern in part.starts.patterns) for part in parts)
    if possible + len(past) <= most:
        return
    moments, entries = zip(*(_cycles(part) for part in parts), strict=True)
    points = np.unique(np.concatenate(moments))
    done = ((past[None, :] <= points[:, None]) & (past[None, :] > points[:, None] - DAY)).sum(axis=1)
    rows = problem.rows(len(points), -np.inf, np.maximum(most - done, 0).astype(np.float64))
    for moment, (columns, owners, values) in zip(moments, entries, strict=True):
        begun = moment[owners]
        within = (begun[None, :] <= points[:, None]) & (begun[None, :] > points[:, None] - DAY)
        at, entry = np.nonzero(within)
        problem.put(rows[at], columns[entry], values[entry])
    problem.put(rows, problem.columns(1, penalty=ONE_TOO_MANY * problem.frame.scale), -1.0)


def past_cycles(resource: Resource, now: float) -> Array:
    """Return when the runs that have started did so, once more for each pause, of the last day, s since 1970."""
    found: list[float] = []
    for run in resource.runs:
        if run.started is None:
            continue
        found.append(run.started.timestamp())
        if run.pauses:
            resumed = (run.resumed_at or run.started).timestamp()
            found += [resumed] * run.pauses
    return np.array([moment for moment in found if moment > now - DAY], dtype=np.float64)


def _cycles(part: RunPart) -> tuple[Array, tuple[Ints, Ints, Array]]:
    """Return when each entry starts, and the columns that count, whose entry they are, and how much they count.

    The first segment counts, and each that interrupts a sequence unless it goes on without a pause.
    """
    starts = part.starts
    interrupts = np.zeros(len(starts.start), dtype=bool)
    for number, pattern in enumerate(starts.patterns):
        for stage, segment in enumerate(pattern.segments):
            interrupts[starts.of(number, stage)] = segment.interrupts or stage == 0
    counted = np.flatnonzero(interrupts)
    going_on = interrupts[part.going_on.entries]
    columns = np.concatenate((part.columns[counted], part.going_on.columns[going_on]))
    owners = np.concatenate((counted, part.going_on.entries[going_on]))
    values = np.concatenate((np.ones(len(counted)), -np.ones(int(going_on.sum()))))
    return starts.start, (columns, owners, values)
