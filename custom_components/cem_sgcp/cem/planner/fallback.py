"""A plan by simple rules, for when there is no solver or it found nothing.

Runs go to the cheapest start that keeps the import limit, in the order of their deadlines; where none does, to the one
that breaks it least. Stores with a target are filled in the cheapest steps before it; other stores take surplus and
cover the house. Generation is curtailed where the export limit asks for it. It must not know the optimisation.
"""

import numpy as np

from ..model import (
    FillRate,
    Intent,
    LimitType,
    Note,
    Plan,
    PlannedRun,
    PlanStatus,
    PowerEnvelope,
    PowerProfile,
    Resource,
    SiteSnapshot,
)
from ..model.time_grid import Array
from .fallback_stores import Draft, add_store, device_plan
from .frame import Frame, forecast_power, frame_of
from .messages import note
from .power_profile import started_runs
from .run_patterns import moment
from .run_starts import SAME, Starts, starts_of
from .solution import TINY, limits_in_watts, numbers, over_notes, watts


def fallback_plan(snapshot: SiteSnapshot, notes: tuple[Note, ...], previous: Plan | None) -> Plan:
    """Return a plan by rules; `notes` say why. Starts of the plan before are kept where they still can be."""
    frame = frame_of(snapshot)
    draft = Draft(frame=frame, net=frame.base.copy(), devices={})
    flexible = [entry for entry in snapshot.resources if entry.available and _plannable(entry)]
    for resource in snapshot.resources:
        if resource not in flexible:
            _add_forecast(draft, resource)
    said = list(notes)
    _add_runs(draft, [entry for entry in flexible if isinstance(entry.control, PowerProfile)], previous, said)
    stores = sorted(
        (entry for entry in flexible if isinstance(entry.control, FillRate)),
        key=lambda entry: (not _has_target(entry), entry.priority, entry.resource_id),
    )
    for resource in stores:
        add_store(draft, resource)
    _curtail(draft)
    net = draft.net
    said += over_notes(frame, "import_limit_exceeded", net - frame.import_limit, frame.import_limit)
    said += over_notes(frame, "export_limit_exceeded", -net - frame.export_limit, frame.export_limit)
    price = np.where(net >= 0, frame.import_price, frame.export_price)
    return Plan(
        created=snapshot.now,
        grid=frame.grid,
        status=PlanStatus.FALLBACK,
        currency=snapshot.prices.currency,
        net_power=watts(net),
        base_load=watts(frame.base),
        import_price=numbers(frame.import_price),
        export_price=numbers(frame.export_price),
        price_known=tuple(frame.price_known.tolist()),
        import_limit=limits_in_watts(frame.import_limit),
        export_limit=limits_in_watts(frame.export_limit),
        marginal_price=numbers(price),
        devices=tuple(draft.devices[entry.resource_id] for entry in snapshot.resources),
        cost=round(float(np.dot(net * frame.hours, price)), 9),
        objective=round(float(np.dot(net * frame.hours, price)), 9),
        solver="rules",
        notes=(*said, *frame.notes),
    )


def _plannable(resource: Resource) -> bool:
    return isinstance(resource.control, PowerProfile | FillRate)


def _has_target(resource: Resource) -> bool:
    return isinstance(resource.control, FillRate) and bool(resource.control.targets)


def _cost(frame: Frame, power: Array, net: Array) -> Array | float:
    """Return what a power costs on top of a net power, currency; several powers as rows."""
    from_grid = np.maximum(net + power, 0.0) - np.maximum(net, 0.0)
    to_grid = np.maximum(-net - power, 0.0) - np.maximum(-net, 0.0)
    cost: Array = (from_grid * frame.import_price - to_grid * frame.export_price) @ frame.hours
    return cost


def _add_forecast(draft: Draft, resource: Resource) -> None:
    power = forecast_power(resource, draft.frame.grid, draft.frame.now)
    intent = Intent.UNLIMITED if isinstance(resource.control, PowerEnvelope) else Intent.IDLE
    plan = device_plan(resource, power, (intent,) * len(power))
    if isinstance(resource.control, PowerEnvelope):
        rating = (resource.control.nominal_power or 0.0) / 1000.0
        plan = plan.replace(lower=watts(np.minimum(power, -rating)), upper=watts(np.maximum(power, rating)))
    draft.keep(resource, plan, power)


# ------------------------------------------------------------------------------------------------------------ runs


def _add_runs(draft: Draft, resources: list[Resource], previous: Plan | None, said: list[Note]) -> None:
    """Place runs one after the other, the most urgent first."""
    frame = draft.frame
    before = {run.run_id: run.start.timestamp() for run in (previous.runs() if previous is not None else ())}
    power = {entry.resource_id: frame.zeros() for entry in resources}
    runs: dict[str, list[PlannedRun]] = {}
    free: dict[str, float] = {}
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
        starts = starts_of(frame, run, free[name], kept, late=False)
        entries = _best_start(draft, starts, kept)
        chosen = starts.energy[list(entries)].sum(axis=0) / frame.hours
        planned = _planned(draft, starts, entries, chosen)
        if not planned.met:
            said.append(
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
    for resource in resources:
        mine = power[resource.resource_id]
        intent = tuple(Intent.RUN if abs(entry) > TINY else Intent.IDLE for entry in mine)
        draft.devices[resource.resource_id] = device_plan(resource, mine, intent, tuple(runs[resource.resource_id]))


def _best_start(draft: Draft, starts: Starts, kept: float | None) -> tuple[int, ...]:
    """Return the start that breaks limits least, then the one of the plan before, then the cheapest."""
    frame = draft.frame
    first = np.flatnonzero((starts.stage == 0) & starts.permitted)
    ways = [starts.without_pause(int(starts.pattern[entry]), float(starts.start[entry])) for entry in first]
    fitting = [way for way in ways if way is not None and starts.permitted[list(way)].all()]
    possible = fitting or [_first_way(starts, int(starts.pattern[first[0]]))]
    power = np.array([starts.energy[list(way)].sum(axis=0) for way in possible]) / frame.hours
    begin = np.array([starts.start[way[0]] for way in possible])
    late = np.array([float(starts.end[way[-1]] > starts.deadline + 1.0) for way in possible])
    broken = np.round(np.maximum(power - np.maximum(draft.headroom(), 0.0), 0.0) @ frame.hours, 3)
    cost = _cost(frame, power, draft.net) + np.array([starts.wish[list(way)].sum() for way in possible])
    moved = np.zeros(len(begin)) if kept is None else (np.abs(begin - kept) > SAME).astype(float)
    return possible[int(np.lexsort((begin, cost, moved, late, broken))[0])]


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


# -------------------------------------------------------------------------------------------------------- generation


def _curtail(draft: Draft) -> None:
    """Curtail generation where more would be exported than the limit allows."""
    frame = draft.frame
    for resource in frame.snapshot.resources:
        control = resource.control
        if not resource.available or not isinstance(control, PowerEnvelope):
            continue
        if control.limit_range(LimitType.LOWER) is None:
            continue
        plan = draft.devices[resource.resource_id]
        power = np.array(plan.power) / 1000.0
        over = np.clip(-draft.net - frame.export_limit, 0.0, np.maximum(-power, 0.0))
        if not (over > TINY).any():
            continue
        power = power + over
        draft.net = draft.net + over
        draft.devices[resource.resource_id] = plan.replace(
            intent=tuple(Intent.CURTAIL if entry > TINY else Intent.UNLIMITED for entry in over),
            power=watts(power),
            lower=tuple(
                told if entry > TINY else free for entry, told, free in zip(over, watts(power), plan.lower, strict=True)
            ),
        )
