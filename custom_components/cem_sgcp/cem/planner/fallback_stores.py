"""Stores in a plan by simple rules: filled for their targets in the cheapest steps, else covering the house.

It must not know the optimisation.
"""

from dataclasses import dataclass

import numpy as np

from ..model import DevicePlan, FillRate, Intent, PlannedRun, Resource
from ..model.time_grid import Array
from .frame import Frame
from .solution import TINY, numbers, watts
from .store_lines import Reach, actuator_lines, level_per_kwh, presence, reach_of


@dataclass(slots=True)
class Draft:
    """The plan so far: net power in kW, the devices by their name."""

    frame: Frame
    net: Array
    devices: dict[str, DevicePlan]

    def headroom(self) -> Array:
        """Return how much more may be imported in each step, kW."""
        limit = np.minimum(
            self.frame.import_limit,
            np.where(
                np.isfinite(self.frame.controllable_limit),
                self.frame.controllable_limit + np.maximum(self.frame.base, 0.0),
                np.inf,
            ),
        )
        room: Array = limit - self.net
        return room

    def keep(self, resource: Resource, plan: DevicePlan, power: Array) -> None:
        """Add a device."""
        self.net = self.net + power
        self.devices[resource.resource_id] = plan


def device_plan(
    resource: Resource, power: Array, intent: tuple[Intent, ...], runs: tuple[PlannedRun, ...] = ()
) -> DevicePlan:
    """Return the plan of a device that does just this, power in kW."""
    told = watts(power)
    return DevicePlan(resource_id=resource.resource_id, intent=intent, power=told, lower=told, upper=told, runs=runs)


def add_store(draft: Draft, resource: Resource) -> None:
    """Fill for the targets in the cheapest steps; without a target take surplus and cover the house."""
    control = resource.control
    if not isinstance(control, FillRate):
        return
    frame = draft.frame
    unit = level_per_kwh(control)
    present = presence(frame, control)
    reach = reach_of([actuator_lines(entry, control.level, unit) for entry in control.actuators], present)
    low, high = control.level_range.start / unit, control.level_range.end / unit
    wanted = _filling(draft, control, unit, present * reach.charge, reach)
    level = control.level / unit
    power, levels = frame.zeros(), frame.zeros()
    intents: list[Intent] = []
    for step in range(frame.steps):
        hours, net = float(frame.hours[step]), float(draft.net[step])
        charge, discharge = float(reach.charge[step] * present[step]), float(reach.discharge[step] * present[step])
        if not charge and not discharge:
            intents.append(Intent.IDLE)
        elif wanted[step] > TINY:
            power[step] = wanted[step]
            intents.append(Intent.CHARGE_GRID)
        elif net < 0 and reach.stored_per_kwh:
            power[step] = min(-net, charge) if -net >= reach.least else 0.0
            intents.append(Intent.SELF_CONSUMPTION if discharge else Intent.CHARGE_SURPLUS)
        elif discharge and not control.targets:
            power[step] = -min(net, discharge)
            intents.append(Intent.SELF_CONSUMPTION)
        else:
            intents.append(Intent.HOLD)
        if power[step] > 0:
            power[step] = min(power[step], max(high - level, 0.0) / (reach.stored_per_kwh * hours))
            power[step] = power[step] if power[step] >= reach.least * present[step] - 1e-9 else 0.0
            level += power[step] * reach.stored_per_kwh * hours
        elif power[step] < 0:
            power[step] = max(power[step], -max(level - low, 0.0) / (reach.drawn_per_kwh * hours))
            level += power[step] * reach.drawn_per_kwh * hours
        levels[step] = level
    plan = device_plan(resource, power, tuple(intents))
    both = np.array([intent is Intent.SELF_CONSUMPTION for intent in intents])
    takes = both | np.array([intent is Intent.CHARGE_SURPLUS for intent in intents])
    lowest = np.where(both, -reach.discharge, np.where(takes, 0.0, power))
    draft.keep(
        resource,
        plan.replace(
            lower=watts(lowest),
            upper=watts(np.where(takes, reach.charge, power)),
            level=numbers(levels * unit, 6),
        ),
        power,
    )


def _filling(draft: Draft, control: FillRate, unit: float, charge: Array, reach: Reach) -> Array:
    """Return the kW per step that reach the targets, in the cheapest steps before each, within the import limit."""
    frame = draft.frame
    power = frame.zeros()
    stored_per_kwh, least = reach.stored_per_kwh, max(reach.least, 0.0)
    if not stored_per_kwh:
        return power
    for target in sorted(control.targets, key=lambda entry: entry.start):
        if target.minimum is None:
            continue
        stored = float(power @ frame.hours) * stored_per_kwh
        missing = (target.minimum - control.level) / unit - stored
        before = frame.share(frame.now, max(target.start.timestamp(), frame.now + 1.0))
        room = np.clip(np.minimum(charge, np.maximum(draft.headroom(), 0.0)) - power, 0.0, None) * before
        price = np.where(draft.net < -TINY, frame.export_price, frame.import_price)
        for step in np.lexsort((np.arange(frame.steps), price)):
            if missing <= 1e-9:
                break
            taken = min(room[step], max(missing / (stored_per_kwh * frame.hours[step]), least * before[step]))
            taken = taken if power[step] + taken >= least * before[step] - 1e-9 else 0.0
            power[step] += taken
            missing -= taken * stored_per_kwh * frame.hours[step]
    return power
