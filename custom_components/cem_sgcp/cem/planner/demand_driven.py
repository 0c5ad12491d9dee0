"""Demand driven (S2 DDBC): hybrid heat pump, bivalent heating.

Which actuator meets the demand is not chosen by the plan yet: what the resource forecasts counts, and where it
forecasts nothing, that the actuators stay in their modes. It must not know any device kind.
"""

import numpy as np

from ..model import DemandDriven, Resource
from .messages import note
from .not_controllable import NotControllablePart, add_power
from .problem import Problem


def add(problem: Problem, resource: Resource, control: DemandDriven) -> NotControllablePart:
    """Add a resource with a demand as what it is expected to take."""
    name = resource.name or resource.resource_id
    told = note("not_planned", resource.resource_id, name=name, reason="its actuators are not chosen yet.")
    active = [mode for actuator in control.actuators for mode in actuator.modes if mode.mode_id == actuator.active_mode]
    assumed = None
    if resource.forecast is None and active:
        supply = sum(mode.supply_rate.upper for mode in active)
        share = min(max(control.present_demand_rate / supply, 0.0), 1.0) if supply > 0 else 1.0
        power = sum(mode.power.start + share * (mode.power.end - mode.power.start) for mode in active)
        assumed = np.full(problem.frame.steps, power / 1000.0)
    return add_power(problem, resource, assumed, (told,))
