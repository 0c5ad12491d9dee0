"""Wishes: what each resource would do now if nothing limited it.

From the plan's intent and bounds, the phase of the grid and the resource's reach. Without a plan that is fresh, a
device is handed back to its own automatic mode. Red and yellow change intents (BDEW traffic light, clause 3.4.5):

* yellow: stores are not charged from the grid unless a target could otherwise be missed;
* red: no store is charged from the grid and none sells; whatever the plan says, activation goes before the market;
* black: batteries are left to form the island, everything else that charges stops.

It must not know measurements of the house, limits or other devices.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from ..model import (
    DemandDriven,
    DevicePlan,
    FillRate,
    Intent,
    OperationModes,
    Phase,
    Plan,
    PlanStatus,
    PowerEnvelope,
    Resource,
)
from .levels import element_at, exchange_rates
from .memory import DeviceMemory
from .mode_wishes import mode_wish, released, store_wish
from .modes import options
from .reach import Reach, generates, gives, reach
from .wish import Wish

#: A target that needs more than this part of the time that is left is charged for in yellow, too.
NEEDED_SHARE: Final = 0.8


@dataclass(frozen=True, slots=True)
class Guide:
    """The plan as far as it can be followed now: the step, and why not where there is none."""

    plan: Plan | None
    step: int
    reason: str
    devices: dict[str, DevicePlan]


def guide(plan: Plan | None, plan_max_age: float, now: datetime) -> Guide:
    """Return the plan if it is fresh and reaches the present, else the reason to do without."""
    if plan is None or plan.status is PlanStatus.FAILED:
        return Guide(None, 0, "no_plan", {})
    step = plan.grid.index_at(now)
    # A plan from the future is one from before the clock was set back: its age is not known.
    age = (now - plan.created).total_seconds()
    if step is None or not -plan_max_age <= age <= plan_max_age:
        return Guide(None, 0, "stale_plan", {})
    return Guide(plan, step, "plan", {entry.resource_id: entry for entry in plan.devices})


def wish(
    resource: Resource, guided: Guide, phase: Phase, now: datetime, memory: DeviceMemory, *, abnormal: bool = False
) -> Wish | None:
    """Return the wish of a resource that consumes or stores; None for what is not moved by power.

    `memory` is this call's own; what modes must remember is noted in it. `abnormal`: modes for abnormal conditions may
    be used.
    """
    control = resource.control
    if not isinstance(control, FillRate | OperationModes | DemandDriven | PowerEnvelope) or generates(resource):
        return None
    found = options(resource, now, abnormal=abnormal, was_full=memory.full)
    can = reach(resource, now, found, was_full=memory.full, was_empty=memory.empty)
    if isinstance(control, PowerEnvelope) and not can.consume:
        return None
    planned = guided.devices.get(resource.resource_id)
    reason = guided.reason if guided.plan is None else "no_plan"
    step = guided.step
    if isinstance(control, OperationModes | DemandDriven):
        return mode_wish(
            resource, can, found, planned, step=step, phase=phase, memory=memory, reason=reason, abnormal=abnormal
        )
    heat_led = any(entry.generates for entry in found)
    if heat_led and (planned is None or phase is Phase.BLACK):
        return released(resource, can, found, reason if phase is not Phase.BLACK else "black_phase")
    if planned is None:
        return _released(resource, can, phase, reason).changed(options=found)
    intent, power = planned.intent[step], planned.power[step]
    if isinstance(control, PowerEnvelope):
        bound = planned.upper[step] if intent is Intent.CURTAIL else None
        return Wish(resource=resource, reach=can, intent=intent, reason="plan", limit=bound)
    if phase is Phase.BLACK:
        return _in_the_dark(resource, can).changed(options=found)
    intent, reason = _by_phase(intent, phase, control, can, now)
    low = min(0.0, max(planned.lower[step], -can.give))
    high = max(0.0, min(planned.upper[step], can.most))
    made = follow(resource, can, intent, reason, power=power, low=low, high=high)
    if planned.stored_value is not None:
        value, (filled, drawn) = planned.stored_value[step], exchange_rates(control)
        made = made.changed(stored_worth=value * filled, supply_cost=value * drawn)
    return store_wish(made, found, planned, step=step, now=now, memory=memory) if found else made


def follow(
    resource: Resource, can: Reach, intent: Intent, reason: str, *, power: float, low: float, high: float
) -> Wish:
    """Return the wish of a store that follows an intent between bounds."""
    fixed = 0.0
    if intent in {Intent.CHARGE_GRID, Intent.ON, Intent.RUN} and power > 0.0 and high > 0.0:
        fixed = max(min(power, high), can.least)
    elif intent is Intent.DISCHARGE_GRID:
        fixed = max(min(power, 0.0), low)
    return Wish(
        resource=resource,
        reach=can,
        intent=intent,
        reason=reason,
        low=low,
        high=high,
        fixed=fixed,
        planned=min(max(power, low), high),
        takes_surplus=intent in {Intent.CHARGE_SURPLUS, Intent.SELF_CONSUMPTION, Intent.CHARGE_GRID},
        covers=intent in {Intent.COVER_HOUSE, Intent.SELF_CONSUMPTION, Intent.DISCHARGE_GRID},
    )


def taken(entry: Wish) -> Wish:
    """Return the wish of a released device that a limit has taken: its own habit, as far as it is known."""
    can = entry.reach
    if not isinstance(entry.resource.control, FillRate):
        most = can.floor + can.most
        return entry.changed(released=False, intent=Intent.ON, fixed=most, low=0.0, high=most)
    if can.give > 0.0:
        return follow(
            entry.resource, can, Intent.SELF_CONSUMPTION, entry.reason, power=0.0, low=-can.give, high=can.most
        )
    made = follow(entry.resource, can, Intent.CHARGE_GRID, entry.reason, power=can.most, low=0.0, high=can.most)
    return made.changed(options=entry.options)


def _released(resource: Resource, can: Reach, phase: Phase, reason: str) -> Wish:
    if isinstance(resource.control, FillRate):
        if phase is Phase.BLACK:
            return _in_the_dark(resource, can)
        if phase is Phase.RED and can.give <= 0.0:
            return follow(resource, can, Intent.CHARGE_SURPLUS, "red_phase", power=0.0, low=0.0, high=can.most)
        if phase is Phase.RED and (resource.power or 0.0) > 0.0:
            # What a battery charges on its own may come from the grid.
            low, high = -can.give, can.most
            return follow(resource, can, Intent.SELF_CONSUMPTION, "red_phase", power=0.0, low=low, high=high)
    return Wish(
        resource=resource,
        reach=can,
        intent=Intent.SELF_CONSUMPTION if can.give > 0.0 else Intent.UNLIMITED,
        reason=reason,
        released=True,
        low=-can.give,
        high=can.most,
    )


def _in_the_dark(resource: Resource, can: Reach) -> Wish:
    """Return the wish without a grid: what can supply is left to the inverter, what only charges stops."""
    return Wish(resource=resource, reach=can, intent=Intent.IDLE, reason="black_phase", released=gives(resource))


def _by_phase(intent: Intent, phase: Phase, control: FillRate, can: Reach, now: datetime) -> tuple[Intent, str]:
    if phase is Phase.RED and intent in {Intent.CHARGE_GRID, Intent.ON, Intent.RUN}:
        return Intent.CHARGE_SURPLUS, "red_phase"
    if phase is Phase.RED and intent is Intent.DISCHARGE_GRID:
        return Intent.COVER_HOUSE, "red_phase"
    if phase is Phase.YELLOW and intent is Intent.CHARGE_GRID and not _needed(control, can, now):
        return Intent.CHARGE_SURPLUS, "yellow_phase"
    return intent, "plan"


def _needed(control: FillRate, can: Reach, now: datetime) -> bool:
    """Whether a target could be missed if charging waited: most of the time left is needed to reach it."""
    if not can.consume:
        return False
    fastest = sum(
        max((element_at(mode, control.level).fill_rate.upper for mode in actuator.modes), default=0.0)
        for actuator in control.actuators
    )
    for target in control.targets:
        lacking = (target.minimum or 0.0) - control.level if target.minimum is not None else 0.0
        if lacking <= 0.0 or target.end <= now:
            continue
        left = max(0.0, (target.start - now).total_seconds())
        if fastest <= 0.0 or lacking / fastest >= NEEDED_SHARE * left:
            return True
    return False
