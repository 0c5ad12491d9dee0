"""The second stage: of all plans that cost the same, the one that switches least.

Where prices are equal, an optimal plan may charge a battery in single steps scattered over them: the traces that settle
ties are below what the solver tells apart. So where a store is found to do that, a second linear problem is solved over
those plans only that are as good as the best: every column whose reduced cost says that moving it costs anything stays
where it is, every row with a price stays tight, and so does every yes or no. Money is therefore the same to the last
digits the solver knows; what is weighed instead is the order in time: surplus is stored early, what is bought for a
store that gives back is bought late, in one piece, and a store that only fills is filled early. It costs time only
where something is scattered, and is deterministic. It must not know any device kind.
"""

from dataclasses import replace
from typing import Final

import numpy as np

from ...model.time_grid import Array
from ..answer import Answer
from ..fill_rate import FillRatePart
from .linear import SolverError, has_solution, solver_for
from .solve import Options

#: Reduced costs and shadow prices from here on are real, price scales.
REAL: Final = 3e-6

#: Money that the second stage may cost at most, price scales.
BOUND: Final = 1e-3

#: Powers that differ by less than this are equal, kW.
EQUAL: Final = 5e-2

#: Weight of filling early a store that only fills, against that of buying late; and of what goes in and out at all.
EARLY: Final = 3.0
THROUGHPUT: Final = 0.05


def settled(answer: Answer, settings: Options) -> Answer:
    """Return the answer with the columns of the smoothest plan of equal cost; the answer itself where it is smooth."""
    linear, matrix = answer.outcome.linear, answer.matrix
    x = linear.x
    if len(x) != len(matrix.cost):
        return answer
    net = answer.problem.frame.base + sum(entry.of(x) for entry in answer.problem.expressions.values())
    if not any(_scattered(answer, part, net, x) for part in _stores(answer)):
        return answer
    try:
        found = _smoothest(answer, x, settings)
    except SolverError:
        return answer
    bound = BOUND * answer.problem.frame.scale
    if found is None or float(matrix.cost @ (found - x)) > bound or float(matrix.penalty @ (found - x)) > bound:
        return answer
    found[matrix.integer] = np.round(found[matrix.integer])
    return replace(answer, settled=found)


def _stores(answer: Answer) -> list[FillRatePart]:
    return [part for part in answer.parts if isinstance(part, FillRatePart)]


def _scattered(answer: Answer, part: FillRatePart, net: Array, x: Array) -> bool:
    """Whether a store fills or empties in more than one piece, or less in between, while nothing changes for it."""
    frame = answer.problem.frame
    expression = answer.problem.expressions[part.resource.resource_id]
    if answer.matrix.integer[expression.columns].any():
        return False  # what is decided by a yes or no stays
    power = expression.of(x)
    changes = np.zeros(frame.steps, dtype=bool)
    for values in (frame.import_price, frame.export_price, frame.import_limit, frame.export_limit):
        finite = np.where(np.isfinite(values), values, -1.0)
        changes[1:] |= np.abs(np.diff(finite)) > 1e-9
    changes[1:] |= np.diff(np.sign(np.round(net - power, 3))) != 0
    stretch = np.cumsum(changes)
    for direction in (power, -power):
        works = direction > EQUAL
        begins = works & ~np.concatenate(([False], works[:-1] & ~changes[1:]))
        if np.any(np.bincount(stretch[begins], minlength=1) > 1):
            return True
    dips = (power[1:-1] < power[:-2] - EQUAL) & (power[1:-1] < power[2:] - EQUAL) & (power[2:] > 0)
    return bool(np.any(dips & (net[1:-1] > EQUAL) & ~changes[1:-1] & ~changes[2:]))


def _smoothest(answer: Answer, x: Array, settings: Options) -> Array | None:
    """Return the columns of the plan that is as good and comes first in the order in time, or None."""
    linear, matrix, frame = answer.outcome.linear, answer.matrix, answer.problem.frame
    reduced, duals = linear.reduced, linear.duals
    fixed = matrix.integer | (np.abs(reduced) > REAL * frame.scale)
    products = matrix.value * np.repeat(x, np.diff(matrix.starts))
    activity = np.bincount(matrix.index, weights=products, minlength=len(duals))
    tight = np.abs(duals) > REAL * frame.scale
    narrowed = replace(
        matrix,
        cost=_weights(answer),
        lower=np.where(fixed, x, matrix.lower),
        upper=np.where(fixed, x, matrix.upper),
        row_lower=np.where(tight, activity, matrix.row_lower),
        row_upper=np.where(tight, activity, matrix.row_upper),
        offset=0.0,
    )
    solver = solver_for(narrowed, {**settings.settings, "time_limit": settings.time_limit})
    solver.run()
    if not has_solution(solver):
        return None
    found: Array = np.array(solver.getSolution().col_value)
    return np.clip(found, matrix.lower, matrix.upper)


def _weights(answer: Answer) -> Array:
    """Return what a unit of each column weighs in the second stage."""
    frame = answer.problem.frame
    weights = np.zeros(len(answer.matrix.cost))
    earlier = 1.0 - (frame.edges[:-1] - frame.edges[0]) / (frame.edges[-1] - frame.edges[0])
    for flow in (answer.exchange.imports, answer.exchange.exports):
        weights[flow.columns] += earlier[flow.steps] * frame.hours[flow.steps]
    for part in _stores(answer):
        expression = answer.problem.expressions[part.resource.resource_id]
        np.add.at(weights, expression.columns, THROUGHPUT * np.abs(expression.values) * frame.hours[expression.steps])
        if not part.reach.discharge.any():
            weights[part.level.inside] -= EARLY * frame.hours / frame.hours.sum()
    return weights
