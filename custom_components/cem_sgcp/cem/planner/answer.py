"""A solution of the problem, and what it breaks.

It must not know how the solution was found, nor how it is told.
"""

from dataclasses import dataclass, field, replace
from typing import Final

import numpy as np

from ..model.time_grid import Array
from .connection.exchange import Exchange, trading_prices
from .fill_rate import FillRatePart, moved_path
from .power_profile import PowerProfilePart, RunPart
from .problem import Part, Problem, Solved
from .solver.matrix import Matrix
from .solver.solve import Options, Outcome, solve

#: What is broken by less than this is noise of the solver, price scales.
NOISE: Final = 1e-4


@dataclass(frozen=True, slots=True)
class Answer:
    """A solution and the problem it solves."""

    problem: Problem
    exchange: Exchange
    parts: list[Part]
    matrix: Matrix
    outcome: Outcome
    settled: Array | None = field(default=None, kw_only=True)
    """The columns of a plan as good that is smoother; see solver/settle.py."""

    @property
    def solved(self) -> Solved:
        """The solution with its shadow prices; to be taken before anything else is asked of its linear problem."""
        linear = self.outcome.linear
        x, duals = self.settled if self.settled is not None else linear.x, linear.duals
        marginal = duals[self.problem.balance] / self.problem.frame.hours
        bought, sold = trading_prices(self.problem, self.exchange, x, linear.reduced, marginal)
        return Solved(problem=self.problem, x=x, duals=duals, money=self.matrix.worth * x, bought=bought, sold=sold)

    @property
    def wasteful(self) -> dict[str, set[int]]:
        """The steps in which a store fills and empties at once, by the store's name."""
        found = {
            part.resource.resource_id: set(part.wasteful(self.outcome.x).tolist())
            for part in self.parts
            if isinstance(part, FillRatePart)
        }
        return {name: steps for name, steps in found.items() if steps}

    @property
    def moved_paths(self) -> dict[str, Array]:
        """The levels of stores along which their modes are not as they were taken, by the store's name."""
        found = {
            part.resource.resource_id: moved_path(part, self.problem.frame, self.outcome.x)
            for part in self.parts
            if isinstance(part, FillRatePart)
        }
        return {name: path for name, path in found.items() if path is not None}

    @property
    def penalties(self) -> float:
        """What broken limits and missed targets add to the objective; no money."""
        return float((self.matrix.penalty * self.outcome.x).sum())

    @property
    def broken(self) -> bool:
        """Whether a limit or a target could not be kept."""
        return self.penalties > NOISE * self.problem.frame.scale

    @property
    def runs(self) -> list[RunPart]:
        """All runs that wait."""
        return [run for part in self.parts if isinstance(part, PowerProfilePart) for run in part.waiting]

    def without_penalties(self, settings: Options) -> Answer:
        """Return the answer where what was broken may be broken that much for nothing: so prices are prices."""
        matrix = free_of_penalties(self.matrix, self.outcome.x)
        return replace(self, matrix=matrix, outcome=solve(matrix, settings, self.outcome.x))


def free_of_penalties(matrix: Matrix, x: Array) -> Matrix:
    """Return a problem in which what a solution broke may be broken that much for nothing."""
    soft = matrix.penalty > 0
    upper: Array = np.where(soft, np.minimum(matrix.upper, np.maximum(x, 0.0) + NOISE), matrix.upper)
    return replace(matrix, cost=matrix.cost - matrix.penalty, penalty=np.zeros(len(x)), upper=upper)
