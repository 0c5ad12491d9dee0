"""Which mode in which step: the columns and rows of a mode machine (unit commitment).

A machine without memory has a share per step and mode; where the step is whole and a mode starts above zero, a yes or
no. A machine with memory is a unit flow through its modes, x_m being a yes or no per step and y_a a change:

    x_m(t) − x_m(t−1) = Σ y_a(t) into m − Σ y_a(t) out of m,        Σ y_a(t) into m ≤ x_m(t)

The changes follow from the modes, so they need not be whole. A timer that runs for D after the changes A and blocks
others keeps the machine within the modes S that it can reach meanwhile: the turn-on inequality of D. Rajan and
S. Takriti, Minimum up/down polytopes of the unit commitment problem with start-up costs, IBM RC23628 (2005),

    Σ y_a(s) for a in A and t − D < s ≤ t   ≤   Σ x_m(t) for m in S

With two modes and timers for both these and the bounds describe the convex hull. While a transition lasts, the device
draws what the mode it leaves draws at factor 0. It must not know any control type.
"""

from typing import Final

import numpy as np

from ...model.time_grid import Array
from ..frame import Ints
from ..problem import OUT_OF_RANGE, Problem
from ..solver.matrix import Rule
from .columns import Commitment, Effect, Sum, add_span, mode_columns
from .days import day_of_steps
from .machine import Machine
from .rounding import nearest_path
from .shares import share_steps
from .timers import Places, add_timers, blocked_at_first

#: A trace on every change of mode, in price scales: nothing is switched for nothing.
CHANGE_TRACE: Final = 1e-4


def commit(problem: Problem, machine: Machine, present: Array) -> Commitment:
    """Add a machine to the problem; its power and rate are the caller's to use."""
    if machine.memory:
        return _follow_changes(problem, machine, present)
    return share_steps(problem, machine, present)


def _follow_changes(problem: Problem, machine: Machine, present: Array) -> Commitment:
    frame = problem.frame
    steps = np.arange(frame.steps)
    effect = Effect.none(frame.steps)
    shares = [
        None
        if place == machine.rest
        else mode_columns(
            problem,
            line.cost[0] * present,
            line.extra[0] * present,
            upper=1.0,
            whole=machine.whole,
            penalty=OUT_OF_RANGE * frame.scale * frame.hours if line.abnormal else 0.0,
        )
        for place, line in enumerate(machine.lines)
    ]
    first = blocked_at_first(frame, machine)
    changes = [
        problem.columns(
            frame.steps, upper=(~blocked).astype(np.float64), worth=arc.cost, extra=CHANGE_TRACE * frame.scale
        )
        for arc, blocked in zip(machine.arcs, first, strict=True)
    ]
    _link(problem, machine, shares, changes)
    add_timers(problem, machine, Places(shares, changes))
    factors: list[Ints | None] = []
    active: list[Sum] = []
    for place, line in enumerate(machine.lines):
        columns = shares[place]
        waiting = _waiting(problem, machine, place, changes)
        held = Sum(frame.zeros())
        if columns is not None:
            held.add(steps, columns, np.ones(frame.steps))
        else:
            held.constant = held.constant + 1.0
            for other in shares:
                if other is not None:
                    held.add(steps, other, -np.ones(frame.steps))
        if columns is None:
            factors.append(None)
            active.append(held)
            _carry(waiting, machine, place, present, effect)
            continue
        effect.add(line, 0, columns, present)
        _carry(waiting, machine, place, present, effect)
        for _, at, arcs, values in waiting:
            held.add(at, arcs, -values)
        more = add_span(problem, line, present, effect, held)
        factors.append(more)
        if more is None or not line.from_zero:
            active.append(held)
        else:
            counted = Sum(frame.zeros())
            counted.add(steps, more, np.ones(frame.steps))
            active.append(counted)
    _limit_starts(problem, machine, changes)
    decided = [columns for columns in shares if columns is not None]
    if machine.whole.any() and decided:
        at = np.flatnonzero(machine.whole)
        problem.rule(np.concatenate([columns[at] for columns in decided]), _nearest(problem, machine, shares, at))
    return Commitment(
        machine=machine,
        present=present,
        effect=effect,
        shares=tuple(shares),
        factors=tuple(factors),
        active=tuple(active),
        changes=tuple(enumerate(changes)),
    )


