"""Modes of a machine without memory: a share per step and mode.

Where the step is whole and a mode starts above zero, a yes or no; a mode that starts at nothing needs only its factor.
It must not know any control type.
"""

import numpy as np

from ...model.time_grid import Array
from ..frame import Ints
from ..problem import Problem
from ..solver.matrix import Rule
from .columns import Commitment, Effect, Sum, add_span, mode_columns
from .lines import ModeLine
from .machine import Machine


def share_steps(problem: Problem, machine: Machine, present: Array) -> Commitment:
    """Add a machine without memory; `present` is the share of each step in which it is there."""
    frame = problem.frame
    steps = np.arange(frame.steps)
    there = (present > 0).astype(np.float64)
    effect = Effect.none(frame.steps)
    shares: list[Ints | None] = []
    factors: list[Ints | None] = []
    active: list[Sum] = []
    deciding: list[Ints] = []
    together: list[tuple[Ints, Array]] = []
    always = len(machine.lines) == 1 and machine.rest is None
    for place, line in enumerate(machine.lines):
        counted = Sum(frame.zeros())
        active.append(counted)
        if place == machine.rest:
            shares.append(None)
            factors.append(None)
            continue
        if line.from_zero and line.spans:
            factor = mode_columns(problem, line.cost[1], line.extra[1], upper=present * line.stretch)
            effect.add(line, 1, factor, np.ones(frame.steps))
            counted.add(steps, factor, np.ones(frame.steps))
            together.append((factor, 1.0 / line.stretch))
            shares.append(factor)
            factors.append(factor)
            continue
        whole = machine.whole & (there > 0) & (not always) & (not line.nothing)
        chosen = mode_columns(
            problem, line.cost[0] * present, line.extra[0] * present, upper=there, lower=there * always, whole=whole
        )
        effect.add(line, 0, chosen, present)
        if whole.any():
            deciding.append(chosen)
        together.append((chosen, np.ones(frame.steps)))
        shares.append(chosen)
        held = Sum(frame.zeros())
        held.add(steps, chosen, np.ones(frame.steps))
        more = add_span(problem, line, present, effect, held)
        factors.append(more)
        counted.add(steps, chosen, present)
        if whole.any() and sum(not entry.from_zero for entry in machine.lines) == 1:
            at = np.flatnonzero(whole)
            problem.rule(chosen[at], _enough(chosen[at], more[at] if more is not None else None, line, at))
    if len(deciding) > 1:
        for step in np.flatnonzero(machine.whole & (there > 0)):
            columns = np.array([chosen[step] for chosen in deciding])
            problem.chosen_by_rows(columns, optional=len(together) > len(deciding) or machine.rest is not None)
    if len(machine.lines) > 1:
        rows = problem.rows(frame.steps, there if machine.rest is None else -np.inf, there)
        for columns, weights in together:
            problem.put(rows, columns, weights)
    if machine.rest is not None:
        active[machine.rest] = _rest(active[machine.rest], together, steps)
    return Commitment(
        machine=machine,
        present=present,
        effect=effect,
        shares=tuple(shares),
        factors=tuple(factors),
        active=tuple(active),
        changes=(),
    )


def _rest(counted: Sum, together: list[tuple[Ints, Array]], steps: Ints) -> Sum:
    counted.constant = counted.constant + 1.0
    for columns, weights in together:
        counted.add(steps, columns, -weights)
    return counted


def _enough(chosen: Ints, factor: Ints | None, line: ModeLine, at: Ints) -> Rule:
    """Return the rule for a mode that starts above zero: on as often as its energy asks for.

    A step with enough power is on; what other steps lack for the least power is handed on to the next ones until it
    makes up a step.
    """
    low, high = line.power[0][at], line.power[1][at]
    growth = np.divide(high - low, low, out=np.zeros(len(at)), where=low != 0)

    def rule(x: Array) -> Array:
        wanted = np.minimum(x[chosen] + (growth * x[factor] if factor is not None else 0.0), 1.0)
        on = np.zeros(len(wanted))
        owed = 0.0
        for step in np.flatnonzero(wanted > 1e-6):
            owed += wanted[step]
            if owed >= 0.5:
                on[step] = 1.0
                owed -= 1.0
        return on

    return rule
