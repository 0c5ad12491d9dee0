"""Targets of a store: the band that its level should be in from a start to an end (S2 fill level target profile).

A target without a price is kept as far as it can be, at a high price for the largest miss, so that a departure that
comes too early still gets a plan that says what lacks. One with a price is comfort: every unit outside the band for an
hour counts with that price and Goals.comfort_weight, and gives way where that is worth it. It must not know how the
level comes about.
"""

from dataclasses import dataclass

import numpy as np

from ...model import FillRate, LevelTarget
from ...model.time_grid import Array
from ..frame import Frame, Ints
from ..problem import MISSED_TARGET, Problem
from .level import Level
from .lines import presence


@dataclass(frozen=True, slots=True)
class Target:
    """A target in the problem."""

    target: LevelTarget
    moments: Array
    """When the level counts, seconds since 1970."""
    lacking: Ints
    """Columns of what lacks, kWh: one for all moments, or for comfort one for each."""
    over: Ints
    """Columns of what is too much."""

    @property
    def comfort(self) -> bool:
        """Whether it has a price."""
        return self.target.price is not None

    def missed(self, x: Array) -> tuple[float, float]:
        """Return what lacks at most and what is too much at most, kWh."""
        return float(x[self.lacking].max(initial=0.0)), float(x[self.over].max(initial=0.0))

    def outside(self, x: Array, least: float) -> tuple[float, float, float] | None:
        """Return by how many kWh at most the level is outside the band, and from when to when by more than `least`."""
        away = np.maximum(x[self.lacking], x[self.over]) if self.comfort else np.array([max(self.missed(x))])
        at = np.flatnonzero(away > least)
        if not len(at):
            return None
        moments = self.moments if self.comfort else self.moments[[0, -1]]
        last = moments[at[-1]] if self.comfort else moments[-1]
        return float(away.max()), float(moments[at[0]]), float(last)


def add_target(problem: Problem, control: FillRate, target: LevelTarget, unit: float, level: Level) -> Target | None:
    """Add the rows of a target: at its start, at every edge within, at its end."""
    frame = problem.frame
    first, last = max(target.start.timestamp(), frame.now), min(target.end.timestamp(), frame.horizon)
    if first > last:
        return None
    inner = frame.edges[(frame.edges > first) & (frame.edges < last)]
    moments = np.unique(np.concatenate(([first], inner, [last])))
    if target.price is None:
        lacking, over = np.split(problem.columns(2, penalty=MISSED_TARGET * frame.scale), 2)
    else:
        price = target.price * unit * frame.snapshot.goals.comfort_weight * comfort_hours(moments)
        lacking = problem.columns(len(moments), extra=price)
        over = problem.columns(len(moments), extra=price)
    weights = _level_at(frame, control, moments)
    for bound, slack, sign in ((target.minimum, lacking, 1.0), (target.maximum, over, -1.0)):
        if bound is None:
            continue
        begun = weights[:, 0] * (control.level / unit)
        rows = problem.rows(len(moments), sign * bound / unit - sign * begun, np.inf)
        problem.put(rows, slack, 1.0)
        for columns, direction in zip((level.inside, level.below, level.above), (1.0, -1.0, 1.0), strict=True):
            at, step = np.nonzero(weights[:, 1:])
            problem.put(rows[at], columns[step], sign * direction * weights[at, step + 1])
    return Target(target=target, moments=moments, lacking=lacking, over=over)


def comfort_hours(moments: Array) -> Array:
    """Return for how many hours each moment counts: half of the time to its neighbours, the level being a line."""
    gaps = np.diff(moments, prepend=moments[0], append=moments[-1]) / 3600.0
    hours: Array = (gaps[:-1] + gaps[1:]) / 2.0
    return hours


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
