"""Scenarios: one decision here and now, and for each scenario what follows (two-stage stochastic programming).

Decided here and now, hence the same in all scenarios: every start of a run, and what stores and modes do in the first
quarter of an hour. All else follows once it is known how things turn out; so does a limit on generation, which is kept
within a second. Yes-or-no decisions of stores and modes after the first quarter may be anything between, as they
will be decided again by then.

First what is expected on average is planned as if it were certain; its decisions are where the search for better ones
begins. The effort is counted in linear problems. The answer is told as means over the scenarios: powers and levels, and
the shadow prices, so that the value of a stored kWh is what it is worth on average (see stitched.py). It must not know
where scenarios come from.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final

import numpy as np

from ...model.time_grid import Array
from ..answer import Answer, free_of_penalties
from ..building import Built, Shape, build, forbid
from ..connection.exchange import trading_prices
from ..fill_rate import FillRatePart
from ..frame import Ints, frame_of
from ..power_profile import PowerProfilePart
from ..problem import Solved
from ..solver.linear import Basis, Linear, SolverError
from ..solver.matrix import Matrix
from ..solver.search import Search
from ..solver.solve import Options, Outcome
from .sites import Site
from .stitched import Block, Places, Stitched, money, stitch

#: What is decided here and now, s.
HERE_AND_NOW: Final = 900.0

#: Most linear problems of the search for better decisions.
TRIALS: Final = 20

#: What a single change must bring to be made, price scales: less than anybody would notice.
CHANGE: Final = 3e-3

#: How often a solution that wastes energy is sent back with what it did forbidden.
ROUNDS: Final = 2


@dataclass(frozen=True, slots=True)
class ScenarioAnswer(Answer):
    """A solution for several scenarios; its problem is that of the mean."""

    places: Places
    blocks: tuple[Block, ...]
    built: tuple[Built, ...]

    @property
    def solved(self) -> Solved:
        """The means over the scenarios."""
        linear = self.outcome.linear
        x, duals = linear.x, linear.duals
        marginal = duals[self.problem.balance] / self.problem.frame.hours
        bought, sold = trading_prices(self.problem, self.exchange, x, linear.reduced, marginal)
        return Solved(
            problem=self.problem,
            x=x,
            duals=duals,
            money=money(self.matrix, self.places, x),
            bought=bought,
            sold=sold,
        )

    @property
    def wasteful(self) -> dict[str, set[int]]:
        """The steps in which a store fills and empties at once in any scenario, by the store's name."""
        found: dict[str, set[int]] = {}
        for number, built in enumerate(self.built):
            x = self.of_scenario(number)
            for part in built.parts:
                if isinstance(part, FillRatePart) and len(steps := part.wasteful(x)):
                    found.setdefault(part.resource.resource_id, set()).update(steps.tolist())
        return found

    def of_scenario(self, number: int) -> Array:
        """Return the columns of one scenario's problem."""
        places = self.places
        mine = self.outcome.x[places.first_column[number] : places.first_column[number + 1]].copy()
        mine[places.shared] = self.outcome.x[places.shared]
        return mine

    def without_penalties(self, settings: Options) -> ScenarioAnswer:
        """Return the answer where what was broken may be broken that much for nothing: so prices are prices."""
        matrix = free_of_penalties(self.matrix, self.outcome.x)
        linear = Stitched(matrix, self.places, self.blocks, settings.settings)
        linear.fix(self.places.shared, np.round(self.outcome.x[self.places.shared]))
        linear.run()
        outcome = replace(self.outcome, x=linear.x, objective=linear.objective, bound=linear.objective, linear=linear)
        return replace(self, matrix=matrix, outcome=outcome)


def weigh(sites: Sequence[Site], expected: Answer, shape: Shape, settings: Options) -> ScenarioAnswer:
    """Return the answer for all scenarios, from the one for their mean. Raises SolverError where there is none."""
    for _ in range(ROUNDS):
        answer = _weighed(sites, expected, shape, settings)
        wasteful = answer.wasteful
        if not wasteful:
            break
        shape = replace(shape, forbidden=forbid(shape, wasteful, expected.problem.frame.steps))
    return answer


