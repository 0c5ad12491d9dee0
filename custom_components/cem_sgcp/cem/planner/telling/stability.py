"""A plan that keeps its word, and says what each start costs.

A start of the plan before is kept unless moving it brings more than the larger of a fixed gain and a share of the run's
cost. This is part of the optimisation: every other start of the run costs that threshold extra, so each run moves for
its own gain only, all others being free to move too. Inside the frozen window before the start the threshold is so high
that only a limit or a deadline that could not be kept otherwise moves it.

Costs of a run are differences between two plans of the whole house: with the run against without it (`cost`), and with
the run started at once against without it (`cost_now`). So what the run takes from the sun or the battery costs what it
would have earned otherwise. They are money: prices, running costs, and the value of what is left in stores. It must not
know how a run's columns came about.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Final

import numpy as np

from ...model import Goals, Note, Plan, PlannedRun, PlanStatus, Resource, ScheduledSlot, SiteSnapshot
from ...model.time_grid import Array
from ..frame import Frame
from ..messages import note
from ..power_profile import Kept, PowerProfilePart, RunPart, run_notes
from ..runs.patterns import moment
from ..runs.starts import SAME
from .next_best import next_best
from .questions import Questions

#: Price of moving a start inside the frozen window, in price scales per kWh of the run: more than any saving, less
#: than a grid limit.
FROZEN: Final = 10.0

#: Gains below this are noise of the solver, currency per price scale.
NOISE: Final = 1e-4


def kept_starts(snapshot: SiteSnapshot, previous: Plan | None, frame: Frame) -> dict[str, Kept]:
    """Return where the plan before, or the run itself after a restart, had each run that still waits."""
    planned: dict[str, PlannedRun] = {}
    if previous is not None and previous.status is not PlanStatus.FAILED:
        planned = {run.run_id: run for device in previous.devices for run in device.runs}
    kept: dict[str, Kept] = {}
    for resource in snapshot.resources:
        for run in resource.runs:
            if not run.open or run.running or run.pinned_start is not None:
                continue
            before = planned.get(run.run_id)
            start = before.start if before is not None else run.scheduled_start
            if start is None or start.timestamp() < frame.now - snapshot.goals.frozen_window:
                continue
            energy = sum(slot.energy for _, _, slot in run.chosen_slots()) / 1000.0
            frozen = start.timestamp() <= frame.now + snapshot.goals.frozen_window
            mean = float(np.average(np.abs(frame.import_price), weights=frame.hours))
            cost = before.cost if before is not None else energy * mean
            kept[run.run_id] = Kept(
                start=max(start.timestamp(), frame.now),
                choice=before.choice if before is not None else run.choice,
                slots=_not_before(before.slots if before is not None else run.schedule, snapshot.now),
                threshold=FROZEN * frame.scale * max(abs(energy), 0.1)
                if frozen
                else threshold(snapshot.goals, abs(cost)),
            )
    return kept


def _not_before(slots: tuple[ScheduledSlot, ...], now: datetime) -> tuple[ScheduledSlot, ...]:
    """Return slots moved together so that they do not begin before now: a start that has just come is at once."""
    if not slots or slots[0].start >= now:
        return slots
    late = now - slots[0].start
    return tuple(slot.replace(start=slot.start + late, end=slot.end + late) for slot in slots)


def threshold(goals: Goals, cost: float) -> float:
    """Return the least gain for which a start is moved, currency."""
    return max(goals.move_gain, goals.move_share * cost)


def tell_runs(
    frame: Frame, part: PowerProfilePart, questions: Questions, x: Array
) -> tuple[tuple[PlannedRun, ...], tuple[Note, ...]]:
    """Return the planned runs of a resource with costs and moves, and what is to be said about them."""
    runs = list(part.started)
    notes: list[Note] = []
    for waiting in part.waiting:
        planned, told = _tell_run(frame, part.resource, waiting, questions, x)
        notes.extend(told)
        if planned is not None:
            runs.append(planned)
        notes.extend(run_notes(part.resource, waiting, planned, frame))
    return tuple(runs), tuple(notes)


def _tell_run(
    frame: Frame, resource: Resource, part: RunPart, questions: Questions, x: Array
) -> tuple[PlannedRun | None, tuple[Note, ...]]:
    chosen = part.chosen(x)
    if chosen is None:
        return None, ()
    starts = part.starts
    end = float(starts.end[chosen[-1]])
    idle = questions.started_by(part, ())
    without = questions.money(idle) if idle is not None else questions.money(x)
    told = _move(frame, resource, part, chosen, (questions, x))
    other = next_best(part, chosen, (questions, x), without)
    planned = PlannedRun(
        run_id=starts.run.run_id,
        start=moment(float(starts.start[chosen[0]])),
        end=moment(end),
        choice=starts.patterns[starts.pattern[chosen[0]]].choice,
        slots=starts.lay_out(chosen),
        cost=_rounded(questions.money(x) - without),
        cost_now=_cost_now(frame, part, chosen, (questions, x), without),
        latest_start=moment(starts.latest) if starts.latest is not None else None,
        moved_from=told.moved_from,
        gain=told.gain,
        met=end <= starts.deadline + 1.0,
        next_start=other.start if other is not None else None,
        next_choice=other.choice if other is not None else (),
        next_cost=other.cost if other is not None else None,
    )
    return planned, told.notes


def _cost_now(
    frame: Frame, part: RunPart, chosen: tuple[int, ...], asked: tuple[Questions, Array], without: float
) -> float | None:
    """Return what the run would cost if it started at once and went without a pause, by the alternatives planned."""
    questions, x = asked
    at_once = part.starts.without_pause(int(part.starts.pattern[chosen[0]]), frame.now)
    if at_once is None:
        return None
    started = x if at_once == chosen else questions.started_by(part, at_once)
    return _rounded(questions.money(started) - without) if started is not None else None


@dataclass(frozen=True, slots=True)
class _Move:
    """Where a run was before if it moved, what that saves, and a sentence about it."""

    moved_from: datetime | None = None
    gain: float | None = None
    notes: tuple[Note, ...] = ()


def _move(
    frame: Frame, resource: Resource, part: RunPart, chosen: tuple[int, ...], asked: tuple[Questions, Array]
) -> _Move:
    questions, x = asked
    kept = part.kept
    if kept is None or abs(part.starts.start[chosen[0]] - kept.start) < SAME:
        return _Move()
    before = moment(kept.start)
    names = {
        "name": resource.name or resource.resource_id,
        "before": before.isoformat(),
        "after": moment(float(part.starts.start[chosen[0]])).isoformat(),
    }
    if part.kept_entries is None:
        return _Move(before, None, (note("moved_window", resource.resource_id, **names),))
    stayed = questions.started_by(part, part.kept_entries)
    if stayed is None or questions.broken(stayed) > questions.broken(x) + NOISE * frame.scale:
        return _Move(before, None, (note("moved_limit", resource.resource_id, **names),))
    gain = _rounded(questions.wanted(stayed) - questions.wanted(x))
    currency = frame.snapshot.prices.currency
    told = note("moved_gain", resource.resource_id, **names, gain=f"{gain:.2f}", currency=currency)
    return _Move(before, gain, (told,))


def _rounded(value: float) -> float:
    return round(value, 6) + 0.0
