"""Why the plan does what it does: one sentence with numbers for each run, and for each device what it does at first.

Prices are those of the plan at the margin: what one more kWh in a step costs the whole house, and what one more stored
kWh is worth. It must not know how the plan was found.
"""

from datetime import datetime
from typing import Final

import numpy as np
from numpy.typing import NDArray

from ...model import (
    DevicePlan,
    FillRate,
    Intent,
    Note,
    PlannedRun,
    PowerEnvelope,
    PowerProfile,
    Resource,
    Run,
)
from ...model.time_grid import Array
from ..frame import Frame
from ..messages import note
from ..solution import TINY

#: Costs nearer than this are equal to a person, currency.
SAME_COST: Final = 0.005

#: From which share on it is worth saying that own generation covers a run.
WORTH_SAYING: Final = 0.005


def _money(value: float) -> str:
    return f"{round(float(value), 2) + 0.0:.2f}"


def own_cover(frame: Frame, powers: dict[str, Array]) -> Array:
    """Return for each step which share of what runs draw own generation covers, 0 to 1.

    What a house generates serves its fixed load first, then in equal shares all devices that draw power then; stores
    that can give power back take only what is left, and what they give is not counted. `powers` are in kW by resource.
    """
    generated, drawn = np.clip(-frame.base, 0.0, None), np.clip(frame.base, 0.0, None)
    flexible = frame.zeros()
    for resource in frame.snapshot.resources:
        power = powers[resource.resource_id]
        if isinstance(resource.control, FillRate) and (power < -TINY).any():
            continue
        generated = generated + np.clip(-power, 0.0, None)
        if resource.control.type_name == "not_controllable":
            drawn = drawn + np.clip(power, 0.0, None)
        else:
            flexible = flexible + np.clip(power, 0.0, None)
    share: Array = np.clip(generated - drawn, 0.0, None) / np.maximum(flexible, 1e-9)
    return np.clip(share, 0.0, 1.0)


def solar_share(frame: Frame, run: PlannedRun, cover: Array) -> float | None:
    """Return which share of the energy of a run own generation covers; None where it draws nothing or is over."""
    energy = frame.zeros()
    for slot in run.slots:
        energy += np.maximum(slot.power, 0.0) * frame.share(slot.start.timestamp(), slot.end.timestamp()) * frame.hours
    if energy.sum() <= 0:
        return None
    return round(min(float(energy @ cover / energy.sum()), 1.0), 4)


def explain(frame: Frame, resource: Resource, device: DevicePlan, marginal: Array, cover: Array) -> DevicePlan:
    """Return the plan of a device with its reasons."""
    runs = tuple(
        run.replace(solar_share=share, reason=run_reason(frame, resource, run.replace(solar_share=share)))
        for run in device.runs
        for share in (solar_share(frame, run, cover),)
    )
    device = device.replace(runs=runs)
    return device.replace(reason=device.reason or _device_reason(frame, resource, device, marginal))


def _device_reason(frame: Frame, resource: Resource, device: DevicePlan, marginal: Array) -> Note | None:
    if not resource.available:
        return None
    match resource.control:
        case PowerProfile():
            return min(device.runs, key=lambda run: run.start).reason if device.runs else None
        case FillRate() as control:
            return _store_reason(frame, resource, control, device, marginal)
        case PowerEnvelope() as control:
            return _envelope_reason(frame, resource, control, device)
        case _ if device.actuators:
            return _mode_reason(frame, resource, device, marginal)
        case _:
            return None


# ------------------------------------------------------------------------------------------------------------ runs


