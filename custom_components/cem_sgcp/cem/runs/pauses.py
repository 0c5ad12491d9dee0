"""Shift, pause and resume of a run (JWG1103): legal ones are obeyed, others refused with the reason.

It must not know how a device is paused, nor what time it is.
"""

from datetime import datetime, timedelta

from ..model import Run, RunState, ScheduledSlot, utc
from .rules import (
    RunError,
    check_interruptible,
    check_moved,
    check_window,
    definition,
    longest_pause,
    shortest_pause,
    slot_at,
)
from .states import moved, must_be_controllable, must_be_open, must_have_started, text


def shift_slot(run: Run, group: int, slot: int, new_start: datetime, now: datetime) -> Run:
    """Return the run with a slot that has not begun, and those after it, moved to another start (JWG1103).

    A start in the past means as soon as possible. Of a run that waits, the first slot moves the whole run, and the
    start counts as fixed by the user. Raises RunError where pauses, windows or the deadline do not allow it.
    """
    must_be_open(run)
    must_be_controllable(run)
    if not run.schedule:
        raise RunError("run_not_scheduled", "run_id", value=run.run_id)
    new_start, now = utc(new_start, "start_time"), utc(now, "now")
    index = _slot_index(run, group, slot, now)
    entry = run.schedule[index]
    if run.running and entry.start <= now:
        raise RunError("slot_already_started", "slot", value=slot, start=entry.start.isoformat())
    soonest = max(now, run.schedule[index - 1].end if index else run.earliest_start)
    start = soonest if new_start <= now else new_start
    if start < soonest:
        raise RunError("start_too_early", "start_time", minimum=soonest.isoformat(), value=start.isoformat())
    slots = run.schedule[:index] + moved(run.schedule[index:], start - entry.start)
    check_moved(run, slots, index, "start_time")
    if run.running:
        return run.replace(schedule=slots)
    return run.replace(schedule=slots, scheduled_start=slots[0].start, pinned_start=slots[0].start)


def interrupt(run: Run, now: datetime, *, scheduled: bool = False) -> Run:
    """Return the run as paused. Raises RunError where its profile does not allow a pause now.

    `scheduled` enters a pause that the schedule has between two slots; it was checked when the schedule was made.
    """
    must_have_started(run)
    now = utc(now, "now")
    if run.state is RunState.INTERRUPTED:
        raise RunError("run_already_paused", "run_id", value=run.run_id, start=text(run.interrupted_at))
    if not scheduled:
        must_be_controllable(run)
        check_interruptible(run, now)
    elif slot_at(run, now) is not None or all(entry.start <= now for entry in run.schedule):
        raise RunError("no_pause_planned", "run_id", value=run.run_id, start=now.isoformat())
    return run.replace(state=RunState.INTERRUPTED, interrupted_at=now, pauses=run.pauses + 1)


def interrupted_by_schedule(run: Run) -> bool:
    """Whether the run is in a pause that its schedule has between two slots."""
    paused = run.interrupted_at
    return run.state is RunState.INTERRUPTED and paused is not None and slot_at(run, paused) is None


def resume(run: Run, now: datetime) -> Run:
    """Return the run as going on: what was left of it follows from now on, in its order and with its gaps.

    Raises RunError before the shortest pause is over. A resume is never too late.
    """
    must_have_started(run)
    if run.state is not RunState.INTERRUPTED or run.interrupted_at is None:
        raise RunError("run_not_paused", "run_id", value=run.run_id)
    now = utc(now, "now")
    lasted = (now - run.interrupted_at).total_seconds()
    if now < earliest_resume(run):
        raise RunError("pause_too_short", "run_id", minimum=required_pause(run), value=lasted)
    following = next_slot(run, run.interrupted_at)
    slots = resumed(run, now)
    if following is not None and now < following.start:
        check_window(run, following.replace(start=now, end=now + (following.end - following.start)), "run_id")
    return run.replace(
        state=RunState.EXECUTING,
        schedule=slots,
        interrupted_at=None,
        interrupted_total=run.interrupted_total + max(lasted, 0.0),
        resumed_at=now,
    )


def resume_by(run: Run) -> datetime | None:
    """Return when a pause must be over to keep the longest pause and the deadline; None: no bound, or not paused."""
    if run.state is not RunState.INTERRUPTED or run.interrupted_at is None:
        return None
    paused = run.interrupted_at
    bounds: list[datetime] = []
    entry = next_slot(run, paused)
    if entry is not None:
        sequence, slot = definition(run, entry)
        if (longest := longest_pause(sequence, slot)) is not None:
            bounds.append(paused + timedelta(seconds=longest))
        if sequence.pause_duration_sum_max is not None:
            left = max(sequence.pause_duration_sum_max - run.interrupted_total, 0.0)
            bounds.append(paused + timedelta(seconds=left))
    if run.latest_end is not None and run.schedule:
        bounds.append(max(paused, run.latest_end - (resumed(run, paused)[-1].end - paused)))
    return min(bounds, default=None)


def next_slot(run: Run, moment: datetime) -> ScheduledSlot | None:
    """Return the slot at a moment, or the next one."""
    return next((entry for entry in run.schedule if entry.end > moment), None)


def earliest_resume(run: Run) -> datetime:
    """Return when the present pause may be over: after the shortest pause, or when the schedule says so.

    A pause of the schedule was checked as a whole; it may have been entered a moment late.
    """
    paused = run.interrupted_at or run.announced
    earliest = paused + timedelta(seconds=required_pause(run))
    following = next_slot(run, paused) if interrupted_by_schedule(run) else None
    return min(earliest, following.start) if following is not None else earliest


def required_pause(run: Run) -> float:
    """Return how long the present pause must last at least, s."""
    entry = next_slot(run, run.interrupted_at) if run.interrupted_at is not None else None
    return shortest_pause(*definition(run, entry)) if entry is not None else 0.0


def resumed(run: Run, moment: datetime) -> tuple[ScheduledSlot, ...]:
    """Return the schedule of a paused run that goes on at a moment; the slot that was cut has two parts."""
    paused = run.interrupted_at or moment
    past = tuple(entry.replace(end=min(entry.end, paused)) for entry in run.schedule if entry.start < paused)
    left = tuple(entry.replace(start=max(entry.start, paused)) for entry in run.schedule if entry.end > paused)
    return past + (moved(left, moment - left[0].start) if left else ())


def _slot_index(run: Run, group: int, slot: int, now: datetime) -> int:
    """Return where a slot is in the schedule; of a slot in several parts the first that is still to come."""
    found = [index for index, entry in enumerate(run.schedule) if (entry.group, entry.slot) == (group, slot)]
    if not found:
        known = ", ".join(f"{entry.group}/{entry.slot}" for entry in run.schedule)
        raise RunError("unknown_slot", "slot", expected=known, value=f"{group}/{slot}")
    return next((index for index in found if run.schedule[index].start > now), found[-1])
