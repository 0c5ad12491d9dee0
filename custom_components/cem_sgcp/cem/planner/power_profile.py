"""Power profile (S2 PPBC): runs with slots, alternatives, pauses, earliest start and latest end.

One yes or no per possible start of each segment of each pattern (see runs/patterns.py, runs/cuts.py, runs/starts.py); a
pattern is one choice of alternatives (programs), optional slots and durations, so one form serves them all:

* exactly one start of one pattern's first segment is chosen, and of each later segment of that pattern;
* with C(t) the number of starts of a segment up to t (0 or 1), a segment follows the one before after its duration and
  a permitted pause:  C_next(t) ≤ C(t − duration)  and  C(t) ≤ C_next(t + duration + longest pause);
* a pause inside a sequence costs what its resume costs, and is planned only where it brings as much as a move must.

Runs that have started are facts. It must not know any appliance.
"""

from dataclasses import dataclass
from typing import Final

import numpy as np

from ..model import DevicePlan, Intent, Note, PlannedRun, Resource, Run, ScheduledSlot
from ..model.time_grid import Array
from .frame import Frame, Ints
from .messages import note
from .problem import Problem, Solved
from .runs.chain import GoingOn, link_segments
from .runs.cycles import bound_cycles
from .runs.patterns import moment
from .runs.starts import Starts, segment_starts, starts_of
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
    slots: tuple[ScheduledSlot, ...]
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
    kept_entries: tuple[int, ...] | None
    """Which of the columns are the plan before; None where there was none or it is no longer possible."""
    choice_row: int
    """The row that asks for exactly one start."""
    going_on: GoingOn

    def chosen(self, x: Array) -> tuple[int, ...] | None:
        """Return the entries that are chosen, one per segment; None where an optional run is left out."""
        values = x[self.columns]
        first = np.flatnonzero(self.starts.stage == 0)
        best = int(first[np.argmax(values[first])])
        if values[best] <= 0.5:
            return None
        pattern = int(self.starts.pattern[best])
        found = [best]
        for stage in range(1, len(self.starts.patterns[pattern].segments)):
            mine = self.starts.of(pattern, stage)
            found.append(int(mine[np.argmax(values[mine])]))
        return tuple(found)


@dataclass(frozen=True, slots=True)
class PowerProfilePart:
    """The runs of one resource."""

    resource: Resource
    waiting: tuple[RunPart, ...]
    started: tuple[PlannedRun, ...]

    def read(self, solved: Solved) -> DevicePlan:
        """Return the power of the runs; telling/stability.py, which knows the plan before, tells those that wait."""
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
        wanted = (before.slots or before.start) if before is not None else None
        starts = starts_of(frame, run, free_from, wanted, late=late)
        part = _add_run(problem, starts, before)
        waiting.append(part)
        number, step = np.nonzero(starts.energy)
        power = starts.energy / frame.hours
        entries.append((step, part.columns[number], power[number, step]))
        for stage in range(int(starts.stage.max()) + 1):
            mine = power[starts.permitted & (starts.stage == stage)]
            most = most + mine.max(axis=0, initial=0.0)
            least = least + mine.min(axis=0, initial=0.0)
    _one_at_a_time(problem, waiting)
    bound_cycles(problem, resource, waiting)
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
        start=min(begun, end),
        end=end,
        choice=run.choice,
        slots=schedule,
        cost=round(float(np.dot(power * frame.hours, frame.import_price)), 6),
        met=run.latest_end is None or end <= run.latest_end,
    )


def _add_run(problem: Problem, starts: Starts, kept: Kept | None) -> RunPart:
    frame = problem.frame
    threshold, entries = np.zeros(len(starts.start)), None
    if kept is not None:
        entries = _kept_entries(starts, kept)
    if kept is not None and entries is not None:
        threshold[:] = kept.threshold
        threshold[list(entries)] = 0.0
    lateness = np.where(starts.last_stage, np.clip(starts.end - starts.deadline, 0.0, None), 0.0) / 86400.0
    energy = max(abs(starts.patterns[0].energy), 0.1)
    columns = problem.columns(
        len(starts.start),
        upper=starts.permitted.astype(float),
        worth=starts.cost + starts.beyond * float(np.average(frame.import_price, weights=frame.hours)),
        extra=starts.wish + threshold,
        penalty=np.where(lateness > 1e-5, LATE * frame.scale * energy * (1.0 + lateness), 0.0),
        integer=True,
    )
    row = problem.choice(columns[starts.stage == 0], optional=starts.optional)
    return RunPart(
        starts=starts,
        columns=columns,
        threshold=threshold,
        kept=kept,
        kept_entries=entries,
        choice_row=row,
        going_on=link_segments(problem, starts, columns),
    )


def _kept_entries(starts: Starts, kept: Kept) -> tuple[int, ...] | None:
    """Return the entries that are the plan before, or None if that is no longer possible."""
    numbers = [
        number for number, pattern in enumerate(starts.patterns) if not kept.choice or pattern.choice == kept.choice
    ]
    same = (_same_slots(starts, number, kept) for number in numbers)
    near = (starts.without_pause(number, kept.start) for number in numbers)
    for entries in (*same, *near):
        if entries is not None and starts.permitted[list(entries)].all():
            return entries
    return None


def _same_slots(starts: Starts, pattern: int, kept: Kept) -> tuple[int, ...] | None:
    """Return the entries with exactly the slots of the plan before."""
    begins = segment_starts(starts.patterns[pattern], kept.slots)
    if begins is None:
        return None
    return starts.entries(pattern, [max(begins[0], kept.start), *begins[1:]])


def _one_at_a_time(problem: Problem, parts: list[RunPart]) -> None:
    """Let no two runs of a device overlap: at the start of any of them at most one is under way."""
    if len(parts) < 2:
        return
    begins = [part.starts.stage == 0 for part in parts]
    lasts = [part.starts.last_stage for part in parts]
    points = np.unique(np.concatenate([part.starts.start[first] for part, first in zip(parts, begins, strict=True)]))
    rows = problem.rows(len(points), -np.inf, 1.0)
    for part, first, last in zip(parts, begins, lasts, strict=True):
        started = first[None, :] & (part.starts.start[None, :] <= points[:, None] + 1e-6)
        over = last[None, :] & (part.starts.end[None, :] <= points[:, None] + 1e-6)
        under_way = started.astype(np.float64) - over
        at, entry = np.nonzero(under_way)
        problem.put(rows[at], part.columns[entry], under_way[at, entry])
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