def run_reason(frame: Frame, resource: Resource, run: PlannedRun) -> Note | None:
    """Return why a run starts when it does, or None for a run that is not known."""
    known = next((entry for entry in resource.runs if entry.run_id == run.run_id), None)
    if known is None:
        return None
    currency = frame.snapshot.prices.currency
    name = resource.name or resource.resource_id
    chosen = programs(known, run.choice)
    values = {"name": f"{name} ({chosen})" if chosen else name, "start": run.start.isoformat()}
    paid = {"cost": _money(run.cost), "currency": currency}
    if known.running:
        return note("run_started", resource.resource_id, **values)
    if known.pinned_start is not None:
        return note("run_pinned", resource.resource_id, **values)
    if not run.met:
        return note("run_late", resource.resource_id, **values, end=run.end.isoformat())
    preferred = _preferred(known)
    deadline = _deadline(known)
    if chosen and deadline is not None and run.choice != preferred and not _in_time(frame, known, preferred):
        values = {**values, "other": programs(known, preferred), "deadline": deadline.isoformat()}
        return _told(resource, run, "run_program_deadline", values)
    if chosen and run.next_choice and run.next_choice != run.choice and run.next_cost is not None:
        values = {**values, **paid, "other": programs(known, run.next_choice), "next_cost": _money(run.next_cost)}
        return _told(resource, run, "run_program_cost", values)
    if run.cost_now is not None and run.start > frame.snapshot.now and run.cost_now > run.cost + SAME_COST:
        return _told(resource, run, "run_cheaper", {**values, **paid, "cost_now": _money(run.cost_now)})
    if run.next_cost is not None and run.next_start is not None and run.next_cost > run.cost + SAME_COST:
        later = {"next_cost": _money(run.next_cost), "next": run.next_start.isoformat()}
        return _told(resource, run, "run_best", {**values, **paid, **later})
    if _waits(frame, run):
        return note("run_waits", resource.resource_id, **values)
    return _told(resource, run, "run_equal", {**values, **paid})


def _told(resource: Resource, run: PlannedRun, key: str, values: dict[str, str]) -> Note:
    """Return the sentence, with what own generation covers where that is worth saying."""
    if run.solar_share is None or run.solar_share < WORTH_SAYING:
        return note(key, resource.resource_id, **values)
    return note(f"{key}_solar", resource.resource_id, **values, solar=f"{run.solar_share * 100.0:.0f}")


def programs(run: Run, choice: tuple[str, ...]) -> str:
    """Return the names of the chosen programs, of groups that offer more than one."""
    names = []
    for group, wanted in zip(run.profile.groups, choice, strict=False):
        sequence = next((entry for entry in group.alternatives if entry.sequence_id == wanted), None)
        if len(group.alternatives) > 1 and sequence is not None:
            names.append(sequence.name or sequence.sequence_id)
    return ", ".join(names)


def _preferred(run: Run) -> tuple[str, ...]:
    """Return the programs that the user would rather have, prices aside."""
    return tuple(
        min(group.alternatives, key=lambda entry: (entry.emergency_only, entry.preference_price)).sequence_id
        for group in run.profile.groups
    )


def _deadline(run: Run) -> datetime | None:
    return min((entry for entry in (run.latest_end, run.profile.latest_end) if entry is not None), default=None)


def _in_time(frame: Frame, run: Run, choice: tuple[str, ...]) -> bool:
    deadline = _deadline(run)
    if deadline is None:
        return True
    wanted = run.replace(choice=choice)
    shortest = sum(slot.shortest for _, _, slot in wanted.chosen_slots() if not slot.optional)
    soonest = max(frame.now, run.earliest_start.timestamp())
    return soonest + run.profile.repetitions * shortest <= deadline.timestamp() + 1.0


def _waits(frame: Frame, run: PlannedRun) -> bool:
    """Whether a run waits for as long as it can because no price is known."""
    if run.latest_start is None or run.start <= frame.snapshot.now:
        return False
    return not frame.price_known[frame.share(frame.now, run.end.timestamp()) > 0].any()


# ---------------------------------------------------------------------------------------------------------- stores


