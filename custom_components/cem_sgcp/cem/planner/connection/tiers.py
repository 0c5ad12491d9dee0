"""Tiers of a price in the optimisation: one column per step and tier, and one per tier that counts energy.

Power:   import = Σ columns, each as wide as its tier. Where the next tier is dearer the cheapest order is the right one
         by itself; where it is cheaper, a yes or no opens it once all tiers below are full.
Energy:  Σ energy of the tiers = energy exchanged since the first slot with these boundaries; each is as wide as its
         tier and costs what it differs from the first one. That difference counts as its mean over those slots.

It must not know which tariff the tiers came from.
"""

from dataclasses import dataclass
from itertools import groupby

import numpy as np

from ...model.time_grid import Array
from ..frame import Ints
from ..problem import Problem
from .tier_prices import Ladder, StepTiers


@dataclass(frozen=True, slots=True)
class Flow:
    """Power in one direction: columns in kW with their steps; several of a step add up."""

    steps: Ints
    columns: Ints

    def of(self, x: Array, steps: int) -> Array:
        """Return the power in kW per step for the values of the columns."""
        power: Array = np.bincount(self.steps, weights=x[self.columns], minlength=steps).astype(np.float64)
        return power


def widths(tiers: StepTiers, limit: Array) -> Array:
    """Return how wide the first tier of each step is, kW, cut at a limit."""
    first = np.array([ladder.bounds[1] if not ladder.flat else np.inf for ladder in tiers.power])
    narrowed: Array = np.minimum(first, limit)
    return narrowed


def add_power_tiers(
    problem: Problem, tiers: StepTiers, first: Ints, *, base: Array, extra: Array, limit: Array, sign: float
) -> Flow:
    """Add the columns of all tiers but the first.

    `base` is what a kWh of the first tier costs, currency/kWh, negative for export; `extra` what else counts; `limit`
    the most power in kW; `sign` 1 for import and -1 for export.
    """
    frame = problem.frame
    steps: list[int] = []
    columns: list[int] = []
    chains: list[tuple[int, Ladder, list[int]]] = []
    for step, ladder in enumerate(tiers.power):
        chain = [int(first[step])]
        for number in range(1, len(ladder.bounds)):
            low = ladder.bounds[number]
            high = ladder.bounds[number + 1] if number + 1 < len(ladder.bounds) else np.inf
            high = min(high, float(limit[step]))
            if high <= low:
                break
            price = float(base[step]) + sign * (ladder.prices[number] - ladder.prices[0])
            (column,) = problem.columns(
                1, upper=high - low, worth=price * frame.hours[step], extra=float(extra[step]) * frame.hours[step]
            ).tolist()
            problem.put(problem.balance[step], column, sign)
            chain.append(column)
            steps.append(step)
            columns.append(column)
        if any(_cheaper(ladder, number, sign) for number in range(1, len(chain))):
            chains.append((step, ladder, chain))
    if chains:
        problem.last(lambda: _in_order(problem, chains, sign))
    return Flow(steps=np.array(steps, dtype=np.int64), columns=np.array(columns, dtype=np.int64))


def _cheaper(ladder: Ladder, number: int, sign: float) -> bool:
    """Whether a tier is more attractive than any before it, so that it must be kept shut until those are full."""
    return any(sign * ladder.prices[number] < sign * before - 1e-12 for before in ladder.prices[:number])


def _in_order(problem: Problem, chains: list[tuple[int, Ladder, list[int]]], sign: float) -> None:
    """Open a cheaper tier only where all tiers below are full."""
    bound = problem.most if sign > 0 else -problem.least
    for step, ladder, chain in chains:
        for number in range(1, len(chain)):
            if not _cheaper(ladder, number, sign):
                continue
            low = ladder.bounds[number]
            most = max(float(bound[step]) - low, 0.0) + 1e-6
            _open_after(problem, chain[:number], np.diff(ladder.bounds[: number + 1]), chain[number], most)


def _open_after(problem: Problem, below: list[int], full: Array, column: int, most: float) -> None:
    """Add a yes or no that opens a column once those below are full."""
    opened = problem.columns(1, upper=1.0, integer=True)
    counted = np.array([*below, column])
    threshold = float(np.sum(full))
    problem.rule(opened, lambda x: np.array([float(x[counted].sum() > threshold - 1e-9)]))
    row = problem.rows(1, -np.inf, 0.0)
    problem.put(row, column, 1.0)
    problem.put(row, opened, -most)
    rows = problem.rows(len(below), 0.0, np.inf)
    problem.put(rows, np.array(below), 1.0)
    problem.put(rows, opened, -full)


def add_energy_tiers(problem: Problem, tiers: StepTiers, flow: Flow, sign: float) -> Ints:
    """Add the energy of each tier beyond the first, for each span of equal boundaries; returns the columns.

    `flow` is what is exchanged in all; `sign` 1 for import and -1 for export.
    """
    frame = problem.frame
    added: list[Ints] = []
    for bounds, group in groupby(range(frame.steps), key=lambda step: tiers.energy[step].bounds):
        steps = np.array(list(group), dtype=np.int64)
        if len(bounds) == 1:
            continue
        prices = np.array([tiers.energy[step].prices for step in steps])
        mean = np.average(prices - prices[:, :1], axis=0, weights=frame.hours[steps])
        ladder = Ladder(bounds=bounds, prices=tuple(mean.tolist()))
        wide = np.diff(np.append(ladder.bounds, np.inf))
        energy = problem.columns(len(bounds), upper=wide, worth=sign * mean)
        row = problem.rows(1, 0.0, 0.0)
        problem.put(row, energy, -1.0)
        mine = np.isin(flow.steps, steps)
        problem.put(row, flow.columns[mine], frame.hours[flow.steps[mine]])
        added.append(energy)
        if any(_cheaper(ladder, number, sign) for number in range(1, len(bounds))):
            problem.last(lambda e=energy, k=ladder, s=steps: _energy_in_order(problem, e, k, s, sign))  # type: ignore[misc]
    return np.concatenate([np.zeros(0, dtype=np.int64), *added])


def _energy_in_order(problem: Problem, energy: Ints, ladder: Ladder, steps: Ints, sign: float) -> None:
    bound = problem.most if sign > 0 else -problem.least
    most = float(np.dot(np.maximum(bound[steps], 0.0), problem.frame.hours[steps]))
    full = np.diff(ladder.bounds)
    for number in range(1, len(energy)):
        if _cheaper(ladder, number, sign):
            room = max(most - ladder.bounds[number], 0.0) + 1e-6
            _open_after(problem, energy[:number].tolist(), full[:number], int(energy[number]), room)
