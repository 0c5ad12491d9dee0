"""Columns of modes: sums over them, whether a mode holds, and its factor.

It must not know transitions and timers, nor any control type.
"""

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from ...model.time_grid import Array
from ..frame import Ints
from ..problem import Problem
from .lines import ModeLine
from .machine import Machine

type Flow = tuple[Ints, Ints, Array]
"""Steps, columns, values."""


@dataclass(slots=True)
class Sum:
    """Something per step as constant + Σ value x column."""

    constant: Array
    flows: list[Flow] = field(default_factory=list)

    def add(self, steps: Ints, columns: Ints, values: Array) -> None:
        """Add value x column in some steps."""
        at = np.flatnonzero(values)
        if len(at):
            self.flows.append((steps[at], columns[at], values[at]))

    def joined(self) -> Flow:
        """Return all flows in one."""
        nothing = np.zeros(0, dtype=np.int64)
        return (
            np.concatenate([nothing, *(flow[0] for flow in self.flows)]),
            np.concatenate([nothing, *(flow[1] for flow in self.flows)]),
            np.concatenate([np.zeros(0), *(flow[2] for flow in self.flows)]),
        )

    def of(self, x: Array) -> Array:
        """Return the value per step."""
        steps, columns, values = self.joined()
        total: Array = self.constant + np.bincount(steps, weights=values * x[columns], minlength=len(self.constant))
        return total


def joined(sums: list[Sum]) -> Flow:
    """Return all flows of some sums in one."""
    flows = [entry.joined() for entry in sums] or [Sum(np.zeros(0)).joined()]
    return (
        np.concatenate([flow[0] for flow in flows]),
        np.concatenate([flow[1] for flow in flows]),
        np.concatenate([flow[2] for flow in flows]),
    )


@dataclass(frozen=True, slots=True)
class Effect:
    """What all modes of a machine do together."""

    power: Sum
    """kW."""
    rate: Sum
    """What is moved, per h."""

    @classmethod
    def none(cls, steps: int) -> Effect:
        """Return nothing at all."""
        return cls(power=Sum(np.zeros(steps)), rate=Sum(np.zeros(steps)))

    def add(self, line: ModeLine, end: int, columns: Ints, share: Array) -> None:
        """Add what a mode does at one of its ends, times a share and a column per step."""
        steps = np.arange(len(share))
        self.power.add(steps, columns, line.power[end] * share)
        self.rate.add(steps, columns, line.rate[end] * share)


@dataclass(frozen=True, slots=True)
class Commitment:
    """The columns of a machine in the problem."""

    machine: Machine
    present: Array
    """Share of each step in which the device is there."""
    effect: Effect
    shares: tuple[Ints | None, ...]
    """Per mode the column per step that says whether, or for which share of the step, it holds; None: what is left."""
    factors: tuple[Ints | None, ...]
    """Per mode the column per step of its factor, as a share of the step; None where it has none."""
    active: tuple[Sum, ...]
    """Per mode for which share of each step it is in effect; one that starts at nothing as much as its factor says."""
    changes: tuple[tuple[int, Ints], ...]
    """Arc and its column per step."""

    def share(self, mode: int, x: Array) -> Array:
        """Return for which share of each step a mode holds."""
        columns = self.shares[mode]
        if columns is not None:
            return x[columns]
        others: Array = np.ones(len(self.present))
        for other in self.shares:
            if other is not None:
                others = others - x[other]
        return np.clip(others, 0.0, 1.0)


def mode_columns(
    problem: Problem,
    cost: Array,
    extra: Array,
    *,
    upper: Array | float,
    lower: Array | float = 0.0,
    whole: NDArray[np.bool_] | None = None,
    penalty: Array | float = 0.0,
) -> Ints:
    """Add a column per step, yes or no in some."""
    frame = problem.frame
    columns = np.empty(frame.steps, dtype=np.int64)
    mask = whole if whole is not None else np.zeros(frame.steps, dtype=bool)
    for integer in (True, False):
        at = np.flatnonzero(mask == integer)
        columns[at] = problem.columns(
            len(at),
            lower=np.broadcast_to(lower, (frame.steps,))[at],
            upper=np.broadcast_to(upper, (frame.steps,))[at],
            worth=(cost * frame.hours)[at],
            extra=(extra * frame.hours)[at],
            penalty=np.broadcast_to(penalty, (frame.steps,))[at],
            integer=integer,
        )
    return columns


def add_span(problem: Problem, line: ModeLine, present: Array, effect: Effect, held: Sum) -> Ints | None:
    """Add the factor of a mode, at most what the mode is in effect (`held`); None where it makes no difference."""
    if not line.spans:
        return None
    frame = problem.frame
    rise = ModeLine(
        mode_id=line.mode_id,
        power=(frame.zeros(), line.power[1] - line.power[0]),
        rate=(frame.zeros(), line.rate[1] - line.rate[0]),
        cost=(frame.zeros(), line.cost[1] - line.cost[0]),
        extra=(frame.zeros(), line.extra[1] - line.extra[0]),
        stretch=line.stretch,
    )
    more = mode_columns(problem, rise.cost[1] * present, rise.extra[1] * present, upper=line.stretch)
    effect.add(rise, 1, more, present)
    rows = problem.rows(frame.steps, -np.inf, held.constant * line.stretch)
    problem.put(rows, more, 1.0)
    at, columns, values = held.joined()
    problem.put(rows[at], columns, -values * line.stretch[at])
    return more


def power_bounds(commitment: Commitment) -> tuple[Array, Array]:
    """Return the most and the least that a machine can draw, kW per step."""
    lines, present = commitment.machine.lines, commitment.present
    none = np.zeros(len(present))
    most = np.max([none, *(line.highest * np.maximum(line.stretch, 1.0) for line in lines)], axis=0)
    least = np.min([none, *(line.lowest * np.maximum(line.stretch, 1.0) for line in lines)], axis=0)
    return present * most, present * least
