"""The rows that keep the segments of a run in order, with the pauses that are allowed between them.

It must not know how a run was cut into segments.
"""

from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from ..model.time_grid import Array
from .frame import Ints
from .problem import Problem
from .run_patterns import Pattern, Segment
from .run_starts import Starts


@dataclass(frozen=True, slots=True)
class _Stage:
    """The starts of one segment of one pattern, by time."""

    segment: Segment
    begin: Array
    columns: Ints
    so_far: Ints
    """Columns: how many of the starts up to each one are chosen, 0 or 1."""


def link_segments(problem: Problem, starts: Starts, columns: Ints) -> None:
    """Add the rows of all patterns with more than one segment."""
    for number, pattern in enumerate(starts.patterns):
        if len(pattern.segments) < 2:
            continue
        stages = [
            _stage(problem, segment, starts.start[mine], columns[mine])
            for stage, segment in enumerate(pattern.segments)
            for mine in (starts.of(number, stage),)
        ]
        several = len(starts.patterns) > 1 or starts.optional
        for earlier, later in pairwise(stages):
            both = problem.rows(1, 0.0, 0.0)
            problem.put(both, later.columns, 1.0)
            problem.put(both, earlier.columns, -1.0)
            problem.chosen_by_rows(later.columns, optional=several)
            _follow(problem, earlier, later)
            _price_pause(problem, earlier, later)
        _bound_pauses(problem, pattern, stages)


def _stage(problem: Problem, segment: Segment, begin: Array, columns: Ints) -> _Stage:
    so_far = problem.columns(len(columns), upper=1.0)
    rows = problem.rows(len(columns), 0.0, 0.0)
    problem.put(rows, so_far, 1.0)
    problem.put(rows[1:], so_far[:-1], -1.0)
    problem.put(rows, columns, -1.0)
    return _Stage(segment=segment, begin=begin, columns=columns, so_far=so_far)


def _follow(problem: Problem, earlier: _Stage, later: _Stage) -> None:
    """A segment starts after the one before has ended, and before the longest pause is over."""
    ended = earlier.begin + earlier.segment.duration
    _at_most(problem, later.so_far, earlier.so_far, np.searchsorted(ended, later.begin + 1e-3, side="right") - 1)
    if np.isfinite(later.segment.longest_pause):
        until = ended + later.segment.longest_pause
        _at_most(problem, earlier.so_far, later.so_far, np.searchsorted(later.begin, until + 1e-3, side="right") - 1)
    if later.segment.shortest_pause > 0:
        # Either at once, or not before the shortest pause is over.
        rows = problem.rows(len(later.columns), -np.inf, 0.0)
        problem.put(rows, later.columns, 1.0)
        at, before = np.nonzero(np.abs(later.begin[:, None] - ended[None, :]) < 1e-3)
        problem.put(rows[at], earlier.columns[before], -1.0)
        last = np.searchsorted(ended + later.segment.shortest_pause, later.begin + 1e-3, side="right") - 1
        some = last >= 0
        problem.put(rows[some], earlier.so_far[last[some]], -1.0)


def _at_most(problem: Problem, these: Ints, those: Ints, place: Ints) -> None:
    """Bound each of these by the one of those at its place; by nothing at all where the place is before the first."""
    rows = problem.rows(len(these), -np.inf, 0.0)
    problem.put(rows, these, 1.0)
    some = place >= 0
    problem.put(rows[some], those[place[some]], -1.0)


def _price_pause(problem: Problem, earlier: _Stage, later: _Stage) -> None:
    """Let a pause inside a sequence cost what a resume costs, and as a wish the least gain that is worth a change."""
    segment, frame = later.segment, problem.frame
    if not segment.interrupts:
        return
    price = float(np.average(frame.import_price, weights=frame.hours))
    money = segment.resume_cost + segment.resume_energy * max(price, 0.0)
    wish = frame.snapshot.goals.move_gain
    before, after = np.nonzero(np.abs(earlier.begin[:, None] + earlier.segment.duration - later.begin[None, :]) < 1e-3)
    going_on = problem.columns(len(before), upper=1.0, worth=-money, extra=-wish)
    for chosen in (earlier.columns[before], later.columns[after]):
        rows = problem.rows(len(before), -np.inf, 0.0)
        problem.put(rows, going_on, 1.0)
        problem.put(rows, chosen, -1.0)
    paid = problem.columns(1, upper=1.0, worth=money, extra=wish)
    row = problem.rows(1, 0.0, 0.0)
    problem.put(row, paid, 1.0)
    problem.put(row, later.columns, -1.0)


def _bound_pauses(problem: Problem, pattern: Pattern, stages: list[_Stage]) -> None:
    """Bound the sum of the pauses of a sequence."""
    origin = problem.frame.now
    for first, last, longest in pattern.pause_sums:
        working = sum(stage.segment.duration for stage in stages[first:last])
        row = problem.rows(1, -np.inf, 0.0)
        problem.put(row, stages[last].columns, (stages[last].begin - origin - working - longest) / 3600.0)
        problem.put(row, stages[first].columns, -(stages[first].begin - origin) / 3600.0)
