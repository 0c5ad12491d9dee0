"""Runs in a plan by simple rules: each to the cheapest start that keeps limits and its deadline, the urgent ones first.

It must not know the optimisation.
"""

from dataclasses import dataclass

import numpy as np

from ...model import Intent, Plan, PlannedRun, Resource, Run
from ...model.time_grid import Array
from ..frame import Frame
from ..messages import note
from ..power_profile import started_runs
from ..runs.cycles import DAY, most_cycles, past_cycles
from ..runs.patterns import moment
from ..runs.starts import SAME, Starts, starts_of
from ..solution import TINY
from .draft import Draft, device_plan


def _cost(frame: Frame, power: Array, net: Array) -> Array | float:
    """Return what a power costs on top of a net power, currency; several powers as rows."""
    from_grid = np.maximum(net + power, 0.0) - np.maximum(net, 0.0)
    to_grid = np.maximum(-net - power, 0.0) - np.maximum(-net, 0.0)
    cost: Array = (from_grid * frame.import_price - to_grid * frame.export_price) @ frame.hours
    return cost


def add_runs(draft: Draft, resources: list[Resource], previous: Plan | None) -> None:
    """Place runs one after the other, the most urgent first."""
    frame = draft.frame
    before = {run.run_id: run.start.timestamp() for run in (previous.runs() if previous is not None else ())}
    power = {entry.resource_id: frame.zeros() for entry in resources}
    runs: dict[str, list[PlannedRun]] = {}
    free: dict[str, float] = {}
    most = {entry.resource_id: most_cycles(entry) for entry in resources}
    begun = {entry.resource_id: past_cycles(entry, frame.now).tolist() for entry in resources}
    for resource in resources:
        taken, started, free_from = started_runs(frame, resource)
        power[resource.resource_id] += taken
        draft.net = draft.net + taken
        runs[resource.resource_id] = list(started)
        free[resource.resource_id] = free_from
    waiting = [
        (run.latest_end.timestamp() if run.latest_end else np.inf, resource.priority, run.run_id, resource, run)
        for resource in resources
        for run in resource.runs
        if run.open and not run.running
    ]
    for _, _, _, resource, run in sorted(waiting, key=lambda entry: entry[:3]):
        name = resource.resource_id
        kept = before.get(run.run_id)
        starts, entries = _placed(draft, run, (free[name], kept), _Cycles(most[name], begun[name]))
        chosen = starts.energy[list(entries)].sum(axis=0) / frame.hours
        planned = _planned(draft, starts, entries, chosen)
        if not planned.met:
            draft.notes.append(
                note(
                    "deadline_missed",
                    name,
                    name=resource.name or name,
                    deadline=moment(starts.deadline).isoformat(),
                    start=planned.start.isoformat(),
                    end=planned.end.isoformat(),
                )
            )
        draft.net = draft.net + chosen
        power[name] += chosen
        runs[name].append(planned)
        free[name] = max(free[name], planned.end.timestamp())
        begun[name].append(planned.start.timestamp())
    for resource in resources:
        mine = power[resource.resource_id]
        intent = tuple(Intent.RUN if abs(entry) > TINY else Intent.IDLE for entry in mine)
        draft.devices[resource.resource_id] = device_plan(resource, mine, intent, tuple(runs[resource.resource_id]))


@dataclass(frozen=True, slots=True)
class _Cycles:
    """How often a device may start within a day, and when it did or will, s since 1970."""

    most: int | None
    begun: list[float]

    def over(self, begin: Array) -> Array:
        """Return by how many starts each of some starts would be too much."""
        if self.most is None:
            return np.zeros(len(begin))
        near = np.abs(np.array(self.begun)[None, :] - begin[:, None]) < DAY
        over: Array = np.maximum(near.sum(axis=1) + 1.0 - self.most, 0.0)
        return over


def _placed(
    draft: Draft, run: Run, wanted: tuple[float, float | None], cycles: _Cycles
) -> tuple[Starts, tuple[int, ...]]:
    """Return the starts of a run and the best of them; one that misses the deadline where limits are broken else."""
    free_from, kept = wanted
    starts = starts_of(draft.frame, run, free_from, kept, late=False)
    entries, broken = _best_start(draft, starts, kept, cycles)
    if not any(broken) or not np.isfinite(starts.deadline):
        return starts, entries
    later = starts_of(draft.frame, run, free_from, kept, late=True)
    others, less = _best_start(draft, later, kept, cycles)
    return (later, others) if less < broken else (starts, entries)


def _best_start(
    draft: Draft, starts: Starts, kept: float | None, cycles: _Cycles
) -> tuple[tuple[int, ...], tuple[float, float]]:
    """Return the start that breaks limits least, then the one kept, then the cheapest; and what it breaks.

    What is broken is kWh above limits and starts too many; a price on the highest import counts as a cost.
    """
    frame = draft.frame
    first = np.flatnonzero((starts.stage == 0) & starts.permitted)
    ways = [starts.without_pause(int(starts.pattern[entry]), float(starts.start[entry])) for entry in first]
    fitting = [way for way in ways if way is not None and starts.permitted[list(way)].all()]
    possible = fitting or [_first_way(starts, int(starts.pattern[first[0]]))]
    power = np.array([starts.energy[list(way)].sum(axis=0) for way in possible]) / frame.hours
    begin = np.array([starts.start[way[0]] for way in possible])
    late = np.array([max(float(starts.end[way[-1]]) - starts.deadline, 0.0) for way in possible])
    broken = np.round(np.maximum(power - np.maximum(draft.headroom(), 0.0), 0.0) @ frame.hours, 3)
    over = cycles.over(begin)
    cost = _cost(frame, power, draft.net) + np.array(
        [starts.wish[list(way)].sum() + starts.cost[list(way)].sum() for way in possible]
    )
    peak = sum((charge.price for charge in frame.snapshot.capacity_charges), 0.0)
    if peak:
        cost = cost + peak * np.max(np.maximum(power - np.maximum(draft.free_room(), 0.0), 0.0), axis=1)
    moved = np.zeros(len(begin)) if kept is None else (np.abs(begin - kept) > SAME).astype(float)
    best = int(np.lexsort((begin, cost, moved, late, over, broken))[0])
    worst = (float(broken[best]), float(over[best]))
    return possible[best], worst


def _first_way(starts: Starts, pattern: int) -> tuple[int, ...]:
    """Return the earliest permitted start of each segment, where none goes without a pause."""
    stages = range(len(starts.patterns[pattern].segments))
    ways = [starts.of(pattern, stage) for stage in stages]
    return tuple(int(mine[np.argmax(starts.permitted[mine])]) for mine in ways)


def _planned(draft: Draft, starts: Starts, entries: tuple[int, ...], power: Array) -> PlannedRun:
    frame = draft.frame
    pattern = int(starts.pattern[entries[0]])
    end = float(starts.end[entries[-1]])
    at_once = starts.without_pause(pattern, frame.now)
    now = None if at_once is None else _cost(frame, starts.energy[list(at_once)].sum(axis=0) / frame.hours, draft.net)
    return PlannedRun(
        run_id=starts.run.run_id,
        start=moment(float(starts.start[entries[0]])),
        end=moment(end),
        choice=starts.patterns[pattern].choice,
        slots=starts.lay_out(entries),
        cost=round(float(_cost(frame, power, draft.net)), 6),
        cost_now=None if now is None else round(float(now), 6),
        latest_start=moment(starts.latest) if starts.latest is not None else None,
        met=end <= starts.deadline + 1.0,
    )
