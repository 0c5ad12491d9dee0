"""How far a run is, what is still to come, and when it will be over: the fixed facts of a run that has started.

It must not change any run.
"""

from dataclasses import dataclass
from datetime import datetime

from ..model import Run, RunState, ScheduledSlot, utc
from .pauses import earliest_resume, next_slot, resumed


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a run is by its schedule."""

    slot: ScheduledSlot | None
    """The slot at work, or the one that was interrupted; None before, between and after slots."""
    elapsed: float
    """Time at work so far without pauses, s."""
    remaining: float
    """Time at work still to come, s."""
    slot_elapsed: float
    """Time in the slot, s."""
    slot_remaining: float
    """s"""
    energy: float
    """Expected energy so far, Wh."""
    remaining_energy: float
    """Expected energy still to come, Wh."""
    end: datetime | None
    """Expected end; None for a run without a start."""


def progress(run: Run, now: datetime) -> Progress:
    """Return how far a run is; a pause stands still."""
    slots = run.schedule or run.lay_out(run.earliest_start)
    until_now = run.ended or run.interrupted_at or now
    moment = slots[0].start if run.started is None else until_now
    entry = next((slot for slot in slots if slot.start <= moment < slot.end), None) if run.running else None
    within = _seconds(entry, moment) if entry is not None else 0.0
    spent = sum(_seconds(slot, moment) * slot.power for slot in slots) / 3600.0
    done = sum(_seconds(slot, moment) for slot in slots)
    return Progress(
        slot=entry,
        elapsed=done,
        remaining=sum(map(_seconds, slots)) - done if run.open else 0.0,
        slot_elapsed=within,
        slot_remaining=_seconds(entry) - within if entry is not None else 0.0,
        energy=spent,
        remaining_energy=sum(_seconds(slot) * slot.power for slot in slots) / 3600.0 - spent if run.open else 0.0,
        end=expected_end(run, now),
    )


def remaining(run: Run, now: datetime) -> tuple[ScheduledSlot, ...]:
    """Return the slots still to come, the one at work from now on; what a started run will take is a fixed fact.

    A run that is paused is taken to go on as soon as it may, or when its schedule says so.
    """
    if not run.open:
        return ()
    now = utc(now, "now")
    slots = run.schedule
    if not run.running:
        return slots
    if run.state is RunState.INTERRUPTED and run.interrupted_at is not None:
        following = next_slot(run, run.interrupted_at)
        wanted = now if following is None else max(now, following.start)
        slots = resumed(run, max(wanted, earliest_resume(run)))
    return tuple(entry.replace(start=max(entry.start, now)) for entry in slots if entry.end > now)


def expected_end(run: Run, now: datetime) -> datetime | None:
    """Return when the run will be over, or was; None for a run without a start."""
    if run.ended is not None:
        return run.ended
    left = remaining(run, now)
    if left:
        return left[-1].end
    return run.schedule[-1].end if run.schedule else None


def overdue_end(run: Run, now: datetime) -> bool:
    """Whether the run should be over by its schedule but is not known to be."""
    return run.running and bool(run.schedule) and not remaining(run, now)


def _seconds(entry: ScheduledSlot, until: datetime | None = None) -> float:
    """Return how long a slot lasts, or how much of it lies before a moment, s."""
    end = entry.end if until is None else min(max(until, entry.start), entry.end)
    return (end - entry.start).total_seconds()
