"""Net metering: feed-in set off against import within a billing period.

What is set off earns the import price of its step instead of the export price, less a fee; what is not set off by the
end of the period earns the export price (so the rule of the Dutch Elektriciteitswet 1998, article 31c, and of net
energy metering by time of use: fed-in energy is credited at the retail price of the time it is fed in):

    cost = Σ p_import I − Σ p_export E − Σ (p_import − fee − p_export) (S + U)
    S ≤ E                   feed-in of the step that is set off
    U ≤ I                   import of the step that is set off against feed-in of the period before now
    Σ S ≤ balance⁺ + Σ (I − U),   Σ U ≤ balance⁻,   Σ (S + U) ≤ limit        all Σ over one billing period

`balance` is import minus feed-in so far: what was imported makes room for feed-in, what was fed in makes import
cheaper. Of the period only what lies on the grid counts; import beyond the horizon is not assumed. After its end a new
period begins with a balance of nothing. As meters count one direction at a time, import and export in the same step
never make room for each other (exchange.py). It must not know any device.
"""

import numpy as np

from ...model.time_grid import Array
from ..frame import Ints
from ..problem import Problem
from .tiers import Flow


def add_netting(problem: Problem, imports: Flow, exports: Flow) -> Ints:
    """Add what is set off in each step, kW; returns the columns."""
    frame = problem.frame
    netting = frame.snapshot.net_metering
    none = np.zeros(0, dtype=np.int64)
    if netting is None:
        return none
    gain = np.clip(frame.import_price - netting.fee - frame.export_price, 0.0, None)
    end = netting.period_end.timestamp()
    limit = np.inf if netting.limit is None else netting.limit / 1000.0
    balance = netting.balance / 1000.0
    added: list[Ints] = []
    now = frame.edges[:-1] < end
    for inside, so_far in ((now, balance), (~now, 0.0)):
        steps = np.flatnonzero(inside & (gain > 0))
        if not len(steps):
            continue
        bought = inside[imports.steps]
        fed_in = _set_off(problem, steps, gain, exports)
        room = problem.rows(1, -np.inf, max(so_far, 0.0))
        capped = problem.rows(1, -np.inf, limit)
        problem.put(room, fed_in, frame.hours[steps])
        problem.put(room, imports.columns[bought], -frame.hours[imports.steps[bought]])
        problem.put(capped, fed_in, frame.hours[steps])
        added.append(fed_in)
        if so_far < 0:
            taken = _set_off(problem, steps, gain, imports)
            problem.put(room, taken, frame.hours[steps])
            problem.put(capped, taken, frame.hours[steps])
            problem.put(problem.rows(1, -np.inf, -so_far), taken, frame.hours[steps])
            added.append(taken)
    return np.concatenate([none, *added])


def _set_off(problem: Problem, steps: Ints, gain: Array, flow: Flow) -> Ints:
    """Add columns of what is set off in some steps: no more than what flows."""
    frame = problem.frame
    columns = problem.columns(len(steps), worth=-gain[steps] * frame.hours[steps])
    rows = problem.rows(len(steps), -np.inf, 0.0)
    problem.put(rows, columns, 1.0)
    place = np.full(frame.steps, -1)
    place[steps] = np.arange(len(steps))
    mine = place[flow.steps] >= 0
    problem.put(rows[place[flow.steps[mine]]], flow.columns[mine], -1.0)
    return columns
