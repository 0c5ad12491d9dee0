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
from .memory import DeviceMemory
from .reach import Reach, element_at, generates, gives, reach

#: A target that needs more than this part of the time that is left is charged for in yellow, too.
NEEDED_SHARE: Final = 0.8


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """What a resource would do; powers in W, consumption positive."""

    resource: Resource
    reach: Reach
    intent: Intent
    reason: str
    low: float = 0.0
    """Lowest power that following the house may bring, not above 0."""
    high: float = 0.0
    """Highest power that following the house may bring."""
    fixed: float = 0.0
    """Power wished whatever the house does: positive from the grid, negative into it."""
    planned: float = 0.0
    """Power that the plan expects; stands in where the house cannot be followed."""
    takes_surplus: bool = False
    covers: bool = False
    released: bool = False
    """It is left to its own automatic mode."""
    limit: float | None = None
    """Highest consumption of a load that can only be limited; None: free."""


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


def wish(resource: Resource, guided: Guide, phase: Phase, now: datetime, memory: DeviceMemory) -> Wish | None:
    """Return the wish of a resource that consumes or stores; None for what is not moved by power."""
    control = resource.control
    if not isinstance(control, FillRate | OperationModes | DemandDriven | PowerEnvelope) or generates(resource):
        return None
    can = reach(resource, now, was_full=memory.full, was_empty=memory.empty)
    if isinstance(control, PowerEnvelope) and not can.consume:
        return None
    planned = guided.devices.get(resource.resource_id)
    if planned is None:
        reason = guided.reason if guided.plan is None else "no_plan"
        return _released(resource, can, phase, reason)
    step = guided.step
    intent, power = planned.intent[step], planned.power[step]
    if isinstance(control, PowerEnvelope):
        bound = planned.upper[step] if intent is Intent.CURTAIL else None
        return Wish(resource=resource, reach=can, intent=intent, reason="plan", limit=bound)
    if not isinstance(control, FillRate):
        return Wish(resource=resource, reach=can, intent=intent, reason="plan", fixed=power, high=power)
    if phase is Phase.BLACK:
        return _in_the_dark(resource, can)
    intent, reason = _by_phase(intent, phase, control, can, now)
    low = min(0.0, max(planned.lower[step], -can.give))
    high = max(0.0, min(planned.upper[step], can.most))
    return follow(resource, can, intent, reason, power=power, low=low, high=high)


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
    if can.give > 0.0:
        return follow(
            entry.resource, can, Intent.SELF_CONSUMPTION, entry.reason, power=0.0, low=-can.give, high=can.most
        )
    return follow(entry.resource, can, Intent.CHARGE_GRID, entry.reason, power=can.most, low=0.0, high=can.most)


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
