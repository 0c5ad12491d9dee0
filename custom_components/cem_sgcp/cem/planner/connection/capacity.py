"""Charges on the highest mean import of a billing period (OpenADR DEMAND_CHARGE), such as the Belgian capacity tariff.

    raised ≥ mean import of each demand window − max(peak so far, power that is charged in any case),   raised ≥ 0

and `raised` costs the price of a kW: what was reached already is free to be reached again. Windows are aligned to the
full hour. Where a step is as long as a window or longer, its mean counts; of the window that runs now, what was
imported so far counts too, or, where that is not known, the rest of it as if it were all. It must not know any device.
"""

from dataclasses import dataclass

import numpy as np

from ...model import CapacityCharge
from ...model.time_grid import Array
from ..frame import Frame, Ints
from ..problem import Problem
from .tiers import Flow


@dataclass(frozen=True, slots=True)
class Peak:
    """The column by how many kW a plan raises the peak of a billing period."""

    charge: CapacityCharge
    column: int

    @property
    def floor(self) -> float:
        """Up to here import raises nothing, W."""
        return max(self.charge.peak, self.charge.free_power)


def add_capacity_charges(problem: Problem, imports: Flow) -> tuple[Peak, ...]:
    """Add the charges whose billing period touches the grid."""
    found: list[Peak] = []
    for charge in problem.frame.snapshot.capacity_charges:
        weights, so_far = demand_windows(problem.frame, charge)
        if charge.price <= 0 or not len(weights):
            continue
        floor = max(charge.peak, charge.free_power) / 1000.0
        raised = problem.columns(1, worth=charge.price)
        add_peak(problem, imports, weights, floor - so_far, raised)
        found.append(Peak(charge=charge, column=int(raised[0])))
    return tuple(found)


def add_peak(problem: Problem, imports: Flow, weights: Array, bound: Array, raised: Ints) -> None:
    """Ask that weighted means of the import exceed a bound in kW by no more than a column."""
    rows = problem.rows(len(weights), -np.inf, bound)
    problem.put(rows, raised, -1.0)
    window, place = np.nonzero(weights[:, imports.steps])
    problem.put(rows[window], imports.columns[place], weights[window, imports.steps[place]])


def demand_windows(frame: Frame, charge: CapacityCharge) -> tuple[Array, Array]:
    """Return how the mean of each demand window follows from the steps, shape (windows, steps), and kW so far of each.

    Only windows that begin in the billing period and touch a time in which the charge counts.
    """
    length = charge.window
    begin = max(frame.now, float(frame.edges[0]))
    end = min(frame.horizon, charge.period_end.timestamp())
    first = np.floor(begin / length) * length
    if end <= first or charge.period_start.timestamp() >= end:
        return np.zeros((0, frame.steps)), np.zeros(0)
    starts = np.arange(first, end - 1e-6, length)
    counts = (starts + 1e-6 >= charge.period_start.timestamp()) | (starts < begin)
    counts &= starts + length > charge.period_start.timestamp()
    if charge.active:
        touched = np.zeros(len(starts), dtype=bool)
        for active in charge.active:
            touched |= (starts < active.end.timestamp()) & (starts + length > active.start.timestamp())
        counts &= touched
    starts = starts[counts]
    overlap = np.clip(
        np.minimum(starts[:, None] + length, frame.edges[None, 1:])
        - np.maximum(starts[:, None], frame.edges[None, :-1]),
        0.0,
        None,
    )
    so_far = np.zeros(len(starts))
    running = starts < begin
    if charge.imported is not None:
        so_far[running] = charge.imported * 3.6 / length  # Wh in so many s, in kW
        overlap[running] /= length
    else:
        overlap[running] /= np.maximum(overlap[running].sum(axis=1, keepdims=True), 1e-9)
    whole = overlap[~running]
    overlap[~running] = whole / np.maximum(whole.sum(axis=1, keepdims=True), 1e-9)
    kept = overlap.sum(axis=1) > 0
    # Windows within one long step are the same window.
    joined, places = np.unique(np.column_stack([so_far, overlap])[kept], axis=0, return_index=True)
    joined = joined[np.argsort(places)]
    return joined[:, 1:], joined[:, 0]
