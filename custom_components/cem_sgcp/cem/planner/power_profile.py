"""Power profile (S2 PPBC): runs with slots, alternatives, earliest start and latest end.

One yes or no per possible start and pattern (see run_starts.py); exactly one of them is chosen. Runs that have started
are facts. It must not know any appliance.
"""

from dataclasses import dataclass
from typing import Final

import numpy as np

from ..model import DevicePlan, Intent, Note, PlannedRun, Resource, Run
from ..model.time_grid import Array
from .frame import Frame, Ints
from .messages import note
from .problem import Problem, Solved
from .run_starts import Starts, moment, starts_of
from .solution import TINY, device_cost, watts

#: Price of being late, in price scales per kWh of the run, and the same again per day: less than any limit.
LATE: Final = 20.0

#: Price of two runs at once on one device, in price scales: it never pays.
OVERLAP: Final = 1000.0


@dataclass(frozen=True, slots=True)
class Kept:
    """Where the plan before had a run, and what moving it must bring at least."""

    start: float
    """Seconds since 1970."""
    choice: tuple[str, ...]
    threshold: float
    """currency."""


@dataclass(frozen=True, slots=True)
class RunPart:
    """The columns of one run: one per possible start."""

    starts: Starts
    columns: Ints
    threshold: Array
    """What each column costs for being a move away from the plan before; not part of the plan's cost."""
    kept: Kept | None
    kept_number: int | None
    """Which of the columns is the start of the plan before; None where there was none or it is no longer possible."""
    choice_row: int
    """The row that asks for exactly one of the columns."""

    def chosen(self, x: Array) -> int | None:
        """Return the column that is chosen, as an index into `columns`; None where an optional run is left out."""
        values = x[self.columns]
        best = int(np.argmax(values))
        return best if values[best] > 0.5 else None


@dataclass(frozen=True, slots=True)
class PowerProfilePart:
    """The runs of one resource."""

    resource: Resource
    waiting: tuple[RunPart, ...]
    started: tuple[PlannedRun, ...]

    def read(self, solved: Solved) -> DevicePlan:
        """Return the power of the runs; the runs that wait are told by stability.py, which knows the plan before."""
        power = watts(solved.power(self.resource))
        return DevicePlan(
            resource_id=self.resource.resource_id,
            intent=tuple(Intent.RUN if abs(entry) > TINY * 1000.0 else Intent.IDLE for entry in power),
            power=power,
            lower=power,
            upper=power,
            runs=self.started,
            cost=device_cost(solved, self.resource),
        )


def add(problem: Problem, resource: Resource, kept: dict[str, Kept], *, late: bool) -> PowerProfilePart:
    """Add the runs of a resource. `kept` says by run where the plan before had it; `late` lets runs miss a deadline."""
    frame = problem.frame
    constant, started, free_from = started_runs(frame, resource)
    most, least = np.maximum(constant, 0.0), np.minimum(constant, 0.0)
    entries: list[tuple[Ints, Ints, Array]] = []
    waiting: list[RunPart] = []
    for run in resource.runs:
        if not run.open or run.running:
            continue
        before = kept.get(run.run_id)
        starts = starts_of(frame, run, free_from, before.start if before is not None else None, late=late)
        part = _add_run(problem, starts, before)
        waiting.append(part)
        number, step = np.nonzero(starts.energy)
        power = starts.energy / frame.hours
        entries.append((step, part.columns[number], power[number, step]))
        most = most + power[starts.permitted].max(axis=0).clip(0.0)
        least = least + power[starts.permitted].min(axis=0).clip(None, 0.0)
    _one_at_a_time(problem, waiting)
    none = np.zeros(0, dtype=np.int64)
    problem.device(
        resource,
        constant=constant,
        most=most,
        least=least,
        entries=(
            np.concatenate([none, *(entry[0] for entry in entries)]),
            np.concatenate([none, *(entry[1] for entry in entries)]),
            np.concatenate([np.zeros(0), *(entry[2] for entry in entries)]),
        ),
    )
    return PowerProfilePart(resource=resource, waiting=tuple(waiting), started=tuple(started))


