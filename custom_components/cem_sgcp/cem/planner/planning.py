"""From a snapshot to a plan: build the problem, solve it, read the answer, tell what it costs.

The clock is injected and serves only to say how long it took. It must not know how a control type is modelled.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np

from ..model import (
    DemandDriven,
    DevicePlan,
    FillRate,
    Note,
    OperationModes,
    Plan,
    PlanStatus,
    PowerEnvelope,
    PowerProfile,
    Resource,
    SiteSnapshot,
)
from . import demand_driven, fill_rate, not_controllable, operation_mode, power_envelope, power_profile
from .exchange import Exchange, add_exchange
from .fallback import fallback_plan
from .frame import Frame, frame_of
from .linear import available
from .matrix import Matrix
from .messages import note
from .power_profile import Kept, PowerProfilePart, RunPart
from .problem import Part, Problem, Solved
from .solution import limit_notes, marginal_price, numbers, watts
from .solve import ABSOLUTE_GAP, CHANGE, Options, Outcome, WhatIf, solve
from .stability import Questions, kept_starts, tell_runs

#: What is broken by less than this is noise of the solver, price scales.
NOISE = 1e-4

#: How often a solution that wastes energy is sent back with what it did forbidden.
MAXIMUM_ROUNDS = 4


@dataclass(frozen=True, slots=True)
class PlannerOptions:
    """How hard to search: seconds at most, proven relative gap that is good enough, threads, seed."""

    time_limit: float = 10.0
    gap: float = 1e-3
    threads: int = 1
    seed: int = 0


@dataclass(frozen=True, slots=True)
class _Answer:
    """A solution and the problem it solves."""

    problem: Problem
    exchange: Exchange
    parts: list[Part]
    matrix: Matrix
    outcome: Outcome

    @property
    def wasteful(self) -> dict[str, set[int]]:
        """The steps in which a store fills and empties at once, by the store's name."""
        found = {
            part.resource.resource_id: set(part.wasteful(self.outcome.x).tolist())
            for part in self.parts
            if isinstance(part, fill_rate.FillRatePart)
        }
        return {name: steps for name, steps in found.items() if steps}

    @property
    def broken(self) -> bool:
        """Whether a limit or a target could not be kept."""
        return float((self.matrix.penalty * self.outcome.x).sum()) > NOISE * self.problem.frame.scale

    @property
    def runs(self) -> list[RunPart]:
        """All runs that wait."""
        return [run for part in self.parts if isinstance(part, PowerProfilePart) for run in part.waiting]


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
        matrix = _without_penalties(answer)
        again = replace(answer, matrix=matrix, outcome=solve(matrix, settings, answer.outcome.x))
        told = answer if again.wasteful else again
    solved = Solved(problem=told.problem, x=told.outcome.linear.x, duals=told.outcome.linear.duals)
    rows = [run.choice_row for run in answer.runs]
    questions = Questions(answer.matrix, WhatIf(answer.matrix, answer.outcome, rows), answer.runs)
    return _plan(frame, told, solved, questions, relaxed=relaxed)


def _answer(frame: Frame, kept: dict[str, Kept], settings: Options) -> _Answer:
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
        answer = _Answer(
            problem=problem, exchange=exchange, parts=parts, matrix=matrix, outcome=solve(matrix, settings)
        )
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


def _without_penalties(answer: _Answer) -> Matrix:
    """Return the problem in which what had to be broken may be broken that much, for nothing: so prices are prices."""
    matrix, x = answer.matrix, answer.outcome.x
    soft = matrix.penalty > 0
    return replace(
        matrix,
        cost=matrix.cost - matrix.penalty,
        penalty=np.zeros(len(x)),
        upper=np.where(soft, np.minimum(matrix.upper, np.maximum(x, 0.0) + NOISE), matrix.upper),
    )


def _plan(frame: Frame, answer: _Answer, solved: Solved, questions: Questions, *, relaxed: bool) -> Plan:
    snapshot, outcome = frame.snapshot, answer.outcome
    devices = tuple(_device(frame, part, solved, questions) for part in answer.parts)
    net = solved.net
    notes: list[Note] = [*frame.notes, *limit_notes(solved, answer.exchange)]
    for device in devices:
        notes.extend(device.notes)
    if not outcome.optimal and outcome.objective - outcome.bound > snapshot.goals.move_gain:
        notes.append(note("not_proven", gap=f"{100.0 * outcome.gap:.2g}"))
    penalties = float((answer.matrix.penalty * outcome.x).sum())
    late = any(not run.met for device in devices for run in device.runs)
    status = PlanStatus.OPTIMAL if outcome.optimal else PlanStatus.FEASIBLE
    price = np.where(net >= 0, frame.import_price, frame.export_price)
    return Plan(
        created=snapshot.now,
        grid=frame.grid,
        status=PlanStatus.RELAXED if relaxed or late else status,
        currency=snapshot.prices.currency,
        net_power=watts(net),
        base_load=watts(frame.base),
        import_price=numbers(frame.import_price),
        export_price=numbers(frame.export_price),
        price_known=tuple(frame.price_known.tolist()),
        import_limit=_limits(frame.import_limit),
        export_limit=_limits(frame.export_limit),
        marginal_price=marginal_price(solved),
        devices=devices,
        cost=round(float(np.dot(net * frame.hours, price)), 9),
        objective=round(outcome.objective - penalties - questions.moves(outcome.x), 9),
        gap=outcome.gap,
        solver="HiGHS",
        notes=tuple(notes),
    )


def _device(frame: Frame, part: Part, solved: Solved, questions: Questions) -> DevicePlan:
    device = part.read(solved)
    if not isinstance(part, PowerProfilePart):
        return device
    runs, notes = tell_runs(frame, part, questions, solved.x)
    return device.replace(runs=runs, notes=notes)


def _limits(limit: np.ndarray) -> tuple[float | None, ...]:
    return tuple(round(value * 1000.0, 3) if np.isfinite(value) else None for value in limit.tolist())


def count_integers(snapshot: SiteSnapshot) -> int:
    """Return how many yes-or-no decisions the problem of a snapshot has; for benchmarks."""
    problem = Problem(frame_of(snapshot))
    add_exchange(problem)
    for resource in snapshot.resources:
        _add(problem, resource, {}, late=False)
    return int(problem.finish().integer.sum())
