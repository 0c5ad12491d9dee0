"""Timers of a mode machine in the problem: what blocks a change, and what keeps a machine where it is.

Moments count at the edges of the steps, so a timer is never cut short: what it blocks waits for the first edge at which
it is over. In steps that are shared (see machine.py) timers do not count. It must not know any control type.
"""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from ...model.time_grid import Array
from ..frame import Frame, Ints
from ..problem import Problem
from .machine import MOMENT, Machine, TimerName, closure


def moments(frame: Frame) -> Array:
    """Return when a change in each step takes place, seconds since 1970: at its edge, or now."""
    return np.maximum(frame.edges[:-1], frame.now)


def blocked_at_first(frame: Frame, machine: Machine) -> list[NDArray[np.bool_]]:
    """Return per arc the steps in which a timer that runs already forbids it, or the unknown present mode does."""
    at = moments(frame)
    found = []
    for arc in machine.arcs:
        until = max((machine.running[name] for name in arc.blocked_by if name in machine.running), default=-np.inf)
        blocked = at < until - MOMENT
        if machine.present is None:
            blocked[0] = True
        found.append(blocked)
    return found


class Places(NamedTuple):
    """The columns of a machine per step."""

    shares: list[Ints | None]
    """Per mode; None for the one that is what is left."""
    changes: list[Ints]
    """Per arc."""


class _Timed(NamedTuple):
    """A timer: arcs that start it, arcs that it blocks, modes that the machine is in while it runs."""

    starters: list[int]
    blocked: list[int]
    inside: set[int]


def add_timers(problem: Problem, machine: Machine, places: Places) -> None:
    """Add the rows of timers that changes in the plan start."""
    at = moments(problem.frame)[machine.whole]
    for name, duration in machine.timers.items():
        starters = [number for number, arc in enumerate(machine.arcs) if name in arc.starts]
        blocked = [number for number, arc in enumerate(machine.arcs) if name in arc.blocked_by]
        if not starters or not blocked:
            continue
        inside = closure(
            {machine.arcs[number].target for number in starters},
            [arc for arc in machine.arcs if name not in arc.blocked_by],
        )
        timed = _Timed(starters, blocked, inside)
        # How many steps back a change still counts in each step.
        begun = np.searchsorted(at, at - duration + MOMENT, side="right")
        if _again(machine, name, starters, inside):
            _one_by_one(problem, machine, places, timed, begun)
        else:
            _together(problem, machine, places, timed, begun)


def _again(machine: Machine, name: TimerName, starters: list[int], inside: set[int]) -> bool:
    """Return whether a timer can be started again while it runs."""
    return any(
        machine.arcs[number].origin in inside and name not in machine.arcs[number].blocked_by for number in starters
    )


def _together(problem: Problem, machine: Machine, places: Places, timed: _Timed, begun: Ints) -> None:
    """Add turn-on inequalities: at most one start lies within the duration, so that one row holds for all of them."""
    starters, blocked, inside = timed
    shares, changes = places
    steps = len(begun)
    window = [(int(since), step) for step, since in enumerate(begun)]
    back = np.array([other for since, step in window for other in range(since, step + 1)], dtype=np.int64)
    here = np.array([step for since, step in window for _ in range(since, step + 1)], dtype=np.int64)
    if len(inside) < len(machine.lines):
        rows = _within(problem, shares, inside, np.arange(steps))
        for number in starters:
            problem.put(rows[here], changes[number][back], -1.0)
    for number in blocked:
        arc = machine.arcs[number]
        if arc.origin not in inside or arc.target not in inside:
            continue  # the row above says it already
        rows = problem.rows(steps, -np.inf, 1.0)
        problem.put(rows, changes[number][:steps], 1.0)
        before = back < here
        for starter in starters:
            problem.put(rows[here[before]], changes[starter][back[before]], 1.0)


def _one_by_one(problem: Problem, machine: Machine, places: Places, timed: _Timed, begun: Ints) -> None:
    """Add a row for each pair of a start and a later step within the duration."""
    starters, blocked, inside = timed
    shares, changes = places
    pairs = [(back, step) for step, since in enumerate(begun) for back in range(int(since), step)]
    if not pairs:
        return
    back, here = (np.array(entry, dtype=np.int64) for entry in zip(*pairs, strict=True))
    if len(inside) < len(machine.lines):
        rows = _within(problem, shares, inside, here)
        for number in starters:
            problem.put(rows, changes[number][back], -1.0)
    stays = [
        number for number in blocked if machine.arcs[number].origin in inside and machine.arcs[number].target in inside
    ]
    if not stays:
        return
    rows = problem.rows(len(pairs), -np.inf, 1.0)
    for number in starters:
        problem.put(rows, changes[number][back], 1.0)
    for number in stays:
        problem.put(rows, changes[number][here], 1.0)


def _within(problem: Problem, shares: list[Ints | None], inside: set[int], steps: Ints) -> Ints:
    """Add rows  Σ share of modes inside − … ≥ 0  in some steps; what is left out counts as 1 minus all others."""
    rests = any(shares[place] is None for place in inside)
    rows = problem.rows(len(steps), -1.0 if rests else 0.0, np.inf)
    for place, columns in enumerate(shares):
        if columns is None or (place in inside) == rests:
            continue
        problem.put(rows, columns[steps], -1.0 if rests else 1.0)
    return rows
