"""A plan by simple rules, for when there is no solver or it found nothing.

Runs go to the cheapest start that keeps the import limit, in the order of their deadlines; where none does, to one that
is late rather than above the limit. Demands are met by the cheapest actuators; stores are filled in the cheapest steps
before they need it, else they take surplus and cover the house; quotas of modes are served in the cheapest steps; what
gives power does so where a limit needs it, and generation is curtailed where the export limit asks for it. Where that
leaves a target missed, it is tried again with the runs last, for a deadline gives way before a target. It must not know
the optimisation.
"""

import numpy as np

from ...model import (
    DemandDriven,
    FillRate,
    Intent,
    LimitType,
    Note,
    OperationModes,
    Plan,
    PlanStatus,
    PowerEnvelope,
    PowerProfile,
    Resource,
    SiteSnapshot,
)
from ..frame import Frame, forecast_power, frame_of
from ..solution import TINY, limits_in_watts, numbers, over_notes, watts
from ..telling.reasons import explain, own_cover
from ..telling.relaxations import relaxations_of
from .demand import add_demand
from .draft import Draft, device_plan
from .modes import add_generation, add_modes
from .runs import add_runs
from .stores import add_store, needs_filling


def fallback_plan(snapshot: SiteSnapshot, notes: tuple[Note, ...], previous: Plan | None) -> Plan:
    """Return a plan by rules; `notes` say why. Starts of the plan before are kept where they still can be."""
    frame = frame_of(snapshot)
    draft = _draft(frame, previous, runs_first=True)
    if draft.missed and any(isinstance(entry.control, PowerProfile) for entry in snapshot.resources):
        other = _draft(frame, previous, runs_first=False)
        draft = min(draft, other, key=_rank)
    net = draft.net
    said = [*notes, *draft.notes]
    said += over_notes(frame, "import_limit_exceeded", net - frame.import_limit, frame.import_limit)
    said += over_notes(frame, "export_limit_exceeded", -net - frame.export_limit, frame.export_limit)
    price = np.where(net >= 0, frame.import_price, frame.export_price)
    powers = {name: np.array(device.power) / 1000.0 for name, device in draft.devices.items()}
    cover = own_cover(frame, powers)
    devices = tuple(
        explain(frame, entry, draft.devices[entry.resource_id], price, cover) for entry in snapshot.resources
    )
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
        devices=devices,
        relaxations=relaxations_of(frame, net, devices, tuple(said)),
        cost=round(float(np.dot(net * frame.hours, price)), 9),
        objective=round(float(np.dot(net * frame.hours, price)), 9),
        solver="rules",
        notes=(*said, *frame.notes),
    )


def _draft(frame: Frame, previous: Plan | None, *, runs_first: bool) -> Draft:
    """Return a plan in which what needs most is placed first, and runs before or after what else needs power."""
    draft = Draft(frame=frame, net=frame.base.copy(), devices={})
    resources = frame.snapshot.resources
    flexible = [entry for entry in resources if entry.available]
    for resource in resources:
        if not resource.available or isinstance(resource.control, PowerEnvelope) or _fixed(resource):
            _add_forecast(draft, resource)
    runs = [entry for entry in flexible if isinstance(entry.control, PowerProfile)]
    stores = sorted(
        (entry for entry in flexible if isinstance(entry.control, FillRate)),
        key=lambda entry: (entry.priority, entry.resource_id),
    )
    if runs_first:
        add_runs(draft, runs, previous)
    for resource in flexible:
        add_demand(draft, resource)
    for resource in stores:
        if needs_filling(resource):
            add_store(draft, resource)
    if not runs_first:
        add_runs(draft, runs, previous)
    for resource in flexible:
        add_modes(draft, resource)
    for resource in stores:
        if not needs_filling(resource):
            add_store(draft, resource)
    for resource in flexible:
        add_generation(draft, resource)
    _curtail(draft)
    return draft


def _fixed(resource: Resource) -> bool:
    return not isinstance(resource.control, PowerProfile | FillRate | OperationModes | DemandDriven)


def _rank(draft: Draft) -> tuple[float, int]:
    """Return how much a plan breaks, what weighs most first: kWh above the limit, targets missed."""
    over = np.maximum(-draft.headroom(), 0.0) @ draft.frame.hours
    return round(float(over), 3), draft.missed


def _add_forecast(draft: Draft, resource: Resource) -> None:
    power = forecast_power(resource, draft.frame.grid, draft.frame.now)
    intent = Intent.UNLIMITED if isinstance(resource.control, PowerEnvelope) else Intent.IDLE
    plan = device_plan(resource, power, (intent,) * len(power))
    if isinstance(resource.control, PowerEnvelope):
        rating = (resource.control.nominal_power or 0.0) / 1000.0
        plan = plan.replace(lower=watts(np.minimum(power, -rating)), upper=watts(np.maximum(power, rating)))
    draft.keep(resource, plan, power)


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
