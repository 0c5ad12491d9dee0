"""The exchange with the grid: what is imported and exported in each step, what that costs, and its limits.

    import − export = base load + Σ power of devices            in every step
    import ≤ its limit, export ≤ its limit                       softly, at a very high price

It must not know any device.
"""

from dataclasses import dataclass

import numpy as np

from .frame import Ints
from .problem import OVER_LIMIT, Problem


@dataclass(frozen=True, slots=True)
class Exchange:
    """The columns of the exchange, kW per step; those over a limit only where there is one."""

    imported: Ints
    exported: Ints
    over_import: Ints
    over_import_steps: Ints
    over_export: Ints
    over_export_steps: Ints
    over_controllable: Ints
    over_controllable_steps: Ints


def add_exchange(problem: Problem) -> Exchange:
    """Add the exchange to the balance of every step; to be called before any device is added."""
    frame = problem.frame
    price, revenue = frame.import_price * frame.hours, frame.export_price * frame.hours
    penalty = OVER_LIMIT * frame.scale * frame.hours
    imported = problem.columns(
        frame.steps, upper=frame.import_limit, worth=price, extra=frame.import_extra * frame.hours
    )
    exported = problem.columns(
        frame.steps, upper=frame.export_limit, worth=-revenue, extra=frame.export_extra * frame.hours
    )
    import_steps = np.flatnonzero(np.isfinite(frame.import_limit))
    export_steps = np.flatnonzero(np.isfinite(frame.export_limit))
    controllable_steps = np.flatnonzero(np.isfinite(frame.controllable_limit))
    over_import = problem.columns(len(import_steps), worth=price[import_steps], penalty=penalty[import_steps])
    problem.put(problem.balance[import_steps], over_import, 1.0)
    over_export = problem.columns(len(export_steps), worth=-revenue[export_steps], penalty=penalty[export_steps])
    problem.put(problem.balance[export_steps], over_export, -1.0)
    problem.put(problem.balance, imported, 1.0)
    problem.put(problem.balance, exported, -1.0)
    exchange = Exchange(
        imported=imported,
        exported=exported,
        over_import=over_import,
        over_import_steps=import_steps,
        over_export=over_export,
        over_export_steps=export_steps,
        over_controllable=problem.columns(len(controllable_steps), penalty=penalty[controllable_steps]),
        over_controllable_steps=controllable_steps,
    )
    problem.last(lambda: _one_direction(problem, exchange))
    problem.last(lambda: _controllable_limit(problem, exchange))
    return exchange


def _one_direction(problem: Problem, exchange: Exchange) -> None:
    """Forbid import and export in the same step where a kWh sold earns more than a kWh bought costs."""
    frame = problem.frame
    bought = frame.import_price + frame.import_extra
    sold = frame.export_price - frame.export_extra
    at = np.flatnonzero(sold > bought + 1e-12)
    if not len(at):
        return
    importing = problem.columns(len(at), upper=1.0, integer=True)
    bought_columns, sold_columns = exchange.imported[at], exchange.exported[at]
    problem.rule(importing, lambda x: (x[bought_columns] >= x[sold_columns]).astype(np.float64))
    most = np.maximum(problem.most[at], 0.0) + 1e-6
    least = np.maximum(-problem.least[at], 0.0) + 1e-6
    rows = problem.rows(len(at), -np.inf, 0.0)
    problem.put(rows, exchange.imported[at], 1.0)
    problem.put(rows, importing, -most)
    other = problem.rows(len(at), -np.inf, least)
    problem.put(other, exchange.exported[at], 1.0)
    problem.put(other, importing, least)
    for steps, columns, mine in (
        (exchange.over_import_steps, exchange.over_import, rows),
        (exchange.over_export_steps, exchange.over_export, other),
    ):
        _, here, there = np.intersect1d(at, steps, return_indices=True)
        problem.put(mine[here], columns[there], 1.0)


def _controllable_limit(problem: Problem, exchange: Exchange) -> None:
    """Bound what controllable devices draw from the grid: their power less the local surplus."""
    at = exchange.over_controllable_steps
    if not len(at):
        return
    frame = problem.frame
    with_surplus = frame.surplus > 0
    bound = np.where(with_surplus, frame.controllable_limit - frame.base, frame.controllable_limit)
    counted = []
    for resource in frame.snapshot.resources:
        expression = problem.expressions[resource.resource_id]
        generates = resource.control.type_name in {"power_envelope", "not_controllable"}
        counts = np.full(frame.steps, resource.controllable and not generates) | (
            with_surplus if generates else np.zeros(frame.steps, dtype=bool)
        )
        if resource.controllable and generates:
            counts |= expression.constant > 0
        bound = bound - np.where(counts, expression.constant, 0.0)
        counted.append((expression, counts))
    rows = problem.rows(len(at), -np.inf, bound[at])
    place = np.full(frame.steps, -1)
    place[at] = np.arange(len(at))
    for expression, counts in counted:
        kept = (place[expression.steps] >= 0) & counts[expression.steps]
        problem.put(rows[place[expression.steps[kept]]], expression.columns[kept], expression.values[kept])
    problem.put(rows, exchange.over_controllable, -1.0)