def _link(problem: Problem, machine: Machine, shares: list[Ints | None], changes: list[Ints]) -> None:
    """Add the rows of the flow: one mode at a time, and changes between them."""
    frame = problem.frame
    if machine.rest is None:
        one = problem.rows(frame.steps, 1.0, 1.0)
        for columns in shares:
            if columns is not None:
                problem.put(one, columns, 1.0)
    for place, columns in enumerate(shares):
        into = [column for arc, column in zip(machine.arcs, changes, strict=True) if arc.target == place]
        out = [column for arc, column in zip(machine.arcs, changes, strict=True) if arc.origin == place]
        # What goes in stays for the step: x − Σ in ≥ 0, for the rest 1 − Σ x of the others.
        bound = problem.rows(frame.steps, -1.0 if columns is None else 0.0, np.inf)
        for other in shares if columns is None else (columns,):
            if other is not None:
                problem.put(bound, other, -1.0 if columns is None else 1.0)
        for column in into:
            problem.put(bound, column, -1.0)
        if columns is None:
            continue
        begun = frame.zeros()
        begun[0] = float(machine.present == place)
        free = np.zeros(frame.steps, dtype=bool)
        free[0] = machine.present is None
        rows = problem.rows(frame.steps, np.where(free, -np.inf, begun), np.where(free, np.inf, begun))
        problem.put(rows, columns, 1.0)
        problem.put(rows[1:], columns[:-1], -1.0)
        for column in into:
            problem.put(rows, column, -1.0)
        for column in out:
            problem.put(rows, column, 1.0)


def _limit_starts(problem: Problem, machine: Machine, changes: list[Ints]) -> None:
    """Bound the starts of each local day."""
    if machine.starts_a_day is None or machine.starts_left is None:
        return
    days = day_of_steps(problem.frame)
    for day in np.unique(days):
        row = problem.rows(1, -np.inf, float(machine.starts_left if day <= 0 else machine.starts_a_day))
        for arc, columns in zip(machine.arcs, changes, strict=True):
            if arc.counts:
                problem.put(row, columns[days == day], 1.0)


type Wait = tuple[int, Ints, Ints, Array]
"""Mode that is left, steps, columns of the change, share of the step in which the change still lasts."""


def _waiting(problem: Problem, machine: Machine, place: int, changes: list[Ints]) -> list[Wait]:
    """Return for which share of which steps changes into a mode still last."""
    frame = problem.frame
    found: list[Wait] = []
    for arc, columns in zip(machine.arcs, changes, strict=True):
        if arc.target != place or not arc.duration:
            continue
        starts = np.maximum(frame.edges[:-1], frame.now)
        low = np.maximum(frame.edges[None, :-1], starts[:, None])
        high = np.minimum(frame.edges[None, 1:], starts[:, None] + arc.duration)
        lasts = np.clip(high - low, 0.0, None) / frame.grid.durations[None, :]
        begun, step = np.nonzero(lasts > 1e-9)
        found.append((arc.origin, step, columns[begun], lasts[begun, step]))
    return found


def _carry(waiting: list[Wait], machine: Machine, place: int, present: Array, effect: Effect) -> None:
    """While a change lasts, what the mode that is left does at factor 0 counts, not what the new one does."""
    line = machine.lines[place]
    for origin, steps, columns, values in waiting:
        before = machine.lines[origin]
        for total, old, new in (
            (effect.power, before.power, line.power),
            (effect.rate, before.rate, line.rate),
        ):
            total.add(steps, columns, values * present[steps] * (old[0][steps] - new[0][steps]))


def _nearest(problem: Problem, machine: Machine, shares: list[Ints | None], at: Ints) -> Rule:
    """Return the rule: the permitted modes that come nearest to a solution in which they were anything between."""
    frame = problem.frame

    def rule(x: Array) -> Array:
        wanted = np.zeros((len(machine.lines), len(at)))
        for place, columns in enumerate(shares):
            if columns is not None:
                wanted[place] = x[columns[at]]
        if machine.rest is not None:
            wanted[machine.rest] = 1.0 - wanted.sum(axis=0)
        path = nearest_path(frame, machine, wanted)
        decided = [place for place, columns in enumerate(shares) if columns is not None]
        return np.concatenate([(path == place).astype(np.float64) for place in decided])

    return rule
