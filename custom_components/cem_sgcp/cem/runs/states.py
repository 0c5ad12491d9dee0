"""What a run must be for something to be done with it, and small things that all of its life shares.

It must not change any run.
"""

from datetime import datetime, timedelta

from ..model import Run, ScheduledSlot
from .rules import RunError


def must_be_open(run: Run) -> None:
    """Refuse a run that is over."""
    if not run.open:
        raise RunError("run_over", "run_id", value=run.run_id, state=run.state.value)


def must_wait(run: Run) -> None:
    """Refuse a run that has started or is over."""
    must_be_open(run)
    if run.running:
        raise already_started(run)


def must_have_started(run: Run) -> None:
    """Refuse a run that waits or is over."""
    must_be_open(run)
    if not run.running:
        raise RunError("run_not_started", "run_id", value=run.run_id)


def must_be_controllable(run: Run) -> None:
    """Refuse a run that the CEM may not start, move or pause."""
    groups = range(len(run.profile.groups))
    if not run.profile.remote_controllable or not all(run.sequence(group).remote_controllable for group in groups):
        raise RunError("not_remote_controllable", "run_id", value=run.run_id)


def already_started(run: Run) -> RunError:
    """Return the error of a run that has started."""
    return RunError("run_already_started", "run_id", value=run.run_id, start=text(run.started))


def text(moment: datetime | None) -> str:
    """Return a moment for a sentence."""
    return "?" if moment is None else moment.isoformat()


def moved(slots: tuple[ScheduledSlot, ...], by: timedelta) -> tuple[ScheduledSlot, ...]:
    """Return slots that start and end later."""
    return tuple(entry.replace(start=entry.start + by, end=entry.end + by) for entry in slots) if by else slots
