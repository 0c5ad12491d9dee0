"""What could not be kept: which limit, target or deadline gives way, by how much, why, and what would help.

The optimisation always finds a plan, because what cannot be kept is broken at a price; the order of precedence decides
what gives way first: comfort, then deadlines, targets, ranges, and limits at last. What is broken is told by notes;
here each becomes a relaxation with its numbers and a remedy. It must not know how the plan was found: a plan by simple
rules says the same.
"""

from dataclasses import dataclass
from datetime import datetime
from math import ceil
from typing import Final

import numpy as np

from ...model import DevicePlan, FillRate, Note, PlannedRun, Precedence, Relaxation, Resource
from ...model.time_grid import Array
from ..frame import Frame
from ..messages import note, values_of
from ..solution import TINY
from ..stores.lines import level_per_kwh, presence

#: Heaviest first.
ORDER: Final = (Precedence.LIMIT, Precedence.RANGE, Precedence.TARGET, Precedence.DEADLINE, Precedence.COMFORT)


@dataclass(frozen=True, slots=True)
class _Kind:
    """What a note stands for, and under which names it gives amount, unit, start and end."""

    precedence: Precedence
    amount: str
    unit: str
    """A unit, or the name of one in braces."""
    start: str = "start"
    end: str = "end"


KINDS: Final = {
    "import_limit_exceeded": _Kind(Precedence.LIMIT, "power", "W"),
    "export_limit_exceeded": _Kind(Precedence.LIMIT, "power", "W"),
    "controllable_limit_exceeded": _Kind(Precedence.LIMIT, "power", "W"),
    "level_below": _Kind(Precedence.RANGE, "shortfall", "{unit}", start="", end="until"),
    "demand_not_met": _Kind(Precedence.RANGE, "share", "%"),
    "target_missed": _Kind(Precedence.TARGET, "shortfall", "{unit}", start="", end="at"),
    "target_out_of_reach": _Kind(Precedence.TARGET, "shortfall", "{unit}", start="", end="at"),
    "quota_missed": _Kind(Precedence.TARGET, "minutes", "min"),
    "quota_exceeded": _Kind(Precedence.TARGET, "minutes", "min"),
    "deadline_missed": _Kind(Precedence.DEADLINE, "", "min", start="deadline"),
    "comfort_missed": _Kind(Precedence.COMFORT, "shortfall", "{unit}"),
}


@dataclass(frozen=True, slots=True)
class Outlook:
    """The plan as far as a remedy needs to know it; powers in kW per step."""

    frame: Frame
    net: Array
    devices: dict[str, DevicePlan]


def relaxations_of(
    frame: Frame, net: Array, devices: tuple[DevicePlan, ...], notes: tuple[Note, ...]
) -> tuple[Relaxation, ...]:
    """Return what notes say could not be kept, the weightiest first, each with a remedy; `net` in kW per step."""
    outlook = Outlook(frame=frame, net=net, devices={device.resource_id: device for device in devices})
    found = [_relaxation(outlook, told, KINDS[told.key]) for told in dict.fromkeys(notes) if told.key in KINDS]
    created = frame.snapshot.now
    return tuple(sorted(found, key=lambda entry: (ORDER.index(entry.precedence), entry.start or created)))


def _relaxation(outlook: Outlook, told: Note, kind: _Kind) -> Relaxation:
    values = values_of(told)
    start = _moment(values.get(kind.start)) or outlook.frame.snapshot.now
    end = _moment(values.get(kind.end))
    amount = _number(values.get(kind.amount))
    if kind.precedence is Precedence.DEADLINE and end is not None:
        amount = round((end - start).total_seconds() / 60.0, 1)
    return Relaxation(
        precedence=kind.precedence,
        resource_id=told.resource_id,
        amount=amount,
        unit=values.get("unit", "") if kind.unit == "{unit}" else kind.unit,
        start=start,
        end=max(end, start) if end is not None else None,
        reason=told,
        remedy=_remedy(outlook, told, values, amount),
    )


def _moment(text: str | None) -> datetime | None:
    try:
        return datetime.fromisoformat(text) if text else None
    except ValueError:
        return None


def _number(text: str | None) -> float:
    try:
        value = float(text) if text else 0.0
    except ValueError:
        return 0.0
    return value if np.isfinite(value) else 0.0


def _remedy(outlook: Outlook, told: Note, values: dict[str, str], amount: float) -> Note | None:
    resource = outlook.frame.snapshot.resource(told.resource_id) if told.resource_id is not None else None
    match told.key:
        case "import_limit_exceeded" | "controllable_limit_exceeded":
            return _import_remedy(outlook, values, amount)
        case "export_limit_exceeded":
            return note("remedy_export_limit", power=f"{amount:.0f}")
        case "level_below" if resource is not None and isinstance(resource.control, FillRate):
            level = resource.control.level_range.start - amount
            return note("remedy_range", resource.resource_id, level=f"{level:.4g}", unit=values["unit"])
        case "target_missed" if resource is not None and isinstance(resource.control, FillRate):
            return _target_remedy(outlook, resource, resource.control, values, amount)
        case "target_out_of_reach":
            level = _number(values.get("target")) - amount
            return note("remedy_target_lower", told.resource_id, level=f"{level:.4g}", unit=values.get("unit", ""))
        case "deadline_missed" if resource is not None:
            return _deadline_remedy(outlook, resource, values, amount)
        case "quota_missed":
            return note("remedy_quota_less", told.resource_id, minutes=f"{amount:.0f}")
        case "quota_exceeded":
            return note("remedy_quota_more", told.resource_id, minutes=f"{amount:.0f}")
        case "demand_not_met":
            return note("remedy_demand", told.resource_id, share=f"{amount:.0f}")
        case _:
            return None


