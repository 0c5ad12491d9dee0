"""When each segment of a run may start: its window, from all that bounds it.

It must not know the steps of the grid, nor prices.
"""

from dataclasses import dataclass

import numpy as np

from ...model import Run
from ...model.time_grid import Array
from ..frame import Frame
from .patterns import Pattern, seconds


@dataclass(frozen=True, slots=True)
class Window:
    """First and last start of each segment of a pattern, seconds since 1970."""

    low: Array
    high: Array

    @property
    def possible(self) -> bool:
        """Whether the pattern fits."""
        return bool(np.all(self.low <= self.high + 1e-6))


def window_of(frame: Frame, run: Run, pattern: Pattern, free_from: float, deadline: float) -> Window:
    """Return when each segment may start so that all others can."""
    segments = pattern.segments
    count = len(segments)
    durations = np.array([segment.duration for segment in segments])
    pauses = np.array([segment.longest_pause for segment in segments])
    begin = max(frame.now, free_from, run.earliest_start.timestamp(), seconds(run.profile.earliest_start, -np.inf))
    if run.pinned_start is not None:
        return _pinned(run, pattern, max(run.pinned_start.timestamp(), frame.now, free_from))
    low = np.maximum(np.array([segment.first for segment in segments]), begin)
    high = np.minimum(np.array([segment.last for segment in segments]), deadline - durations)
    high[0] = min(high[0], seconds(run.profile.latest_start, np.inf))
    gaps = durations + np.array([*(segment.least_pause for segment in segments[1:]), 0.0])
    for _ in range(2):  # bounds of a chain are final after one way forth and one way back
        for stage in range(1, count):
            low[stage] = max(low[stage], low[stage - 1] + gaps[stage - 1])
            high[stage] = min(high[stage], high[stage - 1] + durations[stage - 1] + pauses[stage])
        for stage in range(count - 1, 0, -1):
            high[stage - 1] = min(high[stage - 1], high[stage] - gaps[stage - 1])
            low[stage - 1] = max(low[stage - 1], low[stage] - durations[stage - 1] - pauses[stage])
    rest = np.cumsum(gaps[::-1])[::-1]
    within = frame.horizon - rest
    if np.all(low <= within):
        high = np.minimum(high, within)
    return Window(low=low, high=np.where(np.isfinite(high), high, low))


def _pinned(run: Run, pattern: Pattern, start: float) -> Window:
    """Return the window that the user fixed, with the pauses that he gave it, all of it moved to a start."""
    if not run.schedule:
        return only_from(pattern, start)
    begins, before = [start], None
    for entry in run.schedule:
        if before is not None and entry.start > before.end:
            begins.append(start + (entry.start - run.schedule[0].start).total_seconds())
        before = entry
    return Window(low=np.array(begins), high=np.array(begins))


def only_from(pattern: Pattern, start: float) -> Window:
    """Return the window in which a pattern goes from one start on as fast as it may, and not otherwise."""
    starts = np.array([start + pattern.offset(stage) for stage in range(len(pattern.segments))])
    return Window(low=starts, high=starts)
