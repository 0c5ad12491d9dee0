"""Runs: start what is due, hold back what can wait, pause what may pause.

Use case JWG1100 with JWG-SPUC1102 (starting time), and JWG3/JWG8 (emergency). A start that is late because nobody was
there to give it is given all the same; a run that is running is never cut unless its profile allows a pause or, in an
emergency, its user allows it to be stopped. It must not know how a start is carried out, nor whether one was tried.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final

from ..limits import Demand
from ..model import Instruction, InstructionKind, Intent, Note, Resource, Run, RunState, Sequence
from .wishes import Guide

#: s after the planned start from which a start counts as late.
LATE: Final = 60.0
#: Part of the greatest power of a run from which it counts as high.
HIGH_POWER: Final = 0.8

_HOLD_TEXTS: Final = {
    "postponed_limit": "{name} was due at {start} and waits, because a limit leaves no room for {power} W.",
    "postponed_red": "{name} was due at {start} and waits, because the grid is in the red phase.",
    "postponed_black": "{name} was due at {start} and waits, because there is no grid.",
    "postponed_unavailable": "{name} was due at {start} and waits, because it is not available.",
}


class Step(StrEnum):
    """What may be done with a run now."""

    START = "start"
    KEEP = "keep"
    RESUME = "resume"


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidate:
    """A run about which something may be decided."""

    run: Run
    resource: Resource
    step: Step
    power: float
    """Greatest power it would draw (START, RESUME) or the power it draws (KEEP), W."""
    due: datetime
    waits: bool
    """Its deadline allows waiting."""
    pausable: bool = False
    stoppable: bool = False

    @property
    def key(self) -> str:
        """Name among the demands of the budget."""
        return f"run:{self.run.run_id}"

    def demand(self) -> Demand:
        """Return what it asks of a budget: all or nothing."""
        return Demand(
            demand_id=self.key,
            wanted=self.power,
            minimum=self.power,
            priority=self.resource.priority,
            running=self.step is Step.KEEP,
        )


def candidates(
    resources: tuple[Resource, ...], guided: Guide, paused: frozenset[str], now: datetime
) -> tuple[Candidate, ...]:
    """Return the runs that are due, those that may be cut, and those that a limit has paused."""
    found: list[Candidate] = []
    for resource in resources:
        busy = False
        waiting: list[tuple[datetime, Run]] = []
        for run in resource.runs:
            if run.run_id in paused and run.running:
                busy = True
                found.append(_resuming(run, resource, now))
            elif run.running:
                busy = True
                if (entry := _running(run, resource, now)) is not None:
                    found.append(entry)
            elif run.open and run.profile.remote_controllable:
                due = _due(run, resource, guided)
                if due is not None and due <= now:
                    waiting.append((due, run))
        if waiting and not busy:
            due, run = min(waiting, key=lambda entry: (entry[0], entry[1].run_id))
            found.append(
                Candidate(
                    run=run, resource=resource, step=Step.START, power=peak(run), due=due, waits=can_wait(run, now)
                )
            )
    return tuple(found)


def can_wait(run: Run, now: datetime) -> bool:
    """Whether a run could still start later and meet its deadline."""
    latest = latest_start(run)
    return latest is None or now < latest


def latest_start(run: Run) -> datetime | None:
    """Return the last moment at which a run can start and be ready in time; None without a deadline."""
    moments = [] if run.profile.latest_start is None else [run.profile.latest_start]
    if run.latest_end is not None:
        moments.append(run.latest_end - timedelta(seconds=duration(run)))
    return min(moments, default=None)


def duration(run: Run) -> float:
    """Return the duration of the chosen alternatives, s."""
    return sum(slot.duration for _, _, slot in run.chosen_slots())


def peak(run: Run) -> float:
    """Return the greatest power of the chosen alternatives, W."""
    return max((slot.p_max if slot.p_max is not None else slot.p_exp for _, _, slot in run.chosen_slots()), default=0.0)


def instruct(candidate: Candidate, kind: InstructionKind, reason: str, now: datetime, *, urgent: bool) -> Instruction:
    """Return the instruction about a run."""
    run = candidate.run
    starts = kind is InstructionKind.START
    slots = run.chosen_slots()
    if starts and reason == "plan":
        if run.pinned_start is not None:
            reason = "pinned"
        elif not candidate.waits:
            reason = "deadline"
        else:
            reason = "late_start" if (now - candidate.due).total_seconds() > LATE else "scheduled"
    return Instruction(
        resource_id=candidate.resource.resource_id,
        kind=kind,
        intent=Intent.RUN if kind in {InstructionKind.START, InstructionKind.RESUME} else Intent.OFF,
        power=slots[0][2].p_exp if starts and slots else None,
        run_id=run.run_id,
        start=candidate.due if starts else None,
        duration=duration(run) if starts else None,
        urgent=urgent,
        reason=reason,
    )


def hold_note(candidate: Candidate, key: str) -> Note:
    """Say why a run that is due waits."""
    resource = candidate.resource
    values = (resource.name or resource.resource_id, candidate.due.isoformat(), f"{candidate.power:.0f}")
    text = _HOLD_TEXTS[key].format(name=values[0], start=values[1], power=values[2])
    return Note(key=key, text=text, values=values, resource_id=resource.resource_id)


def _due(run: Run, resource: Resource, guided: Guide) -> datetime | None:
    """Return when a run is to start: pinned, scheduled, as planned, or at the last moment before its deadline."""
    if run.pinned_start is not None:
        return run.pinned_start
    if run.scheduled_start is not None and run.state is RunState.SCHEDULED:
        return run.scheduled_start
    planned = guided.devices.get(resource.resource_id)
    if planned is not None:
        start = next((entry.start for entry in planned.runs if entry.run_id == run.run_id), None)
        if start is not None:
            return start
    latest = latest_start(run)
    return None if latest is None else max(latest, run.earliest_start)


def _running(run: Run, resource: Resource, now: datetime) -> Candidate | None:
    """Return a running run if it may be paused or stopped; else it is part of the house."""
    if run.state is RunState.INTERRUPTED:
        return None
    power = resource.power
    scheduled = next((slot for slot in run.schedule if slot.start <= now < slot.end), None)
    if power is None:
        power = scheduled.power if scheduled is not None else peak(run)
    sequence = _sequence(run, scheduled.group if scheduled is not None else 0)
    slot_pausable = scheduled is not None and any(
        slot.pausable
        for group, index, slot in run.chosen_slots()
        if (group, index) == (scheduled.group, scheduled.slot)
    )
    pausable = sequence.pausable or slot_pausable
    if sequence.not_interruptible_at_high_power and power >= HIGH_POWER * peak(run):
        pausable = False
    if not pausable and not sequence.stoppable:
        return None
    left = timedelta(seconds=_remaining(run, now))
    waits = run.latest_end is None or now + left < run.latest_end
    return Candidate(
        run=run,
        resource=resource,
        step=Step.KEEP,
        power=max(0.0, power),
        due=run.started or now,
        waits=waits,
        pausable=pausable,
        stoppable=sequence.stoppable,
    )


def _resuming(run: Run, resource: Resource, now: datetime) -> Candidate:
    left = timedelta(seconds=_remaining(run, run.interrupted_at or now))
    waits = run.latest_end is None or now + left < run.latest_end
    return Candidate(
        run=run,
        resource=resource,
        step=Step.RESUME,
        power=peak(run),
        due=run.started or now,
        waits=waits and not _paused_long_enough(run, now),
        pausable=True,
    )


def _paused_long_enough(run: Run, now: datetime) -> bool:
    """Whether the profile allows no longer pause."""
    if run.interrupted_at is None:
        return False
    age = (now - run.interrupted_at).total_seconds()
    sequences = [_sequence(run, group) for group in range(len(run.profile.groups))]
    longest = [entry.pause_duration_max for entry in sequences if entry.pause_duration_max is not None]
    in_all = [entry.pause_duration_sum_max for entry in sequences if entry.pause_duration_sum_max is not None]
    return any(age >= bound for bound in longest) or any(age + run.interrupted_total >= bound for bound in in_all)


def _remaining(run: Run, now: datetime) -> float:
    begun = run.started or run.scheduled_start or now
    return max(0.0, duration(run) + run.interrupted_total - (now - begun).total_seconds())


def _sequence(run: Run, group: int) -> Sequence:
    index = min(group, len(run.profile.groups) - 1)
    wanted = run.choice[index] if index < len(run.choice) else None
    alternatives = run.profile.groups[index].alternatives
    return next((entry for entry in alternatives if entry.sequence_id == wanted), alternatives[0])
