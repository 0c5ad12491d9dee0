"""Demands in a plan by simple rules: in each step the cheapest actuators that the limits leave room for meet them.

It must not know the optimisation.
"""

from dataclasses import dataclass

import numpy as np

from ...model import ActuatorPlan, DemandDriven, DemandDrivenActuator, DemandDrivenMode, Intent, Note, Resource
from ..messages import note
from ..solution import TINY
from .draft import Draft, device_plan

#: Which share of a demand may lack without being told.
KEPT = 1e-3


@dataclass(frozen=True, slots=True)
class _Offer:
    """A mode of an actuator in one step."""

    actuator: str
    mode: str
    power: tuple[float, float]
    """kW at factor 0 and 1."""
    supply: tuple[float, float]
    """Demand units per s."""
    cost: float
    """currency per unit of demand at factor 1."""


def add_demand(draft: Draft, resource: Resource) -> None:
    """Meet a demand by the cheapest actuators of each step."""
    control = resource.control
    if not isinstance(control, DemandDriven):
        return
    frame = draft.frame
    known = control.demand.on(frame.grid) if control.demand is not None else np.full(frame.steps, np.nan)
    demand = np.where(np.isnan(known), max(control.present_demand_rate, 0.0), known)
    factors = {
        entry.actuator_id: np.nan_to_num(entry.supply_factor.on(frame.grid), nan=1.0)
        if entry.supply_factor is not None
        else np.ones(frame.steps)
        for entry in control.actuators
    }
    price, headroom = draft.price(), draft.headroom()
    power, unmet = frame.zeros(), frame.zeros()
    modes: dict[str, list[str]] = {entry.actuator_id: [] for entry in control.actuators}
    chosen: dict[str, list[float]] = {entry.actuator_id: [] for entry in control.actuators}
    for step in range(frame.steps):
        offers = [
            _offer(entry, mode, float(factors[entry.actuator_id][step]), float(price[step]))
            for entry in control.actuators
            for mode in entry.modes
            if not mode.abnormal_condition_only
        ]
        left, room = float(demand[step]), float(headroom[step])
        used: dict[str, tuple[str, float]] = {}
        for offer in sorted(offers, key=lambda entry: (entry.cost, entry.actuator, entry.mode)):
            if left <= KEPT * max(float(demand[step]), 1e-9) or offer.actuator in used or max(offer.supply) <= 0:
                continue
            factor = _factor(offer, left, room)
            if factor is None:
                continue
            used[offer.actuator] = offer.mode, factor
            drawn = _between(offer.power, factor)
            power[step] += drawn
            room -= drawn
            left -= _between(offer.supply, factor)
        unmet[step] = max(left, 0.0) / max(float(demand[step]), 1e-9) if demand[step] > 0 else 0.0
        for entry in control.actuators:
            idle = min(entry.modes, key=lambda mode: (mode.supply_rate.start, abs(mode.power.start))).mode_id
            mode, factor = used.get(entry.actuator_id, (idle, 0.0))
            modes[entry.actuator_id].append(mode)
            chosen[entry.actuator_id].append(factor)
    actuators = tuple(
        ActuatorPlan(actuator_id=name, mode=tuple(modes[name]), factor=tuple(chosen[name])) for name in modes
    )
    notes = _notes(draft, resource, unmet)
    draft.missed += len(notes)
    intent = tuple(Intent.ON if abs(entry) > TINY else Intent.OFF for entry in power)
    plan = device_plan(resource, power, intent).replace(actuators=actuators, notes=notes)
    draft.keep(resource, plan, power)


def _offer(actuator: DemandDrivenActuator, mode: DemandDrivenMode, factor: float, price: float) -> _Offer:
    supply = mode.supply_rate.start * factor, mode.supply_rate.end * factor
    power = mode.power.start / 1000.0, mode.power.end / 1000.0
    running = mode.running_cost.end * 3600.0 if mode.running_cost is not None else 0.0
    cost = power[1] * price + running
    return _Offer(
        actuator=actuator.actuator_id,
        mode=mode.mode_id,
        power=power,
        supply=supply,
        cost=cost / (supply[1] * 3600.0) if supply[1] > 0 else np.inf,
    )


def _between(ends: tuple[float, float], factor: float) -> float:
    return ends[0] + factor * (ends[1] - ends[0])


def _factor(offer: _Offer, wanted: float, room: float) -> float | None:
    """Return the factor that meets what is wanted as far as there is room for it; None where there is none."""
    span = offer.supply[1] - offer.supply[0]
    factor = min(max((wanted - offer.supply[0]) / span, 0.0), 1.0) if span > 0 else 1.0
    if _between(offer.power, factor) <= max(room, 0.0) + TINY:
        return factor
    slope = offer.power[1] - offer.power[0]
    if slope <= 0 or offer.power[0] > max(room, 0.0):
        return None
    less = (max(room, 0.0) - offer.power[0]) / slope
    return less if _between(offer.supply, less) > 0 else None


def _notes(draft: Draft, resource: Resource, unmet: np.ndarray) -> tuple[Note, ...]:
    at = np.flatnonzero(unmet > KEPT)
    if not len(at):
        return ()
    edges = draft.frame.grid.edges
    return (
        note(
            "demand_not_met",
            resource.resource_id,
            name=resource.name or resource.resource_id,
            start=edges[int(at[0])].isoformat(),
            end=edges[int(at[-1]) + 1].isoformat(),
            share=f"{100.0 * float(unmet.max()):.0f}",
        ),
    )
