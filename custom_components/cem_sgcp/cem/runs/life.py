"""The life of a run: announced, scheduled, started, finished or aborted (JWG1100, JWG1101, JWG-SPUC1102).

Every function takes a frozen run and returns the next one, or raises RunError and the run stays as it was. It must not
know how a device is started, nor what time it is.
"""

from datetime import datetime

from ..model import EnergyProfile, PlannedRun, Run, RunState, utc
from .rules import RunError, range_for, start_ranges
from .states import (
    already_started,
    moved,
    must_be_controllable,
    must_be_open,
    must_have_started,
    must_wait,
    text,
)

# ------------------------------------------------------------------------------------------------- before the start


def announce(  # noqa: PLR0917  # the order of JWG1101: what, of whom, when
    profile: EnergyProfile,
    resource_id: str,
    run_id: str,
    now: datetime,
    earliest_start: datetime | None = None,
    latest_end: datetime | None = None,
    former: Run | None = None,
) -> Run:
    """Return a new run that waits for a start (JWG1101).

    The window is the narrower of what is given and what the profile says. `former` is the run known so far: one with
    the same id is replaced as long as it has not started, and a start that the user fixed is kept where it still fits.
    Raises RunError where the run cannot end in time.
    """
    if former is not None and former.run_id == run_id and former.running:
        raise already_started(former)
    now = utc(now, "now")
    run = Run(
        run_id=run_id,
        resource_id=resource_id,
        profile=profile,
        announced=now,
        earliest_start=max([now, *_known("earliest_start", earliest_start, profile.earliest_start)]),
        latest_end=min(_known("latest_end", latest_end, profile.latest_end), default=None),
    )
    _check_window(run, now)
    if former is not None and former.run_id == run_id and former.open and former.pinned_start is not None:
        return _pinned(run, former.pinned_start)
    return run


def set_window(
    run: Run, now: datetime, *, earliest_start: datetime | None = None, latest_end: datetime | None = None
) -> Run:
    """Return the run with another window; None leaves an end of it as it is. A start that no longer fits is dropped."""
    must_wait(run)
    changed = run.replace(
        earliest_start=max(utc(now, "now"), *_known("earliest_start", earliest_start))
        if earliest_start is not None
        else run.earliest_start,
        latest_end=latest_end if latest_end is not None else run.latest_end,
    )
    _check_window(changed, now)
    if run.scheduled_start is None or _fits(changed, run.scheduled_start):
        return changed
    return _unscheduled(changed)


def schedule(run: Run, planned: PlannedRun) -> Run:
    """Return the run with the start, the alternatives and the slots that a plan chose (JWG-SPUC1102).

    A start that the user fixed stays, and so does its layout. A start before the window means as soon as possible.
    """
    if planned.run_id != run.run_id:
        raise RunError("other_run", "run_id", value=planned.run_id, expected=run.run_id)
    must_wait(run)
    if run.pinned_start is not None:
        return run
    chosen = run.replace(choice=planned.choice or run.choice, schedule=planned.slots)
    start = max(planned.start, run.earliest_start)
    slots = moved(planned.slots, start - planned.slots[0].start) if planned.slots else chosen.lay_out(start)
    return chosen.replace(state=RunState.SCHEDULED, scheduled_start=start, schedule=slots)


def set_start(run: Run, start: datetime | None, now: datetime) -> Run:
    """Return the run with a start fixed by the user (JWG-SPUC1102); None gives the choice back to the planner.

    A start in the past means as soon as possible, even where that is too late to be ready in time. Raises RunError
    where a later start lies outside the window.
    """
    must_wait(run)
    must_be_controllable(run)
    if start is None:
        return _unscheduled(run)
    start, now = utc(start, "start_time"), utc(now, "now")
    if start > now:
        return _at(run, range_for(run, start, "start_time").choice, start)
    ranges = start_ranges(run)
    soonest = max(now, min((entry.first for entry in ranges if entry.possible), default=run.earliest_start))
    fitting = next((entry.choice for entry in ranges if entry.contains(soonest)), run.choice)
    return _at(run, fitting, soonest)


def latest_start(run: Run) -> datetime | None:
    """Return the last start at which the run is over in time, or None where it has no deadline or has started."""
    if run.state not in {RunState.NOT_SCHEDULED, RunState.SCHEDULED}:
        return None
    last = [entry.last for entry in start_ranges(run)]
    known = [entry for entry in last if entry is not None]
    return max(known) if len(known) == len(last) else None


