"""The call of HiGHS: relax, search, prove.

First the relaxed problem, whose objective no plan can beat, with rows that bring it closer to what a plan can be
(cuts.py); then a search for a good solution (search.py). Where that is not close enough, branch and bound decides a few
things at a time, all others staying as they are, and at last everything at once that may still matter: what costs more
in the relaxed problem than a better plan could save is left as it is. Its effort is counted in nodes, not in seconds,
so that the same input gives the same result bit for bit unless the time limit ends it. It must not know what columns
and rows mean.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final

import numpy as np

from ...model.time_grid import Array
from ..frame import Ints
from .cuts import Cuts, Rows
from .linear import Linear, SolverError, add_rows, has_solution, solver_for
from .matrix import Matrix
from .search import Search

#: Absolute gap at which the search ends, in multiples of the price scale (about a third of a cent).
ABSOLUTE_GAP: Final = 1e-2

#: What a single change must bring to be made, in price scales; less than what settles ties.
CHANGE: Final = 1e-7

#: How many times the time limit all linear problems may take.
LINEAR_TIMES: Final = 20.0

#: How many times that the bounds of the solver are exact to.
EXACT: Final = 100.0

#: How often rows are added to the relaxed problem, and what they must bring, in multiples of the gap that is enough.
ROUNDS: Final = 8
WORTH_ADDING: Final = 0.01

#: Most nodes of one branch and bound of a neighbourhood.
NODES_NEAR: Final = 8

#: Most nodes of one branch and bound of everything at once, and up to how many decisions there is one.
NODES: Final = 40
NODES_UP_TO: Final = 2500

#: The same where some modes have a least power, and up to how many decisions there is one at all then.
FEW_NODES: Final = 10
FEW_NODES_UP_TO: Final = 400

#: Most steps of the simplex method before the search of neighbourhoods ends, each counted by how many rows there are.
STEPS: Final = 12_000_000

#: Up to how many choices everything is decided at once; beyond, how many are decided together, or how many yes-or-no
#: columns outside of choices, and how often all of them are gone through.
AT_ONCE: Final = 8
TOGETHER: Final = 3
SINGLES: Final = 40
PASSES: Final = 2


@dataclass(frozen=True, slots=True)
class Options:
    """Options of the solver."""

    time_limit: float
    gap: float
    absolute_gap: float
    change: float
    threads: int
    seed: int

    @property
    def settings(self) -> dict[str, Any]:
        """What every call of the solver is told."""
        return {"threads": self.threads, "random_seed": self.seed}


@dataclass(frozen=True, slots=True)
class Outcome:
    """What the solver found."""

    x: Array
    objective: float
    bound: float
    optimal: bool
    """Whether it was proven to be as close to the best as asked for."""
    linear: Linear
    """The linear problem that remains with all yes-or-no columns fixed, solved."""

    @property
    def gap(self) -> float:
        """Proven distance to the optimum, relative to the objective."""
        return max(self.objective - self.bound, 0.0) / max(abs(self.objective), 1e-9)


def solve(matrix: Matrix, options: Options, start: Array | None = None) -> Outcome:
    """Solve the mixed-integer problem, from a solution if there is one. Raises SolverError if there is none to find."""
    # Linear problems are short; their limit is only for what no house has, and it adds up over all of them.
    linear = Linear(matrix, {**options.settings, "time_limit": LINEAR_TIMES * max(options.time_limit, 1.0)})
    whole = np.flatnonzero(matrix.integer)
    root = _relaxed(matrix, linear, whole, options)
    bound = root.bound
    if not len(_shares(root.x, whole)):
        linear.without_added()
        linear.fix(whole, np.round(root.x[whole]))
        linear.run()
        return Outcome(x=linear.x, objective=linear.objective, bound=bound, optimal=True, linear=linear)
    search = Search(matrix, linear, options.change, options.time_limit)
    if start is not None:
        search.start_from(start)
    if not np.isfinite(search.objective):
        search.dive(root.x)
    linear.without_added()
    search.better()
    budget, steps = options.time_limit - linear.seconds, STEPS - linear.steps * len(matrix.row_lower)
    settled = search.objective
    for neighbourhood in _neighbourhoods(search):
        if budget <= 0 or steps <= 0 or search.objective - bound <= _enough(search.objective, options):
            break
        closer = replace(options, gap=options.gap / 10.0, time_limit=budget)
        spent = _branch(search, neighbourhood, root.rows, closer, NODES_NEAR)
        budget -= spent.seconds
        steps -= spent.steps * len(matrix.row_lower)
    if search.objective < settled:
        search.better()
    matters = root.matters(search, options)
    nodes = _nodes(search, matters, options)
    if search.objective - bound > _enough(search.objective, options) and nodes != 0 and budget > 0:
        # Whatever decides otherwise than the relaxed problem in what does not matter costs at least this much.
        others = search.objective - _enough(search.objective, options) if len(matters) < len(whole) else np.inf
        proven = _branch(search, matters, root.rows, replace(options, time_limit=budget), nodes)
        bound = max(bound, min(proven.bound, others))
        search.better()
    if not np.isfinite(search.objective):
        raise SolverError("no solution within the time limit")
    close = search.objective - bound <= _enough(search.objective, options) * (1.0 + 1e-6)
    return Outcome(
        x=linear.x, objective=search.objective, bound=min(bound, search.objective), optimal=close, linear=linear
    )


@dataclass(frozen=True, slots=True)
class _Root:
    """The relaxed problem, solved with rows added."""

    bound: float
    x: Array
    reduced: Array
    """By how much the objective grows with each column, at least."""
    rows: tuple[Rows, ...]

    def matters(self, search: Search, options: Options) -> Ints:
        """Return the columns that the solution found, or one that is better by what is enough, may have otherwise."""
        whole = search.whole
        if not np.isfinite(search.objective):
            return whole
        spare = search.objective - _enough(search.objective, options) - self.bound
        alike = np.abs(self.x[whole] - search.current[whole]) < 1e-9
        return whole[~(alike & (np.abs(self.reduced[whole]) > spare))]


def _relaxed(matrix: Matrix, linear: Linear, whole: Ints, options: Options) -> _Root:
    """Solve the relaxed problem, and again with the rows that it breaks."""
    linear.run()
    rows: list[Rows] = []
    if not len(_shares(linear.x, whole)):
        return _Root(bound=linear.objective, x=linear.x, reduced=linear.reduced, rows=())
    cuts = Cuts(matrix)
    for _ in range(ROUNDS):
        broken = cuts.broken_by(linear.x)
        if not len(broken):
            break
        before = linear.objective
        linear.add(broken)
        linear.run()
        rows.append(broken)
        if linear.objective - before < WORTH_ADDING * _enough(linear.objective, options):
            break
    return _Root(bound=linear.objective, x=linear.x, reduced=linear.reduced, rows=tuple(rows))


def _shares(x: Array, whole: Ints) -> Ints:
    """Return the columns that are a share where they have to be whole."""
    return whole[np.abs(x[whole] - np.round(x[whole])) > 1e-6]


def _nodes(search: Search, whole: Ints, options: Options) -> int | None:
    """Return how many nodes the last branch and bound may have: none where it would take long and bring little.

    Modes with a least power (an EV) make proofs hard: with many of them the search by neighbourhoods is as good.
    """
    if options.gap <= 0 or not np.isfinite(search.objective):
        return None
    if not len(search.singles):
        return NODES if len(whole) <= NODES_UP_TO else 0
    return FEW_NODES if len(whole) <= FEW_NODES_UP_TO else 0


def _enough(objective: float, options: Options) -> float:
    share = options.gap * abs(objective) if np.isfinite(objective) else 0.0  # without a solution nothing is enough
    return max(share, options.absolute_gap, EXACT * options.change)


def _neighbourhoods(search: Search) -> Iterator[Ints]:
    """Yield sets of decisions that are worth being decided together while all others stay: those near in time."""
    choices = search.matrix.choices
    if len(choices) <= AT_ONCE and not len(search.singles):
        return
    places = search.matrix.places
    for _ in range(PASSES):
        before = search.objective
        chosen = [choice.columns[int(np.argmax(search.current[choice.columns]))] for choice in choices]
        sets = [choice.columns for choice in choices] + [search.singles[n : n + 1] for n in range(len(search.singles))]
        place = np.concatenate([places[np.array(chosen, dtype=np.int64)], places[search.singles]])
        effort = np.concatenate([np.full(len(choices), 1.0 / TOGETHER), np.full(len(search.singles), 1.0 / SINGLES)])
        order = np.argsort(place, kind="stable")
        done = np.cumsum(effort[order])
        for half in range(max(int(np.ceil(2.0 * done[-1])) - 1, 1)):
            near = order[(done > half / 2.0 + 1e-9) & (done <= half / 2.0 + 1.0 + 1e-9)]
            if len(near):
                yield np.concatenate([sets[number] for number in near])
        if search.objective > before - search.change:
            return


@dataclass(frozen=True, slots=True)
class _Effort:
    """What a branch and bound has proven, and what it took: seconds, and steps of the simplex method."""

    bound: float
    seconds: float
    steps: int


def _branch(search: Search, free: Ints, rows: Sequence[Rows], options: Options, nodes: int | None) -> _Effort:
    """Decide some yes-or-no columns again by branch and bound; what is better than the solution takes its place."""
    whole = search.whole
    settings = {
        **options.settings,
        "time_limit": options.time_limit,
        "mip_rel_gap": options.gap,
        "mip_abs_gap": options.absolute_gap,
        "mip_detect_symmetry": False,
        "mip_heuristic_run_rins": False,
        "mip_heuristic_run_rens": False,
        "mip_heuristic_run_root_reduced_cost": False,
    }
    if nodes is not None:
        settings["mip_max_nodes"] = nodes
    solver = solver_for(search.matrix, settings)
    for added in rows:
        add_rows(solver, added)
    solver.changeColsIntegrality(len(free), free.astype(np.int32), np.ones(len(free), dtype=np.uint8))
    fixed = np.setdiff1d(whole, free, assume_unique=True)
    if len(fixed):
        values = search.current[fixed]
        solver.changeColsBounds(len(fixed), fixed.astype(np.int32), values, values)
    if np.isfinite(search.objective):
        solver.setSolution(len(whole), whole.astype(np.int32), search.current[whole])
    solver.run()
    info = solver.getInfo()
    if has_solution(solver) and float(info.objective_function_value) < search.objective - options.change:
        search.start_from(np.array(solver.getSolution().col_value))
    return _Effort(
        bound=float(info.mip_dual_bound),
        seconds=float(solver.getRunTime()),
        steps=max(int(info.simplex_iteration_count), 0),
    )


class WhatIf:
    """Asks what would be if some yes-or-no columns had other values, all others being as in a solution."""

    def __init__(self, matrix: Matrix, outcome: Outcome, free: Sequence[int] = ()) -> None:
        """Start from a solution; rows in `free` need not hold, so that one can ask for what they forbid."""
        self._whole = np.flatnonzero(matrix.integer)
        self._values = np.round(outcome.x[self._whole])
        self._linear = outcome.linear
        for row in free:
            self._linear.free_row(row)

    def ask(self, columns: Ints, values: Array) -> Array:
        """Return all columns if some had other values; the next question starts afresh.

        Raises SolverError if that is not possible.
        """
        before = self._values[np.searchsorted(self._whole, columns)]
        self._linear.fix(columns, values)
        try:
            self._linear.run()
            return self._linear.x
        finally:
            self._linear.fix(columns, before)