def _weighed(sites: Sequence[Site], expected: Answer, shape: Shape, settings: Options) -> ScenarioAnswer:
    mean = build(expected.problem.frame, shape)
    mean_matrix = mean.problem.finish()
    built = tuple(build(frame_of(site.snapshot), shape) for site in sites)
    matrices = [entry.problem.finish() for entry in built]
    common = mean.problem.common
    if any(entry.problem.common != common for entry in built):
        raise SolverError("they differ in what can be decided")
    shared, equal, relaxed = _decisions(mean, mean_matrix)
    decided = np.round(expected.outcome.x[shared])
    basis = expected.outcome.linear.basis
    blocks = []
    for site, block in zip(sites, matrices, strict=True):
        blocks.append(_alone(site.probability, block, (shared, decided), relaxed, (settings, basis)))
        basis = blocks[-1].basis
    matrix, places = stitch(mean_matrix, blocks, shared, equal, common)
    linear = Stitched(matrix, places, blocks, {**settings.settings, "time_limit": settings.time_limit})
    change = max(settings.change, CHANGE * expected.problem.frame.scale)
    search = Search(matrix, linear, change, settings.time_limit)
    search.start_from(expected.outcome.x)
    if not np.isfinite(search.objective):
        raise SolverError("no solution within the time limit")
    search.better(TRIALS)
    bound = _bound(search, linear)
    enough = max(settings.gap * abs(search.objective), settings.absolute_gap)
    outcome = Outcome(
        x=linear.x,
        objective=search.objective,
        bound=bound,
        optimal=search.objective - bound <= enough * (1.0 + 1e-6),
        linear=linear,
    )
    return ScenarioAnswer(
        problem=mean.problem,
        exchange=mean.exchange,
        parts=mean.parts,
        matrix=matrix,
        outcome=outcome,
        places=places,
        blocks=tuple(blocks),
        built=built,
    )


def _bound(search: Search, linear: Linear) -> float:
    """Return what no decision can beat, and leave the linear problem as it was."""
    if not len(search.whole):
        return search.objective
    linear.release(search.whole)
    linear.run()
    bound = min(linear.objective, search.objective)
    linear.fix(search.whole, search.current[search.whole])
    linear.run()
    return bound


def _decisions(mean: Built, matrix: Matrix) -> tuple[Ints, Ints, Ints]:
    """Return the yes-or-no columns of here and now, the others of here and now, and those that are decided again."""
    problem = mean.problem
    early = problem.frame.edges[:-1] < problem.frame.edges[0] + HERE_AND_NOW - 1e-6
    now = np.zeros(len(matrix.cost), dtype=bool)
    later = np.zeros(len(matrix.cost), dtype=bool)
    for part in mean.parts:
        expression = problem.expressions[part.resource.resource_id]
        if isinstance(part, PowerProfilePart):
            now[expression.columns] = True
            for run in part.waiting:
                now[run.columns] = True
            continue
        if part.resource.control.type_name in {"power_envelope", "not_controllable"}:
            continue
        now[expression.columns[early[expression.steps]]] = True
        span = problem.spans[part.resource.resource_id]
        later[span.start : span.stop] = True
    return (
        np.flatnonzero(now & matrix.integer),
        np.flatnonzero(now & ~matrix.integer),
        np.flatnonzero(later & ~now & matrix.integer),
    )


def _alone(
    probability: float,
    matrix: Matrix,
    decided: tuple[Ints, Array],
    relaxed: Ints,
    how: tuple[Options, Basis],
) -> Block:
    """Solve one scenario by itself with the decisions of here and now, and settle what is not decided again.

    It begins at the basis of another problem, from which it differs little.
    """
    shared, values = decided
    settings, basis = how
    linear = Linear(matrix, {**settings.settings, "time_limit": settings.time_limit})
    linear.fix(shared, values)
    if len(basis[0]) == len(matrix.cost) and len(basis[1]) >= len(matrix.row_lower):
        linear.begin_at(basis[0], basis[1][: len(matrix.row_lower)])
    linear.run()
    again = np.union1d(shared, relaxed)
    x = linear.x
    settled = np.full(len(matrix.cost), np.nan)
    for columns, rule in matrix.rules:
        settled[columns] = np.minimum(rule(x), matrix.upper[columns])
    settled[again] = np.nan
    fixed = np.flatnonzero(~np.isnan(settled))
    if len(fixed):
        linear.fix(fixed, settled[fixed])
        linear.run()
    return Block(probability=probability, matrix=matrix, fixed=fixed, values=settled[fixed], basis=linear.basis)


def same_here_and_now(answer: ScenarioAnswer) -> list[Array]:
    """Return what is decided here and now, by scenario; for those who want to see that it is the same."""
    here = np.union1d(answer.places.shared, answer.places.equal)
    return [answer.of_scenario(number)[here] for number in range(len(answer.built))]
