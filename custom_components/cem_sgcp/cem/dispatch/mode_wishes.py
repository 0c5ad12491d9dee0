"""Mode wishes: which modes a resource would be in now if nothing limited it.

The plan's modes (DevicePlan.actuators) where they can be had, else the present ones. Red and black ask for less:

* red: what consumes goes to its lowest mode; a demand that must be met is met with the least electricity; what
  generates by plan goes on; a level that is kept at any price is (IEC TR 62746-2 JWG3: down to the guard);
* black: everything with modes is left to its own automatic mode, for nobody knows what forms the island.

A generator is never started by a limit alone. While conditions are abnormal (an emergency limit, red) it may be, with
the modes that it has for that; it then goes on at its lowest power until they are over. A store that can only be filled
and whose level has fallen below its range, or below a target that has no price, is filled whatever a kWh costs; above
its range it stops. A cogenerator follows the heat: it runs as planned, and is no battery that covers the house. It must
not know measurements of the house, limits or other devices.
"""

from datetime import datetime
from typing import Final

from ..model import DemandDriven, DevicePlan, FillRate, Intent, OperationModes, Phase, Resource
from .levels import LEVEL_BAND
from .memory import DeviceMemory
from .mode_fit import ENOUGH, lowest, meeting, wanted_option
from .modes import Option
from .reach import Reach
from .wish import Wish

#: Units of levels that are energy: what lacks is a matter of the plan, not of comfort or of what is kept in the store.
_ENERGY: Final = frozenset({"Wh", "kWh"})
_WATT: Final = 1.0


def mode_wish(
    resource: Resource,
    can: Reach,
    found: tuple[Option, ...],
    planned: DevicePlan | None,
    *,
    step: int,
    phase: Phase,
    memory: DeviceMemory,
    reason: str,
    abnormal: bool,
) -> Wish:
    """Return the wish of a resource with operation modes or a demand; `reason`: why there is no plan for it."""
    control = resource.control
    if phase is Phase.BLACK:
        return released(resource, can, found, "black_phase")
    told = [] if planned is None else _told(planned, step)
    by_plan = planned is not None and (told or planned.intent[step] is not Intent.IDLE)
    if planned is None or not by_plan:
        if phase is Phase.RED and isinstance(control, OperationModes) and (resource.power or 0.0) > 0.0:
            return _as_wished(resource, can, found, lowest(found), intent=Intent.OFF, reason="red_phase")
        return released(resource, can, found, reason if planned is None else "no_plan")
    wanted = wanted_option(told, planned.power[step], found)
    if wanted is None:
        return released(resource, can, found, "no_plan")
    option, factors = wanted
    intent, why = planned.intent[step], "plan"
    demand = None
    if isinstance(control, DemandDriven):
        demand = max(0.0, control.present_demand_rate)
        if phase is Phase.RED:
            less = meeting(demand, found)
            if less is not None and less[0].power(less[1]) < option.power(factors) - _WATT:
                (option, factors), why = less, "red_phase"
        else:
            option, factors = _met(option, factors, demand, found)
        demand = max(demand, option.supply(factors))
    elif phase is Phase.RED and option.power(factors) > 0.0:
        less = lowest(found)
        if less[0].power(less[1]) < option.power(factors) - _WATT:
            (option, factors), why = less, "red_phase"
            intent = Intent.ON if option.power(factors) > can.floor + _WATT else Intent.OFF
    memory.called = memory.called and abnormal
    if memory.called and option.power(factors) > -_WATT:
        running = [entry for entry in found if entry.permitted and entry.upper < -_WATT]
        if running:
            option = max(running, key=lambda entry: (entry.same, entry.upper))
            factors, why = (option.factor(option.upper),) * len(option.parts), "limit"
    return _as_wished(resource, can, found, (option, factors), intent=intent, reason=why, demand=demand)


