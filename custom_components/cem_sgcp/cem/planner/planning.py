"""From a snapshot to a plan: build the problem, solve it, read the answer, tell what it costs.

The clock is injected and serves only to say how long it took. It must not know how a control type is modelled.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np

from ..model import Plan, SiteSnapshot
from .answer import Answer
from .building import Shape, build, forbid
from .frame import Frame, frame_of
from .messages import note
from .power_profile import Kept
from .rules.fallback import fallback_plan
from .scenarios.sites import mean_site, sites_of
from .scenarios.weighing import weigh
from .solver.linear import available
from .solver.matrix import Matrix
from .solver.settle import settled
from .solver.solve import ABSOLUTE_GAP, CHANGE, Options, WhatIf, solve
from .telling.questions import Questions
from .telling.stability import kept_starts
from .telling.tell import tell

#: How often a solution that wastes energy is sent back with what it did forbidden.
MAXIMUM_ROUNDS = 4

#: Relative gap that is good enough for a plan that is but a beginning.
ROUGH = 1e-2


@dataclass(frozen=True, slots=True)
class PlannerOptions:
    """How hard to search: seconds at most, proven relative gap that is good enough, threads, seed."""

    time_limit: float = 10.0
    gap: float = 1e-3
    threads: int = 1
    seed: int = 0


def no_clock() -> float:
    """Return 0: the clock of a caller who does not ask how long it took."""
    return 0.0


def make_plan(
    snapshot: SiteSnapshot,
    options: PlannerOptions = PlannerOptions(),  # frozen
    previous: Plan | None = None,
    clock: Callable[[], float] = no_clock,
) -> Plan:
    """Return the best plan for a snapshot; keeps the starts of the plan before unless moving them pays.

    `clock` counts seconds from anywhere; it fills `Plan.seconds`.
    """
    begun = clock()
    if not available():
        plan = fallback_plan(snapshot, (note("fallback_missing"),), previous)
    else:
        try:
            plan = _weighed_plan(snapshot, options, previous)
        except Exception as error:  # noqa: BLE001 - whatever went wrong, a plan by rules is better than none
            plan = fallback_plan(snapshot, (note("fallback_failed", reason=str(error) or repr(error)),), previous)
    return plan.replace(seconds=max(clock() - begun, 0.0))


def _weighed_plan(snapshot: SiteSnapshot, options: PlannerOptions, previous: Plan | None) -> Plan:
    """Return the best plan for all scenarios; if they cannot be weighed, the one for what the snapshot expects."""
    try:
        return _best_plan(snapshot, options, previous)
    except Exception as error:
        if not snapshot.scenarios:
            raise
        plan = _best_plan(snapshot.replace(scenarios=()), options, previous)
        told = note("scenarios_left_out", count=str(len(snapshot.scenarios)), reason=str(error) or repr(error))
        return plan.replace(notes=(*plan.notes, told))


def _best_plan(snapshot: SiteSnapshot, options: PlannerOptions, previous: Plan | None) -> Plan:
    sites = sites_of(snapshot)
    if sites:
        snapshot = mean_site(snapshot, sites) if len(sites) > 1 else sites[0].snapshot
    frame = frame_of(snapshot)
    kept = kept_starts(snapshot, previous, frame)
    settings = Options(
        time_limit=options.time_limit,
        gap=options.gap,
        absolute_gap=ABSOLUTE_GAP * frame.scale if options.gap > 0 else 0.0,
        change=CHANGE * frame.scale,
        threads=options.threads,
        seed=options.seed,
    )
    # What is expected is only where the search begins if there are scenarios: no proof is needed.
    rough = replace(settings, gap=max(settings.gap, ROUGH)) if len(sites) > 1 else settings
    answer, shape = _answer(frame, kept, rough)
    relaxed = answer.broken
    if len(sites) > 1:
        answer = weigh(sites, answer, shape, settings)
    told = answer
    if answer.broken:
        again = answer.without_penalties(settings)
        told = answer if again.wasteful else again
    rows = [run.choice_row for run in answer.runs]
    reduced = answer.outcome.linear.reduced
    questions = Questions(answer.matrix, WhatIf(answer.matrix, answer.outcome, rows), answer.runs, reduced)
    plan = tell(settled(told, settings) if len(sites) <= 1 else told, questions, relaxed=relaxed)
    return plan.replace(scenarios=len(sites))


def _answer(frame: Frame, kept: dict[str, Kept], settings: Options) -> tuple[Answer, Shape]:
    """Solve; then solve again with what the first solution got wrong.

    Where a store fills and empties at once, that is forbidden. Where its modes depend on its level, they are taken
    along the levels of the solution. Where a limit cannot be kept, runs may miss their deadline, which comes after a
    limit in the order of precedence.
    """
    shape = Shape(kept=kept)
    for _ in range(MAXIMUM_ROUNDS):
        built = build(frame, shape)
        matrix = built.problem.finish()
        answer = Answer(
            problem=built.problem,
            exchange=built.exchange,
            parts=built.parts,
            matrix=matrix,
            outcome=solve(matrix, settings),
        )
        too_much = not shape.late and answer.broken and any(np.isfinite(run.starts.deadline) for run in answer.runs)
        wasteful, moved = answer.wasteful, answer.moved_paths
        if not wasteful and not too_much and not moved:
            break
        shape = replace(
            shape,
            late=shape.late or too_much,
            forbidden=forbid(shape, wasteful, frame.steps),
            paths={**shape.paths, **moved},
        )
    return answer, shape


def matrix_of(snapshot: SiteSnapshot) -> Matrix:
    """Return the problem of a snapshot without a plan before; for benchmarks and tests."""
    return build(frame_of(snapshot), Shape()).problem.finish()
