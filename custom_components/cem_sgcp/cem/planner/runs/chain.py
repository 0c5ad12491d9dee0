"""The rows that keep the segments of a run in order, with the pauses that are allowed between them.

A run goes on without a pause where a segment starts as the one before ends; one column per such pair says so. What
pauses cost, how long they may be together, and how many there may be follows from these columns. It must not know how a
run was cut into segments.
"""

from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from ...model.time_grid import Array
from ..frame import Ints
from ..problem import Problem
from .cuts import Segment
from .patterns import Pattern
from .starts import Starts


@dataclass(frozen=True, slots=True)
class GoingOn:
    """Where segments follow one another without a pause."""

    entries: Ints
    """Entry of the later start."""
    columns: Ints
    """Column that is 1 if both starts are chosen."""


@dataclass(frozen=True, slots=True)
class _Stage:
    """The starts of one segment of one pattern, by time."""

    segment: Segment
    begin: Array
    entries: Ints
    columns: Ints
    so_far: Ints
    """Columns: how many of the starts up to each one are chosen, 0 or 1."""


def link_segments(problem: Problem, starts: Starts, columns: Ints) -> GoingOn:
    """Add the rows of all patterns with more than one segment."""
    none = np.zeros(0, dtype=np.int64)
    found = [GoingOn(entries=none, columns=none)]
    alone = starts.run.profile.supports_single_slot_scheduling_only
    for number, pattern in enumerate(starts.patterns):
        if len(pattern.segments) < 2:
            continue
        stages = [
            _stage(problem, segment, starts.start[mine], (mine, columns[mine]))
            for stage, segment in enumerate(pattern.segments)
            for mine in (starts.of(number, stage),)
        ]
        several = len(starts.patterns) > 1 or starts.optional
        going_on: list[GoingOn] = []
        for earlier, later in pairwise(stages):
            both = problem.rows(1, 0.0, 0.0)
            problem.put(both, later.columns, 1.0)
            problem.put(both, earlier.columns, -1.0)
            problem.chosen_by_rows(later.columns, optional=several)
            _follow(problem, earlier, later)
            going_on.append(_going_on(problem, earlier, later, needed=later.segment.interrupts or alone))
            _price_pause(problem, later, going_on[-1])
        _bound_pauses(problem, pattern, stages, going_on)
        if alone:
            _one_pause(problem, stages, going_on)
        found += going_on
    return GoingOn(
        entries=np.concatenate([entry.entries for entry in found]),
        columns=np.concatenate([entry.columns for entry in found]),
    )


def _stage(problem: Problem, segment: Segment, begin: Array, mine: tuple[Ints, Ints]) -> _Stage:
    entries, columns = mine
    so_far = problem.columns(len(columns), upper=1.0)
    rows = problem.rows(len(columns), 0.0, 0.0)
    problem.put(rows, so_far, 1.0)
    problem.put(rows[1:], so_far[:-1], -1.0)
    problem.put(rows, columns, -1.0)
    return _Stage(segment=segment, begin=begin, entries=entries, columns=columns, so_far=so_far)


def _follow(problem: Problem, earlier: _Stage, later: _Stage) -> None:
    """A segment starts after the one before has ended, and before the longest pause is over."""
    ended = earlier.begin + earlier.segment.duration
    _at_most(problem, later.so_far, earlier.so_far, np.searchsorted(ended, later.begin + 1e-3, side="right") - 1)
    if np.isfinite(later.segment.longest_pause):
        until = ended + later.segment.longest_pause
        _at_most(problem, earlier.so_far, later.so_far, np.searchsorted(later.begin, until + 1e-3, side="right") - 1)
    if later.segment.shortest_pause > 0:
        # Not before the shortest pause is over, or at once where there need be none.
        rows = problem.rows(len(later.columns), -np.inf, 0.0)
        problem.put(rows, later.columns, 1.0)
        if not later.segment.must_pause:
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


def _going_on(problem: Problem, earlier: _Stage, later: _Stage, *, needed: bool) -> GoingOn:
    """Add the columns that are 1 where a segment follows the one before without a pause."""
    gap = np.abs(earlier.begin[:, None] + earlier.segment.duration - later.begin[None, :])
    before, after = np.nonzero((gap < 1e-3) & needed)
    columns = problem.columns(len(before), upper=1.0)
    for chosen in (earlier.columns[before], later.columns[after]):
        rows = problem.rows(len(before), -np.inf, 0.0)
        problem.put(rows, columns, 1.0)
        problem.put(rows, chosen, -1.0)
    return GoingOn(entries=later.entries[after], columns=columns)


def _price_pause(problem: Problem, later: _Stage, going_on: GoingOn) -> None:
    """Let a pause inside a sequence cost what a resume costs, and as a wish the least gain that is worth a change.

    A pause that must be is no change, but costs what its resume costs.
    """
    segment, frame = later.segment, problem.frame
    if not segment.interrupts:
        return
    price = float(np.average(frame.import_price, weights=frame.hours))
    money = segment.resume_cost + segment.resume_energy * max(price, 0.0)
    wish = 0.0 if segment.must_pause else frame.snapshot.goals.move_gain
    paused = problem.columns(1, upper=1.0, worth=money, extra=wish)
    row = problem.rows(1, 0.0, 0.0)
    problem.put(row, paused, 1.0)
    problem.put(row, later.columns, -1.0)
    problem.put(row, going_on.columns, 1.0)


def _bound_pauses(problem: Problem, pattern: Pattern, stages: list[_Stage], going_on: list[GoingOn]) -> None:
    """Bound the sum of the pauses of a sequence: at most so long together, and if there is any at least so long."""
    origin = problem.frame.now
    for sums in pattern.pause_sums:
        first, last = stages[sums.first], stages[sums.last]
        working = sum(stage.segment.duration for stage in stages[sums.first : sums.last])
        if np.isfinite(sums.most):
            row = problem.rows(1, -np.inf, 0.0)
            problem.put(row, last.columns, (last.begin - origin - working - sums.most) / 3600.0)
            problem.put(row, first.columns, -(first.begin - origin) / 3600.0)
        for place in range(sums.first, sums.last) if sums.least > 0 else ():
            row = problem.rows(1, 0.0, np.inf)
            problem.put(row, last.columns, (last.begin - origin - working - sums.least) / 3600.0)
            problem.put(row, first.columns, -(first.begin - origin) / 3600.0)
            problem.put(row, going_on[place].columns, sums.least / 3600.0)


def _one_pause(problem: Problem, stages: list[_Stage], going_on: list[GoingOn]) -> None:
    """Let a run have one pause at most: of its slots only one is given a time besides the start."""
    row = problem.rows(1, -np.inf, 0.0)
    problem.put(row, stages[0].columns, float(len(going_on) - 1))
    for entry in going_on:
        problem.put(row, entry.columns, -1.0)