def _met(
    option: Option, factors: tuple[float, ...], demand: float, found: tuple[Option, ...]
) -> tuple[Option, tuple[float, ...]]:
    """Follow a demand that is higher than planned: within the planned modes, else with more of them."""
    if option.supply(factors) >= ENOUGH * demand:
        return option, factors
    enough = (option.enough(demand),) * len(option.parts)
    if option.supply(enough) >= ENOUGH * demand:
        return option, enough
    better = meeting(demand, found, option.names)
    return (option, enough) if better is None else better


def store_wish(
    made: Wish, found: tuple[Option, ...], planned: DevicePlan, *, step: int, now: datetime, memory: DeviceMemory
) -> Wish:
    """Return the wish of a store that is only filled, by modes: what is planned, what a timer forces, what it lacks."""
    control = made.resource.control
    wanted = wanted_option(_told(planned, step), planned.power[step], found)
    if wanted is None or not isinstance(control, FillRate):
        return made
    option, factors = wanted
    fixed, reason, intent = made.fixed, made.reason, made.intent
    generating = any(entry.generates for entry in found)
    if generating or (fixed > 0.0 and option.fills and option.power(factors) > _WATT):
        fixed = option.power(factors)
    allowed = [entry for entry in found if entry.permitted]
    if all(entry.fills for entry in allowed):
        # A least time on is not over.
        fixed = max(fixed, min(entry.lower for entry in allowed))
    low, high = _kept(control, now)
    memory.lacking = _lacking(control, low, was=memory.lacking)
    fillers = [entry for entry in allowed if entry.fills]
    if memory.lacking and fillers and abs(fixed) <= _WATT and not made.reach.full:
        option = max(fillers, key=lambda entry: (max(abs(entry.lower), abs(entry.upper)), entry.same))
        factors = (1.0,) * len(option.parts)
        fixed, reason, intent = option.power(factors), "comfort_guard", Intent.CHARGE_GRID
    above = high is not None and control.level > high
    if above and fixed <= 0.0:
        # What has to be kept is reached; surplus is not put on top of it.
        made = made.changed(takes_surplus=False)
    return made.changed(
        fixed=fixed, low=min(made.low, fixed), high=max(made.high, fixed), intent=intent, reason=reason,
        takes_surplus=made.takes_surplus and not generating, covers=made.covers and not generating, options=found,
        wanted=option, factors=factors,
    )  # fmt: skip


def _kept(control: FillRate, now: datetime) -> tuple[float, float | None]:
    """Return the band that is kept at any price now: the range, and within it targets that have no price."""
    targets = [entry for entry in control.targets if entry.price is None and entry.start <= now < entry.end]
    low = max([control.level_range.lower, *(entry.minimum for entry in targets if entry.minimum is not None)])
    return low, min([entry.maximum for entry in targets if entry.maximum is not None], default=None)


def _lacking(control: FillRate, low: float, *, was: bool) -> bool:
    """Return whether the level is below what is kept, or was and has hardly risen above it."""
    if control.level_unit in _ENERGY:
        return False
    span = control.level_range.upper - control.level_range.lower
    return control.level < low + (LEVEL_BAND * span if was else 0.0)


def _told(planned: DevicePlan, step: int) -> list[tuple[str, str, float]]:
    return [(entry.actuator_id, entry.mode[step], entry.factor[step]) for entry in planned.actuators]


def released(resource: Resource, can: Reach, found: tuple[Option, ...], reason: str) -> Wish:
    """Return the wish of a device with modes that is left to itself."""
    return Wish(
        resource=resource, reach=can, intent=Intent.UNLIMITED, reason=reason, released=True, low=-can.give,
        high=can.most, options=found,
    )  # fmt: skip


def _as_wished(
    resource: Resource,
    can: Reach,
    found: tuple[Option, ...],
    wanted: tuple[Option, tuple[float, ...]],
    *,
    intent: Intent,
    reason: str,
    demand: float | None = None,
) -> Wish:
    option, factors = wanted
    power = option.power(factors)
    return Wish(
        resource=resource, reach=can, intent=intent, reason=reason, fixed=power, high=power, options=found,
        wanted=option, factors=factors, demand=demand,
    )  # fmt: skip
