"""What a plan would cost if a run started otherwise.

It must not know why that is asked, nor how it is told.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from ...model.time_grid import Array
from ..frame import Ints
from ..power_profile import RunPart
from ..solver.linear import SolverError
from ..solver.matrix import Matrix
from ..solver.solve import WhatIf


@dataclass(frozen=True, slots=True)
class _Weights:
    """Weights of columns of which most are zero."""

    columns: Ints
    values: Array

    @classmethod
    def of(cls, weights: Array) -> _Weights:
        columns = np.flatnonzero(weights)
        return cls(columns=columns, values=weights[columns])

    def sum(self, x: Array) -> float:
        return float((self.values * x[self.columns]).sum())


class Questions:
    """Asks what a plan would cost if a run started otherwise, with all other yes-or-no decisions as they are."""

    def __init__(self, matrix: Matrix, asked: WhatIf, parts: list[RunPart], reduced: Array) -> None:
        """Ask about a solution; `reduced` are its reduced costs, which say about what a change would bring."""
        self.reduced = reduced
        self._matrix = matrix
        self._asked = asked
        moves = np.zeros(len(matrix.cost))
        for part in parts:
            moves[part.columns] = part.threshold
        self._moves = _Weights.of(moves)
        self._money = _Weights.of(matrix.worth)
        self._wanted = _Weights.of(matrix.cost - moves)
        self._broken = _Weights.of(matrix.penalty)

    def money(self, x: Array) -> float:
        """Return what a plan costs, currency, without wishes and penalties."""
        return self._money.sum(x) + self._matrix.offset

    def moves(self, x: Array) -> float:
        """Return the thresholds of the moves that a plan makes, currency; they steer it and are no cost."""
        return self._moves.sum(x)

    def wanted(self, x: Array) -> float:
        """Return what a plan costs with all wishes and penalties, without the thresholds of moves."""
        return self._wanted.sum(x) + self._matrix.offset

    def broken(self, x: Array) -> float:
        """Return the part of the cost that stands for broken limits and missed targets."""
        return self._broken.sum(x)

    def started_by(self, part: RunPart, entries: Sequence[int]) -> Array | None:
        """Return the columns of the plan if a run went by these entries, or never; None if it cannot be."""
        values = np.zeros(len(part.columns))
        values[list(entries)] = 1.0
        try:
            return self._asked.ask(part.columns, values)
        except SolverError:
            return None
