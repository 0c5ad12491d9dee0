"""The permitted sequence of modes that comes nearest to shares of a relaxed solution.

Each mode is to hold as long, counted from the beginning, as its shares add up to (sum-up rounding, with transitions,
timers and starts a day kept; S. Sager, Reformulations and algorithms for the optimization of switching decisions in
nonlinear optimal control, 2009).
A beam search with a fixed width; it is a start for the search, not a proof. It must not know any control type.
"""

from typing import Final, NamedTuple

import numpy as np

from ...model.time_grid import Array
from ..frame import Frame, Ints
from .days import day_of_steps
from .machine import MOMENT, Machine, TimerName

#: How many sequences are kept from step to step.
WIDTH: Final = 16

type Path = Ints
"""Per step the place of the mode."""


class _State(NamedTuple):
    cost: float
    mode: int
    owed: tuple[float, ...]
    """Per mode the hours that it still lacks."""
    timers: tuple[tuple[TimerName, float], ...]
    starts: int
    path: tuple[int, ...]


def nearest_path(frame: Frame, machine: Machine, wanted: Array) -> Path:
    """Return the modes for the first steps; `wanted` are shares, shape (modes, steps). The best of a few is taken."""
    steps = wanted.shape[1]
    at = np.maximum(frame.edges[:-1], frame.now)
    days = day_of_steps(frame)
    none = (0.0,) * len(machine.lines)
    begin = [machine.present] if machine.present is not None else [int(np.argmax(wanted[:, 0]))]
    running = tuple(sorted(machine.running.items(), key=str))
    states = [_State(0.0, mode, none, running, 0, ()) for mode in begin]
    for step in range(steps):
        hours = float(frame.hours[step])
        share = wanted[:, step].tolist()
        fresh = step > 0 and days[step] != days[step - 1]
        best: dict[tuple[int, tuple[tuple[TimerName, float], ...], int], _State] = {}
        for state in states:
            starts = 0 if fresh else state.starts
            left = machine.starts_left if days[step] <= 0 else machine.starts_a_day
            for mode, timers, started in _next(machine, state, float(at[step]), starts, left):
                owed = tuple(
                    debt + hours * (wish - (place == mode))
                    for place, (debt, wish) in enumerate(zip(state.owed, share, strict=True))
                )
                cost = state.cost + hours * sum(map(abs, owed))
                key = mode, timers, started
                if key not in best or cost < best[key].cost - 1e-12:
                    best[key] = _State(cost, mode, owed, timers, started, (*state.path, mode))
        states = sorted(best.values(), key=lambda state: (state.cost, state.path))[:WIDTH]
    return np.array(states[0].path, dtype=np.int64)


def _next(
    machine: Machine, state: _State, at: float, starts: int, left: int | None
) -> list[tuple[int, tuple[tuple[TimerName, float], ...], int]]:
    """Return the modes that may follow, with the timers and starts then."""
    timers = tuple(entry for entry in state.timers if entry[1] > at + MOMENT)
    names = {name for name, _ in timers}
    found = [(state.mode, timers, starts)]
    for arc in machine.arcs:
        if arc.origin != state.mode or arc.blocked_by & names:
            continue
        if machine.present is None and not state.path:
            continue
        if arc.counts and left is not None and starts >= left:
            continue
        kept = dict(timers)
        kept |= {name: max(kept.get(name, 0.0), at + machine.timers[name]) for name in arc.starts}
        found.append((arc.target, tuple(sorted(kept.items(), key=str)), starts + arc.counts))
    return found
