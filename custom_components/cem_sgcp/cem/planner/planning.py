"""From a snapshot to a plan: build the problem, solve it, read the answer, tell what it costs.

The clock is injected and serves only to say how long it took. It must not know how a control type is modelled.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np

from ..model import (
    DemandDriven,
    FillRate,
    OperationModes,
    Plan,
    PowerEnvelope,
    PowerProfile,
    Resource,
    SiteSnapshot,
)
from . import demand_driven, fill_rate, not_controllable, operation_mode, power_envelope, power_profile
from .answer import Answer
from .exchange import add_exchange
from .fallback import fallback_plan
from .frame import Frame, frame_of
from .linear import available
from .matrix import Matrix
from .messages import note
from .power_profile import Kept
from .problem import Part, Problem
from .questions import Questions
from .solve import ABSOLUTE_GAP, CHANGE, Options, WhatIf, solve
from .stability import kept_starts
from .tell import tell

#: How often a solution that wastes energy is sent back with what it did forbidden.
MAXIMUM_ROUNDS = 4


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
            plan = _best_plan(snapshot, options, previous)
        except Exception as error:  # noqa: BLE001 - whatever went wrong, a plan by rules is better than none
            plan = fallback_plan(snapshot, (note("fallback_failed", reason=str(error) or repr(error)),), previous)
    return plan.replace(seconds=max(clock() - begun, 0.0))


def _best_plan(snapshot: SiteSnapshot, options: PlannerOptions, previous: Plan | None) -> Plan:
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
    answer = _answer(frame, kept, settings)
    relaxed, told = answer.broken, answer
    if relaxed:
        matrix = answer.without_penalties()
        again = replace(answer, matrix=matrix, outcome=solve(matrix, settings, answer.outcome.x))
        told = answer if again.wasteful else again
    rows = [run.choice_row for run in answer.runs]
    reduced = answer.outcome.linear.reduced
    questions = Questions(answer.matrix, WhatIf(answer.matrix, answer.outcome, rows), answer.runs, reduced)
    return tell(told, questions, relaxed=relaxed)


def _answer(frame: Frame, kept: dict[str, Kept], settings: Options) -> Answer:
    """Solve; then solve again with what the first solution got wrong.

    Where a store fills and empties at once, that is forbidden. Where a limit cannot be kept, runs may miss their
    deadline, which comes after a limit in the order of precedence.
    """
    forbidden: dict[str, set[int]] = {}
    late = False
    for _ in range(MAXIMUM_ROUNDS):
        problem = Problem(frame)
        exchange = add_exchange(problem)
        parts = [_add(problem, resource, kept, late=late) for resource in frame.snapshot.resources]
        for part in parts:
            steps = forbidden.get(part.resource.resource_id)
            if isinstance(part, fill_rate.FillRatePart) and steps:
                fill_rate.forbid_both(problem, part, np.array(sorted(steps)))
        matrix = problem.finish()
        answer = Answer(problem=problem, exchange=exchange, parts=parts, matrix=matrix, outcome=solve(matrix, settings))
        too_much = not late and answer.broken and any(np.isfinite(run.starts.deadline) for run in answer.runs)
        wasteful = answer.wasteful
        if not wasteful and not too_much:
            break
        late = late or too_much
        for name, steps in wasteful.items():
            # What it did once it may do elsewhere: the second time it is forbidden everywhere.
            forbidden[name] = set(range(frame.steps)) if name in forbidden else steps
    return answer


def _add(problem: Problem, resource: Resource, kept: dict[str, Kept], *, late: bool) -> Part:
    """Add a resource by its control type: one file each."""
    if not resource.available:
        name = resource.name or resource.resource_id
        return not_controllable.add(problem, resource, (note("unavailable", resource.resource_id, name=name),))
    match resource.control:
        case PowerEnvelope() as control:
            return power_envelope.add(problem, resource, control)
        case FillRate() as control:
            return fill_rate.add(problem, resource, control)
        case PowerProfile():
            return power_profile.add(problem, resource, kept, late=late)
        case OperationModes() as control:
            return operation_mode.add(problem, resource, control)
        case DemandDriven() as control:
            return demand_driven.add(problem, resource, control)
        case _:
            return not_controllable.add(problem, resource)


def matrix_of(snapshot: SiteSnapshot) -> Matrix:
    """Return the problem of a snapshot without a plan before; for benchmarks and tests."""
    problem = Problem(frame_of(snapshot))
    add_exchange(problem)
    for resource in snapshot.resources:
        _add(problem, resource, {}, late=False)
    return problem.finish()
