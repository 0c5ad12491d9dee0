"""The call of HiGHS: options, warm start, shadow prices, what-if questions.

The mixed-integer problem is solved once; with its integers fixed, what remains is a linear problem whose dual values
are the shadow prices, and on which questions such as 'what if the washing machine started now' take milliseconds.
It must not know what columns and rows mean.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np

from ..model.time_grid import Array
from .frame import Ints
from .problem import Matrix

try:
    import highspy
except ImportError:  # the solver has no wheel for this machine: plan by rules
    highspy = None  # type: ignore[assignment]

#: Absolute gap at which the search ends, in multiples of the price scale (about a tenth of a cent).
ABSOLUTE_GAP: Final = 3e-3


class SolverError(Exception):
    """The solver gave no solution; the text says why."""


@dataclass(frozen=True, slots=True)
class Options:
    """Options of the solver."""

    time_limit: float
    gap: float
    absolute_gap: float
    threads: int
    seed: int


@dataclass(frozen=True, slots=True)
class Outcome:
    """What the solver found."""

    x: Array
    objective: float
    bound: float
    optimal: bool
    """False: the time limit came first."""

    @property
    def gap(self) -> float:
        """Proven distance to the optimum, relative to the objective."""
        return abs(self.objective - self.bound) / max(abs(self.objective), 1e-9)


def available() -> bool:
    """Whether the solver is installed."""
    return highspy is not None


def solve(matrix: Matrix, options: Options, start: Mapping[int, float] | None = None) -> Outcome:
    """Solve the mixed-integer problem. `start` gives values of integer columns of a good solution.

    Raises SolverError if there is no solution.
    """
    solver = _solver(matrix, options)
    whole = np.flatnonzero(matrix.integer)
    if len(whole):
        solver.changeColsIntegrality(len(whole), whole.astype(np.int32), np.ones(len(whole), dtype=np.uint8))
        if start:
            columns = np.fromiter(start.keys(), dtype=np.int32, count=len(start))
            values = np.fromiter(start.values(), dtype=np.float64, count=len(start))
            solver.setSolution(len(columns), columns, values)
    solver.run()
    status = solver.getModelStatus()
    info = solver.getInfo()
    optimal = status == highspy.HighsModelStatus.kOptimal
    if not optimal and info.primal_solution_status != highspy.SolutionStatus.kSolutionStatusFeasible:
        raise SolverError(solver.modelStatusToString(status))
    x = np.array(solver.getSolution().col_value)
    objective = float(info.objective_function_value)
    bound = float(info.mip_dual_bound) if len(whole) else objective
    return Outcome(x=x, objective=objective, bound=bound, optimal=optimal)


class Fixed:
    """The linear problem that remains when all integers are fixed as in a solution."""

    def __init__(self, matrix: Matrix, x: Array, options: Options, free: Sequence[int] = ()) -> None:
        """Fix the integers as in `x`; rows in `free` need not hold, so that one can ask for what they forbid."""
        self._whole = np.flatnonzero(matrix.integer)
        self._values = np.round(x[self._whole])
        self._solver = _solver(matrix, options)
        for row in free:
            self._solver.changeRowBounds(row, -np.inf, np.inf)
        self._set(self._whole, self._values)
        self.x, self.duals, self.objective = self._run()

    def what_if(self, columns: Ints, values: Array) -> Array:
        """Return all columns if some integer columns had other values; the next question starts afresh.

        Raises SolverError if that is not possible.
        """
        before = self._values[np.searchsorted(self._whole, columns)]
        self._set(columns, values)
        try:
            x, _, _ = self._run()
        finally:
            self._set(columns, before)
        return x

    def _set(self, columns: Ints, values: Array) -> None:
        if len(columns):
            self._solver.changeColsBounds(len(columns), columns.astype(np.int32), values, values)

    def _run(self) -> tuple[Array, Array, float]:
        self._solver.run()
        status = self._solver.getModelStatus()
        if status != highspy.HighsModelStatus.kOptimal:
            raise SolverError(self._solver.modelStatusToString(status))
        solution = self._solver.getSolution()
        return (
            np.array(solution.col_value),
            np.array(solution.row_dual),
            float(self._solver.getInfo().objective_function_value),
        )


def _solver(matrix: Matrix, options: Options) -> Any:
    if highspy is None:
        raise SolverError("not installed")
    solver = highspy.Highs()
    settings: dict[str, Any] = {
        "output_flag": False,
        "threads": options.threads,
        "random_seed": options.seed,
        "time_limit": options.time_limit,
        "mip_rel_gap": options.gap,
        "mip_abs_gap": options.absolute_gap,
        "mip_heuristic_run_rins": False,
        "mip_heuristic_run_rens": False,
        "mip_heuristic_run_root_reduced_cost": False,
    }
    for name, value in settings.items():
        solver.setOptionValue(name, value)
    columns, rows = len(matrix.cost), len(matrix.row_lower)
    status = solver.passModel(
        columns,
        rows,
        len(matrix.value),
        1,  # column by column
        1,  # minimise
        matrix.offset,
        matrix.cost,
        matrix.lower,
        matrix.upper,
        matrix.row_lower,
        matrix.row_upper,
        matrix.starts,
        matrix.index,
        matrix.value,
        np.zeros(columns, dtype=np.int32),
    )
    if status == highspy.HighsStatus.kError:
        raise SolverError("the solver refuses the problem")
    return solver