def _import_remedy(outlook: Outlook, values: dict[str, str], amount: float) -> Note:
    """Return how much more limit would do; where the fixed load alone is above it, that this is the cause."""
    frame = outlook.frame
    start, end = _moment(values.get("start")), _moment(values.get("end"))
    fixed = frame.base.copy()
    for resource in frame.snapshot.resources:
        if resource.control.type_name == "not_controllable" and resource.resource_id in outlook.devices:
            fixed = fixed + np.array(outlook.devices[resource.resource_id].power) / 1000.0
    if start is not None and end is not None:
        at = frame.share(start.timestamp(), end.timestamp()) > 0
        over = float(np.max((fixed - frame.import_limit)[at], initial=0.0))
        if over * 1000.0 >= amount - 1.0:
            return note("remedy_base_load", power=f"{amount:.0f}")
    return note("remedy_import_limit", power=f"{amount:.0f}")


def _target_remedy(
    outlook: Outlook, resource: Resource, control: FillRate, values: dict[str, str], amount: float
) -> Note:
    """Return how much more time would do, and how much more power: of the store, or of the limit that binds."""
    frame = outlook.frame
    at = _moment(values.get("at")) or frame.snapshot.now
    before = frame.share(frame.now, at.timestamp()) * frame.hours * presence(frame, control)
    lacking = amount / level_per_kwh(control)
    efficiency = max(
        (
            entry.fill_rate.end * 3600.0 / level_per_kwh(control) / (entry.power.end / 1000.0)
            for actuator in control.actuators
            for mode in actuator.modes
            for entry in mode.elements
            if entry.power.end > 0 and entry.fill_rate.end > 0
        ),
        default=1.0,
    )
    lacking /= max(efficiency, 1e-6)
    minutes = values.get("minutes", "0")
    bound = np.isfinite(frame.import_limit) & (outlook.net >= frame.import_limit - TINY)
    hours = float(before[bound].sum()) if bound.any() else 0.0
    if hours > 0:
        power = f"{ceil(lacking / hours * 10.0) * 100.0:.0f}"
        return note("remedy_target_limit", resource.resource_id, power=power, minutes=minutes)
    hours = float(before.sum())
    if hours <= 0:
        level = _number(values.get("target")) - amount
        return note("remedy_target_lower", resource.resource_id, level=f"{level:.4g}", unit=values["unit"])
    power = f"{ceil(lacking / hours * 10.0) * 100.0:.0f}"
    return note("remedy_target_later", resource.resource_id, minutes=minutes, power=power)


def _deadline_remedy(outlook: Outlook, resource: Resource, values: dict[str, str], amount: float) -> Note:
    """Return how much later a deadline would do, and the start or the limit that would keep it."""
    minutes = f"{ceil(amount - 1e-6):.0f}"
    run = _late_run(outlook, resource, values)
    if run is None or run.latest_start is None:
        return note("remedy_deadline", resource.resource_id, minutes=minutes)
    lacking = _lacking_import(outlook, resource, run)
    if run.latest_start >= outlook.frame.snapshot.now and lacking > TINY:
        power = f"{ceil(lacking * 10.0 - 1e-6) * 100.0:.0f}"
        return note("remedy_deadline_limit", resource.resource_id, minutes=minutes, power=power)
    if run.latest_start < outlook.frame.snapshot.now:
        latest = run.latest_start.isoformat()
        return note("remedy_deadline_later", resource.resource_id, minutes=minutes, latest=latest)
    return note("remedy_deadline", resource.resource_id, minutes=minutes)


def _late_run(outlook: Outlook, resource: Resource, values: dict[str, str]) -> PlannedRun | None:
    runs = outlook.devices[resource.resource_id].runs if resource.resource_id in outlook.devices else ()
    return next((run for run in runs if not run.met and run.start.isoformat() == values.get("start")), None)


def _lacking_import(outlook: Outlook, resource: Resource, run: PlannedRun) -> float:
    """Return how much more import the run would need if it started at the last moment, kW."""
    frame = outlook.frame
    limit = np.minimum(frame.import_limit, frame.controllable_limit + np.maximum(frame.base, 0.0))
    if run.latest_start is None or not np.isfinite(limit).any():
        return 0.0
    others = outlook.net - np.array(outlook.devices[resource.resource_id].power) / 1000.0
    earlier = (run.start - run.latest_start).total_seconds()
    power = frame.zeros()
    for slot in run.slots:
        power += slot.power / 1000.0 * frame.share(slot.start.timestamp() - earlier, slot.end.timestamp() - earlier)
    over = np.where(power > TINY, others + power - limit, 0.0)
    return float(np.max(over, initial=0.0))