def _store_reason(frame: Frame, resource: Resource, control: FillRate, device: DevicePlan, marginal: Array) -> Note:
    name, currency = resource.name or resource.resource_id, frame.snapshot.prices.currency
    power = np.array(device.power) / 1000.0
    gives = any(
        entry.power.lower < 0 for actuator in control.actuators for mode in actuator.modes for entry in mode.elements
    )
    value = np.array(device.stored_value) if device.stored_value is not None else frame.zeros()
    values = {"name": name, "price": _money(marginal[0]), "currency": currency, "value": _money(value[0])}
    bought = {**values, "price": _money(frame.import_price[0])}
    target = _next_target(frame, control)
    intent = device.intent[0]
    if power[0] > TINY:
        if intent is not Intent.CHARGE_GRID:
            return note("store_takes", resource.resource_id, **values, sold=_money(frame.export_price[0]))
        if target is not None:
            at, missing = target
            told = {"missing": f"{missing:.4g}", "unit": control.level_unit, "at": at.isoformat()}
            return note("store_needs", resource.resource_id, **values, **told)
        return _until(frame, resource, "store_charges", values, power < -TINY)
    if power[0] < -TINY:
        key = "store_feeds" if intent is Intent.DISCHARGE_GRID else "store_covers"
        return note(key, resource.resource_id, **(values if intent is Intent.DISCHARGE_GRID else bought))
    if control.departure is not None and control.departure <= frame.snapshot.now and intent is Intent.IDLE:
        return note("store_away", resource.resource_id, name=name)
    if intent in {Intent.SELF_CONSUMPTION, Intent.COVER_HOUSE}:
        return note("store_ready", resource.resource_id, **values)
    if gives:
        return _until(frame, resource, "store_holds", bought, np.abs(power) > TINY)
    at_later = np.flatnonzero(power > TINY)
    if len(at_later) and target is not None:
        later = int(at_later[0])
        told = {"until": frame.grid.edges[later].isoformat(), "later": _money(marginal[later])}
        return note("store_waits", resource.resource_id, **values, **told)
    return note("store_surplus", resource.resource_id, **values)


def _until(frame: Frame, resource: Resource, key: str, values: dict[str, str], when: NDArray[np.bool_]) -> Note:
    """Return a sentence, with the first step in which something comes to be if there is one."""
    at = np.flatnonzero(when)
    if not len(at):
        return note(key, resource.resource_id, **values)
    return note(f"{key}_until", resource.resource_id, **values, until=frame.grid.edges[int(at[0])].isoformat())


def _next_target(frame: Frame, control: FillRate) -> tuple[datetime, float] | None:
    """Return when the store must be fuller than it is, and by how much in its unit."""
    for target in sorted(control.targets, key=lambda entry: entry.start):
        if target.minimum is None or target.end <= frame.snapshot.now:
            continue
        if target.minimum > control.level + 1e-6 and target.price is None:
            return max(target.start, frame.snapshot.now), target.minimum - control.level
    return None


# ------------------------------------------------------------------------------------------- envelopes and modes


def _envelope_reason(frame: Frame, resource: Resource, control: PowerEnvelope, device: DevicePlan) -> Note | None:
    name, currency = resource.name or resource.resource_id, frame.snapshot.prices.currency
    if device.intent[0] is not Intent.CURTAIL:
        return None
    if device.power[0] > 0 or frame.export_price[0] >= 0:
        if np.isfinite(frame.export_limit[0]) and device.power[0] <= 0:
            limit = f"{frame.export_limit[0] * 1000.0:.0f}"
            return note("curtailed_limit", resource.resource_id, name=name, limit=limit)
        if np.isfinite(frame.import_limit[0]) and device.power[0] > 0:
            limit = f"{frame.import_limit[0] * 1000.0:.0f}"
            return note("limited", resource.resource_id, name=name, limit=limit)
        return note("curtailed", resource.resource_id, name=name)
    price = _money(-frame.export_price[0])
    return note("curtailed_price", resource.resource_id, name=name, price=price, currency=currency)


def _mode_reason(frame: Frame, resource: Resource, device: DevicePlan, marginal: Array) -> Note:
    power = np.array(device.power) / 1000.0
    works = np.abs(power) > TINY
    values = {
        "name": resource.name or resource.resource_id,
        "mode": ", ".join(actuator.mode[0] for actuator in device.actuators),
        "price": _money(marginal[0]),
        "currency": frame.snapshot.prices.currency,
        "mean": _money(float(np.average(marginal, weights=frame.hours))),
    }
    if power[0] < -TINY:
        return note("mode_gives", resource.resource_id, **values)
    if works[0]:
        return note("mode_on", resource.resource_id, **values)
    if not works.any():
        return note("mode_off", resource.resource_id, **values)
    at = int(np.argmax(works))
    until = frame.grid.edges[at].isoformat()
    return note("mode_off_until", resource.resource_id, **values, until=until, later=_money(marginal[at]))
