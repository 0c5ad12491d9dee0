"""HiGHS as a linear solver that is asked again and again with other bounds.

It must not know what columns and rows mean.
"""

from functools import cache
import os
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ...model.time_grid import Array
from ..frame import Ints
from .cuts import Rows
from .matrix import Matrix

try:
    import highspy
except ImportError:  # the solver has no wheel for this machine: plan by rules
    highspy = None  # type: ignore[assignment]


#: Statuses of a basis: at its lower bound, in the basis, free.
AT_LOWER, BASIC, AT_ZERO = 0, 1, 3


type Basis = tuple[NDArray[np.int8], NDArray[np.int8]]
"""A status for each column and each row."""


class SolverError(Exception):
    """The solver gave no solution; the text says why."""


def available() -> bool:
    """Whether the solver is installed."""
    return highspy is not None


@cache
def _silence() -> None:
    """Let the library say its name, which it does once, where nobody reads it: standard output is not ours.

    Once per process, and for less than a millisecond.
    """
    try:
        kept = os.dup(1)
    except OSError:  # there is no standard output
        return
    try:
        with Path(os.devnull).open("w", encoding="utf-8") as nowhere:
            os.dup2(nowhere.fileno(), 1)
        highspy.Highs()
    finally:
        os.dup2(kept, 1)
        os.close(kept)


def solver_for(matrix: Matrix, settings: dict[str, Any]) -> Any:
    """Return HiGHS with a problem in which nothing has to be a whole number.

    Raises SolverError where it is not installed or refuses the problem.
    """
    if highspy is None:
        raise SolverError("not installed")
    _silence()
    solver = highspy.Highs()
    for name, value in {"output_flag": False, **settings}.items():
        solver.setOptionValue(name, value)
    columns = len(matrix.cost)
    status = solver.passModel(
        columns,
        len(matrix.row_lower),
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


def add_rows(solver: Any, rows: Rows) -> None:
    """Add rows to a problem."""
    if len(rows):
        lower = np.full(len(rows), -np.inf)
        solver.addRows(len(rows), lower, rows.upper, len(rows.index), rows.starts, rows.index, rows.value)


def has_solution(solver: Any) -> bool:
    """Whether HiGHS found a solution, proven or not."""
    feasible: bool = solver.getInfo().primal_solution_status == highspy.SolutionStatus.kSolutionStatusFeasible
    return feasible


class Linear:
    """The linear problem: fix columns, run, read."""

    def __init__(self, matrix: Matrix, settings: dict[str, Any]) -> None:
        self._matrix = matrix
        self._solver = solver_for(matrix, settings)
        self._solution: Any = None
        self._added = 0
        self.steps = 0
        """Steps of the simplex method so far."""
        self.objective = np.inf

    def fix(self, columns: Ints, values: Array) -> None:
        """Set columns to values from the next run on."""
        if len(columns):
            self._solver.changeColsBounds(len(columns), columns.astype(np.int32), values, values)

    def release(self, columns: Ints) -> None:
        """Give columns their own bounds back."""
        if len(columns):
            self._solver.changeColsBounds(
                len(columns), columns.astype(np.int32), self._matrix.lower[columns], self._matrix.upper[columns]
            )

    def add(self, rows: Rows) -> None:
        """Add rows that only hold until `without_added`."""
        add_rows(self._solver, rows)
        self._added += len(rows)

    def without_added(self) -> None:
        """Let the rows that were added be anything: with all decisions made they say nothing, but blur its prices."""
        first = len(self._matrix.row_lower)
        for row in range(first, first + self._added):
            self.free_row(row)
        self._added = 0

    def free_row(self, row: int) -> None:
        """Let a row be anything."""
        self._solver.changeRowBounds(row, -np.inf, np.inf)

    def run(self) -> None:
        """Solve from where the last run ended. Raises SolverError if there is no solution."""
        self._solver.run()
        self.steps += max(int(self._solver.getInfo().simplex_iteration_count), 0)
        status = self._solver.getModelStatus()
        if status != highspy.HighsModelStatus.kOptimal:
            raise SolverError(self._solver.modelStatusToString(status))
        self._solution = self._solver.getSolution()
        self.objective = float(self._solver.getInfo().objective_function_value)

    @property
    def basis(self) -> Basis:
        """Where the last run ended: status of each column and each row of the problem itself."""
        basis = self._solver.getBasis()
        columns = np.array([int(entry) for entry in basis.col_status], dtype=np.int8)
        rows = np.array([int(entry) for entry in basis.row_status], dtype=np.int8)
        return columns, rows[: len(self._matrix.row_lower)]

    def begin_at(self, columns: NDArray[np.int8], rows: NDArray[np.int8]) -> None:
        """Begin the next run where others ended: a status for each column and each row."""
        names = {int(entry): entry for entry in highspy.HighsBasisStatus.__members__.values()}
        basis = highspy.HighsBasis()
        basis.col_status = [names[entry] for entry in columns.tolist()]
        basis.row_status = [names[entry] for entry in rows.tolist()]
        basis.valid = True
        self._solver.setBasis(basis)

    @property
    def seconds(self) -> float:
        """Time spent so far."""
        return float(self._solver.getRunTime())

    @property
    def x(self) -> Array:
        """Value of each column."""
        return np.array(self._solution.col_value)

    @property
    def reduced(self) -> Array:
        """Reduced cost of each column."""
        return np.array(self._solution.col_dual)

    @property
    def duals(self) -> Array:
        """By how much the objective grows with the right-hand side of each row of the problem itself."""
        return np.array(self._solution.row_dual)[: len(self._matrix.row_lower)]