def due(run: Run, now: datetime) -> bool:
    """Whether the start command is due."""
    return run.state is RunState.SCHEDULED and run.scheduled_start is not None and run.scheduled_start <= now


def cancel(run: Run, now: datetime) -> Run:
    """Return the run withdrawn. One that has started can only be cancelled where all of what is left may be stopped."""
    must_be_open(run)
    if run.running:
        left = {entry.group for entry in run.schedule if entry.end > now} or {len(run.profile.groups) - 1}
        if not all(run.sequence(group).stoppable for group in left):
            raise RunError("not_stoppable", "run_id", value=run.run_id)
    return _over(run, RunState.ABORTED, now, "cancelled")


# ------------------------------------------------------------------------------------------------- start and end


def begin(run: Run, now: datetime) -> Run:
    """Return the run as started: its slots follow one another from now on as planned, its alternatives are settled."""
    must_wait(run)
    now = utc(now, "now")
    slots = moved(run.schedule, now - run.schedule[0].start) if run.schedule else run.lay_out(now)
    return run.replace(
        state=RunState.EXECUTING,
        started=now,
        scheduled_start=now,
        schedule=slots,
        choice=tuple(run.sequence(group).sequence_id for group in range(len(run.profile.groups))),
        confirmed=False,
    )


def unbegin(run: Run) -> Run:
    """Return a run whose start command had no effect to where it was before; only before it was confirmed."""
    must_have_started(run)
    if run.confirmed:
        raise RunError("run_confirmed", "run_id", value=run.run_id, start=text(run.started))
    return run.replace(state=RunState.SCHEDULED, started=None, interrupted_at=None, attempts=run.attempts + 1)


def confirm(run: Run, now: datetime) -> Run:
    """Return the run as seen to run, by its power or its state."""
    must_have_started(run)
    return run.replace(confirmed=True, error="", started=run.started or now)


def finish(run: Run, now: datetime) -> Run:
    """Return the run as finished."""
    must_have_started(run)
    return _over(run, RunState.FINISHED, now, "")


def abort(run: Run, now: datetime, error: str) -> Run:
    """Return the run as ended before its time, with the reason for people."""
    must_be_open(run)
    return _over(run, RunState.ABORTED, now, error)


# ------------------------------------------------------------------------------------------------- helpers


def _known(path: str, *moments: datetime | None) -> list[datetime]:
    return [utc(entry, path) for entry in moments if entry is not None]


def _check_window(run: Run, now: datetime) -> None:
    if run.latest_end is not None and run.latest_end <= now:
        raise RunError("deadline_passed", "latest_end", start=now.isoformat(), end=run.latest_end.isoformat())
    ranges = start_ranges(run)
    if any(entry.possible for entry in ranges):
        return
    nearest = min(ranges, key=lambda entry: entry.duration)
    available = None if run.latest_end is None else (run.latest_end - run.earliest_start).total_seconds()
    if available is not None and available < nearest.duration:
        raise RunError(
            "window_too_short",
            "latest_end",
            needed=round(nearest.duration),
            available=round(available),
            start=run.earliest_start.isoformat(),
            end=text(run.latest_end),
        )
    raise RunError("start_too_late", "earliest_start", maximum=text(nearest.last), value=nearest.first.isoformat())


def _fits(run: Run, start: datetime) -> bool:
    return any(entry.contains(start) for entry in start_ranges(run))


def _at(run: Run, choice: tuple[str, ...], start: datetime) -> Run:
    chosen = run.replace(choice=choice, schedule=())
    return chosen.replace(
        state=RunState.SCHEDULED, pinned_start=start, scheduled_start=start, schedule=chosen.lay_out(start)
    )


def _pinned(run: Run, start: datetime) -> Run:
    """Fix a start again after the run was replaced; where it no longer fits, the choice goes back to the planner."""
    return _at(run, range_for(run, start, "start_time").choice, start) if _fits(run, start) else run


def _unscheduled(run: Run) -> Run:
    return run.replace(state=RunState.NOT_SCHEDULED, pinned_start=None, scheduled_start=None, schedule=())


def _over(run: Run, state: RunState, now: datetime, error: str) -> Run:
    pause = (now - run.interrupted_at).total_seconds() if run.interrupted_at is not None else 0.0
    return run.replace(
        state=state,
        ended=now,
        error=error,
        interrupted_at=None,
        interrupted_total=run.interrupted_total + max(pause, 0.0),
    )