def started_runs(frame: Frame, resource: Resource) -> tuple[Array, list[PlannedRun], float]:
    """Return the power in kW of runs that have started, these runs, and when the device is free (s since 1970)."""
    power = frame.zeros()
    started: list[PlannedRun] = []
    free_from = frame.now
    for run in resource.runs:
        if run.open and run.running:
            taken, planned = _fact(frame, resource, run)
            power += taken
            started.append(planned)
            free_from = max(free_from, planned.end.timestamp())
    return power, started, free_from


def _fact(frame: Frame, resource: Resource, run: Run) -> tuple[Array, PlannedRun]:
    """Return the power in kW of a run that has started, and the run as it is."""
    begun = run.started or run.scheduled_start or frame.snapshot.now
    schedule = run.schedule or run.lay_out(begun)
    power = frame.zeros()
    for slot in schedule:
        start = max(slot.start.timestamp(), frame.now)
        power += slot.power / 1000.0 * frame.share(start, max(slot.end.timestamp(), start))
    end = max(slot.end for slot in schedule)
    if end <= frame.snapshot.now:
        end = frame.grid.edges[1]
        power[0] += max(resource.power or 0.0, 0.0) / 1000.0  # it takes longer than its profile said
    return power, PlannedRun(
        run_id=run.run_id,
        start=begun,
        end=end,
        choice=run.choice,
        slots=schedule,
        cost=round(float(np.dot(power * frame.hours, frame.import_price)), 6),
        met=run.latest_end is None or end <= run.latest_end,
    )


def _add_run(problem: Problem, starts: Starts, kept: Kept | None) -> RunPart:
    frame = problem.frame
    count = len(starts.start)
    threshold, number = np.zeros(count), None
    if kept is not None:
        same = np.array(
            [not kept.choice or starts.patterns[pattern].choice == kept.choice for pattern in starts.pattern]
        ) & (np.abs(starts.start - kept.start) < 0.5)
        still = np.flatnonzero(same & starts.permitted)
        if len(still):
            number = int(still[0])
            threshold = np.where(same, 0.0, kept.threshold)
    energy = np.abs(starts.energy.sum(axis=1) + starts.beyond)
    lateness = np.clip(starts.end - starts.deadline, 0.0, None) / 86400.0
    columns = problem.columns(
        count,
        upper=starts.permitted.astype(float),
        worth=starts.beyond * float(np.average(frame.import_price, weights=frame.hours)),
        extra=starts.wish + threshold,
        penalty=np.where(lateness > 1e-5, LATE * frame.scale * np.maximum(energy, 0.1) * (1.0 + lateness), 0.0),
        integer=True,
    )
    row = problem.choice(columns, optional=starts.optional)
    return RunPart(starts=starts, columns=columns, threshold=threshold, kept=kept, kept_number=number, choice_row=row)


def _one_at_a_time(problem: Problem, parts: list[RunPart]) -> None:
    """Let no two runs of a device overlap: at the start of any of them at most one is under way."""
    if len(parts) < 2:
        return
    start = np.concatenate([part.starts.start for part in parts])
    end = np.concatenate([part.starts.end for part in parts])
    columns = np.concatenate([part.columns for part in parts])
    points = np.unique(start)
    under_way = (start[None, :] <= points[:, None] + 1e-6) & (points[:, None] < end[None, :] - 1e-6)
    rows = problem.rows(len(points), -np.inf, 1.0)
    at, column = np.nonzero(under_way)
    problem.put(rows[at], columns[column], 1.0)
    problem.put(rows, problem.columns(1, penalty=OVERLAP * problem.frame.scale), -1.0)


def run_notes(resource: Resource, part: RunPart, planned: PlannedRun | None, frame: Frame) -> tuple[Note, ...]:
    """Say what cannot be had for a run."""
    name = resource.name or resource.resource_id
    if planned is None:
        return (note("run_left_out", resource.resource_id, name=name),)
    notes: list[Note] = []
    if not planned.met:
        notes.append(
            note(
                "deadline_missed",
                resource.resource_id,
                name=name,
                deadline=moment(part.starts.deadline).isoformat(),
                start=planned.start.isoformat(),
                end=planned.end.isoformat(),
            )
        )
    if planned.end.timestamp() > frame.horizon + 1.0:
        notes.append(note("run_beyond_horizon", resource.resource_id, name=name, horizon=frame.grid.end.isoformat()))
    return tuple(notes)
